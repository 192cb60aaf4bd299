//! `standpoint train`

use crate::cli::args::{FitArgs, TargetArgs, TrainArgs};
use crate::cli::commands::preset;
use crate::cli::commands::replication::Replication;
use crate::cli::commands::warm_start;
use crate::cli::console::Console;
use crate::cli::effect;
use crate::cli::plan;
use crate::cli::plan::corpus::{labelled, read_corpus};
use crate::cli::plan::trainer::{class_weights, options};
use crate::cli::progress::TerminalProgress;
use standpoint::corpus::{Corpus, HeadKind, label_form};
use standpoint::io::Progress;
use standpoint::io::{Transaction, check_target, remove_output};
use standpoint::linear::Classifier;
use standpoint::model::HeadMetadata;
use standpoint::report::counted;
use standpoint::report::terminal;
use standpoint::train::BatchTrainer;
use standpoint::{Error, Model, Result, Trainer};
use std::collections::BTreeMap;

pub fn run(args: TrainArgs, console: Console) -> Result<()> {
    let trainer = trainer(&args)?;
    for path in [&args.fit.target.output]
        .into_iter()
        .chain(&args.replication)
    {
        check_target(path, args.fit.target.force)?;
    }
    let bar = TerminalProgress::leak(true);
    let old = args.from.from.as_deref().map(Model::load).transpose()?;
    old.as_ref()
        .map_or(Ok(()), |old| effect::verify_from(&args.fit.parsed, old))?;
    verify_chance(&args, &trainer, old.as_ref())?;
    let mut outputs = Transaction::default();
    let model = match &old {
        Some(old) => warm_start::run(&args, trainer, old, &mut outputs, bar)?,
        None => anew(&args, trainer, &mut outputs, bar)?,
    };
    let target = &args.fit.target;
    model.save_with(&mut outputs, &target.output, target.force)?;
    outputs.commit()?;
    if let Some(path) = &args.stream.checkpoint {
        remove_output(path)?;
    }
    report(&model, target, bar);
    old.map_or(Ok(()), |old| {
        warm_start::print_changes(&args, &old, &model, console, bar)
    })
}

fn anew(
    args: &TrainArgs,
    trainer: Trainer,
    outputs: &mut Transaction,
    bar: &'static TerminalProgress,
) -> Result<Model> {
    if args.stream.stream {
        return stream(args, trainer, outputs, bar);
    }
    let corpus = read_corpus(&args.inputs, &args.labels, &args.read, outputs, bar)?;
    let apart = read_apart(args, &corpus, bar)?;
    let trainer = preset::chosen(&args.fit, trainer, &corpus, bar)?;
    let Some(path) = &args.replication else {
        return trainer.train_calibrated(&corpus, apart.as_ref(), bar);
    };
    let run = trainer.run(&corpus, apart.as_ref(), bar)?;
    let replication = Replication {
        command: arguments(),
        model: &run.model,
        corpus: &corpus,
        calibration_set: apart.as_ref(),
        predictions: &run.predictions,
    };
    let archive = replication.archive()?;
    outputs.write(path, args.fit.target.force, |out| out.write_all(&archive))?;
    Ok(run.model)
}

/// Returns the arguments of the program.
fn arguments() -> Vec<String> {
    std::env::args_os()
        .skip(1)
        .map(|arg| arg.to_string_lossy().into_owned())
        .collect()
}

/// The documents that are kept apart for calibration, if there are any.
fn read_apart(
    args: &TrainArgs,
    corpus: &Corpus,
    bar: &'static TerminalProgress,
) -> Result<Option<Corpus>> {
    if args.calibration_set.is_empty() {
        return Ok(None);
    }
    if args
        .inputs
        .iter()
        .chain(&args.calibration_set)
        .filter(|name| *name == "-")
        .count()
        > 1
    {
        return Err(Error::usage("standard input is named twice"));
    }
    let source = labelled(&args.calibration_set, &args.labels, &args.read, bar)?;
    let known = corpus.label_names();
    let reader = source.reader().known_labels(&known);
    reader.progress(bar).read().map(Some)
}

fn stream(
    args: &TrainArgs,
    trainer: Trainer,
    outputs: &mut Transaction,
    bar: &'static TerminalProgress,
) -> Result<Model> {
    let source = labelled(&args.inputs, &args.labels, &args.read, bar)?;
    let memory = args
        .stream
        .memory
        .as_deref()
        .map_or(Ok(2 << 30), plan::size)?;
    let every = args.stream.checkpoint_every.unwrap_or(100);
    let checkpoint = args.stream.checkpoint.clone().map(|path| (path, every));
    let trainer = BatchTrainer {
        trainer,
        memory,
        checkpoint,
    };
    let mut rejects = args.read.rejects(outputs)?;
    let model = trainer.train(&source, rejects.as_mut(), bar)?;
    args.read.report_rejects(rejects, bar)?;
    Ok(model)
}

/// Says what was trained, and where it was written.
pub fn report(model: &Model, target: &TargetArgs, bar: &TerminalProgress) {
    bar.clear();
    let (documents, terms) = (model.metadata().documents, model.tfidf().vocabulary().len());
    bar.note(&format!(
        "trained on {} with {}, wrote {}",
        counted(documents, "document"),
        counted(terms, "term"),
        target.output.display()
    ));
    report_thresholds(model, bar);
}

/// Says which thresholds were chosen.
pub fn report_thresholds(model: &Model, bar: &TerminalProgress) {
    let heads = model.heads().iter().map(|head| head.metadata());
    heads
        .flat_map(|head| terminal::thresholds(head, "see `standpoint inspect`"))
        .for_each(|line| bar.note(&line));
}

fn trainer(args: &TrainArgs) -> Result<Trainer> {
    let mut trainer = fit_options(&args.fit, args.stream.stream)?;
    let memory = args.stream.memory.as_deref();
    trainer.memory = memory
        .filter(|_| !args.stream.stream)
        .map(plan::size)
        .transpose()?;
    Ok(trainer)
}

/// Returns the options of a training run, of a stream or in memory.
pub fn fit_options(args: &FitArgs, stream: bool) -> Result<Trainer> {
    let name = args.target.name();
    let trainer = match &args.options {
        Some(path) => Trainer {
            name,
            ..options(path)?
        },
        None => by_flags(args, stream, name)?,
    };
    let mut trainer = args.target.applied(trainer);
    trainer.card = args.target.card(trainer.card)?;
    trainer.background = args.background.blend()?;
    if let (Some(blend), Some(found_with)) = (&mut trainer.background, &trainer.found_with) {
        blend.weight = args
            .background
            .background_weight
            .unwrap_or(found_with.weight);
        blend.terms = args.background.background_terms.or(found_with.terms);
    }
    Ok(trainer)
}

fn by_flags(args: &FitArgs, stream: bool, name: String) -> Result<Trainer> {
    let default = if stream { "sgd" } else { "svm" };
    let mut trainer = Trainer {
        name,
        features: args.features.options()?,
        classifier: args.classifier.named(default, args.features.seed)?,
        classifiers: BTreeMap::new(),
        class_weights: class_weights(&args.classifier.class_weight)?,
        seed: args.features.seed,
        ..Trainer::default()
    };
    args.thresholds.apply(stream, &mut trainer)?;
    let mut used = Vec::new();
    for spec in &args.classifier.classifier {
        let (head, name) = spec
            .split_once('=')
            .map_or((None, spec.as_str()), |(head, name)| (Some(head), name));
        if used.contains(&head) {
            return Err(Error::usage(format!(
                "--classifier {spec}: there is one already"
            )));
        }
        used.push(head);
        let classifier = args.classifier.named(name, args.features.seed)?;
        match head {
            None => trainer.classifier = classifier,
            Some(head) => drop(
                trainer
                    .classifiers
                    .insert(label_form(head).into_owned(), classifier),
            ),
        }
    }
    if let Some(folds) = args.thresholds.folds {
        let all = trainer
            .classifiers
            .values_mut()
            .chain([&mut trainer.classifier]);
        all.for_each(|classifier| {
            if let Classifier::Stack(stack) = classifier {
                stack.folds = folds;
            }
        });
    }
    Ok(trainer)
}

/// Refuses folds and a seed of which no head takes any notice.
fn verify_chance(args: &TrainArgs, trainer: &Trainer, old: Option<&Model>) -> Result<()> {
    let old: Vec<&HeadMetadata> = old
        .iter()
        .flat_map(|old| old.heads())
        .map(|head| head.metadata())
        .collect();
    let mut heads: Vec<(String, HeadKind)> = old
        .iter()
        .map(|head| (head.name.clone(), head.kind))
        .collect();
    heads.extend(
        args.labels
            .heads()?
            .into_iter()
            .map(|head| (head.name, head.kind)),
    );
    let kept = |name: &str| {
        let old = old
            .iter()
            .find(|head| head.name == name && !args.fit.is_given("classifier"));
        old.map(|head| &head.classifier)
    };
    let by_chance = |name: &str| kept(name).unwrap_or(trainer.of_head(name)).uses_seed();
    let chance = Chance {
        folds: args.calibration_set.is_empty() && uses_folds(trainer, &heads),
        solvers: heads.iter().any(|(name, _)| by_chance(name)) || args.stream.stream,
    };
    chance.verify(&args.fit)
}

/// Returns true if a head is calibrated, or has thresholds or a stack, by folds.
pub fn uses_folds(trainer: &Trainer, heads: &[(String, HeadKind)]) -> bool {
    heads
        .iter()
        .any(|(name, kind)| trainer.uses_folds(name, *kind))
}

/// Uses of chance in a training run.
pub struct Chance {
    pub folds: bool,
    /// True if a solver visits rows by chance.
    pub solvers: bool,
}

impl Chance {
    /// Refuses folds and a seed without any use.
    pub fn verify(&self, args: &FitArgs) -> Result<()> {
        if args.options.is_some() {
            return Ok(());
        }
        if args.thresholds.folds.is_some() && !self.folds {
            return Err(Error::usage(
                "--folds is for thresholds that are chosen, scores that are calibrated, and stacks, but there are none",
            )
            .help("leave it out, or add --calibrate, --abstain or a head of --labels"));
        }
        if args.is_given("seed") && !self.folds && !self.solvers {
            return Err(Error::usage(
                "--seed is for folds and for solvers that visit rows by chance, but there are none",
            )
            .help("leave it out"));
        }
        Ok(())
    }
}
