//! Profile of the training data, as the model file holds it: distributions by which evaluation,
//! drift detection and serving tell how new texts differ from those that were learnt from.
//!
//! Everything is counted in whole documents, so that a profile depends neither on threads nor on
//! batches; label shares alone are weighted by sample weights. It takes 50 kB at most: of a head
//! with more than [`MAX_PROFILED_LABELS`] labels the distributions of single labels are left out.

use super::{HeadMetadata, HeadScores, ModelHead, SourceProfile};
use crate::corpus::{Date, HeadKind};
use crate::evaluate::Measurement;
use crate::evaluate::curves::ReliabilityBin;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Greatest number of labels of a head whose labels are profiled one by one.
pub const MAX_PROFILED_LABELS: usize = 50;

/// Number of bins of scores, confidences and shares: steps of 0.05 in probabilities.
const BINS: usize = 20;
/// Range of the histogram of decision values. Margins of an SVM beyond 2 are rare; those fall into
/// the outermost bins.
const DECISION_RANGE: [f64; 2] = [-2.0, 2.0];

/// Profile of the training data of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Profile {
    /// Number of training documents.
    pub documents: u64,
    /// Words of each document.
    pub words: SizeHistogram,
    /// Different terms of each document that the model knows; empty if terms were left out after
    /// training.
    pub known_terms: SizeHistogram,
    /// Share of each document's words that the model knows, from 0 to 1; empty where the model has
    /// no single words as terms, and if terms were left out after training.
    pub known_share: Histogram,
    /// True if a word counts as known only where the vocabulary would hold it without the document:
    /// its document frequency without it reaches the least one. Other limits of the vocabulary are
    /// not applied anew. False where document frequencies are not known, because the features have
    /// no idf or are those of an older model; new texts have a smaller share then.
    pub known_share_held_out: bool,
    /// Number of documents by language, under ISO 639 codes; `und` is any other.
    pub languages: BTreeMap<String, u64>,
    /// Dates of the documents; `None` where none has a date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<DateProfile>,
    /// Sources of the documents; `None` where none names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sources: Option<SourceProfile>,
    /// The heads, in the model's order.
    pub heads: Vec<HeadProfile>,
}

/// Dates of the training documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct DateProfile {
    /// Number of documents by month, as `2024-05`, or by year where a date is no more exact.
    pub periods: BTreeMap<String, u64>,
    /// Number of documents without a date.
    pub undated: u64,
}

/// Scores and labels of one head over the training documents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct HeadProfile {
    /// Name of the head.
    pub name: String,
    /// Origin of the scores.
    pub origin: ScoreOrigin,
    /// Number of documents with an answer to the head.
    pub documents: u64,
    /// Share of each label among the documents whose answer to it is known, by sample weights.
    pub label_shares: Vec<f64>,
    /// Confidence of each document, unless terms were left out after training: the greatest score of an exclusive head; of an independent one
    /// the score that is nearest to its threshold, as the distance from it.
    pub confidence: Histogram,
    /// Scores of each label; empty with more than [`MAX_PROFILED_LABELS`] labels, and if terms were
    /// left out after training.
    pub scores: Vec<Histogram>,
    /// Calibration of each label of an independent head, and of the predicted label of an exclusive
    /// one; empty for scores of training documents and for scores that are no probabilities.
    pub reliability: Vec<Vec<ReliabilityBin>>,
    /// Metrics with intervals; empty for scores of training documents and without scores.
    pub metrics: Vec<MeasuredMetric>,
}

/// Origin of profiled scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ScoreOrigin {
    /// Documents of a calibration set, which were not learnt from.
    KeptApart,
    /// Training documents, each scored by a model that was fitted without its fold.
    OutOfFold,
    /// Training documents, scored by the model itself: scores are surer than those of new texts.
    Training,
    /// None: terms were left out after training, with which scores and metrics no longer hold.
    LeftOut,
}

/// A metric with its confidence interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct MeasuredMetric {
    /// Name of the metric, such as `macro_f1`.
    pub metric: String,
    /// The label that it is of; `None` for the head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Value.
    pub value: f64,
    /// Low and high end of the 95 % interval, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<[f64; 2]>,
}

/// Histogram over bins of equal width; values beyond the range are in the outermost bins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Histogram {
    /// Low end of the first bin.
    pub low: f64,
    /// High end of the last bin.
    pub high: f64,
    /// Number of documents in each bin; a bin holds its low end, the last one its high end, too.
    pub counts: Vec<u64>,
}

/// Histogram of sizes over powers of two: bin 0 counts zeros, bin `i` sizes from `2^(i−1)` to
/// `2^i − 1`. Empty bins at the end are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SizeHistogram {
    /// Number of documents in each bin.
    pub counts: Vec<u64>,
}

impl MeasuredMetric {
    /// Returns a metric of a head, or of the label of this name; `None` where it is not defined.
    pub(crate) fn new(measurement: &Measurement, label: Option<&str>) -> Option<Self> {
        let estimate = measurement.estimate?;
        Some(MeasuredMetric {
            metric: measurement.metric.name().to_string(),
            label: label.map(str::to_string),
            value: estimate.value,
            interval: estimate.interval,
        })
    }
}

impl Histogram {
    /// Creates an empty histogram of probabilities or shares.
    pub(crate) fn of_shares() -> Self {
        Self::over([0.0, 1.0])
    }

    fn over([low, high]: [f64; 2]) -> Self {
        let counts = vec![0; BINS];
        Histogram { low, high, counts }
    }

    /// Creates an empty histogram of the scores of a head.
    fn of_scores(metadata: &HeadMetadata) -> Self {
        match metadata.scores_are_probabilities() {
            true => Self::of_shares(),
            false => Self::over(DECISION_RANGE),
        }
    }

    /// Counts a value; one that is no number, in the first bin.
    pub(crate) fn add(&mut self, value: f64) {
        let position = (value - self.low) / (self.high - self.low) * self.counts.len() as f64;
        // A cast saturates, and of NaN makes 0.
        let bin = (position as usize).min(self.counts.len().saturating_sub(1));
        if let Some(count) = self.counts.get_mut(bin) {
            *count += 1;
        }
    }

    /// Returns the number of documents.
    pub fn total(&self) -> u64 {
        self.counts.iter().fold(0, |sum, n| sum.saturating_add(*n))
    }

    /// Returns about the value below which this share of the documents lies, by linear interpolation
    /// within a bin; `None` for an empty histogram.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let total = self.total();
        let wanted = share * total as f64;
        let width = (self.high - self.low) / self.counts.len() as f64;
        let mut below = 0.0;
        for (bin, &count) in self.counts.iter().enumerate() {
            let count = count as f64;
            if count > 0.0 && below + count >= wanted {
                let inside = ((wanted - below) / count).clamp(0.0, 1.0);
                return Some(self.low + width * (bin as f64 + inside));
            }
            below += count;
        }
        None
    }

    fn is_valid(&self) -> bool {
        self.low.is_finite()
            && self.high.is_finite()
            && self.low < self.high
            && !self.counts.is_empty()
    }
}

impl SizeHistogram {
    /// Counts a size.
    pub(crate) fn add(&mut self, size: usize) {
        let bin = (usize::BITS - size.leading_zeros()) as usize;
        if self.counts.len() <= bin {
            self.counts.resize(bin + 1, 0);
        }
        self.counts[bin] += 1;
    }

    /// Returns the least and the greatest size that may be in the bin of the median; `None` for an
    /// empty histogram.
    pub fn median_bin(&self) -> Option<(u64, u64)> {
        // The counts of a file may be any numbers.
        let total = self
            .counts
            .iter()
            .map(|&count| u128::from(count))
            .sum::<u128>();
        let mut below = 0;
        let bin = self.counts.iter().position(|&count| {
            below += u128::from(count);
            count > 0 && 2 * below >= total
        })?;
        Some(match bin {
            0 => (0, 0),
            bin => (1 << (bin - 1), u64::MAX >> (64 - bin.min(64))),
        })
    }

    /// Bins of 64-bit sizes.
    const MAX_BINS: usize = 65;
}

impl DateProfile {
    /// Creates the profile without a date.
    pub(crate) fn empty() -> Self {
        DateProfile {
            periods: BTreeMap::new(),
            undated: 0,
        }
    }

    /// Counts the date of a document.
    pub(crate) fn add(&mut self, date: Option<Date>) {
        let Some(date) = date else {
            self.undated += 1;
            return;
        };
        let period = match date.month() {
            Some(month) => format!("{:04}-{month:02}", date.year()),
            None => format!("{:04}", date.year()),
        };
        *self.periods.entry(period).or_default() += 1;
    }

    /// Returns the first and the last period; `None` without one.
    pub fn range(&self) -> Option<(&str, &str)> {
        let (first, _) = self.periods.first_key_value()?;
        let (last, _) = self.periods.last_key_value()?;
        Some((first, last))
    }
}

impl HeadProfile {
    /// Creates the profile of a head without a document.
    pub(crate) fn new(metadata: &HeadMetadata, origin: ScoreOrigin) -> Self {
        let labels = match metadata.labels.len() {
            few if few <= MAX_PROFILED_LABELS => few,
            _ => 0,
        };
        let confidence = match metadata.kind {
            HeadKind::Exclusive => Histogram::of_scores(metadata),
            HeadKind::Independent => Histogram::of_shares(),
        };
        HeadProfile {
            name: metadata.name.clone(),
            origin,
            documents: 0,
            label_shares: Vec::new(),
            confidence,
            scores: vec![Histogram::of_scores(metadata); labels],
            reliability: Vec::new(),
            metrics: Vec::new(),
        }
    }

    /// Counts the scores of a document.
    pub(crate) fn add(&mut self, scores: &HeadScores<'_>) {
        self.confidence.add(scores.confidence());
        let histograms = self.scores.iter_mut().zip(&scores.scores);
        histograms.for_each(|(histogram, &score)| histogram.add(score));
    }

    fn is_valid(&self) -> bool {
        self.confidence.is_valid() && self.scores.iter().all(Histogram::is_valid)
    }
}

impl HeadScores<'_> {
    /// Returns the confidence of the answer: of an exclusive head the greatest score, of an
    /// independent one the least distance of a score from its threshold.
    pub fn confidence(&self) -> f64 {
        match self.metadata.kind {
            HeadKind::Exclusive => self
                .scores
                .iter()
                .copied()
                .fold(f64::NEG_INFINITY, f64::max),
            HeadKind::Independent => (0..self.scores.len())
                .map(|label| self.above_threshold(label).abs())
                .fold(f64::INFINITY, f64::min),
        }
    }
}

impl Profile {
    /// Returns true if all histograms can be read, as they need not in a file.
    pub(super) fn is_valid(&self, heads: &[HeadMetadata]) -> bool {
        let sizes = [&self.words, &self.known_terms];
        self.known_share.is_valid()
            && sizes
                .iter()
                .all(|sizes| sizes.counts.len() <= SizeHistogram::MAX_BINS)
            && self.heads.iter().all(HeadProfile::is_valid)
            && self
                .heads
                .iter()
                .map(|head| &head.name)
                .eq(heads.iter().map(|head| &head.name))
    }

    /// Returns what still holds after terms were left out: counts of documents, and not what hangs on
    /// the terms, which are those known and their share, scores and metrics.
    pub(super) fn of_fewer_terms(&self, heads: &[ModelHead]) -> Profile {
        let head = |(of, head): (&HeadProfile, &ModelHead)| HeadProfile {
            documents: of.documents,
            label_shares: of.label_shares.clone(),
            scores: Vec::new(),
            ..HeadProfile::new(head.metadata(), ScoreOrigin::LeftOut)
        };
        Profile {
            known_terms: SizeHistogram::default(),
            known_share: Histogram::of_shares(),
            known_share_held_out: false,
            heads: self.heads.iter().zip(heads).map(head).collect(),
            ..self.clone()
        }
    }

    /// Returns the profile of a head.
    pub fn head(&self, name: &str) -> Option<&HeadProfile> {
        self.heads.iter().find(|head| head.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_beyond_the_range_are_in_the_outermost_bins() {
        let mut histogram = Histogram::of_shares();
        for value in [-1.0, 0.0, 0.049, 0.05, 0.999, 1.0, 7.0, f64::NAN] {
            histogram.add(value);
        }
        assert_eq!(histogram.counts[0], 4);
        assert_eq!(histogram.counts[1], 1);
        assert_eq!(histogram.counts[19], 3);
        assert_eq!(histogram.total(), 8);
    }

    #[test]
    fn quantiles_lie_within_their_bin() {
        let mut histogram = Histogram::of_shares();
        (0..100).for_each(|at| histogram.add(f64::from(at) / 100.0));
        assert!((histogram.quantile(0.5).unwrap() - 0.5).abs() < 0.05);
        assert_eq!(Histogram::of_shares().quantile(0.5), None);
    }

    #[test]
    fn sizes_are_counted_by_powers_of_two() {
        let mut sizes = SizeHistogram::default();
        [0, 1, 2, 3, 4, 7, 8]
            .into_iter()
            .for_each(|size| sizes.add(size));
        assert_eq!(sizes.counts, [1, 1, 2, 2, 1]);
        assert_eq!(sizes.median_bin(), Some((2, 3)));
        let forged = SizeHistogram {
            counts: vec![u64::MAX; SizeHistogram::MAX_BINS],
        };
        assert!(forged.median_bin().is_some());
        let mut huge = SizeHistogram::default();
        huge.add(usize::MAX);
        assert_eq!(huge.median_bin(), Some((1 << 63, u64::MAX)));
    }

    #[test]
    fn dates_are_counted_as_exactly_as_they_are_written() {
        let mut dates = DateProfile::empty();
        for text in ["2021-05-09", "2021-05", "2020", "1999-12-31"] {
            dates.add(text.parse().ok());
        }
        dates.add(None);
        assert_eq!(dates.range(), Some(("1999-12", "2021-05")));
        assert_eq!((dates.periods["2021-05"], dates.undated), (2, 1));
    }
}
