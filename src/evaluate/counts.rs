//! Metrics that need no scores, from counts that one pass over the documents fills.

use super::metric::Metric;
use super::{Counts, Outcomes, Predictions, ratio};

/// Answers laid out so that a resample touches only what is true or predicted.
pub(super) struct CountKernel {
    /// The labels that are measured, in order.
    labels: Vec<usize>,
    answers: Laid,
    /// Over how many labels macro averages are.
    averaged: f64,
}

/// Answers by the places of labels among those that are measured.
enum Laid {
    Exclusive {
        truth: Vec<u32>,
        predicted: Vec<u32>,
    },
    Independent(Sparse),
}

/// The cells of independent labels that are more than a known and right no.
pub(super) struct Sparse {
    labels: usize,
    /// Where the cells of each document begin, and where the last ones end.
    starts: Vec<usize>,
    /// Label, and what the cell is.
    cells: Vec<(u32, Cell)>,
    documents: Vec<Overlap>,
    /// How many cells of each document are known among labels that are nowhere true or predicted.
    known_absent: Vec<f64>,
    /// How many such labels are known of some document: they count as 0 in means.
    absent: f64,
}

#[derive(Clone, Copy, PartialEq)]
enum Cell {
    TruePositive,
    FalsePositive,
    FalseNegative,
    Unknown,
}

/// What means over documents sum up.
#[derive(Default, Clone, Copy)]
struct Overlap {
    exact: f64,
    f1: f64,
    f1_empty_zero: f64,
    precision: f64,
    recall: f64,
}

/// Averages over labels, and what an exclusive or independent head has before and after them.
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

impl CountKernel {
    /// Lays out the answers for `labels`, which hold all that occur.
    pub(super) fn new(
        predictions: &Predictions,
        rows: &[usize],
        labels: Vec<usize>,
    ) -> CountKernel {
        let mut places = vec![u32::MAX; predictions.labels.len()];
        labels
            .iter()
            .enumerate()
            .for_each(|(place, &label)| places[label] = place as u32);
        let placed = |list: &[u32]| rows.iter().map(|&row| places[list[row] as usize]).collect();
        let answers = match &predictions.outcomes {
            Outcomes::Exclusive { truth, predicted } => Laid::Exclusive {
                truth: placed(truth),
                predicted: placed(predicted),
            },
            Outcomes::Independent { .. } => {
                Laid::Independent(Sparse::new(predictions, rows, &places, labels.len()))
            }
        };
        let mut kernel = CountKernel {
            labels,
            answers,
            averaged: 0.0,
        };
        kernel.averaged = kernel.count_averaged(predictions, rows);
        kernel
    }

    fn count_averaged(&self, predictions: &Predictions, rows: &[usize]) -> f64 {
        match &self.answers {
            Laid::Exclusive { .. } => occurring(predictions, rows).len() as f64,
            Laid::Independent(sparse) => {
                let known = |label: &&usize| {
                    rows.iter()
                        .any(|&row| predictions.truth(row, **label).is_some())
                };
                sparse.absent + self.labels.iter().filter(known).count() as f64
            }
        }
    }

    /// Over how many labels macro averages are.
    pub(super) fn averaged(&self) -> f64 {
        self.averaged
    }

    /// What [`measure`](Self::measure) gives, in its order.
    pub(super) fn metrics(&self) -> Vec<(Metric, Option<usize>)> {
        let head = match &self.answers {
            Laid::Exclusive { .. } => EXCLUSIVE,
            Laid::Independent(_) => INDEPENDENT,
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

    /// The metrics with these weights of the documents; NaN where there is nothing to divide by.
    pub(super) fn measure(&self, weights: &[f64], out: &mut Vec<f64>) {
        match &self.answers {
            Laid::Exclusive { truth, predicted } => {
                let (counts, total) = count_exclusive(self.labels.len(), truth, predicted, weights);
                exclusive_head(&counts, total, out);
                counts
                    .iter()
                    .for_each(|counts| of_label(counts, total, out));
            }
            Laid::Independent(sparse) => sparse.measure(weights, out),
        }
    }
}

fn count_exclusive(
    labels: usize,
    truth: &[u32],
    predicted: &[u32],
    weights: &[f64],
) -> (Vec<Counts>, f64) {
    let mut counts = vec![Counts::default(); labels];
    let mut total = 0.0;
    for ((&truth, &predicted), &weight) in truth.iter().zip(predicted).zip(weights) {
        counts[truth as usize].support += weight;
        counts[predicted as usize].predicted += weight;
        if truth == predicted {
            counts[truth as usize].true_positive += weight;
        }
        total += weight;
    }
    (counts, total)
}

fn exclusive_head(counts: &[Counts], total: f64, out: &mut Vec<f64>) {
    let right: f64 = counts.iter().map(|counts| counts.true_positive).sum();
    let accuracy = divide(right, total);
    out.push(accuracy);
    push_macro(counts.iter().filter(|counts| occurs(counts)), 0.0, out);
    out.extend([accuracy; 3]);
    push_weighted(counts, out);
    // Gorodkin 2004 and Cohen 1960, from the margins of the confusion matrix as shares.
    let share = |value: f64| divide(value, total);
    let sum = |of: &dyn Fn(&Counts) -> f64| counts.iter().map(of).sum::<f64>();
    let chance = sum(&|c| share(c.support) * share(c.predicted));
    let spread = |of: fn(&Counts) -> f64| 1.0 - sum(&|c| share(of(c)).powi(2));
    let variance = spread(|c| c.support) * spread(|c| c.predicted);
    out.push(correlation(accuracy - chance, variance));
    out.push(if 1.0 - chance > ROUNDING {
        (accuracy - chance) / (1.0 - chance)
    } else {
        f64::NAN
    });
}

/// Below this a variance of shares is 0 but for rounding.
const ROUNDING: f64 = 1e-13;

fn correlation(covariance: f64, variance: f64) -> f64 {
    if variance > ROUNDING * ROUNDING {
        (covariance / variance.sqrt()).clamp(-1.0, 1.0)
    } else {
        f64::NAN
    }
}

fn of_label(counts: &Counts, total: f64, out: &mut Vec<f64>) {
    let Counts {
        true_positive,
        support,
        predicted,
    } = *counts;
    out.push(divide(true_positive, predicted));
    out.push(divide(true_positive, support));
    out.push(divide(2.0 * true_positive, support + predicted));
    let share = |value: f64| divide(value, total);
    let variance = |value: f64| share(value) * share(total - value);
    let covariance = share(true_positive) - share(support) * share(predicted);
    out.push(correlation(
        covariance,
        variance(support) * variance(predicted),
    ));
}

/// Means over labels, and over so many more that count as 0.
fn push_macro<'a>(counts: impl Iterator<Item = &'a Counts>, absent: f64, out: &mut Vec<f64>) {
    let (mut sums, mut labels) = ([0.0; 3], absent);
    for counts in counts {
        let averages = counts.averages();
        sums[0] += averages.precision;
        sums[1] += averages.recall;
        sums[2] += averages.f1;
        labels += 1.0;
    }
    out.extend(sums.map(|sum| divide(sum, labels)));
}

fn push_weighted(counts: &[Counts], out: &mut Vec<f64>) {
    let (mut sums, mut support) = ([0.0; 3], 0.0);
    for counts in counts {
        let averages = counts.averages();
        sums[0] += counts.support * averages.precision;
        sums[1] += counts.support * averages.recall;
        sums[2] += counts.support * averages.f1;
        support += counts.support;
    }
    out.extend(sums.map(|sum| divide(sum, support)));
}

fn occurs(counts: &Counts) -> bool {
    counts.support + counts.predicted > 0.0
}

fn divide(numerator: f64, denominator: f64) -> f64 {
    if denominator > 0.0 {
        numerator / denominator
    } else {
        f64::NAN
    }
}

impl Sparse {
    fn new(predictions: &Predictions, rows: &[usize], places: &[u32], labels: usize) -> Sparse {
        let (mut starts, mut cells) = (vec![0], Vec::new());
        let mut documents = Vec::with_capacity(rows.len());
        let (mut known_absent, mut seen_absent) =
            (vec![0.0; rows.len()], vec![false; places.len()]);
        for (at, &row) in rows.iter().enumerate() {
            let first = cells.len();
            for (label, &place) in places.iter().enumerate() {
                let truth = predictions.truth(row, label);
                if place == u32::MAX {
                    known_absent[at] += if truth.is_some() { 1.0 } else { 0.0 };
                    seen_absent[label] |= truth.is_some();
                    continue;
                }
                let cell = match (truth, predictions.predicted(row, label)) {
                    (Some(false), false) => continue,
                    (None, _) => Cell::Unknown,
                    (Some(true), true) => Cell::TruePositive,
                    (Some(true), false) => Cell::FalseNegative,
                    (Some(false), true) => Cell::FalsePositive,
                };
                cells.push((place, cell));
            }
            documents.push(Overlap::of(&cells[first..]));
            starts.push(cells.len());
        }
        let absent = seen_absent.iter().filter(|seen| **seen).count() as f64;
        Sparse {
            labels,
            starts,
            cells,
            documents,
            known_absent,
            absent,
        }
    }

    fn measure(&self, weights: &[f64], out: &mut Vec<f64>) {
        let mut counts = vec![Counts::default(); self.labels];
        let mut unknown = vec![0.0; self.labels];
        let (mut means, mut total, mut absent) = (Overlap::default(), 0.0, 0.0);
        for (row, &weight) in weights
            .iter()
            .enumerate()
            .filter(|(_, weight)| **weight > 0.0)
        {
            means.add(&self.documents[row], weight);
            total += weight;
            absent += weight * self.known_absent[row];
            for &(label, cell) in &self.cells[self.starts[row]..self.starts[row + 1]] {
                cell.add(
                    weight,
                    &mut counts[label as usize],
                    &mut unknown[label as usize],
                );
            }
        }
        let known: Vec<f64> = unknown.iter().map(|unknown| total - unknown).collect();
        means.push(
            total,
            hamming(&counts, known.iter().sum::<f64>() + absent),
            out,
        );
        push_macro(
            counts.iter().filter(|counts| occurs(counts)),
            self.absent,
            out,
        );
        of_pool(counts.iter().fold(Counts::default(), Counts::pooled), out);
        push_weighted(&counts, out);
        counts
            .iter()
            .zip(known)
            .for_each(|(counts, known)| of_label(counts, known, out));
    }
}

fn hamming(counts: &[Counts], known: f64) -> f64 {
    let wrong: f64 = counts
        .iter()
        .map(|c| (c.support - c.true_positive) + (c.predicted - c.true_positive))
        .sum();
    divide(wrong, known)
}

fn of_pool(counts: Counts, out: &mut Vec<f64>) {
    let Counts {
        true_positive,
        support,
        predicted,
    } = counts;
    out.extend([
        divide(true_positive, predicted),
        divide(true_positive, support),
        divide(2.0 * true_positive, support + predicted),
    ]);
}

impl Cell {
    fn add(self, weight: f64, counts: &mut Counts, unknown: &mut f64) {
        match self {
            Cell::Unknown => *unknown += weight,
            Cell::FalsePositive => counts.predicted += weight,
            Cell::FalseNegative => counts.support += weight,
            Cell::TruePositive => {
                counts.true_positive += weight;
                counts.support += weight;
                counts.predicted += weight;
            }
        }
    }
}

impl Overlap {
    fn of(cells: &[(u32, Cell)]) -> Overlap {
        let count = |kind: Cell| cells.iter().filter(|(_, cell)| *cell == kind).count() as f64;
        let shared = count(Cell::TruePositive);
        let (extra, missed) = (count(Cell::FalsePositive), count(Cell::FalseNegative));
        let exact = if extra + missed == 0.0 { 1.0 } else { 0.0 };
        if shared + extra + missed == 0.0 {
            return Overlap {
                exact,
                f1: 1.0,
                f1_empty_zero: 0.0,
                precision: 1.0,
                recall: 1.0,
            };
        }
        let f1 = 2.0 * shared / (2.0 * shared + extra + missed);
        let (precision, recall) = (
            ratio(shared, shared + extra),
            ratio(shared, shared + missed),
        );
        Overlap {
            exact,
            f1,
            f1_empty_zero: f1,
            precision,
            recall,
        }
    }

    fn add(&mut self, other: &Overlap, weight: f64) {
        self.exact += weight * other.exact;
        self.f1 += weight * other.f1;
        self.f1_empty_zero += weight * other.f1_empty_zero;
        self.precision += weight * other.precision;
        self.recall += weight * other.recall;
    }

    fn push(&self, total: f64, hamming: f64, out: &mut Vec<f64>) {
        let [exact, f1, f1_empty_zero] =
            [self.exact, self.f1, self.f1_empty_zero].map(|sum| divide(sum, total));
        let of_means = ratio(
            2.0 * self.precision * self.recall,
            self.precision + self.recall,
        );
        out.extend([exact, hamming, f1, f1_empty_zero, divide(of_means, total)]);
    }
}
