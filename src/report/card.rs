//! Model cards in Markdown.

use super::counted;
use super::page::escape_markdown;
use crate::corpus::HeadKind;
use crate::model::{HeadCard, MeasuredMetric, ModelCard, ScoreOrigin, SourceProfile, TestResult};
use std::fmt::{self, Write};

/// Metrics of a head that a card shows, where they are there; the JSON has all.
const SHOWN: [&str; 7] = [
    "accuracy",
    "subset_accuracy",
    "macro_f1",
    "micro_f1",
    "roc_auc",
    "log_loss",
    "ece",
];

/// Returns the card of a model in Markdown.
pub fn markdown(card: &ModelCard) -> String {
    let mut out = String::new();
    // Writing to memory cannot fail.
    let _ = write_card(&mut out, card);
    out
}

fn write_card(out: &mut String, card: &ModelCard) -> fmt::Result {
    writeln!(out, "# Model card: {}\n", escape_markdown(&card.name))?;
    write_text(out, "Intended use", card.text.intended_use.as_deref())?;
    write_text(out, "Known gaps", card.text.known_gaps.as_deref())?;
    writeln!(out, "## Training data\n")?;
    let documents = counted(card.documents as usize, "document");
    writeln!(out, "- {documents}, data hash `{}`", card.data_hash)?;
    if !card.languages.is_empty() {
        let languages: Vec<String> = card
            .languages
            .iter()
            .map(|(code, documents)| format!("{code} {documents}"))
            .collect();
        writeln!(out, "- Documents by language: {}", languages.join(", "))?;
    }
    if let Some(sources) = &card.sources {
        writeln!(out, "- Documents by source: {}", source_list(sources))?;
    }
    if let Some([first, last]) = &card.dates {
        writeln!(out, "- Dates: {first} to {last}")?;
    }
    if let Some(share) = card.known_share {
        let share = 100.0 * share;
        writeln!(
            out,
            "- Words that the model knows in half of the documents: {share:.0} % or more"
        )?;
    }
    writeln!(out, "- {} in the vocabulary", counted(card.terms, "term"))?;
    let (program, hash) = (&card.written_by, &card.hash);
    writeln!(
        out,
        "- Trained by {}; hash of the file `{hash}`",
        escape_markdown(program)
    )?;
    for head in &card.heads {
        write_head(out, head)?;
    }
    card.text
        .tests
        .iter()
        .try_for_each(|test| write_test(out, test))
}

fn source_list(sources: &SourceProfile) -> String {
    let named = sources.by_frequency().into_iter();
    let mut parts: Vec<String> = named
        .map(|(name, documents)| format!("{} {documents}", escape_markdown(name)))
        .collect();
    if sources.other_documents > 0 {
        let others = counted(sources.others as usize, "other source");
        parts.push(format!("{others} {}", sources.other_documents));
    }
    if sources.unnamed > 0 {
        parts.push(format!("none named {}", sources.unnamed));
    }
    parts.join(", ")
}

fn write_text(out: &mut String, title: &str, text: Option<&str>) -> fmt::Result {
    let text = text.map_or_else(|| "Not stated.".to_string(), escape_markdown);
    writeln!(out, "## {title}\n\n{text}\n")
}

fn write_head(out: &mut String, head: &HeadCard) -> fmt::Result {
    writeln!(out, "\n## Head {}\n", escape_markdown(&head.name))?;
    let kind = match head.kind {
        HeadKind::Exclusive => "Exactly one label.",
        HeadKind::Independent => "Any number of labels.",
    };
    let scores = match head.calibrated {
        true => "Scores are calibrated probabilities.",
        false => "Scores are not calibrated.",
    };
    writeln!(
        out,
        "{kind} Classifier: {}. {scores}\n",
        escape_markdown(&head.classifier)
    )?;
    writeln!(
        out,
        "| label | training documents | precision | recall | F1 |"
    )?;
    writeln!(out, "|---|---:|---:|---:|---:|")?;
    for label in &head.labels {
        let of_label = |name: &str| metric(&head.metrics, name, Some(&label.label));
        let [precision, recall, f1] = ["precision", "recall", "f1"].map(of_label);
        let (label, documents) = (escape_markdown(&label.label), label.documents);
        writeln!(
            out,
            "| {label} | {documents} | {precision} | {recall} | {f1} |"
        )?;
    }
    let origin = match head.origin {
        Some(ScoreOrigin::OutOfFold) => "out of fold",
        Some(ScoreOrigin::KeptApart) => "documents kept apart for calibration",
        Some(ScoreOrigin::Training) => {
            return writeln!(
                out,
                "\nNo scores of unseen documents were made in training."
            );
        }
        Some(ScoreOrigin::LeftOut) => {
            return writeln!(
                out,
                "\nTerms were left out after training, so that its metrics no longer hold."
            );
        }
        None => return writeln!(out, "\nThe file keeps no profile of the training data."),
    };
    write_metrics(out, &head.metrics, origin)
}

/// Writes a table of the metrics of a head.
fn write_metrics(out: &mut String, metrics: &[MeasuredMetric], origin: &str) -> fmt::Result {
    writeln!(
        out,
        "\n| metric, {origin} | value (95 % interval) |\n|---|---:|"
    )?;
    for name in SHOWN {
        let value = metric(metrics, name, None);
        if value != NOT_KNOWN {
            writeln!(out, "| {} | {value} |", name.replace('_', " "))?;
        }
    }
    Ok(())
}

fn write_test(out: &mut String, test: &TestResult) -> fmt::Result {
    let documents = counted(test.documents as usize, "document");
    let name = test.name.as_deref().map(escape_markdown);
    let name = name.map_or_else(String::new, |name| format!(": {name}"));
    let hash = &test.data_hash;
    writeln!(out, "\n## Test on {documents}, data hash `{hash}`{name}")?;
    if let Some(learnt) = test.learnt_documents.filter(|&learnt| learnt > 0) {
        writeln!(out, "\nThe model learnt from {learnt} of these texts.")?;
    }
    for head in &test.heads {
        writeln!(out, "\n### Head {}", escape_markdown(&head.name))?;
        write_metrics(out, &head.metrics, "test")?;
    }
    Ok(())
}

/// Stands for a metric that was not measured.
const NOT_KNOWN: &str = "–";

fn metric(metrics: &[MeasuredMetric], name: &str, label: Option<&str>) -> String {
    let found = metrics
        .iter()
        .find(|metric| metric.metric == name && metric.label.as_deref() == label);
    match found {
        None => NOT_KNOWN.to_string(),
        Some(MeasuredMetric {
            value,
            interval: Some([low, high]),
            ..
        }) => format!("{value:.3} ({low:.3} to {high:.3})"),
        Some(metric) => format!("{:.3}", metric.value),
    }
}
