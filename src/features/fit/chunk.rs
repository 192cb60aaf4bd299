//! Chunks of a corpus, encoded in parallel in numbers of words of their own.

use super::super::options::TfIdfOptions;
use super::sequence::DOCUMENT_END;
use super::word_table::WordStats;
use crate::math::hash::Keys;
use crate::text::{
    Interner, LanguageSet, Rules, StemCache, TextInput, Texts, TokenizedText, Tokenizer, Tokens,
};
use std::ops::Range;

/// Shards by which the words of all chunks are merged: more than most machines have threads, and
/// few enough that each has work for one.
pub(super) const SHARDS: usize = 16;
/// Bytes of a text for each word, with what is between words: hardly any text has shorter ones.
const BYTES_PER_WORD: usize = 5;

/// The texts of a chunk as numbers of the chunk's own words.
#[derive(Default)]
pub(super) struct Chunk {
    /// Words in the order of their first occurrence.
    pub words: Interner<ChunkStats>,
    /// Frequencies of the words.
    pub frequencies: Vec<WordStats>,
    /// Numbers of the words plus one, [`DOCUMENT_END`] after each text.
    pub sequence: Vec<u32>,
    /// Length of each text's part of the sequence.
    pub lengths: Vec<u32>,
    /// Standalone words, as pairs of word and text.
    pub standalone: Vec<(u32, u32)>,
    /// Linking elements of each text's language, where compounds are split.
    pub linking_elements: Vec<&'static [&'static str]>,
    /// Numbers of the words of each shard.
    pub by_shard: Vec<Vec<u32>>,
}

/// Frequencies of a word in a chunk.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ChunkStats {
    frequencies: WordStats,
    /// Last text that held the word, plus one.
    last_text: u32,
}

impl ChunkStats {
    /// Counts an occurrence in a text.
    #[inline]
    fn add(&mut self, text: u32, standalone: bool) {
        self.frequencies.df += u32::from(self.last_text != text + 1);
        self.frequencies.occurrences += u32::from(!standalone);
        self.last_text = text + 1;
    }
}

impl Chunk {
    /// Encodes the texts in `range`.
    pub(super) fn encode(
        options: &TfIdfOptions,
        languages: LanguageSet,
        keys: Keys,
        texts: &Texts,
        range: Range<usize>,
    ) -> Self {
        let token_options = options.tokens.unstemmed();
        let of_any_language = Tokenizer::for_languages(token_options, languages);
        let needs_rules = options.compounds || options.tokens.stem;
        let bytes: usize = range
            .clone()
            .map(|index| texts.document(index).bytes())
            .sum();
        let mut chunk = Chunk::default();
        chunk.sequence.reserve(bytes / BYTES_PER_WORD);
        let (mut tokens, mut stem_cache) = (Tokens::default(), StemCache::default());
        for (number, index) in range.enumerate() {
            let (document, number) = (texts.document(index), number as u32);
            let rules = needs_rules.then(|| languages.rules_of(document));
            match document {
                TextInput::Tokenized(words) => chunk.add_words(words, number, keys),
                TextInput::Text(text) => {
                    let tokenizer = rules.map_or(of_any_language, |rules| {
                        Tokenizer::with_rules(token_options, rules)
                    });
                    tokenizer.tokenize(text, &mut tokens);
                    let stemming = options.tokens.stem.then_some(rules).flatten();
                    chunk.add_tokens(&tokens, number, keys, stemming, &mut stem_cache);
                }
            }
            if let Some(rules) = rules.filter(|_| options.compounds) {
                chunk.linking_elements.push(rules.linking_elements);
            }
        }
        // All chunks are in memory at once before they are merged.
        let stats = chunk.words.take_values();
        chunk.frequencies = Vec::with_capacity(stats.len());
        chunk
            .frequencies
            .extend(stats.map(|stats| stats.frequencies));
        chunk.sequence.shrink_to_fit();
        chunk.partition_by_shard();
        chunk
    }

    /// Appends the tokens of a text, which are stemmed by the rules of `stemming` where they have a
    /// stemmer.
    fn add_tokens(
        &mut self,
        tokens: &Tokens,
        text: u32,
        keys: Keys,
        stemming: Option<&'static Rules>,
        stem_cache: &mut StemCache<u32>,
    ) {
        let indices = (0..tokens.len()).map(|index| (index, tokens.standalone(index)));
        match stemming.filter(|rules| rules.stemmer.is_some()) {
            None => self.add(text, indices, |words, index| {
                words.of_token(tokens, index, keys, ChunkStats::default)
            }),
            Some(rules) => {
                let stems = stem_cache.language(rules);
                self.add(text, indices, |words, index| {
                    *stems.of_token(tokens, index, |stem| {
                        words.of_word(stem.as_bytes(), keys, ChunkStats::default)
                    })
                });
            }
        }
    }

    /// Appends the words of a text, which are stems already.
    fn add_words(&mut self, words: TokenizedText<'_>, text: u32, keys: Keys) {
        self.add(text, words.words(), |words, word| {
            words.of_word(word.as_bytes(), keys, ChunkStats::default)
        });
    }

    /// Appends a text of these tokens, each with true if it is standalone; their words have the
    /// numbers that `number` returns.
    fn add<T>(
        &mut self,
        text: u32,
        tokens: impl Iterator<Item = (T, bool)>,
        mut number: impl FnMut(&mut Interner<ChunkStats>, T) -> u32,
    ) {
        let before = self.sequence.len();
        for (token, standalone) in tokens {
            let number = number(&mut self.words, token);
            self.words.value_mut(number).add(text, standalone);
            match standalone {
                false => self.sequence.push(number + 1),
                true => self.standalone.push((number, text)),
            }
        }
        self.sequence.push(DOCUMENT_END);
        self.lengths.push((self.sequence.len() - before) as u32);
    }

    fn partition_by_shard(&mut self) {
        self.by_shard = vec![Vec::new(); SHARDS];
        for (number, &key) in self.words.keys().iter().enumerate() {
            self.by_shard[shard(key)].push(number as u32);
        }
    }
}

/// Returns the shard of a key by its upper four bits; the lower ones choose the slot in a table.
fn shard(key: u64) -> usize {
    const { assert!(SHARDS == 1 << 4) };
    (key >> 60) as usize
}
