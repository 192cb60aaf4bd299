//! Out-of-fold scores of texts: features and weights are fitted without the fold of each document.

use super::{Trainer, decision_rule};
use crate::background::{Blend, BlendedFeatures};
use crate::corpus::{Corpus, Head};
use crate::features::{SparseRows, TfIdfOptions};
use crate::io::{Progress, Silent};
use crate::linear::{
    BaseEstimator, Classifier, FoldSplit, LinearModel, OutOfFoldScores, Problem, Stack,
};
use crate::math::matrix::ScoreMatrix;
use crate::split::Folds;
use crate::text::{LanguageSet, Texts};
use crate::{Error, Result};

/// Estimators to be scored out of fold, and the folds.
pub(super) struct OutOfFoldPlan {
    pub estimators: Vec<BaseEstimator>,
    pub folds: Folds,
}

impl OutOfFoldPlan {
    /// Returns the plan for a head: the estimators of a stack, which needs their scores in any
    /// case, or the classifier itself if its scores are `needed`; `None` if there is nothing to
    /// score.
    pub(super) fn new(
        trainer: &Trainer,
        head: &Head,
        classifier: &Classifier,
        needed: bool,
    ) -> Result<Option<Self>> {
        let (estimators, folds, seed) = match classifier {
            Classifier::Stack(stack) => (stack.estimators.clone(), stack.folds, stack.seed),
            _ if needed => (vec![classifier.clone().into()], trainer.folds, trainer.seed),
            _ => return Ok(None),
        };
        verify_fold_count(head, folds)?;
        Ok(Some(OutOfFoldPlan {
            estimators,
            folds: Folds::stratified(&head.targets, folds, seed),
        }))
    }
}

impl Trainer {
    /// Checks that there are documents for all folds, before the work begins.
    pub(super) fn verify_folds(&self, head: &Head, has_calibration_set: bool) -> Result<()> {
        if !has_calibration_set {
            self.needs_out_of_fold(head)?;
        }
        match self.of_head(&head.name) {
            Classifier::Stack(stack) => verify_fold_count(head, stack.folds),
            _ => Ok(()),
        }
    }
}

fn verify_fold_count(head: &Head, folds: u32) -> Result<()> {
    let documents = head.targets.documents();
    if documents < folds as usize {
        return Err(Error::data(format!(
            "{documents} documents are too few for {folds} folds"
        ))
        .help("train a single classifier, or give more documents"));
    }
    Ok(())
}

/// Features fitted on the documents outside of a fold, and the rows of both sides.
pub(crate) struct FoldFeatures<'a> {
    fitted: BlendedFeatures,
    inside_rows: SparseRows,
    outside: &'a [usize],
    inside: &'a [usize],
}

impl<'a> FoldFeatures<'a> {
    /// Fits features on the documents `outside` and transforms those `inside`.
    pub(crate) fn fit(
        features: &TfIdfOptions,
        background: Option<&Blend>,
        corpus: &Corpus,
        outside: &'a [usize],
        inside: &'a [usize],
    ) -> Result<Self> {
        // Words have the stems that they have in the whole corpus.
        let languages = LanguageSet::of_corpus(&corpus.texts, features.tokens.language);
        let texts = |rows: &[usize]| -> Texts { corpus.texts.select(rows).in_languages(languages) };
        let fitted = BlendedFeatures::fit(features, background, &texts(outside), &Silent)?;
        let inside_rows = fitted.transform(&texts(inside));
        Ok(FoldFeatures {
            fitted,
            inside_rows,
            outside,
            inside,
        })
    }

    /// Estimates the memory that features and weights for `labels` labels take, in bytes.
    pub(crate) fn bytes(&self, labels: usize) -> u64 {
        let rows = &self.fitted.rows;
        // A value is a column and a number of four bytes each.
        let values = (rows.nnz() + self.inside_rows.nnz()) * 8;
        // A term of the vocabulary takes about 64 bytes, and 20 a label while it is solved for.
        (values + rows.columns() * (64 + 20 * labels)) as u64
    }

    fn problem<'p>(&'p self, corpus: &'p Corpus, head: &'p Head) -> Problem<'p> {
        Problem {
            words: self.fitted.tfidf.vocabulary().words(),
            weights: corpus.weights.as_deref(),
            ..Problem::new(&self.fitted.rows, &head.targets, &Silent)
        }
    }

    /// Fits estimators on the documents outside and writes their decision values for those inside.
    pub(crate) fn score_fold(
        &self,
        scores: &mut OutOfFoldScores,
        estimators: &[BaseEstimator],
        fold: u32,
        (corpus, head): (&Corpus, &Head),
        memory: u64,
    ) -> Result<()> {
        let problem = Problem {
            memory,
            ..self.problem(corpus, head)
        };
        let split = FoldSplit {
            fold,
            outside: self.outside,
            inside: self.inside,
            inside_rows: &self.inside_rows,
        };
        scores.fit_fold(estimators, &problem, &split)
    }

    /// Fits an estimator on the documents outside and returns its decision values for those inside.
    /// `previous` is the estimator fitted before with its model, from which this one starts where
    /// that helps; it is replaced.
    pub(crate) fn decide(
        &self,
        estimator: &BaseEstimator,
        corpus: &Corpus,
        head: &Head,
        previous: &mut Option<(BaseEstimator, LinearModel)>,
    ) -> Result<ScoreMatrix> {
        let start = previous
            .take()
            .filter(|(other, _)| estimator.can_start_from(other))
            .map(|(_, model)| model);
        let problem = Problem {
            start: start.as_ref(),
            ..self.problem(corpus, head)
        };
        let model = estimator.fit_on(&problem, self.outside)?;
        let mut decisions = ScoreMatrix::zeros(0, head.labels.len());
        let mut row_decisions = Vec::new();
        for row in estimator.rows(&self.inside_rows, problem.words).iter() {
            model.decide(row, &mut row_decisions);
            decisions.push_row(&row_decisions);
        }
        *previous = Some((estimator.clone(), model));
        Ok(decisions)
    }
}

/// Corpus and head whose features are fitted anew without each fold.
pub(crate) struct FoldFitter<'a> {
    pub features: &'a TfIdfOptions,
    pub background: Option<&'a Blend>,
    pub corpus: &'a Corpus,
    pub head: &'a Head,
    /// Memory that solvers and scores may take, in bytes.
    pub memory: u64,
}

impl FoldFitter<'_> {
    /// Fits features and estimators without each fold in turn and scores the fold.
    pub(super) fn scores(
        &self,
        estimators: &[BaseEstimator],
        folds: Folds,
        progress: &dyn Progress,
    ) -> Result<OutOfFoldScores> {
        let FoldFitter { corpus, head, .. } = *self;
        estimators
            .iter()
            .try_for_each(|estimator| estimator.classifier.verify())?;
        progress.stage("scoring out of fold", u64::from(folds.count()));
        let mut scores = OutOfFoldScores::zeros(
            estimators.len(),
            corpus.len(),
            head.labels.len(),
            folds.clone(),
            self.memory,
        )?;
        for fold in 0..folds.count() {
            let (outside, inside) = folds.of(fold);
            let features =
                FoldFeatures::fit(self.features, self.background, corpus, &outside, &inside)?;
            features.score_fold(&mut scores, estimators, fold, (corpus, head), self.memory)?;
            progress.advance(1);
        }
        Ok(scores)
    }

    /// Returns the decision values of a stack for every document, where neither its estimators nor
    /// their weights have seen the document's fold.
    pub(crate) fn stack_decisions(
        &self,
        stack: &Stack,
        folds: Folds,
        progress: &dyn Progress,
    ) -> Result<ScoreMatrix> {
        let scores = self.scores(&stack.estimators, folds, progress)?;
        let weights = self.corpus.weights.as_deref();
        Ok(decision_rule::stack_decisions(
            &scores,
            stack.c,
            &scores.comparable_targets(&self.head.targets),
            weights,
        ))
    }
}
