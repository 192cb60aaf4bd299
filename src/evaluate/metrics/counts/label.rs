//! Counts of one label, their precision, recall and F1, and averages over labels.

use crate::evaluate::{Averages, LabelReport};

/// Weighted counts of one label, or of several pooled.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(in crate::evaluate) struct LabelCounts {
    /// The weight of documents that truly have the label and are given it.
    pub(in crate::evaluate) true_positive: f64,
    /// The weight of documents that truly have the label.
    pub(in crate::evaluate) support: f64,
    /// The weight of documents that are given the label.
    pub(in crate::evaluate) predicted: f64,
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
    pub(in crate::evaluate) fn averages(&self) -> Averages {
        self.rates().defined()
    }

    /// Returns the report on a label of this name.
    pub(in crate::evaluate) fn report(&self, label: &str) -> LabelReport {
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
    pub(in crate::evaluate) fn occurs(&self) -> bool {
        self.support + self.predicted > 0.0
    }

    /// Pushes the metrics of [`OF_LABEL`](super::OF_LABEL); `known` is the weight of the documents whose truth is
    /// known.
    pub(super) fn push(&self, known: f64, out: &mut Vec<f64>) {
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
pub(super) struct LabelAverages {
    pub macro_avg: Averages,
    pub micro_avg: Averages,
    pub weighted_avg: Averages,
}

impl LabelAverages {
    /// `averaged` is the number of labels in the macro average, also those that are not among
    /// `counts`.
    pub fn new(counts: &[LabelCounts], averaged: f64) -> LabelAverages {
        LabelAverages {
            macro_avg: macro_average(counts, averaged),
            micro_avg: counts
                .iter()
                .fold(LabelCounts::default(), LabelCounts::pooled)
                .rates(),
            weighted_avg: weighted_average(counts),
        }
    }

    pub(super) fn push(&self, out: &mut Vec<f64>) {
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
    pub(in crate::evaluate) fn defined(self) -> Averages {
        let or_zero = |value: f64| if value.is_nan() { 0.0 } else { value };
        Averages {
            precision: or_zero(self.precision),
            recall: or_zero(self.recall),
            f1: or_zero(self.f1),
        }
    }
}

/// Returns a report for each label.
pub(in crate::evaluate) fn label_reports(
    names: &[String],
    counts: &[LabelCounts],
) -> Vec<LabelReport> {
    let labels = counts.iter().zip(names);
    labels.map(|(counts, name)| counts.report(name)).collect()
}

/// Variances of shares below this are 0 but for rounding: a sum of some thousand shares is off by
/// less.
pub(super) const ROUNDING: f64 = 1e-13;

pub(super) fn correlation(covariance: f64, variance: f64) -> f64 {
    if variance > ROUNDING * ROUNDING {
        (covariance / variance.sqrt()).clamp(-1.0, 1.0)
    } else {
        f64::NAN
    }
}

pub(super) fn divide(numerator: f64, denominator: f64) -> f64 {
    if denominator > 0.0 {
        numerator / denominator
    } else {
        f64::NAN
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
