//! Retraining on answers that keep coming: the features of a model stay, and so does the matrix of
//! its training corpus.
//!
//! Without the corpus the answers correct the model ([`Trainer::correct`]). With it, every head is
//! fitted on the rows of both under the head's own classifier, from the weights of the model on
//! where the solver can begin from some; where a text of the corpus was answered anew, the answer
//! replaces the corpus's own. Only rows of new texts are made, so that a retraining takes the time
//! of the solver alone. Decision rules stay in both cases: they were fitted out of fold, which
//! takes several times as long, and a full training finds them anew.

use super::Trainer;
use super::warm_start::{correctable, corrected_metadata, has_answer};
use crate::corpus::{Corpus, Head, HeadKind, Targets};
use crate::features::SparseRows;
use crate::io::Progress;
use crate::linear::Problem;
use crate::model::{Model, ModelHead, fingerprints};
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use std::collections::HashMap;

/// Model that is trained again and again, each time from the same start and on other answers.
///
/// The same answers give the same bytes, whatever was trained between.
///
/// ```
/// use standpoint::corpus::HeadKind;
/// use standpoint::io::Silent;
/// use standpoint::{Corpus, Trainer, train::Retrainer};
/// let corpus = |rows: &[(&str, &str)]| {
///     let mut builder = Corpus::builder();
///     builder.head("topic", HeadKind::Exclusive);
///     rows.iter().for_each(|(text, label)| builder.document(text, text, &[&[*label]]));
///     builder.finish()
/// };
/// let base = corpus(&[
///     ("Shelling along the front", "conflict"),
///     ("The front was shelled", "conflict"),
///     ("The league match", "sport"),
///     ("A match along the coast", "sport"),
/// ])?;
/// let first = Trainer { folds: 2, ..Trainer::default() }.train(&base)?;
/// let retrainer = Retrainer::on_corpus(first, &base)?;
/// let answers = corpus(&[("The match was shelled", "conflict"), ("The coast", "sport")])?;
/// let better = retrainer.retrain(&answers, &Silent)?;
/// assert_eq!(better.metadata().documents, 6);
/// # Ok::<(), standpoint::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Retrainer {
    first: Model,
    base: Option<Base>,
}

/// Training corpus of a model: its matrix and answers, without texts.
#[derive(Debug, Clone)]
struct Base {
    rows: SparseRows,
    heads: Vec<Head>,
    weights: Option<Vec<f32>>,
    /// Fingerprint of the text of each row.
    texts: Vec<u64>,
}

impl Retrainer {
    /// Returns a retrainer of a model whose training corpus is not at hand.
    pub fn new(first: Model) -> Self {
        Retrainer { first, base: None }
    }

    /// Returns a retrainer of a model with its training corpus, which must have been read with
    /// [`Model::known_labels`], and whose matrix is kept.
    ///
    /// # Errors
    /// A usage error if the corpus lacks a head of the model or has labels that it does not know,
    /// and for a model with a background, whose word vectors are not at hand.
    pub fn on_corpus(first: Model, corpus: &Corpus) -> Result<Self> {
        if first.metadata().background.is_some() {
            let message = "the model has a background, so it is corrected without its corpus";
            return Err(Error::usage(message).help("leave the corpus out"));
        }
        for head in first.heads() {
            let name = &head.metadata().name;
            let found = corpus.heads.iter().find(|head| head.name == *name);
            let found = found.ok_or_else(|| {
                Error::usage(format!(
                    "the corpus has no head `{name}`, which the model has"
                ))
                .help(wording![
                    "name its column with ",
                    Setting::ExclusiveHead,
                    " or ",
                    Setting::IndependentHead
                ])
            })?;
            verify_labels(head, found)?;
        }
        let texts = fingerprints::of_texts(&corpus.texts);
        if texts.len() != corpus.len() {
            return Err(Error::usage("the rows of the corpus have no texts")
                .help("give the corpus itself, not parts of it"));
        }
        let base = Base {
            rows: first.tfidf().transform_texts(&corpus.texts),
            heads: corpus.heads.clone(),
            weights: corpus.weights.clone(),
            texts,
        };
        Ok(Retrainer {
            first,
            base: Some(base),
        })
    }

    /// Returns the model from which every retraining begins.
    pub fn first(&self) -> &Model {
        &self.first
    }

    /// Returns the number of documents of the training corpus that is kept.
    pub fn base_documents(&self) -> Option<usize> {
        self.base.as_ref().map(|base| base.rows.rows())
    }

    /// Checks that the classifiers of the model can be retrained, before there are answers.
    ///
    /// # Errors
    /// A usage error if the training corpus is not at hand and a classifier cannot go on from
    /// corrections alone.
    pub fn verify(&self) -> Result<()> {
        match self.base {
            Some(_) => Ok(()),
            None => self.first.heads().iter().try_for_each(correctable),
        }
    }

    /// Trains on answers, which must have been read with [`Model::known_labels`]. Heads without an
    /// answer stay as they are.
    ///
    /// # Errors
    /// A usage error for heads and labels that the model does not have, and as
    /// [`verify`](Self::verify).
    pub fn retrain(&self, answers: &Corpus, progress: &dyn Progress) -> Result<Model> {
        let first = &self.first;
        let trainer = Trainer {
            name: first.metadata().name.clone(),
            card: first.card_text().clone(),
            fingerprints: first.fingerprints().is_some(),
            ..Trainer::default()
        };
        let Some(base) = &self.base else {
            return trainer.correct(first, answers, progress);
        };
        for head in &answers.heads {
            let (_, known) = first
                .head(&head.name)
                .ok_or_else(|| first.no_head(&head.name))?;
            verify_labels(known, head)?;
        }
        let joined = base.joined(first, answers);
        trainer.corrected(first, answers, progress, |old| {
            let metadata = old.metadata();
            let head = answers.heads.iter().find(|h| h.name == metadata.name);
            let Some(head) = head.filter(|head| has_answer(&head.targets)) else {
                return Ok(old.clone());
            };
            let targets = base.targets(head, &joined.replaced);
            let problem = Problem {
                words: first.tfidf().vocabulary().words(),
                weights: joined.weights.as_deref(),
                start: Some(old.linear()),
                ..Problem::new(&joined.rows, &targets, progress)
            };
            let linear = metadata.classifier.fit(&problem)?;
            Ok(ModelHead::new(
                corrected_metadata(metadata, &head.targets),
                linear,
            ))
        })
    }
}

/// Rows of the training corpus and of the answers after them.
struct Joined {
    rows: SparseRows,
    weights: Option<Vec<f32>>,
    /// Rows of the training corpus whose texts have answers, with the rows of those.
    replaced: Vec<(usize, usize)>,
}

impl Base {
    fn joined(&self, first: &Model, answers: &Corpus) -> Joined {
        let mut rows = self.rows.clone();
        rows.extend(&first.tfidf().transform_texts(&answers.texts));
        let is_weighted = self.weights.is_some() || answers.weights.is_some();
        let of = |weights: &Option<Vec<f32>>, rows| weights.clone().unwrap_or(vec![1.0; rows]);
        let weights = is_weighted.then(|| {
            let base = of(&self.weights, self.rows.rows());
            [base, of(&answers.weights, answers.len())].concat()
        });
        let answered: HashMap<u64, usize> = fingerprints::of_texts(&answers.texts)
            .into_iter()
            .zip(0..)
            .collect();
        let texts = self.texts.iter().enumerate();
        let replaced = texts.filter_map(|(row, text)| Some((row, *answered.get(text)?)));
        Joined {
            replaced: replaced.collect(),
            rows,
            weights,
        }
    }

    /// Returns the answers of the corpus to a head, but for those that are replaced, and the
    /// `answers` after them.
    fn targets(&self, answers: &Head, replaced: &[(usize, usize)]) -> Targets {
        let found = self.heads.iter().find(|head| head.name == answers.name);
        let mut targets = found.map_or(answers.targets.clone(), |head| head.targets.clone());
        for &(row, answer) in replaced {
            targets.mask_answered(row, &answers.targets, answer);
        }
        if found.is_some() {
            targets.extend(&answers.targets);
        }
        targets
    }
}

fn verify_labels(known: &ModelHead, head: &Head) -> Result<()> {
    let known = known.metadata();
    let kind = |kind| match kind {
        HeadKind::Exclusive => "exclusive",
        HeadKind::Independent => "independent",
    };
    if known.kind != head.targets.kind() {
        return Err(Error::usage(format!(
            "head `{}` is {} in the model, and {} here",
            head.name,
            kind(known.kind),
            kind(head.targets.kind()),
        )));
    }
    if known.labels == head.labels {
        return Ok(());
    }
    match head.labels.get(known.labels.len()) {
        Some(new) if head.labels.starts_with(&known.labels) => Err(Error::usage(format!(
            "the model does not know the label `{new}` of head `{}`",
            head.name
        ))
        .help("train a model on all rows, which learns it")),
        _ => Err(Error::data(
            "the corpus was not read with the labels of the model",
        )),
    }
}
