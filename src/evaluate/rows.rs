//! The metrics of a head as a JSON object: the structs are the schema.

use super::numbers::{serialize_count, serialize_settled};
use super::{
    Averages, ConfusionCell, ExclusiveReport, IndependentReport, LabelReport, Measurement,
    Measurements, Metric,
};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};

/// A JSON object of named values, in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entries<K, V>(pub(crate) Vec<(K, V)>);

impl<K, V> Entries<K, V> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<K, V> FromIterator<(K, V)> for Entries<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Entries(entries.into_iter().collect())
    }
}

impl<K: AsRef<str>, V: Serialize> Serialize for Entries<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key.as_ref(), value)?;
        }
        map.end()
    }
}

/// The metrics of a head, and further ones that were measured with intervals.
#[derive(Debug, Clone, serde::Serialize)]
#[serde(untagged)]
pub(crate) enum MetricsRow<'a> {
    Exclusive(ExclusiveRow<'a>),
    Independent(IndependentRow<'a>),
}

/// The metrics of an exclusive head.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct ExclusiveRow<'a> {
    documents: usize,
    #[serde(serialize_with = "serialize_settled")]
    accuracy: f64,
    #[serde(flatten)]
    averages: AveragesRow,
    macro_labels: usize,
    labels: Entries<&'a str, LabelRow>,
    confusion_matrix: Vec<ConfusionRow<'a>>,
}

/// The metrics of an independent head.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct IndependentRow<'a> {
    documents: usize,
    #[serde(serialize_with = "serialize_settled")]
    subset_accuracy: f64,
    #[serde(serialize_with = "serialize_settled")]
    example_based_f1: f64,
    #[serde(serialize_with = "serialize_settled")]
    example_based_f1_empty_zero: f64,
    #[serde(serialize_with = "serialize_settled")]
    hamming_loss: f64,
    #[serde(flatten)]
    averages: AveragesRow,
    macro_labels: usize,
    labels: Entries<&'a str, LabelRow>,
}

/// Averages over labels.
#[derive(Debug, Clone, serde::Serialize)]
struct AveragesRow {
    #[serde(serialize_with = "serialize_settled")]
    macro_precision: f64,
    #[serde(serialize_with = "serialize_settled")]
    macro_recall: f64,
    #[serde(serialize_with = "serialize_settled")]
    macro_f1: f64,
    #[serde(serialize_with = "serialize_settled")]
    micro_precision: f64,
    #[serde(serialize_with = "serialize_settled")]
    micro_recall: f64,
    #[serde(serialize_with = "serialize_settled")]
    micro_f1: f64,
    #[serde(serialize_with = "serialize_settled")]
    weighted_precision: f64,
    #[serde(serialize_with = "serialize_settled")]
    weighted_recall: f64,
    #[serde(serialize_with = "serialize_settled")]
    weighted_f1: f64,
}

/// The metrics of a label.
#[derive(Debug, Clone, serde::Serialize)]
struct LabelRow {
    #[serde(serialize_with = "serialize_settled")]
    precision: f64,
    #[serde(serialize_with = "serialize_settled")]
    recall: f64,
    #[serde(serialize_with = "serialize_settled")]
    f1: f64,
    #[serde(serialize_with = "serialize_count")]
    support: f64,
    /// Cells of an independent label.
    #[serde(flatten)]
    cells: Option<CellsRow>,
    #[serde(flatten)]
    measured: MeasuredRow,
}

/// The weights of the cells of an independent label.
#[derive(Debug, Clone, serde::Serialize)]
struct CellsRow {
    #[serde(serialize_with = "serialize_count")]
    true_positive: f64,
    #[serde(serialize_with = "serialize_count")]
    false_positive: f64,
    #[serde(serialize_with = "serialize_count")]
    false_negative: f64,
    #[serde(serialize_with = "serialize_count")]
    true_negative: f64,
}

/// A cell of a confusion matrix that is not empty.
#[derive(Debug, Clone, serde::Serialize)]
struct ConfusionRow<'a> {
    truth: &'a str,
    predicted: &'a str,
    #[serde(serialize_with = "serialize_count")]
    documents: f64,
}

/// Metrics that stand in no other field, null where they are not defined, and the intervals of all.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub(crate) struct MeasuredRow {
    #[serde(flatten)]
    values: Entries<&'static str, Option<f64>>,
    #[serde(skip_serializing_if = "Entries::is_empty")]
    intervals: Entries<&'static str, [f64; 2]>,
}

impl MeasuredRow {
    /// The measured metrics of the head (`None`) or of a label.
    pub(crate) fn new(measured: &Measurements, label: Option<usize>) -> MeasuredRow {
        let value = |m: &Measurement| (m.metric.name(), m.estimate.map(|estimate| estimate.value));
        let interval = |m: &Measurement| Some((m.metric.name(), m.estimate?.interval?));
        MeasuredRow {
            values: measured
                .of(label)
                .filter(|m| !has_a_field(m.metric))
                .map(value)
                .collect(),
            intervals: measured.of(label).filter_map(interval).collect(),
        }
    }
}

/// True of metrics that have a field in [`ExclusiveRow`], [`IndependentRow`] or [`LabelRow`].
fn has_a_field(metric: Metric) -> bool {
    use Metric::{
        Accuracy, ExampleF1, ExampleF1EmptyZero, F1, HammingLoss, MacroF1, MacroPrecision,
        MacroRecall, MicroF1, MicroPrecision, MicroRecall, Precision, Recall, SubsetAccuracy,
        WeightedF1, WeightedPrecision, WeightedRecall,
    };
    matches!(
        metric,
        Accuracy
            | SubsetAccuracy
            | HammingLoss
            | ExampleF1
            | ExampleF1EmptyZero
            | MacroPrecision
            | MacroRecall
            | MacroF1
            | MicroPrecision
            | MicroRecall
            | MicroF1
            | WeightedPrecision
            | WeightedRecall
            | WeightedF1
            | Precision
            | Recall
            | F1
    )
}

impl AveragesRow {
    fn new(macro_avg: &Averages, micro_avg: &Averages, weighted_avg: &Averages) -> AveragesRow {
        AveragesRow {
            macro_precision: macro_avg.precision,
            macro_recall: macro_avg.recall,
            macro_f1: macro_avg.f1,
            micro_precision: micro_avg.precision,
            micro_recall: micro_avg.recall,
            micro_f1: micro_avg.f1,
            weighted_precision: weighted_avg.precision,
            weighted_recall: weighted_avg.recall,
            weighted_f1: weighted_avg.f1,
        }
    }
}

impl LabelRow {
    fn new(report: &LabelReport, cells: Option<CellsRow>, measured: MeasuredRow) -> LabelRow {
        LabelRow {
            precision: report.precision,
            recall: report.recall,
            f1: report.f1,
            support: report.support,
            cells,
            measured,
        }
    }
}

/// Returns what was measured of a label, if something was.
fn measured_of(measured: Option<&Measurements>, label: usize) -> MeasuredRow {
    measured.map_or_else(MeasuredRow::default, |measured| {
        MeasuredRow::new(measured, Some(label))
    })
}

impl ExclusiveReport {
    /// The report as one JSON object with flat, full field names.
    ///
    /// `documents`, `accuracy`, `macro_precision` … `weighted_f1`, `macro_labels` (the number of
    /// labels in the macro averages), `labels` (by name: `precision`, `recall`, `f1`, `support`),
    /// and `confusion_matrix`: a list of the cells that are not empty, `{"truth": …, "predicted":
    /// …, "documents": …}`.
    pub fn to_json(&self) -> Value {
        json!(ExclusiveRow::new(self, None))
    }
}

impl IndependentReport {
    /// The report as one JSON object with flat, full field names.
    ///
    /// `documents`, `subset_accuracy`, `example_based_f1`, `example_based_f1_empty_zero`,
    /// `hamming_loss`, `macro_precision` … `weighted_f1`, `macro_labels` (the number of labels in
    /// the macro averages), and `labels` (by name: `precision`, `recall`, `f1`, `support`,
    /// `true_positive`, `false_positive`, `false_negative`, `true_negative`).
    pub fn to_json(&self) -> Value {
        json!(IndependentRow::new(self, None))
    }
}

impl<'a> ExclusiveRow<'a> {
    /// The row of a report, with the further metrics and the intervals of its labels where they
    /// were measured.
    pub(crate) fn new(report: &'a ExclusiveReport, measured: Option<&Measurements>) -> Self {
        let name = |label: usize| report.labels[label].label.as_str();
        let cell = |cell: &ConfusionCell| ConfusionRow {
            truth: name(cell.truth),
            predicted: name(cell.predicted),
            documents: cell.weight,
        };
        let label = |(at, label): (usize, &'a LabelReport)| {
            let row = LabelRow::new(label, None, measured_of(measured, at));
            (label.label.as_str(), row)
        };
        ExclusiveRow {
            documents: report.documents,
            accuracy: report.accuracy,
            averages: AveragesRow::new(&report.macro_avg, &report.micro_avg, &report.weighted_avg),
            macro_labels: report.macro_labels(),
            labels: report.labels.iter().enumerate().map(label).collect(),
            confusion_matrix: report.confusion.iter().map(cell).collect(),
        }
    }
}

impl<'a> IndependentRow<'a> {
    /// The row of a report, with the further metrics and the intervals of its labels where they
    /// were measured.
    pub(crate) fn new(report: &'a IndependentReport, measured: Option<&Measurements>) -> Self {
        let label = |(at, (label, cells)): (usize, (&'a LabelReport, &[[f64; 2]; 2]))| {
            let [
                [true_negative, false_positive],
                [false_negative, true_positive],
            ] = *cells;
            let cells = CellsRow {
                true_positive,
                false_positive,
                false_negative,
                true_negative,
            };
            let row = LabelRow::new(label, Some(cells), measured_of(measured, at));
            (label.label.as_str(), row)
        };
        let labels = report.labels.iter().zip(&report.confusion);
        IndependentRow {
            documents: report.documents,
            subset_accuracy: report.subset_accuracy,
            example_based_f1: report.example_f1,
            example_based_f1_empty_zero: report.example_f1_empty_zero,
            hamming_loss: report.hamming_loss,
            averages: AveragesRow::new(&report.macro_avg, &report.micro_avg, &report.weighted_avg),
            macro_labels: report.macro_labels(),
            labels: labels.enumerate().map(label).collect(),
        }
    }
}
