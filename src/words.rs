//! Counts with their nouns, and shortened values, in messages.

use std::fmt::Display;

/// Returns a count with its noun: `1 document`, `2 documents`.
pub fn counted<N: Copy + Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    format!(
        "{count} {noun}{}",
        if count == N::from(1) { "" } else { "s" }
    )
}

/// Characters up to which values in backticks are shown whole: a longer label or code is a text in
/// the wrong column.
const MAX_VALUE_LENGTH: usize = 100;
/// Characters that are shown of the beginning of a longer value.
const SHOWN_OF_VALUE: usize = 60;
/// Characters up to which a message is shown whole: what a screen holds.
///
/// A message lists columns or labels, of which there may be thousands.
const MAX_TEXT_LENGTH: usize = 1200;
/// Characters that are shown of the beginning and of the end of a longer message.
const SHOWN_OF_TEXT: [usize; 2] = [800, 200];

/// Shortens what a message repeats of the data: values in backticks, then the whole.
pub(crate) fn shortened(text: String) -> String {
    if text.len() <= MAX_VALUE_LENGTH {
        return text;
    }
    let part = |(at, part): (usize, &str)| {
        if at % 2 == 1 {
            short_value(part)
        } else {
            part.to_string()
        }
    };
    let text = text
        .split('`')
        .enumerate()
        .map(part)
        .collect::<Vec<_>>()
        .join("`");
    match text.chars().count() {
        length if length > MAX_TEXT_LENGTH => {
            let [before, after] = SHOWN_OF_TEXT;
            let (begin, end) = (first(&text, before), last(&text, after));
            format!("{begin}… ({length} characters) …{end}")
        }
        _ => text,
    }
}

fn short_value(value: &str) -> String {
    match value.chars().count() {
        length if length > MAX_VALUE_LENGTH => {
            format!("{}… ({length} characters)", first(value, SHOWN_OF_VALUE))
        }
        _ => value.to_string(),
    }
}

fn first(text: &str, characters: usize) -> &str {
    text.char_indices()
        .nth(characters)
        .map_or(text, |(at, _)| &text[..at])
}

fn last(text: &str, characters: usize) -> &str {
    text.char_indices()
        .rev()
        .nth(characters.saturating_sub(1))
        .map_or(text, |(at, _)| &text[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_ordinary_length_stay() {
        let short = format!(
            "a sentence that is longer than {MAX_VALUE_LENGTH} {} `x`",
            "y ".repeat(200)
        );
        assert_eq!(shortened(short.clone()), short);
    }
}
