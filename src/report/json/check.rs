//! Findings of a check.

use crate::check::CheckReport;
use serde::Serialize;

/// A check:
/// `{"documents":…,"parts":[…],"findings":[{"name":…,"count":…,"of":…,"value":…,"limit":…,"above":…,
/// "examples":[{"documents":[{"id":…,"place":"FILE:LINE"}]}]}],"across":[…],"leaks":[…],…,"above":…}`.
#[derive(Debug, Clone, Serialize)]
pub struct CheckRow<'a> {
    #[serde(flatten)]
    report: &'a CheckReport,
    /// True if any finding is above its limit.
    above: bool,
}

impl<'a> CheckRow<'a> {
    /// The row of a report.
    pub fn new(report: &'a CheckReport) -> CheckRow<'a> {
        CheckRow {
            report,
            above: report.above(),
        }
    }
}
