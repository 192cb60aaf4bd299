//! The metrics by name.

use crate::Error;
use serde::{Serialize, Serializer};
use std::fmt;

/// A metric of a head, or of one of its labels.
///
/// A metric of the same name may exist of a head and of each label: Matthews correlation, Brier
/// score, log loss, calibration error, ROC-AUC and average precision. Of the head, ROC-AUC and
/// average precision are means over labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Metric {
    /// The share of documents with the right label (exclusive heads).
    Accuracy,
    /// The share of documents with exactly the right labels (independent heads).
    SubsetAccuracy,
    /// The share of known cells that are wrong (independent heads).
    HammingLoss,
    /// The mean of the documents' F1, a document rightly left empty counting 1.
    ExampleF1,
    /// As [`ExampleF1`](Metric::ExampleF1), such a document counting 0.
    ExampleF1EmptyZero,
    /// The F1 of the documents' mean precision and mean recall.
    ExampleF1OfMeans,
    /// The mean of the labels' precision.
    MacroPrecision,
    /// The mean of the labels' recall.
    MacroRecall,
    /// The mean of the labels' F1.
    MacroF1,
    /// Precision of all labels' pooled counts.
    MicroPrecision,
    /// Recall of all labels' pooled counts.
    MicroRecall,
    /// F1 of all labels' pooled counts.
    MicroF1,
    /// The labels' precision, weighted by support.
    WeightedPrecision,
    /// The labels' recall, weighted by support.
    WeightedRecall,
    /// The labels' F1, weighted by support.
    WeightedF1,
    /// Precision of a label.
    Precision,
    /// Recall of a label.
    Recall,
    /// F1 of a label.
    F1,
    /// Matthews correlation.
    Mcc,
    /// Cohen's kappa of truth and predictions (exclusive heads).
    Kappa,
    /// Brier score.
    Brier,
    /// Log loss, in nats.
    LogLoss,
    /// Expected calibration error over 15 bins of equal width.
    Ece,
    /// Area under the ROC curve.
    RocAuc,
    /// Average precision.
    AveragePrecision,
}

impl Metric {
    /// All metrics.
    pub const ALL: [Metric; 25] = [
        Metric::Accuracy,
        Metric::SubsetAccuracy,
        Metric::HammingLoss,
        Metric::ExampleF1,
        Metric::ExampleF1EmptyZero,
        Metric::ExampleF1OfMeans,
        Metric::MacroPrecision,
        Metric::MacroRecall,
        Metric::MacroF1,
        Metric::MicroPrecision,
        Metric::MicroRecall,
        Metric::MicroF1,
        Metric::WeightedPrecision,
        Metric::WeightedRecall,
        Metric::WeightedF1,
        Metric::Precision,
        Metric::Recall,
        Metric::F1,
        Metric::Mcc,
        Metric::Kappa,
        Metric::Brier,
        Metric::LogLoss,
        Metric::Ece,
        Metric::RocAuc,
        Metric::AveragePrecision,
    ];

    /// The name in JSON: `macro_f1`.
    pub fn name(self) -> &'static str {
        self.names().0
    }

    /// The name for people: `macro F1`.
    pub fn title(self) -> &'static str {
        self.names().1
    }

    /// True if a greater value is a better one; of losses and errors a smaller one is.
    pub fn greater_is_better(self) -> bool {
        !matches!(
            self,
            Metric::HammingLoss | Metric::Brier | Metric::LogLoss | Metric::Ece
        )
    }

    /// True of metrics of scores, and not of predicted labels alone.
    pub(in crate::evaluate) fn is_of_scores(self) -> bool {
        use Metric::{AveragePrecision, Brier, Ece, LogLoss, RocAuc};
        matches!(self, RocAuc | AveragePrecision | Brier | LogLoss | Ece)
    }

    /// The value where there is nothing to divide by; `None` where there is none.
    pub(in crate::evaluate) fn when_undefined(self) -> Option<f64> {
        match self {
            Metric::RocAuc | Metric::AveragePrecision | Metric::Kappa => None,
            Metric::Brier | Metric::LogLoss | Metric::Ece => None,
            _ => Some(0.0),
        }
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Metric::Accuracy => ("accuracy", "accuracy"),
            Metric::SubsetAccuracy => ("subset_accuracy", "subset accuracy"),
            Metric::HammingLoss => ("hamming_loss", "Hamming loss"),
            Metric::ExampleF1 => ("example_based_f1", "example-based F1"),
            Metric::ExampleF1EmptyZero => {
                ("example_based_f1_empty_zero", "example-based F1, empty = 0")
            }
            Metric::ExampleF1OfMeans => ("example_based_f1_of_means", "example-based F1 of means"),
            Metric::MacroPrecision => ("macro_precision", "macro precision"),
            Metric::MacroRecall => ("macro_recall", "macro recall"),
            Metric::MacroF1 => ("macro_f1", "macro F1"),
            Metric::MicroPrecision => ("micro_precision", "micro precision"),
            Metric::MicroRecall => ("micro_recall", "micro recall"),
            Metric::MicroF1 => ("micro_f1", "micro F1"),
            Metric::WeightedPrecision => ("weighted_precision", "weighted precision"),
            Metric::WeightedRecall => ("weighted_recall", "weighted recall"),
            Metric::WeightedF1 => ("weighted_f1", "weighted F1"),
            Metric::Precision => ("precision", "precision"),
            Metric::Recall => ("recall", "recall"),
            Metric::F1 => ("f1", "F1"),
            Metric::Mcc => ("mcc", "Matthews correlation"),
            Metric::Kappa => ("kappa", "Cohen's kappa"),
            Metric::Brier => ("brier", "Brier score"),
            Metric::LogLoss => ("log_loss", "log loss"),
            Metric::Ece => ("ece", "calibration error"),
            Metric::RocAuc => ("roc_auc", "ROC-AUC"),
            Metric::AveragePrecision => ("average_precision", "average precision"),
        }
    }
}

impl std::str::FromStr for Metric {
    type Err = Error;

    /// Reads the name in JSON, with `_` or `-`.
    fn from_str(name: &str) -> crate::Result<Self> {
        let wanted = name.replace('-', "_");
        let found = Metric::ALL
            .into_iter()
            .find(|metric| metric.name() == wanted);
        found.ok_or_else(|| {
            let names = Metric::ALL.map(Metric::name).join(", ");
            Error::usage(format!("unknown metric `{name}`")).help(format!("one of {names}"))
        })
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

impl Serialize for Metric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
