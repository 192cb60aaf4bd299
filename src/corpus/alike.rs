//! The form in which labels and names of columns are compared, and labels that differ but look
//! alike.

use crate::io::Progress;
use std::borrow::Cow;
use std::collections::HashMap;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Returns a label in its normal form: in NFC, and without white space at its ends, also no-break.
///
/// Everything that names a label is brought into it: cells, class folders, options, cost matrices
/// and files of predictions.
///
/// ```
/// use standpoint::corpus::label_form;
/// assert_eq!(label_form(" U\u{308}bergriff\u{a0}"), "Übergriff");
/// ```
pub fn label_form(text: &str) -> Cow<'_, str> {
    nfc(text.trim())
}

/// Returns the text in Unicode's normal form C.
fn nfc(text: &str) -> Cow<'_, str> {
    match text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.nfc().collect()),
    }
}

/// Tells whether two texts are the same in NFC.
pub(super) fn same(a: &str, b: &str) -> bool {
    a == b || !a.is_ascii() && !b.is_ascii() && a.nfc().eq(b.nfc())
}

/// Returns groups of labels that look the same or nearly so, in the order of their first ones.
///
/// They are the same by NFKC without regard to case, width and number of blanks, and characters
/// without a shape, or they are the same number.
pub(crate) fn look_alikes(labels: &[String]) -> Vec<Vec<&str>> {
    let mut places: HashMap<String, usize> = HashMap::with_capacity(labels.len());
    let mut groups: Vec<Vec<&str>> = Vec::new();
    for label in labels {
        let place = *places.entry(skeleton(label)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(label),
            None => groups.push(vec![label]),
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

fn skeleton(label: &str) -> String {
    let shaped = label.chars().filter(|&c| !is_shapeless(c));
    let folded: String = shaped
        .nfkc()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect();
    let folded: String = folded.nfkc().filter(|&c| !is_shapeless(c)).collect();
    let words: Vec<&str> = folded.split_whitespace().collect();
    number(&words.join(" ")).unwrap_or_else(|| words.join(" "))
}

/// Returns a number without the zeros and the sign that change nothing.
fn number(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix(['+', '-', '\u{2212}']) {
        Some(digits) if !text.starts_with('+') => ("-", digits),
        Some(digits) => ("", digits),
        None => ("", text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (!whole.is_empty() && digits(whole) && digits(part)).then(|| {
        let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
        format!(
            "{sign}{}.{part}",
            if whole.is_empty() { "0" } else { whole }
        )
    })
}

/// Characters that are not drawn: Unicode's default ignorable code points, and control characters
/// but white space.
fn is_shapeless(c: char) -> bool {
    let ignorable = matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
        | '\u{e0000}'..='\u{e0fff}');
    ignorable || c.is_control() && !c.is_whitespace()
}

/// Says which of the labels of a head may be one that is written in several ways.
pub(crate) fn note_look_alikes(head: &str, labels: &[String], progress: &dyn Progress) {
    let groups = look_alikes(labels);
    let shown: Vec<String> = groups
        .iter()
        .take(SHOWN)
        .map(|group| shown(group))
        .collect();
    if !groups.is_empty() {
        let more = groups.len().saturating_sub(SHOWN);
        let more = if more > 0 {
            format!("; and {more} more")
        } else {
            String::new()
        };
        progress.note(&format!(
            "{head}: labels that look alike: {}{more}",
            shown.join("; ")
        ));
    }
}

/// Returns labels for a message; invisible characters are shown by their codes where labels look
/// alike.
pub(crate) fn shown(labels: &[&str]) -> String {
    let visible = |c: char| match is_shapeless(c) || c.is_whitespace() && c != ' ' {
        true => format!("<U+{:04X}>", u32::from(c)),
        false => c.to_string(),
    };
    let shown = labels
        .iter()
        .map(|label| format!("`{}`", label.chars().map(visible).collect::<String>()));
    let mut shown: Vec<String> = shown.take(SHOWN).collect();
    if labels.len() > SHOWN {
        shown.push(format!("{} more", labels.len() - SHOWN));
    }
    shown.join(", ")
}

/// Labels that a message names.
const SHOWN: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_look_alike_are_found() {
        let groups = [
            ["war", "War"],
            ["straße", "STRASSE"],
            ["top", "to\u{200b}p"],
            ["a b", "a\u{a0} b"],
            ["ｗｅｂ", "web"],
            ["1", "1.0"],
            ["07", "7"],
            ["true", "True"],
            ["\u{feff}x", "x"],
            ["Σ", "ς"],
        ];
        for group in groups {
            let labels = group.map(str::to_string);
            assert_eq!(look_alikes(&labels), [group.to_vec()], "{group:?}");
        }
        let different = ["1", "10", "-1", "war", "wars", "", ".", "1.5", "a1"].map(str::to_string);
        assert_eq!(look_alikes(&different), Vec::<Vec<&str>>::new());
        assert_eq!(shown(&["top", "to\u{200b}p"]), "`top`, `to<U+200B>p`");
    }

    #[test]
    fn names_are_compared_in_nfc() {
        assert!(same("Übergriff", "U\u{308}bergriff"));
        assert!(!same("Ubergriff", "U\u{308}bergriff"));
    }
}
