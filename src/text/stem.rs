//! Stemming and leaving out stop words, for those who ask for it.

use super::languages::Rules;
use super::spelling::spell;
use super::tokens::Tokens;
use super::{StopWords, TokenOptions, Umlauts};
use snowball_stemmers_rs::Stemmer;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

/// Words whose stems a thread remembers; then it forgets them all.
const REMEMBERED: usize = 1 << 16;

thread_local! {
    /// By the language's code. A word is stemmed once, not at every place where it stands.
    static KNOWN: RefCell<HashMap<&'static str, Known>> = RefCell::default();
}

/// What a thread remembers of a language.
#[derive(Default)]
struct Known {
    stems: HashMap<String, String>,
    /// The stop words, spelled as tokens are.
    stop_words: HashMap<Umlauts, HashSet<String>>,
}

/// Leaves out stop words and brings the others to their stem, as `options` ask.
pub(super) fn filter(rules: &'static Rules, options: &TokenOptions, tokens: &mut Tokens) {
    let drop = options.stop_words == StopWords::Drop && !rules.stop_words.is_empty();
    let stemmer = rules.stemmer.filter(|_| options.stem).map(Stemmer::create);
    if !drop && stemmer.is_none() {
        return;
    }
    KNOWN.with_borrow_mut(|all| {
        let Known { stems, stop_words } = all.entry(rules.code).or_default();
        if stems.len() > REMEMBERED {
            stems.clear();
        }
        let stop_words = stop_words
            .entry(options.umlauts)
            .or_insert_with(|| spelled(rules, options.umlauts));
        tokens.rewrite(|word, out| match &stemmer {
            _ if drop && stop_words.contains(word) => {}
            Some(stemmer) => out.push_str(stem(word, stemmer, stems)),
            None => out.push_str(word),
        });
    });
}

fn spelled(rules: &Rules, umlauts: Umlauts) -> HashSet<String> {
    rules
        .stop_words
        .iter()
        .map(|word| spell(word, umlauts))
        .collect()
}

fn stem<'s>(word: &str, stemmer: &Stemmer, stems: &'s mut HashMap<String, String>) -> &'s str {
    if !stems.contains_key(word) {
        stems.insert(word.to_string(), stem_of(word, stemmer).into_owned());
    }
    &stems[word]
}

impl Rules {
    /// The stem of a word that is spelled as tokens are; the word itself where there is no stemmer.
    pub fn stem<'w>(&self, word: &'w str) -> Cow<'w, str> {
        self.stemmer.map_or(Cow::Borrowed(word), |algorithm| {
            stem_of(word, &Stemmer::create(algorithm))
        })
    }
}

/// Longer words, in bytes, are no words, and stemmers take the square of their length.
const MAX_STEMMED_BYTES: usize = 80;

/// A stem of nothing is no stem.
fn stem_of<'w>(word: &'w str, stemmer: &Stemmer) -> Cow<'w, str> {
    let stem = (word.len() <= MAX_STEMMED_BYTES).then(|| stemmer.stem(word));
    stem.filter(|stem| !stem.is_empty())
        .unwrap_or(Cow::Borrowed(word))
}
