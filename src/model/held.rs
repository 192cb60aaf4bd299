//! Out of fold: what classifiers say of documents when features and weights were fitted without them.

use super::Trainer;
use crate::calibrate::Thresholds;
use crate::corpus::{Corpus, Folds, Head, HeadKind};
use crate::features::{TfIdf, TfIdfOptions};
use crate::linear::{Classifier, Held, Member, Problem};
use crate::progress::{Progress, Silent};
use crate::text::Texts;
use crate::{Error, Result};

impl Trainer {
    /// Whether the thresholds of a head are chosen out of fold: for that there must be a document for each fold.
    pub(super) fn chooses_thresholds(&self, head: &Head) -> bool {
        let enough = head.targets.documents() >= self.folds as usize;
        self.thresholds == Thresholds::MaxF1 && head.targets.kind() == HeadKind::Independent && enough
    }

    /// What `classifier`, or every member of a stack, says of the documents out of fold, if that is needed.
    pub(super) fn held(
        &self,
        corpus: &Corpus,
        head: &Head,
        classifier: &Classifier,
        progress: &dyn Progress,
    ) -> Result<Option<Held>> {
        let (members, folds, seed) = match classifier {
            Classifier::Stack(stack) => (stack.members.clone(), stack.folds, stack.seed),
            _ if self.chooses_thresholds(head) => (vec![classifier.clone().into()], self.folds, self.seed),
            _ => return Ok(None),
        };
        if corpus.len() < folds as usize {
            return Err(Error::data(format!("{} documents are too few for {folds} folds", corpus.len()))
                .help("train a single classifier, or give more documents"));
        }
        let folds = Folds::stratified(&head.targets, folds, seed);
        out_of_fold(&self.features, corpus, head, &members, folds, progress).map(Some)
    }
}

/// Fits features and members without each fold in turn, and notes what they say of it.
pub(crate) fn out_of_fold(
    features: &TfIdfOptions,
    corpus: &Corpus,
    head: &Head,
    members: &[Member],
    folds: Folds,
    progress: &dyn Progress,
) -> Result<Held> {
    members.iter().try_for_each(|member| member.classifier.verify())?;
    progress.stage("scoring out of fold", u64::from(folds.count()));
    let mut held = Held::empty(members.len(), corpus.len(), head.labels.len(), folds.clone())?;
    for fold in 0..folds.count() {
        let (outside, inside) = folds.of(fold);
        let texts = |rows: &[usize]| -> Texts { rows.iter().map(|&row| corpus.texts.get(row)).collect() };
        let (tfidf, rows) = TfIdf::fit_transform(features, &texts(&outside), &Silent)?;
        let problem = Problem {
            words: tfidf.vocabulary().words(),
            weights: corpus.weights.as_deref(),
            ..Problem::new(&rows, &head.targets, &Silent)
        };
        held.fold(members, &problem, &outside, &tfidf.transform_texts(&texts(&inside)), &inside)?;
        progress.advance(1);
    }
    Ok(held)
}
