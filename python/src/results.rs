//! Evaluations and checks, as the JSON and the pages of the library's reports.

use crate::corpus::Source;
use crate::errors::OrRaise;
use crate::model::Model;
use crate::options::parsed;
use crate::work::{Watch, run};
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};
use standpoint::check::{self as checks, CheckOptions, FindingLimits};
use standpoint::corpus::{Categories, CategoryField, ColumnName, Rejects};
use standpoint::dedup::NearDuplicates;
use standpoint::evaluate::curves::LabelCurves;
use standpoint::evaluate::{Bootstrap, EvaluateError};
use standpoint::io::{Progress, Transaction};
use standpoint::model::{Evaluated, HeadPredictions};
use standpoint::report::json::{CheckRow, EvaluationRow, ModelRow, predictions};
use standpoint::report::page::evaluation::{self, Evaluation, HeadResult};
use standpoint::report::page::{PageFormat, Property};
use standpoint::{Error, Result};
use std::path::Path;

/// Points of a curve, and bins of a histogram, on a page.
const CURVE_POINTS: usize = 2000;
const HISTOGRAM_BINS: usize = 20;

/// Returns a value as JSON.
pub fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::data(e.to_string()))
}

/// Evaluates a model; `drawn` are number, level and seed of the resamples. Returns the row of
/// `eval --json`, the rows of predictions as a JSON list, and the page in HTML with so many of each
/// head's worst mistakes.
#[pyfunction]
pub fn evaluate(
    py: Python<'_>,
    model: &Model,
    corpus: &Source,
    drawn: (usize, f64, u64),
    mistakes: usize,
) -> PyResult<(String, String, String)> {
    let (resamples, level, seed) = drawn;
    let bootstrap = Bootstrap {
        resamples,
        level,
        seed,
    };
    run(py, |watch| {
        evaluated(&model.0, corpus, &bootstrap, mistakes, watch)
    })
}

fn evaluated(
    model: &standpoint::Model,
    source: &Source,
    bootstrap: &Bootstrap,
    mistakes: usize,
    watch: &Watch,
) -> Result<(String, String, String)> {
    let labelled = source.for_evaluation(model)?;
    let known = model.known_labels(&labelled.mapping.schema);
    let corpus = source.read(&labelled, &known, watch)?;
    let heads = model.predictions(&corpus)?;
    let learnt = model.learnt_documents(&corpus);
    if let Some(learnt) = learnt.filter(|learnt| *learnt > 0) {
        let documents = corpus.len();
        watch.note(&format!(
            "the model learnt from {learnt} of {documents} rows here: metrics are too good for \
             texts that it has not seen"
        ));
    }
    let evaluated: Vec<Evaluated> = heads
        .iter()
        .map(|head| Evaluated::new(head, bootstrap))
        .collect::<Result<_>>()?;
    watch.check();
    let of_model = ModelRow::new(model);
    let row = json(&EvaluationRow::new(
        &of_model,
        corpus.len(),
        &evaluated,
        learnt,
    ))?;
    let rows: Vec<_> = predictions(&corpus, &heads).collect();
    let results = heads.iter().zip(evaluated).map(|(head, evaluated)| {
        let worst = model.worst_errors(&corpus, head, mistakes)?;
        let curves = curves(head, &evaluated)?;
        Ok(HeadResult {
            evaluated,
            baselines: Vec::new(),
            curves,
            mistakes: worst,
            more: Vec::new(),
        })
    });
    let page = evaluation::page(&Evaluation {
        title: format!("Evaluation of {}", model.metadata().name),
        properties: vec![Property::new("Documents", corpus.len().to_string())],
        heads: results.collect::<Result<_>>()?,
        origin: vec![Property::new("Hash of the model", model.hash().to_string())],
    });
    let html = PageFormat::of_path(Path::new("page.html"))?.write(&page)?;
    Ok((row, json(&rows)?, html))
}

fn curves(head: &HeadPredictions, evaluated: &Evaluated) -> Result<Vec<(usize, LabelCurves)>> {
    let curve = |label: usize| {
        let curves = LabelCurves::new(&head.predictions, label, CURVE_POINTS, HISTOGRAM_BINS)?;
        Ok((label, curves))
    };
    let labels = evaluation::plotted(evaluated).into_iter();
    labels
        .map(curve)
        .collect::<std::result::Result<_, EvaluateError>>()
        .map_err(|e| Error::data(e.to_string()))
}

/// Options of a check; those that are not given are the library's defaults.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct CheckSettings {
    by: Option<String>,
    date: Option<String>,
    period: Option<String>,
    source: Option<String>,
    limits: Vec<String>,
    similarity: Option<f64>,
    shingle_size: Option<usize>,
    tiny: Option<usize>,
    giant: Option<usize>,
    rare: Option<u64>,
    examples: Option<usize>,
}

impl CheckSettings {
    fn options(&self) -> Result<(CheckOptions, Vec<CategoryField>)> {
        let base = NearDuplicates::default();
        let near = NearDuplicates {
            shingle: self.shingle_size.unwrap_or(base.shingle),
            threshold: self.similarity.unwrap_or(base.threshold),
            ..base
        };
        if !(0.1..=1.0).contains(&near.threshold) || near.shingle == 0 {
            let message = format!(
                "similarity={}, shingle_size={}",
                near.threshold, near.shingle
            );
            let help = "similarity is from 0.1 to 1, shingle_size from 1 on";
            return Err(Error::usage(message).help(help));
        }
        let mut limits = FindingLimits::default();
        self.limits.iter().try_for_each(|limit| limits.set(limit))?;
        let base = CheckOptions::default();
        let mut options = CheckOptions {
            near,
            limits,
            tiny: self.tiny.unwrap_or(base.tiny),
            giant: self.giant.unwrap_or(base.giant),
            rare: self.rare.unwrap_or(base.rare),
            examples: self.examples.unwrap_or(base.examples),
            ..base
        };
        let fields = self.fields(&mut options)?;
        Ok((options, fields))
    }

    /// Returns the columns of categories; the part comes first, where there is a column for it.
    fn fields(&self, options: &mut CheckOptions) -> Result<Vec<CategoryField>> {
        let period: fn(&str) -> Option<String> = match self.period.as_deref() {
            None | Some("year") => checks::year,
            Some("month") => checks::month,
            Some(other) => {
                let message = format!("period={other:?} is unknown");
                return Err(Error::usage(message).help("one of year, month"));
            }
        };
        let mut fields = Vec::new();
        let mut add = |column: &Option<String>, category: fn(&str) -> Option<String>| {
            let column = ColumnName(column.clone()?);
            fields.push(CategoryField { column, category });
            Some(fields.len() - 1)
        };
        let as_it_is = |value: &str| Some(value.to_string());
        add(&self.by, as_it_is);
        options.date = add(&self.date, period);
        options.source = add(&self.source, as_it_is);
        Ok(fields)
    }
}

/// Checks a corpus. Returns the row of `check --json` and true if a finding is above its limit.
#[pyfunction]
pub fn check(py: Python<'_>, corpus: &Source, settings: &str) -> PyResult<(String, bool)> {
    let settings: CheckSettings = parsed(settings).or_raise(py)?;
    let (options, fields) = settings.options().or_raise(py)?;
    run(py, |watch| {
        let mut outputs = Transaction::default();
        let mut rejects = corpus.rejects(&mut outputs)?;
        let reader = corpus.source().reader().rejects(rejects.as_mut());
        let raw = reader
            .progress(watch as &dyn Progress)
            .raw_corpus(&fields)?;
        rejects.map_or(Ok(0), Rejects::finish)?;
        outputs.commit()?;
        let parts: Categories = match settings.by {
            Some(_) => raw.fields[0].in_usual_order(),
            None => {
                let files = raw.files.of.iter();
                files
                    .map(|file| raw.files.names[*file as usize].as_str())
                    .collect()
            }
        };
        let report = checks::check(&raw, &parts, &options, watch);
        Ok((json(&CheckRow::new(&report))?, report.above()))
    })
}
