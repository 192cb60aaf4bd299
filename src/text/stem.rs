//! Stemming and leaving out stop words, for those who ask for it.

use super::languages::Rules;
use super::tokens::Tokens;
use super::{StopWords, TokenOptions};
use snowball_stemmers_rs::Stemmer;
use std::cell::RefCell;
use std::collections::HashMap;

/// Words whose stems a thread remembers; then it forgets them all.
const REMEMBERED: usize = 1 << 16;

thread_local! {
    /// A word is stemmed once, not at every place where it stands.
    static STEMS: RefCell<HashMap<&'static str, HashMap<String, String>>> = RefCell::default();
}

/// Leaves out stop words and brings the others to their stem, as `options` ask.
pub(super) fn filter(rules: &'static Rules, options: &TokenOptions, tokens: &mut Tokens) {
    let drop = options.stop_words == StopWords::Drop && !rules.stop_words.is_empty();
    let stemmer = rules.stemmer.filter(|_| options.stem).map(Stemmer::create);
    if !drop && stemmer.is_none() {
        return;
    }
    STEMS.with_borrow_mut(|all| {
        let stems = all.entry(rules.code).or_default();
        if stems.len() > REMEMBERED {
            stems.clear();
        }
        tokens.rewrite(|word, out| match &stemmer {
            _ if drop && rules.stop_words.binary_search(&word).is_ok() => {}
            Some(stemmer) => out.push_str(stem(word, stemmer, stems)),
            None => out.push_str(word),
        });
    });
}

/// A stem of nothing is no stem.
fn stem<'s>(word: &str, stemmer: &Stemmer, stems: &'s mut HashMap<String, String>) -> &'s str {
    if !stems.contains_key(word) {
        let stem = stemmer.stem(word);
        let kept = if stem.is_empty() { word.to_string() } else { stem.into_owned() };
        stems.insert(word.to_string(), kept);
    }
    &stems[word]
}
