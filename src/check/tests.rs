//! Laws of the whole.

use super::*;
use crate::corpus::{Corpus, HeadKind};
use crate::dedup::NearDuplicates;
use crate::io::Silent;
use proptest::prelude::*;

/// Documents of part, text and labels of an exclusive head; no label is unknown.
fn raw_corpus(rows: &[(&str, String, Option<&str>)]) -> (RawCorpus, Categories) {
    let mut corpus = Corpus::builder();
    corpus.head("topic", HeadKind::Exclusive);
    for (at, (_, text, label)) in rows.iter().enumerate() {
        let labels: Vec<&str> = label.iter().copied().collect();
        corpus.document(&at.to_string(), text, &[&labels]);
    }
    let parts: Categories = rows.iter().map(|(part, ..)| part).collect();
    let raw_corpus = RawCorpus {
        corpus: corpus.finish().unwrap(),
        files: parts.clone(),
        lines: (1..=rows.len() as u64).collect(),
        fields: vec![parts.clone()],
        unreadable: Vec::new(),
        missing: Vec::new(),
        refused: Vec::new(),
    };
    (raw_corpus, parts)
}

fn look(rows: &[(&str, String, Option<&str>)], options: &CheckOptions) -> CheckReport {
    let (raw_corpus, parts) = raw_corpus(rows);
    check(&raw_corpus, &parts, options, &Silent)
}

fn row<'a>(part: &'a str, text: &str, label: &'a str) -> (&'a str, String, Option<&'a str>) {
    (part, text.to_string(), Some(label))
}

#[test]
fn copies_are_counted_once_inside_and_across() {
    let long = "talks on the border resumed in the capital on monday";
    let rows = [
        row("train", long, "a"),
        row("train", &long.to_uppercase(), "a"),
        row("train", &format!("{long} again"), "b"),
        row("test", long, "b"),
        row("test", &format!("now {long}"), "a"),
        row("test", "the final ended with a late goal", "a"),
    ];
    let report = look(&rows, &CheckOptions::default());
    let count = |name: &str| report.finding(name).unwrap().count;
    assert_eq!(
        (count("exact-duplicates"), count("near-duplicates")),
        (1, 2)
    );
    assert_eq!(
        (
            count("exact-across"),
            count("near-across"),
            count("conflicting-labels")
        ),
        (1, 1, 3)
    );
    let across = &report.across[0];
    assert_eq!(
        (
            across.exact,
            across.near,
            across.different_labels,
            across.of
        ),
        (1, 1, 1, 3)
    );
}

#[test]
fn what_is_kept_has_no_copies_and_no_contradiction() {
    let rows = [
        row("train", "the first text has a few words", "a"),
        row("train", "the first text has a few words!", "b"),
        row("train", "one two three four five six seven eight", "a"),
        row("test", "one two three four five six seven eight nine", "a"),
        row("test", "one two three four five six seven eight ten", "b"),
        row("test", "…", "a"),
        row("test", "another", "a"),
    ];
    let (raw_corpus, parts) = raw_corpus(&rows);
    let copies = Copies::find(&raw_corpus, &NearDuplicates::default());
    assert_eq!(
        kept(&raw_corpus, &parts, &copies),
        [false, false, true, false, true, false, true]
    );
}

#[test]
fn a_byline_is_a_leak_and_a_word_of_the_text_is_none() {
    let filler = |n: usize| {
        (0..12)
            .map(|k| format!("w{}", (n * 7919 + k * 104_729) % 997))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let rows: Vec<_> = (0..400)
        .map(|n| match (n % 4, n % 8) {
            (0, 0) => row(
                "all",
                &format!("{} xyz https://www.leak.example/{n}", filler(n)),
                "a",
            ),
            (0, _) => row(
                "all",
                &format!("Agency: {} goal {}", filler(n), filler(n + 1)),
                "a",
            ),
            _ => row("all", &filler(n), "b"),
        })
        .collect();
    let leaks = look(&rows, &CheckOptions::default()).leaks;
    let all = |leak: &LabelLeak| {
        std::iter::once(leak.term.clone())
            .chain(leak.also.clone())
            .collect::<Vec<_>>()
    };
    let reason = |term: &str| {
        leaks
            .iter()
            .find(|leak| all(leak).iter().any(|t| t == term))
            .map(|leak| leak.reason)
    };
    assert_eq!(
        (reason("agency"), reason("leak.example")),
        (Some(LeakReason::Start), Some(LeakReason::Host))
    );
    assert!(
        leaks
            .iter()
            .all(|leak| leak.label == "a" && leak.share >= 0.95 && leak.lift > 3.0)
    );
}

#[test]
fn rare_and_unseen_labels_are_named() {
    let rows: Vec<_> = (0..30)
        .map(|n| {
            row(
                if n < 20 { "train" } else { "test" },
                &format!("text {n}"),
                if n < 25 { "a" } else { "b" },
            )
        })
        .collect();
    let report = look(&rows, &CheckOptions::default());
    assert_eq!(report.rare_labels[0].label, "b");
    assert_eq!(
        (
            report.rare_labels[0].documents,
            report.rare_labels[0].in_first_part
        ),
        (5, 0)
    );
    assert!(report.finding("unseen-labels").unwrap().above);
}

#[test]
fn every_finding_has_a_limit_and_every_limit_a_finding() {
    let options = CheckOptions {
        date: Some(0),
        ..CheckOptions::default()
    };
    let report = look(
        &[row("a", "first text", "x"), row("b", "second text", "x")],
        &options,
    );
    let mut found: Vec<&str> = report.findings.iter().map(|finding| finding.name).collect();
    let mut known: Vec<&str> = DEFAULT_LIMITS.iter().map(|(name, _)| *name).collect();
    found.sort_unstable();
    known.sort_unstable();
    assert_eq!(found, known);
    let mut limits = FindingLimits::default();
    limits.set("tiny=none").unwrap();
    limits.set("empty=0.5").unwrap();
    assert_eq!((limits.of("tiny"), limits.of("empty")), (None, Some(0.5)));
    for wrong in ["tiny", "tiny=", "tiny=-1", "tiny=NaN", "huge=1", "=", ""] {
        assert!(limits.set(wrong).is_err(), "{wrong}");
    }
}

proptest! {
    /// Any text is looked at, whatever it holds, and the threads do not show.
    #[test]
    fn any_corpus_is_looked_at(
        rows in prop::collection::vec((0..3usize, any::<String>(), prop::option::of(0..3usize)), 1..25),
        copied in any::<bool>(),
    ) {
        let names = ["x", "y", "z"];
        let mut rows: Vec<_> = rows.into_iter().map(|(part, text, label)| (names[part], text, label.map(|at| names[at]))).collect();
        if copied {
            rows.extend(rows.clone());
        }
        let leaks = LabelLeakOptions { support: 1, ..LabelLeakOptions::default() };
        let options = CheckOptions { date: Some(0), source: Some(0), leaks, ..CheckOptions::default() };
        let (raw_corpus, parts) = raw_corpus(&rows);
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| check(&raw_corpus, &parts, &options, &Silent))
        };
        let report = with(1);
        prop_assert_eq!(&report, &with(3));
        prop_assert!(report.findings.iter().all(|finding| finding.count <= finding.of));
        let copies = Copies::find(&raw_corpus, &options.near);
        let keep = kept(&raw_corpus, &parts, &copies);
        let left: Vec<_> = rows.iter().zip(keep).filter(|(_, keep)| *keep).map(|(row, _)| row.clone()).collect();
        if !left.is_empty() {
            let again = look(&left, &options);
            prop_assert_eq!(again.finding("conflicting-labels").unwrap().count, 0);
            prop_assert_eq!(again.finding("empty").unwrap().count, 0);
            prop_assert_eq!(again.finding("exact-duplicates").unwrap().count, 0);
        }
    }
}
