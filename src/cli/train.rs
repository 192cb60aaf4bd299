//! `standpoint train`

use super::args::{
    BackgroundArgs, ClassifierArgs, FeatureArgs, IdfArg, LabelArgs, LossArg, MultiClassArg,
    NormArg, PenaltyArg, ReadArgs, TfArg, TokenArgs, TrainArgs,
};
use super::console::Console;
use super::effect;
use super::from;
use super::lists;
use super::plan::{self, parsed};
use super::progress::TerminalProgress;
use standpoint::background::{Background, Blend};
use standpoint::corpus::{
    ColumnMapping, ColumnName, Corpus, CorpusSource, HeadKind, Schema, label_form,
};
use standpoint::features::{Idf, NGrams, Norm, TermFrequency, TfIdfOptions};
use standpoint::io::Progress;
use standpoint::io::{Transaction, check_target, remove_output};
use standpoint::linear::{Classifier, MultiClass, Parameters, Penalty, SvmLoss};
use standpoint::model::HeadMetadata;
use standpoint::report::counted;
use standpoint::report::terminal;
use standpoint::text::TokenOptions;
use standpoint::train::{BatchTrainer, ClassWeights};
use standpoint::tune::Tuner;
use standpoint::{Error, Model, Result, Trainer};
use std::collections::BTreeMap;
use std::path::Path;

pub fn run(args: TrainArgs, console: Console) -> Result<()> {
    let trainer = trainer(&args)?;
    check_target(&args.target.output, args.target.force)?;
    let bar = TerminalProgress::leak(true);
    let old = args.from.from.as_deref().map(Model::load).transpose()?;
    old.as_ref()
        .map_or(Ok(()), |old| effect::verify_from(&args.from.parsed, old))?;
    verify_chance(&args, &trainer, old.as_ref())?;
    let mut outputs = Transaction::default();
    let model = match &old {
        Some(old) => from::run(&args, trainer, old, &mut outputs, bar)?,
        None => anew(&args, trainer, &mut outputs, bar)?,
    };
    model.save_with(&mut outputs, &args.target.output, args.target.force)?;
    outputs.commit()?;
    if let Some(path) = &args.stream.checkpoint {
        remove_output(path)?;
    }
    bar.clear();
    let (documents, terms) = (model.metadata().documents, model.tfidf().vocabulary().len());
    bar.note(&format!(
        "trained on {} with {}, wrote {}",
        counted(documents, "document"),
        counted(terms, "term"),
        args.target.output.display()
    ));
    report_thresholds(&model, bar);
    old.map_or(Ok(()), |old| {
        from::print_changes(&args, &old, &model, console, bar)
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
    trainer.train_calibrated(&corpus, apart.as_ref(), bar)
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

/// Says which thresholds were chosen.
pub fn report_thresholds(model: &Model, bar: &TerminalProgress) {
    let heads = model.heads().iter().map(|head| head.metadata());
    heads
        .flat_map(terminal::choices)
        .for_each(|line| bar.note(&line));
}

/// The labelled documents that the flags name.
pub fn read_corpus(
    inputs: &[String],
    labels: &LabelArgs,
    read: &ReadArgs,
    outputs: &mut Transaction,
    bar: &'static TerminalProgress,
) -> Result<Corpus> {
    let source = labelled(inputs, labels, read, bar)?;
    read_source(&source, &[], read, outputs, bar)
}

/// Where labelled documents are, and in which columns.
pub fn labelled(
    inputs: &[String],
    labels: &LabelArgs,
    read: &ReadArgs,
    bar: &'static TerminalProgress,
) -> Result<CorpusSource> {
    let heads = labels.heads()?;
    if heads.is_empty() {
        return Err(Error::usage("there is nothing to learn")
            .help("name the label column with --label or --labels"));
    }
    let text = read
        .text()?
        .unwrap_or_else(|| vec![ColumnName::from("text")]);
    let schema = Schema {
        no_header: read.no_header,
        decode_html: read.decode_html,
        text,
        heads,
        format: labels.format()?,
    };
    let mapping = ColumnMapping {
        schema,
        selection: labels.selection(read)?,
        labels: true,
    };
    plan::corpus(inputs.to_vec(), read, mapping, bar)
}

/// All documents of a source, broken ones listed; labels that are known keep their places.
pub fn read_source(
    source: &CorpusSource,
    known: &[Vec<String>],
    read: &ReadArgs,
    outputs: &mut Transaction,
    bar: &'static TerminalProgress,
) -> Result<Corpus> {
    let mut rejects = read.rejects(outputs)?;
    let reader = source.reader().known_labels(known);
    let corpus = reader.rejects(rejects.as_mut()).progress(bar).read()?;
    read.report_rejects(rejects, bar)?;
    Ok(corpus)
}

fn trainer(args: &TrainArgs) -> Result<Trainer> {
    let name = args.target.name();
    let mut trainer = match &args.options {
        Some(path) => Trainer {
            name,
            ..options(path)?
        },
        None => by_flags(args, name)?,
    };
    trainer.fingerprints &= !args.target.no_fingerprints;
    trainer.compact |= args.target.compact;
    trainer.background = args.background.blend()?;
    if let (Some(blend), Some(found_with)) = (&mut trainer.background, &trainer.found_with) {
        blend.weight = args
            .background
            .background_weight
            .unwrap_or(found_with.weight);
        blend.terms = args.background.background_terms.or(found_with.terms);
    }
    if let Some(memory) = args
        .stream
        .memory
        .as_deref()
        .filter(|_| !args.stream.stream)
    {
        trainer.memory = Some(plan::size(memory)?);
    }
    Ok(trainer)
}

/// Options that `tune` wrote.
pub fn options(path: &Path) -> Result<Trainer> {
    let help = "give a file that `standpoint tune` wrote";
    Trainer::from_json(&plan::text_file(path)?).map_err(|e| e.at(path.display()).help(help))
}

fn by_flags(args: &TrainArgs, name: String) -> Result<Trainer> {
    let default = if args.stream.stream { "sgd" } else { "svm" };
    let mut trainer = Trainer {
        name,
        features: args.features.options()?,
        classifier: args.classifier.named(default, args.features.seed)?,
        classifiers: BTreeMap::new(),
        class_weights: class_weights(&args.classifier.class_weight)?,
        seed: args.features.seed,
        ..Trainer::default()
    };
    args.thresholds.apply(args.stream.stream, &mut trainer)?;
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
    if args.options.is_some() {
        return Ok(());
    }
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
            .find(|head| head.name == name && !args.from.is_given("classifier"));
        old.map(|head| &head.classifier)
    };
    let folds = args.calibration_set.is_empty()
        && heads
            .iter()
            .any(|(name, kind)| trainer.uses_folds(name, *kind));
    if args.thresholds.folds.is_some() && !folds {
        return Err(Error::usage(
            "--folds is for thresholds that are chosen, scores that are calibrated, and stacks, but there are none",
        )
        .help("leave it out, or add --calibrate, --abstain or a head of --labels"));
    }
    let by_chance = |name: &str| kept(name).unwrap_or(trainer.of_head(name)).uses_seed();
    let solvers = heads.iter().any(|(name, _)| by_chance(name));
    if args.from.is_given("seed") && !folds && !solvers && !args.stream.stream {
        return Err(Error::usage(
            "--seed is for folds and for solvers that visit rows by chance, but there are none",
        )
        .help("leave it out"));
    }
    Ok(())
}

impl BackgroundArgs {
    /// The word vectors that the flags name.
    pub fn blend(&self) -> Result<Option<Blend>> {
        let Some(path) = &self.background else {
            return Ok(None);
        };
        let blend = Blend::new(Background::load(path)?);
        let weight = self.background_weight.unwrap_or(blend.weight);
        Ok(Some(blend.weight(weight).terms(self.background_terms)))
    }
}

impl BackgroundArgs {
    /// The weights that a search tries.
    pub fn weights(&self) -> Vec<f64> {
        self.background_weight.map_or_else(
            || Tuner::default().background_weights,
            |weight| vec![weight],
        )
    }
}

impl TokenArgs {
    pub fn options(&self) -> Result<TokenOptions> {
        Ok(TokenOptions::default()
            .language(parsed(self.language)?)
            .hyphens(parsed(self.hyphens)?)
            .umlauts(parsed(self.umlauts)?)
            .stem(!self.no_stem)
            .stop_words(parsed(self.stop_words)?))
    }
}

impl FeatureArgs {
    pub fn options(&self) -> Result<TfIdfOptions> {
        let options = TfIdfOptions::default()
            .tokens(self.tokens.options()?)
            .compounds(!self.no_compounds)
            .word_ngrams(range(&self.word_ngrams)?)
            .char_ngrams(range(&self.char_ngrams)?)
            .min_df(self.min_df.parse()?)
            .max_df(self.max_df.parse()?)
            .max_features(self.max_features)
            .tf(match self.tf {
                TfArg::Sublinear => TermFrequency::Sublinear,
                TfArg::Raw => TermFrequency::Raw,
                TfArg::Binary => TermFrequency::Binary,
            })
            .idf(match self.idf {
                IdfArg::Smooth => Idf::Smooth,
                IdfArg::Plain => Idf::Plain,
                IdfArg::None => Idf::None,
            })
            .norm(match self.norm {
                NormArg::L2 => Norm::L2,
                NormArg::L1 => Norm::L1,
                NormArg::None => Norm::None,
            })
            .norm_exponent(self.norm_exponent);
        options.verify()?;
        Ok(options)
    }
}

fn range(text: &str) -> Result<Option<NGrams>> {
    if text == "none" {
        Ok(None)
    } else {
        text.parse().map(Some)
    }
}

impl ClassifierArgs {
    /// Returns the classifier of this name, with the parameters that the flags give.
    pub fn named(&self, name: &str, seed: u64) -> Result<Classifier> {
        Classifier::named(name)?.build(&self.parameters(seed)?)
    }

    fn parameters(&self, seed: u64) -> Result<Parameters> {
        let mut given = Parameters::default();
        given.c = self.c;
        given.alpha = self.alpha;
        given.tolerance = self.tol;
        given.epochs = self.epochs;
        given.learning_rate = self.learning_rate;
        given.loss = self.loss.map(|loss| match loss {
            LossArg::SquaredHinge => SvmLoss::SquaredHinge,
            LossArg::Hinge => SvmLoss::Hinge,
        });
        given.penalty = self.penalty()?;
        given.multi_class = self.multi_class.map(|multi_class| match multi_class {
            MultiClassArg::Multinomial => MultiClass::Softmax,
            MultiClassArg::Ovr => MultiClass::OneVsRest,
        });
        given.intercept = self.intercept.map(parsed).transpose()?;
        given.interpolation = self.interpolation;
        given.seed = seed;
        Ok(given)
    }

    fn penalty(&self) -> Result<Option<Penalty>> {
        let Some(penalty) = self.penalty else {
            return Ok(None);
        };
        match (penalty, self.l1_ratio) {
            (PenaltyArg::L2, _) => Ok(Some(Penalty::L2)),
            (PenaltyArg::L1, _) => Ok(Some(Penalty::L1)),
            (PenaltyArg::Elasticnet, Some(l1_ratio)) => Ok(Some(Penalty::ElasticNet { l1_ratio })),
            (PenaltyArg::Elasticnet, None) => {
                Err(Error::usage("--penalty elasticnet needs --l1-ratio"))
            }
        }
    }
}

fn class_weights(text: &str) -> Result<ClassWeights> {
    match text {
        "equal" => return Ok(ClassWeights::Equal),
        "balanced" => return Ok(ClassWeights::Balanced),
        _ => {}
    }
    let mut weights = BTreeMap::new();
    for item in lists::item("--class-weight", text)?.split_all() {
        let weight = item
            .split_last('=')
            .and_then(|(label, weight)| Some((label.text(), weight.text().parse().ok()?)));
        let (label, weight) = weight.ok_or_else(|| {
            Error::usage(format!("`{}` is no class weight", item.text()))
                .help("write equal, balanced, or LABEL=2.5,LABEL=1; a label with a comma in double quotes")
        })?;
        let label = label_form(&label).into_owned();
        if weights.contains_key(&label) {
            return Err(Error::usage(format!(
                "--class-weight names `{label}` twice"
            )));
        }
        weights.insert(label, weight);
    }
    Ok(ClassWeights::ByLabel(weights))
}
