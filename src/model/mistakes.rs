//! Worst errors of a model with their explanations.

use super::{Contribution, Explanation, HeadPredictions, Model, Scorer, Scorers, TakenScorer};
use crate::Result;
use crate::corpus::Corpus;
use crate::evaluate::Outcomes;
use rayon::prelude::*;

/// Wrong prediction and its explanation.
#[derive(Debug, Clone, PartialEq)]
pub struct Mistake {
    /// The document's id.
    pub id: String,
    /// The document's text.
    pub text: String,
    /// False positive: label that was predicted wrongly.
    pub predicted: Option<String>,
    /// False negative: label that was missed. An exclusive head has both, an independent one
    /// either.
    pub truth: Option<String>,
    /// Margin of the error: the decision value of the predicted label less that of the true one;
    /// for an independent head the distance of the score from the threshold.
    pub margin: f64,
    /// Contribution of each term to the margin: to the decision value of the predicted label less
    /// that of the true one; for an independent head, towards the wrong answer.
    pub reasons: Vec<Contribution>,
}

/// Document and its wrong prediction, by numbers.
#[derive(Clone, Copy)]
struct Misclassification {
    document: usize,
    predicted: Option<usize>,
    truth: Option<usize>,
}

impl Model {
    /// The `most` mistakes of greatest margin among the answers to a head; equal ones in the order
    /// of the corpus. Documents whose true label the model does not know are left out.
    ///
    /// # Errors
    /// A usage error if the model has no such head.
    pub fn worst_errors(
        &self,
        corpus: &Corpus,
        head: &HeadPredictions,
        most: usize,
    ) -> Result<Vec<Mistake>> {
        let (at, _) = self
            .head(&head.name)
            .ok_or_else(|| self.no_head(&head.name))?;
        let known = self.heads()[at].metadata().labels.len();
        let mut wrong = misclassifications(head);
        wrong.retain(|wrong| {
            [wrong.predicted, wrong.truth]
                .iter()
                .flatten()
                .all(|&label| label < known)
        });
        let margin = |scorer: &mut TakenScorer<'_, '_>, wrong: &Misclassification| {
            margin(scorer, corpus, at, *wrong)
        };
        let scorers = Scorers::new(self);
        let margins: Vec<f64> = wrong
            .par_iter()
            .map_init(|| scorers.take(), margin)
            .collect();
        let mut worst: Vec<(f64, Misclassification)> = margins.into_iter().zip(wrong).collect();
        worst.sort_by(|a, b| b.0.total_cmp(&a.0));
        worst.truncate(most);
        Ok(worst
            .into_iter()
            .map(|(margin, wrong)| self.mistake(corpus, at, margin, wrong))
            .collect())
    }

    fn mistake(
        &self,
        corpus: &Corpus,
        head: usize,
        margin: f64,
        wrong: Misclassification,
    ) -> Mistake {
        let text = corpus.texts.get(wrong.document);
        let labels = &self.heads()[head].metadata().labels;
        let name = |label: Option<usize>| label.map(|label| labels[label].clone());
        Mistake {
            id: corpus.ids.get(wrong.document).to_string(),
            text: text.to_string(),
            predicted: name(wrong.predicted),
            truth: name(wrong.truth),
            margin,
            reasons: reasons(&self.explain(text), head, wrong),
        }
    }
}

fn misclassifications(head: &HeadPredictions) -> Vec<Misclassification> {
    let labels = head.predictions.labels.len();
    match &head.predictions.outcomes {
        Outcomes::Exclusive { truth, predicted } => {
            let pairs = truth.iter().zip(predicted).zip(&head.documents);
            let wrong = |((&truth, &predicted), &document): ((&u32, &u32), &usize)| {
                (truth != predicted).then_some(Misclassification {
                    document,
                    predicted: Some(predicted as usize),
                    truth: Some(truth as usize),
                })
            };
            pairs.filter_map(wrong).collect()
        }
        Outcomes::Independent { truth, predicted } => {
            let wrong = |(cell, (truth, &predicted)): (usize, (&Option<bool>, &bool))| {
                let (document, label) = (head.documents[cell / labels], Some(cell % labels));
                let wrong = Misclassification {
                    document,
                    predicted: None,
                    truth: None,
                };
                match (truth, predicted) {
                    (Some(false), true) => Some(Misclassification {
                        predicted: label,
                        ..wrong
                    }),
                    (Some(true), false) => Some(Misclassification {
                        truth: label,
                        ..wrong
                    }),
                    _ => None,
                }
            };
            truth
                .iter()
                .zip(predicted)
                .enumerate()
                .filter_map(wrong)
                .collect()
        }
    }
}

fn margin(scorer: &mut Scorer<'_>, corpus: &Corpus, head: usize, wrong: Misclassification) -> f64 {
    let scores = &scorer
        .score_document(corpus.texts.document(wrong.document))
        .heads[head];
    match (wrong.predicted, wrong.truth) {
        (Some(predicted), Some(truth)) => scores.decisions[predicted] - scores.decisions[truth],
        (predicted, truth) => predicted
            .or(truth)
            .map_or(0.0, |label| scores.above_threshold(label).abs()),
    }
}

fn reasons(
    explanation: &Explanation<'_>,
    head: usize,
    wrong: Misclassification,
) -> Vec<Contribution> {
    let of =
        |label: Option<usize>| label.map(|label| explanation.reasons(head, label).contributions);
    match (of(wrong.predicted), of(wrong.truth)) {
        (Some(mut predicted), Some(truth)) => {
            predicted
                .iter_mut()
                .zip(&truth)
                .for_each(|(predicted, truth)| predicted.contribution -= truth.contribution);
            predicted
        }
        (Some(predicted), None) => predicted,
        (None, truth) => {
            let mut truth = truth.unwrap_or_default();
            truth
                .iter_mut()
                .for_each(|term| term.contribution = -term.contribution);
            truth
        }
    }
}

#[cfg(all(test, feature = "train"))]
mod tests {
    use super::*;
    use crate::Trainer;
    use crate::corpus::HeadKind;
    use crate::features::DocumentFrequency;

    /// The last document is an army's text that is labelled sport.
    fn corpus() -> Corpus {
        let mut corpus = Corpus::builder();
        corpus.head("topic", HeadKind::Exclusive);
        corpus.head("stance", HeadKind::Independent);
        corpus.document(
            "a",
            "the army shelled the town",
            &[&["conflict"], &["escalation"]],
        );
        corpus.document(
            "b",
            "army troops shelled the border",
            &[&["conflict"], &["escalation"]],
        );
        corpus.document(
            "c",
            "troops and army tanks",
            &[&["conflict"], &["escalation"]],
        );
        corpus.document("d", "the striker scored a goal", &[&["sport"], &[]]);
        corpus.document("e", "a late goal won the match", &[&["sport"], &[]]);
        corpus.document("f", "the team won after a goal", &[&["sport"], &[]]);
        corpus.document("g", "the army shelled a goal", &[&["sport"], &[]]);
        corpus.finish().unwrap()
    }

    #[test]
    fn reasons_and_biases_add_up_to_the_margin() {
        let corpus = corpus();
        let mut trainer = Trainer::default();
        trainer.features.min_df = DocumentFrequency::Count(1);
        let model = trainer.train(&corpus).unwrap();
        let mut heads = model.predictions(&corpus).unwrap();
        let Outcomes::Exclusive { truth, predicted } = &mut heads[0].predictions.outcomes else {
            panic!()
        };
        (truth[6], predicted[6]) = (1, 0);
        let mistakes = model.worst_errors(&corpus, &heads[0], 5).unwrap();
        assert_eq!(
            mistakes.iter().filter(|mistake| mistake.id == "g").count(),
            1
        );
        for mistake in mistakes {
            let bias = model.heads()[0].linear().bias();
            let labels = &model.heads()[0].metadata().labels;
            let bias_of = |name: &Option<String>| {
                bias[labels
                    .iter()
                    .position(|label| Some(label) == name.as_ref())
                    .unwrap()]
            };
            let sum: f64 = mistake
                .reasons
                .iter()
                .map(|reason| reason.contribution)
                .sum();
            let margin = sum + bias_of(&mistake.predicted) - bias_of(&mistake.truth);
            assert!((margin - mistake.margin).abs() < 1e-9, "{mistake:?}");
        }
    }

    #[test]
    fn cells_that_are_wrong_either_way_are_found() {
        let corpus = corpus();
        let mut trainer = Trainer::default();
        trainer.features.min_df = DocumentFrequency::Count(1);
        let model = trainer.train(&corpus).unwrap();
        let mut heads = model.predictions(&corpus).unwrap();
        let Outcomes::Independent { truth, predicted } = &mut heads[1].predictions.outcomes else {
            panic!()
        };
        truth
            .iter_mut()
            .zip(predicted)
            .for_each(|(truth, predicted)| *truth = Some(!*predicted));
        let mistakes = model.worst_errors(&corpus, &heads[1], 100).unwrap();
        assert_eq!(mistakes.len(), corpus.len());
        assert!(
            mistakes
                .windows(2)
                .all(|pair| pair[0].margin >= pair[1].margin)
        );
        assert!(
            mistakes
                .iter()
                .all(|mistake| mistake.predicted.is_some() != mistake.truth.is_some())
        );
    }
}
