//! Labels that are rare, missing, look alike, or that a later part has and the first has not.

use super::context::CheckContext;
use super::finding::{Example, Finding, Tally};
use crate::corpus::{Head, MissingCells, look_alikes, shown};
use serde::Serialize;

/// A label with few documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RareLabel {
    /// The head.
    pub head: String,
    /// The label.
    pub label: String,
    /// The number of documents that have it.
    pub documents: u64,
    /// The number of documents of the first part that have it.
    pub in_first_part: u64,
}

/// Returns the number of documents of each part that hold each label.
fn counts(context: &CheckContext<'_>, head: &Head) -> Vec<Vec<u64>> {
    let mut counts = vec![vec![0; context.parts.names.len()]; head.labels.len()];
    for (document, &part) in context.parts.of.iter().enumerate() {
        head.each_held(document, |label| counts[label][part as usize] += 1);
    }
    counts
}

impl Head {
    /// Calls `act` with every label that holds for a document.
    pub(super) fn each_held(&self, document: usize, mut act: impl FnMut(usize)) {
        use crate::corpus::Targets::{Exclusive, Independent};
        match &self.targets {
            Exclusive { of, .. } => of[document]
                .into_iter()
                .for_each(|label| act(label as usize)),
            Independent { labels, cells } => {
                let row = cells[document * labels..(document + 1) * labels]
                    .iter()
                    .enumerate();
                row.filter(|(_, holds)| **holds == Some(true))
                    .for_each(|(label, _)| act(label));
            }
        }
    }
}

/// A label of a head, and the number of documents that hold it.
struct CountedLabel<'a> {
    head: &'a Head,
    label: usize,
    documents: u64,
}

impl CountedLabel<'_> {
    fn note(&self) -> String {
        let (head, label) = (&self.head.name, &self.head.labels[self.label]);
        format!("{head}={label}: {} documents", self.documents)
    }
}

/// Returns the rare labels, and the findings about labels.
pub(super) fn findings(context: &CheckContext<'_>) -> (Vec<RareLabel>, Vec<Finding>) {
    let heads = &context.raw_corpus.corpus.heads;
    if heads.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let (mut rare, mut unseen, mut labels) = (Vec::new(), Vec::new(), 0);
    for head in heads {
        labels += head.labels.len() as u64;
        for (label, counts) in counts(context, head).into_iter().enumerate() {
            let documents: u64 = counts.iter().sum();
            if documents < context.options.rare {
                rare.push(RareLabel {
                    head: head.name.clone(),
                    label: head.labels[label].clone(),
                    documents,
                    in_first_part: counts[0],
                });
            }
            if counts[0] == 0 && documents > 0 {
                unseen.push(CountedLabel {
                    head,
                    label,
                    documents,
                });
            }
        }
    }
    let mut findings = vec![
        missing(context),
        alike(context, labels),
        rare_labels(context, &rare, labels),
    ];
    if context.parts.names.len() > 1 {
        findings.push(unseen_labels(context, &unseen, labels));
    }
    (rare, findings)
}

fn rare_labels(context: &CheckContext<'_>, rare: &[RareLabel], labels: u64) -> Finding {
    let example = |rare: &RareLabel| Example {
        note: format!("{}={}: {} documents", rare.head, rare.label, rare.documents),
        documents: Vec::new(),
    };
    let examples = rare.iter().take(context.options.examples).map(example);
    let what = format!("labels with fewer than {} documents", context.options.rare);
    let tally = Tally::number(rare.len() as u64, labels);
    context.finding("rare-labels", what, tally, examples.collect())
}

fn unseen_labels(context: &CheckContext<'_>, unseen: &[CountedLabel], labels: u64) -> Finding {
    let example = |unseen: &CountedLabel| Example {
        note: unseen.note(),
        documents: first_with(context, unseen.head, unseen.label),
    };
    let examples = unseen.iter().take(context.options.examples).map(example);
    let first = &context.parts.names[0];
    let what = format!("labels that are not in the first part, {first}");
    let tally = Tally::number(unseen.len() as u64, labels);
    context.finding("unseen-labels", what, tally, examples.collect())
}

/// Returns documents with cells of label columns that were taken as missing; the examples name the
/// values.
fn missing(context: &CheckContext<'_>) -> Finding {
    let (missing, documents) = (&context.raw_corpus.missing, context.raw_corpus.corpus.len());
    let value = |value: &str| {
        if value.is_empty() {
            "empty".to_string()
        } else {
            format!("`{value}`")
        }
    };
    let example = |cells: &MissingCells| Example {
        note: format!("{}: {} {}", cells.head, cells.rows, value(&cells.value)),
        documents: vec![context.reference(cells.first, false)],
    };
    let examples = missing
        .iter()
        .take(context.options.examples)
        .map(example)
        .collect();
    let count = missing.iter().map(|cells| cells.rows).sum();
    let cells = documents as u64 * context.raw_corpus.corpus.heads.len() as u64;
    context.finding(
        "missing-labels",
        "cells of labels that are taken as missing".into(),
        Tally::share(count, cells),
        examples,
    )
}

/// Returns labels that may be one that is written in several ways.
fn alike(context: &CheckContext<'_>, labels: u64) -> Finding {
    let heads = &context.raw_corpus.corpus.heads;
    let groups = heads.iter().flat_map(|head| {
        look_alikes(&head.labels)
            .into_iter()
            .map(move |of| (head, of))
    });
    let groups: Vec<(&Head, Vec<&str>)> = groups.collect();
    let example = |(head, group): &(&Head, Vec<&str>)| {
        let number = |label: &&str| head.labels.iter().position(|other| other == label);
        let first = |label: &str| {
            number(&label).map_or(Vec::new(), |label| first_with(context, head, label))
        };
        Example {
            note: format!("{}: {}", head.name, shown(group)),
            documents: group.iter().flat_map(|label| first(label)).collect(),
        }
    };
    let examples = groups
        .iter()
        .take(context.options.examples)
        .map(example)
        .collect();
    let count = groups.iter().map(|(_, group)| group.len() as u64).sum();
    let what =
        "labels that look like another: case, invisible characters, blanks, 1 and 1.0".to_string();
    context.finding("alike-labels", what, Tally::number(count, labels), examples)
}

fn first_with(context: &CheckContext<'_>, head: &Head, label: usize) -> Vec<super::DocumentRef> {
    let all = 0..context.raw_corpus.corpus.len();
    let mut holding = all.filter(|&document| head.targets.holds(document, label) == Some(true));
    holding
        .next()
        .map(|document| context.reference(document, false))
        .into_iter()
        .collect()
}
