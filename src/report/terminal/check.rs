//! The findings of a check as tables.

use super::{Style, cell, count, header, lines, number, prose};
use crate::check::{
    CheckReport, CrossPartCopies, Example, Finding, HeadDistribution, LIMITS_BY_NUMBER, LabelLeak,
    LeakReason, Predictability,
};
use crate::report::counted;
use crate::report::table::{Cell, Emphasis, Table};

/// Findings, and behind them what there is to say of each.
pub fn check(style: Style, report: &CheckReport) -> String {
    let mut out = findings(style, report);
    out += &across(style, &report.across);
    out += &leaks(style, &report.leaks);
    out += &rare(style, report);
    for head in report.by_date.iter().flatten() {
        out += &shares(style, "time", head);
    }
    for head in report.by_source.iter().flatten() {
        out += &shares(style, "source", head);
    }
    out += &report
        .predictable
        .iter()
        .map(|found| predictable(style, found))
        .collect::<String>();
    out + &examples(style, report)
}

/// The most rows of one table; JSON holds all.
const SHOWN: usize = 25;
/// So many labels have a column of their own.
const COLUMNS: usize = 8;

fn findings(style: Style, report: &CheckReport) -> String {
    let parts: Vec<String> = report
        .parts
        .iter()
        .map(|p| format!("{} ({})", p.name, p.documents))
        .collect();
    let mut out = prose(
        style,
        &format!(
            "{}: {}",
            counted(report.documents, "document"),
            parts.join(", ")
        ),
    );
    out += &prose(
        style,
        &format!(
            "near copies share {} or more of their runs of {} words",
            report.threshold, report.shingle
        ),
    );
    let mut table = Table::default();
    table.set_columns(["finding", "what", "number", "of", "limit", ""]);
    for finding in &report.findings {
        table.add_row([
            Cell::text(finding.name),
            cell(&finding.what),
            count(finding.count as f64),
            count(finding.of as f64),
            Cell::numeric(limit(finding)),
            verdict(finding),
        ]);
    }
    out + &lines(style, &table)
}

fn limit(finding: &Finding) -> String {
    let by_number = LIMITS_BY_NUMBER.contains(&finding.name);
    match finding.limit {
        None => "none".to_string(),
        Some(limit) if by_number => limit.to_string(),
        Some(limit) => format!("{} %", (limit * 1e8).round() / 1e6),
    }
}

fn verdict(finding: &Finding) -> Cell {
    match (finding.above, finding.count) {
        (true, _) => Cell::text("above").emphasis(Emphasis::Bad),
        (false, 0) => Cell::text("none").emphasis(Emphasis::Good),
        (false, _) => Cell::text("within"),
    }
}

fn title(style: Style, text: &str) -> String {
    format!("\n{}", super::title(style, text))
}

fn more(style: Style, all: usize) -> String {
    style.hidden_rows(all.saturating_sub(SHOWN), "more")
}

fn across(style: Style, across: &[CrossPartCopies]) -> String {
    if across.is_empty() {
        return String::new();
    }
    let mut table = Table::default();
    table.set_columns([
        "in",
        "copies of",
        "exact",
        "of these other labels",
        "more near",
        "documents",
    ]);
    for pair in across.iter().take(SHOWN) {
        let counts =
            [pair.exact, pair.different_labels, pair.near, pair.of].map(|n| count(n as f64));
        table.add_row(
            [cell(&pair.later), cell(&pair.earlier)]
                .into_iter()
                .chain(counts),
        );
    }
    title(style, "copies across parts") + &lines(style, &table) + &more(style, across.len())
}

fn leaks(style: Style, leaks: &[LabelLeak]) -> String {
    if leaks.is_empty() {
        return String::new();
    }
    let mut table = Table::default();
    table.set_columns([
        "term",
        "label",
        "documents",
        "share",
        "lift",
        "recall",
        "why",
    ]);
    for leak in leaks.iter().take(SHOWN) {
        let term = match leak.also.len() {
            0 => leak.term.clone(),
            others => format!("{} (+{others})", leak.term),
        };
        table.add_row([
            cell(&term),
            cell(&format!("{}={}", leak.head, leak.label)),
            count(leak.documents as f64),
            number(leak.share),
            number(leak.lift),
            number(leak.recall),
            Cell::text(why(leak)),
        ]);
    }
    title(style, "terms that nearly decide a label")
        + &lines(style, &table)
        + &more(style, leaks.len())
}

fn why(leak: &LabelLeak) -> &'static str {
    match leak.reason {
        LeakReason::Host => "host of a web address",
        LeakReason::Start => "at the start",
        LeakReason::End => "at the end",
        LeakReason::Frequent => "in much of the label",
    }
}

fn rare(style: Style, report: &CheckReport) -> String {
    let rare = &report.rare_labels;
    if rare.is_empty() {
        return String::new();
    }
    let mut table = Table::default();
    table.set_columns(["label", "documents", "in the first part"]);
    for label in rare.iter().take(SHOWN) {
        let name = cell(&format!("{}={}", label.head, label.label));
        table.add_row([
            name,
            count(label.documents as f64),
            count(label.in_first_part as f64),
        ]);
    }
    title(style, "rare labels") + &lines(style, &table) + &more(style, rare.len())
}

fn shares(style: Style, of: &str, head: &HeadDistribution) -> String {
    let mut frequent: Vec<(u64, usize)> = (0..head.labels.len())
        .map(|label| {
            let each = head.rows.iter().flat_map(|row| &row.labels);
            (
                each.filter(|share| share.label == head.labels[label])
                    .map(|share| share.documents)
                    .sum(),
                label,
            )
        })
        .collect();
    frequent.sort_by_key(|&(documents, label)| (std::cmp::Reverse(documents), label));
    frequent.truncate(COLUMNS);
    let mut table = Table::default();
    let names = frequent
        .iter()
        .map(|&(_, label)| header(&head.labels[label]));
    let distance = head
        .rows
        .iter()
        .any(|row| row.distance.is_some())
        .then(|| header("distance"));
    table.set_columns(
        [header(of), header("documents")]
            .into_iter()
            .chain(names)
            .chain(distance.clone()),
    );
    for row in head.rows.iter().take(SHOWN) {
        let share = |&(_, label): &(u64, usize)| {
            let found = row
                .labels
                .iter()
                .find(|share| share.label == head.labels[label]);
            number(found.map_or(0.0, |share| share.share))
        };
        let name = if row.name.is_empty() {
            "(none)"
        } else {
            &row.name
        };
        let cells = [cell(name), count(row.documents as f64)].into_iter();
        let last = distance
            .as_ref()
            .map(|_| row.distance.map_or(Cell::text(""), number));
        table.add_row(cells.chain(frequent.iter().map(share)).chain(last));
    }
    let name = if head.head.is_empty() {
        String::new()
    } else {
        format!(" of {}", head.head)
    };
    title(style, &format!("shares{name} by {of}"))
        + &lines(style, &table)
        + &more(style, head.rows.len())
}

fn predictable(style: Style, found: &Predictability) -> String {
    let Predictability {
        head,
        by_source,
        majority,
        sources,
        of_one_label,
    } = found;
    let sentence = format!(
        "the source alone gives {head} right for {:.1} % of documents, the most frequent label {:.1} %; \
         {of_one_label} of {sources} sources with several documents have one label only",
        by_source * 100.0,
        majority * 100.0
    );
    prose(style, &sentence)
}

fn examples(style: Style, report: &CheckReport) -> String {
    let mut out = String::new();
    for finding in report.findings.iter().filter(|finding| finding.count > 0) {
        let shown = finding
            .examples
            .iter()
            .filter(|example| !example.documents.is_empty());
        let rows: String = shown.map(|found| example(style, found)).collect();
        if !rows.is_empty() {
            out += &(title(style, &format!("{}, for example", finding.name)) + &rows);
        }
    }
    out
}

fn example(style: Style, example: &Example) -> String {
    let documents: Vec<String> = example
        .documents
        .iter()
        .map(|document| {
            let id = match &document.id {
                Some(id) if !["", &document.place].contains(&id.as_str()) => {
                    format!(" ({})", id.as_str())
                }
                _ => String::new(),
            };
            let labels = document.labels.as_ref().filter(|labels| !labels.is_empty());
            let labels = labels.map_or(String::new(), |labels| format!(" {}", labels.join(" ")));
            format!("{}{id}{labels}", document.place)
        })
        .collect();
    let note = if example.note.is_empty() {
        String::new()
    } else {
        format!(": {}", example.note)
    };
    prose(
        style,
        &format!("  {}{note}", documents.join(" = ")).replace('\n', " "),
    )
}
