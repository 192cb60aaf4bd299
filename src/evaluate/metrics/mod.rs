//! Metrics of one head, from its predictions and the weights of its documents.

pub(super) mod abstention;
pub(super) mod calibration_gaps;
pub(super) mod counts;
pub mod curves;
pub mod exclusive;
pub mod independent;
pub(super) mod metric;
pub(super) mod scored;
pub(super) mod units;

pub use exclusive::exclusive;
pub use independent::independent;
