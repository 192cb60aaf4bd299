//! Compounds: `Flüchtlingspolitik` is also `Flüchtling` and `Politik`.
//!
//! A word is split into words of the corpus: those of four letters and more that occur by
//! themselves in enough documents. A linking element of the language (`s`, `en`, …) may stand
//! between two parts. Of several splits the one with the fewest parts wins; then the one with the
//! longest last part, because the last part names the thing; then the one with the longest first
//! part. Koehn & Knight, "Empirical Methods for Compound Splitting" (EACL 2003), also learn the
//! parts from the corpus; the frequencies that they weigh are not kept in a model, so that the
//! number of parts decides here.

use crate::io::storage::Buffer;
use crate::math::hash::Keys;
use std::ops::Range;
use std::sync::Arc;

/// A splitter of compounds into known words.
#[derive(Debug, Clone)]
pub(crate) struct CompoundSplitter {
    /// The known words, with a blank after each.
    pub words: Buffer<u8>,
    /// Keys of the known words, sorted.
    of_words: Arc<Vec<u64>>,
    keys: Keys,
}

/// Letters of a part at least; shorter words are parts by accident.
pub(super) const MIN_PART_LETTERS: usize = 4;
/// Bytes of a word at most. Splitting takes the square of the length, and no compound is longer.
const MAX_WORD_BYTES: usize = 80;

/// The best split of the rest of a word from a place on.
#[derive(Clone, Copy)]
struct Split {
    parts: usize,
    end: usize,
    next: usize,
    /// Start of the last part.
    last: usize,
}

impl CompoundSplitter {
    /// Returns the splitter into the words of `words`, with a blank after each, under `keys`.
    pub(super) fn new(words: Buffer<u8>, keys: Keys) -> Self {
        let spelled = words
            .split(|&byte| byte == b' ')
            .filter(|word| !word.is_empty());
        let mut of_words: Vec<u64> = spelled.map(|word| keys.of_word(word)).collect();
        of_words.sort_unstable();
        CompoundSplitter {
            words,
            of_words: Arc::new(of_words),
            keys,
        }
    }

    /// Returns the splitter into the same words under other keys.
    pub(super) fn under(self, keys: Keys) -> Self {
        Self::new(self.words, keys)
    }

    /// Returns the splitter into the words of `words` and those of `more` that may be parts.
    pub(super) fn with<'w>(
        words: &'w [u8],
        more: impl Iterator<Item = &'w [u8]>,
        keys: Keys,
    ) -> Self {
        let own = words
            .split(|&byte| byte == b' ')
            .filter(|word| !word.is_empty());
        let mut all: Vec<&[u8]> = own
            .chain(more.filter(|word| Self::is_candidate(word)))
            .collect();
        all.sort_unstable();
        all.dedup();
        let spelled: Vec<u8> = all
            .into_iter()
            .flat_map(|word| word.iter().chain(b" "))
            .copied()
            .collect();
        Self::new(spelled.into(), keys)
    }

    /// Returns true for a word that may be a part.
    pub(super) fn is_candidate(word: &[u8]) -> bool {
        let letters = word.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
        letters >= MIN_PART_LETTERS && word.len() <= MAX_WORD_BYTES && is_letters(word)
    }

    /// Calls `each` with the places of the parts of `word`, from the last to the first; not at all
    /// if it is no compound.
    pub(super) fn split(
        &self,
        word: &str,
        linking_elements: &[&str],
        mut each: impl FnMut(Range<usize>),
    ) {
        let bytes = word.as_bytes();
        if bytes.len() < 2 * MIN_PART_LETTERS
            || !Self::is_candidate(bytes)
            || linking_elements.is_empty()
        {
            return;
        }
        let known = |part: &str| {
            self.of_words
                .binary_search(&self.keys.of_word(part.as_bytes()))
                .is_ok()
        };
        let best_splits = best_splits(word, linking_elements, known);
        let (mut at, mut ranges) = (0, Vec::new());
        while let Some(cut) = best_splits[at] {
            ranges.push(at..cut.end);
            at = cut.next;
        }
        if ranges.len() > 1 {
            ranges.into_iter().rev().for_each(&mut each);
        }
    }
}

/// Returns the best split from every place on; the whole word is no part of itself.
fn best_splits(
    word: &str,
    linking_elements: &[&str],
    known: impl Fn(&str) -> bool,
) -> Vec<Option<Split>> {
    let mut best_splits: Vec<Option<Split>> = vec![None; word.len() + 1];
    for start in (0..=word.len() - MIN_PART_LETTERS)
        .rev()
        .filter(|&at| word.is_char_boundary(at))
    {
        for end in (start + MIN_PART_LETTERS..=word.len()).filter(|&at| word.is_char_boundary(at)) {
            if end - start == word.len() || !known(&word[start..end]) {
                continue;
            }
            if end == word.len() {
                best_splits[start] = Some(Split {
                    parts: 1,
                    end,
                    next: end,
                    last: start,
                });
                continue;
            }
            for element in linking_elements
                .iter()
                .filter(|element| word[end..].starts_with(**element))
            {
                let next = end + element.len();
                let Some(rest) = best_splits[next] else {
                    continue;
                };
                let found = Split {
                    parts: rest.parts + 1,
                    end,
                    next,
                    last: rest.last,
                };
                if best_splits[start]
                    .is_none_or(|best| (found.parts, found.last) <= (best.parts, best.last))
                {
                    best_splits[start] = Some(found);
                }
            }
        }
    }
    best_splits
}

fn is_letters(word: &[u8]) -> bool {
    word.iter()
        .all(|byte| byte.is_ascii_lowercase() || !byte.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(word: &str, parts: &[&str]) -> Vec<String> {
        let words: String = parts.iter().flat_map(|part| [part, " "]).collect();
        let parts = CompoundSplitter::new(words.into_bytes().into(), Keys::secret());
        let mut found = Vec::new();
        let linking_elements = ["", "s", "es", "n", "en", "er", "e"];
        parts.split(word, &linking_elements, |range| {
            found.insert(0, word[range].to_string())
        });
        found
    }

    #[test]
    fn compounds_are_cut_into_known_words() {
        let known = [
            "fluechtling",
            "politik",
            "politiker",
            "waffen",
            "lieferung",
            "stopp",
            "regierung",
        ];
        assert_eq!(
            split("fluechtlingspolitik", &known),
            ["fluechtling", "politik"]
        );
        assert_eq!(
            split("waffenlieferungsstopp", &known),
            ["waffen", "lieferung", "stopp"]
        );
        assert!(split("politik", &known).is_empty());
        assert!(split("politiker", &known).is_empty());
        assert!(split("bundesregierung", &known).is_empty());
        assert!(split("", &known).is_empty());
    }

    #[test]
    fn fewer_parts_win() {
        assert_eq!(
            split("haustuerschloss", &["haus", "tuer", "haustuer", "schloss"]),
            ["haustuer", "schloss"]
        );
    }

    #[test]
    fn of_equally_few_parts_the_longest_last_one_wins() {
        let known = ["abcd", "efghij", "klmn", "abcde", "fghi", "jklmn"];
        assert_eq!(split("abcdefghijklmn", &known), ["abcde", "fghi", "jklmn"]);
        assert_eq!(
            split("abcdenyyyy", &["abcd", "yyyy", "abcde", "nyyyy"]),
            ["abcde", "nyyyy"]
        );
    }

    #[test]
    fn four_letters_make_a_part_and_not_four_bytes() {
        assert!(
            !CompoundSplitter::is_candidate("tür".as_bytes())
                && CompoundSplitter::is_candidate("türe".as_bytes())
        );
    }

    #[test]
    fn no_part_ends_inside_a_character() {
        assert_eq!(split("żabażaba", &["żaba"]), ["żaba", "żaba"]);
    }
}
