//! Differences between the metrics and answers of an older model and of one that was made of it.

use super::{HeadEvaluation, Metrics, Model};
use crate::Result;
use crate::corpus::Corpus;

/// Change of one head from an older model to a newer one.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct HeadChange {
    /// Metrics of the old model, if it has the head.
    pub before: Option<HeadEvaluation>,
    /// Metrics of the new model.
    pub after: HeadEvaluation,
    /// Number of documents whose predicted labels changed, labelled or not.
    pub changed: usize,
}

/// Name of a metric, its value before, if there was one, and after.
pub type MetricChange = (String, Option<f64>, f64);

impl Model {
    /// Evaluates this model and an older one of which it was made on the same corpus, which must
    /// have been read with this model's [`known_labels`](Self::known_labels).
    ///
    /// # Errors
    /// As [`evaluate`](Self::evaluate).
    pub fn changes_since(&self, old: &Model, corpus: &Corpus) -> Result<Vec<HeadChange>> {
        let mut known = corpus.clone();
        known.heads.retain(|head| old.head(&head.name).is_some());
        let (before, after) = (old.evaluate(&known)?, self.evaluate(corpus)?);
        let (was, is) = (old.predict(corpus), self.predict(corpus));
        let change = |after: HeadEvaluation| {
            let places = (old.head(&after.name), self.head(&after.name));
            let changed = match places {
                (Some((old, _)), Some((new, _))) => was
                    .iter()
                    .zip(&is)
                    .filter(|(a, b)| a[old] != b[new])
                    .count(),
                _ => corpus.len(),
            };
            let before = before
                .iter()
                .find(|before| before.name == after.name)
                .cloned();
            HeadChange {
                before,
                after,
                changed,
            }
        };
        Ok(after.into_iter().map(change).collect())
    }
}

impl HeadChange {
    /// Returns the metrics of the whole head.
    pub fn overall(&self) -> Vec<MetricChange> {
        let before = self.before.as_ref().map(|before| overall(&before.metrics));
        let after = overall(&self.after.metrics).into_iter().enumerate();
        after
            .map(|(at, (name, after))| (name.to_string(), before.as_ref().map(|b| b[at].1), after))
            .collect()
    }

    /// Returns accuracy or micro-F1, and macro-F1, before and after; nothing if the old model does
    /// not have the head.
    pub(super) fn deciding(&self) -> Vec<(&'static str, f64, f64)> {
        let of = |metrics: &Metrics| match metrics {
            Metrics::Exclusive(report) => [
                ("accuracy", report.accuracy),
                ("macro_f1", report.macro_avg.f1),
            ],
            Metrics::Independent(report) => [
                ("micro_f1", report.micro_avg.f1),
                ("macro_f1", report.macro_avg.f1),
            ],
        };
        let Some(before) = &self.before else {
            return Vec::new();
        };
        let both = of(&before.metrics).into_iter().zip(of(&self.after.metrics));
        both.map(|((name, before), (_, after))| (name, before, after))
            .collect()
    }

    /// Returns the F1 of every label.
    pub fn labels(&self) -> Vec<MetricChange> {
        let f1 = |metrics: &Metrics| -> Vec<(String, f64)> {
            let labels = match metrics {
                Metrics::Exclusive(report) => &report.labels,
                Metrics::Independent(report) => &report.labels,
            };
            labels
                .iter()
                .map(|label| (label.label.clone(), label.f1))
                .collect()
        };
        let before = self
            .before
            .as_ref()
            .map_or(vec![], |before| f1(&before.metrics));
        let of = |label: &str| {
            before
                .iter()
                .find(|(name, _)| name == label)
                .map(|(_, f1)| *f1)
        };
        f1(&self.after.metrics)
            .into_iter()
            .map(|(label, f1)| (label.clone(), of(&label), f1))
            .collect()
    }
}

fn overall(metrics: &Metrics) -> Vec<(&'static str, f64)> {
    match metrics {
        Metrics::Exclusive(report) => vec![
            ("accuracy", report.accuracy),
            ("macro F1", report.macro_avg.f1),
        ],
        Metrics::Independent(report) => vec![
            ("macro F1", report.macro_avg.f1),
            ("micro F1", report.micro_avg.f1),
            ("example-based F1", report.example_f1),
        ],
    }
}
