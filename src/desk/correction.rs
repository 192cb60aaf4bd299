//! Articles and answers as they enter and leave the store.

use crate::corpus::{Date, HeadKind};
use crate::{Error, Result};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use unicode_normalization::UnicodeNormalization;

/// An article as an annotator saw it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Article {
    /// Id; empty for none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Title, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Text.
    pub text: String,
    /// Source, such as an agency or a paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Date as the article states it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

impl Article {
    /// Returns an article of an id and a text.
    pub fn new(id: impl Into<String>, text: impl Into<String>) -> Self {
        Article {
            id: id.into(),
            text: text.into(),
            ..Article::default()
        }
    }
}

/// An answer of one annotator to one head of one article, before it is stored.
///
/// ```
/// use standpoint::corpus::HeadKind;
/// use standpoint::desk::{Article, NewCorrection};
/// let article = Article::new("a1", "Shelling along the front");
/// let answer = NewCorrection::new(article, "topic", HeadKind::Exclusive, ["conflict"], "anna");
/// assert_eq!(answer.labels, ["conflict"]);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NewCorrection {
    /// Article.
    pub article: Article,
    /// Name of the head.
    pub head: String,
    /// Kind of the head; the same in all answers to it.
    pub kind: HeadKind,
    /// Labels that hold: exactly one of an exclusive head, any number of an independent one, whose
    /// other labels do not hold.
    pub labels: Vec<String>,
    /// Name of the annotator.
    pub annotator: String,
    /// Time of the answer as RFC 3339; `None` for the time at which it is stored.
    pub at: Option<String>,
    /// Hash of the model whose answer the annotator saw or corrected.
    pub model: Option<String>,
    /// Scores of that model by label.
    pub scores: BTreeMap<String, f64>,
    /// Reason for which the article was shown, such as `margin` or `random`.
    pub reason: Option<String>,
    /// Note of the annotator.
    pub note: Option<String>,
}

impl NewCorrection {
    /// Returns an answer without a model, reason or note.
    pub fn new(
        article: Article,
        head: impl Into<String>,
        kind: HeadKind,
        labels: impl IntoIterator<Item = impl Into<String>>,
        annotator: impl Into<String>,
    ) -> Self {
        NewCorrection {
            article,
            head: head.into(),
            kind,
            labels: labels.into_iter().map(Into::into).collect(),
            annotator: annotator.into(),
            at: None,
            model: None,
            scores: BTreeMap::new(),
            reason: None,
            note: None,
        }
    }

    /// Returns the answer with names and labels trimmed and in Unicode's form NFC, as labels of
    /// corpora are compared.
    ///
    /// # Errors
    /// A data error for an article without text, a head, label or annotator without a name, labels
    /// that an exclusive head cannot have, a label twice, a score that is no number, and a time
    /// that is no date.
    pub fn checked(&self) -> Result<Self> {
        let mut checked = self.clone();
        checked.head = name(&self.head);
        checked.annotator = name(&self.annotator);
        checked.labels = self.labels.iter().map(|label| name(label)).collect();
        let refused = |what: String| {
            let id = &self.article.id;
            Err(Error::data(format!("article `{id}`: {what}"))
                .help("correct the answer, or leave it out"))
        };
        let different: BTreeSet<&String> = checked.labels.iter().collect();
        if self.article.text.trim().is_empty() {
            return refused("it has no text".to_string());
        }
        if checked.head.is_empty() || checked.annotator.is_empty() {
            return refused("an answer names its head and its annotator".to_string());
        }
        if different.contains(&String::new()) || different.len() < checked.labels.len() {
            return refused("a label is empty, or stands twice".to_string());
        }
        if self.kind == HeadKind::Exclusive && checked.labels.len() != 1 {
            let (found, head) = (checked.labels.len(), &checked.head);
            return refused(format!(
                "head `{head}` takes exactly one label, {found} given"
            ));
        }
        if !self.scores.values().all(|score| score.is_finite()) {
            return refused("a score is no finite number".to_string());
        }
        if let Some(at) = &self.at
            && at.parse::<Date>().is_err()
        {
            return refused(format!("the time `{at}` is no date, RFC 3339 expected"));
        }
        Ok(checked)
    }
}

/// Returns a name or label trimmed and in Unicode's form NFC, as labels of corpora are compared.
pub(super) fn name(name: &str) -> String {
    name.trim().nfc().collect()
}

/// A row of the store: an answer, or the undo of an earlier row.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Correction {
    /// Number, ascending in the order in which rows were added.
    pub number: i64,
    /// Article; that of the row it undoes, in an undo.
    #[serde(flatten)]
    pub article: Article,
    /// XXH3-64 of the text, in hexadecimal.
    pub text_hash: String,
    /// Name of the head.
    pub head: String,
    /// Kind of the head.
    pub kind: HeadKind,
    /// Labels that hold; `None` in an undo.
    pub labels: Option<Vec<String>>,
    /// Name of the annotator.
    pub annotator: String,
    /// Time as RFC 3339.
    pub at: String,
    /// Hash of the model.
    pub model: Option<String>,
    /// Scores of the model by label.
    pub scores: BTreeMap<String, f64>,
    /// Reason for which the article was shown.
    pub reason: Option<String>,
    /// Note of the annotator.
    pub note: Option<String>,
    /// Number of the row that it undoes.
    pub undoes: Option<i64>,
    /// True if no later row undoes it.
    pub in_force: bool,
}

impl Correction {
    /// Tells if each of these words in lower case stands somewhere in the row.
    pub(super) fn holds(&self, words: &[&str]) -> bool {
        let article = &self.article;
        let labels = self.labels.iter().flatten();
        let fields = [&article.text, &article.id, &self.head, &self.annotator];
        let others = article.title.iter().chain(&self.note);
        let fields: Vec<String> = fields
            .into_iter()
            .chain(others)
            .chain(labels)
            .map(|field| field.to_lowercase())
            .collect();
        let stands = |word: &&str| fields.iter().any(|field| field.contains(word));
        words.iter().all(stands)
    }
}
