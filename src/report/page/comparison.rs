//! A comparison of several systems as a page.

use super::evaluation::intervals;
use super::view::{Block, Cell, Column, Fact, Page, Section, Table};
use crate::evaluate::{Bootstrap, Comparison, Measurements, Metric};

/// What the page of a comparison shows.
#[derive(Debug, Clone, Default)]
pub struct ComparisonResult {
    /// The heading.
    pub title: String,
    /// What stands under it.
    pub facts: Vec<Fact>,
    /// The heads.
    pub heads: Vec<ComparedHead>,
    /// What is no matter of one head, such as times, sizes and splits.
    pub more: Vec<Section>,
    /// Where the results come from.
    pub origin: Vec<Fact>,
}

/// The systems' answers to one head.
#[derive(Debug, Clone)]
pub struct ComparedHead {
    /// The head's name.
    pub name: String,
    /// The systems and baselines, with their metrics.
    pub systems: Vec<System>,
    /// Every two systems that were held against each other.
    pub pairs: Vec<Pair>,
    /// How intervals were made.
    pub bootstrap: Bootstrap,
    /// Further tables.
    pub more: Vec<Block>,
}

/// One system.
#[derive(Debug, Clone)]
pub struct System {
    /// Its name.
    pub name: String,
    /// Its metrics.
    pub measured: Measurements,
}

/// Two systems on the same documents.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The name of the first.
    pub first: String,
    /// The name of the second.
    pub second: String,
    /// How they differ; only what stands here is shown.
    pub comparison: Comparison,
    /// The p-value of each difference, corrected for the number of tests.
    pub corrected: Vec<Option<f64>>,
    /// The p-value of each of McNemar's tests, corrected for the number of tests.
    pub corrected_mcnemar: Vec<Option<f64>>,
}

/// More labels than these times systems are too many for a table.
const MOST_LABELS: usize = 200;

/// The page.
pub fn page(result: &ComparisonResult) -> Page {
    let section =
        |head: &ComparedHead| Section { title: format!("Head {}", head.name), blocks: blocks(head) };
    let mut sections: Vec<Section> = result.heads.iter().map(section).collect();
    sections.extend(result.more.iter().cloned());
    Page { title: result.title.clone(), facts: result.facts.clone(), sections, origin: result.origin.clone() }
}

fn blocks(head: &ComparedHead) -> Vec<Block> {
    let mut blocks = Vec::new();
    if let Some(system) = head.systems.first() {
        let counted = format!("{} documents.", system.measured.documents);
        let text = format!("{counted} {}", intervals(&head.bootstrap, &system.measured));
        blocks.push(Block::Text { text });
    }
    blocks.push(Block::Table(metrics(head)));
    if !head.pairs.is_empty() {
        blocks.push(Block::Table(differences(head)));
        blocks.push(Block::Table(mcnemar(head)));
    }
    blocks.extend(of_labels(head).map(Block::Table));
    blocks.extend(head.more.iter().cloned());
    blocks
}

/// The metrics that a comparison is read for, best known first.
const SHOWN: [Metric; 8] = [
    Metric::MacroF1,
    Metric::MicroF1,
    Metric::Accuracy,
    Metric::SubsetAccuracy,
    Metric::Mcc,
    Metric::RocAuc,
    Metric::Brier,
    Metric::Ece,
];

fn metrics(head: &ComparedHead) -> Table {
    let has =
        |metric: &&Metric| head.systems.iter().any(|system| system.measured.get(**metric, None).is_some());
    let shown: Vec<Metric> = SHOWN.iter().filter(has).copied().collect();
    let row = |system: &System| {
        let figure = |(at, &metric): (usize, &Metric)| {
            let figure = system.measured.get(metric, None);
            if at == 0 { Cell::barred(figure) } else { Cell::figure(figure) }
        };
        std::iter::once(Cell::text(&system.name)).chain(shown.iter().enumerate().map(figure)).collect()
    };
    let title = |metric: &Metric| {
        let less = if metric.greater_is_better() { "" } else { " (less is better)" };
        Column::number(format!("{}{less}", metric.title()))
    };
    let columns = std::iter::once(Column::text("system")).chain(shown.iter().map(title)).collect();
    Table {
        caption: "Systems and baselines".to_string(),
        columns,
        rows: head.systems.iter().map(row).collect(),
    }
}

fn label_name(comparison: &Comparison, label: Option<usize>) -> Cell {
    Cell::text(label.and_then(|at| comparison.labels.get(at)).map_or("all", String::as_str))
}

fn differences(head: &ComparedHead) -> Table {
    let rows = head.pairs.iter().flat_map(|pair| {
        let corrected = pair.corrected.iter().copied().chain(std::iter::repeat(None));
        pair.comparison.differences.iter().zip(corrected).map(|(difference, corrected)| {
            vec![
                Cell::text(format!("{} − {}", pair.first, pair.second)),
                label_name(&pair.comparison, difference.label),
                Cell::text(difference.metric.title()),
                Cell::number(difference.first),
                Cell::number(difference.second),
                Cell::figure(Some(difference.difference)),
                Cell::p_value(difference.p),
                Cell::p_value(corrected),
                Cell::optional(difference.detectable),
            ]
        })
    });
    let columns = [
        Column::text("systems"),
        Column::text("label"),
        Column::text("metric"),
        Column::number("first"),
        Column::number("second"),
        Column::number("difference"),
        Column::number("p (paired bootstrap)"),
        Column::number("p (Holm)"),
        Column::number("detectable"),
    ];
    let caption =
        "Paired differences; detectable is the smallest true difference this test finds in 4 of 5 cases";
    Table { caption: caption.to_string(), columns: columns.to_vec(), rows: rows.collect() }
}

fn mcnemar(head: &ComparedHead) -> Table {
    let rows = head.pairs.iter().flat_map(|pair| {
        let corrected = pair.corrected_mcnemar.iter().copied().chain(std::iter::repeat(None));
        pair.comparison.mcnemar.iter().zip(corrected).map(|(test, corrected)| {
            vec![
                Cell::text(format!("{} − {}", pair.first, pair.second)),
                label_name(&pair.comparison, test.label),
                Cell::text(test.only_first),
                Cell::text(test.only_second),
                Cell::number(test.difference()),
                Cell::p_value(Some(test.p)),
                Cell::p_value(corrected),
                Cell::optional(test.detectable),
            ]
        })
    });
    let columns = [
        Column::text("systems"),
        Column::text("label"),
        Column::number("only the first is right"),
        Column::number("only the second is right"),
        Column::number("difference"),
        Column::number("p (McNemar, exact)"),
        Column::number("p (Holm)"),
        Column::number("detectable"),
    ];
    let caption = "Documents that one system has right and the other wrong".to_string();
    Table { caption, columns: columns.to_vec(), rows: rows.collect() }
}

/// The F1 of every label by every system.
fn of_labels(head: &ComparedHead) -> Option<Table> {
    let labels = &head.systems.first()?.measured.labels;
    if labels.len() > MOST_LABELS {
        return None;
    }
    let row = |(at, label): (usize, &String)| {
        let f1 = |system: &System| Cell::figure(system.measured.get(Metric::F1, Some(at)));
        std::iter::once(Cell::text(label)).chain(head.systems.iter().map(f1)).collect()
    };
    let names = head.systems.iter().map(|system| Column::number(&system.name));
    Some(Table {
        caption: "F1 of labels".to_string(),
        columns: std::iter::once(Column::text("label")).chain(names).collect(),
        rows: labels.iter().enumerate().map(row).collect(),
    })
}
