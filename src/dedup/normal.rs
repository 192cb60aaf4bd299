//! The form in which texts are compared, and its shingles.

use crate::math::hash::Keys;
use crate::text::{Emoji, may_begin};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Returns a text as it is compared: composed (NFC), in lower case, with one blank for every run of
/// characters that are neither letters, digits nor emoji, and around every emoji, but none at the
/// ends.
#[cfg(test)]
pub(crate) fn normal_form(text: &str) -> String {
    let mut normal = Normal::default();
    normal.read(text);
    normal.form
}

/// Room for one normal form and its words, to be used from text to text.
#[derive(Debug, Default)]
pub(crate) struct Normal {
    form: String,
    /// The start of each word.
    starts: Vec<usize>,
}

impl Normal {
    pub(crate) fn read(&mut self, text: &str) {
        self.form.clear();
        self.starts.clear();
        if is_nfc_quick(text.chars()) == IsNormalized::Yes {
            self.fill(text);
        } else {
            self.fill(&text.nfc().collect::<String>());
        }
    }

    fn fill(&mut self, text: &str) {
        let (mut inside, mut rest) = (false, text);
        while let Some(c) = rest.chars().next() {
            match may_begin(c).then(|| Emoji::at(rest)).flatten() {
                Some(emoji) => {
                    self.begin();
                    self.form.extend(emoji.characters());
                    (inside, rest) = (false, &rest[emoji.len()..]);
                }
                None => {
                    self.push(c, &mut inside);
                    rest = &rest[c.len_utf8()..];
                }
            }
        }
    }

    fn begin(&mut self) {
        if !self.form.is_empty() {
            self.form.push(' ');
        }
        self.starts.push(self.form.len());
    }

    fn push(&mut self, c: char, inside: &mut bool) {
        if !c.is_alphanumeric() {
            *inside = false;
            return;
        }
        if !*inside {
            self.begin();
            *inside = true;
        }
        if c.is_ascii() {
            self.form.push(c.to_ascii_lowercase());
        } else {
            self.form.extend(c.to_lowercase());
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.form
    }

    /// Returns the number of words.
    pub(crate) fn words(&self) -> usize {
        self.starts.len()
    }

    /// `length` words from word `first` on, with one blank between.
    pub(crate) fn run(&self, first: usize, length: usize) -> &str {
        let end = self
            .starts
            .get(first + length)
            .map_or(self.form.len(), |start| start - 1);
        &self.form[self.starts[first]..end]
    }

    /// Returns the distinct shingles, as hashes in ascending order; a shorter text is one shingle.
    pub(super) fn shingles(&self, length: usize, keys: Keys, into: &mut Vec<u64>) {
        into.clear();
        if self.words() == 0 {
            return;
        }
        let length = length.clamp(1, self.words());
        let runs = (0..=self.words() - length).map(|first| self.run(first, length));
        into.extend(runs.map(|run| keys.of_word(run.as_bytes())));
        into.sort_unstable();
        into.dedup();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_marks_and_composition_do_not_matter() {
        assert_eq!(
            normal_form("  Zu\u{308}rich—BERN, 3.5 "),
            normal_form("zürich bern 3 5")
        );
        assert_eq!(normal_form("“Talks”\n RESUMED…"), "talks resumed");
        assert_eq!(normal_form("great❤️👍🏽"), "great ❤ 👍🏽");
        assert_eq!(normal_form("!? © #"), "");
    }

    #[test]
    fn emoji_are_words() {
        assert_ne!(normal_form("great 👍"), normal_form("great 👎"));
        assert_ne!(normal_form("great 👍🏽"), normal_form("great 👍"));
        assert_eq!(normal_form("Great👍\u{fe0f}!"), normal_form("great 👍"));
        assert_eq!(
            normal_form("Zu\u{308}rich🇩🇪1\u{fe0f}\u{20e3}"),
            "zürich 🇩🇪 1\u{20e3}"
        );
        let mut normal = Normal::default();
        normal.read("so 👍👍");
        assert_eq!((normal.words(), normal.run(1, 2)), (3, "👍 👍"));
    }

    #[test]
    fn runs_of_words_are_slices() {
        let mut normal = Normal::default();
        normal.read("One, two; three");
        assert_eq!(
            (normal.run(0, 2), normal.run(1, 2), normal.run(2, 1)),
            ("one two", "two three", "three")
        );
        let mut shingles = Vec::new();
        normal.shingles(5, Keys::public(0), &mut shingles);
        assert_eq!(shingles.len(), 1);
    }
}
