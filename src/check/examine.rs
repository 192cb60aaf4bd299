//! Defects of single rows and texts.

use super::context::CheckContext;
use super::encoding::damage;
use super::finding::{DocumentRef, Example, Finding, Tally};
use crate::text::{Language, LanguageSet, detect, has_tokens};
use rayon::prelude::*;
use std::collections::HashMap;

/// The language of a shorter text is too often taken for another.
const TELLING: usize = 100;

pub(super) fn findings(context: &CheckContext<'_>) -> Vec<Finding> {
    let mut findings = vec![unreadable(context)];
    findings.extend(texts(context));
    findings.push(repeated_ids(context));
    findings
}

fn unreadable(context: &CheckContext<'_>) -> Finding {
    let rows = &context.raw_corpus.unreadable;
    let example = |row: &crate::corpus::UnreadableRow| Example {
        note: row.reason.clone(),
        documents: vec![DocumentRef {
            id: None,
            place: row.place.clone(),
            labels: None,
        }],
    };
    let examples = rows
        .iter()
        .take(context.options.examples)
        .map(example)
        .collect();
    let all = rows.len() + context.raw_corpus.corpus.len();
    context.finding(
        "unreadable",
        "rows that cannot be read".into(),
        Tally::share(rows.len() as u64, all as u64),
        examples,
    )
}

/// Returns the defects of one text, a bit each, in the order of [`kinds`].
fn defects(text: &str, context: &CheckContext<'_>, languages: &[Language]) -> u8 {
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
    let worded = letters > 0 || has_tokens(text);
    let characters = text.chars().count();
    let damage = damage(text);
    let foreign = letters >= TELLING && !languages.contains(&detect(text));
    let all = [
        !worded,
        worded && letters < context.options.tiny,
        characters > context.options.giant,
        damage.replaced,
        damage.misread,
        damage.control,
        foreign,
        fragments(text).next().is_some(),
    ];
    all.into_iter()
        .enumerate()
        .fold(0, |bits, (at, holds)| bits | u8::from(holds) << at)
}

fn texts(context: &CheckContext<'_>) -> Vec<Finding> {
    let texts = &context.raw_corpus.corpus.texts;
    let languages = LanguageSet::of_corpus(texts, Language::Auto).list();
    let bits: Vec<u8> = (0..texts.len())
        .into_par_iter()
        .map(|at| defects(texts.get(at), context, &languages))
        .collect();
    let finding = |(at, (name, what)): (usize, (&'static str, String))| {
        let found = (0..bits.len()).filter(|&document| bits[document] >> at & 1 == 1);
        // Only the notes of examples are shown, and some take long to make.
        let noted = found.enumerate().map(|(rank, document)| {
            let is_example = rank < context.options.examples;
            let note = is_example.then(|| note(name, texts.get(document)));
            (document, note.unwrap_or_default())
        });
        context.documents(name, what, &noted.collect::<Vec<_>>(), bits.len())
    };
    let kinds = kinds(context, &languages).into_iter();
    kinds.enumerate().map(finding).collect()
}

/// Returns name and description of each defect, in the order of the bits of [`defects`].
fn kinds(context: &CheckContext<'_>, languages: &[Language]) -> [(&'static str, String); 8] {
    let (tiny, giant) = (context.options.tiny, context.options.giant);
    let names: Vec<&str> = languages.iter().map(|language| language.code()).collect();
    let names = names.join(", ");
    [
        (
            "empty",
            "texts without a letter, digit or emoji".to_string(),
        ),
        (
            "tiny",
            format!("texts with fewer than {tiny} letters and digits"),
        ),
        ("giant", format!("texts with more than {giant} characters")),
        (
            "replacement-characters",
            "texts with U+FFFD, where a character was lost".to_string(),
        ),
        (
            "wrong-encoding",
            "texts in UTF-8 that were read as Latin-1, such as Ã¼ for ü".to_string(),
        ),
        (
            "control-characters",
            "texts with control characters".to_string(),
        ),
        (
            "foreign-language",
            format!("texts of {TELLING} letters or more not in {names}"),
        ),
        (
            "html",
            "texts with HTML entities or tags, such as &amp; or <br>".to_string(),
        ),
    ]
}

/// Returns the HTML in a text, of which a build without the feature `html` knows nothing.
#[cfg(feature = "html")]
fn fragments(text: &str) -> impl Iterator<Item = &str> {
    crate::corpus::markup(text).map(|markup| &text[markup.range])
}

#[cfg(not(feature = "html"))]
fn fragments(_text: &str) -> impl Iterator<Item = &str> {
    std::iter::empty()
}

/// Returns the note of an example beside its place.
fn note(name: &str, text: &str) -> String {
    match name {
        "foreign-language" => detect(text).code().to_string(),
        "giant" => format!("{} characters", text.chars().count()),
        "html" => fragments(text)
            .take(5)
            .map(|seen| seen.chars().take(30).collect())
            .collect::<Vec<String>>()
            .join(" "),
        "empty" => String::new(),
        _ => text.chars().take(60).collect(),
    }
}

fn repeated_ids(context: &CheckContext<'_>) -> Finding {
    let ids = &context.raw_corpus.corpus.ids;
    let mut first: HashMap<&str, usize> = HashMap::with_capacity(ids.len());
    let mut found = Vec::new();
    for (document, id) in ids.iter().enumerate() {
        let earlier = *first.entry(id).or_insert(document);
        if earlier != document {
            let shown = found.len() < context.options.examples;
            let note = if shown {
                format!("also at {}", context.raw_corpus.place(earlier))
            } else {
                String::new()
            };
            found.push((document, note));
        }
    }
    context.documents(
        "repeated-ids",
        "documents with the id of another before them".into(),
        &found,
        ids.len(),
    )
}
