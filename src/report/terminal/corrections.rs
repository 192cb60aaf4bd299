//! The contents of a store of corrections as tables.

use super::{Style, cell, count, lines, prose, title};
use crate::desk::StoreSummary;
use crate::report::counted;
use crate::report::table::Table;

/// Answers in force by head and label, and by annotator.
pub fn corrections(style: Style, found: &StoreSummary) -> String {
    let mut out = prose(
        style,
        &format!(
            "{} with answers, {} in the store, {} undone",
            counted(found.articles, "article"),
            counted(found.rows, "row"),
            found.undos
        ),
    );
    for (name, head) in &found.heads {
        let mut table = Table::default();
        table.set_columns(["label", "articles"]);
        for (label, articles) in &head.labels {
            table.add_row([cell(label), count(*articles as f64)]);
        }
        let of = counted(head.articles, "article");
        let heading = format!("head {name}: {of}, {} disputed", head.disputed);
        out += &format!("\n{}{}", title(style, &heading), lines(style, &table));
    }
    if !found.annotators.is_empty() {
        let mut table = Table::default();
        table.set_columns(["annotator", "answers"]);
        for (annotator, answers) in &found.annotators {
            table.add_row([cell(annotator), count(*answers as f64)]);
        }
        out += &format!("\n{}{}", title(style, "annotators"), lines(style, &table));
    }
    out
}
