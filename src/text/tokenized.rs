//! Texts whose words were found before, as numbers of their distinct words.
//!
//! Features that are fitted on them, and rows that are made of them, are those of the texts
//! themselves, to the last bit: words are kept as features count them, in their order, and standalone
//! tokens after them.

use super::{Language, LanguageSet, Texts, Tokens};
use crate::math::offsets;
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

/// Words of texts, and facts of the texts that training needs beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TokenizedTexts {
    /// Distinct words.
    pub words: Arc<Texts>,
    /// Numbers of the words of all texts; of each, those of its sequence, then standalone ones.
    pub tokens: Vec<u32>,
    pub facts: Vec<TextFacts>,
    /// End of each text's tokens.
    pub ends: Vec<usize>,
}

/// Facts of one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TextFacts {
    /// Number of its tokens that are standalone.
    pub standalone: u32,
    /// Size in bytes.
    pub bytes: u64,
    /// Language that is detected.
    pub language: Language,
    /// [Fingerprint](super::fingerprint).
    pub fingerprint: Option<u64>,
    /// [Digest](super::digest).
    pub digest: u64,
}

/// Words of one text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TokenizedText<'t> {
    texts: &'t TokenizedTexts,
    index: usize,
}

impl TokenizedTexts {
    /// Returns a text.
    pub(crate) fn get(&self, index: usize) -> TokenizedText<'_> {
        TokenizedText { texts: self, index }
    }

    /// Returns the numbers of the tokens of a text.
    pub(crate) fn tokens(&self, index: usize) -> &[u32] {
        &self.tokens[offsets::range(&self.ends, index)]
    }

    /// Returns the texts at `indices`, in that order.
    pub(crate) fn select(&self, indices: &[usize]) -> Self {
        let mut selected = TokenizedTexts {
            words: self.words.clone(),
            tokens: Vec::new(),
            facts: indices.iter().map(|&index| self.facts[index]).collect(),
            ends: Vec::with_capacity(indices.len()),
        };
        for &index in indices {
            selected.tokens.extend_from_slice(self.tokens(index));
            selected.ends.push(selected.tokens.len());
        }
        selected
    }

    /// Returns the texts of all parts, one after the other. Their words are numbered anew, in the
    /// order of their bytes.
    pub(crate) fn concat(parts: &[&TokenizedTexts]) -> Self {
        let mut words: Vec<&str> = parts.iter().flat_map(|part| part.words.iter()).collect();
        words.par_sort_unstable();
        words.dedup();
        let numbered = words.iter().zip(0..);
        let numbers: HashMap<&str, u32> = numbered.map(|(&word, number)| (word, number)).collect();
        let renumbered = |part: &&TokenizedTexts| -> Vec<u32> {
            let own: Vec<u32> = part.words.iter().map(|word| numbers[word]).collect();
            part.tokens
                .iter()
                .map(|&token| own[token as usize])
                .collect()
        };
        let tokens: Vec<Vec<u32>> = parts.par_iter().map(renumbered).collect();
        let mut before = 0;
        let ends = parts.iter().zip(&tokens).flat_map(|(part, tokens)| {
            let first = before;
            before += tokens.len();
            part.ends.iter().map(move |end| first + end)
        });
        TokenizedTexts {
            ends: ends.collect(),
            words: Arc::new(words.iter().collect()),
            tokens: tokens.concat(),
            facts: parts.iter().flat_map(|part| part.facts.clone()).collect(),
        }
    }
}

impl<'t> TokenizedText<'t> {
    pub(crate) fn facts(self) -> TextFacts {
        self.texts.facts[self.index]
    }

    /// Returns the words of the sequence and then the standalone ones, each with true if it is
    /// standalone.
    pub(crate) fn words(self) -> impl Iterator<Item = (&'t str, bool)> {
        let tokens = self.texts.tokens(self.index);
        let in_sequence = tokens.len() - self.facts().standalone as usize;
        let word = move |(place, &number): (usize, &u32)| {
            let word = self.texts.words.get(number as usize);
            (word, place >= in_sequence)
        };
        tokens.iter().enumerate().map(word)
    }
}

impl Texts {
    /// Returns a text as features take it.
    pub(crate) fn document(&self, index: usize) -> TextInput<'_> {
        match &self.tokenized {
            None => TextInput::Text(self.get(index)),
            Some(tokenized) => TextInput::Tokenized(tokenized.get(index)),
        }
    }

    /// Returns the texts at `indices`, in that order.
    pub(crate) fn select(&self, indices: &[usize]) -> Texts {
        let mut selected: Texts = indices.iter().map(|&index| self.get(index)).collect();
        let tokenized = self.tokenized.as_ref();
        selected.tokenized = tokenized.map(|tokenized| Box::new(tokenized.select(indices)));
        selected.languages = self.languages;
        selected
    }

    /// Returns texts in these languages of which there are the words alone.
    pub(crate) fn of_tokenized(tokenized: TokenizedTexts, languages: LanguageSet) -> Texts {
        let mut texts: Texts = tokenized.facts.iter().map(|_| "").collect();
        texts.tokenized = Some(Box::new(tokenized));
        texts.in_languages(languages)
    }

    /// Returns the texts as part of a corpus in these languages, which are not detected again.
    pub(crate) fn in_languages(mut self, languages: LanguageSet) -> Texts {
        self.languages = Some(languages);
        self
    }

    /// Returns the words of the texts, where they were found before.
    pub(crate) fn tokenized(&self) -> Option<&TokenizedTexts> {
        self.tokenized.as_deref()
    }
}

/// Text, or its words.
#[derive(Debug, Clone, Copy)]
pub(crate) enum TextInput<'t> {
    Text(&'t str),
    Tokenized(TokenizedText<'t>),
}

impl<'t> From<&'t str> for TextInput<'t> {
    fn from(text: &'t str) -> Self {
        TextInput::Text(text)
    }
}

impl TextInput<'_> {
    /// Returns the size of the text in bytes.
    pub(crate) fn bytes(self) -> usize {
        match self {
            TextInput::Text(text) => text.len(),
            TextInput::Tokenized(words) => words.facts().bytes as usize,
        }
    }

    /// Returns the language that is detected.
    pub(crate) fn language(self) -> Language {
        match self {
            TextInput::Text(text) => super::detect(text),
            TextInput::Tokenized(words) => words.facts().language,
        }
    }

    /// Returns the [fingerprint](super::fingerprint) of the text.
    pub(crate) fn fingerprint(self) -> Option<u64> {
        match self {
            TextInput::Text(text) => super::fingerprint(text),
            TextInput::Tokenized(words) => words.facts().fingerprint,
        }
    }

    /// Returns the [digest](super::digest) of the text.
    pub(crate) fn digest(self) -> u64 {
        match self {
            TextInput::Text(text) => super::digest(text),
            TextInput::Tokenized(words) => words.facts().digest,
        }
    }
}

impl Tokens {
    /// Replaces the tokens by those of a text whose words are known. They have no spans.
    pub(crate) fn fill(&mut self, text: TokenizedText<'_>) {
        self.clear(text.facts().bytes as usize);
        for (word, standalone) in text.words() {
            self.push_str(word);
            self.finish(0, 0, standalone);
        }
    }
}
