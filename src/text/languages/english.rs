//! English: contractions such as `don't` stay whole because they carry the negation.

use super::{Apostrophe, Rules};
use snowball_stemmers_rs::Algorithm;

pub(super) static RULES: Rules = Rules {
    code: "en",
    digit_groups: &[','],
    decimal: Some('.'),
    apostrophe: Apostrophe::Letter,
    dotless_i: false,
    stop_words: &[
        "a", "also", "am", "an", "and", "are", "as", "at", "be", "been", "being", "by", "did", "do", "does",
        "for", "from", "had", "has", "have", "he", "her", "hers", "him", "his", "i", "in", "into", "is",
        "it", "its", "me", "my", "of", "on", "or", "our", "she", "so", "some", "such", "that", "the",
        "their", "them", "then", "there", "these", "they", "this", "those", "to", "was", "we", "were",
        "what", "when", "where", "which", "while", "who", "whom", "will", "with", "you", "your",
    ],
    negations: &[
        "not", "no", "never", "nor", "neither", "none", "nobody", "nothing", "without", "against", "cannot",
        "don't", "won't", "isn't", "didn’t", "anti", "refuse", "deny",
    ],
    joints: &[],
    stemmer: Some(Algorithm::English),
};
