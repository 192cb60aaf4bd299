//! Verification of a model file.

use super::{Style, cell, lines, strong};
use crate::report::json::VerificationRow;
use crate::report::table::Table;

/// Returns what holds of a model file.
pub fn verification(style: Style, row: &VerificationRow) -> String {
    let mut table = Table::default();
    let mut add = |name: &str, value: String| {
        table.add_row([strong(name), cell(&value)]);
    };
    add("model", row.name.clone());
    add(
        "written by",
        format!("{} (file format {})", row.version, row.format),
    );
    add("hash", row.hash.clone());
    add("data hash", row.data_hash.clone());
    add("size", format!("{} bytes", row.bytes));
    add(
        "file",
        format!("whole: {} sections with their checksums", row.sections),
    );
    match (row.agrees(), &row.difference) {
        (_, Some(difference)) => add("trained again", format!("other bytes: {difference}")),
        (Some(_), None) => add("trained again", "the same bytes".to_string()),
        _ => {}
    }
    if let Some(agrees) = row.archive_agrees {
        let bytes = if agrees {
            "the same bytes"
        } else {
            "other bytes"
        };
        add("archive", bytes.to_string());
    }
    lines(style, &table)
}
