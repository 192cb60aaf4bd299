//! Metrics that need no scores, from counts of right and wrong labels.
//!
//! Point estimates, resamples and reports all take their values from here: documents are laid out
//! once ([`CountMetrics`]), one pass over them with a weight for each fills the counts
//! ([`ExclusiveCounts`], [`IndependentCounts`]), and the metrics follow from these.

use super::metric::Metric;
use super::{Averages, LabelReport, Outcomes, Predictions, ratio};

/// Weighted counts of one label, or of several pooled.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct LabelCounts {
    /// The weight of documents that truly have the label and are given it.
    pub(super) true_positive: f64,
    /// The weight of documents that truly have the label.
    pub(super) support: f64,
    /// The weight of documents that are given the label.
    pub(super) predicted: f64,
}

impl LabelCounts {
    /// Returns precision, recall and F1, NaN where there is nothing to divide by.
    fn rates(&self) -> Averages {
        Averages {
            precision: divide(self.true_positive, self.predicted),
            recall: divide(self.true_positive, self.support),
            f1: divide(2.0 * self.true_positive, self.support + self.predicted),
        }
    }

    /// Returns precision, recall and F1, 0 where there is nothing to divide by.
    pub(super) fn averages(&self) -> Averages {
        self.rates().defined()
    }

    /// Returns the report on a label of this name.
    pub(super) fn report(&self, label: &str) -> LabelReport {
        let Averages {
            precision,
            recall,
            f1,
        } = self.averages();
        LabelReport {
            label: label.to_string(),
            precision,
            recall,
            f1,
            support: self.support,
            predicted: self.predicted,
        }
    }

    fn pooled(self, other: &LabelCounts) -> LabelCounts {
        LabelCounts {
            true_positive: self.true_positive + other.true_positive,
            support: self.support + other.support,
            predicted: self.predicted + other.predicted,
        }
    }

    /// True of a label that is true or given somewhere.
    pub(super) fn occurs(&self) -> bool {
        self.support + self.predicted > 0.0
    }

    /// Pushes the metrics of [`OF_LABEL`]; `known` is the weight of the documents whose truth is
    /// known.
    fn push(&self, known: f64, out: &mut Vec<f64>) {
        let Averages {
            precision,
            recall,
            f1,
        } = self.rates();
        out.extend([precision, recall, f1, self.correlation(known)]);
    }

    /// Returns the Matthews correlation of truth and predictions, from shares so that weights do
    /// not overflow.
    fn correlation(&self, known: f64) -> f64 {
        let share = |value: f64| divide(value, known);
        let variance = |value: f64| share(value) * share(known - value);
        let covariance = share(self.true_positive) - share(self.support) * share(self.predicted);
        correlation(
            covariance,
            variance(self.support) * variance(self.predicted),
        )
    }
}

/// Averages of precision, recall and F1 over labels, NaN where there is nothing to divide by.
struct LabelAverages {
    macro_avg: Averages,
    micro_avg: Averages,
    weighted_avg: Averages,
}

impl LabelAverages {
    /// `averaged` is the number of labels in the macro average, also those that are not among
    /// `counts`.
    fn new(counts: &[LabelCounts], averaged: f64) -> LabelAverages {
        LabelAverages {
            macro_avg: macro_average(counts, averaged),
            micro_avg: counts
                .iter()
                .fold(LabelCounts::default(), LabelCounts::pooled)
                .rates(),
            weighted_avg: weighted_average(counts),
        }
    }

    fn push(&self, out: &mut Vec<f64>) {
        for averages in [&self.macro_avg, &self.micro_avg, &self.weighted_avg] {
            out.extend([averages.precision, averages.recall, averages.f1]);
        }
    }
}

fn macro_average(counts: &[LabelCounts], averaged: f64) -> Averages {
    let mut sums = [0.0; 3];
    for counts in counts {
        let averages = counts.averages();
        sums[0] += averages.precision;
        sums[1] += averages.recall;
        sums[2] += averages.f1;
    }
    averages_of(sums, averaged)
}

fn weighted_average(counts: &[LabelCounts]) -> Averages {
    let (mut sums, mut support) = ([0.0; 3], 0.0);
    for counts in counts {
        let averages = counts.averages();
        sums[0] += counts.support * averages.precision;
        sums[1] += counts.support * averages.recall;
        sums[2] += counts.support * averages.f1;
        support += counts.support;
    }
    averages_of(sums, support)
}

fn averages_of(sums: [f64; 3], weight: f64) -> Averages {
    let [precision, recall, f1] = sums.map(|sum| divide(sum, weight));
    Averages {
        precision,
        recall,
        f1,
    }
}

impl Averages {
    /// Returns the averages with 0 where there was nothing to divide by.
    pub(super) fn defined(self) -> Averages {
        let or_zero = |value: f64| if value.is_nan() { 0.0 } else { value };
        Averages {
            precision: or_zero(self.precision),
            recall: or_zero(self.recall),
            f1: or_zero(self.f1),
        }
    }
}

/// Counts of an exclusive head.
pub(super) struct ExclusiveCounts {
    pub(super) labels: Vec<LabelCounts>,
    /// The weight of all documents.
    total: f64,
}

/// Metrics of an exclusive head, NaN where they are not defined.
pub(super) struct ExclusiveMetrics {
    pub(super) accuracy: f64,
    pub(super) macro_avg: Averages,
    pub(super) micro_avg: Averages,
    pub(super) weighted_avg: Averages,
    mcc: f64,
    kappa: f64,
}

/// Variances of shares below this are 0 but for rounding: a sum of some thousand shares is off by
/// less.
const ROUNDING: f64 = 1e-13;

impl ExclusiveCounts {
    /// Counts true and predicted labels, by their places among `labels`, with a weight for each
    /// document.
    pub(super) fn new(
        labels: usize,
        truth: &[u32],
        predicted: &[u32],
        weights: &[f64],
    ) -> ExclusiveCounts {
        let mut counts = vec![LabelCounts::default(); labels];
        let mut total = 0.0;
        for ((&truth, &predicted), &weight) in truth.iter().zip(predicted).zip(weights) {
            counts[truth as usize].support += weight;
            counts[predicted as usize].predicted += weight;
            if truth == predicted {
                counts[truth as usize].true_positive += weight;
            }
            total += weight;
        }
        ExclusiveCounts {
            labels: counts,
            total,
        }
    }

    /// Returns the metrics of the head; `averaged` is the number of labels in macro averages.
    pub(super) fn metrics(&self, averaged: f64) -> ExclusiveMetrics {
        let right: f64 = self.labels.iter().map(|label| label.true_positive).sum();
        let accuracy = divide(right, self.total);
        let averages = LabelAverages::new(&self.labels, averaged);
        // Gorodkin 2004 and Cohen 1960, from the margins of the confusion matrix as shares.
        let share = |value: f64| divide(value, self.total);
        let sum = |of: &dyn Fn(&LabelCounts) -> f64| self.labels.iter().map(of).sum::<f64>();
        let chance = sum(&|label| share(label.support) * share(label.predicted));
        let spread = |of: fn(&LabelCounts) -> f64| 1.0 - sum(&|label| share(of(label)).powi(2));
        let variance = spread(|label| label.support) * spread(|label| label.predicted);
        let kappa = if 1.0 - chance > ROUNDING {
            (accuracy - chance) / (1.0 - chance)
        } else {
            f64::NAN
        };
        ExclusiveMetrics {
            accuracy,
            macro_avg: averages.macro_avg,
            // Each wrong document is one false positive and one false negative. Not from the pooled
            // counts: rows and columns, summed in different orders, can differ in the last bit.
            micro_avg: Averages {
                precision: accuracy,
                recall: accuracy,
                f1: accuracy,
            },
            weighted_avg: averages.weighted_avg,
            mcc: correlation(accuracy - chance, variance),
            kappa,
        }
    }

    /// Pushes the metrics of [`EXCLUSIVE`], then those of each label.
    fn push(&self, averaged: f64, out: &mut Vec<f64>) {
        let ExclusiveMetrics {
            accuracy,
            macro_avg,
            micro_avg,
            weighted_avg,
            mcc,
            kappa,
        } = self.metrics(averaged);
        out.push(accuracy);
        LabelAverages {
            macro_avg,
            micro_avg,
            weighted_avg,
        }
        .push(out);
        out.extend([mcc, kappa]);
        self.labels
            .iter()
            .for_each(|label| label.push(self.total, out));
    }
}

fn correlation(covariance: f64, variance: f64) -> f64 {
    if variance > ROUNDING * ROUNDING {
        (covariance / variance.sqrt()).clamp(-1.0, 1.0)
    } else {
        f64::NAN
    }
}

fn divide(numerator: f64, denominator: f64) -> f64 {
    if denominator > 0.0 {
        numerator / denominator
    } else {
        f64::NAN
    }
}

/// Weighted cells of one independent label that are more than a known and right no.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LabelCells {
    pub(super) true_positive: f64,
    pub(super) false_positive: f64,
    pub(super) false_negative: f64,
    unknown: f64,
}

impl LabelCells {
    fn add(&mut self, cell: CellOutcome, weight: f64) {
        match cell {
            CellOutcome::TruePositive => self.true_positive += weight,
            CellOutcome::FalsePositive => self.false_positive += weight,
            CellOutcome::FalseNegative => self.false_negative += weight,
            CellOutcome::Unknown => self.unknown += weight,
        }
    }

    fn counts(&self) -> LabelCounts {
        LabelCounts {
            true_positive: self.true_positive,
            support: self.true_positive + self.false_negative,
            predicted: self.true_positive + self.false_positive,
        }
    }
}

/// Counts of an independent head.
pub(super) struct IndependentCounts {
    /// The cells of the labels that are laid out.
    pub(super) labels: Vec<LabelCells>,
    documents: DocumentMeans,
    /// The weight of all documents.
    total: f64,
    /// The weight of known cells of labels that are not laid out; all of them are right.
    known_absent: f64,
}

/// Metrics of an independent head, NaN where they are not defined.
pub(super) struct IndependentMetrics {
    pub(super) subset_accuracy: f64,
    pub(super) hamming_loss: f64,
    pub(super) example_f1: f64,
    pub(super) example_f1_empty_zero: f64,
    example_f1_of_means: f64,
    pub(super) macro_avg: Averages,
    pub(super) micro_avg: Averages,
    pub(super) weighted_avg: Averages,
}

impl IndependentCounts {
    /// Returns the counts of each label.
    pub(super) fn label_counts(&self) -> Vec<LabelCounts> {
        self.labels.iter().map(LabelCells::counts).collect()
    }

    /// Returns the metrics of the head, whose labels have these counts; `averaged` is the number of
    /// labels in macro averages.
    pub(super) fn metrics(&self, counts: &[LabelCounts], averaged: f64) -> IndependentMetrics {
        let wrong: f64 = self
            .labels
            .iter()
            .map(|cells| cells.false_negative + cells.false_positive)
            .sum();
        let known: f64 = self.labels.iter().map(|cells| self.known(cells)).sum();
        let documents = &self.documents;
        let f1_of_means = ratio(
            2.0 * documents.precision * documents.recall,
            documents.precision + documents.recall,
        );
        let averages = LabelAverages::new(counts, averaged);
        IndependentMetrics {
            subset_accuracy: divide(documents.exact, self.total),
            hamming_loss: divide(wrong, known + self.known_absent),
            example_f1: divide(documents.f1, self.total),
            example_f1_empty_zero: divide(documents.f1_empty_zero, self.total),
            example_f1_of_means: divide(f1_of_means, self.total),
            macro_avg: averages.macro_avg,
            micro_avg: averages.micro_avg,
            weighted_avg: averages.weighted_avg,
        }
    }

    /// Returns the weight of the documents whose truth is known for a label.
    fn known(&self, cells: &LabelCells) -> f64 {
        self.total - cells.unknown
    }

    /// Pushes the metrics of [`INDEPENDENT`], then those of each label.
    fn push(&self, averaged: f64, out: &mut Vec<f64>) {
        let counts = self.label_counts();
        let metrics = self.metrics(&counts, averaged);
        out.extend([
            metrics.subset_accuracy,
            metrics.hamming_loss,
            metrics.example_f1,
            metrics.example_f1_empty_zero,
            metrics.example_f1_of_means,
        ]);
        LabelAverages {
            macro_avg: metrics.macro_avg,
            micro_avg: metrics.micro_avg,
            weighted_avg: metrics.weighted_avg,
        }
        .push(out);
        for (cells, counts) in self.labels.iter().zip(&counts) {
            counts.push(self.known(cells), out);
        }
    }
}

/// Outcomes laid out so that a resample touches only labels that are true or predicted.
pub(super) struct CountMetrics {
    /// The labels that are measured, in order.
    labels: Vec<usize>,
    layout: Layout,
    /// The number of labels in macro averages.
    averaged: f64,
}

/// Outcomes by the places of labels among those that are measured.
enum Layout {
    Exclusive {
        truth: Vec<u32>,
        predicted: Vec<u32>,
    },
    Independent(SparseCells),
}

/// Averages over labels, and the metrics of an exclusive or independent head before and after them.
const AVERAGES: [Metric; 9] = [
    Metric::MacroPrecision,
    Metric::MacroRecall,
    Metric::MacroF1,
    Metric::MicroPrecision,
    Metric::MicroRecall,
    Metric::MicroF1,
    Metric::WeightedPrecision,
    Metric::WeightedRecall,
    Metric::WeightedF1,
];
const EXCLUSIVE: [&[Metric]; 3] = [
    &[Metric::Accuracy],
    &AVERAGES,
    &[Metric::Mcc, Metric::Kappa],
];
const INDEPENDENT: [&[Metric]; 3] = [
    &[
        Metric::SubsetAccuracy,
        Metric::HammingLoss,
        Metric::ExampleF1,
        Metric::ExampleF1EmptyZero,
        Metric::ExampleF1OfMeans,
    ],
    &AVERAGES,
    &[],
];
/// The metrics of each label.
pub(super) const OF_LABEL: [Metric; 4] =
    [Metric::Precision, Metric::Recall, Metric::F1, Metric::Mcc];

/// Returns the labels that are true or predicted somewhere in the rows, in order.
pub(super) fn occurring(predictions: &Predictions, rows: &[usize]) -> Vec<usize> {
    let mut occurs = vec![false; predictions.labels.len()];
    for &row in rows {
        match &predictions.outcomes {
            Outcomes::Exclusive { truth, predicted } => {
                occurs[truth[row] as usize] = true;
                occurs[predicted[row] as usize] = true;
            }
            Outcomes::Independent { .. } => {
                for (label, occurs) in occurs.iter_mut().enumerate() {
                    let truth = predictions.truth(row, label);
                    *occurs |= truth == Some(true)
                        || (truth.is_some() && predictions.predicted(row, label));
                }
            }
        }
    }
    (0..occurs.len()).filter(|&label| occurs[label]).collect()
}

impl CountMetrics {
    /// Lays out the outcomes for `labels`, among which are all that occur.
    pub(super) fn new(
        predictions: &Predictions,
        rows: &[usize],
        labels: Vec<usize>,
    ) -> CountMetrics {
        let mut places = vec![NOT_LAID_OUT; predictions.labels.len()];
        for (place, &label) in labels.iter().enumerate() {
            places[label] = place as u32;
        }
        let placed = |list: &[u32]| rows.iter().map(|&row| places[list[row] as usize]).collect();
        let layout =
            match &predictions.outcomes {
                Outcomes::Exclusive { truth, predicted } => Layout::Exclusive {
                    truth: placed(truth),
                    predicted: placed(predicted),
                },
                Outcomes::Independent { truth, predicted } => Layout::Independent(
                    SparseCells::new(CellSlices { truth, predicted }, rows, &places),
                ),
            };
        let mut metrics = CountMetrics {
            labels,
            layout,
            averaged: 0.0,
        };
        metrics.averaged = metrics.count_averaged(predictions, rows);
        metrics
    }

    fn count_averaged(&self, predictions: &Predictions, rows: &[usize]) -> f64 {
        match &self.layout {
            Layout::Exclusive { .. } => occurring(predictions, rows).len() as f64,
            Layout::Independent(cells) => {
                let known = |label: &&usize| {
                    rows.iter()
                        .any(|&row| predictions.truth(row, **label).is_some())
                };
                cells.absent + self.labels.iter().filter(known).count() as f64
            }
        }
    }

    /// Returns the number of labels in macro averages.
    pub(super) fn averaged(&self) -> f64 {
        self.averaged
    }

    /// Returns the keys of the values that [`measure`](Self::measure) pushes, in their order.
    pub(super) fn keys(&self) -> Vec<(Metric, Option<usize>)> {
        let head = match &self.layout {
            Layout::Exclusive { .. } => EXCLUSIVE,
            Layout::Independent(_) => INDEPENDENT,
        };
        let of_labels = self
            .labels
            .iter()
            .flat_map(|&label| OF_LABEL.map(|metric| (metric, Some(label))));
        head.concat()
            .into_iter()
            .map(|metric| (metric, None))
            .chain(of_labels)
            .collect()
    }

    /// Pushes the metrics with these weights of the documents, NaN where there is nothing to divide
    /// by.
    pub(super) fn measure(&self, weights: &[f64], out: &mut Vec<f64>) {
        match &self.layout {
            Layout::Exclusive { truth, predicted } => {
                ExclusiveCounts::new(self.labels.len(), truth, predicted, weights)
                    .push(self.averaged, out);
            }
            Layout::Independent(cells) => cells.count(weights).push(self.averaged, out),
        }
    }
}

/// The place of labels that are not laid out.
const NOT_LAID_OUT: u32 = u32::MAX;

/// True and predicted cells, documents × labels.
#[derive(Clone, Copy)]
pub(super) struct CellSlices<'a> {
    pub(super) truth: &'a [Option<bool>],
    pub(super) predicted: &'a [bool],
}

/// The cells of independent labels that are more than a known and right no.
pub(super) struct SparseCells {
    /// The number of labels that are laid out.
    labels: usize,
    /// The place where the cells of each document begin, and the end of the last.
    starts: Vec<usize>,
    /// Place of the label, and the outcome.
    cells: Vec<(u32, CellOutcome)>,
    documents: Vec<DocumentMeans>,
    /// The number of known cells of each document among labels that are not laid out.
    known_absent: Vec<f64>,
    /// The number of such labels that are known of some document: they count as 0 in means.
    absent: f64,
}

/// The outcome of a document and label.
#[derive(Clone, Copy, PartialEq)]
enum CellOutcome {
    TruePositive,
    FalsePositive,
    FalseNegative,
    Unknown,
}

/// Metrics of a document, or their weighted sums over documents.
#[derive(Default, Clone, Copy)]
struct DocumentMeans {
    exact: f64,
    f1: f64,
    f1_empty_zero: f64,
    precision: f64,
    recall: f64,
}

impl SparseCells {
    /// Lays out the cells of `rows`; `places` has the place of each label, [`NOT_LAID_OUT`] for
    /// labels that never occur.
    pub(super) fn new(slices: CellSlices<'_>, rows: &[usize], places: &[u32]) -> SparseCells {
        let laid_out = places
            .iter()
            .filter(|&&place| place != NOT_LAID_OUT)
            .count();
        let (mut starts, mut cells) = (vec![0], Vec::new());
        let mut documents = Vec::with_capacity(rows.len());
        let mut known_absent = vec![0.0; rows.len()];
        let mut seen_absent = vec![false; places.len()];
        for (at, &row) in rows.iter().enumerate() {
            let first = cells.len();
            let of_row = row * places.len()..(row + 1) * places.len();
            let of_labels = slices.truth[of_row.clone()]
                .iter()
                .zip(&slices.predicted[of_row]);
            for (label, (&truth, &predicted)) in of_labels.enumerate() {
                if places[label] == NOT_LAID_OUT {
                    known_absent[at] += if truth.is_some() { 1.0 } else { 0.0 };
                    seen_absent[label] |= truth.is_some();
                } else if let Some(cell) = CellOutcome::of(truth, predicted) {
                    cells.push((places[label], cell));
                }
            }
            documents.push(DocumentMeans::of(&cells[first..]));
            starts.push(cells.len());
        }
        let absent = seen_absent.iter().filter(|seen| **seen).count() as f64;
        SparseCells {
            labels: laid_out,
            starts,
            cells,
            documents,
            known_absent,
            absent,
        }
    }

    /// Counts the cells with a weight for each document; those of weight 0 are not drawn.
    pub(super) fn count(&self, weights: &[f64]) -> IndependentCounts {
        let mut labels = vec![LabelCells::default(); self.labels];
        let mut documents = DocumentMeans::default();
        let (mut total, mut known_absent) = (0.0, 0.0);
        for (row, &weight) in weights
            .iter()
            .enumerate()
            .filter(|(_, weight)| **weight > 0.0)
        {
            documents.add(&self.documents[row], weight);
            total += weight;
            known_absent += weight * self.known_absent[row];
            for &(label, cell) in &self.cells[self.starts[row]..self.starts[row + 1]] {
                labels[label as usize].add(cell, weight);
            }
        }
        IndependentCounts {
            labels,
            documents,
            total,
            known_absent,
        }
    }
}

impl CellOutcome {
    /// Returns the outcome; `None` of a label that is rightly not given.
    fn of(truth: Option<bool>, predicted: bool) -> Option<CellOutcome> {
        match (truth, predicted) {
            (Some(false), false) => None,
            (None, _) => Some(CellOutcome::Unknown),
            (Some(true), true) => Some(CellOutcome::TruePositive),
            (Some(true), false) => Some(CellOutcome::FalseNegative),
            (Some(false), true) => Some(CellOutcome::FalsePositive),
        }
    }
}

impl DocumentMeans {
    fn of(cells: &[(u32, CellOutcome)]) -> DocumentMeans {
        let count =
            |kind: CellOutcome| cells.iter().filter(|(_, cell)| *cell == kind).count() as f64;
        let shared = count(CellOutcome::TruePositive);
        let (extra, missed) = (
            count(CellOutcome::FalsePositive),
            count(CellOutcome::FalseNegative),
        );
        let exact = if extra + missed == 0.0 { 1.0 } else { 0.0 };
        if shared + extra + missed == 0.0 {
            return DocumentMeans {
                exact,
                f1: 1.0,
                f1_empty_zero: 0.0,
                precision: 1.0,
                recall: 1.0,
            };
        }
        let f1 = 2.0 * shared / (2.0 * shared + extra + missed);
        DocumentMeans {
            exact,
            f1,
            f1_empty_zero: f1,
            precision: ratio(shared, shared + extra),
            recall: ratio(shared, shared + missed),
        }
    }

    fn add(&mut self, other: &DocumentMeans, weight: f64) {
        self.exact += weight * other.exact;
        self.f1 += weight * other.f1;
        self.f1_empty_zero += weight * other.f1_empty_zero;
        self.precision += weight * other.precision;
        self.recall += weight * other.recall;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_to_divide_by_gives_zero() {
        let none = Averages {
            precision: 0.0,
            recall: 0.0,
            f1: 0.0,
        };
        assert_eq!(LabelCounts::default().averages(), none);
        assert_eq!(weighted_average(&[LabelCounts::default()]).defined(), none);
    }

    #[test]
    fn f1_is_the_harmonic_mean() {
        let counts = LabelCounts {
            true_positive: 3.0,
            support: 4.0,
            predicted: 6.0,
        };
        let Averages {
            precision,
            recall,
            f1,
        } = counts.averages();
        assert_eq!((precision, recall), (0.5, 0.75));
        assert!((f1 - 2.0 * precision * recall / (precision + recall)).abs() < 1e-15);
    }

    #[test]
    fn macro_f1_is_the_mean_of_f1_values() {
        let counts = |support: f64, predicted: f64| LabelCounts {
            true_positive: 1.0,
            support,
            predicted,
        };
        let mean = macro_average(&[counts(1.0, 10.0), counts(10.0, 1.0)], 2.0);
        assert!((mean.f1 - 2.0 / 11.0).abs() < 1e-15);
        assert!((mean.precision - 0.55).abs() < 1e-15);
    }
}
