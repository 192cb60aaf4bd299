//! Turkish: `I` is the capital of `ı` and `İ` that of `i`; the endings that an apostrophe parts from
//! a name are left out (`Ankara'da` is Ankara).

use super::{Apostrophe, Rules};
use snowball_stemmers_rs::Algorithm;

pub(super) static RULES: Rules = Rules {
    code: "tr",
    digit_groups: &['.', '\u{a0}'],
    decimal: Some(','),
    apostrophe: Apostrophe::Suffix,
    dotless_i: true,
    stop_words: &[
        "ama", "bir", "bu", "da", "daha", "de", "en", "gibi", "goere", "her", "ile", "ise", "için", "kadar",
        "ki", "mi", "mı", "o", "olan", "olarak", "oldu", "olduğu", "ve", "veya", "ya", "çok", "şu",
    ],
    negations: &["değil", "yok", "hayır", "asla", "hiç", "karşı", "hiçbir"],
    joints: &[],
    stemmer: Some(Algorithm::Turkish),
};
