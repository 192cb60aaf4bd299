//! A comparison of several systems as a page.

use super::evaluation::intervals;
use super::view::{Page, PageBlock, PageSection, Property};
use crate::evaluate::{
    AgainstReference, ComparisonReport, Difference, Metric, ResourceUse, SplitGap, SplitReport,
    SystemReport,
};
use crate::report::notes;
use crate::report::numbers::{counted, p_value};
use crate::report::table::{Cell, Column, Table};

/// The content of the page of a comparison.
#[derive(Debug, Clone)]
pub struct Comparisons<'a> {
    /// The heading.
    pub title: String,
    /// The properties under the heading.
    pub properties: Vec<Property>,
    /// Every way of parting the corpus, with its systems.
    pub splits: &'a [SplitReport],
    /// The origin of the results.
    pub origin: Vec<Property>,
}

/// Below which corrected p-value a label is marked.
const LEVEL: f64 = 0.05;

/// The metrics that a comparison is read for, beside the one that it is made by.
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

/// The page.
pub fn page(comparisons: &Comparisons<'_>) -> Page {
    let mut sections = Vec::new();
    if comparisons.splits.len() > 1 {
        sections.push(PageSection {
            title: "Splits side by side".to_string(),
            blocks: side_by_side(comparisons),
        });
    }
    for split in comparisons.splits {
        sections.extend(split.heads.iter().map(|head| section(split, head)));
    }
    Page {
        title: comparisons.title.clone(),
        properties: comparisons.properties.clone(),
        sections,
        origin: comparisons.origin.clone(),
    }
}

fn section(split: &SplitReport, head: &ComparisonReport) -> PageSection {
    let title = format!("Head {}, split {}", head.head, split.split);
    let learnt = if split.learnt > 0.0 {
        format!(" {:.0} documents to learn from;", split.learnt)
    } else {
        String::new()
    };
    let how = head
        .systems
        .first()
        .map(|system| intervals(&head.bootstrap, &system.measured));
    let text = format!(
        "{}.{learnt} {} to judge by. {}",
        split.description,
        counted(head.documents, "document"),
        how.unwrap_or_default()
    );
    let mut blocks = vec![PageBlock::Text { text }, PageBlock::Table(metrics(head))];
    let notes = notes::never_predicted(head).into_iter();
    blocks.extend(notes.map(|note| PageBlock::Text {
        text: format!("{note}."),
    }));
    blocks.push(PageBlock::Table(differences(head)));
    blocks.push(PageBlock::Table(of_labels(head)));
    blocks.extend(costs(head).map(PageBlock::Table));
    PageSection { title, blocks }
}

fn name(system: &SystemReport) -> Cell {
    Cell::text(if system.baseline {
        format!("{} (baseline)", system.name)
    } else {
        system.name.clone()
    })
}

fn column(metric: Metric) -> Column {
    let less = if metric.greater_is_better() {
        ""
    } else {
        " (less is better)"
    };
    Column::number(format!("{}{less}", metric.title()))
}

fn table(caption: &str, first: &str, others: Vec<Column>, rows: Vec<Vec<Cell>>) -> Table {
    let columns = std::iter::once(Column::text(first)).chain(others).collect();
    Table {
        caption: caption.to_string(),
        columns,
        rows,
    }
}

fn metrics(head: &ComparisonReport) -> Table {
    let has = |metric: &Metric| {
        head.systems
            .iter()
            .any(|s| s.measured.get(*metric, None).is_some())
    };
    let others = SHOWN
        .into_iter()
        .filter(|metric| *metric != head.metric && has(metric));
    let shown: Vec<Metric> = std::iter::once(head.metric).chain(others).collect();
    // A loss has no end that a bar could be held against.
    let barred = |metric: Metric| metric == head.metric && metric != Metric::LogLoss;
    let row = |system: &SystemReport| {
        let cell = |&metric: &Metric| {
            let estimate = system.measured.get(metric, None);
            if barred(metric) {
                Cell::barred(estimate)
            } else {
                Cell::estimate(estimate)
            }
        };
        std::iter::once(name(system))
            .chain(shown.iter().map(cell))
            .collect()
    };
    let columns = shown.iter().map(|&metric| column(metric)).collect();
    table(
        "Systems and baselines",
        "system",
        columns,
        head.systems.iter().map(row).collect(),
    )
}

fn differences(head: &ComparisonReport) -> Table {
    let reference = head
        .systems
        .get(head.reference)
        .map_or("", |system| system.name.as_str());
    let row = |system: &SystemReport| {
        let against = system.against.as_ref()?;
        let found = against.comparison.get(head.metric, None);
        Some(
            std::iter::once(name(system))
                .chain(tests(against, found))
                .collect(),
        )
    };
    let columns = [
        "difference",
        "p, paired bootstrap",
        "after Holm",
        "detectable",
        "only this one is right",
        "only the other is right",
        "p, McNemar",
        "after Holm",
    ];
    let caption = format!(
        "{} less that of {reference}, on the same documents; detectable is the smallest true difference found in 4 tests of 5",
        head.metric.title()
    );
    table(
        &caption,
        "system",
        columns.map(Column::number).to_vec(),
        head.systems.iter().filter_map(row).collect(),
    )
}

fn tests(against: &AgainstReference, found: Option<&Difference>) -> [Cell; 8] {
    let corrected = against.corrected.iter().find(|test| test.label.is_none());
    let mcnemar = against
        .comparison
        .mcnemar
        .iter()
        .find(|test| test.label.is_none());
    let count = |n: Option<usize>| n.map_or_else(|| Cell::text("–"), Cell::text);
    [
        Cell::estimate(found.map(|found| found.difference)),
        Cell::bounded_p_value(
            found.and_then(|found| found.p),
            found.is_some_and(|found| found.p_is_bound),
        ),
        Cell::bounded_p_value(
            corrected.and_then(|test| test.bootstrap),
            corrected.is_some_and(|test| test.bootstrap_is_bound),
        ),
        Cell::optional(found.and_then(|found| found.detectable)),
        count(mcnemar.map(|test| test.only_first)),
        count(mcnemar.map(|test| test.only_second)),
        Cell::p_value(mcnemar.map(|test| test.p)),
        Cell::p_value(corrected.map(|test| test.mcnemar)),
    ]
}

/// The F1 of every label by every system, with the corrected p-value of its answers, and a star
/// where they differ.
fn of_labels(head: &ComparisonReport) -> Table {
    let systems: Vec<&SystemReport> = head
        .systems
        .iter()
        .filter(|system| !system.baseline)
        .collect();
    let f1 = |system: &SystemReport, at: usize| {
        let mut cell = Cell::estimate(system.measured.get(Metric::F1, Some(at)));
        if let Some(p) = system.p_of_label(at) {
            let interval = cell.interval.unwrap_or_default();
            let says = if p < 0.0001 {
                p_value(p, false)
            } else {
                format!("= {}", p_value(p, false))
            };
            cell.interval = Some(format!("{interval} p {says}").trim_start().to_string());
            cell.text += if system.differs(at, LEVEL) { "*" } else { "" };
        }
        cell
    };
    let row = |(at, label): (usize, &String)| {
        std::iter::once(Cell::text(label))
            .chain(systems.iter().map(|system| f1(system, at)))
            .collect()
    };
    let columns = systems
        .iter()
        .map(|system| Column::number(&system.name))
        .collect();
    let caption = "F1 of labels; p is that of McNemar's exact test of right answers, after Holm's correction over labels \
        and systems; * marks those below 0.05";
    table(
        caption,
        "label",
        columns,
        head.labels.iter().enumerate().map(row).collect(),
    )
}

fn costs(head: &ComparisonReport) -> Option<Table> {
    let row = |system: &SystemReport| {
        Some(
            std::iter::once(name(system))
                .chain(cost(system.resources.as_ref()?))
                .collect(),
        )
    };
    let rows: Vec<Vec<Cell>> = head.systems.iter().filter_map(row).collect();
    let columns = [
        "training, s",
        "documents/s",
        "MB/s",
        "p50, ms",
        "p99, ms",
        "model, MB",
        "peak of the process, MB",
    ];
    let caption = "Times and sizes; times are of one run on one machine";
    (!rows.is_empty()).then(|| {
        table(
            caption,
            "system",
            columns.map(Column::number).to_vec(),
            rows,
        )
    })
}

fn cost(costs: &ResourceUse) -> [Cell; 7] {
    let megabytes = |bytes: f64| Cell::text(format!("{:.2}", bytes / 1e6));
    [
        Cell::text(format!("{:.2}", costs.training_seconds)),
        Cell::text(format!("{:.0}", costs.documents_per_second)),
        Cell::text(format!("{:.1}", costs.megabytes_per_second)),
        Cell::number(costs.p50_milliseconds),
        Cell::number(costs.p99_milliseconds),
        megabytes(costs.model_bytes),
        costs
            .peak_bytes
            .map_or_else(|| Cell::text("–"), |bytes| megabytes(bytes as f64)),
    ]
}

/// For each head, a system a row and a split a column; then what harder splits take away.
fn side_by_side(comparisons: &Comparisons<'_>) -> Vec<PageBlock> {
    let splits = comparisons.splits;
    let heads = splits.first().map_or(&[][..], |split| &split.heads);
    let mut blocks: Vec<PageBlock> = heads
        .iter()
        .map(|head| PageBlock::Table(of_splits(splits, head)))
        .collect();
    let rows: Vec<Vec<Cell>> = splits
        .iter()
        .flat_map(|split| split.gaps.iter().map(|gap| gap_row(split, gap)))
        .collect();
    if !rows.is_empty() {
        let mut columns = ["head", "system", "metric"].map(Column::text).to_vec();
        columns.extend(["documents", "here", "random", "gap", "p"].map(Column::number));
        let caption = "What a harder split takes away, on the same documents";
        blocks.push(PageBlock::Table(table(caption, "split", columns, rows)));
    }
    blocks
}

fn of_splits(splits: &[SplitReport], first: &ComparisonReport) -> Table {
    let row = |system: &SystemReport| {
        let cell = |split: &SplitReport| {
            let head = split.heads.iter().find(|head| head.head == first.head);
            let same =
                head.and_then(|head| head.systems.iter().find(|other| other.name == system.name));
            Cell::estimate(same.and_then(|same| same.measured.get(first.metric, None)))
        };
        std::iter::once(name(system))
            .chain(splits.iter().map(cell))
            .collect()
    };
    let columns = splits
        .iter()
        .map(|split| Column::number(&split.split))
        .collect();
    let caption = format!(
        "{} of head {} under each split",
        first.metric.title(),
        first.head
    );
    table(
        &caption,
        "system",
        columns,
        first.systems.iter().map(row).collect(),
    )
}

fn gap_row(split: &SplitReport, gap: &SplitGap) -> Vec<Cell> {
    vec![
        Cell::text(&split.split),
        Cell::text(&gap.head),
        Cell::text(&gap.system),
        Cell::text(gap.metric.title()),
        Cell::text(gap.documents),
        Cell::number(gap.value),
        Cell::number(gap.random),
        Cell::estimate(Some(gap.difference)),
        Cell::bounded_p_value(gap.p, gap.p_is_bound),
    ]
}
