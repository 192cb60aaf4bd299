//! The content of models and of files of word vectors.

use super::{Style, cell, count, lines, prose, strong, thresholds, title};
use crate::background;
use crate::calibrate::Origin;
use crate::features::{Buckets, NGrams, TfIdfOptions};
use crate::model::{HeadMetadata, HeadSummary, ModelSummary};
use crate::report::numbers::counted;
use crate::report::table::{Cell, Table};
use crate::text::{Language, TokenOptions, WordRule};
use serde_json::Value;

/// Returns the content of a model.
pub fn summary(style: Style, summary: &ModelSummary) -> String {
    let mut out = metadata(style, summary);
    for head in &summary.heads {
        out += &head_summary(style, head);
    }
    let mut sections = Table::default();
    sections.set_columns(["section", "type", "shape", "bytes"]);
    for section in &summary.sections {
        let shape: Vec<String> = section.shape.iter().map(ToString::to_string).collect();
        let bytes = Cell::numeric(section.bytes);
        sections.add_row([
            cell(&section.name),
            Cell::text(&section.dtype),
            Cell::text(shape.join(" × ")),
            bytes,
        ]);
    }
    out + &lines(style, &sections)
}

/// Writes what a file of word vectors holds.
pub fn background(style: Style, summary: &background::BackgroundSummary) -> String {
    let mut facts = Table::default();
    let mut add = |name: &str, value: String| {
        facts.add_row([strong(name), cell(&value)]);
    };
    add(
        "written by",
        format!("{} (file format {})", summary.written_by, summary.format),
    );
    add(
        "learnt from",
        counted(summary.documents as usize, "document"),
    );
    let options = &summary.options;
    add("window", counted(options.window as usize, "word"));
    add(
        "limits",
        format!(
            "vocabulary {}, min-df {}",
            options.vocabulary, options.min_df
        ),
    );
    add("seed", options.seed.to_string());
    add("size", format!("{} bytes", summary.file_bytes));
    let mut languages = Table::default();
    languages.set_columns(["language", "documents", "words", "dimensions"]);
    for of in &summary.languages {
        let numbers = [of.documents as usize, of.terms, of.dimensions].map(Cell::numeric);
        languages.add_row(std::iter::once(cell(of.language.code())).chain(numbers));
    }
    lines(style, &facts) + &lines(style, &languages)
}

fn metadata(style: Style, summary: &ModelSummary) -> String {
    let mut table = Table::default();
    let features = &summary.features;
    let rows = origin(summary)
        .into_iter()
        .chain(treatment(features, &summary.languages))
        .chain(size(summary));
    for (name, value) in rows {
        table.add_row([strong(name), cell(&value)]);
    }
    lines(style, &table)
}

/// Name and value of a row.
type NamedValue = (&'static str, String);

/// Returns the facts of the model's training.
fn origin(summary: &ModelSummary) -> Vec<NamedValue> {
    let metadata = &summary.metadata;
    let text = metadata.schema.iter().flat_map(|schema| &schema.text);
    let text: Vec<String> = text.map(ToString::to_string).collect();
    let trained_on = format!(
        "{}, data hash {}",
        counted(metadata.documents as usize, "document"),
        metadata.data_hash
    );
    let mut rows = vec![
        ("model", metadata.name.clone()),
        (
            "written by",
            format!("{} (file format {})", metadata.written_by, summary.format),
        ),
        ("trained on", trained_on),
    ];
    if let Some(of) = &metadata.background {
        let documents = counted(of.documents as usize, "document");
        rows.push((
            "background",
            format!("of {documents}, weight {}, hash {}", of.weight, of.hash),
        ));
    }
    rows.push(("text columns", text.join(", ")));
    rows
}

/// Returns the treatment of texts.
fn treatment(features: &TfIdfOptions, languages: &[Language]) -> Vec<NamedValue> {
    let languages: Vec<&str> = languages.iter().map(|language| language.code()).collect();
    let most = features
        .max_features
        .map_or("no limit".to_string(), |most| most.to_string());
    vec![
        (
            "language",
            format!("{}: {}", features.tokens.language, languages.join(", ")),
        ),
        ("words", words(features)),
        (
            "n-grams",
            format!(
                "words {}, characters {}{}",
                range(features.word_ngrams),
                range(features.char_ngrams),
                features.buckets.map_or_else(String::new, hashed)
            ),
        ),
        (
            "limits",
            format!(
                "min-df {}, max-df {}, max-features {most}",
                features.min_df, features.max_df
            ),
        ),
        ("weighting", weighting(features)),
    ]
}

/// Returns term frequency, idf and norm.
fn weighting(features: &TfIdfOptions) -> String {
    let exponent = match features.norm_exponent {
        1.0 => String::new(),
        exponent => format!(" to the power of {exponent}"),
    };
    format!(
        "tf {:?}, idf {:?}, norm {:?}{exponent}",
        features.tf, features.idf, features.norm
    )
    .to_lowercase()
}

/// Returns the numbers of terms and bytes.
fn size(summary: &ModelSummary) -> [NamedValue; 2] {
    let hashed = summary
        .features
        .buckets
        .map_or(0, |found| found.count as usize);
    let (words, rest) = (summary.word_terms, summary.terms - summary.word_terms);
    let rest = match hashed {
        0 => format!("{rest} characters"),
        _ => format!("{hashed} buckets of hashed n-grams"),
    };
    let terms = format!(
        "{words} words, {rest}; {:.1} bytes a term",
        summary.bytes_per_term
    );
    [
        ("terms", terms),
        ("size", format!("{} bytes", summary.file_bytes)),
    ]
}

/// Returns lengths of n-grams.
fn range(lengths: Option<NGrams>) -> String {
    lengths.map_or("none".to_string(), |lengths| lengths.to_string())
}

/// Returns the lengths of hashed n-grams.
fn hashed(buckets: Buckets) -> String {
    format!(
        "; hashed: words {}, characters {}",
        range(buckets.word_ngrams),
        range(buckets.char_ngrams)
    )
}

/// Returns the treatment of words.
fn words(features: &TfIdfOptions) -> String {
    if features.tokens.words == WordRule::FastText {
        return "as fastText cuts them".to_string();
    }
    let TokenOptions {
        hyphens,
        umlauts,
        stem,
        stop_words,
        ..
    } = features.tokens;
    let yes = |holds: bool| if holds { "yes" } else { "no" };
    let (stem, compounds) = (yes(stem), yes(features.compounds));
    format!(
        "stems {stem}, compounds {compounds}, hyphens {hyphens}, umlauts {umlauts}, stop words {stop_words}"
    )
}

fn head_summary(style: Style, head: &HeadSummary) -> String {
    let metadata = &head.metadata;
    let kind = format!("{:?}", metadata.kind).to_lowercase();
    let link = format!("{:?}", metadata.link).to_lowercase();
    let mut table = Table::default();
    table.set_columns(["label", "documents", "strongest terms"]);
    for ((label, support), top) in metadata
        .labels
        .iter()
        .zip(&metadata.support)
        .zip(&head.top_terms)
    {
        let terms: Vec<&str> = top.terms.iter().map(|(term, _)| term.as_str()).collect();
        table.add_row([cell(label), count(*support), cell(&terms.join(", "))]);
    }
    let classifier = serde_json::to_value(&metadata.classifier)
        .map(|value| options(&value))
        .unwrap_or_default();
    let name = format!(
        "head {}: {kind}, {}, scores: {link}",
        metadata.name,
        counted(metadata.labels.len(), "label")
    );
    let metadata = prose(style, &format!("{classifier}\n{}", reading(head)))
        + &threshold_table(style, metadata);
    title(style, &name) + &metadata + &lines(style, &table) + "\n"
}

/// Returns options as words: names with their values, those of a part behind a colon.
fn options(value: &Value) -> String {
    let list = |items: Vec<String>| items.join(", ");
    match value {
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| match value {
                Value::Object(_) | Value::Array(_) => format!("{name}: {}", options(value)),
                _ => format!("{name} {}", options(value)),
            };
            list(fields.iter().map(field).collect())
        }
        Value::Array(items) => list(items.iter().map(options).collect()),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Returns the way from decision values to answers.
fn reading(head: &HeadSummary) -> String {
    let (metadata, mut out) = (&head.metadata, String::new());
    if let Some(calibration) = &metadata.calibration {
        out += &format!("calibrated by {}\n", calibration.name());
    }
    if metadata.costs.is_some() {
        out += "the answer is the one of the least expected cost\n";
    }
    if let Some(abstention) = &head.abstention {
        let origin = match abstention.origin {
            Origin::KeptApart => "kept apart",
            Origin::OutOfFold => "out of fold",
        };
        let least: u64 = abstention
            .documents
            .iter()
            .flatten()
            .copied()
            .min()
            .unwrap_or(0);
        out += &format!(
            "says \"undecided\" by documents {origin}, at least {least} for each answer\n"
        );
    }
    out
}

fn threshold_table(style: Style, metadata: &HeadMetadata) -> String {
    let Some(goal) = &metadata.threshold_objective else {
        return String::new();
    };
    let mut table = Table::default();
    table.set_columns([
        "label",
        &format!("threshold for {goal}"),
        "without a fold",
        "out of fold",
    ]);
    for (label, choice) in metadata.threshold_selections.iter().enumerate() {
        let missed = if choice.met {
            ""
        } else {
            " (goal not reached)"
        };
        table.add_row([
            cell(&metadata.labels[label]),
            cell(&thresholds::threshold(metadata, label)),
            cell(&thresholds::spread(metadata, label)),
            cell(&format!("{}{missed}", thresholds::reached(goal, choice))),
        ]);
    }
    lines(style, &table)
}
