//! Results as JSON: structs whose fields are the schema, one for each kind of row.
//!
//! Every row is [`Serialize`](serde::Serialize); `serde_json::to_string` writes it. Scores are
//! written with as many digits as it takes to read the same number back, and sums of weights as
//! integers where they are whole.

mod agreement;
mod check;
mod comparison;
mod evaluation;
mod explanation;
mod predictions;
mod quantization;
mod scores;
mod verification;

pub use agreement::AgreementRow;
pub use check::CheckRow;
pub use comparison::{ChangesRow, ComparisonRow};
pub use evaluation::EvaluationRow;
pub use explanation::ExplanationRow;
pub use predictions::{PredictionRow, predictions};
pub use quantization::{QuantizationRow, QuantizedRow};
pub use scores::{ModelRow, ScoreRow};
pub use verification::VerificationRow;

pub(crate) use crate::evaluate::rows::Entries;
