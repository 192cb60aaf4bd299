//! Choice of settings by `train --preset auto`.

use crate::cli::args::{FitArgs, PresetArg};
use crate::cli::progress::TerminalProgress;
use standpoint::features::NGrams;
use standpoint::io::Progress;
use standpoint::report::counted;
use standpoint::train::{HeadSelection, ScoredSetting, Selection};
use standpoint::tune::AutoPreset;
use standpoint::{Corpus, Result, Trainer};

/// Returns the options with the settings that the preset takes for this corpus.
pub fn chosen(
    args: &FitArgs,
    trainer: Trainer,
    corpus: &Corpus,
    bar: &'static TerminalProgress,
) -> Result<Trainer> {
    if !is_auto(args) {
        return Ok(trainer);
    }
    let trainer = AutoPreset::new(trainer).choose(corpus, bar)?;
    if let Some(selection) = &trainer.selection {
        bar.clear();
        bar.note(&line(selection, corpus.len()));
    } else if args.preset.is_some() {
        let documents = counted(corpus.len() as u64, "document");
        bar.note(&format!("{documents} are too few to compare settings on"));
    }
    Ok(trainer)
}

/// Returns true where nothing on the command line says which features or classifier to take.
fn is_auto(args: &FitArgs) -> bool {
    let given = |id: &&str| args.is_given(id);
    match args.preset {
        Some(preset) => preset == PresetArg::Auto,
        None => args.options.is_none() && !AutoPreset::CHOICES.iter().any(given),
    }
}

/// Returns the settings that were taken, and the scores by which they were.
fn line(selection: &Selection, documents: usize) -> String {
    let heads: Vec<String> = selection.heads.iter().filter_map(of_head).collect();
    format!(
        "{}; out of fold, on {} of {}; --preset fast compares nothing",
        heads.join("; "),
        selection.scored,
        counted(documents as u64, "document"),
    )
}

fn of_head(head: &HeadSelection) -> Option<String> {
    let chosen = head.chosen()?;
    let others = head.settings.iter().enumerate();
    let others = others.filter(|(at, _)| *at != head.chosen);
    let others: Vec<String> = others
        .map(|(_, setting)| format!("{} ({:.3})", named(setting), setting.score))
        .collect();
    Some(format!(
        "{}: takes {} with macro-F1 {:.3}, not {}",
        head.head,
        named(chosen),
        chosen.score,
        others.join(", ")
    ))
}

/// Returns the classifier and the features of a setting.
fn named(setting: &ScoredSetting) -> String {
    let range = |what: &str, range: Option<NGrams>| range.map(|range| format!("{what} {range}"));
    let features = [
        range("words", setting.word_ngrams),
        range("characters", setting.char_ngrams),
    ];
    let features: Vec<String> = features.into_iter().flatten().collect();
    format!("{} on {}", setting.classifier, features.join(" and "))
}
