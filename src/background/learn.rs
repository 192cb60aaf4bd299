//! Learning: the passes over the texts, and the decomposition for each language.

use super::cooccurrence::{CooccurrenceCounts, NONE};
use super::dense_matrix::DenseMatrix;
use super::options::BackgroundOptions;
use super::ppmi::Ppmi;
use super::source::TextPasses;
use super::stems::{StemCounter, StemVocabulary};
use super::svd::{POWER_ITERATIONS, svd};
use super::vectors::{Background, BackgroundMetadata, LanguageVectors, QuantisedVectors};
use crate::corpus::{CorpusSource, Rejects};
use crate::features::StemSequences;
use crate::io::Progress;
use crate::text::{Language, LanguageSet, LanguageTally, Texts};
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The stems of a language and the number of its documents.
struct LanguageVocabulary {
    chosen: StemVocabulary,
    documents: u64,
}

impl BackgroundOptions {
    /// Learns from texts in memory.
    ///
    /// # Errors
    /// A usage error for options out of range, a data error if no stem is in enough documents.
    pub fn learn(&self, texts: &Texts, progress: &dyn Progress) -> Result<Background> {
        self.learn_from(TextPasses::Memory(texts), progress)
    }

    /// Learns from files, which need not fit into memory and are read three times.
    ///
    /// # Errors
    /// As [`learn`](Self::learn); for a broken row without `rejects`, and where an input cannot be
    /// read.
    pub fn learn_files(
        &self,
        source: &CorpusSource,
        rejects: Option<&mut Rejects>,
        progress: &dyn Progress,
    ) -> Result<Background> {
        self.learn_from(
            TextPasses::Files {
                source,
                skips: rejects.is_some(),
                rejects,
                seen: None,
            },
            progress,
        )
    }

    fn learn_from(
        &self,
        mut passes: TextPasses<'_>,
        progress: &dyn Progress,
    ) -> Result<Background> {
        self.verify()?;
        let languages = self.languages(&mut passes, progress)?;
        let chosen = self.vocabularies(&mut passes, languages, progress)?;
        let pairs = self.pairs(&mut passes, languages, &chosen, progress)?;
        progress.stage("condensing", POWER_ITERATIONS * chosen.len() as u64);
        let of_language =
            |((language, vocabulary), pairs): ((_, LanguageVocabulary), CooccurrenceCounts)| {
                let LanguageVocabulary { chosen, documents } = vocabulary;
                let vectors = self.vectors(chosen.len(), pairs, progress)?;
                Ok(LanguageVectors::new(language, documents, &chosen, vectors))
            };
        let documents = chosen.values().map(|vocabulary| vocabulary.documents).sum();
        let parts: Result<Vec<LanguageVectors>> =
            chosen.into_iter().zip(pairs).map(of_language).collect();
        let mut parts = parts?;
        parts.retain(|part| part.vectors.dimensions > 0);
        if parts.is_empty() {
            return Err(
                Error::data("no two of the words stand near each other in any text")
                    .help(wording!["give longer texts, or lower ", Setting::MinDf]),
            );
        }
        Ok(Background::new(
            BackgroundMetadata::new(self, documents),
            parts,
        ))
    }

    /// Chooses the stems of each language that get a vector.
    fn vocabularies(
        &self,
        passes: &mut TextPasses<'_>,
        languages: LanguageSet,
        progress: &dyn Progress,
    ) -> Result<BTreeMap<Language, LanguageVocabulary>> {
        let memory = self.memory / 2 / languages.list().len() as u64;
        let mut stems: BTreeMap<Language, StemCounter> = BTreeMap::new();
        passes.each("counting words", progress, |texts| {
            self.each_language(languages, texts, |language, texts| {
                stems
                    .entry(language)
                    .or_insert_with(|| StemCounter::new(memory))
                    .add(texts)
            })
        })?;
        let mut chosen = BTreeMap::new();
        for (language, stems) in stems {
            let documents = stems.documents;
            let vocabulary = LanguageVocabulary {
                chosen: stems.choose(self.vocabulary as usize, self.min_df)?,
                documents,
            };
            if vocabulary.chosen.len() > 0 {
                chosen.insert(language, vocabulary);
            }
        }
        if chosen.is_empty() {
            return Err(
                Error::data(format!("no word is in {} of the texts", self.min_df)).help(wording![
                    "lower ",
                    Setting::MinDf,
                    ", or give more text"
                ]),
            );
        }
        Ok(chosen)
    }

    fn languages(
        &self,
        passes: &mut TextPasses<'_>,
        progress: &dyn Progress,
    ) -> Result<LanguageSet> {
        if self.tokens.language != Language::Auto {
            return Ok(LanguageSet::of(self.tokens.language));
        }
        let mut tally = LanguageTally::default();
        passes.each("informative languages apart", progress, |texts| {
            tally.add(texts);
            Ok(())
        })?;
        Ok(tally.languages())
    }

    /// Calls `each` with the texts of each language as stems.
    fn each_language(
        &self,
        languages: LanguageSet,
        texts: &Texts,
        mut each: impl FnMut(Language, &StemSequences) -> Result<()>,
    ) -> Result<()> {
        let of: Vec<Language> = (0..texts.len())
            .into_par_iter()
            .map(|at| languages.language(texts.document(at)))
            .collect();
        for language in languages.list() {
            let own = of.iter().enumerate().filter(|(_, of)| **of == language);
            let own: Texts = own.map(|(at, _)| texts.get(at)).collect();
            if !own.is_empty() {
                each(
                    language,
                    &StemSequences::new(self.tokens, LanguageSet::of(language), &own)?,
                )?;
            }
        }
        Ok(())
    }

    fn pairs(
        &self,
        passes: &mut TextPasses<'_>,
        languages: LanguageSet,
        chosen: &BTreeMap<Language, LanguageVocabulary>,
        progress: &dyn Progress,
    ) -> Result<Vec<CooccurrenceCounts>> {
        let memory = self.memory / 2 / chosen.len() as u64;
        let empty = |(&language, vocabulary): (&Language, &LanguageVocabulary)| {
            (
                language,
                CooccurrenceCounts::new(vocabulary.chosen.len(), self.window, memory),
            )
        };
        let mut pairs: BTreeMap<Language, CooccurrenceCounts> = chosen.iter().map(empty).collect();
        passes.each("counting pairs of words", progress, |texts| {
            self.each_language(languages, texts, |language, texts| {
                match pairs.get_mut(&language).zip(chosen.get(&language)) {
                    Some((pairs, known)) => pairs.add(texts, &known.chosen.places(texts, NONE)),
                    None => Ok(()),
                }
            })
        })?;
        Ok(pairs.into_values().collect())
    }

    fn vectors(
        &self,
        stems: usize,
        pairs: CooccurrenceCounts,
        progress: &dyn Progress,
    ) -> Result<QuantisedVectors> {
        let ppmi = Ppmi::new(stems, &pairs, self.memory)?;
        drop(pairs);
        let mut found = svd(&ppmi, self.dimensions as usize, self.seed, progress);
        let stretch: Vec<f32> = found
            .values
            .iter()
            .map(|value| value.sqrt() as f32)
            .collect();
        for row in found.vectors.values.chunks_exact_mut(stretch.len().max(1)) {
            row.iter_mut()
                .zip(&stretch)
                .for_each(|(entry, stretch)| *entry *= stretch);
        }
        centre(&mut found.vectors);
        Ok(QuantisedVectors::quantised(&found.vectors, self.bits))
    }
}

/// Subtracts the mean of all vectors and scales them to length 1; those of stems without any pair
/// stay 0.
fn centre(panel: &mut DenseMatrix) {
    let width = panel.width.max(1);
    let rows = panel.rows().max(1) as f64;
    let mut mean = vec![0.0; panel.width];
    for row in panel.values.chunks_exact(width) {
        mean.iter_mut()
            .zip(row)
            .for_each(|(mean, &entry)| *mean += f64::from(entry) / rows);
    }
    for row in panel
        .values
        .chunks_exact_mut(width)
        .filter(|row| row.iter().any(|entry| *entry != 0.0))
    {
        let moved = |(entry, mean): (&f32, &f64)| f64::from(*entry) - mean;
        let length = row
            .iter()
            .zip(&mean)
            .map(moved)
            .map(|entry| entry * entry)
            .sum::<f64>()
            .sqrt();
        let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
        row.iter_mut().zip(&mean).for_each(|(entry, mean)| {
            *entry = ((f64::from(*entry) - mean) * scale) as f32;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::Silent;
    use crate::text::TokenOptions;
    use proptest::prelude::*;

    proptest! {
        /// Any texts end in vectors of length 1, as far as eight bits tell, or in an error.
        #[test]
        fn any_texts_have_vectors_or_an_error(
            texts in prop::collection::vec("[a-d ]{0,12}", 0..12),
            min_df in 1u64..3,
            dimensions in 1u32..6,
        ) {
            let tokens = TokenOptions { language: Language::Neutral, ..TokenOptions::default() };
            let options =
                BackgroundOptions { tokens, min_df, dimensions, ..BackgroundOptions::default() };
            let Ok(found) = options.learn(&texts.iter().collect(), &Silent) else { return Ok(()) };
            let of = &found.0.languages[0];
            for stem in 0..of.len() {
                let mut vector = vec![0.0; of.vectors.dimensions];
                of.vectors.add(stem, 1.0, &mut vector);
                let length = vector.iter().map(|entry| entry * entry).sum::<f64>().sqrt();
                prop_assert!(length == 0.0 || (length - 1.0).abs() < 0.02, "{length}");
            }
        }
    }
}
