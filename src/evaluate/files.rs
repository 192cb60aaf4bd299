//! Answers of any tool out of files: rows of an id and labels, joined by id.

use super::{EvaluateError, Predictions};
use crate::corpus::{Answer, Column, HeadColumns, HeadKind, Input, ReadOptions, Reader, Record, names_of};
use crate::progress::Progress;
use crate::{Error, Result};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// How many ids an error names.
const NAMED: usize = 5;

/// The answers in one file to each head that is asked for.
///
/// A row is flat, with a column for the id and for each head, and on request scores: a column `scores` that holds an object of
/// numbers by label, or a column `score:LABEL` for each label. Or it is what `standpoint score` and `eval --predictions` write,
/// `{"id":…,"heads":{NAME:{"label":…,"scores":{…},"probabilities":…}}}`.
#[derive(Debug, Clone)]
pub struct AnswerFile {
    /// What messages call it.
    pub name: String,
    ids: Vec<String>,
    places: HashMap<String, usize>,
    /// By head, then row.
    heads: Vec<Vec<Row>>,
}

#[derive(Debug, Clone)]
struct Row {
    answer: Answer,
    scores: Option<HashMap<String, f64>>,
    probabilities: bool,
}

/// What is to be read of rows.
#[derive(Debug, Clone)]
pub struct AnswerColumns {
    /// The column of the id.
    pub id: Column,
    /// Whether rows without that column have file and line as their id, as in a corpus.
    pub id_is_optional: bool,
    /// The heads and where their labels stand.
    pub heads: Vec<HeadColumns>,
    /// Whether scores are probabilities where the file does not say.
    pub probabilities: bool,
}

impl AnswerFile {
    /// Reads all rows.
    ///
    /// # Errors
    /// A data error for a row that is broken or without an id, and for an id that stands twice.
    pub fn read(
        inputs: Vec<Input>,
        options: ReadOptions,
        columns: &AnswerColumns,
        progress: &dyn Progress,
    ) -> Result<Self> {
        let name = names_of(&inputs);
        let heads = vec![Vec::new(); columns.heads.len()];
        let mut file = AnswerFile { name, ids: Vec::new(), places: HashMap::new(), heads };
        let mut reader = Reader::new(inputs, options, progress);
        while let Some(raw) = reader.next()? {
            let record = raw.decode()?;
            file.take(&record, columns).map_err(|e| e.at(&record.place))?;
        }
        match file.ids.is_empty() {
            true => Err(Error::data("there is no row").at(&file.name)),
            false => Ok(file),
        }
    }

    fn take(&mut self, record: &Record, columns: &AnswerColumns) -> Result<()> {
        let id = match record.get(&columns.id) {
            Some(Value::String(id)) => id.clone(),
            Some(Value::Number(id)) => id.to_string(),
            None if columns.id_is_optional => record.place.to_string(),
            _ => {
                return Err(Error::data(format!("there is no id in the column `{}`", columns.id))
                    .help("name the id column with --id"));
            }
        };
        if self.places.insert(id.clone(), self.ids.len()).is_some() {
            return Err(
                Error::data(format!("the id `{id}` stands twice")).help("give every row an id of its own")
            );
        }
        self.ids.push(id);
        for (rows, head) in self.heads.iter_mut().zip(&columns.heads) {
            rows.push(Row::read(record, head, columns)?);
        }
        Ok(())
    }

    /// All labels that stand in the file, sorted.
    pub fn labels(&self, head: usize) -> BTreeSet<String> {
        let mut labels = BTreeSet::new();
        for row in &self.heads[head] {
            match &row.answer {
                Answer::One(label) => drop(labels.insert(label.clone())),
                Answer::Set(set) => labels.extend(set.iter().cloned()),
                Answer::Unknown | Answer::Flags(_) => {}
            }
        }
        labels
    }

    /// How many documents have no answer to a head, and the id of the first.
    pub fn unanswered(&self, head: usize) -> Option<(usize, &str)> {
        let mut unknown =
            self.ids.iter().zip(&self.heads[head]).filter(|(_, row)| row.answer == Answer::Unknown);
        let (first, _) = unknown.next()?;
        Some((1 + unknown.count(), first))
    }

    /// The first document whose scores lack a label that others have, and that label: without it there are no metrics
    /// of scores.
    pub fn unscored<'a>(&'a self, head: usize, labels: &'a [String]) -> Option<(&'a str, &'a str)> {
        let rows = &self.heads[head];
        if rows.iter().all(|row| row.scores.is_none()) {
            return None;
        }
        self.ids.iter().zip(rows).find_map(|(id, row)| {
            let lacks = |label: &&String| !row.scores.as_ref().is_some_and(|all| all.contains_key(*label));
            labels.iter().find(lacks).map(|label| (id.as_str(), label.as_str()))
        })
    }

    /// Refuses a file whose ids are not those of the truth.
    ///
    /// # Errors
    /// A data error that names some of the ids that are missing or too many.
    pub fn verify_ids(&self, truth: &AnswerFile) -> Result<()> {
        let lacking = |of: &AnswerFile, other: &AnswerFile| -> Vec<String> {
            of.ids.iter().filter(|id| !other.places.contains_key(*id)).cloned().collect()
        };
        let (missing, extra) = (lacking(truth, self), lacking(self, truth));
        let what = match (missing.as_slice(), extra.as_slice()) {
            ([], []) => return Ok(()),
            ([], extra) => format!("{} ids that the truth does not have: {}", extra.len(), named(extra)),
            (missing, _) => format!("no row for {} ids of the truth: {}", missing.len(), named(missing)),
        };
        Err(Error::data(format!("there {} {what}", if missing.is_empty() { "are" } else { "is" }))
            .at(&self.name)
            .help("every document of the truth must be answered once, and no other"))
    }

    /// The answers to a head beside the truth, in the order of the truth; documents of unknown truth are left out.
    ///
    /// # Errors
    /// A data error for a document that is not answered.
    pub fn beside(
        &self,
        truth: &AnswerFile,
        head: usize,
        columns: &HeadColumns,
        labels: &[String],
    ) -> Result<Predictions> {
        let known = (0..truth.ids.len()).filter(|&row| truth.heads[head][row].answer != Answer::Unknown);
        let known: Vec<usize> = known.collect();
        let own: Vec<&Row> =
            known.iter().map(|&row| &self.heads[head][self.places[&truth.ids[row]]]).collect();
        if let Some(at) = own.iter().position(|row| row.answer == Answer::Unknown) {
            let id = &truth.ids[known[at]];
            return Err(
                Error::data(format!("there is no answer to `{}` for `{id}`", columns.name)).at(&self.name)
            );
        }
        let number: HashMap<&str, u32> =
            labels.iter().enumerate().map(|(at, label)| (label.as_str(), at as u32)).collect();
        let truths: Vec<&Answer> = known.iter().map(|&row| &truth.heads[head][row].answer).collect();
        let answers: Vec<&Answer> = own.iter().map(|row| &row.answer).collect();
        let predictions = match columns.kind {
            HeadKind::Exclusive => {
                let of = |answers: &[&Answer]| answers.iter().map(|answer| one(answer, &number)).collect();
                Predictions::exclusive(labels.to_vec(), of(&truths), of(&answers))
            }
            HeadKind::Independent => {
                let width = labels.len();
                let truth = truths.iter().flat_map(|answer| several(answer, &number, width)).collect();
                let said = answers.iter().flat_map(|answer| several(answer, &number, width));
                Predictions::independent(
                    labels.to_vec(),
                    truth,
                    said.map(|cell| cell == Some(true)).collect(),
                )
            }
        };
        Ok(with_scores(predictions, &own))
    }
}

/// A table needs the score of every label in every row.
fn with_scores(predictions: Predictions, rows: &[&Row]) -> Predictions {
    let of_row = |row: &&Row| -> Option<Vec<f64>> {
        let scores = row.scores.as_ref()?;
        predictions.labels.iter().map(|label| scores.get(label).copied()).collect()
    };
    match rows.iter().map(of_row).collect::<Option<Vec<_>>>() {
        Some(values) => {
            let probabilities = rows.iter().all(|row| row.probabilities);
            predictions.with_scores(values.concat(), probabilities)
        }
        None => predictions,
    }
}

fn one(answer: &Answer, number: &HashMap<&str, u32>) -> u32 {
    match answer {
        Answer::One(label) => number[label.as_str()],
        _ => 0,
    }
}

fn several(answer: &Answer, number: &HashMap<&str, u32>, width: usize) -> Vec<Option<bool>> {
    match answer {
        Answer::Set(labels) => {
            let mut cells = vec![Some(false); width];
            labels.iter().for_each(|label| cells[number[label.as_str()] as usize] = Some(true));
            cells
        }
        Answer::Flags(cells) => cells.clone(),
        Answer::One(_) | Answer::Unknown => vec![None; width],
    }
}

fn named(ids: &[String]) -> String {
    let shown: Vec<&str> = ids.iter().take(NAMED).map(String::as_str).collect();
    shown.join(", ") + if ids.len() > NAMED { ", …" } else { "" }
}

impl Row {
    fn read(record: &Record, head: &HeadColumns, columns: &AnswerColumns) -> Result<Row> {
        let ours = record.get(&Column::from("heads")).and_then(|heads| heads.get(&head.name));
        let Some(ours) = ours else { return Row::flat(record, head, columns.probabilities) };
        let answer = match head.kind {
            HeadKind::Exclusive => {
                ours["label"].as_str().map_or(Answer::Unknown, |label| Answer::One(label.to_string()))
            }
            HeadKind::Independent => ours["labels"].as_array().map_or(Answer::Unknown, |labels| {
                Answer::Set(labels.iter().filter_map(Value::as_str).map(str::to_string).collect())
            }),
        };
        let probabilities = ours["probabilities"].as_bool().unwrap_or(columns.probabilities);
        Ok(Row { answer, scores: numbers(&ours["scores"])?, probabilities })
    }

    fn flat(record: &Record, head: &HeadColumns, probabilities: bool) -> Result<Row> {
        let answer = head.read(record)?;
        let object = record.get(&Column::from("scores"));
        let scores = match object {
            Some(scores) => numbers(scores.get(&head.name).filter(|own| own.is_object()).unwrap_or(scores))?,
            None => record
                .with_prefix("score:")
                .map(|(label, value)| number(label, value))
                .collect::<Result<_>>()
                .map(|scores: HashMap<String, f64>| (!scores.is_empty()).then_some(scores))?,
        };
        Ok(Row { answer, scores, probabilities })
    }
}

fn numbers(object: &Value) -> Result<Option<HashMap<String, f64>>> {
    let Some(object) = object.as_object() else { return Ok(None) };
    object.iter().map(|(label, value)| number(label, value)).collect::<Result<_>>().map(Some)
}

fn number(label: &str, value: &Value) -> Result<(String, f64)> {
    let score = match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_f64(),
    };
    let score = score.filter(|score: &f64| score.is_finite());
    let score =
        score.ok_or_else(|| Error::data(format!("the score of `{label}` is {value}, expected a number")))?;
    Ok((label.to_string(), score))
}

impl From<EvaluateError> for Error {
    fn from(error: EvaluateError) -> Self {
        Error::data(error.to_string())
    }
}
