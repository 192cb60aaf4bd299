//! Abstention: prediction sets at a stated error.

use super::{HeadScores, Model, ModelHead, Scorers, TakenScorer};
use crate::calibrate::Verdict;
use crate::corpus::{Corpus, Targets};
use crate::evaluate::{self, AbstentionReport};
use crate::math::weights::SampleWeights;
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use rayon::prelude::*;

/// Prediction set: the answers of one head that cannot be ruled out at a stated error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PredictionSet {
    /// The labels of an exclusive head, the predicted one among them.
    Set(Vec<usize>),
    /// Answers to each label of an independent head.
    Verdicts(Vec<Verdict>),
}

impl PredictionSet {
    /// Returns true if more than one answer is left, to the head or to any of its labels.
    pub fn is_undecided(&self) -> bool {
        match self {
            PredictionSet::Set(set) => set.len() > 1,
            PredictionSet::Verdicts(verdicts) => verdicts.contains(&Verdict::Undecided),
        }
    }
}

impl HeadScores<'_> {
    /// Returns the answers that cannot be ruled out at `max_error`; `None` without a conformal
    /// predictor.
    ///
    /// Of the documents whose true answer is a certain one, it is missing in a share of `max_error`
    /// at most, if new documents are like those that the model was calibrated on; see
    /// [`Conformal`](crate::calibrate::Conformal) for what is guaranteed.
    pub fn answers(&self, max_error: f64) -> Option<PredictionSet> {
        let conformal = self.metadata.conformal.as_ref()?;
        let verdict =
            |label| conformal.verdict(label, self.decisions[label], self.holds(label), max_error);
        Some(match conformal.no.len() {
            0 => PredictionSet::Set(conformal.set(&self.decisions, self.best(), max_error)),
            labels => PredictionSet::Verdicts((0..labels).map(verdict).collect()),
        })
    }
}

impl Model {
    /// Checks that heads can say "undecided", all or those named.
    ///
    /// # Errors
    /// A usage error for an error that is no share, a model error for a head that was not trained
    /// for it.
    pub fn verify_max_error<'a>(
        &self,
        max_error: f64,
        heads: impl IntoIterator<Item = &'a str>,
    ) -> Result<()> {
        if !(max_error > 0.0 && max_error < 1.0) {
            return Err(Error::usage(format!("the greatest error is {max_error}"))
                .help("write a share above 0 and below 1, such as 0.05"));
        }
        let known = |head: &ModelHead| head.metadata.conformal.is_some();
        let lacking = heads
            .into_iter()
            .find(|name| self.head(name).is_some_and(|(_, head)| !known(head)));
        lacking.map_or(Ok(()), |name| {
            Err(Error::model(format!(
                "head `{name}` of the model does not know how wrong it may be"
            ))
            .help(wording![
                "train it with ",
                Setting::Abstain,
                ", or with documents kept apart as ",
                Setting::CalibrationSet.placeholder("FILE")
            ]))
        })
    }

    /// Evaluates the coverage of the prediction sets and the share left undecided, for each head of
    /// the corpus, which must have been read with [`known_labels`](Self::known_labels).
    ///
    /// # Errors
    /// As [`verify_max_error`](Self::verify_max_error) and [`evaluate`](Self::evaluate).
    pub fn abstention(&self, corpus: &Corpus, max_error: f64) -> Result<Vec<AbstentionReport>> {
        self.verify_max_error(
            max_error,
            corpus.heads.iter().map(|head| head.name.as_str()),
        )?;
        let answer = |scorer: &mut TakenScorer<'_, '_>, document: usize| {
            let scores = scorer.score_document(corpus.texts.document(document));
            scores
                .heads
                .iter()
                .map(|head| head.answers(max_error))
                .collect::<Vec<_>>()
        };
        let scorers = Scorers::new(self);
        let answers: Vec<Vec<Option<PredictionSet>>> = (0..corpus.len())
            .into_par_iter()
            .map_init(|| scorers.take(), answer)
            .collect();
        let evaluate_head = |truth: &crate::corpus::Head| {
            let (at, _) = self
                .head(&truth.name)
                .ok_or_else(|| self.no_head(&truth.name))?;
            let of_head: Vec<&PredictionSet> = answers
                .iter()
                .filter_map(|of_text| of_text[at].as_ref())
                .collect();
            Ok(evaluate_head(
                truth,
                &of_head,
                corpus.weights.as_deref(),
                max_error,
            ))
        };
        corpus.heads.iter().map(evaluate_head).collect()
    }
}

fn evaluate_head(
    head: &crate::corpus::Head,
    answers: &[&PredictionSet],
    weights: Option<&[f32]>,
    max_error: f64,
) -> AbstentionReport {
    let weights = SampleWeights::from(weights);
    match &head.targets {
        Targets::Exclusive { of, .. } => {
            let known =
                of.iter()
                    .zip(answers)
                    .enumerate()
                    .filter_map(|(document, (of, answers))| match answers {
                        PredictionSet::Set(set) => {
                            Some(((*of)? as usize, set.as_slice(), weights.of(document)))
                        }
                        PredictionSet::Verdicts(_) => None,
                    });
            evaluate::abstention_of_sets(&head.labels, known, max_error)
        }
        Targets::Independent { labels, cells } => {
            let rows = cells.chunks(*labels).zip(answers).enumerate();
            let known = rows.flat_map(|(document, (row, answers))| {
                let verdicts = match answers {
                    PredictionSet::Verdicts(verdicts) => verdicts.as_slice(),
                    PredictionSet::Set(_) => &[],
                };
                let verdicts = row.iter().zip(verdicts).enumerate();
                verdicts.filter_map(move |(label, (truth, verdict))| {
                    Some((label, (*truth)?, decided(*verdict), weights.of(document)))
                })
            });
            evaluate::abstention_of_verdicts(&head.labels, known, max_error)
        }
    }
}

fn decided(verdict: Verdict) -> Option<bool> {
    match verdict {
        Verdict::Yes => Some(true),
        Verdict::No => Some(false),
        Verdict::Undecided => None,
    }
}
