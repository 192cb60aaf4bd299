//! `standpoint compare`

mod files;
mod material;
mod models;
mod ways;

use super::args::{CompareArgs, JudgingArgs};
use super::console::{Console, print};
use super::progress::Bar;
use super::report;
use standpoint::evaluate::{
    Bootstrap, ComparisonReport, Metric, SplitReport, System, compare_systems, measure,
};
use standpoint::output::Transaction;
use standpoint::report::{json, terminal};
use standpoint::{Error, Result};

/// What is trained where --models does not say.
pub const MODELS: &str = "nb,lr,svm,nbsvm";

/// Stands behind the names of models that are trained with word vectors.
pub const WITH_BACKGROUND: &str = "+background";

/// Below which corrected p-value a system counts as worse.
const LEVEL: f64 = 0.05;

pub fn run(args: CompareArgs, console: Console) -> Result<bool> {
    let judge = Judge {
        metric: metric(&args.judging.metric)?,
        bootstrap: args.intervals.bootstrap()?,
    };
    verify_power(&args, &judge.bootstrap)?;
    args.report.verify(args.force)?;
    let bar = Bar::leak(true);
    let mut outputs = Transaction::default();
    let (splits, origin) = match &args.systems.truth {
        Some(truth) => (vec![files::compare(&args, truth, &judge, bar)?], vec![]),
        None => ways::compare(&args, &judge, &mut outputs, bar)?,
    };
    bar.clear();
    args.report.write(&mut outputs, args.force, || {
        Ok(report::comparison(&args.inputs, &splits, origin))
    })?;
    outputs.commit()?;
    tell(&args.judging, &splits, console)?;
    let worse = splits
        .iter()
        .flat_map(|split| &split.heads)
        .any(|head| !head.worse(LEVEL).is_empty());
    Ok(!(args.judging.fail_if_worse && worse))
}

/// No p-value of the bootstrap is below one in so many draws, and Holm's correction multiplies the least.
fn verify_power(args: &CompareArgs, bootstrap: &Bootstrap) -> Result<()> {
    let systems = match &args.systems.truth {
        Some(_) => args.inputs.len(),
        None => models::names(args)?.len(),
    };
    let least = systems.saturating_sub(1) as f64 / (bootstrap.resamples as f64 + 1.0);
    if args.judging.fail_if_worse && (bootstrap.resamples == 0 || least >= LEVEL) {
        return Err(Error::usage(format!(
            "--fail-if-worse can find nothing with --resamples {} and {systems} systems",
            bootstrap.resamples
        ))
        .help("draw more often; the default is 1000"));
    }
    Ok(())
}

fn tell(args: &JudgingArgs, splits: &[SplitReport], console: Console) -> Result<()> {
    if console.wants_json(args.shape) {
        let mut report = serde_json::json!({ "splits": splits });
        json::whole_counts(&mut report);
        return print(format!("{report}\n").as_bytes());
    }
    console.show(&terminal::comparison(console.style(), splits))
}

/// By what and how systems are judged.
pub struct Judge {
    pub metric: Metric,
    pub bootstrap: Bootstrap,
}

impl Judge {
    /// Compares the systems of a head with the one that `--against` names.
    pub fn head(
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
                    .filter(|m| m.figure.is_some())
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

fn metric(name: &str) -> Result<Metric> {
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
