//! Explanations as JSON, written without holding them in memory.

use crate::model::{Explanation, Places, Strongest, Term};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// One explained article, serialised piece by piece: its [`score_row`](super::score_row) with, in each head, `"explanation":{LABEL:
/// {"decision":…,"bias":…,"contributions":[{"term":…,"contribution":…}],"rest":{"terms":…,"contribution":…},"rounding":…}}`,
/// and after the heads the `"text"` and `"terms":{TERM:{"shown":…,"spans":[[START,END]]}}`, each term once.
///
/// Contributions come strongest first. `rest` is the number of terms that are left out and what they add together; added
/// one after the other, bias, contributions, rest and rounding are the decision value to the last bit. Calibrated heads
/// have a `"probability"` beside it. Spans are byte offsets into the text.
#[derive(Debug)]
pub struct ExplanationRow<'a> {
    /// The scores, as [`score_row`](super::score_row) has them.
    pub scores: Value,
    /// The explained text.
    pub explanation: &'a Explanation<'a>,
    /// The labels to explain, each as the number of its head and its own.
    pub labels: &'a [(usize, usize)],
    /// The most terms of a label that speak for it, and the most that speak against it.
    pub each_way: usize,
}

impl Serialize for ExplanationRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (empty, shown) = (Map::new(), RefCell::new(BTreeSet::new()));
        let mut row = serializer.serialize_map(None)?;
        for (key, value) in self.scores.as_object().unwrap_or(&empty) {
            match key.as_str() {
                "heads" => row.serialize_entry(
                    key,
                    &Heads {
                        row: self,
                        scores: value,
                        shown: &shown,
                    },
                )?,
                _ => row.serialize_entry(key, value)?,
            }
        }
        row.serialize_entry("text", self.explanation.text())?;
        let terms = shown.into_inner();
        let places = self.explanation.places(terms.iter().copied());
        row.serialize_entry(
            "terms",
            &Terms {
                explanation: self.explanation,
                terms: &terms,
                places: &places,
            },
        )?;
        row.end()
    }
}

/// All heads; notes which terms were shown.
struct Heads<'a> {
    row: &'a ExplanationRow<'a>,
    scores: &'a Value,
    shown: &'a RefCell<BTreeSet<Term>>,
}

impl Serialize for Heads<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut heads = serializer.serialize_map(None)?;
        for (index, head) in self.row.explanation.heads.iter().enumerate() {
            let name = head.metadata.name.as_str();
            heads.serialize_entry(
                name,
                &Head {
                    heads: self,
                    index,
                    scores: &self.scores[name],
                },
            )?;
        }
        heads.end()
    }
}

struct Head<'a> {
    heads: &'a Heads<'a>,
    index: usize,
    scores: &'a Value,
}

impl Serialize for Head<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut head = serializer.serialize_map(None)?;
        for (key, value) in self.scores.as_object().into_iter().flatten() {
            head.serialize_entry(key, value)?;
        }
        if self
            .heads
            .row
            .labels
            .iter()
            .any(|(index, _)| *index == self.index)
        {
            head.serialize_entry("explanation", &Labels(self))?;
        }
        head.end()
    }
}

struct Labels<'a>(&'a Head<'a>);

impl Serialize for Labels<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Head {
            heads: Heads { row, shown, .. },
            index,
            ..
        } = self.0;
        let metadata = row.explanation.heads[*index].metadata;
        let mut labels = serializer.serialize_map(None)?;
        for &(_, label) in row.labels.iter().filter(|(head, _)| head == index) {
            let found = row.explanation.strongest(*index, label, row.each_way);
            shown
                .borrow_mut()
                .extend(found.terms.iter().map(|(term, _)| *term));
            let probability = metadata
                .is_calibrated()
                .then(|| row.explanation.heads[*index].scores[label]);
            let label_row = Label {
                explanation: row.explanation,
                found: &found,
                probability,
            };
            labels.serialize_entry(&metadata.labels[label], &label_row)?;
        }
        labels.end()
    }
}

struct Label<'a> {
    explanation: &'a Explanation<'a>,
    found: &'a Strongest,
    probability: Option<f64>,
}

impl Serialize for Label<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Strongest {
            decision,
            bias,
            others,
            rest,
            rounding,
            ..
        } = self.found;
        let mut label = serializer.serialize_map(None)?;
        label.serialize_entry("decision", decision)?;
        label.serialize_entry("bias", bias)?;
        label.serialize_entry("contributions", &Contributions(self))?;
        label.serialize_entry("rest", &json!({"terms": others, "contribution": rest}))?;
        label.serialize_entry("rounding", rounding)?;
        if let Some(probability) = self.probability {
            label.serialize_entry("probability", &probability)?;
        }
        label.end()
    }
}

struct Contributions<'a>(&'a Label<'a>);

impl Serialize for Contributions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_seq(Some(self.0.found.terms.len()))?;
        for (term, contribution) in &self.0.found.terms {
            let name = self.0.explanation.name(*term);
            all.serialize_element(&json!({"term": name, "contribution": contribution}))?;
        }
        all.end()
    }
}

struct Terms<'a> {
    explanation: &'a Explanation<'a>,
    terms: &'a BTreeSet<Term>,
    places: &'a Places,
}

impl Serialize for Terms<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut terms = serializer.serialize_map(Some(self.terms.len()))?;
        for &term in self.terms {
            terms.serialize_entry(&self.explanation.name(term), &Standing { of: self, term })?;
        }
        terms.end()
    }
}

struct Standing<'a> {
    of: &'a Terms<'a>,
    term: Term,
}

impl Serialize for Standing<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut standing = serializer.serialize_map(Some(2))?;
        standing.serialize_entry(
            "shown",
            &self.of.explanation.shown(self.term, self.of.places),
        )?;
        standing.serialize_entry("spans", &Spans(self))?;
        standing.end()
    }
}

struct Spans<'a>(&'a Standing<'a>);

impl Serialize for Spans<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(
            self.0
                .of
                .places
                .of(self.0.term)
                .map(|span| [span.start, span.end]),
        )
    }
}
