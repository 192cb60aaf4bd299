//! Any other language: words by Unicode alone, numbers cut at every separator.

use super::{Apostrophe, Rules};

pub(super) static RULES: Rules = Rules {
    code: "und",
    digit_groups: &[],
    decimal: None,
    apostrophe: Apostrophe::Letter,
    dotless_i: false,
    stop_words: &[],
    negations: &[],
    joints: &[],
    stemmer: None,
};
