//! Several systems on the same documents, each against one of them, with baselines beside them.
//!
//! Of many tests, some are significant by chance. So p-values are corrected by
//! [`holm`] within each family of like questions: of the head, one test a system; of
//! the labels, one test for each system and label. The reference and the baselines are not tested.
//! Labels are tested by McNemar's exact test alone.

use crate::evaluate::{
    Bootstrap, Comparison, EvaluateError, Measurements, Metric, Outcomes, Predictions, baseline,
    compare, holm, measure,
};
use serde::Serialize;

/// One system's answers.
#[derive(Debug, Clone, PartialEq)]
pub struct System {
    /// Its name.
    pub name: String,
    /// Its predictions.
    pub predictions: Predictions,
    /// Its times and sizes, where they are known.
    pub resources: Option<ResourceUse>,
}

/// Times and sizes of a system. Times are those of a clock on the wall, so they differ from run to
/// run.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct ResourceUse {
    /// The number of trainings: one, or one for each fold.
    pub trainings: usize,
    /// The mean time of a training, in seconds.
    pub training_seconds: f64,
    /// Documents scored in a second, on all threads.
    pub documents_per_second: f64,
    /// Megabytes (10⁶ bytes) of text scored in a second, on all threads.
    pub megabytes_per_second: f64,
    /// Half of the articles took no longer, in milliseconds, one after the other on one thread.
    pub p50_milliseconds: f64,
    /// 99 in 100 articles took no longer.
    pub p99_milliseconds: f64,
    /// The mean size of the model's file, in bytes.
    pub model_bytes: f64,
    /// The most memory that the whole process held from the beginning of the first training to the
    /// end of the last scoring, in bytes: the corpus is part of it, and what earlier systems left
    /// with the allocator. `None` where the operating system does not tell.
    pub peak_bytes: Option<u64>,
}

/// Systems beside each other on one head.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ComparisonReport {
    /// The head.
    pub head: String,
    /// The names of its labels.
    pub labels: Vec<String>,
    /// The number of documents that count.
    pub documents: usize,
    /// The parameters of intervals and tests.
    pub bootstrap: Bootstrap,
    /// The metric that the head is judged by.
    pub metric: Metric,
    /// The number of the system that the others are compared with.
    pub reference: usize,
    /// The systems in order, then the baselines.
    pub systems: Vec<SystemReport>,
}

/// One system.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SystemReport {
    /// Its name.
    pub name: String,
    /// True of a baseline, which has read no text.
    pub baseline: bool,
    /// All its metrics.
    pub measured: Measurements,
    /// The names of labels that are true of a document and predicted for none.
    pub never_predicted: Vec<String>,
    /// The remedy for labels that are never predicted, in the words of the surface that trained the
    /// system; `None` as long as nobody sets it.
    pub remedy: Option<String>,
    /// The difference from the reference; `None` for the reference.
    pub against: Option<AgainstReference>,
    /// Its times and sizes.
    #[serde(rename = "costs")]
    pub resources: Option<ResourceUse>,
}

/// A system less the reference.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AgainstReference {
    /// Differences with intervals and tests; the first system is this one, the second the
    /// reference.
    pub comparison: Comparison,
    /// CorrectedP p-values, of the head (`None`) by the report's metric and of each label by F1;
    /// empty for baselines.
    pub corrected: Vec<CorrectedP>,
}

/// p-values after the correction for many tests.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CorrectedP {
    /// The number of the label; `None` for the head.
    pub label: Option<usize>,
    /// Of the paired bootstrap on the report's metric, for the head; `None` for a label, without
    /// resamples, or where the metric is not defined.
    pub bootstrap: Option<f64>,
    /// True if `bootstrap` is an upper bound, because no resample was as far from the difference.
    pub bootstrap_is_bound: bool,
    /// Of the exact test of right answers: [`McNemar`](crate::evaluate::McNemar).
    pub mcnemar: f64,
}

/// Compares systems with `systems[reference]`, and adds a majority and a stratified-random baseline
/// that know how frequent each label is where the systems learnt (`shares`; see [`baseline`]).
///
/// # Errors
/// Those of [`compare`] and [`Predictions::check`]; [`EvaluateError::NoDocuments`]
/// without a system.
pub fn compare_systems(
    head: &str,
    systems: &[System],
    reference: usize,
    shares: &[f64],
    metric: Metric,
    bootstrap: &Bootstrap,
) -> Result<ComparisonReport, EvaluateError> {
    let against = systems.get(reference).ok_or(EvaluateError::NoDocuments)?;
    let baselines = baselines(&against.predictions, shares, bootstrap.seed)?;
    let report = |(at, system): (usize, &System)| {
        let same = at == reference;
        let compared = (!same)
            .then(|| compare(&system.predictions, &against.predictions, bootstrap))
            .transpose()?;
        Ok(SystemReport {
            name: system.name.clone(),
            baseline: at >= systems.len(),
            measured: measure(&system.predictions, bootstrap)?,
            never_predicted: never_predicted(&system.predictions)?,
            remedy: None,
            against: compared.map(|comparison| AgainstReference {
                comparison,
                corrected: Vec::new(),
            }),
            resources: system.resources,
        })
    };
    let all: Result<Vec<_>, EvaluateError> = systems
        .iter()
        .chain(&baselines)
        .enumerate()
        .map(report)
        .collect();
    let mut all = all?;
    correct(&mut all[..systems.len()], metric);
    Ok(ComparisonReport {
        head: head.to_string(),
        labels: against.predictions.labels.clone(),
        documents: all[reference].measured.documents,
        bootstrap: *bootstrap,
        metric,
        reference,
        systems: all,
    })
}

fn never_predicted(predictions: &Predictions) -> Result<Vec<String>, EvaluateError> {
    let rows = predictions.check()?;
    let is_true = |label| {
        let mut truth = rows.iter().map(|&row| predictions.truth(row, label));
        truth.any(|truth| truth == Some(true))
    };
    let is_predicted = |label| rows.iter().any(|&row| predictions.predicted(row, label));
    let labels = predictions.labels.iter().enumerate();
    Ok(labels
        .filter(|&(label, _)| is_true(label) && !is_predicted(label))
        .map(|(_, name)| name.clone())
        .collect())
}

fn baselines(test: &Predictions, shares: &[f64], seed: u64) -> Result<[System; 2], EvaluateError> {
    let system = |name: &str, predictions| System {
        name: name.to_string(),
        predictions,
        resources: None,
    };
    Ok([
        system("majority", baseline::majority(test, shares)?),
        system(
            "stratified random",
            baseline::stratified_random(test, shares, seed)?,
        ),
    ])
}

/// Corrects the tests of the head among the systems, and those of the labels among systems and
/// labels.
///
/// Labels have the exact test alone. Resamples tell no p-value less than one in their number, which
/// a correction for many labels lifts above any level, and of a label of few documents they tell
/// too little.
fn correct(systems: &mut [SystemReport], metric: Metric) {
    let mut raw: Vec<(usize, CorrectedP)> = Vec::new();
    for (at, system) in systems.iter().enumerate() {
        let Some(AgainstReference { comparison, .. }) = &system.against else {
            continue;
        };
        let of_head = comparison.get(metric, None);
        let test = |m: &crate::evaluate::McNemar| {
            let found = of_head.filter(|_| m.label.is_none());
            let bootstrap_is_bound = found.is_some_and(|found| found.p_is_bound);
            let bootstrap = found.and_then(|found| found.p);
            (
                at,
                CorrectedP {
                    label: m.label,
                    bootstrap,
                    bootstrap_is_bound,
                    mcnemar: m.p,
                },
            )
        };
        raw.extend(comparison.mcnemar.iter().map(test));
    }
    for of_head in [true, false] {
        let mut family: Vec<&mut CorrectedP> = raw
            .iter_mut()
            .map(|(_, test)| test)
            .filter(|test| test.label.is_none() == of_head)
            .collect();
        let corrected = holm(&family.iter().map(|test| test.mcnemar).collect::<Vec<_>>());
        family
            .iter_mut()
            .zip(corrected)
            .for_each(|(test, p)| test.mcnemar = p);
        family.retain(|test| test.bootstrap.is_some());
        let raw: Vec<f64> = family.iter().filter_map(|test| test.bootstrap).collect();
        let corrected = holm(&raw);
        // What is lifted to the bound of another is a bound, too.
        let bounds: Vec<f64> = family
            .iter()
            .zip(&corrected)
            .filter_map(|(test, p)| test.bootstrap_is_bound.then_some(*p))
            .collect();
        for (test, p) in family.iter_mut().zip(corrected) {
            test.bootstrap = Some(p);
            test.bootstrap_is_bound |= p < 1.0 && bounds.contains(&p);
        }
    }
    for (at, test) in raw {
        if let Some(against) = &mut systems[at].against {
            against.corrected.push(test);
        }
    }
}

impl SystemReport {
    /// The corrected p-value of a label's answers against those of the reference; `None` for the
    /// reference and baselines.
    pub(crate) fn p_of_label(&self, label: usize) -> Option<f64> {
        let corrected = &self.against.as_ref()?.corrected;
        corrected
            .iter()
            .find(|test| test.label == Some(label))
            .map(|test| test.mcnemar)
    }

    /// True if the predictions of a label differ from those of the reference, at a level after the
    /// correction.
    pub fn differs(&self, label: usize, level: f64) -> bool {
        self.p_of_label(label).is_some_and(|p| p < level)
    }
}

impl ComparisonReport {
    /// The numbers of the systems that are worse than the reference by the report's metric, with a
    /// corrected p-value of the paired bootstrap below `level`.
    pub fn worse(&self, level: f64) -> Vec<usize> {
        let worse = |system: &SystemReport| {
            let against = system.against.as_ref().filter(|_| !system.baseline);
            let Some(AgainstReference {
                comparison,
                corrected,
            }) = against
            else {
                return false;
            };
            let found = comparison.get(self.metric, None);
            let sign = if self.metric.greater_is_better() {
                1.0
            } else {
                -1.0
            };
            let less = found.is_some_and(|found| sign * found.difference.value < 0.0);
            let p = corrected
                .iter()
                .find(|test| test.label.is_none())
                .and_then(|test| test.bootstrap);
            less && p.is_some_and(|p| p < level)
        };
        (0..self.systems.len())
            .filter(|&at| worse(&self.systems[at]))
            .collect()
    }
}

impl Predictions {
    /// The documents of `rows`, in that order.
    ///
    /// # Panics
    /// If a row is not less than [`documents`](Self::documents).
    pub fn select(&self, rows: &[usize]) -> Predictions {
        let width = self.labels.len();
        let cells = |row: &usize| row * width..(row + 1) * width;
        Predictions {
            labels: self.labels.clone(),
            outcomes: match &self.outcomes {
                Outcomes::Exclusive { truth, predicted } => Outcomes::Exclusive {
                    truth: rows.iter().map(|&row| truth[row]).collect(),
                    predicted: rows.iter().map(|&row| predicted[row]).collect(),
                },
                Outcomes::Independent { truth, predicted } => Outcomes::Independent {
                    truth: rows
                        .iter()
                        .flat_map(|row| &truth[cells(row)])
                        .copied()
                        .collect(),
                    predicted: rows
                        .iter()
                        .flat_map(|row| &predicted[cells(row)])
                        .copied()
                        .collect(),
                },
            },
            scores: self
                .scores
                .as_ref()
                .map(|table| crate::evaluate::ScoreTable {
                    values: rows
                        .iter()
                        .flat_map(|row| &table.values[cells(row)])
                        .copied()
                        .collect(),
                    probabilities: table.probabilities,
                }),
            weights: self
                .weights
                .as_ref()
                .map(|weights| rows.iter().map(|&row| weights[row]).collect()),
            groups: self
                .groups
                .as_ref()
                .map(|groups| rows.iter().map(|&row| groups[row]).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system(name: &str, predicted: Vec<u32>) -> System {
        let truth = (0..predicted.len() as u32).map(|row| row % 2).collect();
        let labels = vec!["a".to_string(), "b".to_string()];
        System {
            name: name.to_string(),
            predictions: Predictions::exclusive(labels, truth, predicted),
            resources: None,
        }
    }

    /// Right but for every `wrong`-th document.
    fn right_but(name: &str, wrong: u32) -> System {
        system(
            name,
            (0..200)
                .map(|row| {
                    if row % wrong == 0 {
                        1 - row % 2
                    } else {
                        row % 2
                    }
                })
                .collect(),
        )
    }

    #[test]
    fn a_worse_system_is_told_from_an_equal_one() {
        let systems = [
            right_but("good", 20),
            right_but("same", 20),
            right_but("bad", 3),
        ];
        let bootstrap = Bootstrap {
            resamples: 300,
            ..Bootstrap::default()
        };
        let report = compare_systems(
            "topic",
            &systems,
            0,
            &[0.5, 0.5],
            Metric::MacroF1,
            &bootstrap,
        )
        .unwrap();
        assert_eq!(report.worse(0.05), [2]);
        let names: Vec<&str> = report
            .systems
            .iter()
            .map(|system| system.name.as_str())
            .collect();
        assert_eq!(
            names,
            ["good", "same", "bad", "majority", "stratified random"]
        );
        let corrected = &report.systems[2].against.as_ref().unwrap().corrected;
        let raw = report.systems[2]
            .against
            .as_ref()
            .unwrap()
            .comparison
            .mcnemar[0]
            .p;
        assert_eq!(corrected.len(), 3);
        assert!(
            (corrected[0].mcnemar - 2.0 * raw).abs() < 1e-12,
            "two systems were tested"
        );
        assert!(
            report.systems[0].against.is_none()
                && report.systems[3]
                    .against
                    .as_ref()
                    .unwrap()
                    .corrected
                    .is_empty()
        );
    }

    #[test]
    fn rows_are_selected() {
        let picked = right_but("good", 4)
            .predictions
            .with_weights((0..200).map(f64::from).collect())
            .select(&[5, 0]);
        assert_eq!(
            picked.outcomes,
            Outcomes::Exclusive {
                truth: vec![1, 0],
                predicted: vec![1, 1]
            }
        );
        assert_eq!(picked.weights, Some(vec![5.0, 0.0]));
    }
}
