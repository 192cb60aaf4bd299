//! Profile of the training data, made after the weights are found.
//!
//! One pass over the texts counts words, known words, languages, dates and sources, and the scores of heads
//! that have none of unseen documents. Heads whose decision rule was fitted on unseen documents are
//! profiled on those scores.

use super::decision_rule::CalibrationScores;
use crate::calibrate::Origin;
use crate::corpus::{Corpus, Head};
use crate::evaluate::curves::{Binning, reliability};
use crate::evaluate::{self, Bootstrap, CALIBRATION_BINS, Measurements, Metric};
use crate::features::DocumentFrequencies;
use crate::model::{
    DateProfile, HeadMetadata, HeadPredictions, HeadProfile, HeadScores, Histogram,
    MAX_PROFILED_LABELS, MeasuredMetric, Model, Profile, ScoreOrigin, Scorer, Scorers,
    SizeHistogram, SourceCounts,
};
use crate::text::TextInput;
use rayon::prelude::*;

/// Documents that are scored at once.
const BATCH: usize = 4096;
/// Metrics of single labels that are kept.
const OF_LABEL: [Metric; 3] = [Metric::Precision, Metric::Recall, Metric::F1];

/// Counts of documents that become a profile.
pub(super) struct ProfileBuilder<'a> {
    model: &'a Model,
    profile: Profile,
    dates: DateProfile,
    sources: SourceCounts,
    /// Documents of each term, by which words are known to be held out.
    frequencies: Option<DocumentFrequencies>,
    /// Weight of the documents whose answer to each label is known, and of those where it holds.
    support: Vec<Vec<[f64; 2]>>,
}

/// Counts of one document.
struct DocumentCounts {
    words: usize,
    known_terms: usize,
    known_share: Option<f64>,
    language: &'static str,
}

impl<'a> ProfileBuilder<'a> {
    /// Begins the profile of a model's training data. `unseen` are the profiles of heads on scores
    /// of unseen documents; with `held_out`, a document's words are known only where the vocabulary
    /// would hold them without it.
    pub(super) fn new(model: &'a Model, unseen: Vec<Option<HeadProfile>>, held_out: bool) -> Self {
        let documents = model.metadata().documents;
        let frequencies = held_out.then(|| DocumentFrequencies::of(model.tfidf(), documents));
        let frequencies = frequencies.flatten();
        let head = |(head, unseen): (&crate::model::ModelHead, Option<HeadProfile>)| {
            unseen.unwrap_or_else(|| HeadProfile::new(head.metadata(), ScoreOrigin::Training))
        };
        let heads = model.heads().iter();
        ProfileBuilder {
            model,
            profile: Profile {
                documents: 0,
                words: SizeHistogram::default(),
                known_terms: SizeHistogram::default(),
                known_share: Histogram::of_shares(),
                known_share_held_out: frequencies.is_some(),
                languages: Default::default(),
                dates: None,
                sources: None,
                heads: heads.clone().zip(unseen).map(head).collect(),
            },
            dates: DateProfile::empty(),
            sources: SourceCounts::default(),
            frequencies,
            support: heads
                .map(|head| vec![[0.0; 2]; head.metadata().labels.len()])
                .collect(),
        }
    }

    /// Counts the documents of a corpus, or of a part of one, which has the model's heads in their
    /// order.
    pub(super) fn add(&mut self, corpus: &Corpus) {
        let scorers = Scorers::new(self.model);
        for begin in (0..corpus.len()).step_by(BATCH) {
            let end = (begin + BATCH).min(corpus.len());
            let counts: Vec<_> = (begin..end)
                .into_par_iter()
                .map_init(
                    || scorers.take(),
                    |scorer, at| self.document(scorer, corpus.texts.document(at)),
                )
                .collect();
            for (at, (counts, scores)) in (begin..end).zip(counts) {
                self.count(&counts, corpus.dates.get(at).copied().flatten());
                self.sources
                    .add(corpus.sources.get(at).and_then(Option::as_ref));
                let heads = self.profile.heads.iter_mut().zip(&corpus.heads);
                for ((profile, head), scores) in heads.zip(scores) {
                    if profile.origin == ScoreOrigin::Training && is_answered(head, at) {
                        profile.documents += 1;
                        profile.add(&scores);
                    }
                }
            }
        }
        for (all, head) in self.support.iter_mut().zip(&corpus.heads) {
            let part = head.targets.support(corpus.weights.as_deref());
            for (all, [yes, no]) in all.iter_mut().zip(part) {
                (all[0], all[1]) = (all[0] + yes, all[1] + no);
            }
        }
    }

    fn document(
        &self,
        scorer: &mut Scorer<'a>,
        document: TextInput<'_>,
    ) -> (DocumentCounts, Vec<HeadScores<'a>>) {
        let scores = scorer.score_document(document);
        let known_share = match &self.frequencies {
            Some(frequencies) => scorer.known_share_without(frequencies),
            None => scores.known_share(),
        };
        let counts = DocumentCounts {
            words: scores.words,
            known_terms: scores.known_terms,
            known_share,
            language: document.language().code(),
        };
        (counts, scores.heads)
    }

    fn count(&mut self, counts: &DocumentCounts, date: Option<crate::corpus::Date>) {
        let profile = &mut self.profile;
        profile.documents += 1;
        profile.words.add(counts.words);
        profile.known_terms.add(counts.known_terms);
        if let Some(share) = counts.known_share {
            profile.known_share.add(share);
        }
        *profile
            .languages
            .entry(counts.language.to_string())
            .or_default() += 1;
        self.dates.add(date);
    }

    /// Returns the profile.
    pub(super) fn finish(self) -> Profile {
        let mut profile = self.profile;
        profile.dates = self.dates.range().is_some().then_some(self.dates);
        profile.sources = self.sources.profile();
        for (head, support) in profile.heads.iter_mut().zip(self.support) {
            let share = |[yes, no]: &[f64; 2]| match yes + no {
                0.0 => 0.0,
                known => yes / known,
            };
            head.label_shares = support.iter().map(share).collect();
        }
        profile
    }
}

/// Returns true if a document has an answer to any label of a head.
fn is_answered(head: &Head, document: usize) -> bool {
    (0..head.labels.len()).any(|label| head.targets.holds(document, label).is_some())
}

/// A head on documents that its weights had not seen.
pub(super) struct UnseenHead {
    pub profile: HeadProfile,
    pub predictions: HeadPredictions,
}

/// Profiles a head on scores of unseen documents.
pub(super) fn of_unseen(
    metadata: &HeadMetadata,
    head: &Head,
    unseen: &CalibrationScores<'_>,
) -> UnseenHead {
    let origin = match unseen.origin() {
        Origin::KeptApart => ScoreOrigin::KeptApart,
        Origin::OutOfFold => ScoreOrigin::OutOfFold,
    };
    let truth = Head {
        targets: unseen.targets().clone(),
        ..head.clone()
    };
    let scores = unseen.scores(metadata);
    let mut profile = HeadProfile::new(metadata, origin);
    for (at, scores) in scores.iter().enumerate() {
        if is_answered(&truth, at) {
            profile.documents += 1;
            profile.add(scores);
        }
    }
    let predictions = HeadPredictions::of_scores(metadata, &truth, unseen.weights(), &scores);
    // Heads without a single known answer have been refused.
    if let Ok(measured) = evaluate::measure(&predictions.predictions, &Bootstrap::default()) {
        profile.metrics = metrics(&measured, profile.scores.is_empty());
    }
    let bins = Binning::EqualWidth(CALIBRATION_BINS);
    let of_label = |label| reliability(&predictions.predictions, label, bins).unwrap_or_default();
    let labels = match metadata.kind {
        crate::corpus::HeadKind::Exclusive => vec![None],
        crate::corpus::HeadKind::Independent => (0..profile.scores.len()).map(Some).collect(),
    };
    if metadata.scores_are_probabilities() {
        profile.reliability = labels.into_iter().map(of_label).collect();
    }
    UnseenHead {
        profile,
        predictions,
    }
}

/// Returns the metrics of a head, and some of each label unless these are `too_many`.
fn metrics(measured: &Measurements, too_many: bool) -> Vec<MeasuredMetric> {
    debug_assert!(too_many || measured.labels.len() <= MAX_PROFILED_LABELS);
    let kept = measured.metrics.iter().filter(|measurement| {
        measurement.label.is_none() || (!too_many && OF_LABEL.contains(&measurement.metric))
    });
    kept.filter_map(|measurement| {
        let label = measurement.label.and_then(|at| measured.labels.get(at));
        MeasuredMetric::new(measurement, label.map(String::as_str))
    })
    .collect()
}
