//! Explaining: which terms of a text speak for and against a label, and where they stand.

use super::{HeadScores, Model};
use crate::features::{Occurrence, Row, Scratch};
use std::ops::Range;

/// One text, scored, and ready to be taken apart label by label.
#[derive(Debug, Clone)]
pub struct Explanation<'m> {
    model: &'m Model,
    text: String,
    /// The scores of each head.
    pub heads: Vec<HeadScores<'m>>,
    columns: Vec<u32>,
    values: Vec<f32>,
    /// By column, then by place.
    occurrences: Vec<Occurrence>,
}

/// Why a label has its decision value: the bias and the contributions add up to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reasons {
    /// The decision value.
    pub decision: f64,
    /// What the label starts from in any text.
    pub bias: f64,
    /// One for each known term of the text, in the order in which they first occur, words before
    /// characters; in this order they add up exactly.
    pub contributions: Vec<Contribution>,
}

/// What one term adds to a decision value.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// The term as the vocabulary has it, brought to stems; character n-grams are enclosed in `‹ ›`.
    pub term: String,
    /// The term for people: as the text first writes it, in lower case; for a part of a compound that does
    /// not stand by itself, the compound.
    pub shown: String,
    /// The TF-IDF value times the weight.
    pub contribution: f64,
    /// Where the term stands: byte offsets into the text, at character boundaries.
    pub spans: Vec<Range<usize>>,
}

impl Model {
    /// Scores a text and keeps what it takes to explain the scores.
    pub fn explain(&self, text: &str) -> Explanation<'_> {
        let mut scratch = Scratch::default();
        let row = self.0.tfidf.unsorted_row(text, &mut scratch, |_| {});
        let score = |head: &'_ super::ModelHead| {
            let mut decisions = Vec::new();
            head.linear.decide(row, &mut decisions);
            decisions
        };
        let decisions: Vec<Vec<f64>> = self.heads().iter().map(score).collect();
        let heads =
            self.heads().iter().zip(decisions).map(|(head, d)| HeadScores::new(&head.about, d)).collect();
        let (columns, values) = (row.columns.to_vec(), row.values.to_vec());
        let mut occurrences = self.0.tfidf.occurrences(text);
        occurrences.sort_by_key(|occurrence| (occurrence.column, occurrence.span.start));
        Explanation { model: self, text: text.to_string(), heads, columns, values, occurrences }
    }
}

impl Explanation<'_> {
    /// How many different terms of the text the model knows.
    pub fn known_terms(&self) -> usize {
        self.columns.len()
    }

    /// The reasons of one label of one head, both by number.
    ///
    /// # Panics
    /// If there is no such head or label.
    pub fn reasons(&self, head: usize, label: usize) -> Reasons {
        let linear = &self.model.heads()[head].linear;
        let row = Row { columns: &self.columns, values: &self.values };
        let parts = linear.contributions(row, label);
        let contribution = |(&column, contribution): (&u32, f64)| Contribution {
            term: self.term(column),
            shown: self.shown(column),
            contribution,
            spans: self.spans(column),
        };
        Reasons {
            decision: self.heads[head].decisions[label],
            bias: linear.bias()[label],
            contributions: self.columns.iter().zip(parts).map(contribution).collect(),
        }
    }

    fn term(&self, column: u32) -> String {
        self.model.0.tfidf.vocabulary().shown(column as usize)
    }

    fn shown(&self, column: u32) -> String {
        let is_word = (column as usize) < self.model.0.tfidf.vocabulary().words();
        let whole = self.standing(column).find(|occurrence| occurrence.whole);
        let written = whole.or_else(|| self.standing(column).next().filter(|_| is_word));
        let written = written.and_then(|occurrence| self.text.get(occurrence.span.clone()));
        written.map_or_else(|| self.term(column), in_lower_case)
    }

    fn spans(&self, column: u32) -> Vec<Range<usize>> {
        self.standing(column).map(|occurrence| occurrence.span.clone()).collect()
    }

    fn standing(&self, column: u32) -> impl Iterator<Item = &Occurrence> {
        let first = self.occurrences.partition_point(|occurrence| occurrence.column < column);
        self.occurrences[first..].iter().take_while(move |occurrence| occurrence.column == column)
    }
}

/// In one line, however the text breaks it.
fn in_lower_case(words: &str) -> String {
    words.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

impl Reasons {
    /// The `most` contributions of greatest size, those of 0 left out; equal ones by term.
    pub fn strongest(&self, most: usize) -> Vec<&Contribution> {
        let mut sorted: Vec<&Contribution> =
            self.contributions.iter().filter(|c| c.contribution != 0.0).collect();
        let size = |c: &Contribution| c.contribution.abs();
        sorted.sort_by(|a, b| size(b).total_cmp(&size(a)).then_with(|| a.term.cmp(&b.term)));
        sorted.truncate(most);
        sorted
    }

    /// The `most` greatest contributions that speak for the label.
    pub fn strongest_for(&self, most: usize) -> Vec<&Contribution> {
        let mut sorted = self.strongest(usize::MAX);
        sorted.retain(|c| c.contribution > 0.0);
        sorted.truncate(most);
        sorted
    }
}
