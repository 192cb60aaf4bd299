//! Copies inside and across parts, and their labels.

use super::context::{CheckContext, Copies};
use super::finding::{Finding, Tally};
use crate::corpus::{Categories, Corpus, Head, RawCorpus, Targets};
use crate::dedup::Groups;
use crate::text::has_tokens;
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};

/// Copies between two parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CrossPartCopies {
    /// The earlier part.
    pub earlier: String,
    /// The later part.
    pub later: String,
    /// The number of documents of the later part with an exact copy in the earlier one.
    pub exact: u64,
    /// The number of these that have a copy there with other labels.
    pub different_labels: u64,
    /// The number of further documents of the later part with a near copy in the earlier one.
    pub near: u64,
    /// The number of documents of the later part.
    pub of: u64,
}

impl Corpus {
    /// Tells whether no answer that both documents have differs.
    fn agree(&self, a: usize, b: usize) -> bool {
        self.heads.iter().all(|head| match &head.targets {
            Targets::Exclusive { of, .. } => of[a].is_none() || of[b].is_none() || of[a] == of[b],
            Targets::Independent { labels, cells } => {
                let row = |document: usize| &cells[document * labels..(document + 1) * labels];
                row(a)
                    .iter()
                    .zip(row(b))
                    .all(|(a, b)| a.is_none() || b.is_none() || a == b)
            }
        })
    }

    /// Returns all labels of a document as bytes, the unknown ones too, and whether all are known.
    fn key(&self, document: usize) -> (Vec<u8>, bool) {
        let (mut key, mut known) = (Vec::new(), true);
        for head in &self.heads {
            match &head.targets {
                Targets::Exclusive { of, .. } => {
                    known &= of[document].is_some();
                    key.extend(of[document].unwrap_or(u32::MAX).to_le_bytes());
                }
                Targets::Independent { labels, cells } => {
                    let row = &cells[document * labels..(document + 1) * labels];
                    known &= row.iter().all(Option::is_some);
                    key.extend(row.iter().map(|cell| cell.map_or(2, u8::from)));
                }
            }
        }
        (key, known)
    }

    fn conflicting(&self, documents: &[u32]) -> bool {
        Answers::of(self, documents).conflict
    }
}

/// The known answers of several documents together, so that each further one is compared with all
/// of them at once.
struct Answers {
    /// By head: the label of each answer, or for independent heads of each cell whether it is ever
    /// false and ever true.
    heads: Vec<Known>,
    /// True where two of the documents have different labels.
    conflict: bool,
}

enum Known {
    One(Option<u32>, bool),
    Cells(Vec<[bool; 2]>),
}

impl Answers {
    fn of(corpus: &Corpus, documents: &[u32]) -> Self {
        let known = |head: &Head| match &head.targets {
            Targets::Exclusive { .. } => Known::One(None, false),
            Targets::Independent { labels, .. } => Known::Cells(vec![[false; 2]; *labels]),
        };
        let mut answers = Answers {
            heads: corpus.heads.iter().map(known).collect(),
            conflict: false,
        };
        for &document in documents {
            answers.conflict |= answers.differ(corpus, document as usize);
            answers.add(corpus, document as usize);
        }
        answers
    }

    /// Tells whether one of the documents has another answer than this one, where both are known.
    fn differ(&self, corpus: &Corpus, document: usize) -> bool {
        corpus
            .heads
            .iter()
            .zip(&self.heads)
            .any(|(head, known)| match (&head.targets, known) {
                (Targets::Exclusive { of, .. }, Known::One(first, several)) => {
                    of[document].is_some()
                        && (*several || first.is_some() && *first != of[document])
                }
                (Targets::Independent { labels, cells }, Known::Cells(seen)) => {
                    let row = &cells[document * labels..(document + 1) * labels];
                    row.iter()
                        .zip(seen)
                        .any(|(cell, seen)| cell.is_some_and(|cell| seen[usize::from(!cell)]))
                }
                _ => false,
            })
    }

    fn add(&mut self, corpus: &Corpus, document: usize) {
        for (head, known) in corpus.heads.iter().zip(&mut self.heads) {
            match (&head.targets, known) {
                (Targets::Exclusive { of, .. }, Known::One(first, several)) => {
                    *several |= first.is_some() && of[document].is_some() && *first != of[document];
                    *first = first.or(of[document]);
                }
                (Targets::Independent { labels, cells }, Known::Cells(seen)) => {
                    let row = &cells[document * labels..(document + 1) * labels];
                    let cells = row.iter().zip(seen);
                    cells.for_each(|(cell, seen)| {
                        cell.iter().for_each(|&cell| seen[usize::from(cell)] = true)
                    });
                }
                _ => {}
            }
        }
    }
}

/// The original of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Copy {
    None,
    Exact,
    Near,
}

/// For each document, whether it is a copy of one before it in its part, and of one in an earlier
/// part. Texts without a letter, digit or emoji are reported as empty, and not here.
struct Found {
    within: Vec<Copy>,
    across: Vec<Copy>,
}

impl Found {
    fn new(context: &CheckContext<'_>) -> Self {
        let (exact, near) = (&context.copies.exact, &context.copies.near);
        let texts = &context.raw_corpus.corpus.texts;
        let worded: Vec<bool> = texts.iter().map(has_tokens).collect();
        let [exact_within, near_within] = [exact, near].map(|groups| within(groups, context.parts));
        let [exact_across, near_across] = [exact, near].map(|groups| across(groups, context.parts));
        let kind = |document: usize, exact: &[bool], near: &[bool]| match (
            worded[document],
            exact[document],
        ) {
            (true, true) => Copy::Exact,
            (true, false) if near[document] => Copy::Near,
            _ => Copy::None,
        };
        let all = 0..texts.len();
        Found {
            within: all
                .clone()
                .map(|document| kind(document, &exact_within, &near_within))
                .collect(),
            across: all
                .map(|document| kind(document, &exact_across, &near_across))
                .collect(),
        }
    }
}

fn within(groups: &Groups, parts: &Categories) -> Vec<bool> {
    let mut seen = HashSet::with_capacity(groups.of.len());
    groups
        .of
        .iter()
        .zip(&parts.of)
        .map(|place| !seen.insert(place))
        .collect()
}

fn across(groups: &Groups, parts: &Categories) -> Vec<bool> {
    let mut earliest = vec![u32::MAX; groups.count as usize];
    let places = || groups.of.iter().map(|&group| group as usize).zip(&parts.of);
    places().for_each(|(group, &part)| earliest[group] = earliest[group].min(part));
    places()
        .map(|(group, &part)| earliest[group] < part)
        .collect()
}

/// A finding's name, what it means, the kind of copy, and whether it is one of a document in the
/// same part.
type Kind = (&'static str, &'static str, Copy, bool);

const KINDS: [Kind; 4] = [
    (
        "exact-duplicates",
        "documents with a copy before them in their part",
        Copy::Exact,
        true,
    ),
    (
        "near-duplicates",
        "further documents with a near copy before them in their part",
        Copy::Near,
        true,
    ),
    (
        "exact-across",
        "documents with a copy in an earlier part",
        Copy::Exact,
        false,
    ),
    (
        "near-across",
        "further documents with a near copy in an earlier part",
        Copy::Near,
        false,
    ),
];

pub(super) fn findings(context: &CheckContext<'_>) -> (Vec<CrossPartCopies>, Vec<Finding>) {
    let found = Found::new(context);
    let parts = context.parts.names.len();
    let kinds = KINDS
        .into_iter()
        .filter(|(.., within)| *within || parts > 1);
    let mut findings: Vec<Finding> = kinds.map(|kind| finding(context, kind, &found)).collect();
    if !context.raw_corpus.corpus.heads.is_empty() {
        findings.push(conflicts(context));
    }
    (pairs(context), findings)
}

fn finding(context: &CheckContext<'_>, (name, what, kind, within): Kind, found: &Found) -> Finding {
    let groups = if kind == Copy::Exact {
        &context.copies.exact
    } else {
        &context.copies.near
    };
    let found = if within { &found.within } else { &found.across };
    let part = |document: usize| context.parts.of[document];
    let before = |e: usize, d: usize| {
        if within {
            e < d && part(e) == part(d)
        } else {
            part(e) < part(d)
        }
    };
    let all = || (0..found.len()).filter(|&document| found[document] == kind);
    let example = |document: usize| {
        let first =
            (0..found.len()).find(|&e| groups.of[e] == groups.of[document] && before(e, document));
        let pair: Vec<u32> = first
            .into_iter()
            .chain([document])
            .map(|at| at as u32)
            .collect();
        context.group(&pair, true)
    };
    let examples = all().take(context.options.examples).map(example).collect();
    let of = if within {
        found.len() as u64
    } else {
        context.later()
    };
    let tally = Tally::share(all().count() as u64, of);
    context.finding(name, what.to_string(), tally, examples)
}

impl CheckContext<'_> {
    /// Returns the number of documents that are not in the first part.
    fn later(&self) -> u64 {
        self.parts.of.iter().filter(|&&part| part > 0).count() as u64
    }
}

/// Returns documents whose exact copies, in any part, have other labels.
fn conflicts(context: &CheckContext<'_>) -> Finding {
    let corpus = &context.raw_corpus.corpus;
    let worded = |group: &Vec<u32>| has_tokens(corpus.texts.get(group[0] as usize));
    let groups = context.copies.exact.several().into_iter().filter(worded);
    let groups: Vec<Vec<u32>> = groups.filter(|group| corpus.conflicting(group)).collect();
    let count = groups.iter().map(|group| group.len() as u64).sum();
    let what = match groups.len() {
        0 => "documents whose text stands there with different labels".to_string(),
        1 => "documents of 1 text that stands there with different labels".to_string(),
        texts => format!("documents of {texts} texts that stand there with different labels"),
    };
    let examples = groups
        .iter()
        .take(context.options.examples)
        .map(|group| context.group(group, true))
        .collect();
    let tally = Tally::share(count, corpus.len() as u64);
    context.finding("conflicting-labels", what, tally, examples)
}

/// The documents of each text by part.
type ByPart = BTreeMap<u32, BTreeMap<u32, Vec<u32>>>;

/// Returns copies for each pair of parts.
fn pairs(context: &CheckContext<'_>) -> Vec<CrossPartCopies> {
    let mut counts: BTreeMap<(u32, u32), [u64; 3]> = BTreeMap::new();
    let corpus = &context.raw_corpus.corpus;
    let exact = |document: u32| context.copies.exact.of[document as usize];
    let part = |document: u32| context.parts.of[document as usize];
    for group in context.copies.near.several() {
        if !has_tokens(corpus.texts.get(group[0] as usize)) {
            continue;
        }
        let mut by_part = ByPart::new();
        for &document in &group {
            by_part
                .entry(part(document))
                .or_default()
                .entry(exact(document))
                .or_default()
                .push(document);
        }
        let of_texts = |texts: BTreeMap<u32, Vec<u32>>| -> BTreeMap<u32, Answers> {
            texts
                .into_iter()
                .map(|(text, copies)| (text, Answers::of(corpus, &copies)))
                .collect()
        };
        let by_part: BTreeMap<u32, BTreeMap<u32, Answers>> = by_part
            .into_iter()
            .map(|(part, texts)| (part, of_texts(texts)))
            .collect();
        for &document in &group {
            for (&earlier, texts) in by_part.range(..part(document)) {
                let counts = counts.entry((earlier, part(document))).or_default();
                match texts.get(&exact(document)) {
                    None => counts[2] += 1,
                    Some(copies) => {
                        counts[0] += 1;
                        counts[1] += u64::from(copies.differ(corpus, document as usize));
                    }
                }
            }
        }
    }
    let sizes = context.part_sizes();
    let name = |part: u32| sizes[part as usize].name.clone();
    let pair = |((earlier, later), [exact, different_labels, near]): ((u32, u32), [u64; 3])| {
        CrossPartCopies {
            earlier: name(earlier),
            later: name(later),
            exact,
            different_labels,
            near,
            of: sizes[later as usize].documents,
        }
    };
    counts.into_iter().map(pair).collect()
}

/// Returns by document whether to keep it, so that no copy is left.
///
/// Texts without a letter, digit or emoji go. All exact copies of a text go if their labels differ,
/// because nobody knows which are right. Of the other near duplicates the first stays, in the order
/// of the parts, and with it those that have other labels than all that stay, because a few words
/// may make that difference.
pub fn kept(raw_corpus: &RawCorpus, parts: &Categories, copies: &Copies) -> Vec<bool> {
    let corpus = &raw_corpus.corpus;
    let mut keep: Vec<bool> = corpus.texts.iter().map(has_tokens).collect();
    for group in copies.exact.several() {
        if corpus.conflicting(&group) {
            group
                .iter()
                .for_each(|&document| keep[document as usize] = false);
        }
    }
    for mut group in copies.near.several() {
        group.retain(|&document| keep[document as usize]);
        group.sort_by_key(|&document| (parts.of[document as usize], document));
        // A document whose answers are all known agrees with another such one only if they are the
        // same.
        let (mut known, mut all, mut partial) = (HashSet::new(), Vec::new(), Vec::new());
        for &document in &group {
            let (key, is_known) = corpus.key(document as usize);
            let others: &[u32] = if is_known { &partial } else { &all };
            let agrees = is_known && known.contains(&key)
                || others
                    .iter()
                    .any(|&other| corpus.agree(other as usize, document as usize));
            keep[document as usize] = !agrees;
            if !agrees {
                all.push(document);
                if is_known {
                    known.insert(key);
                } else {
                    partial.push(document);
                }
            }
        }
    }
    keep
}
