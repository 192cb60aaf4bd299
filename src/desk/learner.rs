//! The answers of a store as rows that a model learns from, and rows that test it.

use super::answers::AnnotatedArticle;
use super::correction::Article;
use super::store::CorrectionStore;
use crate::corpus::{Corpus, CorpusBuilder, HeadKind, LabelAnswer, NewDocument, Schema};
use crate::io::Progress;
use crate::model::Model;
use crate::train::Retrainer;
use crate::{Error, Result};

/// A model that learns from the answers in a store.
///
/// The majority of the annotators decides ([`HeadAnswers::majority`](super::HeadAnswers::majority)).
/// An answer counts for its head alone: the other heads of its article stay unknown. Answers to
/// articles drawn at random ([`RANDOM`](super::RANDOM)) are never learnt from, so that they can
/// test every model.
#[derive(Debug, Clone)]
pub struct Learner {
    retrainer: Retrainer,
    schema: Schema,
    known: Vec<Vec<String>>,
}

/// The answers in force after a correction.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AnsweredRows {
    /// Number of the correction.
    pub last_correction: i64,
    /// Articles to learn from; `None` without one.
    pub training: Option<Corpus>,
    /// Articles to test with; `None` without one.
    pub test: Option<Corpus>,
    /// Number of answers with a label that the model does not know, which are left out.
    pub unknown: usize,
}

impl AnsweredRows {
    /// Returns the number of articles to learn from.
    pub fn training_articles(&self) -> usize {
        self.training.as_ref().map_or(0, Corpus::len)
    }
}

impl Learner {
    /// Returns a learner for the heads of the model that `retrainer` begins from.
    ///
    /// # Errors
    /// A usage error if the model cannot be retrained.
    pub fn new(retrainer: Retrainer) -> Result<Self> {
        retrainer.verify()?;
        let first = retrainer.first();
        let columns = text_columns(first);
        let mut schema = Schema::new(columns.iter().map(String::as_str));
        let mut known = Vec::new();
        for head in first.heads() {
            let metadata = head.metadata();
            schema = schema.head(&metadata.name, metadata.kind);
            known.push(metadata.labels.clone());
        }
        Ok(Learner {
            retrainer,
            schema,
            known,
        })
    }

    /// Returns the model from which every retraining begins.
    pub fn first(&self) -> &Model {
        self.retrainer.first()
    }

    /// Returns the number of documents of the training corpus that is kept.
    pub fn base_documents(&self) -> Option<usize> {
        self.retrainer.base_documents()
    }

    /// Returns the text of an article as the model reads it.
    pub fn text(&self, article: &Article) -> String {
        let with_title = self.schema.text.iter().any(|column| column.0 == "title");
        match article.title.as_deref().filter(|title| !title.is_empty()) {
            Some(title) if with_title => format!("{title}\n{}", article.text),
            _ => article.text.clone(),
        }
    }

    /// Returns the answers that were in force when the correction `last` had been added, or with
    /// `None` those in force now.
    ///
    /// # Errors
    /// An I/O error where the store cannot be read, a data error where it is damaged.
    pub fn answered(&self, store: &CorrectionStore, last: Option<i64>) -> Result<AnsweredRows> {
        let last = last.map_or_else(|| store.last_correction(), Ok)?;
        let builder = || CorpusBuilder::of_schema(&self.schema, &self.known);
        let (mut training, mut test) = ((builder(), 0), (builder(), 0));
        let mut unknown = 0;
        store.articles_until(last, |article| {
            let (rows, count) = match article.is_test() {
                true => &mut test,
                false => &mut training,
            };
            if self.add(rows, &article, &mut unknown) {
                *count += 1;
            }
            Ok(())
        })?;
        let finished = |(rows, count): (CorpusBuilder, usize)| match count {
            0 => Ok(None),
            _ => rows.finish().map(Some),
        };
        let finished =
            |rows| finished(rows).map(|corpus: Option<Corpus>| corpus.map(answered_heads));
        Ok(AnsweredRows {
            last_correction: last,
            training: finished(training)?,
            test: finished(test)?,
            unknown,
        })
    }

    /// Adds an article with its answers; returns false if there is none that the model knows.
    fn add(
        &self,
        rows: &mut CorpusBuilder,
        article: &AnnotatedArticle,
        unknown: &mut usize,
    ) -> bool {
        let heads = self.schema.heads.iter().zip(&self.known);
        let labels: Vec<Option<Vec<&str>>> = heads
            .map(|(head, known)| {
                let given = article.heads.get(&head.name)?;
                let labels = given.majority();
                let is_known = labels.iter().all(|label| known.contains(label));
                if given.kind != head.kind || !is_known {
                    *unknown += 1;
                    return None;
                }
                Some(labels.iter().map(String::as_str).collect())
            })
            .collect();
        let answer = |labels: &'_ Option<Vec<&'_ str>>| labels.is_some();
        if !labels.iter().any(answer) {
            return false;
        }
        let answers: Vec<LabelAnswer<'_>> = labels
            .iter()
            .map(|labels| {
                labels
                    .as_deref()
                    .map_or(LabelAnswer::Unknown, LabelAnswer::Labels)
            })
            .collect();
        let text = self.text(&article.article);
        rows.add_document(&NewDocument::new(&article.article.id, &text, &answers));
        true
    }

    /// Makes a model of the answers; the first one itself if there is none to learn from.
    ///
    /// # Errors
    /// As [`Retrainer::retrain`].
    pub fn learn(&self, answered: &AnsweredRows, progress: &dyn Progress) -> Result<Model> {
        match &answered.training {
            Some(training) => self.retrainer.retrain(training, progress),
            None => Ok(self.first().clone()),
        }
    }

    /// Returns the kind of a head.
    ///
    /// # Errors
    /// A usage error for a head that the model does not have.
    pub fn head(&self, name: &str) -> Result<(usize, HeadKind)> {
        let found = self.first().head(name);
        let (at, head) = found.ok_or_else(|| -> Error { self.first().no_head(name) })?;
        Ok((at, head.metadata().kind))
    }
}

/// Returns a corpus with those heads alone that have an answer.
fn answered_heads(mut corpus: Corpus) -> Corpus {
    corpus.heads.retain(|head| {
        let targets = &head.targets;
        (0..targets.documents())
            .any(|row| (0..targets.labels()).any(|label| targets.holds(row, label).is_some()))
    });
    corpus
}

/// Returns the columns of the texts that a model reads.
fn text_columns(model: &Model) -> Vec<String> {
    let schema = model.metadata().schema.as_ref();
    let columns = schema.map(|schema| schema.text.iter().map(|c| c.to_string()).collect());
    columns.unwrap_or_else(|| vec!["text".to_string()])
}
