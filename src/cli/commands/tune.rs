//! `standpoint tune`

use crate::cli::args::TuneArgs;
use crate::cli::commands::train::report_thresholds;
use crate::cli::plan;
use crate::cli::plan::corpus::read_corpus;
use crate::cli::progress::TerminalProgress;
use crate::cli::signals;
use standpoint::corpus::Head;
use standpoint::features::{TermFrequency, TfIdfOptions};
use standpoint::io::Progress;
use standpoint::io::{Transaction, check_target};
use standpoint::linear::{BaseEstimator, Classifier, FeatureSubset};
use standpoint::report::counted;
use standpoint::text::TokenOptions;
use standpoint::tune::{BestCandidate, SearchSpace, TrialLog, Tuner, TuningResult};
use standpoint::{Error, Result, Trainer};
use std::path::{Path, PathBuf};

pub fn run(args: TuneArgs) -> Result<()> {
    let tuner = tuner(&args)?;
    let [model, options, log] = targets(&args.target.output);
    check_target(&model, args.target.force)?;
    check_target(&options, args.target.force)?;
    TrialLog::verify_own(&log)?;
    let bar = TerminalProgress::leak(true);
    let mut outputs = Transaction::default();
    let corpus = read_corpus(&args.inputs, &args.labels, &args.read, &mut outputs, bar)?;
    let mut asked = Trainer::default();
    args.objectives.apply(&mut asked)?;
    asked.card = args.target.card(asked.card)?;
    asked.verify(&corpus)?;
    let mut log = TrialLog::open(&log, &tuner, &corpus)?;
    let tuned = tuner.tune(&corpus, &mut log, &signals::stop_on_interrupt(), bar)?;
    signals::end_on_interrupt();
    bar.clear();
    report_search(&tuned, &tuner, &corpus.heads, bar);
    let Trainer {
        calibrate,
        calibrations,
        thresholds,
        threshold_objectives,
        abstain,
        card,
        ..
    } = asked;
    let name = args.target.name();
    let trainer = args.target.applied(Trainer {
        name,
        calibrate,
        calibrations,
        thresholds,
        threshold_objectives,
        abstain,
        card,
        ..tuned.trainer
    });
    let model = trainer.train_with(&corpus, bar)?;
    model.save_with(&mut outputs, &args.target.output, args.target.force)?;
    write_options(&mut outputs, &trainer, &options, args.target.force)?;
    outputs.commit()?;
    bar.clear();
    bar.note(&format!(
        "wrote {} and {}",
        args.target.output.display(),
        options.display()
    ));
    report_thresholds(&model, bar);
    Ok(())
}

fn tuner(args: &TuneArgs) -> Result<Tuner> {
    let tokens = TokenOptions::default().language(plan::parsed(args.language)?);
    let base = TfIdfOptions::default().tokens(tokens);
    Ok(Tuner {
        objective: plan::parsed(args.metric)?,
        space: SearchSpace::around(&base, args.seed),
        folds: args.folds,
        seed: args.seed,
        stack: !args.no_stack,
        time: args
            .time_limit
            .as_deref()
            .map(|text| plan::time("--time-limit", text))
            .transpose()?,
        memory: args.memory.as_deref().map(plan::size).transpose()?,
        background: args.background.blend()?,
        background_weights: args.background.weights(),
        ..Tuner::default()
    })
}

/// The files that are written: the model, its options, and the log of trials.
pub fn targets(model: &Path) -> [PathBuf; 3] {
    [
        model.to_path_buf(),
        beside(model, "options.json"),
        beside(model, "trials.jsonl"),
    ]
}

/// `news.model` becomes `news.model.options.json`.
fn beside(model: &Path, ending: &str) -> PathBuf {
    let mut name = model.as_os_str().to_os_string();
    name.push(".");
    name.push(ending);
    name.into()
}

fn write_options(
    outputs: &mut Transaction,
    trainer: &Trainer,
    path: &Path,
    force: bool,
) -> Result<()> {
    let json = serde_json::to_string_pretty(trainer).map_err(|e| Error::usage(e.to_string()))?;
    outputs.write(path, force, |out| writeln!(out, "{json}"))
}

fn report_search(tuned: &TuningResult, tuner: &Tuner, heads: &[Head], bar: &TerminalProgress) {
    let ended = if tuned.cut_short {
        ", ended before it was done"
    } else {
        ""
    };
    bar.note(&format!("{} trials{ended}", tuned.trials));
    for (chosen, head) in tuned.chosen.iter().zip(heads) {
        let metric = tuner.objective.name(head.targets.kind());
        bar.note(&format!(
            "{}: {metric} {}: {}",
            chosen.head,
            spread(chosen),
            shown(&chosen.estimator)
        ));
    }
    if let Some(blend) = &tuned.trainer.background {
        bar.note(&format!("word vectors: weight {}", blend.weight));
    }
    let features = &tuned.trainer.features;
    let range = |range: Option<_>| range.map_or("none".to_string(), |range| format!("{range}"));
    bar.note(&format!(
        "features: word n-grams {}, character n-grams {}, {}, min-df {}, {} term frequencies",
        range(features.word_ngrams),
        range(features.char_ngrams),
        if features.tokens.stem {
            "stems"
        } else {
            "words as they are"
        },
        features.min_df,
        match features.tf {
            TermFrequency::Sublinear => "sublinear",
            TermFrequency::Raw => "raw",
            TermFrequency::Binary => "binary",
        },
    ));
}

/// The mean over the folds, and how far they lie apart.
fn spread(chosen: &BestCandidate) -> String {
    let scores = &chosen.scores;
    let mean = scores.iter().sum::<f64>() / scores.len().max(1) as f64;
    let (least, most) = scores
        .iter()
        .fold((1.0, 0.0), |(l, m): (f64, f64), &s| (l.min(s), m.max(s)));
    format!(
        "{mean:.3} ({least:.3} to {most:.3} on {})",
        counted(scores.len(), "fold")
    )
}

fn shown(estimator: &BaseEstimator) -> String {
    let features = match estimator.features {
        FeatureSubset::All => "",
        FeatureSubset::Words => " of words",
        FeatureSubset::Characters => " of characters",
    };
    let classifier = match &estimator.classifier {
        Classifier::Stack(stack) => {
            let estimators: Vec<String> = stack.estimators.iter().map(shown).collect();
            format!("stack of {}", estimators.join(", "))
        }
        other => other.to_string(),
    };
    format!("{classifier}{features}")
}
