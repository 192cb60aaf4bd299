//! Models: loading, saving, scores, explanations and descriptions.

use crate::corpus::Source;
use crate::errors::OrRaise;
use crate::features::{Compressed, bytes_of, transformed};
use crate::results::json;
use crate::texts::PythonTexts;
use crate::work::{Watch, run, run_briefly};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rayon::prelude::*;
use serde::Serialize;
use standpoint::corpus::{DocumentId, HeadKind, RawReader, label_form};
use standpoint::exchange::{LiblinearModel, write_weights, write_weights_npz};
use standpoint::io::{Silent, Transaction};
use standpoint::model::{HeadMetadata, HeadScores, ModelHead, ScoredDocument, Scores};
use standpoint::report::json::{ExplanationRow, ModelRow, ScoreRow};
use standpoint::{Error, Result};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Bytes of texts between two looks at signals.
const RUN_BYTES: usize = 4 << 20;

/// Model; clones share one memory.
#[pyclass(frozen, module = "standpoint._standpoint")]
pub struct Model(pub standpoint::Model);

/// Head with what follows from its options.
#[derive(Serialize)]
struct HeadRow<'a> {
    #[serde(flatten)]
    metadata: &'a HeadMetadata,
    probabilities: bool,
}

impl<'a> HeadRow<'a> {
    fn new(metadata: &'a HeadMetadata) -> Self {
        HeadRow {
            metadata,
            probabilities: metadata.scores_are_probabilities(),
        }
    }
}

/// Additions to the rows of scores.
#[derive(Clone, Copy)]
struct RowOptions {
    top: Option<usize>,
    max_error: Option<f64>,
    why: Option<usize>,
}

/// Kind of numbers that a matrix of scores holds.
#[derive(Clone, Copy)]
enum Numbers {
    Decisions,
    Scores,
    /// Number of the label of an exclusive head, 1 or 0 for each label of an independent one.
    Answers,
}

/// Numbers of one pass over texts.
struct Matrices {
    /// By head, a matrix for each kind of numbers asked for.
    heads: Vec<Vec<Vec<f64>>>,
    /// By text, the number of its terms that the model knows.
    known_terms: Vec<i64>,
}

#[pymethods]
impl Model {
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Model> {
        run(py, |_| standpoint::Model::load(&path)).map(Model)
    }

    #[staticmethod]
    fn embedded(py: Python<'_>) -> PyResult<Model> {
        run(py, |_| standpoint::Model::embedded()).map(Model)
    }

    #[staticmethod]
    fn from_bytes(py: Python<'_>, bytes: &[u8]) -> PyResult<Model> {
        run(py, |_| standpoint::Model::from_bytes(bytes)).map(Model)
    }

    fn save(&self, py: Python<'_>, path: PathBuf, force: bool) -> PyResult<()> {
        run(py, |_| self.0.save(&path, force))
    }

    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &run(py, |_| Ok(self.0.to_bytes()))?))
    }

    /// Writes terms, idf and weights for other tools, in the format that the ending names.
    #[pyo3(signature = (path, head, force))]
    fn export(
        &self,
        py: Python<'_>,
        path: PathBuf,
        head: Option<&str>,
        force: bool,
    ) -> PyResult<()> {
        run(py, |_| exported(&self.0, &path, head, force))
    }

    /// Returns the model of a file of fastText.
    #[staticmethod]
    fn from_fasttext(py: Python<'_>, path: PathBuf, name: &str, head: &str) -> PyResult<Model> {
        run(py, |_| standpoint::Model::load_fasttext(&path, name, head)).map(Model)
    }

    /// Returns the model with the weights of a file of LIBLINEAR for a head.
    #[pyo3(signature = (path, head))]
    fn with_liblinear(&self, py: Python<'_>, path: PathBuf, head: Option<&str>) -> PyResult<Model> {
        run(py, |_| with_liblinear(&self.0, &path, head)).map(Model)
    }

    #[getter]
    fn hash(&self) -> &str {
        self.0.hash()
    }

    /// Returns name, origin and columns as JSON.
    fn metadata(&self, py: Python<'_>) -> PyResult<String> {
        json(self.0.metadata()).or_raise(py)
    }

    /// Returns names, labels and options of the heads as JSON, and whether scores are
    /// probabilities.
    fn heads(&self, py: Python<'_>) -> PyResult<String> {
        let heads = self.0.heads().iter().map(|head| head.metadata());
        json(&heads.map(HeadRow::new).collect::<Vec<_>>()).or_raise(py)
    }

    /// Returns the summary as JSON, with so many terms a label.
    fn summary(&self, py: Python<'_>, terms: usize) -> PyResult<String> {
        run(py, |_| json(&self.0.summary(terms)))
    }

    /// Returns the card as JSON.
    fn card(&self, py: Python<'_>) -> PyResult<String> {
        run(py, |_| json(&self.0.card()))
    }

    fn training_options(&self) -> Option<&str> {
        self.0.training_options()
    }

    /// Returns the rows of `score --json` as a JSON list.
    #[pyo3(signature = (texts, empty_nulls, top, max_error, why))]
    fn score(
        &self,
        texts: &Bound<'_, PyAny>,
        empty_nulls: bool,
        top: Option<usize>,
        max_error: Option<f64>,
        why: Option<usize>,
    ) -> PyResult<String> {
        let py = texts.py();
        let options = self.row_options(top, max_error, why).or_raise(py)?;
        let texts = PythonTexts::new(texts, empty_nulls)?;
        run_on(py, texts.slices(), |watch| {
            score_texts(&self.0, texts.slices(), options, watch)
        })
    }

    /// Returns the rows of `score --json` for the rows of a source.
    #[pyo3(signature = (source, top, max_error, why))]
    fn score_source(
        &self,
        py: Python<'_>,
        source: &Source,
        top: Option<usize>,
        max_error: Option<f64>,
        why: Option<usize>,
    ) -> PyResult<String> {
        let options = self.row_options(top, max_error, why).or_raise(py)?;
        run(py, |watch| score_source(&self.0, source, options, watch))
    }

    /// Returns for each head the bytes of a matrix of float64: `decisions` or `scores` by labels, or
    /// `answers`, which are the number of the label, or 1 and 0 by labels of an independent head.
    fn matrices<'py>(
        &self,
        texts: &Bound<'py, PyAny>,
        empty_nulls: bool,
        what: &str,
    ) -> PyResult<Vec<Bound<'py, PyBytes>>> {
        let py = texts.py();
        let numbers = match what {
            "decisions" => Numbers::Decisions,
            "scores" => Numbers::Scores,
            _ => Numbers::Answers,
        };
        let texts = PythonTexts::new(texts, empty_nulls)?;
        let matrices = run_on(py, texts.slices(), |watch| {
            Ok(matrices(&self.0, texts.slices(), &[numbers], watch))
        })?;
        let heads = matrices.heads.iter().flatten();
        Ok(heads
            .map(|matrix| PyBytes::new(py, bytes_of(matrix)))
            .collect())
    }

    /// Returns for each head the bytes of the matrices `answers` and `scores`, and those of the
    /// number of known terms of each text, an int64, of one pass over the texts.
    #[allow(clippy::type_complexity)]
    fn columns<'py>(
        &self,
        texts: &Bound<'py, PyAny>,
        empty_nulls: bool,
    ) -> PyResult<(
        Vec<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)>,
        Bound<'py, PyBytes>,
    )> {
        let py = texts.py();
        let texts = PythonTexts::new(texts, empty_nulls)?;
        let kinds = [Numbers::Answers, Numbers::Scores];
        let matrices = run_on(py, texts.slices(), |watch| {
            Ok(matrices(&self.0, texts.slices(), &kinds, watch))
        })?;
        let bytes = |matrix: &Vec<f64>| PyBytes::new(py, bytes_of(matrix));
        let heads = matrices.heads.iter();
        let heads = heads.map(|head| (bytes(&head[0]), bytes(&head[1])));
        let known_terms = PyBytes::new(py, bytes_of(&matrices.known_terms));
        Ok((heads.collect(), known_terms))
    }

    /// Returns the row of `explain --json` for each text, as a JSON list.
    #[pyo3(signature = (texts, empty_nulls, labels, top))]
    fn explain(
        &self,
        texts: &Bound<'_, PyAny>,
        empty_nulls: bool,
        labels: Option<Vec<String>>,
        top: Option<usize>,
    ) -> PyResult<String> {
        let py = texts.py();
        let labels = self.labels(labels.as_deref()).or_raise(py)?;
        let texts = PythonTexts::new(texts, empty_nulls)?;
        run(py, |watch| {
            explain(
                &self.0,
                texts.slices(),
                &labels,
                top.unwrap_or(usize::MAX),
                watch,
            )
        })
    }

    /// Returns the features of texts as the parts of a CSR matrix.
    fn transform<'py>(
        &self,
        texts: &Bound<'py, PyAny>,
        empty_nulls: bool,
    ) -> PyResult<Compressed<'py>> {
        transformed(texts, empty_nulls, |texts| {
            self.0.tfidf().transform_texts(texts)
        })
    }
}

impl Model {
    fn row_options(
        &self,
        top: Option<usize>,
        max_error: Option<f64>,
        why: Option<usize>,
    ) -> Result<RowOptions> {
        if let Some(max_error) = max_error {
            let names = self
                .0
                .heads()
                .iter()
                .map(|head| head.metadata().name.as_str());
            self.0.verify_max_error(max_error, names)?;
        }
        Ok(RowOptions {
            top,
            max_error,
            why,
        })
    }

    /// Returns numbers of heads and labels: of the labels named, or of all.
    fn labels(&self, names: Option<&[String]>) -> Result<Vec<(usize, usize)>> {
        let heads = self.0.heads().iter().enumerate();
        let all: Vec<(usize, usize, &str)> = heads
            .flat_map(|(at, head)| {
                let labels = head.metadata().labels.iter().enumerate();
                labels.map(move |(label, name)| (at, label, name.as_str()))
            })
            .collect();
        let numbers = |(head, label, _): &(usize, usize, &str)| (*head, *label);
        let Some(names) = names else {
            return Ok(all.iter().map(numbers).collect());
        };
        let is_named = |label: &str, name: &String| label_form(label) == label_form(name);
        if let Some(unknown) = names
            .iter()
            .find(|name| !all.iter().any(|(.., label)| is_named(label, name)))
        {
            let help = "see the labels in `Model.heads`";
            return Err(Error::usage(format!("the model has no label `{unknown}`")).help(help));
        }
        let wanted = |label: &&(usize, usize, &str)| names.iter().any(|n| is_named(label.2, n));
        Ok(all.iter().filter(wanted).map(numbers).collect())
    }
}

/// Runs work on texts: on the pool, but for a short one alone on the calling thread.
fn run_on<T: Send>(
    py: Python<'_>,
    texts: &[&str],
    work: impl FnOnce(&Watch) -> Result<T> + Send,
) -> PyResult<T> {
    match texts {
        [text] if text.len() < RUN_BYTES => run_briefly(py, work),
        _ => run(py, work),
    }
}

/// Scores texts, one alone on the calling thread.
fn map_scores<'m, T: Send>(
    model: &'m standpoint::Model,
    texts: &[&str],
    each: impl Fn(Scores<'m>) -> T + Sync,
) -> Vec<T> {
    match texts {
        [text] => vec![each(model.score(text))],
        _ => model.map_scores(texts, each),
    }
}

/// Cuts texts into runs of some megabytes, between which signals are looked for.
fn runs<'a, 't>(texts: &'a [&'t str]) -> impl Iterator<Item = &'a [&'t str]> {
    let mut rest = texts;
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let mut fits = |text: &&str| {
            bytes += text.len();
            bytes < RUN_BYTES
        };
        let length = rest.iter().take_while(|text| fits(text)).count() + 1;
        let (run, others) = rest.split_at(length.min(rest.len()));
        rest = others;
        (!run.is_empty()).then_some(run)
    })
}

fn score_texts(
    model: &standpoint::Model,
    texts: &[&str],
    options: RowOptions,
    watch: &Watch,
) -> Result<String> {
    let of_model = ModelRow::new(model);
    let mut rows = Vec::with_capacity(texts.len());
    for run in runs(texts) {
        watch.check();
        let first = rows.len();
        let scored = map_scores(model, run, |scores| scores);
        let line = |at: usize| {
            let id = (first + at).to_string();
            score_row(model, &of_model, id.as_str(), run[at], &scored[at], options)
        };
        let lines = match run.len() {
            1 => line(0).map(|line| vec![line]),
            lines => (0..lines).into_par_iter().map(line).collect(),
        };
        rows.extend(lines?);
    }
    Ok(listed(&rows))
}

fn score_source(
    model: &standpoint::Model,
    source: &Source,
    options: RowOptions,
    watch: &Watch,
) -> Result<String> {
    let of_model = ModelRow::new(model);
    let source = source.for_model(model);
    let reader = RawReader::new(source.inputs, source.options, &Silent);
    let mut rows = Vec::new();
    model.score_stream(reader, &source.mapping, None, |batch| {
        watch.check();
        let row = |(document, scores): &ScoredDocument<'_>| {
            let id = document.json_id();
            score_row(model, &of_model, id, &document.text, scores, options)
        };
        rows.extend(batch.par_iter().map(row).collect::<Result<Vec<_>>>()?);
        Ok(())
    })?;
    Ok(listed(&rows))
}

fn score_row<'a>(
    model: &standpoint::Model,
    of_model: &ModelRow,
    id: impl Into<DocumentId<'a>>,
    text: &str,
    scores: &Scores<'_>,
    options: RowOptions,
) -> Result<String> {
    let id = id.into().into_owned();
    let mut row = ScoreRow::new(id, of_model, scores, options.top);
    if let Some(max_error) = options.max_error {
        row = row.with_sets(scores, max_error);
    }
    match options.why {
        Some(most) => json(&row.with_reasons(&model.explain(text), most)),
        None => json(&row),
    }
}

fn explain(
    model: &standpoint::Model,
    texts: &[&str],
    labels: &[(usize, usize)],
    each_way: usize,
    watch: &Watch,
) -> Result<String> {
    let of_model = ModelRow::new(model);
    let row = |(at, text): (usize, &&str)| {
        watch.check();
        let explanation = model.explain(text);
        let scores = model.score(text);
        let id = at.to_string();
        json(&ExplanationRow {
            scores: ScoreRow::new(id.as_str(), &of_model, &scores, None),
            explanation: &explanation,
            labels,
            each_way,
        })
    };
    let rows: Vec<String> = texts
        .par_iter()
        .enumerate()
        .map(row)
        .collect::<Result<_>>()?;
    Ok(listed(&rows))
}

/// Returns the matrices of each head, texts by labels, or one number a text for exclusive answers.
fn matrices(
    model: &standpoint::Model,
    texts: &[&str],
    kinds: &[Numbers],
    watch: &Watch,
) -> Matrices {
    let mut matrices = Matrices {
        heads: vec![vec![Vec::new(); kinds.len()]; model.heads().len()],
        known_terms: Vec::with_capacity(texts.len()),
    };
    for run in runs(texts) {
        watch.check();
        let of_text = |scores: Scores<'_>| -> (Vec<Vec<f64>>, i64) {
            let of_head = |head| kinds.iter().map(move |kind| numbers_of(head, *kind));
            let numbers = scores.heads.iter().flat_map(of_head).collect();
            (numbers, scores.known_terms as i64)
        };
        for (row, known_terms) in map_scores(model, run, of_text) {
            let places = matrices.heads.iter_mut().flatten().zip(row);
            places.for_each(|(matrix, numbers)| matrix.extend(numbers));
            matrices.known_terms.push(known_terms);
        }
    }
    matrices
}

fn numbers_of(head: &HeadScores<'_>, kind: Numbers) -> Vec<f64> {
    match (kind, head.metadata.kind) {
        (Numbers::Decisions, _) => head.decisions.clone(),
        (Numbers::Scores, _) => head.scores.clone(),
        (Numbers::Answers, HeadKind::Exclusive) => vec![head.best() as f64],
        (Numbers::Answers, HeadKind::Independent) => {
            let holds = |label| f64::from(u8::from(head.holds(label)));
            (0..head.scores.len()).map(holds).collect()
        }
    }
}

fn exported(model: &standpoint::Model, path: &Path, head: Option<&str>, force: bool) -> Result<()> {
    let mut bytes = Vec::new();
    let ending = path.extension().and_then(|ending| ending.to_str());
    if head.is_some() && ending != Some("liblinear") {
        return Err(
            Error::usage("`head` is for a file that ends in .liblinear").help("leave it out")
        );
    }
    let written = match ending {
        Some("tsv") => write_weights(model, &mut bytes),
        Some("npz") => write_weights_npz(model, &mut bytes),
        Some("liblinear") => {
            LiblinearModel::of_head(head_of(model, head)?.linear()).write(&mut bytes)
        }
        _ => {
            let message = "the name of the file does not tell the format of the weights";
            let help = "name a file that ends in .npz, .tsv or .liblinear";
            return Err(Error::usage(message).at(path.display()).help(help));
        }
    };
    written.map_err(|e| Error::io("write", e).at(path.display()))?;
    let mut outputs = Transaction::default();
    outputs.write(path, force, |out| out.write_all(&bytes))?;
    outputs.commit()
}

/// Returns the head of this name, or the only one.
fn head_of<'m>(model: &'m standpoint::Model, name: Option<&str>) -> Result<&'m ModelHead> {
    match (name, model.heads()) {
        (Some(name), _) => model
            .head(name)
            .map(|(_, head)| head)
            .ok_or_else(|| model.no_head(name)),
        (None, [only]) => Ok(only),
        (None, _) => {
            let message = "LIBLINEAR keeps one head, and the model has several";
            Err(Error::usage(message).help("name one with `head`"))
        }
    }
}

fn with_liblinear(
    model: &standpoint::Model,
    path: &Path,
    head: Option<&str>,
) -> Result<standpoint::Model> {
    let file = File::open(path).map_err(|e| Error::io("read", e).at(path.display()))?;
    let weights = LiblinearModel::read(BufReader::new(file)).map_err(|e| e.at(path.display()))?;
    model.with_liblinear(&head_of(model, head)?.metadata().name, &weights)
}

/// Returns a JSON list of values that are JSON already.
fn listed(rows: &[String]) -> String {
    format!("[{}]", rows.join(","))
}
