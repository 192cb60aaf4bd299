//! From the flags of features, classifiers and word vectors to the options of a training run.

use crate::cli::args::{
    BackgroundArgs, ClassifierArgs, FeatureArgs, IdfArg, LossArg, MultiClassArg, NormArg,
    PenaltyArg, TargetArgs, TfArg, TokenArgs,
};
use crate::cli::plan::{lists, parsed, text_file};
use standpoint::background::{Background, Blend};
use standpoint::corpus::label_form;
use standpoint::features::{Idf, NGrams, Norm, TermFrequency, TfIdfOptions};
use standpoint::linear::{Classifier, MultiClass, Parameters, Penalty, SvmLoss};
use standpoint::model::CardText;
use standpoint::text::TokenOptions;
use standpoint::train::ClassWeights;
use standpoint::tune::Tuner;
use standpoint::{Error, Result, Trainer};
use std::collections::BTreeMap;
use std::path::Path;

/// Options that `tune` wrote.
pub fn options(path: &Path) -> Result<Trainer> {
    let help = "give a file that `standpoint tune` wrote";
    Trainer::from_json(&text_file(path)?).map_err(|e| e.at(path.display()).help(help))
}

impl TargetArgs {
    /// Returns the options with what the model keeps beside its weights.
    pub fn applied(&self, mut trainer: Trainer) -> Trainer {
        trainer.fingerprints &= !self.no_fingerprints;
        trainer.profile &= !self.no_profile;
        trainer.compact |= self.compact;
        trainer
    }

    /// Returns the text of the model's card: as the flags say, and else as it was.
    pub fn card(&self, was: CardText) -> Result<CardText> {
        let Some(path) = &self.card_file else {
            let mut card = was;
            card.intended_use = self.intended_use.clone().or(card.intended_use);
            card.known_gaps = self.known_gaps.clone().or(card.known_gaps);
            return Ok(card);
        };
        let help = "the keys are intended_use, known_gaps and tests, as in `inspect --card --json`";
        CardText::from_json(&text_file(path)?).map_err(|e| e.at(path.display()).help(help))
    }
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
        given.ratio_exponent = self.ratio_exponent;
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

/// Returns the weights of labels that `--class-weight` names.
pub fn class_weights(text: &str) -> Result<ClassWeights> {
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
