//! Contents of the archives of `train --replication`, which `verify` makes again.

use crate::cli::console::line_of;
use serde::Serialize;
use standpoint::corpus::Corpus;
use standpoint::evaluate::Bootstrap;
use standpoint::exchange::ReplicationManifest;
use standpoint::linear::Classifier;
use standpoint::model::{Evaluated, HeadPredictions};
use standpoint::report::{card, json};
use standpoint::split::Folds;
use standpoint::train::TrainingRecord;
use standpoint::{Error, Model, Result};
use std::collections::BTreeMap;

/// Explanation of the archive for a reader.
const README: &str = include_str!("replication.md");

/// Parts of an archive.
pub struct Replication<'a> {
    /// Arguments of the program.
    pub command: Vec<String>,
    pub model: &'a Model,
    pub corpus: &'a Corpus,
    pub calibration_set: Option<&'a Corpus>,
    /// Predictions for unseen documents, of heads that have any.
    pub predictions: &'a [HeadPredictions],
}

/// Document of the corpus or the calibration set.
#[derive(Serialize)]
struct DocumentRow<'a> {
    id: standpoint::corpus::DocumentId<'a>,
    /// Fold of the document by head, where the head has scores out of fold.
    #[serde(skip_serializing_if = "Option::is_none")]
    folds: Option<BTreeMap<&'a str, u32>>,
    part: &'static str,
}

impl Replication<'_> {
    /// Returns the bytes of the archive; the same for the same run.
    pub fn archive(&self) -> Result<Vec<u8>> {
        let record = TrainingRecord::of(self.model)?
            .ok_or_else(|| Error::model("the model keeps no options of its training"))?;
        let entries = vec![
            ("README.md", README.into()),
            ("card.md", card::markdown(&self.model.card()).into()),
            ("card.json", line_of(&self.model.card())?.into()),
            ("options.json", pretty(&record)?),
            ("documents.jsonl", self.documents(&record)?.into()),
            ("predictions.jsonl", self.prediction_rows()?.into()),
            ("report.json", self.report()?.into()),
        ];
        let (command, trainer) = (self.command.clone(), &record.trainer);
        let mut manifest =
            ReplicationManifest::new(self.model, command, trainer.seed, trainer.folds);
        manifest.calibration_hash = record.calibration_set.clone();
        manifest.archive(self.model, entries)
    }

    /// Returns the corpus that the predictions are of.
    fn unseen(&self) -> &Corpus {
        self.calibration_set.unwrap_or(self.corpus)
    }

    fn documents(&self, record: &TrainingRecord) -> Result<String> {
        let trainer = &record.trainer;
        let mut folds: Vec<(&str, Folds)> = Vec::new();
        for head in &self.corpus.heads {
            let predicted = self.predictions.iter().any(|of| of.name == head.name);
            if predicted && self.calibration_set.is_none() {
                let (count, seed) = match trainer.of_head(&head.name) {
                    Classifier::Stack(stack) => (stack.folds, stack.seed),
                    _ => (trainer.folds, trainer.seed),
                };
                folds.push((&head.name, Folds::stratified(&head.targets, count, seed)));
            }
        }
        let mut lines = String::new();
        for at in 0..self.corpus.len() {
            let of = folds.iter().map(|(name, folds)| (*name, folds.fold_of(at)));
            lines += &line_of(&DocumentRow {
                id: self.corpus.json_id(at),
                folds: (!folds.is_empty()).then(|| of.collect()),
                part: "training",
            })?;
        }
        let apart = self.calibration_set.into_iter();
        for (corpus, at) in apart.flat_map(|corpus| (0..corpus.len()).map(move |at| (corpus, at))) {
            lines += &line_of(&DocumentRow {
                id: corpus.json_id(at),
                folds: None,
                part: "calibration",
            })?;
        }
        Ok(lines)
    }

    fn prediction_rows(&self) -> Result<String> {
        match self.predictions {
            [] => Ok(String::new()),
            of => json::predictions(self.unseen(), of)
                .map(|row| line_of(&row))
                .collect(),
        }
    }

    fn report(&self) -> Result<String> {
        let bootstrap = Bootstrap::default();
        let evaluated: Vec<Evaluated> = self
            .predictions
            .iter()
            .map(|head| Evaluated::new(head, &bootstrap))
            .collect::<Result<_>>()?;
        let model = json::ModelRow::new(self.model);
        let row = json::EvaluationRow::new(&model, self.unseen().len(), &evaluated, None);
        line_of(&row)
    }
}

fn pretty(value: &impl Serialize) -> Result<Vec<u8>> {
    let text = serde_json::to_string_pretty(value).map_err(|e| Error::model(e.to_string()))?;
    Ok(format!("{text}\n").into_bytes())
}
