//! Scored articles.

use super::Entries;
use crate::calibrate::Verdict;
use crate::corpus::{DocumentId, HeadKind};
use crate::model::{Explanation, HeadScores, Model, PredictionSet, Scores, Term};
use serde::Serialize;

/// A model by which a result can be traced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelRow {
    name: String,
    /// The program and version that trained it.
    version: String,
    /// The XXH3-64 of its file.
    hash: String,
}

impl ModelRow {
    /// The row of a model.
    pub fn new(model: &Model) -> ModelRow {
        ModelRow {
            name: model.metadata().name.clone(),
            version: model.metadata().written_by.clone(),
            hash: model.hash().to_string(),
        }
    }
}

/// One scored article:
/// `{"id":…,"heads":{NAME:{"label":…,"scores":{…},"probabilities":…}},"known_terms":…,"known_share":…,"model":…}`,
/// with `"labels":[…]` in place of `"label"` for independent heads; `"probabilities"` says whether
/// scores are probabilities.
#[derive(Debug, Clone, Serialize)]
pub struct ScoreRow<'a> {
    pub(super) id: DocumentId<'a>,
    pub(super) heads: Entries<&'a str, HeadRow<'a>>,
    pub(super) known_terms: usize,
    /// Share of the text's words that the model knows; null without words.
    pub(super) known_share: Option<f64>,
    pub(super) model: &'a ModelRow,
}

/// One head of a scored article.
#[derive(Debug, Clone, Serialize)]
pub(super) struct HeadRow<'a> {
    #[serde(flatten)]
    answer: Answer<'a>,
    scores: Entries<&'a str, f64>,
    probabilities: bool,
    #[serde(flatten)]
    set: Option<SetRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<Entries<&'a str, Vec<TermRow>>>,
}

/// The predicted label or labels.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Answer<'a> {
    Exclusive { label: Option<&'a str> },
    Independent { labels: Vec<&'a str> },
}

/// Answers that cannot be ruled out at a stated error.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum SetRow<'a> {
    Exclusive {
        undecided: bool,
        set: Vec<&'a str>,
    },
    Independent {
        yes: Vec<&'a str>,
        no: Vec<&'a str>,
        undecided: Vec<&'a str>,
    },
}

/// A term that speaks for an answer.
#[derive(Debug, Clone, Serialize)]
struct TermRow {
    term: String,
    /// The term as the text first writes it.
    shown: String,
    contribution: f64,
}

impl<'a> ScoreRow<'a> {
    /// The row of an article. `top` keeps the scores of so many labels of each head, those of
    /// greatest score, and of all that are predicted.
    ///
    /// ```
    /// use standpoint::{Model, report::json::{ModelRow, ScoreRow}};
    /// let model = Model::embedded()?;
    /// let scores = model.score("The striker scored twice in the final.");
    /// let of_model = ModelRow::new(&model);
    /// let row = serde_json::json!(ScoreRow::new("a1", &of_model, &scores, None));
    /// assert_eq!(row["heads"]["topic"]["label"], "sport");
    /// # Ok::<(), standpoint::Error>(())
    /// ```
    pub fn new(
        id: impl Into<DocumentId<'a>>,
        model: &'a ModelRow,
        scores: &'a Scores<'_>,
        top: Option<usize>,
    ) -> ScoreRow<'a> {
        let heads = scores.heads.iter();
        ScoreRow {
            id: id.into(),
            heads: heads
                .map(|head| (head.metadata.name.as_str(), HeadRow::new(head, top)))
                .collect(),
            known_terms: scores.known_terms,
            known_share: scores.known_share(),
            model,
        }
    }

    /// Adds the answers that are left at `max_error`: `"undecided":true|false` and `"set":[…]` in
    /// an exclusive head, and in an independent one the labels that are decided as yes and as no,
    /// and those that are not: `"yes":[…],"no":[…],"undecided":[…]`.
    pub fn with_sets(mut self, scores: &'a Scores<'_>, max_error: f64) -> Self {
        for ((_, row), head) in self.heads.0.iter_mut().zip(&scores.heads) {
            row.set = head.answers(max_error).map(|set| SetRow::new(head, set));
        }
        self
    }

    /// Adds the `most` terms that speak most strongly for each predicted label:
    /// `"reasons":{LABEL:[{"term":…,"shown":…,"contribution":…}]}` in each head.
    pub fn with_reasons(mut self, explanation: &Explanation<'a>, most: usize) -> Self {
        for (index, (_, row)) in self.heads.0.iter_mut().enumerate() {
            row.reasons = Some(reasons(explanation, index, most));
        }
        self
    }
}

fn reasons<'a>(
    explanation: &Explanation<'a>,
    head: usize,
    most: usize,
) -> Entries<&'a str, Vec<TermRow>> {
    let of_head = &explanation.heads[head];
    let of_label = |label: usize| {
        let terms = explanation.strongest_for(head, label, most);
        let places = explanation.places(terms.iter().map(|(term, _)| *term));
        let row = |(term, contribution): (Term, f64)| TermRow {
            term: explanation.name(term),
            shown: explanation.shown(term, &places),
            contribution,
        };
        let name = of_head.metadata.labels[label].as_str();
        (name, terms.into_iter().map(row).collect())
    };
    of_head.predicted().into_iter().map(of_label).collect()
}

impl<'a> HeadRow<'a> {
    fn new(head: &'a HeadScores<'_>, top: Option<usize>) -> Self {
        let shown = head.ranked(top.unwrap_or(usize::MAX));
        HeadRow {
            answer: match head.metadata.kind {
                HeadKind::Exclusive => Answer::Exclusive {
                    label: head.label(),
                },
                HeadKind::Independent => Answer::Independent {
                    labels: head.labels(),
                },
            },
            scores: shown
                .into_iter()
                .map(|label| (head.metadata.labels[label].as_str(), head.scores[label]))
                .collect(),
            probabilities: head.metadata.scores_are_probabilities(),
            set: None,
            reasons: None,
        }
    }
}

impl<'a> SetRow<'a> {
    fn new(head: &'a HeadScores<'_>, set: PredictionSet) -> Self {
        let name = |label: usize| head.metadata.labels[label].as_str();
        match set {
            PredictionSet::Set(set) => SetRow::Exclusive {
                undecided: set.len() > 1,
                set: set.into_iter().map(name).collect(),
            },
            PredictionSet::Verdicts(verdicts) => {
                let of = |wanted: Verdict| {
                    let labels = (0..verdicts.len()).filter(|&label| verdicts[label] == wanted);
                    labels.map(name).collect()
                };
                SetRow::Independent {
                    yes: of(Verdict::Yes),
                    no: of(Verdict::No),
                    undecided: of(Verdict::Undecided),
                }
            }
        }
    }
}
