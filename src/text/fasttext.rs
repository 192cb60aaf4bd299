//! Words as fastText cuts them (Joulin et al., "Bag of Tricks for Efficient Text Classification",
//! EACL 2017): runs of bytes between white space, with a word of its own at the end of a line.
//!
//! A text is one line, as it is to fastText's `predict`: line breaks in it are blanks.

use super::Tokens;

/// Word at the end of each line. Where a text holds it, reading ends there.
pub(crate) const END_OF_LINE: &str = "</s>";

/// First characters of a label among the words of a line.
pub(crate) const LABEL_PREFIX: &str = "__label__";

/// Returns true for the characters that end a word.
fn is_white_space(character: char) -> bool {
    matches!(character, ' ' | '\n' | '\r' | '\t' | '\x0b' | '\x0c' | '\0')
}

/// Returns true if no word is spelled so.
#[cfg(feature = "exchange")]
pub(crate) fn holds_white_space(word: &str) -> bool {
    word.contains(is_white_space)
}

/// Replaces `tokens` by the words of `text`. The end of the line has the empty span behind the last
/// word.
pub(super) fn tokenize(text: &str, tokens: &mut Tokens) {
    tokens.clear(text.len());
    let (mut start, mut last) = (0, 0);
    for word in text.split(is_white_space) {
        let span = start..start + word.len();
        start = span.end + 1;
        if word.is_empty() || word.starts_with(LABEL_PREFIX) {
            continue;
        }
        tokens.push_str(word);
        tokens.finish(span.start, span.end, false);
        if word == END_OF_LINE {
            return;
        }
        last = span.end;
    }
    tokens.push_str(END_OF_LINE);
    tokens.finish(last, last, false);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{TokenOptions, Tokenizer, WordRule};

    fn words(text: &str) -> Vec<(String, std::ops::Range<usize>)> {
        let mut tokens = Tokens::default();
        let options = TokenOptions::default().words(WordRule::FastText);
        Tokenizer::new(options).tokenize(text, &mut tokens);
        tokens
            .iter()
            .map(|token| (token.word.to_string(), token.span))
            .collect()
    }

    #[test]
    fn words_stand_between_white_space_as_they_are_written() {
        let found = words(" Der\tU.S.-Präsident,\r\n\x0bsagt\0es\x0c");
        let expected = ["Der", "U.S.-Präsident,", "sagt", "es", END_OF_LINE];
        assert!(found.iter().map(|(word, _)| word.as_str()).eq(expected));
        assert_eq!((found[0].1.clone(), found[4].1.clone()), (1..4, 31..31));
    }

    #[test]
    fn a_text_ends_at_the_word_for_it_and_labels_are_no_words() {
        let found = words("a __label__b c </s> d");
        let expected = [("a", 0..1), ("c", 13..14), (END_OF_LINE, 15..19)];
        assert_eq!(found, expected.map(|(word, span)| (word.to_string(), span)));
        assert_eq!(words(""), [(END_OF_LINE.to_string(), 0..0)]);
    }

    #[test]
    fn other_white_space_belongs_to_words() {
        assert_eq!(words("a\u{a0}b\u{2028}c\u{85}d").len(), 2);
    }
}
