//! Terms that nearly decide a label alone, though the label is about something else.
//!
//! A term is a word, a pair of neighbouring words, or the host of a web address. For `n` documents
//! with the term, of which the share `p` has the label, against the share `q` of all documents, a
//! term *decides* where
//!
//! 1. `p` is at least [`precision`](LabelLeakOptions::precision), and the odds `p / (1 − p)` are at
//!    least [`odds`](LabelLeakOptions::odds) times those of `q`, half a document being added on
//!    either side;
//! 2. chance is ruled out: `n · KL(p ‖ q) ≥ ln(m / 0.01)`, where `m` is how many terms and labels
//!    were looked at. By Chernoff's bound (Annals of Mathematical Statistics 1952) one of all `m`
//!    would come so far by chance once in a hundred corpora.
//!
//! Many good words are as precise, but each in few documents. So one of these has to be true as
//! well:
//!
//! - the term is in at least the share [`recall`](LabelLeakOptions::recall) of the label's
//!   documents;
//! - it stands at the start or at the end of at least the share [`edge`](LabelLeakOptions::edge) of
//!   the documents that have it, as a section's name, a byline or an agency's tag does, and is in a
//!   fiftieth of the label's documents. The start is the first tenth of the words, from one to five
//!   of them;
//! - it is a host, and in a fiftieth of the label's documents.
//!
//! Copies count once. Terms of the same documents are one leak.

use super::context::{CheckContext, LabelLeakOptions};
use super::finding::{DocumentRef, Example, Finding, Tally};
use super::terms::{CountedTerm, TermKeys, Terms, count};
use crate::corpus::Head;
use serde::Serialize;
use std::cmp::Reverse;

/// The least share of the label's documents where a term's place or kind speaks against it: a
/// fiftieth, because a rarer term decides too few answers to matter.
const MIN_RECALL: f64 = 0.02;

/// The reason why a term is taken for a leak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LeakReason {
    /// It is the host of a web address.
    Host,
    /// It stands at the start.
    Start,
    /// It stands at the end.
    End,
    /// It is in many documents with the label.
    Frequent,
}

/// A term that nearly decides a label.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LabelLeak {
    /// The head.
    pub head: String,
    /// The label.
    pub label: String,
    /// A word or two, in lower case, or a host.
    pub term: String,
    /// The reason why it is taken for a leak.
    pub reason: LeakReason,
    /// The number of documents that have the term, copies not counted.
    pub documents: u64,
    /// The number of these that have the label.
    pub with_label: u64,
    /// Their share.
    pub share: f64,
    /// This share over that of all documents.
    pub lift: f64,
    /// The share of the label's documents that has the term.
    pub recall: f64,
    /// The share of the term's documents with the label in which it stands at the start.
    pub at_start: f64,
    /// The share in which it stands at the end.
    pub at_end: f64,
    /// Other terms of about the same documents.
    pub also: Vec<String>,
    /// The first document with it.
    pub example: DocumentRef,
}

pub(super) fn find(context: &CheckContext<'_>) -> Vec<LabelLeak> {
    let firsts = context.copies.near.firsts();
    let heads = context.raw_corpus.corpus.heads.iter();
    heads
        .flat_map(|head| of_head(context, head, &firsts))
        .collect()
}

pub(super) fn finding(context: &CheckContext<'_>, leaks: &[LabelLeak]) -> Option<Finding> {
    let heads = &context.raw_corpus.corpus.heads;
    let labels = heads.iter().map(|head| head.labels.len() as u64).sum();
    let example = |leak: &LabelLeak| Example {
        note: format!("`{}`: {}={}", leak.term, leak.head, leak.label),
        documents: vec![leak.example.clone()],
    };
    let examples = leaks
        .iter()
        .take(context.options.examples)
        .map(example)
        .collect();
    let what = "terms that nearly decide a label alone".to_string();
    (!heads.is_empty()).then(|| {
        let tally = Tally::number(leaks.len() as u64, labels);
        context.finding("label-leaks", what, tally, examples)
    })
}

fn of_head(context: &CheckContext<'_>, head: &Head, firsts: &[u32]) -> Vec<LabelLeak> {
    let documents: Vec<u32> = firsts
        .iter()
        .copied()
        .filter(|&document| head.is_known(document as usize))
        .collect();
    let mut labels = vec![0u64; head.labels.len()];
    documents
        .iter()
        .for_each(|&document| head.each_held(document as usize, |label| labels[label] += 1));
    let options = &context.options.leaks;
    let texts = &context.raw_corpus.corpus.texts;
    let keys = TermKeys::secret();
    let counted = count(texts, &documents, head, options, keys);
    let rule = Rule {
        options,
        all: documents.len() as f64,
        labels: &labels,
        tests: counted.tests,
    };
    let mut terms = Terms::new(keys);
    let mut found: Vec<FoundTerm> = Vec::new();
    for term in counted.terms {
        if let Some(reason) = rule.reason(&term) {
            let spelled = terms.spell(texts.get(term.first as usize), term.key);
            found.push(FoundTerm {
                term,
                reason,
                spelled,
            });
        }
    }
    found.sort_by(FoundTerm::order);
    let mut leaks: Vec<(CountedTerm, LabelLeak)> = Vec::new();
    for found in found {
        match leaks
            .iter_mut()
            .find(|(other, _)| other.is_like(&found.term))
        {
            Some((_, leak)) => leak.also.push(found.spelled),
            None => leaks.push((found.term, leak(context, head, &rule, found))),
        }
    }
    leaks.sort_by(|(_, a), (_, b)| b.recall.total_cmp(&a.recall));
    leaks.into_iter().map(|(_, leak)| leak).collect()
}

/// A term that the rule takes for a leak.
struct FoundTerm {
    term: CountedTerm,
    reason: LeakReason,
    spelled: String,
}

impl FoundTerm {
    /// Orders terms by label, the most frequent first, so that of terms in the same documents the
    /// first speaks for all.
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        let key = |term: &CountedTerm| {
            let (hits, host) = (Reverse(term.hits), Reverse(term.host));
            (term.label, hits, term.first, host)
        };
        let by_counts = key(&self.term).cmp(&key(&other.term));
        by_counts.then_with(|| self.spelled.cmp(&other.spelled))
    }
}

impl Head {
    /// Tells whether every label of the head is known to hold or not.
    fn is_known(&self, document: usize) -> bool {
        use crate::corpus::Targets::{Exclusive, Independent};
        match &self.targets {
            Exclusive { of, .. } => of[document].is_some(),
            Independent { labels, cells } => cells[document * labels..(document + 1) * labels]
                .iter()
                .all(Option::is_some),
        }
    }
}

impl CountedTerm {
    /// Tells whether another term is in about the same documents.
    fn is_like(&self, other: &CountedTerm) -> bool {
        let near = |a: u32, b: u32| a.abs_diff(b) * 10 <= a.max(b);
        self.label == other.label && self.first == other.first && near(self.hits, other.hits)
    }
}

struct Rule<'a> {
    options: &'a LabelLeakOptions,
    all: f64,
    labels: &'a [u64],
    tests: u64,
}

impl Rule<'_> {
    fn reason(&self, term: &CountedTerm) -> Option<LeakReason> {
        let (n, hits) = (f64::from(term.documents), f64::from(term.hits));
        let label = self.labels[term.label as usize] as f64;
        let (share, of_all, recall) = (hits / n, label / self.all, hits / label);
        let odds = (hits + 0.5) / (n - hits + 0.5);
        let odds_of_all = (label + 0.5) / (self.all - label + 0.5);
        let chance = n * divergence(share, of_all) < (self.tests as f64 / 0.01).ln();
        if share < self.options.precision || odds < self.options.odds * odds_of_all || chance {
            return None;
        }
        let at = |count: u32| f64::from(count) >= self.options.edge * hits && recall >= MIN_RECALL;
        match () {
            _ if term.host && recall >= MIN_RECALL => Some(LeakReason::Host),
            _ if at(term.at_start) => Some(LeakReason::Start),
            _ if at(term.at_end) => Some(LeakReason::End),
            _ if recall >= self.options.recall => Some(LeakReason::Frequent),
            _ => None,
        }
    }
}

/// KL(p ‖ q) of two coins, where q is between 0 and 1.
fn divergence(p: f64, q: f64) -> f64 {
    let part = |p: f64, q: f64| if p > 0.0 { p * (p / q).ln() } else { 0.0 };
    part(p, q) + part(1.0 - p, 1.0 - q)
}

fn leak(context: &CheckContext<'_>, head: &Head, rule: &Rule<'_>, found: FoundTerm) -> LabelLeak {
    let FoundTerm {
        term,
        reason,
        spelled,
    } = found;
    let (n, hits) = (f64::from(term.documents), f64::from(term.hits));
    let label = rule.labels[term.label as usize] as f64;
    LabelLeak {
        head: head.name.clone(),
        label: head.labels[term.label as usize].clone(),
        term: spelled,
        reason,
        documents: u64::from(term.documents),
        with_label: u64::from(term.hits),
        share: hits / n,
        lift: hits / n / (label / rule.all),
        recall: hits / label,
        at_start: f64::from(term.at_start) / hits,
        at_end: f64::from(term.at_end) / hits,
        also: Vec::new(),
        example: context.reference(term.first as usize, false),
    }
}
