//! The objective of a comparison: the metric, the intervals, and the system that others are
//! compared with.

use super::systems::{ComparisonReport, System, compare_systems};
use crate::evaluate::{Bootstrap, Metric, measure};
use crate::{Error, Result};

/// Metric that systems are judged by, and the resamples of its intervals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ComparisonObjective {
    /// Metric.
    pub metric: Metric,
    /// Resamples.
    pub bootstrap: Bootstrap,
}

impl ComparisonObjective {
    /// Compares the systems of a head with the one that `reference` names: `first`, `best` or its
    /// name. `shares` are those of the labels where the systems learnt.
    ///
    /// # Errors
    /// A usage error for a system that is not there and a metric that a system does not have, and
    /// the errors of [`compare_systems`].
    pub fn compare(
        &self,
        head: &str,
        systems: &[System],
        shares: &[f64],
        reference: &str,
    ) -> Result<ComparisonReport> {
        let values = self.values(head, systems)?;
        let at = match reference {
            "first" => 0,
            "best" => best(&values, self.metric.greater_is_better()),
            name => systems
                .iter()
                .position(|system| system.name == name)
                .ok_or_else(|| {
                    let names: Vec<&str> =
                        systems.iter().map(|system| system.name.as_str()).collect();
                    Error::usage(format!("reference `{name}`: there is no such system"))
                        .help(format!("one of first, best, {}", names.join(", ")))
                })?,
        };
        let report = compare_systems(head, systems, at, shares, self.metric, &self.bootstrap);
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
