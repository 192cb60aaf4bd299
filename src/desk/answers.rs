//! The answers in force, gathered by article.

use super::correction::{Article, Correction};
use super::store::CorrectionStore;
use crate::corpus::HeadKind;
use crate::{Error, Result};
use indexmap::IndexMap;
use serde_json::{Map, Value};

/// An article with the answers in force.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnnotatedArticle {
    /// Article.
    pub article: Article,
    /// Answers by the names of heads, in the order of their first answers.
    pub heads: IndexMap<String, HeadAnswers>,
}

/// The answers to one head of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeadAnswers {
    /// Kind of the head.
    pub kind: HeadKind,
    /// Last answer of each annotator, in the order of their first answers.
    pub answers: IndexMap<String, Answer>,
}

/// Labels that an annotator gave.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// Number of the correction.
    pub number: i64,
    /// Labels that hold, sorted.
    pub labels: Vec<String>,
    /// Reason for which the article was shown.
    pub reason: Option<String>,
}

/// Reason of answers to articles drawn at random, which are kept apart as a test set.
pub const RANDOM: &str = "random";

impl HeadAnswers {
    /// Returns the labels that most annotators gave; of two answers that are as frequent, the one
    /// that was given last.
    pub fn majority(&self) -> &[String] {
        let votes = |labels: &[String]| {
            let same = self.answers.values().filter(|other| other.labels == labels);
            same.count()
        };
        let best = self
            .answers
            .values()
            .max_by_key(|answer| (votes(&answer.labels), answer.number));
        best.map_or(&[], |answer| &answer.labels)
    }

    fn value(&self, labels: &[String]) -> Value {
        match self.kind {
            HeadKind::Exclusive => labels.first().cloned().into(),
            HeadKind::Independent => labels.into(),
        }
    }
}

impl AnnotatedArticle {
    fn new(article: Article) -> Self {
        AnnotatedArticle {
            article,
            heads: IndexMap::new(),
        }
    }

    fn add(&mut self, row: Correction) {
        let Some(mut labels) = row.labels.filter(|_| row.in_force) else {
            return;
        };
        labels.sort_unstable();
        let head = self.heads.entry(row.head).or_insert_with(|| HeadAnswers {
            kind: row.kind,
            answers: IndexMap::new(),
        });
        let answer = Answer {
            number: row.number,
            labels,
            reason: row.reason,
        };
        head.answers.insert(row.annotator, answer);
    }

    /// Tells if an answer was given for the test set: then the article tests, and nothing is learnt
    /// from it.
    pub fn is_test(&self) -> bool {
        let answers = self.heads.values().flat_map(|head| head.answers.values());
        let reasons = answers.map(|answer| answer.reason.as_deref());
        reasons.into_iter().any(|reason| reason == Some(RANDOM))
    }

    /// Returns the row of a canonical corpus: the article, the majority's labels under the name of
    /// each head, and the labels of each annotator under `HEAD.ANNOTATOR`.
    ///
    /// # Errors
    /// A data error if two columns have one name, as the head `text` and the text.
    pub fn row(&self) -> Result<Map<String, Value>> {
        let mut row = Map::new();
        let article = serde_json::to_value(&self.article);
        if let Ok(Value::Object(article)) = article {
            row.extend(article);
        }
        let mut add = |name: String, value: Value| match row.insert(name.clone(), value) {
            None => Ok(()),
            Some(_) => Err(Error::data(format!(
                "article `{}` has two columns `{name}`",
                self.article.id
            ))
            .help("heads are not named as columns of articles are, and annotators not as heads")),
        };
        for (name, head) in &self.heads {
            add(name.clone(), head.value(head.majority()))?;
            for (annotator, answer) in &head.answers {
                add(format!("{name}.{annotator}"), head.value(&answer.labels))?;
            }
        }
        Ok(row)
    }
}

impl CorrectionStore {
    /// Calls `each` with every article that has an answer in force, in the order in which articles
    /// were added, in the memory of one.
    ///
    /// # Errors
    /// Those of `each`, and as [`corrections`](Self::corrections).
    pub fn articles(&self, each: impl FnMut(AnnotatedArticle) -> Result<()>) -> Result<()> {
        self.articles_until(i64::MAX, each)
    }

    /// Calls `each` as [`articles`](Self::articles) does, with the answers that were in force when
    /// the correction `last` had been added.
    ///
    /// # Errors
    /// As [`articles`](Self::articles).
    pub fn articles_until(
        &self,
        last: i64,
        mut each: impl FnMut(AnnotatedArticle) -> Result<()>,
    ) -> Result<()> {
        let mut current: Option<AnnotatedArticle> = None;
        let mut give = |article: Option<AnnotatedArticle>| match article {
            Some(article) if !article.heads.is_empty() => each(article),
            _ => Ok(()),
        };
        let selection = format!("WHERE c.number <= {last} ORDER BY c.article, c.number");
        self.each(&selection, last, |row| {
            if current.as_ref().map(|known| &known.article) != Some(&row.article) {
                give(current.replace(AnnotatedArticle::new(row.article.clone())))?;
            }
            if let Some(article) = &mut current {
                article.add(row);
            }
            Ok(())
        })?;
        give(current)
    }
}
