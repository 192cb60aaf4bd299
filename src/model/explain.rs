//! Explaining: which terms of a text speak for and against a label, and where they stand.
//!
//! An [`Explanation`] keeps a number for each known term. Their names and places are found in a
//! further pass over the text, for those terms alone that are asked for ([`Explanation::places`]),
//! so that memory stays a small multiple of the text even where it holds millions of character
//! n-grams.

use super::{HeadScores, Model};
use crate::features::{Row, Scratch};
use crate::text::WordRule;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::OnceLock;

/// Explanation of the scores of one text.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Explanation<'m> {
    model: &'m Model,
    text: String,
    /// Scores of each head.
    pub heads: Vec<HeadScores<'m>>,
    columns: Vec<u32>,
    values: Vec<f32>,
    all_places: OnceLock<TermOccurrences>,
}

/// Explanation of a decision value: the bias and the contributions add up to it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LabelExplanation {
    /// Decision value.
    pub decision: f64,
    /// Bias of the label, the same for any text.
    pub bias: f64,
    /// One for each known term of the text, in the order in which they first occur, words before
    /// characters; in this order they add up exactly.
    pub contributions: Vec<Contribution>,
}

/// Contribution of one term to a decision value.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// The term as the vocabulary has it, brought to stems; character n-grams are enclosed in `‹
    /// ›`.
    pub term: String,
    /// The term for people: as the text first writes it, in lower case; for a part of a compound
    /// that does not stand by itself, the compound.
    pub shown: String,
    /// TF-IDF value times weight.
    pub contribution: f64,
    /// Occurrences of the term: byte offsets into the text, at character boundaries.
    pub spans: Vec<Range<usize>>,
}

/// Terms of greatest contribution to a decision value, and the sum of the others.
///
/// Added one after the other, `bias`, the contributions in their order, `rest` and `rounding` are
/// `decision` to the last bit.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct StrongestTerms {
    /// Decision value.
    pub decision: f64,
    /// The decision value of any text without known terms.
    pub bias: f64,
    /// The terms with their contributions, the greatest first; equal ones by term.
    pub terms: Vec<(Term, f64)>,
    /// The number of terms that are not among these and add something.
    pub others: usize,
    /// The sum of what those add.
    pub rest: f64,
    /// The rounding of this order of adding against that of scoring, mostly 0.
    pub rounding: f64,
}

/// A term of an explained text, which [`Explanation::name`] spells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term(u32);

/// Occurrences of some terms of a text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TermOccurrences(Vec<Occurrence>);

/// Occurrence of a term; ordered by term, then by place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Occurrence {
    column: u32,
    start: u32,
    end: u32,
    whole: bool,
}

impl Model {
    /// Scores a text and explains the scores.
    pub fn explain(&self, text: &str) -> Explanation<'_> {
        let mut scratch = Scratch::default();
        let row = self.0.tfidf.unsorted_row(text.into(), &mut scratch, |_| {});
        let score = |head: &'_ super::ModelHead| {
            let mut decisions = Vec::new();
            head.linear.decide(row, &mut decisions);
            decisions
        };
        let decisions: Vec<Vec<f64>> = self.heads().iter().map(score).collect();
        let heads = self
            .heads()
            .iter()
            .zip(decisions)
            .map(|(head, d)| HeadScores::new(&head.metadata, d))
            .collect();
        let (columns, values) = (row.columns.to_vec(), row.values.to_vec());
        Explanation {
            model: self,
            text: text.to_string(),
            heads,
            columns,
            values,
            all_places: OnceLock::new(),
        }
    }
}

impl Explanation<'_> {
    /// Returns the text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the number of different terms of the text that the model knows.
    pub fn known_terms(&self) -> usize {
        self.columns.len()
    }

    /// Returns the contributions to one label of one head, both by number.
    ///
    /// # Panics
    /// If there is no such head or label.
    pub fn reasons(&self, head: usize, label: usize) -> LabelExplanation {
        let places = self
            .all_places
            .get_or_init(|| self.places(self.columns.iter().map(|&c| Term(c))));
        let contribution = |(&column, contribution): (&u32, f64)| Contribution {
            term: self.name(Term(column)),
            shown: self.shown(Term(column), places),
            contribution,
            spans: places.of(Term(column)).collect(),
        };
        let parts = self.parts(head, label);
        LabelExplanation {
            decision: self.heads[head].decisions[label],
            bias: self.model.heads()[head].linear.bias()[label],
            contributions: self.columns.iter().zip(parts).map(contribution).collect(),
        }
    }

    /// Returns the `each_way` terms that speak most strongly for a label, as many that speak
    /// against it, and the sum of the others. Head and label are numbers.
    ///
    /// # Panics
    /// If there is no such head or label.
    pub fn strongest(&self, head: usize, label: usize, each_way: usize) -> StrongestTerms {
        let decision = self.heads[head].decisions[label];
        let bias = self.model.heads()[head].linear.bias()[label];
        let mut terms = self.sorted(head, label);
        let all = terms.len();
        let mut seen = [0; 2];
        terms.retain(|&(_, contribution)| {
            let side = &mut seen[usize::from(contribution > 0.0)];
            *side += 1;
            *side <= each_way
        });
        let others = all - terms.len();
        let shown = terms
            .iter()
            .fold(bias, |sum, (_, contribution)| sum + contribution);
        let rest = if others == 0 { 0.0 } else { decision - shown };
        StrongestTerms {
            decision,
            bias,
            terms,
            others,
            rest,
            rounding: decision - (shown + rest),
        }
    }

    /// Returns the `most` terms that speak most strongly for a label, the strongest first. Head and
    /// label are numbers.
    ///
    /// # Panics
    /// If there is no such head or label.
    pub fn strongest_for(&self, head: usize, label: usize, most: usize) -> Vec<(Term, f64)> {
        let mut terms = self.sorted(head, label);
        terms.retain(|(_, contribution)| *contribution > 0.0);
        terms.truncate(most);
        terms
    }

    /// Returns the terms that add something, the strongest first; equal ones by name.
    fn sorted(&self, head: usize, label: usize) -> Vec<(Term, f64)> {
        let parts = self.columns.iter().zip(self.parts(head, label));
        let mut terms: Vec<(Term, f64)> = parts
            .filter(|(_, part)| *part != 0.0)
            .map(|(&column, part)| (Term(column), part))
            .collect();
        terms.sort_by(|(a, x), (b, y)| {
            y.abs()
                .total_cmp(&x.abs())
                .then_with(|| self.name(*a).cmp(&self.name(*b)))
        });
        terms
    }

    /// Returns what each known term adds, in the order of the columns.
    fn parts(&self, head: usize, label: usize) -> Vec<f64> {
        let row = Row {
            columns: &self.columns,
            values: &self.values,
        };
        self.model.heads()[head].linear.contributions(row, label)
    }

    /// Finds the places of some terms in a pass over the text.
    pub fn places(&self, terms: impl IntoIterator<Item = Term>) -> TermOccurrences {
        let wanted: BTreeSet<u32> = terms.into_iter().map(|term| term.0).collect();
        let mut found = Vec::new();
        let all = wanted.len() == self.columns.len();
        let tfidf = &self.model.0.tfidf;
        tfidf.each_occurrence(&self.text, |column, span, whole| {
            if all || wanted.contains(&column) {
                let [start, end] = [span.start, span.end].map(|at| at as u32);
                found.push(Occurrence {
                    column,
                    start,
                    end,
                    whole,
                });
            }
        });
        found.sort_unstable();
        TermOccurrences(found)
    }

    /// Returns a term as the vocabulary has it, brought to stems; character n-grams are enclosed in
    /// `‹ ›`.
    pub fn name(&self, term: Term) -> String {
        self.model.0.tfidf.vocabulary().shown(term.0 as usize)
    }

    /// Returns a term for people: as the text first writes it, in lower case unless case tells
    /// words apart; for a part of a compound that does not stand by itself, the compound. `places`
    /// holds those of the term.
    pub fn shown(&self, term: Term, places: &TermOccurrences) -> String {
        let is_word = (term.0 as usize) < self.model.0.tfidf.vocabulary().words();
        let standing = places.standing(term);
        let whole = standing.iter().find(|place| place.whole);
        let written = whole.or_else(|| standing.first().filter(|_| is_word));
        let written = written.and_then(|place| self.text.get(place.span()));
        let shown = match self.model.0.tfidf.options().tokens.words {
            WordRule::FastText => in_one_line,
            _ => in_lower_case,
        };
        let written = written.map(shown).filter(|written| !written.is_empty());
        written.unwrap_or_else(|| self.name(term))
    }
}

impl Occurrence {
    fn span(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl TermOccurrences {
    /// Returns the places of a term: byte offsets into the text, at character boundaries, in order.
    pub fn of(&self, term: Term) -> impl ExactSizeIterator<Item = Range<usize>> {
        self.standing(term).iter().map(Occurrence::span)
    }

    fn standing(&self, term: Term) -> &[Occurrence] {
        let first = self.0.partition_point(|place| place.column < term.0);
        let end = self.0.partition_point(|place| place.column <= term.0);
        &self.0[first..end]
    }
}

/// In one line, however the text breaks it.
fn in_one_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn in_lower_case(words: &str) -> String {
    in_one_line(words).to_lowercase()
}

impl LabelExplanation {
    /// Returns the `most` contributions of greatest size without those of 0; equal ones by term.
    pub fn strongest(&self, most: usize) -> Vec<&Contribution> {
        let mut sorted: Vec<&Contribution> = self
            .contributions
            .iter()
            .filter(|c| c.contribution != 0.0)
            .collect();
        let size = |c: &Contribution| c.contribution.abs();
        sorted.sort_by(|a, b| {
            size(b)
                .total_cmp(&size(a))
                .then_with(|| a.term.cmp(&b.term))
        });
        sorted.truncate(most);
        sorted
    }
}

#[cfg(test)]
mod tests {
    use crate::Model;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_shown_and_the_rest_are_the_decision_to_the_last_bit(
            words in prop::collection::vec(0usize..40, 0..60),
            each_way in 0usize..30,
        ) {
            let known = "troops shelled the town missile striker goal match inflation bank die regierung wahl \
                election parliament doctor virus impfung klima court judge murder film music festival army tank \
                treaty talks sanctions oil price budget tax strike storm flood fire earthquake";
            let known: Vec<&str> = known.split_whitespace().collect();
            let text: Vec<&str> = words.iter().map(|&word| known[word % known.len()]).collect();
            let model = Model::embedded().unwrap();
            let explanation = model.explain(&text.join(" "));
            for (head, scores) in explanation.heads.iter().enumerate() {
                for label in 0..scores.decisions.len() {
                    let found = explanation.strongest(head, label, each_way);
                    let sum = found.terms.iter().fold(found.bias, |sum, (_, part)| sum + part);
                    prop_assert_eq!(sum + found.rest + found.rounding, scores.decisions[label]);
                    let for_it = found.terms.iter().filter(|(_, part)| *part > 0.0).count();
                    prop_assert!(for_it <= each_way && found.terms.len() - for_it <= each_way);
                    let all = explanation.strongest(head, label, usize::MAX);
                    prop_assert_eq!((all.others, all.rest), (0, 0.0));
                    prop_assert_eq!(all.terms.len(), found.terms.len() + found.others);
                }
            }
        }
    }
}
