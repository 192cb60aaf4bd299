//! Reports as files: what they are given, and the flags.

use crate::cli::args::ReportArgs;
use standpoint::corpus::{Corpus, HeadKind};
use standpoint::evaluate::baseline::{expected_random, majority};
use standpoint::evaluate::curves::LabelCurves;
use standpoint::evaluate::{Bootstrap, EvaluateError, Predictions, SplitReport, measure};
use standpoint::io::{Transaction, check_target};
use standpoint::model::{Evaluated, HeadPredictions, Mistake};
use standpoint::report::page::comparison::{self, Comparisons};
use standpoint::report::page::evaluation::{self, Baseline, Evaluation, HeadResult};
use standpoint::report::page::{Page, PageFormat, Property};
use standpoint::{Error, Model, Result};
use std::path::Path;

const PROGRAM: &str = concat!("standpoint ", env!("CARGO_PKG_VERSION"));
/// Draws of the baseline that guesses.
const GUESSES: usize = 20;
const CURVE_POINTS: usize = 20_000;
const HISTOGRAM_BINS: usize = 20;

impl ReportArgs {
    /// Refuses a file of an unknown format, and one that cannot be written.
    pub fn verify(&self, force: bool) -> Result<()> {
        let Some(path) = &self.report else {
            return Ok(());
        };
        PageFormat::of_path(path).map_err(|e| e.at(path.display()))?;
        check_target(path, force)
    }

    /// Writes a page, if one is wanted.
    pub fn write(
        &self,
        outputs: &mut Transaction,
        force: bool,
        page: impl FnOnce() -> Result<Page>,
    ) -> Result<()> {
        let Some(path) = &self.report else {
            return Ok(());
        };
        let text = PageFormat::of_path(path)?.write(&page()?)?;
        outputs.write(path, force, |file| file.write_all(text.as_bytes()))
    }
}

/// The ingredients of an evaluation.
pub struct EvaluationSource<'a> {
    pub model: &'a Model,
    pub name: &'a str,
    pub corpus: &'a Corpus,
    pub inputs: &'a [String],
    pub filters: &'a [String],
    pub heads: &'a [HeadPredictions],
    pub evaluated: &'a [Evaluated],
    /// The number of documents whose texts the model learnt from, if it can tell.
    pub learnt: Option<usize>,
}

impl EvaluationSource<'_> {
    /// The page, with so many of each head's worst mistakes.
    pub fn page(&self, mistakes: usize) -> Result<Page> {
        let pairs = self.heads.iter().zip(self.evaluated);
        let heads = pairs.map(|(head, evaluated)| self.head(head, evaluated, mistakes));
        Ok(evaluation::page(&Evaluation {
            title: format!("Evaluation of {}", file_name(self.name)),
            properties: self.properties(),
            heads: heads.collect::<Result<_>>()?,
            origin: self.origin(),
        }))
    }

    fn head(
        &self,
        head: &HeadPredictions,
        evaluated: &Evaluated,
        mistakes: usize,
    ) -> Result<HeadResult> {
        let failed =
            |e: EvaluateError| Error::data(e.to_string()).at(format_args!("head `{}`", head.name));
        let curves = |at: usize| {
            Ok((
                at,
                LabelCurves::new(&head.predictions, at, CURVE_POINTS, HISTOGRAM_BINS)?,
            ))
        };
        let curves = evaluation::plotted(evaluated).into_iter().map(curves);
        Ok(HeadResult {
            evaluated: evaluated.clone(),
            baselines: baselines(&head.predictions, &self.shares(head)).map_err(failed)?,
            curves: curves
                .collect::<std::result::Result<_, _>>()
                .map_err(failed)?,
            mistakes: self.mistakes(head, mistakes)?,
            more: vec![],
        })
    }

    fn mistakes(&self, head: &HeadPredictions, most: usize) -> Result<Vec<Mistake>> {
        let mut mistakes = self.model.worst_errors(self.corpus, head, most)?;
        mistakes
            .iter_mut()
            .for_each(|mistake| mistake.id = without_folders(&mistake.id));
        Ok(mistakes)
    }

    /// Returns the frequency of each label in the training data; 0 for those that the model does
    /// not know.
    fn shares(&self, head: &HeadPredictions) -> Vec<f64> {
        let Some((_, known)) = self.model.head(&head.name) else {
            return vec![];
        };
        let support = &known.metadata().support;
        let all = match known.metadata().kind {
            HeadKind::Exclusive => support.iter().sum::<f64>(),
            HeadKind::Independent => self.model.metadata().documents as f64,
        };
        let share = |support: &f64| {
            if all > 0.0 {
                (support / all).min(1.0)
            } else {
                0.0
            }
        };
        let mut shares: Vec<f64> = support.iter().map(share).collect();
        shares.resize(head.predictions.labels.len(), 0.0);
        shares
    }

    fn properties(&self) -> Vec<Property> {
        let names: Vec<String> = self.inputs.iter().map(|input| file_name(input)).collect();
        let mut properties = vec![
            Property::new("Model", file_name(self.name)),
            Property::new("Corpus", names.join(", ")),
            Property::new("Documents", self.corpus.len()),
        ];
        if let Some(learnt) = self.learnt.filter(|&learnt| learnt > 0) {
            properties.push(Property::new("Learnt from", format!("{learnt} of them")));
        }
        if !self.filters.is_empty() {
            properties.insert(2, Property::new("Rows where", self.filters.join(", ")));
        }
        properties
    }

    fn origin(&self) -> Vec<Property> {
        let about = self.model.metadata();
        let mut properties = vec![
            Property::new("Program", PROGRAM),
            Property::new("Hash of the corpus", format!("{:016x}", self.corpus.hash)),
            Property::new("Hash of the model", self.model.hash()),
            Property::new("Model trained by", &about.written_by),
            Property::new("Trained on", format!("{} documents", about.documents)),
            Property::new("Hash of training data", &about.data_hash),
            Property::new("Hash of the model's options", self.model.options_hash()),
        ];
        let classifier = |evaluated: &Evaluated| {
            let (_, head) = self.model.head(&evaluated.head.name)?;
            let options = serde_json::to_string(&head.metadata().classifier).ok()?;
            Some(Property::new(
                format!("Classifier of {}", head.metadata().name),
                options,
            ))
        };
        properties.extend(self.evaluated.iter().filter_map(classifier));
        properties
    }
}

/// The page of a comparison.
pub fn comparison(inputs: &[String], splits: &[SplitReport], mut origin: Vec<Property>) -> Page {
    let names: Vec<String> = inputs.iter().map(|input| file_name(input)).collect();
    origin.insert(0, Property::new("Program", PROGRAM));
    let mut splits = splits.to_vec();
    for split in &mut splits {
        let systems = split
            .heads
            .iter_mut()
            .flat_map(|head| &mut head.systems)
            .map(|system| &mut system.name);
        let all = systems.chain(split.gaps.iter_mut().map(|gap| &mut gap.system));
        all.for_each(|name| *name = without_folders(name));
    }
    comparison::page(&Comparisons {
        title: "Comparison".to_string(),
        properties: vec![Property::new("Input", names.join(", "))],
        splits: &splits,
        origin,
    })
}

/// Returns the metrics of the most frequent label, and those of guessing on average.
fn baselines(
    predictions: &Predictions,
    shares: &[f64],
) -> std::result::Result<Vec<Baseline>, EvaluateError> {
    let majority = measure(&majority(predictions, shares)?, &Bootstrap::none())?;
    let values = majority
        .of(None)
        .filter_map(|m| Some((m.metric, m.estimate?.value)))
        .collect();
    let guessed = expected_random(predictions, shares, GUESSES, 0)?;
    let guessed = guessed.into_iter().filter(|(_, label, _)| label.is_none());
    Ok(vec![
        Baseline {
            name: "most frequent answer".to_string(),
            values,
        },
        Baseline {
            name: "guessing by frequency".to_string(),
            values: guessed.map(|(metric, _, value)| (metric, value)).collect(),
        },
    ])
}

/// An id that is made of a file's name and a line says nothing of this machine; others stay as they
/// are.
fn without_folders(id: &str) -> String {
    let path = id.rsplit_once(':').map_or(id, |(path, line)| {
        if line.parse::<u64>().is_ok() {
            path
        } else {
            id
        }
    });
    if Path::new(path).is_file() {
        file_name(id)
    } else {
        id.to_string()
    }
}

/// A name without the folders of this machine.
fn file_name(path: &str) -> String {
    Path::new(path).file_name().map_or_else(
        || path.to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}
