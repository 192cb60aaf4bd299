//! The part of a text that has most of the reasons, with the reasons marked.

use super::view::{Excerpt, Piece};
use crate::model::Contribution;
use std::collections::BTreeMap;

/// About so many bytes of a text are shown.
const LENGTH: usize = 420;

/// Marks the spans of `reasons`, those above 0 as speaking for the wrong answer; where terms
/// overlap, their contributions add up.
pub(super) fn excerpt(text: &str, reasons: &[&Contribution]) -> Excerpt {
    let levels = levels(text, reasons);
    let (start, end) = window(text, &levels);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut add = |from: usize, to: usize, level: f64| {
        let (from, to) = (from.max(start), to.min(end));
        let mark = mark(level);
        match pieces.last_mut() {
            _ if from >= to => {}
            Some(last) if last.mark == mark => last.text += &text[from..to],
            _ => pieces.push(Piece {
                text: text[from..to].to_string(),
                mark,
            }),
        }
    };
    levels
        .iter()
        .for_each(|&(from, to, level)| add(from, to, level));
    Excerpt {
        before: start > 0,
        pieces,
        after: end < text.len(),
    }
}

/// The text cut at the ends of spans, each part with what it adds in all.
fn levels(text: &str, reasons: &[&Contribution]) -> Vec<(usize, usize, f64)> {
    let mut changes: BTreeMap<usize, f64> = BTreeMap::from([(0, 0.0), (text.len(), 0.0)]);
    for reason in reasons {
        let each = reason.contribution / reason.spans.len().max(1) as f64;
        let proper = |span: &&std::ops::Range<usize>| text.get((*span).clone()).is_some();
        for span in reason.spans.iter().filter(proper) {
            *changes.entry(span.start).or_default() += each;
            *changes.entry(span.end).or_default() -= each;
        }
    }
    let places: Vec<(usize, f64)> = changes.into_iter().collect();
    let mut level = 0.0;
    let part = |pair: &[(usize, f64)]| {
        level += pair[0].1;
        (pair[0].0, pair[1].0, level)
    };
    places.windows(2).map(part).collect()
}

/// Begins a little before the marked part from which on the window holds most.
fn window(text: &str, levels: &[(usize, usize, f64)]) -> (usize, usize) {
    let weight = |from: usize| -> f64 {
        let within = levels
            .iter()
            .filter(|&&(start, end, _)| start >= from && end <= from + LENGTH * 4 / 5);
        within.map(|(.., level)| level.abs()).sum()
    };
    let marked = levels.iter().filter(|(.., level)| !mark(*level).is_empty());
    let best = marked
        .map(|&(from, ..)| (weight(from), from))
        .fold(
            (0.0, 0),
            |best, next| if next.0 > best.0 { next } else { best },
        );
    let start = best
        .1
        .saturating_sub(LENGTH / 5)
        .min(text.len().saturating_sub(LENGTH));
    (
        word_start(text, start),
        word_end(text, (start + LENGTH).min(text.len())),
    )
}

fn word_start(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at);
    let blank = text[at..]
        .char_indices()
        .take(30)
        .find(|(_, c)| c.is_whitespace());
    if at == 0 {
        0
    } else {
        blank.map_or(at, |(further, c)| at + further + c.len_utf8())
    }
}

fn word_end(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at);
    let blank = text[at..]
        .char_indices()
        .take(30)
        .find(|(_, c)| c.is_whitespace());
    if text.len() - at < 30 {
        text.len()
    } else {
        blank.map_or(at, |(further, _)| at + further)
    }
}

fn mark(level: f64) -> &'static str {
    match level {
        l if l > 1e-9 => "for",
        l if l < -1e-9 => "against",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn contribution(span: std::ops::Range<usize>, contribution: f64) -> Contribution {
        let spans = std::iter::once(span).collect();
        Contribution {
            term: String::new(),
            shown: String::new(),
            contribution,
            spans,
        }
    }

    proptest! {
        #[test]
        fn an_excerpt_is_a_part_of_its_text(
            text in "([a-zä한🎉]{0,12}[ \n]){0,200}",
            spans in prop::collection::vec((0usize..900, 0usize..40, -1.0..1.0), 0..12),
        ) {
            let reasons: Vec<Contribution> =
                spans.iter().map(|&(from, long, adds)| contribution(from..from + long, adds)).collect();
            let excerpt = excerpt(&text, &reasons.iter().collect::<Vec<_>>());
            let whole: String = excerpt.pieces.iter().map(|piece| piece.text.as_str()).collect();
            prop_assert!(text.contains(&whole) && whole.len() <= LENGTH + 200);
            prop_assert_eq!(excerpt.before || excerpt.after, whole.len() < text.len());
            prop_assert!(excerpt.pieces.windows(2).all(|pair| pair[0].mark != pair[1].mark));
        }
    }

    #[test]
    fn the_reasons_are_in_view_and_marked() {
        let text = format!("{} army {}goal", "word ".repeat(300), "word ".repeat(300));
        let at = text.find("army").unwrap();
        let last = text.len() - 4..text.len();
        let reasons = [contribution(at..at + 4, 0.5), contribution(last, -0.1)];
        let excerpt = excerpt(&text, &reasons.iter().collect::<Vec<_>>());
        assert!(excerpt.before && excerpt.after);
        let marked: Vec<_> = excerpt
            .pieces
            .iter()
            .filter(|piece| !piece.mark.is_empty())
            .collect();
        assert_eq!(
            marked,
            [&Piece {
                text: "army".to_string(),
                mark: "for"
            }]
        );
    }
}
