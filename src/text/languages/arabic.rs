//! Arabic: words by Unicode, without vowel signs and the stretching tatweel, and with the digits of
//! Europe (see `spelling.rs`). Prefixes such as `و` and `ال` stay on their words.

use super::{Apostrophe, Rules};
use snowball_stemmers_rs::Algorithm;
pub(super) static RULES: Rules = Rules {
    code: "ar",
    digit_groups: &['٬', ','],
    decimals: &['٫', '.'],
    apostrophe: Apostrophe::Letter,
    dotless_i: false,
    stop_words: &[
        "أن",
        "أو",
        "أي",
        "إلى",
        "إن",
        "التى",
        "التي",
        "الذي",
        "الذين",
        "الى",
        "ان",
        "او",
        "اي",
        "بين",
        "تلك",
        "ثم",
        "حيث",
        "ذلك",
        "على",
        "عن",
        "عند",
        "في",
        "قد",
        "كان",
        "كانت",
        "كل",
        "كما",
        "من",
        "منذ",
        "هذا",
        "هذه",
        "هم",
        "هو",
        "هي",
        "و",
    ],
    negations: &[
        "لا",
        "لم",
        "لن",
        "ليس",
        "ليست",
        "ليسوا",
        "ما",
        "غير",
        "بدون",
        "ضد",
        "دون",
        "كلا",
        "عدم",
        "أبدا",
        "ولا",
        "فلا",
    ],
    linking_elements: &[],
    stemmer: Some(Algorithm::Arabic),
};

#[cfg(test)]
mod tests {
    super::super::samples! {
        "قَرَّرَتِ الحكومــة إرسال ١٬٢٠٠ جندي و٣٫٥ مليون دولار، لا أكثر."
            => "قررت الحكومة إرسال 1200 جندي و3.5 مليون دولار لا أكثر",
        "بلغت التكلفة 3.5 مليون دولار في عام ٢٠٢٤"
            => "بلغت التكلفة 3.5 مليون دولار في عام 2024",
    }
}
