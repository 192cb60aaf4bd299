//! What a check found, as JSON.

use crate::check::CheckReport;
use serde_json::Value;

/// A check: `{"documents":…,"parts":[…],"findings":[{"name":…,"count":…,"of":…,"value":…,"limit":…,"above":…,
/// "examples":[{"documents":[{"id":…,"place":"FILE:LINE"}]}]}],"across":[…],"leaks":[…],…,"above":…}`, where `above`
/// says whether any finding is above its limit.
pub fn check(report: &CheckReport) -> Value {
    let mut value = serde_json::to_value(report).unwrap_or_default();
    value["above"] = report.above().into();
    value
}
