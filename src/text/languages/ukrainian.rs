//! Ukrainian: Cyrillic case; an apostrophe inside a word is a letter (`п'ять`), however it is
//! written.

use super::{Apostrophe, Rules};
use snowball_stemmers_rs::Algorithm;
pub(super) static RULES: Rules = Rules {
    code: "uk",
    digit_groups: &['\u{a0}', '\u{202f}'],
    decimals: &[','],
    apostrophe: Apostrophe::Letter,
    dotless_i: false,
    stop_words: &[
        "а",
        "або",
        "був",
        "була",
        "були",
        "було",
        "в",
        "ви",
        "вона",
        "вони",
        "від",
        "він",
        "до",
        "же",
        "з",
        "зі",
        "й",
        "його",
        "коли",
        "ми",
        "на",
        "о",
        "об",
        "по",
        "при",
        "про",
        "та",
        "так",
        "також",
        "те",
        "то",
        "у",
        "це",
        "цей",
        "що",
        "я",
        "як",
        "яка",
        "який",
        "які",
        "і",
        "із",
        "їх",
        "її",
    ],
    negations: &[
        "не",
        "ні",
        "ніколи",
        "ніхто",
        "нічого",
        "ніде",
        "без",
        "проти",
        "жоден",
        "жодна",
        "жодних",
        "немає",
        "нема",
        "неможливо",
    ],
    linking_elements: &[],
    stemmer: Some(Algorithm::Ukrainian),
};

#[cfg(test)]
mod tests {
    super::super::samples! {
        "П'ять, п’ять і пʼять міністрів не приїхали до Києва; її об’єкт коштує 1\u{a0}200,5 грн."
            => "п'ять п'ять і п'ять міністрів не приїхали до києва її об'єкт коштує 1200.5 грн",
    }
}
