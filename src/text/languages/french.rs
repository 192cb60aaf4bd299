//! French: articles and particles before an apostrophe are words of their own (`l'`, `qu'`), `n'`
//! above all, which negates.

use super::{Apostrophe, Rules};
use snowball_stemmers_rs::Algorithm;

pub(super) static RULES: Rules = Rules {
    code: "fr",
    digit_groups: &['\u{a0}', '\u{202f}'],
    decimal: Some(','),
    apostrophe: Apostrophe::Elision(&[
        "c", "d", "j", "jusqu", "l", "lorsqu", "m", "n", "puisqu", "qu", "quoiqu", "s", "t",
    ]),
    dotless_i: false,
    stop_words: &[
        "a", "au", "aux", "avec", "c'", "ce", "ces", "cette", "d'", "dans", "de", "des", "du", "elle", "en",
        "est", "et", "eu", "eux", "il", "ils", "j'", "je", "l'", "la", "le", "les", "leur", "leurs", "lui",
        "m'", "mais", "me", "mes", "mon", "nous", "on", "ont", "ou", "par", "pour", "qu'", "que", "qui",
        "s'", "sa", "se", "ses", "son", "sont", "sur", "t'", "te", "tu", "un", "une", "vous", "y",
    ],
    negations: &["ne", "n'est", "pas", "non", "jamais", "aucun", "rien", "sans", "contre", "ni", "personne"],
    joints: &[],
    stemmer: Some(Algorithm::French),
};
