//! Documents drawn anew, and the intervals that follow.

pub mod bootstrap;
pub(super) mod engine;
pub(super) mod interval;
pub(super) mod measure;
pub(super) mod metric_intervals;
pub(super) mod special;
