//! True against predicted labels.

use super::view::{Matrix, MatrixCell, MatrixRow, PageBlock};
use crate::evaluate::{ConfusionCell, ExclusiveReport, LabelReport};
use crate::report::table::{Cell, Column, Table};

/// More labels than these make no matrix.
const MAX_MATRIX_LABELS: usize = 24;
/// So many confusions are shown.
const CONFUSIONS: usize = 20;

/// The matrix where labels are few, and the most frequent confusions where there are any.
pub(super) fn blocks(report: &ExclusiveReport) -> Vec<PageBlock> {
    let mut blocks = Vec::new();
    if report.labels.len() <= MAX_MATRIX_LABELS {
        blocks.push(PageBlock::Matrix(matrix(report)));
    }
    if report.labels.len() > 2 {
        blocks.extend(confusions(report).map(PageBlock::Table));
    }
    blocks
}

fn matrix(report: &ExclusiveReport) -> Matrix {
    let row = |(at, label): (usize, &LabelReport)| {
        let cell = |to: usize| {
            let count = report.confusion_weight(at, to);
            MatrixCell {
                text: if count > 0.0 {
                    crate::report::count(count)
                } else {
                    "·".to_string()
                },
                shade: shade(
                    if count > 0.0 {
                        count / label.support
                    } else {
                        0.0
                    },
                    at == to,
                ),
                right: at == to,
            }
        };
        let cells = (0..report.labels.len()).map(cell).collect();
        MatrixRow {
            number: at + 1,
            label: label.label.clone(),
            cells,
        }
    };
    let caption =
        "Documents by true and predicted label; the stronger the colour, the larger the share of the row"
            .to_string();
    Matrix {
        caption,
        rows: report.labels.iter().enumerate().map(row).collect(),
    }
}

/// Mistakes are few, so their shade grows with the root of their share.
fn shade(share: f64, right: bool) -> u32 {
    (100.0 * if right { share } else { share.sqrt() }).round() as u32
}

fn confusions(report: &ExclusiveReport) -> Option<Table> {
    let errors = report.confusions();
    let caption = match errors.len() {
        0 => return None,
        n if n > CONFUSIONS => format!("The {CONFUSIONS} most frequent of {n} confusions"),
        _ => "Confusions".to_string(),
    };
    let row = |&ConfusionCell {
                   truth,
                   predicted,
                   weight,
               }: &ConfusionCell| {
        let name = |label: usize| Cell::text(&report.labels[label].label);
        let share = 100.0 * weight / report.labels[truth].support.max(weight);
        vec![
            name(truth),
            name(predicted),
            Cell::count(weight),
            Cell::text(format!("{share:.1} %")),
        ]
    };
    let columns = vec![
        Column::text("true"),
        Column::text("predicted"),
        Column::number("documents"),
        Column::number("of the true label"),
    ];
    Some(Table {
        caption,
        columns,
        rows: errors.iter().take(CONFUSIONS).map(row).collect(),
    })
}
