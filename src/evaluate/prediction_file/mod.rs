//! Answers of any tool out of files: rows of an id and labels, joined by id.

mod row;

use super::{EvaluateError, Predictions};
use crate::corpus::{
    ColumnName, HeadColumns, HeadKind, HeadLabels, Input, LabelFormat, ReadOptions, Record,
    RowReader, SourceLocation, names_of,
};
use crate::io::Progress;
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use row::Row;
use std::collections::{BTreeSet, HashMap};

/// The most ids that an error names.
const NAMED: usize = 5;

/// The answers in one file to each head that is asked for.
///
/// A row is flat, with a column for the id and for each head, and on request scores: a column
/// `scores` that holds an object of numbers by label, or a column `score:LABEL` for each label. Or
/// it is what `standpoint score` and `eval --predictions` write,
/// `{"id":…,"heads":{NAME:{"label":…,"scores":{…},"probabilities":…}}}`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PredictionFile {
    /// The name in messages.
    pub name: String,
    ids: Vec<String>,
    /// The location of each row.
    lines: Vec<SourceLocation>,
    /// The row of each id.
    places: HashMap<String, usize>,
    /// By head, then row.
    heads: Vec<Vec<Row>>,
}

/// The columns to read.
#[derive(Debug, Clone)]
pub struct PredictionColumns {
    /// The column of the id.
    pub id: ColumnName,
    /// True if rows without that column have file and line as their id, as in a corpus.
    pub id_is_optional: bool,
    /// The heads and where their labels stand.
    pub heads: Vec<HeadColumns>,
    /// The notation of labels in cells.
    pub format: LabelFormat,
    /// True if scores are probabilities, for files that do not say.
    pub probabilities: bool,
}

impl PredictionFile {
    /// Reads all rows.
    ///
    /// # Errors
    /// A data error for a row that is broken or without an id, and for an id that stands twice.
    pub fn read(
        inputs: Vec<Input>,
        options: ReadOptions,
        columns: &PredictionColumns,
        progress: &dyn Progress,
    ) -> Result<Self> {
        let name = names_of(&inputs);
        let heads = vec![Vec::new(); columns.heads.len()];
        let mut file = PredictionFile {
            name,
            ids: Vec::new(),
            lines: Vec::new(),
            places: HashMap::new(),
            heads,
        };
        let rows = RowReader::new(inputs, options).progress(progress);
        rows.for_each_record(|record| file.push(record, columns))?;
        match file.ids.is_empty() {
            true => Err(Error::data("there is no row").at(&file.name)),
            false => Ok(file),
        }
    }

    fn push(&mut self, record: &Record, columns: &PredictionColumns) -> Result<()> {
        let has_column = record.get(&columns.id).is_some();
        let id = match record.id(&columns.id)? {
            Some((id, _)) => id,
            None if columns.id_is_optional && !has_column => record.location.to_string(),
            None => {
                return Err(
                    Error::data(format!("there is no id in the column `{}`", columns.id))
                        .help(wording!["name the id column with ", Setting::Id]),
                );
            }
        };
        if self.places.insert(id.clone(), self.ids.len()).is_some() {
            return Err(Error::data(format!("the id `{id}` stands twice"))
                .help("give every row an id of its own"));
        }
        self.ids.push(id);
        self.lines.push(record.location.clone());
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
                HeadLabels::One(label) => drop(labels.insert(label.clone())),
                HeadLabels::Set(set) => labels.extend(set.iter().cloned()),
                HeadLabels::Unknown | HeadLabels::Flags(_) => {}
            }
        }
        labels
    }

    /// The labels of a head that stand in the truth and not here, and here and not in the truth.
    ///
    /// # Errors
    /// A data error if both have labels, and none of them in common.
    pub fn verify_labels(
        &self,
        truth: &PredictionFile,
        head: usize,
        name: &str,
    ) -> Result<[Vec<String>; 2]> {
        let (own, true_ones) = (self.labels(head), truth.labels(head));
        let lacking = |of: &BTreeSet<String>, other: &BTreeSet<String>| {
            of.difference(other).cloned().collect()
        };
        let sides: [Vec<String>; 2] = [lacking(&true_ones, &own), lacking(&own, &true_ones)];
        if !own.is_empty() && !true_ones.is_empty() && own.is_disjoint(&true_ones) {
            let [truth, own] = sides.map(|labels| named(&labels));
            return Err(Error::data(format!(
                "no label of `{name}` is one of the truth: {own}; the truth has {truth}"
            ))
            .at(&self.name)
            .help("check that the columns and labels are the same in both files"));
        }
        Ok(sides)
    }

    /// Returns the number of documents without an answer to a head, and the id of the first.
    pub fn unanswered(&self, head: usize) -> Option<(usize, &str)> {
        let mut unknown = self
            .ids
            .iter()
            .zip(&self.heads[head])
            .filter(|(_, row)| row.answer == HeadLabels::Unknown);
        let (first, _) = unknown.next()?;
        Some((1 + unknown.count(), first))
    }

    /// The first document whose scores lack a label that others have, and that label: without it
    /// there are no metrics of scores.
    pub fn unscored<'a>(&'a self, head: usize, labels: &'a [String]) -> Option<(&'a str, &'a str)> {
        let rows = &self.heads[head];
        if rows.iter().all(|row| row.scores.is_none()) {
            return None;
        }
        self.ids.iter().zip(rows).find_map(|(id, row)| {
            let lacks = |label: &&String| {
                !row.scores
                    .as_ref()
                    .is_some_and(|all| all.contains_key(*label))
            };
            labels
                .iter()
                .find(lacks)
                .map(|label| (id.as_str(), label.as_str()))
        })
    }

    /// Refuses a file whose ids are not those of the truth.
    ///
    /// # Errors
    /// A data error that names some of the ids that are missing or too many.
    pub fn verify_ids(&self, truth: &PredictionFile) -> Result<()> {
        let lacking = |of: &PredictionFile, other: &PredictionFile| -> Vec<String> {
            of.ids
                .iter()
                .filter(|id| !other.places.contains_key(*id))
                .cloned()
                .collect()
        };
        let (missing, extra) = (lacking(truth, self), lacking(self, truth));
        let what = match (missing.as_slice(), extra.as_slice()) {
            ([], []) => return Ok(()),
            ([], extra) => format!(
                "{} ids that the truth does not have: {}",
                extra.len(),
                named(extra)
            ),
            (missing, _) => format!(
                "no row for {} ids of the truth: {}",
                missing.len(),
                named(missing)
            ),
        };
        Err(Error::data(format!(
            "there {} {what}",
            if missing.is_empty() { "are" } else { "is" }
        ))
        .at(&self.name)
        .help("every document of the truth must be answered once, and no other"))
    }

    /// The answers to a head beside the truth, in the order of the truth; documents of unknown
    /// truth are left out.
    ///
    /// # Errors
    /// A data error for a document that is not answered, and for a label that is not among
    /// `labels`.
    pub fn beside(
        &self,
        truth: &PredictionFile,
        head: usize,
        columns: &HeadColumns,
        labels: &[String],
    ) -> Result<Predictions> {
        let known: Vec<usize> = (0..truth.ids.len())
            .filter(|&row| truth.heads[head][row].answer != HeadLabels::Unknown)
            .collect();
        let own = known
            .iter()
            .map(|&row| self.places.get(&truth.ids[row]).copied().ok_or(row));
        let own: Vec<usize> = own
            .collect::<std::result::Result<_, usize>>()
            .map_err(|row| {
                Error::data(format!("there is no row for the id `{}`", truth.ids[row]))
                    .at(&self.name)
            })?;
        let numbers: Numbers = labels
            .iter()
            .enumerate()
            .map(|(at, label)| (label.as_str(), at as u32))
            .collect();
        let predictions = match columns.kind {
            HeadKind::Exclusive => {
                let truths = truth.numbers_of(head, &known, &numbers)?;
                let said = self.numbers_of(head, &own, &numbers)?;
                if let Some(at) = said.iter().position(Option::is_none) {
                    return Err(self.unanswered_at(own[at], &columns.name, None));
                }
                let flat = |rows: Vec<Option<u32>>| rows.into_iter().flatten().collect();
                Predictions::exclusive(labels.to_vec(), flat(truths), flat(said))
            }
            HeadKind::Independent => {
                let (truths, said) = (
                    truth.cells(head, &known, &numbers)?,
                    self.cells(head, &own, &numbers)?,
                );
                let lacks = |at: &usize| truths[*at].is_some() && said[*at].is_none();
                if let Some(at) = (0..truths.len()).find(lacks) {
                    let label = labels.get(at % labels.len());
                    return Err(self.unanswered_at(own[at / labels.len()], &columns.name, label));
                }
                let said = said.into_iter().map(|cell| cell == Some(true)).collect();
                Predictions::independent(labels.to_vec(), truths, said)
            }
        };
        let rows: Vec<&Row> = own.iter().map(|&row| &self.heads[head][row]).collect();
        Ok(with_scores(predictions, &rows))
    }

    fn unanswered_at(&self, row: usize, head: &str, label: Option<&String>) -> Error {
        let of = label
            .map(|label| format!(", label `{label}`,"))
            .unwrap_or_default();
        Error::data(format!(
            "there is no answer to `{head}`{of} for `{}`",
            self.ids[row]
        ))
        .at(&self.lines[row])
        .help("every document of the truth must be answered")
    }

    /// The label in each of these rows by number, where there is one.
    fn numbers_of(
        &self,
        head: usize,
        rows: &[usize],
        numbers: &Numbers,
    ) -> Result<Vec<Option<u32>>> {
        let of_row = |&row: &usize| match &self.heads[head][row].answer {
            HeadLabels::One(label) => self.number(row, label, numbers).map(Some),
            HeadLabels::Set(_) | HeadLabels::Flags(_) | HeadLabels::Unknown => Ok(None),
        };
        rows.iter().map(of_row).collect()
    }

    /// Yes, no or unknown for every label in each of these rows.
    fn cells(&self, head: usize, rows: &[usize], numbers: &Numbers) -> Result<Vec<Option<bool>>> {
        let mut all = Vec::with_capacity(rows.len() * numbers.len());
        for &row in rows {
            let begin = all.len();
            all.resize(begin + numbers.len(), None);
            let cells = &mut all[begin..];
            match &self.heads[head][row].answer {
                HeadLabels::Set(labels) => {
                    cells.fill(Some(false));
                    for label in labels {
                        cells[self.number(row, label, numbers)? as usize] = Some(true);
                    }
                }
                HeadLabels::Flags(flags) => cells
                    .iter_mut()
                    .zip(flags)
                    .for_each(|(cell, flag)| *cell = *flag),
                HeadLabels::One(_) | HeadLabels::Unknown => {}
            }
        }
        Ok(all)
    }

    fn number(&self, row: usize, label: &str, numbers: &Numbers) -> Result<u32> {
        numbers
            .get(label)
            .copied()
            .ok_or_else(|| self.stranger(row, label, numbers))
    }

    fn stranger(&self, row: usize, label: &str, numbers: &Numbers) -> Error {
        let mut known: Vec<String> = numbers.keys().map(|label| label.to_string()).collect();
        known.sort();
        Error::data(format!(
            "`{}` has the label `{label}`, but there are {}",
            self.ids[row],
            named(&known)
        ))
        .at(&self.lines[row])
        .help(wording![
            "name a column for each label with ",
            Setting::IndependentHead,
            ", or mend the label"
        ])
    }
}

/// The numbers of labels.
type Numbers<'a> = HashMap<&'a str, u32>;

/// A table needs the score of every label in every row.
fn with_scores(predictions: Predictions, rows: &[&Row]) -> Predictions {
    let of_row = |row: &&Row| -> Option<Vec<f64>> {
        let scores = row.scores.as_ref()?;
        predictions
            .labels
            .iter()
            .map(|label| scores.get(label).copied())
            .collect()
    };
    match rows.iter().map(of_row).collect::<Option<Vec<_>>>() {
        Some(values) => {
            let probabilities = rows.iter().all(|row| row.probabilities);
            predictions.with_scores(values.concat(), probabilities)
        }
        None => predictions,
    }
}

fn named(ids: &[String]) -> String {
    let shown: Vec<&str> = ids.iter().take(NAMED).map(String::as_str).collect();
    shown.join(", ") + if ids.len() > NAMED { ", …" } else { "" }
}

impl From<EvaluateError> for Error {
    fn from(error: EvaluateError) -> Self {
        Error::data(error.to_string())
    }
}
