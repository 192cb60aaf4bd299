//! Distinct words by number, told apart by their spelling.

use super::Tokens;
use crate::math::hash::{BLOCK, Keys, last_block};
use crate::math::offsets;

/// Distinct words in the order of their first occurrence, each with a value.
///
/// An open-addressing table finds a word by its key; equal keys are told apart by the spelling, so
/// that no number depends on the keys.
#[derive(Debug, Clone)]
pub(crate) struct Interner<T> {
    arena: Vec<u8>,
    ends: Vec<usize>,
    keys: Vec<u64>,
    entries: Vec<Interned<T>>,
    /// Upper half of the key, and number plus one; 0 is empty.
    slots: Vec<(u32, u32)>,
}

/// A word's first block of bytes, which tells most words apart without their spelling, and value.
#[derive(Debug, Clone, Copy)]
struct Interned<T> {
    first: u64,
    value: T,
}

/// Slots of a new table: room for the words of a few articles in 8 KB.
const FIRST_SLOTS: usize = 1 << 10;

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Interner {
            arena: Vec::new(),
            ends: Vec::new(),
            keys: Vec::new(),
            entries: Vec::new(),
            slots: vec![(0, 0); FIRST_SLOTS],
        }
    }
}

impl<T> Interner<T> {
    /// Returns the number of distinct words.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns the bytes of a word.
    pub(crate) fn word(&self, number: u32) -> &[u8] {
        &self.arena[offsets::range(&self.ends, number as usize)]
    }

    /// Returns the keys of all words.
    pub(crate) fn keys(&self) -> &[u64] {
        &self.keys
    }

    /// Returns the value of a word.
    #[inline]
    pub(crate) fn value(&self, number: u32) -> &T {
        &self.entries[number as usize].value
    }

    /// Returns the value of a word for changes.
    #[inline]
    pub(crate) fn value_mut(&mut self, number: u32) -> &mut T {
        &mut self.entries[number as usize].value
    }

    /// Returns the number of the word of a token; a new word gets the value `new`.
    #[inline]
    pub(crate) fn of_token(
        &mut self,
        tokens: &Tokens,
        index: usize,
        keys: Keys,
        new: impl FnOnce() -> T,
    ) -> u32 {
        let first = tokens.first_block(index);
        self.number(tokens.bytes(index), first, tokens.key(index, keys), new)
    }

    /// Returns the number of a word; a new word gets the value `new`.
    pub(crate) fn of_word(&mut self, word: &[u8], keys: Keys, new: impl FnOnce() -> T) -> u32 {
        let first = last_block(&word[..word.len().min(BLOCK)]);
        self.number(word, first, keys.of_word(word), new)
    }

    /// Returns the number of a word that begins with the block `first`, which is all of a short
    /// word.
    #[inline]
    fn number(&mut self, word: &[u8], first: u64, key: u64, new: impl FnOnce() -> T) -> u32 {
        let (mask, tag) = (self.slots.len() - 1, (key >> 32) as u32);
        let mut at = key as usize & mask;
        loop {
            let (found, number) = self.slots[at];
            if number == 0 {
                return self.insert(
                    at,
                    word,
                    key,
                    Interned {
                        first,
                        value: new(),
                    },
                );
            }
            let known = number - 1;
            let begins = found == tag && self.entries[known as usize].first == first;
            if begins && (word.len() < BLOCK || self.word(known) == word) {
                return known;
            }
            at = (at + 1) & mask;
        }
    }

    fn insert(&mut self, at: usize, word: &[u8], key: u64, entry: Interned<T>) -> u32 {
        let number = self.len() as u32;
        self.arena.extend_from_slice(word);
        self.ends.push(self.arena.len());
        self.keys.push(key);
        self.entries.push(entry);
        self.slots[at] = ((key >> 32) as u32, number + 1);
        // At most half of the slots are taken, so that probes stay short.
        if self.len() * 2 > self.slots.len() {
            self.grow();
        }
        number
    }

    fn grow(&mut self) {
        let size = self.slots.len() * 2;
        self.slots = vec![(0, 0); size];
        for (number, &key) in self.keys.iter().enumerate() {
            let mut at = key as usize & (size - 1);
            while self.slots[at].1 != 0 {
                at = (at + 1) & (size - 1);
            }
            self.slots[at] = ((key >> 32) as u32, number as u32 + 1);
        }
    }

    /// Returns the values, and frees all memory but that of words and keys; no word is looked up any
    /// more.
    pub(crate) fn take_values(&mut self) -> impl ExactSizeIterator<Item = T> + use<T> {
        self.slots = Vec::new();
        self.arena.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.keys.shrink_to_fit();
        let entries = std::mem::take(&mut self.entries);
        entries.into_iter().map(|entry| entry.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart_under_any_keys() {
        for keys in [Keys::secret(), Keys::zero()] {
            let mut interner = Interner::default();
            let words: Vec<String> = (0..2000).map(|n| format!("word{n}")).collect();
            for _ in 0..2 {
                for (number, word) in words.iter().enumerate() {
                    let found = interner.of_word(word.as_bytes(), keys, || number);
                    assert_eq!((found as usize, *interner.value(found)), (number, number));
                    assert_eq!(interner.word(found), word.as_bytes());
                }
            }
            assert_eq!(interner.len(), words.len());
        }
    }
}
