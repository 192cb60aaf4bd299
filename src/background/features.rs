//! Word-vector features beside TF-IDF features, and their folding into one weight for every word.
//!
//! A text has the row `x` over the words of labelled and unlabelled texts together, brought to
//! length 1, and beside it the block `k · x · V`, the sum of its words' vectors, each weighted as
//! in `x`. A classifier that learns weights `W` of the row and `U` of the block decides by
//!
//! ```text
//! x · W + (k · x · V) · U = x · (W + k · V · U)
//! ```
//!
//! which is one weight for every word, exactly; the only number that depends on the whole text is
//! the length of `x`. For this the block is no unit vector: its factor `k` is the same for all
//! texts, chosen so that the blocks of the training texts have the wanted length in the mean of
//! squares.

use super::blend::Blend;
use super::block::{BackgroundStems, VectorBlock};
use crate::features::{SparseRows, TfIdf, TfIdfOptions};
use crate::io::Progress;
use crate::linear::LinearModel;
use crate::text::Texts;
use crate::wording::{Setting, wording};
use crate::{Error, Result};

/// TF-IDF features fitted on some texts, with a block of word vectors or without.
pub(crate) struct BlendedFeatures {
    pub tfidf: TfIdf,
    /// Rows of the texts, the block after the terms.
    pub rows: SparseRows,
    block: Option<VectorBlock>,
}

impl BlendedFeatures {
    /// Fits features on texts and transforms them.
    ///
    /// # Errors
    /// As [`TfIdf::fit`]; a data error if the background knows none of the languages.
    pub(crate) fn fit(
        options: &TfIdfOptions,
        blend: Option<&Blend>,
        texts: &Texts,
        progress: &dyn Progress,
    ) -> Result<Self> {
        let Some(Blend {
            background, weight, ..
        }) = blend
        else {
            let (tfidf, rows) = TfIdf::fit_transform(options, texts, progress)?;
            return Ok(BlendedFeatures {
                tfidf,
                rows,
                block: None,
            });
        };
        let own = TfIdf::fit(options, texts, progress)?;
        let words = BackgroundStems::of(background, &own.languages().list())?;
        let (tfidf, columns, rows) = own.with_words(&words.list(), words.documents, texts)?;
        let mut block = VectorBlock::new(background.clone(), &words, &columns, &rows);
        block.scale = weight / block.length(&rows).max(f64::MIN_POSITIVE);
        let rows = block.append_to(&rows);
        Ok(BlendedFeatures {
            tfidf,
            rows,
            block: Some(block),
        })
    }

    /// Transforms other texts into rows, the block after the terms.
    pub(crate) fn transform(&self, texts: &Texts) -> SparseRows {
        let rows = self.tfidf.transform_texts(texts);
        match &self.block {
            Some(block) => block.append_to(&rows),
            None => rows,
        }
    }

    /// Chooses the terms that stay if at most `most` words of no labelled text may: those that move
    /// decisions most, by the sum of their squared weights, each label's against the mean of all,
    /// times idf squared and document frequency. `None` if all stay.
    pub(crate) fn select_terms<'l>(
        &self,
        most: u32,
        heads: impl Iterator<Item = &'l LinearModel>,
    ) -> Option<Vec<bool>> {
        let block = self.block.as_ref()?;
        let unlabelled =
            || (0..block.unlabelled.len()).filter(|&column| block.unlabelled[column].is_some());
        if unlabelled().count() <= most as usize {
            return None;
        }
        let mut worth = vec![0.0; block.unlabelled.len()];
        for head in heads {
            for column in unlabelled() {
                worth[column] += head.spread(column);
            }
        }
        let idf = self.tfidf.idf();
        let worth = |column: usize| {
            let df = block.unlabelled[column].unwrap_or(0) as f64;
            worth[column] * f64::from(idf[column]).powi(2) * df
        };
        let mut order: Vec<(f64, usize)> =
            unlabelled().map(|column| (worth(column), column)).collect();
        order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut keep = vec![true; block.unlabelled.len()];
        order[most as usize..]
            .iter()
            .for_each(|&(_, column)| keep[column] = false);
        Some(keep)
    }

    /// Folds the weights of the block into those of terms, which may take `memory` bytes.
    ///
    /// # Errors
    /// A usage error if they take more.
    pub(crate) fn fold(&self, linear: LinearModel, memory: u64) -> Result<LinearModel> {
        let Some(block) = &self.block else {
            return Ok(linear);
        };
        let (terms, labels) = (self.tfidf.vocabulary().len(), linear.labels());
        if (terms as u64)
            .saturating_mul(labels as u64)
            .saturating_mul(size_of::<f32>() as u64)
            > memory
        {
            return Err(Error::usage(format!(
                "weights of {terms} terms for {labels} labels do not fit into {} MB of memory",
                memory >> 20
            ))
            .help(wording![
                "leave the background out, keep fewer terms, or allow more with ",
                Setting::Memory
            ]));
        }
        Ok(linear.folded(terms, |column, of_block, weights| {
            block.fold(column, of_block, weights)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::background::BackgroundOptions;
    use crate::corpus::Targets;
    use crate::features::DocumentFrequency;
    use crate::io::Silent;
    use crate::linear::{Classifier, LogisticRegression, Problem};
    use crate::text::{Language, TokenOptions};
    use proptest::prelude::*;

    const WORDS: [&str; 14] = [
        "army",
        "troops",
        "tank",
        "border",
        "fire",
        "goal",
        "cup",
        "team",
        "match",
        "die",
        "regierung",
        "angriff",
        "tor",
        "pokal",
    ];

    fn texts(of: &[Vec<usize>]) -> Texts {
        let text = |words: &Vec<usize>| {
            words
                .iter()
                .map(|&word| WORDS[word])
                .collect::<Vec<_>>()
                .join(" ")
        };
        of.iter().map(text).collect()
    }

    fn features() -> TfIdfOptions {
        let tokens = TokenOptions {
            language: Language::English,
            ..TokenOptions::default()
        };
        TfIdfOptions {
            tokens,
            min_df: DocumentFrequency::Count(1),
            ..TfIdfOptions::default()
        }
    }

    proptest! {
        /// Terms and block decide as the folded weights of terms alone do.
        #[test]
        fn the_block_folds_exactly(
            unlabelled in prop::collection::vec(prop::collection::vec(0..14usize, 2..12), 4..20),
            labelled in prop::collection::vec(prop::collection::vec(0..9usize, 1..6), 3..12),
            others in prop::collection::vec(prop::collection::vec(0..14usize, 0..9), 1..9),
            weight in 0.1f64..3.0,
        ) {
            let options = BackgroundOptions {
                tokens: features().tokens,
                min_df: 1,
                dimensions: 5,
                ..BackgroundOptions::default()
            };
            let background = options.learn(&texts(&unlabelled), &Silent).unwrap();
            let blend = Blend { weight, ..Blend::new(background) };
            let fitted = BlendedFeatures::fit(&features(), Some(&blend), &texts(&labelled), &Silent).unwrap();
            let of = (0..labelled.len()).map(|at| Some(at as u32 % 3)).collect();
            let targets = Targets::Exclusive { labels: 3, of };
            let classifier = Classifier::from(LogisticRegression::default());
            let whole = classifier.fit(&Problem::new(&fitted.rows, &targets, &Silent)).unwrap();
            let folded = fitted.fold(whole.clone(), u64::MAX).unwrap();
            let texts = texts(&others);
            let (rows, blocks) = (fitted.tfidf.transform_texts(&texts), fitted.transform(&texts));
            prop_assert_eq!(folded.features(), rows.columns());
            let (mut by_terms, mut by_both) = (Vec::new(), Vec::new());
            for (row, both) in rows.iter().zip(blocks.iter()) {
                folded.decide(row, &mut by_terms);
                whole.decide(both, &mut by_both);
                for (a, b) in by_terms.iter().zip(&by_both) {
                    prop_assert!((a - b).abs() < 1e-5, "{a} {b}");
                }
            }
        }
    }
}
