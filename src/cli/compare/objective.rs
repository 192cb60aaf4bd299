//! The objective of a comparison: the metric, the intervals, and the system that others are compared with.

use standpoint::evaluate::{Bootstrap, ComparisonReport, Metric, System, compare_systems, measure};
use standpoint::{Error, Result};

/// The metric that systems are judged by, and how its intervals are made.
pub struct Objective {
    pub metric: Metric,
    pub bootstrap: Bootstrap,
}

impl Objective {
    /// Compares the systems of a head with the one that `--against` names.
    pub fn compare(
        &self,
        head: &str,
        systems: &[System],
        shares: &[f64],
        against: &str,
    ) -> Result<ComparisonReport> {
        let values = self.values(head, systems)?;
        let reference = match against {
            "first" => 0,
            "best" => best(&values, self.metric.greater_is_better()),
            name => systems
                .iter()
                .position(|system| system.name == name)
                .ok_or_else(|| {
                    let names: Vec<&str> =
                        systems.iter().map(|system| system.name.as_str()).collect();
                    Error::usage(format!("--against {name}: there is no such system"))
                        .help(format!("one of first, best, {}", names.join(", ")))
                })?,
        };
        let report = compare_systems(
            head,
            systems,
            reference,
            shares,
            self.metric,
            &self.bootstrap,
        );
        report.map_err(|e| Error::from(e).at(format_args!("head `{head}`")))
    }

    fn values(&self, head: &str, systems: &[System]) -> Result<Vec<f64>> {
        let value = |system: &System| {
            let measured = measure(&system.predictions, &Bootstrap::none())?;
            let undefined = || {
                let known: Vec<String> = measured
                    .of(None)
                    .filter(|m| m.estimate.is_some())
                    .map(|m| m.metric.name().replace('_', "-"))
                    .collect();
                Error::usage(format!(
                    "`{}` has no {} in head `{head}`",
                    system.name, self.metric
                ))
                .help(format!("it has {}", known.join(", ")))
            };
            Ok(measured.get(self.metric, None).ok_or_else(undefined)?.value)
        };
        systems.iter().map(value).collect()
    }
}

fn best(values: &[f64], greater: bool) -> usize {
    let better = |a: f64, b: f64| if greater { a > b } else { a < b };
    (1..values.len()).fold(0, |best, at| {
        if better(values[at], values[best]) {
            at
        } else {
            best
        }
    })
}

const METRICS: [Metric; 10] = [
    Metric::MacroF1,
    Metric::MicroF1,
    Metric::WeightedF1,
    Metric::Accuracy,
    Metric::SubsetAccuracy,
    Metric::Mcc,
    Metric::RocAuc,
    Metric::AveragePrecision,
    Metric::LogLoss,
    Metric::Brier,
];

/// Returns the metric of this name.
pub fn metric(name: &str) -> Result<Metric> {
    let spelled = |metric: &Metric| metric.name().replace('_', "-");
    METRICS
        .into_iter()
        .find(|metric| spelled(metric) == name)
        .ok_or_else(|| {
            let names: Vec<String> = METRICS.iter().map(spelled).collect();
            Error::usage(format!("unknown metric `{name}`"))
                .help(format!("one of {}", names.join(", ")))
        })
}
