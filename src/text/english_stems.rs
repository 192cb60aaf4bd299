//! Stems of English words: Snowball's English stemmer, version 3.0, on bytes in place.
//!
//! The crate's stemmer, made by a compiler of Snowball programs, makes a string of every change and
//! decodes characters; this one changes bytes in place. Both give the same stems,
//! which is tested on words and on pieces of words. Source: M. Porter, "The English (Porter2)
//! stemming algorithm", snowballstem.org/algorithms/english/stemmer.html, whose names of steps and
//! regions are used here.

use super::stem::MAX_STEMMED_BYTES;
use std::borrow::Cow;

/// A word on its way to its stem. `y` is written `Y` where it is a consonant.
struct Word {
    bytes: [u8; MAX_STEMMED_BYTES],
    length: usize,
    /// Beginning of the region after the first consonant that follows a vowel.
    r1: usize,
    /// Beginning of the same region within the first.
    r2: usize,
}

/// An ending and what takes its place.
type Ending = (&'static str, &'static str);

/// Words whose stems follow no rule.
const EXCEPTIONS: [Ending; 15] = [
    ("andes", "andes"),
    ("atlas", "atlas"),
    ("bias", "bias"),
    ("cosmos", "cosmos"),
    ("early", "earli"),
    ("gently", "gentl"),
    ("howe", "howe"),
    ("idly", "idl"),
    ("news", "news"),
    ("only", "onli"),
    ("singly", "singl"),
    ("skies", "sky"),
    ("skis", "ski"),
    ("sky", "sky"),
    ("ugly", "ugli"),
];

/// Beginnings of words after which the first region begins.
const PREFIXES: [&str; 9] = [
    "arsen", "commun", "emerg", "gener", "inter", "later", "organ", "past", "univers",
];

/// Words in `ing` that keep it.
const WORDS_IN_ING: [&str; 6] = ["even", "cann", "inn", "earr", "herr", "out"];

/// Endings of step 2, longer ones before those that they end in.
const STEP_2: [Ending; 25] = [
    ("fulli", "ful"),
    ("lessli", "less"),
    ("ousli", "ous"),
    ("entli", "ent"),
    ("abli", "able"),
    ("alli", "al"),
    ("bli", "ble"),
    ("li", ""),
    ("biliti", "ble"),
    ("aliti", "al"),
    ("iviti", "ive"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("ogi", "og"),
    ("ational", "ate"),
    ("tional", "tion"),
    ("alism", "al"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("izer", "ize"),
    ("ator", "ate"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("iveness", "ive"),
    ("ogist", "og"),
];

/// Endings of step 3, in the same order.
const STEP_3: [Ending; 9] = [
    ("ational", "ate"),
    ("tional", "tion"),
    ("alize", "al"),
    ("icate", "ic"),
    ("ative", ""),
    ("iciti", "ic"),
    ("ical", "ic"),
    ("ful", ""),
    ("ness", ""),
];

/// Endings of step 4, in the same order.
const STEP_4: [Ending; 18] = [
    ("ement", ""),
    ("ment", ""),
    ("ent", ""),
    ("ant", ""),
    ("ance", ""),
    ("ence", ""),
    ("able", ""),
    ("ible", ""),
    ("ate", ""),
    ("ive", ""),
    ("ize", ""),
    ("ion", ""),
    ("ous", ""),
    ("ism", ""),
    ("iti", ""),
    ("al", ""),
    ("er", ""),
    ("ic", ""),
];

/// Returns the stem of a word in lower case; `None` for one of other characters than those of
/// ASCII.
pub(super) fn stem(word: &str) -> Option<Cow<'_, str>> {
    let spelled = word.as_bytes();
    if !spelled.is_ascii() || spelled.len() > MAX_STEMMED_BYTES || spelled.contains(&b'Y') {
        return None;
    }
    if spelled.len() < 3 || !may_change(spelled) {
        return Some(Cow::Borrowed(word));
    }
    if let Some((_, stem)) = EXCEPTIONS.iter().find(|(exception, _)| *exception == word) {
        return Some(Cow::Borrowed(stem));
    }
    let stem = Word::new(spelled).stemmed();
    let length = stem.length;
    match word.get(..length) {
        Some(kept) if kept.as_bytes() == stem.bytes() => Some(Cow::Borrowed(kept)),
        _ => String::from_utf8(stem.bytes().to_vec())
            .ok()
            .map(Cow::Owned),
    }
}

/// Returns true if a word begins or ends as one that some step changes.
fn may_change(word: &[u8]) -> bool {
    const LAST: &[u8] = b"'cdegilmnrsty";
    word[0] == b'\'' || word.last().is_some_and(|last| LAST.contains(last))
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

impl Word {
    fn new(spelled: &[u8]) -> Self {
        let spelled = spelled.strip_prefix(b"'").unwrap_or(spelled);
        let mut word = Word {
            bytes: [0; MAX_STEMMED_BYTES],
            length: spelled.len(),
            r1: 0,
            r2: 0,
        };
        word.bytes[..spelled.len()].copy_from_slice(spelled);
        word.mark_consonants();
        word.mark_regions();
        word
    }

    fn stemmed(mut self) -> Self {
        self.step_1a();
        self.step_1b();
        self.step_1c();
        self.step_2();
        self.step_3();
        self.step_4();
        self.step_5();
        let kept = &mut self.bytes[..self.length];
        kept.iter_mut()
            .filter(|letter| **letter == b'Y')
            .for_each(|letter| *letter = b'y');
        self
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Writes `Y` for each `y` at the beginning and after a vowel.
    fn mark_consonants(&mut self) {
        let mut after_vowel = true;
        for letter in &mut self.bytes[..self.length] {
            if *letter == b'y' && after_vowel {
                *letter = b'Y';
            }
            after_vowel = is_vowel(*letter);
        }
    }

    fn mark_regions(&mut self) {
        let prefix = PREFIXES
            .iter()
            .find(|prefix| self.bytes().starts_with(prefix.as_bytes()));
        self.r1 = prefix.map_or_else(|| self.region_from(0), |prefix| prefix.len());
        self.r2 = self.region_from(self.r1);
    }

    /// Returns the place after the first consonant that follows a vowel, from a place on.
    fn region_from(&self, from: usize) -> usize {
        let rest = &self.bytes()[from..];
        let vowel = rest.iter().position(|&letter| is_vowel(letter));
        let consonant = vowel.and_then(|vowel| {
            let after = rest[vowel..].iter().position(|&letter| !is_vowel(letter))?;
            Some(from + vowel + after + 1)
        });
        consonant.unwrap_or(self.length)
    }

    fn ends(&self, ending: &str) -> bool {
        self.bytes().ends_with(ending.as_bytes())
    }

    /// Returns the letter at so many places before the end; 0 before the first one.
    fn back(&self, places: usize) -> u8 {
        let at = self.length.checked_sub(places);
        at.map_or(0, |at| self.bytes()[at])
    }

    /// Returns true if there is a vowel before a place.
    fn has_vowel(&self, before: usize) -> bool {
        self.bytes()[..before]
            .iter()
            .any(|&letter| is_vowel(letter))
    }

    /// Writes `new` in place of all from `start` on; no step makes a word longer than it was.
    fn replace(&mut self, start: usize, new: &str) {
        self.bytes[start..start + new.len()].copy_from_slice(new.as_bytes());
        self.length = start + new.len();
    }

    /// Returns the first of `endings` that the word has, where it begins, and what takes its place.
    fn find(&self, endings: &[Ending]) -> Option<(usize, Ending)> {
        let last = self.back(1);
        let found = endings
            .iter()
            .find(|(ending, _)| ending.as_bytes().last() == Some(&last) && self.ends(ending));
        found.map(|&ending| (self.length - ending.0.len(), ending))
    }

    /// Returns true if the letters before `end` are a short syllable: a vowel between consonants of
    /// which the last is no `w`, `x` or `Y`, or a vowel and a consonant at the beginning.
    fn has_short_syllable(&self, end: usize) -> bool {
        let is_consonant = |letter: u8| !is_vowel(letter);
        match self.bytes()[..end] {
            [.., b'p', b'a', b's', b't'] => true,
            [vowel, last] => is_vowel(vowel) && is_consonant(last),
            [.., first, vowel, last] => {
                is_consonant(first)
                    && is_vowel(vowel)
                    && is_consonant(last)
                    && !matches!(last, b'w' | b'x' | b'Y')
            }
            _ => false,
        }
    }

    /// Removes the ending of the plural, and that of the genitive before it.
    fn step_1a(&mut self) {
        for genitive in ["'s'", "'s", "'"] {
            if self.ends(genitive) {
                self.length -= genitive.len();
                break;
            }
        }
        if self.ends("sses") {
            self.length -= 2;
        } else if self.ends("ied") || self.ends("ies") {
            // The `i` alone after two letters and more, `ie` after one.
            self.length -= if self.length > 4 { 2 } else { 1 };
        } else if self.back(1) == b's' && !matches!(self.back(2), b's' | b'u') {
            let stem = self.length - 1;
            if stem > 0 && self.has_vowel(stem - 1) {
                self.length = stem;
            }
        }
    }

    /// Removes the ending of a past tense or participle, and the adverb's after it.
    fn step_1b(&mut self) {
        let adverb = if self.ends("ly") { 2 } else { 0 };
        let verb = &self.bytes()[..self.length - adverb];
        if verb.ends_with(b"eed") {
            let start = verb.len() - 3;
            let keeps = matches!(&verb[..start], b"succ" | b"proc" | b"exc");
            if self.r1 <= start && !keeps {
                self.replace(start, "ee");
            }
        } else if verb.ends_with(b"ed") {
            self.remove_participle(verb.len() - 2);
        } else if verb.ends_with(b"ing") {
            let start = verb.len() - 3;
            let stem = &verb[..start];
            match stem {
                [first, b'y'] if adverb == 0 && !is_vowel(*first) => self.replace(1, "ie"),
                _ if adverb == 0 && WORDS_IN_ING.iter().any(|word| word.as_bytes() == stem) => {}
                _ => self.remove_participle(start),
            }
        }
    }

    /// Removes `ed` or `ing` after a vowel, and mends what is left: `hop` from `hopping`, `hope`
    /// from `hoping`.
    fn remove_participle(&mut self, start: usize) {
        if !self.has_vowel(start) {
            return;
        }
        self.length = start;
        match self.bytes() {
            [.., b'a', b't'] | [.., b'b', b'l'] | [.., b'i', b'z'] => self.replace(start, "e"),
            [.., before, last] if before == last && is_doubled(*last) => {
                // `add`, `egg` and `off` stay whole.
                let stays = start == 3 && matches!(self.bytes[0], b'a' | b'e' | b'o');
                self.length -= usize::from(!stays);
            }
            _ if start == self.r1 && self.has_short_syllable(start) => self.replace(start, "e"),
            _ => {}
        }
    }

    /// Writes `i` for a `y` after a consonant that is not the first letter.
    fn step_1c(&mut self) {
        if self.length > 2 && matches!(self.back(1), b'y' | b'Y') && !is_vowel(self.back(2)) {
            self.replace(self.length - 1, "i");
        }
    }

    fn step_2(&mut self) {
        let Some((start, (ending, new))) = self.find(&STEP_2) else {
            return;
        };
        let before = start.checked_sub(1).map_or(0, |at| self.bytes[at]);
        let holds = match ending {
            "li" => b"cdeghkmnrt".contains(&before),
            "ogi" => before == b'l',
            _ => true,
        };
        if self.r1 <= start && holds {
            self.replace(start, new);
        }
    }

    fn step_3(&mut self) {
        let Some((start, (ending, new))) = self.find(&STEP_3) else {
            return;
        };
        if self.r1 <= start && (ending != "ative" || self.r2 <= start) {
            self.replace(start, new);
        }
    }

    fn step_4(&mut self) {
        let Some((start, (ending, _))) = self.find(&STEP_4) else {
            return;
        };
        let before = start.checked_sub(1).map_or(0, |at| self.bytes[at]);
        if self.r2 <= start && (ending != "ion" || matches!(before, b's' | b't')) {
            self.length = start;
        }
    }

    /// Removes a last `e`, and the second of two `l`.
    fn step_5(&mut self) {
        let Some(start) = self.length.checked_sub(1) else {
            return;
        };
        let goes = match self.back(1) {
            b'e' => self.r2 <= start || self.r1 <= start && !self.has_short_syllable(start),
            b'l' => self.r2 <= start && self.back(2) == b'l',
            _ => false,
        };
        if goes {
            self.length = start;
        }
    }
}

/// Returns true for a consonant that is written twice before `ed` and `ing`.
fn is_doubled(letter: u8) -> bool {
    matches!(
        letter,
        b'b' | b'd' | b'f' | b'g' | b'm' | b'n' | b'p' | b'r' | b't'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use snowball_stemmers_rs::{Algorithm, Stemmer};

    /// Beginnings, syllables and endings that the steps tell apart.
    const PIECES: [&str; 40] = [
        "'", "'s", "a", "b", "e", "y", "sk", "th", "hop", "past", "gener", "exc", "succ", "inn",
        "out", "ay", "x", "4", "ü", "Y", "s", "sses", "ies", "ed", "eed", "ing", "ly", "at", "bb",
        "l", "ization", "ational", "fulness", "ousli", "biliti", "ogi", "icate", "ative", "ement",
        "ion",
    ];

    fn pieces() -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(&PIECES[..]), 1..7)
            .prop_map(|pieces| pieces.concat())
    }

    fn verify(word: &str) {
        let stem = Stemmer::create(Algorithm::English).stem(word);
        if let Some(own) = super::stem(word) {
            assert_eq!(own, stem, "{word}");
        }
    }

    proptest! {
        #[test]
        fn stems_are_those_of_the_crate(word in prop_oneof![pieces(), "[a-z']{1,9}"]) {
            verify(&word);
        }
    }

    #[test]
    fn exceptions_and_their_like_are_those_of_the_crate() {
        let with_endings = |word: &str| {
            verify(word);
            for ending in ["ed", "ing", "ingly", "s", "ly", "e"] {
                verify(&format!("{word}{ending}"));
            }
        };
        EXCEPTIONS.iter().for_each(|(word, _)| with_endings(word));
        PREFIXES
            .iter()
            .chain(&WORDS_IN_ING)
            .for_each(|word| with_endings(word));
        for word in [
            "", "''", "''s", "'s'", "'abs", "dying", "eying", "added", "egging", "hoping",
        ] {
            with_endings(word);
        }
        assert_eq!(super::stem("negotiations").as_deref(), Some("negoti"));
        assert_eq!(super::stem("verhandlungsmühe"), None);
    }

    #[test]
    fn a_stem_at_the_beginning_of_its_word_is_not_copied() {
        assert!(matches!(super::stem("talks"), Some(Cow::Borrowed("talk"))));
        assert!(matches!(super::stem("talk"), Some(Cow::Borrowed("talk"))));
    }
}
