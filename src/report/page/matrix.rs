//! True against predicted labels.

use super::view::{Block, Cell, Column, Matrix, MatrixCell, MatrixRow, Table};
use crate::evaluate::ExclusiveReport;

/// More labels than these make no matrix.
const WIDEST: usize = 24;
/// So many confusions are shown.
const CONFUSIONS: usize = 20;

/// The matrix where labels are few, and the most frequent confusions where there are any.
pub(super) fn blocks(report: &ExclusiveReport) -> Vec<Block> {
    let mut blocks = Vec::new();
    if report.labels.len() <= WIDEST {
        blocks.push(Block::Matrix(matrix(report)));
    }
    if report.labels.len() > 2 {
        blocks.extend(confusions(report).map(Block::Table));
    }
    blocks
}

fn matrix(report: &ExclusiveReport) -> Matrix {
    let row = |(at, counts): (usize, &Vec<f64>)| {
        let all: f64 = counts.iter().sum();
        let cell = |(to, &count): (usize, &f64)| MatrixCell {
            text: if count > 0.0 { super::cells::count(count) } else { "·".to_string() },
            shade: shade(if all > 0.0 { count / all } else { 0.0 }, at == to),
            right: at == to,
        };
        let cells = counts.iter().enumerate().map(cell).collect();
        MatrixRow { number: at + 1, label: report.labels[at].label.clone(), cells }
    };
    let caption =
        "Documents by true and predicted label; the darker, the larger the share of the row".to_string();
    Matrix { caption, rows: report.confusion.iter().enumerate().map(row).collect() }
}

/// Mistakes are few, so their shade grows with the root of their share.
fn shade(share: f64, right: bool) -> u32 {
    (100.0 * if right { share } else { share.sqrt() }).round() as u32
}

fn confusions(report: &ExclusiveReport) -> Option<Table> {
    let mut errors: Vec<(f64, usize, usize)> = Vec::new();
    for (truth, row) in report.confusion.iter().enumerate() {
        let wrong = row.iter().enumerate().filter(|&(said, &n)| said != truth && n > 0.0);
        errors.extend(wrong.map(|(said, &n)| (n, truth, said)));
    }
    errors.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let caption = match errors.len() {
        0 => return None,
        n if n > CONFUSIONS => format!("The {CONFUSIONS} most frequent of {n} confusions"),
        _ => "Confusions".to_string(),
    };
    let row = |&(n, truth, said): &(f64, usize, usize)| {
        let name = |label: usize| Cell::text(&report.labels[label].label);
        let share = 100.0 * n / report.labels[truth].support.max(n);
        vec![name(truth), name(said), Cell::count(n), Cell::text(format!("{share:.1} %"))]
    };
    let columns = vec![
        Column::text("true"),
        Column::text("predicted"),
        Column::number("documents"),
        Column::number("of the true label"),
    ];
    Some(Table { caption, columns, rows: errors.iter().take(CONFUSIONS).map(row).collect() })
}
