//! Arabic: words by Unicode, without vowel signs and the stretching tatweel (see `spelling.rs`).

use super::{Apostrophe, Rules};
use snowball_stemmers_rs::Algorithm;

pub(super) static RULES: Rules = Rules {
    code: "ar",
    digit_groups: &['٬', ','],
    decimal: Some('٫'),
    apostrophe: Apostrophe::Letter,
    dotless_i: false,
    stop_words: &[
        "التي", "الذي", "الى", "ان", "او", "على", "عن", "في", "قد", "كان", "كما", "ما", "مع", "من", "هذا",
        "هذه", "هو", "هي", "و",
    ],
    negations: &["لا", "لم", "لن", "ليس", "ليست", "غير", "بدون", "ضد", "دون"],
    joints: &[],
    stemmer: Some(Algorithm::Arabic),
};
