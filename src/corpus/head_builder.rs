//! Answers to one head that become its targets.

use super::alike::label_form;
use super::collection::Head;
use super::new_document::LabelAnswer;
use super::schema::{HeadColumns, HeadLabels, LabelSource};
use super::targets::{HeadKind, Targets};
use crate::{Error, Result};
use std::collections::HashMap;

/// Reasons for which a document that is added by hand is refused.
pub(super) const SEVERAL: &str = "has several labels of an exclusive head";
const VERDICTS: &str = "has verdicts on single labels of an exclusive head";

/// Cells of an independent head, each of which takes a byte: 2 GiB.
const MAX_CELLS: usize = 1 << 31;

/// Answers to one head, under numbers in the order of first sight.
#[derive(Debug)]
pub(super) struct HeadBuilder {
    pub name: String,
    pub kind: HeadKind,
    /// The number of labels that were known before; they keep their numbers.
    known: usize,
    pub labels: Vec<String>,
    numbers: HashMap<String, u32>,
    /// The label of each flag column.
    flags: Vec<u32>,
    pub answers: Vec<Numbered>,
}

#[derive(Debug)]
pub(super) enum Numbered {
    Unknown,
    One(u32),
    Set(Box<[u32]>),
    Flags(Box<[Option<bool>]>),
    /// Labels that hold, and labels that do not.
    Verdicts(Box<[u32]>, Box<[u32]>),
}

impl HeadBuilder {
    pub fn new(head: &HeadColumns, known: &[String]) -> Self {
        let mut builder = HeadBuilder {
            name: head.name.clone(),
            kind: head.kind,
            known: 0,
            labels: Vec::new(),
            numbers: HashMap::new(),
            flags: Vec::new(),
            answers: Vec::new(),
        };
        // Labels of an old model stay as it has them, and are found by their normal form.
        for (number, label) in known.iter().enumerate() {
            builder.labels.push(label.clone());
            builder
                .numbers
                .entry(label_form(label).into_owned())
                .or_insert(number as u32);
        }
        builder.known = builder.labels.len();
        if let LabelSource::Flags(flags) = &head.source {
            builder.flags = flags
                .iter()
                .map(|(label, _)| builder.number(label.clone()))
                .collect();
        }
        builder
    }

    pub fn verify(&self) -> Result<()> {
        let (labels, documents) = (self.labels.len(), self.answers.len());
        if self.kind == HeadKind::Independent && labels.saturating_mul(documents) > MAX_CELLS {
            return Err(Error::data(format!(
                "head `{}` has {labels} labels over {documents} documents, which is too much",
                self.name
            ))
            .help("check that the column holds labels; leave out rare ones"));
        }
        Ok(())
    }

    fn number(&mut self, label: String) -> u32 {
        let label = label_form(&label).into_owned();
        if let Some(&number) = self.numbers.get(&label) {
            return number;
        }
        let number = self.labels.len() as u32;
        self.labels.push(label.clone());
        self.numbers.insert(label, number);
        number
    }

    /// Takes an answer that is given by hand, or returns why it is refused.
    pub fn answer(&mut self, answer: LabelAnswer<'_>) -> std::result::Result<(), &'static str> {
        let kind = self.kind;
        let mut numbers = |labels: &[&str]| -> Vec<u32> {
            let labels = labels.iter();
            labels.map(|label| self.number(label.to_string())).collect()
        };
        let (numbered, refused) = match (kind, answer) {
            (_, LabelAnswer::Unknown) | (HeadKind::Exclusive, LabelAnswer::Labels([])) => {
                (Numbered::Unknown, None)
            }
            (HeadKind::Exclusive, LabelAnswer::Labels(labels)) => {
                let several = (labels.len() > 1).then_some(SEVERAL);
                (Numbered::One(numbers(&labels[..1])[0]), several)
            }
            (HeadKind::Exclusive, LabelAnswer::Verdicts { .. }) => {
                (Numbered::Unknown, Some(VERDICTS))
            }
            (HeadKind::Independent, LabelAnswer::Labels(labels)) => {
                (Numbered::Set(numbers(labels).into()), None)
            }
            (HeadKind::Independent, LabelAnswer::Verdicts { holds, fails }) => {
                let (holds, fails) = (numbers(holds), numbers(fails));
                (Numbered::Verdicts(holds.into(), fails.into()), None)
            }
        };
        self.answers.push(numbered);
        refused.map_or(Ok(()), Err)
    }

    pub fn push(&mut self, answer: HeadLabels) {
        let numbered = match answer {
            HeadLabels::Unknown => Numbered::Unknown,
            HeadLabels::One(label) => Numbered::One(self.number(label)),
            HeadLabels::Set(labels) => {
                Numbered::Set(labels.into_iter().map(|label| self.number(label)).collect())
            }
            HeadLabels::Flags(cells) => Numbered::Flags(cells.into()),
        };
        self.answers.push(numbered);
    }

    /// Sorts the labels that were not known before, and renumbers.
    pub fn head(&self) -> Head {
        let mut order: Vec<usize> = (0..self.labels.len()).collect();
        order[self.known..].sort_by(|&a, &b| self.labels[a].cmp(&self.labels[b]));
        let mut place = vec![0; order.len()];
        order
            .iter()
            .enumerate()
            .for_each(|(new, &old)| place[old] = new);
        let labels: Vec<String> = order.iter().map(|&old| self.labels[old].clone()).collect();
        let targets = match self.kind {
            HeadKind::Exclusive => self.exclusive(&place),
            HeadKind::Independent => self.independent(&place),
        };
        Head {
            name: self.name.clone(),
            labels,
            targets,
        }
    }

    fn exclusive(&self, place: &[usize]) -> Targets {
        let of = |answer: &Numbered| match answer {
            Numbered::One(label) => Some(place[*label as usize] as u32),
            _ => None,
        };
        Targets::Exclusive {
            labels: place.len(),
            of: self.answers.iter().map(of).collect(),
        }
    }

    fn independent(&self, place: &[usize]) -> Targets {
        let labels = place.len();
        let mut cells = vec![None; labels * self.answers.len()];
        for (row, answer) in cells.chunks_exact_mut(labels.max(1)).zip(&self.answers) {
            match answer {
                Numbered::Unknown | Numbered::One(_) => {}
                Numbered::Set(holds) => {
                    row.fill(Some(false));
                    holds
                        .iter()
                        .for_each(|&label| row[place[label as usize]] = Some(true));
                }
                Numbered::Verdicts(holds, fails) => {
                    let cells = [(holds, true), (fails, false)];
                    for (&label, verdict) in cells.iter().flat_map(|(labels, verdict)| {
                        labels.iter().zip(std::iter::repeat(*verdict))
                    }) {
                        row[place[label as usize]] = Some(verdict);
                    }
                }
                Numbered::Flags(flags) => {
                    self.flags
                        .iter()
                        .zip(flags)
                        .for_each(|(&label, &cell)| row[place[label as usize]] = cell);
                }
            }
        }
        Targets::Independent { labels, cells }
    }
}
