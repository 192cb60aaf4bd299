//! Word vectors as a part of training, and its options.

use super::vectors::Background;
use crate::features::TfIdfOptions;
use crate::linear::Classifier;
use crate::setters::setters;
use crate::text::TokenOptions;
use crate::wording::{Setting, wording};
use crate::{Error, Result};

/// Word vectors and their part in training.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct Blend {
    /// The word vectors.
    pub background: Background,
    /// Words of no labelled text that stay in the model at most, those that move decisions most;
    /// default: all stay.
    pub terms: Option<u32>,
    /// Weight of the block of word vectors: its length, where the words of a text have length 1;
    /// default 1.
    pub weight: f64,
}

setters!(Blend {
    terms: Option<u32>,
    weight: f64,
});

impl Blend {
    /// Returns word vectors with the default options.
    pub fn new(background: Background) -> Self {
        Blend {
            background,
            weight: 1.0,
            terms: None,
        }
    }

    /// Checks the options against those of the features and the classifiers.
    ///
    /// # Errors
    /// A usage error that names what does not fit.
    pub(crate) fn verify<'c>(
        &self,
        features: &TfIdfOptions,
        mut classifiers: impl Iterator<Item = &'c Classifier>,
    ) -> Result<()> {
        if !(self.weight.is_finite() && self.weight > 0.0) {
            return Err(Error::usage(format!(
                "the weight of the background is {}, but must be a number above 0",
                self.weight
            )));
        }
        if features.word_ngrams.is_none_or(|range| range.min > 1) {
            return Err(Error::usage(
                "a background is of single words, which are no features here",
            )
            .help(wording!["let ", Setting::WordNgrams, " begin with 1"]));
        }
        let (own, learnt) = (features.tokens, self.background.0.about.options.tokens);
        if (TokenOptions {
            language: own.language,
            ..learnt
        }) != own
        {
            return Err(Error::usage(
                "the background was learnt with other tokens than those of the features",
            )
            .help(wording![
                "learn the background with the same ",
                Setting::Hyphens,
                ", ",
                Setting::Umlauts,
                ", ",
                Setting::StopWords,
                " and ",
                Setting::NoStem
            ]));
        }
        let Some(classifier) = classifiers.find(|classifier| !classifier.takes_word_vectors())
        else {
            return Ok(());
        };
        let suitable: Vec<&str> = Classifier::all()
            .filter(|known| known.default_classifier().takes_word_vectors())
            .map(|known| known.name)
            .collect();
        Err(Error::usage(format!(
            "{classifier} counts words and cannot take word vectors, which have negative numbers"
        ))
        .help(format!(
            "use one of {}, or leave the background out",
            suitable.join(", ")
        )))
    }

    /// Returns true if features can take word vectors.
    pub(crate) fn suits(&self, features: &TfIdfOptions) -> bool {
        self.verify(features, std::iter::empty()).is_ok()
    }
}
