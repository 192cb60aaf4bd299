//! Defects of a corpus, found before anything is learnt from it.
//!
//! [`check`] looks through a [`RawCorpus`] for copies and near copies inside and across its parts,
//! for the same text with different labels, for terms that give a label away, for texts that are
//! empty, tiny, giant, in another language, in a broken encoding or with HTML left in them, for
//! rare, unseen and missing labels and those that look alike, and for dates that are not
//! understood. Every [`Finding`] has a limit, and a [`CheckReport::above`] tells whether one is
//! above its limit. [`kept`] returns the documents that are left without copies.
//!
//! *Parts* are the files that belong to training, development and test, in this order; a document is a copy of one in
//! the same part before it or in an earlier part.
//!
//! ```
//! use standpoint::check::{CheckOptions, check};
//! use standpoint::corpus::{Categories, Corpus, HeadKind, RawCorpus};
//!
//! let mut corpus = Corpus::builder();
//! corpus.head("topic", HeadKind::Exclusive);
//! corpus.document("a", "Shelling resumed along the front", &[&["conflict"]]);
//! corpus.document("b", "The final ended with a late goal", &[&["sport"]]);
//! corpus.document("c", "SHELLING RESUMED ALONG THE FRONT!", &[&["sport"]]);
//! let raw_corpus = RawCorpus {
//!     corpus: corpus.finish()?,
//!     files: ["train.csv", "train.csv", "test.csv"].into_iter().collect(),
//!     lines: vec![1, 2, 1],
//!     fields: vec![],
//!     unreadable: vec![],
//!     missing: vec![],
//!     refused: vec![],
//! };
//! let parts: Categories = ["train", "train", "test"].into_iter().collect();
//! let report = check(&raw_corpus, &parts, &CheckOptions::default(), &standpoint::io::Silent);
//! assert_eq!((report.across[0].exact, report.across[0].different_labels), (1, 1));
//! assert!(report.above());
//! # Ok::<(), standpoint::Error>(())
//! ```

mod context;
mod copies;
mod encoding;
mod examine;
mod finding;
mod labels;
mod leaks;
mod limits;
mod report;
mod shares;
mod terms;

pub use context::{CheckOptions, Copies, LabelLeakOptions};
pub use copies::{CrossPartCopies, kept};
pub use finding::{DocumentRef, Example, Finding};
pub use labels::RareLabel;
pub use leaks::{LabelLeak, LeakReason};
pub use limits::{DEFAULT_LIMITS, FindingLimits, LIMITS_BY_NUMBER};
pub use report::{CheckReport, CorpusPart};
pub use shares::{CategoryShares, HeadDistribution, LabelShare, Predictability, month, year};

use crate::corpus::{Categories, RawCorpus};
use crate::io::Progress;
use context::CheckContext;

/// Looks for all that can be found; `parts` names the part of each document.
pub fn check(
    raw_corpus: &RawCorpus,
    parts: &Categories,
    options: &CheckOptions,
    progress: &dyn Progress,
) -> CheckReport {
    progress.stage("looking for copies", 0);
    let copies = Copies::find(raw_corpus, &options.near);
    check_copies(raw_corpus, parts, &copies, options, progress)
}

/// As [`check`], where copies are known.
pub fn check_copies(
    raw_corpus: &RawCorpus,
    parts: &Categories,
    copies: &Copies,
    options: &CheckOptions,
    progress: &dyn Progress,
) -> CheckReport {
    let context = CheckContext {
        raw_corpus,
        parts,
        copies,
        options,
    };
    progress.stage("examining texts", 0);
    let mut findings = examine::findings(&context);
    let (across, of_copies) = copies::findings(&context);
    findings.extend(of_copies);
    progress.stage("looking for label leaks", 0);
    let leaks = leaks::find(&context);
    findings.extend(leaks::finding(&context, &leaks));
    let (rare, of_labels) = labels::findings(&context);
    findings.extend(of_labels);
    findings.extend(
        options
            .date
            .map(|field| shares::unreadable_dates(&context, field)),
    );
    let shares = |field: Option<usize>| field.map(|field| shares::shares(&context, field));
    CheckReport {
        documents: raw_corpus.corpus.len(),
        parts: context.part_sizes(),
        shingle: options.near.shingle.max(1),
        threshold: options.near.threshold,
        findings,
        across,
        leaks,
        rare_labels: rare,
        by_date: shares(options.date),
        by_source: shares(options.source),
        predictable: options
            .source
            .map_or(Vec::new(), |field| shares::predictable(&context, field)),
    }
}

#[cfg(test)]
mod tests;
