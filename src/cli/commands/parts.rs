//! `standpoint fit-part` and `standpoint fit-merge`

use crate::cli::args::{FitArgs, FitMergeArgs, FitPartArgs};
use crate::cli::commands::preset;
use crate::cli::commands::train::{Chance, fit_options, report, uses_folds};
use crate::cli::effect;
use crate::cli::plan;
use crate::cli::plan::corpus::labelled;
use crate::cli::progress::TerminalProgress;
use standpoint::corpus::{Corpus, Shard};
use standpoint::features::TfIdfOptions;
use standpoint::io::{Progress, Transaction, check_target};
use standpoint::report::counted;
use standpoint::text::{LanguageSet, LanguageSurvey};
use standpoint::train::CorpusPart;
use standpoint::{Result, Trainer};
use std::path::PathBuf;

/// Options by which the words of a part are found.
const OF_WORDS: [&str; 6] = [
    "language",
    "hyphens",
    "umlauts",
    "no_stem",
    "stop_words",
    "no_compounds",
];

pub fn fit_part(args: FitPartArgs) -> Result<()> {
    check_target(&args.output, args.force)?;
    let shard = args.shard.as_deref().map(str::parse).transpose()?;
    let shard = shard.unwrap_or(Shard::whole());
    let languages = languages(&args)?;
    let bar = TerminalProgress::leak(true);
    let mut outputs = Transaction::default();
    let corpus = read_share(&args, shard, &mut outputs, bar)?;
    let documents = counted(corpus.len() as u64, "document");
    let found = if args.survey {
        let survey = LanguageSurvey::new(&corpus.texts).to_json();
        outputs.write(&args.output, args.force, |out| {
            out.write_all(survey.as_bytes())
        })?;
        format!("surveyed {documents}")
    } else {
        bar.stage("finding words", 0);
        let features = TfIdfOptions::default()
            .tokens(args.tokens.options()?)
            .compounds(!args.no_compounds);
        // Parts are merged in the order of their shares, which ids do not tell.
        let part = CorpusPart::new(corpus, &features, languages, Some(shard))?.without_ids();
        part.save_with(&mut outputs, &args.output, args.force)?;
        format!("found the words of {documents}")
    };
    outputs.commit()?;
    bar.clear();
    let place = args.output.display();
    bar.note(&format!("{found}, the share {shard}, wrote {place}"));
    Ok(())
}

/// Returns the languages that the surveys of all shares tell; `None` without surveys.
fn languages(args: &FitPartArgs) -> Result<Option<LanguageSet>> {
    let survey = |path: &PathBuf| {
        LanguageSurvey::from_json(&plan::text_file(path)?).map_err(|e| {
            e.at(path.display())
                .help("name files that `fit-part --survey` wrote")
        })
    };
    let surveys: LanguageSurvey = args.surveys.iter().map(survey).collect::<Result<_>>()?;
    Ok((!args.surveys.is_empty()).then(|| surveys.languages()))
}

fn read_share(
    args: &FitPartArgs,
    shard: Shard,
    outputs: &mut Transaction,
    bar: &'static TerminalProgress,
) -> Result<Corpus> {
    let source = labelled(&args.inputs, &args.labels, &args.read, bar)?;
    let mut rejects = args.read.rejects(outputs)?;
    let reader = source.reader().rejects(rejects.as_mut()).progress(bar);
    let corpus = match args.shard {
        None => reader.read()?,
        Some(_) => reader.shard(shard)?.read()?,
    };
    args.read.report_rejects(rejects, bar)?;
    Ok(corpus)
}

pub fn fit_merge(args: &FitMergeArgs) -> Result<()> {
    let target = &args.fit.target;
    check_target(&target.output, target.force)?;
    let mut trainer = fit_options(&args.fit, false)?;
    trainer.memory = args.memory.as_deref().map(plan::size).transpose()?;
    let bar = TerminalProgress::leak(true);
    bar.stage("reading parts", args.part_files.len() as u64);
    let mut parts = Vec::new();
    for path in &args.part_files {
        let part = CorpusPart::load(path)?;
        trainer.features =
            features(&args.fit, &trainer, &part).map_err(|e| e.at(path.display()))?;
        parts.push(part);
        bar.advance(1);
    }
    let corpus = CorpusPart::join(parts)?;
    let heads = corpus.heads.iter();
    let heads: Vec<_> = heads
        .map(|head| (head.name.clone(), head.targets.kind()))
        .collect();
    effect::verify_merge(&args.fit.parsed, &heads)?;
    let chance = Chance {
        folds: uses_folds(&trainer, &heads),
        solvers: heads
            .iter()
            .any(|(name, _)| trainer.of_head(name).uses_seed()),
    };
    chance.verify(&args.fit)?;
    let trainer = preset::chosen(&args.fit, trainer, &corpus, bar)?;
    let model = trainer.train_with(&corpus, bar)?;
    let mut outputs = Transaction::default();
    model.save_with(&mut outputs, &target.output, target.force)?;
    outputs.commit()?;
    report(&model, target, bar);
    Ok(())
}

/// Returns the options of features with those by which the words of a part were found.
///
/// # Errors
/// A usage error if the command line names others.
fn features(args: &FitArgs, trainer: &Trainer, part: &CorpusPart) -> Result<TfIdfOptions> {
    if args.options.is_some() || OF_WORDS.iter().any(|id| args.is_given(id)) {
        part.verify_options(&trainer.features)?;
    }
    Ok(part.with_options(trainer.features.clone()))
}
