//! Explanations, written label by label.

use super::Entries;
use super::scores::{HeadRow, ScoreRow};
use crate::model::{Explanation, StrongestTerms, Term, TermOccurrences};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// One explained article, serialised piece by piece: its [`ScoreRow`] with, in each head,
/// `"explanation":{LABEL:
/// {"decision":…,"bias":…,"contributions":[{"term":…,"contribution":…}],"rest":{"terms":…,"contribution":…},"rounding":…}}`,
/// and after the heads the `"text"` and `"terms":{TERM:{"shown":…,"spans":[[START,END]]}}`, each
/// term once.
///
/// Contributions come strongest first. `rest` is the number of terms that are left out and what
/// they add together; added one after the other, bias, contributions, rest and rounding are the
/// decision value to the last bit. Calibrated heads have a `"probability"` beside it. Spans are
/// byte offsets into the text.
#[derive(Debug)]
pub struct ExplanationRow<'a> {
    /// The scores of the article.
    pub scores: ScoreRow<'a>,
    /// The explained text.
    pub explanation: &'a Explanation<'a>,
    /// The labels to explain, each as the number of its head and its own.
    pub labels: &'a [(usize, usize)],
    /// The most terms of a label that speak for it, and the most that speak against it.
    pub each_way: usize,
}

impl Serialize for ExplanationRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shown = RefCell::new(BTreeSet::new());
        let heads = ExplainedHeads {
            row: self,
            shown: &shown,
        };
        let mut row = serializer.serialize_map(None)?;
        row.serialize_entry("id", &self.scores.id)?;
        row.serialize_entry("heads", &heads)?;
        row.serialize_entry("known_terms", &self.scores.known_terms)?;
        row.serialize_entry("model", self.scores.model)?;
        row.serialize_entry("text", self.explanation.text())?;
        // The terms are known once all heads are written.
        let terms = shown.into_inner();
        let places = self.explanation.places(terms.iter().copied());
        row.serialize_entry("terms", &self.terms(&terms, &places))?;
        row.end()
    }
}

impl ExplanationRow<'_> {
    fn terms(&self, terms: &BTreeSet<Term>, places: &TermOccurrences) -> Entries<String, TermRow> {
        let row = |&term: &Term| TermRow {
            shown: self.explanation.shown(term, places),
            spans: places.of(term).map(|span| [span.start, span.end]).collect(),
        };
        let rows = terms.iter();
        rows.map(|term| (self.explanation.name(*term), row(term)))
            .collect()
    }
}

/// A term as the text writes it, and its places.
#[derive(serde::Serialize)]
struct TermRow {
    shown: String,
    spans: Vec<[usize; 2]>,
}

/// All heads; notes the terms that were shown.
struct ExplainedHeads<'a> {
    row: &'a ExplanationRow<'a>,
    shown: &'a RefCell<BTreeSet<Term>>,
}

impl Serialize for ExplainedHeads<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut heads = serializer.serialize_map(None)?;
        for (index, (name, scores)) in self.row.scores.heads.0.iter().enumerate() {
            let is_explained = self.row.labels.iter().any(|(head, _)| *head == index);
            let head = ExplainedHead {
                scores,
                explanation: is_explained.then_some(ExplainedLabels { heads: self, index }),
            };
            heads.serialize_entry(name, &head)?;
        }
        heads.end()
    }
}

#[derive(serde::Serialize)]
struct ExplainedHead<'a> {
    #[serde(flatten)]
    scores: &'a HeadRow<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<ExplainedLabels<'a>>,
}

/// The explained labels of a head, one after the other.
struct ExplainedLabels<'a> {
    heads: &'a ExplainedHeads<'a>,
    index: usize,
}

impl Serialize for ExplainedLabels<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ExplainedHeads { row, shown } = self.heads;
        let head = &row.explanation.heads[self.index];
        let mut labels = serializer.serialize_map(None)?;
        for &(_, label) in row.labels.iter().filter(|(head, _)| *head == self.index) {
            let strongest = row.explanation.strongest(self.index, label, row.each_way);
            let terms = strongest.terms.iter().map(|(term, _)| *term);
            shown.borrow_mut().extend(terms);
            let is_calibrated = head.metadata.is_calibrated();
            let probability = is_calibrated.then(|| head.scores[label]);
            let of_label = LabelRow::new(row.explanation, strongest, probability);
            labels.serialize_entry(&head.metadata.labels[label], &of_label)?;
        }
        labels.end()
    }
}

#[derive(serde::Serialize)]
struct LabelRow {
    decision: f64,
    bias: f64,
    contributions: Vec<ContributionRow>,
    rest: RestRow,
    rounding: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
}

#[derive(serde::Serialize)]
struct ContributionRow {
    term: String,
    contribution: f64,
}

/// The terms that are left out, together.
#[derive(serde::Serialize)]
struct RestRow {
    terms: usize,
    contribution: f64,
}

impl LabelRow {
    fn new(
        explanation: &Explanation<'_>,
        strongest: StrongestTerms,
        probability: Option<f64>,
    ) -> LabelRow {
        let contribution = |(term, contribution): (Term, f64)| ContributionRow {
            term: explanation.name(term),
            contribution,
        };
        LabelRow {
            decision: strongest.decision,
            bias: strongest.bias,
            contributions: strongest.terms.into_iter().map(contribution).collect(),
            rest: RestRow {
                terms: strongest.others,
                contribution: strongest.rest,
            },
            rounding: strongest.rounding,
            probability,
        }
    }
}
