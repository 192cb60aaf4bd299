//! Lines that fit a width. Breaks stand between words and behind slashes; a number is never
//! divided, and a word that does not fit is abbreviated.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Returns the columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The place of the ellipsis in a word that is too wide, if it is abbreviated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    End,
    Middle,
    Never,
}

/// Returns the pieces of a line that no break divides, each with the blank before it, if there is
/// one.
fn pieces(line: &str) -> Vec<(&str, bool)> {
    let mut all: Vec<(&str, bool)> = Vec::new();
    let mut start = 0;
    for word in line.split(' ') {
        let (at, end) = (start, start + word.len());
        start = end + 1;
        match all.last_mut() {
            _ if word.is_empty() => {}
            // A unit stays with its number, and an end of an interval with what leads to the other.
            Some((last, _))
                if matches!(word, "%" | "to") && last.ends_with(|c: char| c.is_ascii_digit()) =>
            {
                let from = at - 1 - last.len();
                *last = &line[from..end];
            }
            _ => add_parts(&mut all, word),
        }
    }
    all
}

/// Adds the parts of a path that slashes between letters end.
fn add_parts<'a>(all: &mut Vec<(&'a str, bool)>, word: &'a str) {
    let (mut from, mut blank) = (0, true);
    for (slash, _) in word.match_indices('/') {
        let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        if letter(word[from..slash].chars().next_back()) && letter(word[slash + 1..].chars().next())
        {
            all.push((&word[from..=slash], blank));
            (from, blank) = (slash + 1, false);
        }
    }
    all.push((&word[from..], blank));
}

/// Tells whether a piece is a number, with signs, brackets and units around it.
fn is_number(piece: &str) -> bool {
    let piece = piece.strip_suffix(" to").unwrap_or(piece);
    let exponent = |at: usize| piece[..at].ends_with(|c: char| c.is_ascii_digit() || c == '.');
    let letters = piece.char_indices().filter(|(_, c)| c.is_alphabetic());
    piece.contains(|c: char| c.is_numeric())
        && letters
            .enumerate()
            .all(|(nth, (at, c))| nth == 0 && matches!(c, 'e' | 'E') && exponent(at))
}

/// Returns the width of the widest piece, and that of the widest number.
pub(super) fn widest(text: &str) -> [usize; 2] {
    let mut found = [0; 2];
    for (piece, _) in text.lines().flat_map(pieces) {
        let width = width(piece);
        found[0] = found[0].max(width);
        if is_number(piece) {
            found[1] = found[1].max(width);
        }
    }
    found
}

/// Breaks a text, which may have lines, into lines of at most `room` columns; only a number may be
/// wider.
pub(super) fn wrap(text: &str, room: usize, cut: Cut) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.lines() {
        if width(line) <= room {
            lines.push(line.trim_end().to_string());
            continue;
        }
        let indent = line.len() - line.trim_start_matches(' ').len();
        // A number that fits without the indentation goes before it.
        let indent = indent.min(room.saturating_sub(widest(line)[1]));
        let (mut current, mut used) = (line[..indent].to_string(), indent);
        for (piece, blank) in pieces(line) {
            let (own, empty) = (width(piece), used <= indent);
            let gap = usize::from(blank && !empty);
            if !empty && used + gap + own > room {
                lines.push(std::mem::take(&mut current));
                (current, used) = (line[..indent].to_string(), indent);
            } else if gap > 0 {
                current.push(' ');
                used += 1;
            }
            let left = room.saturating_sub(used);
            let short = own > left && cut != Cut::Never && !is_number(piece);
            let piece = if short {
                shorten(piece, left, cut)
            } else {
                piece.to_string()
            };
            used += width(&piece);
            current += &piece;
        }
        lines.push(current);
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

/// Abbreviates a word to at most `room` columns, but at least to its ellipsis, without dividing a
/// number in it.
pub(super) fn shorten(word: &str, room: usize, cut: Cut) -> String {
    if width(word) <= room {
        return word.to_string();
    }
    let room = room.saturating_sub(1);
    let tail = if cut == Cut::Middle { room / 2 } else { 0 };
    let tail = tail_of(word, tail);
    let head = head_of(&word[..word.len() - tail.len()], room - width(tail));
    format!("{head}…{tail}")
}

/// Returns the beginning of a word that fits, whole characters and whole numbers.
fn head_of(word: &str, room: usize) -> &str {
    let (mut end, mut used) = (0, 0);
    for (at, grapheme) in word.grapheme_indices(true) {
        used += width(grapheme);
        if used > room {
            break;
        }
        end = at + grapheme.len();
    }
    let inside = word[end..].starts_with(|c: char| c.is_numeric());
    if inside {
        word[..end].trim_end_matches(char::is_numeric)
    } else {
        &word[..end]
    }
}

/// Returns the end of a word that fits, whole characters and whole numbers.
fn tail_of(word: &str, room: usize) -> &str {
    let (mut start, mut used) = (word.len(), 0);
    for (at, grapheme) in word.grapheme_indices(true).rev() {
        used += width(grapheme);
        if used > room {
            break;
        }
        start = at;
    }
    let inside = word[..start].ends_with(char::is_numeric);
    if inside {
        word[start..].trim_start_matches(char::is_numeric)
    } else {
        &word[start..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_abbreviated_and_numbers_are_not() {
        assert_eq!(shorten("conflict", 6, Cut::End), "confl…");
        assert_eq!(shorten("grain-wheat", 7, Cut::Middle), "gra…eat");
        assert_eq!(shorten("doc-20210509", 8, Cut::End), "doc-…");
        assert_eq!(shorten("日本語", 4, Cut::End), "日…");
        assert_eq!(
            shorten("e\u{301}e\u{301}e\u{301}", 2, Cut::End),
            "e\u{301}…"
        );
        assert_eq!(wrap("0.813 to 0.900", 8, Cut::End), ["0.813 to", "0.900"]);
        assert_eq!(wrap("about 12.5 %", 8, Cut::End), ["about", "12.5 %"]);
        assert_eq!(
            wrap("datasets/samples/en.txt", 18, Cut::End),
            ["datasets/samples/", "en.txt"]
        );
        assert_eq!(wrap("1/2", 2, Cut::End), ["1/2"]);
        assert!(
            ["−0.5", "1e-9", "<0.0001", "50.0 %", "(3)", "11–16"]
                .iter()
                .all(|text| is_number(text))
        );
        assert!(
            ["ae3", "e", "a1", "2021a", "…"]
                .iter()
                .all(|text| !is_number(text))
        );
    }

    proptest! {
        #[test]
        fn lines_fit_and_nothing_but_words_is_cut(text in "[ a-cäé日👩🏽‍🚀/0-9.\n]{0,60}", room in 2usize..40) {
            for line in wrap(&text, room, Cut::End) {
                prop_assert!(width(&line) <= room.max(widest(&line)[1]) || line.contains('…'), "{line:?}");
            }
        }
    }
}
