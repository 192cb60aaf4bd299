//! Models of terms and weights that another tool found.

use crate::calibrate::Link;
use crate::corpus::HeadKind;
use crate::features::{TfIdf, TfIdfOptions, Vocabulary};
use crate::linear::{Classifier, LinearModel, Weights};
use crate::model::{HeadMetadata, Metadata, Model, ModelHead};
use crate::text::LanguageSet;
use crate::{Error, Result};

/// Terms of another tool that stand for the same words, or characters, as those of this library.
///
/// ```
/// use standpoint::calibrate::Link;
/// use standpoint::corpus::HeadKind;
/// use standpoint::exchange::{ForeignFeatures, ForeignHead};
/// use standpoint::{Model, features::TfIdfOptions, text::{Language, TokenOptions}};
/// let tokens = TokenOptions::default().language(Language::Neutral).stem(false);
/// let features = ForeignFeatures {
///     options: TfIdfOptions::default().tokens(tokens),
///     terms: vec!["goal".to_string(), "front".to_string()],
///     are_characters: false,
///     idf: vec![1.0, 1.5],
/// };
/// let head = ForeignHead {
///     name: "topic".to_string(),
///     kind: HeadKind::Exclusive,
///     labels: vec!["conflict".to_string(), "sport".to_string()],
///     classifier: Default::default(),
///     link: Link::Decision,
///     weights: vec![-1.0, 1.0, 1.0, -1.0],
///     bias: vec![0.0, 0.0],
/// };
/// let model = Model::of_weights("news", "another tool", features, vec![head])?;
/// assert_eq!(model.score("A late goal").heads[0].label(), Some("sport"));
/// # Ok::<(), standpoint::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignFeatures {
    /// Options by which texts become rows; one language, because there is no corpus to tell.
    pub options: TfIdfOptions,
    /// Terms in the order of the tool's columns.
    pub terms: Vec<String>,
    /// True if the terms are n-grams of characters rather than of words.
    pub are_characters: bool,
    /// Idf of each term, above 0.
    pub idf: Vec<f32>,
}

/// Head whose weights another tool found.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignHead {
    /// Name.
    pub name: String,
    /// One label a text, or any number.
    pub kind: HeadKind,
    /// Labels.
    pub labels: Vec<String>,
    /// Classifier that comes nearest.
    pub classifier: Classifier,
    /// Link from decision values to scores.
    pub link: Link,
    /// Weights, labels by the tool's columns.
    pub weights: Vec<f32>,
    /// Bias of each label.
    pub bias: Vec<f64>,
}

impl Model {
    /// Creates a model of features and heads that another tool found. It has no thresholds of its
    /// own, calibration or profile.
    ///
    /// # Errors
    /// A model error where terms, idf, labels and weights do not fit each other.
    pub fn of_weights(
        name: &str,
        tool: &str,
        features: ForeignFeatures,
        heads: Vec<ForeignHead>,
    ) -> Result<Model> {
        let order = features.order()?;
        let tfidf = features.tfidf(&order)?;
        let heads = heads.into_iter().map(|head| head.ordered(&order));
        let written_by = format!("standpoint {} from {tool}", env!("CARGO_PKG_VERSION"));
        let metadata = Metadata::without_corpus(name, written_by);
        Ok(Model::new(
            metadata,
            tfidf,
            heads.collect::<Result<_>>()?,
            None,
        ))
    }
}

impl ForeignFeatures {
    /// Returns the tool's columns in the order of this library: by the bytes of the terms.
    fn order(&self) -> Result<Vec<usize>> {
        if self.terms.len() != self.idf.len() {
            return Err(Error::model(format!(
                "there are {} terms, but an idf for {}",
                self.terms.len(),
                self.idf.len()
            )));
        }
        let mut order: Vec<usize> = (0..self.terms.len()).collect();
        order.sort_by_key(|&column| self.terms[column].as_bytes());
        let repeated = order
            .windows(2)
            .find(|pair| self.terms[pair[0]] == self.terms[pair[1]]);
        match repeated {
            Some(pair) => Err(Error::model(format!(
                "the term `{}` is there twice",
                self.terms[pair[0]]
            ))),
            None => Ok(order),
        }
    }

    fn tfidf(&self, order: &[usize]) -> Result<TfIdf> {
        let (mut spelled, mut ends) = (Vec::new(), Vec::with_capacity(order.len()));
        for &column in order {
            spelled.extend_from_slice(self.terms[column].as_bytes());
            ends.push(spelled.len() as u64);
        }
        let words = if self.are_characters { 0 } else { order.len() };
        let vocabulary = Vocabulary::new(spelled.into(), ends.into(), words)?;
        let idf: Vec<f32> = order.iter().map(|&column| self.idf[column]).collect();
        let languages = LanguageSet::of(self.options.tokens.language);
        let options = self.options.clone();
        // The tool may know n-grams of words that are no terms.
        Ok(TfIdf::from_parts(options, vocabulary, idf.into(), languages, None)?.limited())
    }
}

impl ForeignHead {
    /// Returns the head with its weights in the order of columns.
    fn ordered(self, order: &[usize]) -> Result<ModelHead> {
        let (labels, columns) = (self.labels.len(), order.len());
        if self.weights.len() != labels * columns || self.bias.len() != labels {
            return Err(Error::model(format!(
                "head `{}` has {} weights and {} biases, expected {} for {labels} labels and \
                 {columns} terms",
                self.name,
                self.weights.len(),
                self.bias.len(),
                labels * columns
            )));
        }
        let dense: Vec<f32> = order
            .iter()
            .flat_map(|&column| (0..labels).map(move |label| label * columns + column))
            .map(|at| self.weights[at])
            .collect();
        let weights = Weights::Dense(dense.into());
        let linear = LinearModel::from_parts(self.kind, columns, weights, self.bias.into());
        let linear = linear.ok_or_else(|| {
            Error::model(format!(
                "the weights of head `{}` are not finite in 32 bits",
                self.name
            ))
            .help("scale the features before training")
        })?;
        let metadata = HeadMetadata {
            name: self.name,
            kind: self.kind,
            support: vec![0.0; labels],
            thresholds: vec![self.link.threshold(); labels],
            labels: self.labels,
            classifier: self.classifier,
            link: self.link,
            threshold_objective: None,
            threshold_selections: Vec::new(),
            calibration: None,
            costs: None,
            conformal: None,
        };
        Ok(ModelHead::new(metadata, linear))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, TokenOptions};

    fn features(terms: &[&str]) -> ForeignFeatures {
        let tokens = TokenOptions::default()
            .language(Language::Neutral)
            .stem(false);
        ForeignFeatures {
            options: TfIdfOptions::default().tokens(tokens).compounds(false),
            terms: terms.iter().map(|term| term.to_string()).collect(),
            are_characters: false,
            idf: vec![1.0; terms.len()],
        }
    }

    fn head(weights: Vec<f32>) -> ForeignHead {
        ForeignHead {
            name: "topic".to_string(),
            kind: HeadKind::Exclusive,
            labels: vec!["a".to_string(), "b".to_string()],
            classifier: Classifier::default(),
            link: Link::Decision,
            weights,
            bias: vec![0.5, 0.25],
        }
    }

    #[test]
    fn columns_follow_their_terms() {
        let weights = vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let terms = ["late goal", "goal", "army"];
        let model = Model::of_weights("m", "t", features(&terms), vec![head(weights)]).unwrap();
        let values = |text: &str| model.score(text).heads[0].decisions.clone();
        assert_eq!(values("army"), [3.5, 6.25]);
        assert_eq!(values("goal"), [2.5, 5.25]);
        // The n-gram is known although the word `late` is not.
        assert!(values("late goal")[0] > 2.5);
        let again = Model::from_bytes(model.to_bytes()).unwrap();
        assert_eq!(
            again.score("late goal").heads[0].decisions,
            values("late goal")
        );
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let made = |features, head| Model::of_weights("m", "t", features, vec![head]);
        let two = || features(&["a", "b"]);
        for (features, head, message) in [
            (features(&["a", "a"]), head(vec![0.0; 4]), "twice"),
            (two(), head(vec![0.0; 3]), "expected 4"),
            (two(), head(vec![f32::NAN; 4]), "not finite"),
            (
                ForeignFeatures {
                    idf: vec![1.0],
                    ..two()
                },
                head(vec![0.0; 4]),
                "an idf for 1",
            ),
            (
                ForeignFeatures {
                    idf: vec![1.0, 0.0],
                    ..two()
                },
                head(vec![0.0; 4]),
                "idf",
            ),
        ] {
            let error = made(features, head).unwrap_err();
            assert!(error.message().contains(message), "{error}");
        }
    }
}
