//! Archives by which a training run can be repeated: `train --replication` writes them, `verify`
//! reads them.

use crate::cli::console::line_of;
use serde::{Deserialize, Serialize};
use standpoint::corpus::Corpus;
use standpoint::evaluate::Bootstrap;
use standpoint::linear::Classifier;
use standpoint::model::{Evaluated, HeadPredictions};
use standpoint::report::{card, json};
use standpoint::split::Folds;
use standpoint::train::TrainingRecord;
use standpoint::{Error, Model, Result};
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// Explanation of the archive for a reader.
const README: &str = include_str!("replication.md");
const MODEL: &str = "model.standpoint";
const MANIFEST: &str = "manifest.json";
/// First bytes of a zip archive.
const MAGIC: &[u8] = b"PK\x03\x04";
/// Bytes of an entry at most: no more than this is read of an archive's model or manifest.
const MAX_ENTRY: u64 = 4 << 30;
/// Entries of an archive at most; twice as many as are written.
const MAX_ENTRIES: usize = 16;

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

/// Facts of an archive that a program reads.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    program: String,
    command: Vec<String>,
    model_hash: String,
    data_hash: String,
    documents: u64,
    calibration_hash: Option<String>,
    /// Seeds of folds and solvers.
    seed: u64,
    folds: u32,
    /// CRC-32 of the other entries by their names.
    crc32: BTreeMap<String, u32>,
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
        let mut entries: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
        entries.insert("README.md", README.into());
        entries.insert(MODEL, self.model.to_bytes());
        entries.insert("card.md", card::markdown(&self.model.card()).into());
        entries.insert("card.json", line_of(&self.model.card())?.into());
        entries.insert("options.json", pretty(&record)?);
        entries.insert("documents.jsonl", self.documents(&record)?.into());
        entries.insert("predictions.jsonl", self.prediction_rows()?.into());
        entries.insert("report.json", self.report()?.into());
        let crc32 = entries
            .iter()
            .map(|(name, bytes)| (name.to_string(), crc32fast::hash(bytes)));
        let metadata = self.model.metadata();
        let manifest = Manifest {
            program: metadata.written_by.clone(),
            command: self.command.clone(),
            model_hash: self.model.hash().to_string(),
            data_hash: metadata.data_hash.clone(),
            documents: metadata.documents,
            calibration_hash: record.calibration_set.clone(),
            seed: record.trainer.seed,
            folds: record.trainer.folds,
            crc32: crc32.collect(),
        };
        entries.insert(MANIFEST, pretty(&manifest)?);
        zipped(&entries).map_err(|e| Error::io("write the archive", std::io::Error::other(e)))
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

/// Returns an archive without compression, all of whose entries have the earliest time.
fn zipped(entries: &BTreeMap<&str, Vec<u8>>) -> zip::result::ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        archive.start_file(*name, options)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// Archive that was read.
pub struct Archive {
    pub model: Model,
    pub command: Vec<String>,
    pub bytes: Vec<u8>,
}

/// Returns true for the bytes of an archive.
pub fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

impl Archive {
    /// Reads an archive and checks all of its entries.
    ///
    /// # Errors
    /// A model error for an archive that is damaged, or is none of a training run.
    pub fn read(bytes: Vec<u8>) -> Result<Archive> {
        let damaged = |what: String| {
            Error::model(format!(
                "the archive is damaged, or none of a training run: {what}"
            ))
            .help("an archive is written by `standpoint train --replication`")
        };
        let mut archive =
            ZipArchive::new(Cursor::new(&bytes)).map_err(|e| damaged(e.to_string()))?;
        let mut entry = |name: &str| -> Result<Vec<u8>> {
            let mut content = Vec::new();
            let file = archive
                .by_name(name)
                .map_err(|e| damaged(format!("{name}: {e}")))?;
            file.take(MAX_ENTRY)
                .read_to_end(&mut content)
                .map_err(|e| damaged(format!("{name}: {e}")))?;
            Ok(content)
        };
        let manifest: Manifest = serde_json::from_slice(&entry(MANIFEST)?)
            .map_err(|e| damaged(format!("{MANIFEST}: {e}")))?;
        // Many names of one entry would take a time that grows with the square of the file.
        if manifest.crc32.len() > MAX_ENTRIES {
            return Err(damaged(format!("it has more than {MAX_ENTRIES} entries")));
        }
        for (name, expected) in &manifest.crc32 {
            if crc32fast::hash(&entry(name)?) != *expected {
                return Err(damaged(format!("the checksum of {name} is wrong")));
            }
        }
        let model = Model::from_bytes(entry(MODEL)?).map_err(|e| e.at(MODEL))?;
        Ok(Archive {
            model,
            command: manifest.command,
            bytes,
        })
    }
}
