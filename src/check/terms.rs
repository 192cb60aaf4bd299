//! Counting the terms of documents and their labels, in little memory.
//!
//! Most terms are in few documents. Passes over the texts first count hashes in tables of fixed
//! size, where different terms may share a place: what is counted there is never too little, so a
//! term that has too little there has too little. What is left is counted exactly. All counts are
//! sums of whole numbers, so threads do not show.

use super::context::LabelLeakOptions;
use crate::corpus::Head;
use crate::dedup::Normal;
use crate::math::hash::{Keys, combine};
use crate::text::Texts;
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};

/// A term and a label that often holds with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CountedTerm {
    pub key: u64,
    pub host: bool,
    pub label: u32,
    /// The number of documents that have the term.
    pub documents: u32,
    /// The number of these that have the label.
    pub hits: u32,
    /// In how many of the latter it stands at the start, and at the end.
    pub at_start: u32,
    pub at_end: u32,
    /// The first document with term and label.
    pub first: u32,
}

/// The counted terms, and the number of pairs of a term and a label that were looked at.
pub(super) struct TermCounts {
    pub terms: Vec<CountedTerm>,
    pub tests: u64,
}

/// A term of one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TextTerm {
    key: u64,
    host: bool,
    at_start: bool,
    at_end: bool,
}

/// Room for the terms of one text.
pub(super) struct Terms {
    keys: TermKeys,
    normal: Normal,
    list: Vec<TextTerm>,
}

/// Secret keys, so that no term can be made to be counted as another; hosts are keyed apart from
/// words.
#[derive(Debug, Clone, Copy)]
pub(super) struct TermKeys {
    words: Keys,
    hosts: Keys,
}

impl TermKeys {
    pub(super) fn secret() -> Self {
        TermKeys {
            words: Keys::secret(),
            hosts: Keys::secret(),
        }
    }

    fn run(self, run: &str) -> u64 {
        self.words.of_word(run.as_bytes())
    }

    fn host(self, host: &str) -> u64 {
        self.hosts.of_word(host.as_bytes())
    }
}

impl Terms {
    pub(super) fn new(keys: TermKeys) -> Self {
        Terms {
            keys,
            normal: Normal::default(),
            list: Vec::new(),
        }
    }

    /// Reads the distinct words, pairs and hosts of a text.
    fn read(&mut self, text: &str) -> &[TextTerm] {
        let keys = self.keys;
        self.normal.read(text);
        self.list.clear();
        let words = self.normal.words();
        let edge = (words / 10).clamp(1, 5);
        for length in 1..=2.min(words) {
            for first in 0..=words - length {
                let (at_start, at_end) = (first < edge, first + length + edge > words);
                self.list.push(TextTerm {
                    key: keys.run(self.normal.run(first, length)),
                    host: false,
                    at_start,
                    at_end,
                });
            }
        }
        let host = |host: String| TextTerm {
            key: keys.host(&host),
            host: true,
            at_start: false,
            at_end: false,
        };
        self.list.extend(hosts(text).map(host));
        self.list.sort_unstable();
        self.list.dedup_by(|next, kept| {
            let same = next.key == kept.key;
            if same {
                (kept.at_start, kept.at_end) =
                    (kept.at_start | next.at_start, kept.at_end | next.at_end);
            }
            same
        });
        &self.list
    }

    /// Returns a term of a text by its key.
    pub(super) fn spell(&mut self, text: &str, wanted: u64) -> String {
        self.normal.read(text);
        let words = self.normal.words();
        let runs = (1..=2.min(words))
            .flat_map(|length| (0..=words - length).map(move |first| (first, length)));
        let mut runs = runs.map(|(first, length)| self.normal.run(first, length));
        let word = runs
            .find(|run| self.keys.run(run) == wanted)
            .map(str::to_string);
        word.or_else(|| hosts(text).find(|host| self.keys.host(host) == wanted))
            .unwrap_or_default()
    }
}

/// Returns the hosts of web addresses, without `www.`.
fn hosts(text: &str) -> impl Iterator<Item = String> {
    let after = memchr::memmem::find_iter(text.as_bytes(), "://").map(|at| at + 3);
    after.filter_map(move |at| {
        let host = text[at..]
            .split(|c: char| !c.is_alphanumeric() && c != '.' && c != '-')
            .next()?;
        let host = host.trim_matches('.').to_lowercase();
        let host = host.strip_prefix("www.").unwrap_or(&host);
        host.contains('.').then(|| host.to_string())
    })
}

/// Sums that different keys may share.
struct Sketch {
    sums: Vec<AtomicU32>,
    shift: u32,
}

impl Sketch {
    /// Creates a sketch of about a place for every four bytes of text, from 2¹⁶ to 2²⁴ places.
    fn new(bytes: usize) -> Self {
        let bits = (bytes / 4).max(1).ilog2().clamp(16, 24);
        Sketch {
            sums: (0..1usize << bits).map(|_| AtomicU32::new(0)).collect(),
            shift: 64 - bits,
        }
    }

    fn add(&self, key: u64) {
        self.sums[(key >> self.shift) as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// At least as often as `key` was added.
    fn at_most(&self, key: u64) -> u32 {
        self.sums[(key >> self.shift) as usize].load(Ordering::Relaxed)
    }
}

/// Documents of one task: enough that handing it out costs nothing beside it.
const TASK: usize = 1024;

/// Counts the pairs of a term and a label that could be a leak.
pub(super) fn count(
    texts: &Texts,
    documents: &[u32],
    head: &Head,
    options: &LabelLeakOptions,
    keys: TermKeys,
) -> TermCounts {
    let least = options.support.max(1);
    let bytes = texts.bytes();
    let rough = Sketch::new(bytes);
    each(
        texts,
        documents,
        keys,
        || (),
        |(), _, terms| terms.iter().for_each(|term| rough.add(term.key)),
        |()| (),
    );
    let add = |found: &mut HashMap<u64, u32>, _, terms: &[TextTerm]| {
        let frequent = terms.iter().filter(|term| rough.at_most(term.key) >= least);
        frequent.for_each(|term| *found.entry(term.key).or_default() += 1);
    };
    let mut frequent = HashMap::new();
    each(
        texts,
        documents,
        keys,
        HashMap::new,
        add,
        |found: HashMap<u64, u32>| {
            found
                .into_iter()
                .for_each(|(key, count)| *frequent.entry(key).or_default() += count);
        },
    );
    drop(rough);
    frequent.retain(|_, count| *count >= least);
    let terms = pairs(texts, documents, head, options, keys, &frequent);
    TermCounts {
        terms,
        tests: frequent.len() as u64 * head.labels.len() as u64,
    }
}

/// Returns the key of a term with a label.
fn with_label(key: u64, label: usize) -> u64 {
    combine(key, label as u64 + 1)
}

fn pairs(
    texts: &Texts,
    documents: &[u32],
    head: &Head,
    options: &LabelLeakOptions,
    keys: TermKeys,
    frequent: &HashMap<u64, u32>,
) -> Vec<CountedTerm> {
    let rough = Sketch::new(texts.bytes());
    let add = |(): &mut (), document: u32, terms: &[TextTerm]| {
        for term in terms.iter().filter(|term| frequent.contains_key(&term.key)) {
            head.each_held(document as usize, |label| {
                rough.add(with_label(term.key, label))
            });
        }
    };
    each(texts, documents, keys, || (), add, |()| ());
    let exact =
        |found: &mut HashMap<(u64, u32), CountedTerm>, document: u32, terms: &[TextTerm]| {
            for term in terms {
                let Some(&count) = frequent.get(&term.key) else {
                    continue;
                };
                head.each_held(document as usize, |label| {
                    if f64::from(rough.at_most(with_label(term.key, label)))
                        >= options.precision * f64::from(count)
                    {
                        let one = CountedTerm::one(term, label as u32, count, document);
                        found
                            .entry((term.key, label as u32))
                            .and_modify(|sum| sum.add(&one))
                            .or_insert(one);
                    }
                });
            }
        };
    let mut all: HashMap<(u64, u32), CountedTerm> = HashMap::new();
    each(
        texts,
        documents,
        keys,
        HashMap::new,
        exact,
        |found: HashMap<(u64, u32), CountedTerm>| {
            for (key, counted) in found {
                all.entry(key)
                    .and_modify(|sum| sum.add(&counted))
                    .or_insert(counted);
            }
        },
    );
    all.into_values().collect()
}

impl CountedTerm {
    fn one(term: &TextTerm, label: u32, documents: u32, first: u32) -> Self {
        let (at_start, at_end) = (u32::from(term.at_start), u32::from(term.at_end));
        CountedTerm {
            key: term.key,
            host: term.host,
            label,
            documents,
            hits: 1,
            at_start,
            at_end,
            first,
        }
    }

    fn add(&mut self, other: &CountedTerm) {
        self.hits += other.hits;
        self.at_start += other.at_start;
        self.at_end += other.at_end;
        self.first = self.first.min(other.first);
    }
}

/// Reads the terms of all documents in tasks, each with a value of its own, and hands the values on
/// one at a time. So few of them are in memory at once.
fn each<T: Send>(
    texts: &Texts,
    documents: &[u32],
    keys: TermKeys,
    new: impl Fn() -> T + Sync,
    add: impl Fn(&mut T, u32, &[TextTerm]) + Sync,
    mut done: impl FnMut(T),
) {
    // Tasks whose results are in memory at once: enough for usual numbers of threads.
    const AT_ONCE: usize = 16;
    for some in documents.chunks(TASK * AT_ONCE) {
        let tasks = some.par_chunks(TASK).map_init(
            || Terms::new(keys),
            |terms, task| {
                let mut value = new();
                task.iter().for_each(|&document| {
                    add(
                        &mut value,
                        document,
                        terms.read(texts.get(document as usize)),
                    )
                });
                value
            },
        );
        tasks.collect::<Vec<T>>().into_iter().for_each(&mut done);
    }
}
