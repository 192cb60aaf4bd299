//! Metrics of scores, from tables that are made once, so that a resample only sums.

use super::calibration_gaps::{CalibrationGaps, pooled};
use super::metric::Metric;
use super::units::Units;
use crate::evaluate::{Outcomes, Predictions};

/// The number of bins of equal width of the expected calibration error has (Guo et al. 2017).
pub const CALIBRATION_BINS: usize = 15;

pub(in crate::evaluate) struct ScoreMetrics {
    labels: Vec<Ranking>,
    probabilities: Option<Probabilities>,
}

/// The known cells of a label, from the greatest score to the least.
struct Ranking(Vec<Place>);

/// A row, whether the label is true of it, and whether the next row has another score.
#[derive(Clone, Copy)]
struct Place(u32);

/// The losses of each cell of probabilities, row by row; 0 in cells that are unknown.
struct Probabilities {
    labels: usize,
    exclusive: bool,
    /// Truth less probability; NaN where unknown.
    gaps: Vec<f64>,
    log_losses: Vec<f64>,
    bins: Vec<u8>,
    /// The same of each document's predicted label: right or wrong less probability.
    tops: Vec<(f64, u8)>,
    /// The log loss of each document's true label.
    truths: Vec<f64>,
}

const RANKED: [Metric; 2] = [Metric::RocAuc, Metric::AveragePrecision];
const LOSSES: [Metric; 3] = [Metric::Brier, Metric::LogLoss, Metric::Ece];

impl ScoreMetrics {
    pub(in crate::evaluate) fn new(
        predictions: &Predictions,
        rows: &[usize],
    ) -> Option<ScoreMetrics> {
        let table = predictions.scores.as_ref()?;
        let labels = (0..predictions.labels.len())
            .map(|label| Ranking::new(predictions, rows, label))
            .collect();
        let probabilities = table
            .probabilities
            .then(|| Probabilities::new(predictions, rows));
        Some(ScoreMetrics {
            labels,
            probabilities,
        })
    }

    /// Returns the keys of the values that [`measure`](Self::measure) pushes, in their order.
    pub(in crate::evaluate) fn keys(&self) -> Vec<(Metric, Option<usize>)> {
        let of = |metrics: &[Metric]| {
            let of_labels = (0..self.labels.len())
                .flat_map(|label| metrics.iter().map(move |&m| (m, Some(label))));
            metrics
                .iter()
                .map(|&m| (m, None))
                .chain(of_labels)
                .collect::<Vec<_>>()
        };
        let losses = if self.probabilities.is_some() {
            of(&LOSSES)
        } else {
            vec![]
        };
        [of(&RANKED), losses].concat()
    }

    /// Returns the number of scores.
    pub(in crate::evaluate) fn cells(&self) -> usize {
        self.labels.iter().map(|ranking| ranking.0.len()).sum()
    }

    /// The average precision of a label without what its documents count for themselves.
    pub(in crate::evaluate) fn without_itself(&self, label: usize, weights: &[f64]) -> f64 {
        self.labels[label].without_itself(weights)
    }

    /// Returns the gaps that the calibration error of a label, or of the head, sums up.
    pub(in crate::evaluate) fn calibration(
        &self,
        label: Option<usize>,
        units: &Units,
    ) -> Option<CalibrationGaps> {
        let probabilities = self.probabilities.as_ref()?;
        Some(match label {
            Some(label) => probabilities.calibration(units, |row| probabilities.cell(row, label)),
            None if probabilities.exclusive => {
                probabilities.calibration(units, |row| Some(probabilities.tops[row]))
            }
            None => {
                let of_label =
                    |label| probabilities.calibration(units, |row| probabilities.cell(row, label));
                pooled(
                    (0..probabilities.labels)
                        .map(of_label)
                        .collect::<Vec<_>>()
                        .into_iter(),
                )
            }
        })
    }

    /// The metrics with these weights of the documents; NaN where they are not defined.
    pub(in crate::evaluate) fn measure(&self, weights: &[f64], out: &mut Vec<f64>) {
        let of_labels: Vec<[f64; 2]> = self
            .labels
            .iter()
            .map(|ranking| ranking.measure(weights))
            .collect();
        out.extend(mean_of_defined(&of_labels));
        out.extend(of_labels.into_iter().flatten());
        if let Some(probabilities) = &self.probabilities {
            probabilities.measure(weights, out);
        }
    }
}

/// The mean of each column over the rows where it is a number.
fn mean_of_defined<const N: usize>(rows: &[[f64; N]]) -> [f64; N] {
    std::array::from_fn(|column| {
        let values = rows
            .iter()
            .map(|row| row[column])
            .filter(|value| value.is_finite());
        let (sum, count) =
            values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
        sum / count
    })
}

impl Place {
    fn new(row: usize, positive: bool, last: bool) -> Place {
        Place((row as u32) << 2 | u32::from(positive) << 1 | u32::from(last))
    }

    fn row(self) -> usize {
        (self.0 >> 2) as usize
    }

    fn positive(self) -> bool {
        self.0 & 2 != 0
    }

    fn last(self) -> bool {
        self.0 & 1 != 0
    }
}

/// The score of a label for a document.
pub(in crate::evaluate) fn score(predictions: &Predictions, row: usize, label: usize) -> f64 {
    let labels = predictions.labels.len();
    predictions
        .scores
        .as_ref()
        .map_or(0.0, |scores| scores.values[row * labels + label])
}

impl Ranking {
    /// Average precision where a document of the label does not count for itself: the precision of
    /// the others that score as high, and 1 where there is none.
    fn without_itself(&self, weights: &[f64]) -> f64 {
        let (mut hits, mut misses, mut sum) = (0.0, 0.0, 0.0);
        let (mut new_hits, mut new_misses, mut count) = (0.0, 0.0, 0.0);
        for place in &self.0 {
            let weight = weights[place.row()];
            if place.positive() {
                new_hits += weight;
                count += 1.0;
            } else {
                new_misses += weight;
            }
            if place.last() {
                if new_hits > 0.0 {
                    let own = new_hits / count;
                    let (before, beside) = (hits + new_hits - own, misses + new_misses);
                    let all = before + beside;
                    sum += if all > 0.0 {
                        new_hits * before / all
                    } else {
                        new_hits
                    };
                }
                (hits, misses) = (hits + new_hits, misses + new_misses);
                (new_hits, new_misses, count) = (0.0, 0.0, 0.0);
            }
        }
        sum / hits
    }

    fn new(predictions: &Predictions, rows: &[usize], label: usize) -> Ranking {
        let known = |(at, &row): (usize, &usize)| {
            Some((
                score(predictions, row, label),
                at,
                predictions.truth(row, label)?,
            ))
        };
        let mut cells: Vec<(f64, usize, bool)> =
            rows.iter().enumerate().filter_map(known).collect();
        cells.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let place = |(at, &(score, row, positive)): (usize, &(f64, usize, bool))| {
            Place::new(
                row,
                positive,
                cells.get(at + 1).is_none_or(|next| next.0 != score),
            )
        };
        Ranking(cells.iter().enumerate().map(place).collect())
    }

    /// ROC-AUC (Hanley & McNeil 1982: a tie counts half) and average precision, which adds the
    /// precision at each distinct score, weighted by the recall gained there.
    fn measure(&self, weights: &[f64]) -> [f64; 2] {
        let (mut hits, mut misses) = (0.0, 0.0);
        let (mut new_hits, mut new_misses) = (0.0, 0.0);
        let (mut area, mut precision) = (0.0, 0.0);
        for place in &self.0 {
            // Without branches that depend on the label, which no processor can foresee.
            let weight = weights[place.row()];
            let hit = if place.positive() { weight } else { 0.0 };
            new_hits += hit;
            new_misses += weight - hit;
            if place.last() {
                area += new_misses * (hits + new_hits / 2.0);
                (hits, misses) = (hits + new_hits, misses + new_misses);
                precision += new_hits * (hits / (hits + misses).max(f64::MIN_POSITIVE));
                (new_hits, new_misses) = (0.0, 0.0);
            }
        }
        let auc = if hits > 0.0 && misses > 0.0 {
            area / (hits * misses)
        } else {
            f64::NAN
        };
        [
            auc,
            if hits > 0.0 {
                precision / hits
            } else {
                f64::NAN
            },
        ]
    }
}

/// −ln p, where p is at least the distance from 1 to the next number, as in scikit-learn.
fn negative_log(probability: f64) -> f64 {
    -probability.clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln()
}

/// The bin of equal width that holds a probability: the m-th is above (m − 1)/bins, up to m/bins.
pub(in crate::evaluate) fn bin_of(probability: f64, bins: usize) -> usize {
    ((probability * bins as f64).ceil() as usize).clamp(1, bins) - 1
}

impl Probabilities {
    fn new(predictions: &Predictions, rows: &[usize]) -> Probabilities {
        let labels = predictions.labels.len();
        let exclusive = matches!(predictions.outcomes, Outcomes::Exclusive { .. });
        let cells = rows.len() * labels;
        let (mut gaps, mut log_losses) = (Vec::with_capacity(cells), Vec::with_capacity(cells));
        let mut bins = Vec::with_capacity(cells);
        for (row, label) in rows
            .iter()
            .flat_map(|&row| (0..labels).map(move |label| (row, label)))
        {
            let p = score(predictions, row, label);
            let (gap, log_loss) = match predictions.truth(row, label) {
                None => (f64::NAN, 0.0),
                Some(true) => (1.0 - p, negative_log(p)),
                Some(false) => (-p, negative_log(1.0 - p)),
            };
            gaps.push(gap);
            log_losses.push(log_loss);
            bins.push(bin_of(p, CALIBRATION_BINS) as u8);
        }
        let (tops, truths) = tops(predictions, rows);
        Probabilities {
            labels,
            exclusive,
            gaps,
            log_losses,
            bins,
            tops,
            truths,
        }
    }

    /// Gap and bin of a cell whose truth is known.
    fn cell(&self, row: usize, label: usize) -> Option<(f64, u8)> {
        let at = row * self.labels + label;
        (!self.gaps[at].is_nan()).then(|| (self.gaps[at], self.bins[at]))
    }

    /// The gap of each bin with the variance of its noise: what units show, and at least p (1 − p)
    /// of each document.
    fn calibration(
        &self,
        units: &Units,
        cell: impl Fn(usize) -> Option<(f64, u8)>,
    ) -> CalibrationGaps {
        let mut bins = [Bin::default(); CALIBRATION_BINS];
        let (mut total, mut unit, mut of_unit) = (0.0, None, [0.0; CALIBRATION_BINS]);
        for row in units.by_unit() {
            if unit.replace(units.of(row)) != Some(units.of(row)) {
                bins.iter_mut()
                    .zip(&mut of_unit)
                    .for_each(|(bin, sum)| bin.close(std::mem::take(sum)));
            }
            let (Some((gap, bin)), weight) = (cell(row), units.weights()[row]) else {
                continue;
            };
            total += weight;
            of_unit[usize::from(bin)] += weight * gap;
            bins[usize::from(bin)].expected += weight * weight * gap.abs() * (1.0 - gap.abs());
        }
        bins.iter_mut()
            .zip(of_unit)
            .for_each(|(bin, sum)| bin.close(sum));
        let count = units.count() as f64;
        CalibrationGaps(bins.iter().map(|bin| bin.gap(total, count)).collect())
    }

    fn measure(&self, weights: &[f64], out: &mut Vec<f64>) {
        let mut sums = vec![Losses::default(); self.labels];
        for (row, &weight) in weights
            .iter()
            .enumerate()
            .filter(|(_, weight)| **weight > 0.0)
        {
            let cells = row * self.labels..(row + 1) * self.labels;
            let gaps = &self.gaps[cells.clone()];
            let (log_losses, bins) = (&self.log_losses[cells.clone()], &self.bins[cells]);
            for (((sums, &gap), &log_loss), &bin) in
                sums.iter_mut().zip(gaps).zip(log_losses).zip(bins)
            {
                if !gap.is_nan() {
                    sums.add(weight, gap, log_loss, bin);
                }
            }
        }
        let of_labels: Vec<[f64; 3]> = sums.iter().map(Losses::means).collect();
        out.extend(if self.exclusive {
            self.of_head(weights, &of_labels)
        } else {
            mean_of_defined(&of_labels)
        });
        out.extend(of_labels.into_iter().flatten());
    }

    /// Of an exclusive head: the Brier score summed over labels, the log loss of the true label,
    /// and the calibration error of the predicted one.
    fn of_head(&self, weights: &[f64], of_labels: &[[f64; 3]]) -> [f64; 3] {
        let brier: f64 = of_labels.iter().map(|losses| losses[0]).sum();
        let mut sums = Losses::default();
        for ((&weight, &(gap, bin)), &log_loss) in weights.iter().zip(&self.tops).zip(&self.truths)
        {
            sums.add(weight, gap, log_loss, bin);
        }
        let [_, log_loss, ece] = sums.means();
        [
            if self.labels == 2 { brier / 2.0 } else { brier },
            log_loss,
            ece,
        ]
    }
}

/// Gap and bin of the predicted label, and log loss of the true one, for each document.
fn tops(predictions: &Predictions, rows: &[usize]) -> (Vec<(f64, u8)>, Vec<f64>) {
    let Outcomes::Exclusive { truth, predicted } = &predictions.outcomes else {
        return (vec![], vec![]);
    };
    let top = |&row: &usize| {
        let p = score(predictions, row, predicted[row] as usize);
        let right = if truth[row] == predicted[row] {
            1.0
        } else {
            0.0
        };
        let of_truth = score(predictions, row, truth[row] as usize);
        (
            (right - p, bin_of(p, CALIBRATION_BINS) as u8),
            negative_log(of_truth),
        )
    };
    rows.iter().map(top).unzip()
}

/// Sums over the units of a bin of probabilities.
#[derive(Clone, Copy, Default)]
struct Bin {
    sum: f64,
    squares: f64,
    expected: f64,
}

impl Bin {
    fn close(&mut self, of_unit: f64) {
        self.sum += of_unit;
        self.squares += of_unit * of_unit;
    }

    fn gap(&self, total: f64, units: f64) -> [f64; 2] {
        let spread = self.squares - self.sum * self.sum / units;
        [
            self.sum / total,
            spread.max(self.expected) / (total * total),
        ]
    }
}

/// Weighted sums of what probabilities lose.
#[derive(Clone, Copy, Default)]
struct Losses {
    weight: f64,
    squares: f64,
    log_losses: f64,
    gaps: [f64; CALIBRATION_BINS],
}

impl Losses {
    fn add(&mut self, weight: f64, gap: f64, log_loss: f64, bin: u8) {
        self.weight += weight;
        self.squares += weight * gap * gap;
        self.log_losses += weight * log_loss;
        self.gaps[usize::from(bin)] += weight * gap;
    }

    /// Brier score, log loss and calibration error; NaN without any weight.
    fn means(&self) -> [f64; 3] {
        let gaps: f64 = self.gaps.iter().map(|gap| gap.abs()).sum();
        [self.squares, self.log_losses, gaps].map(|sum| sum / self.weight)
    }
}
