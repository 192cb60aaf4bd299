//! French: articles and particles before an apostrophe are words of their own (`l'`, `qu'`), `n'`
//! above all, which negates.

use super::{Apostrophe, Rules};
use snowball_stemmers_rs::Algorithm;
pub(super) static RULES: Rules = Rules {
    code: "fr",
    digit_groups: &['\u{a0}', '\u{202f}'],
    decimals: &[','],
    apostrophe: Apostrophe::Elision(&[
        "c", "d", "j", "jusqu", "l", "lorsqu", "m", "n", "puisqu", "qu", "quoiqu", "s", "t",
    ]),
    dotless_i: false,
    stop_words: &[
        "a", "au", "aux", "avait", "avec", "c'", "ce", "ces", "cet", "cette", "d'", "dans", "de",
        "des", "du", "elle", "elles", "en", "est", "et", "eu", "eux", "il", "ils", "j'", "je",
        "l'", "la", "le", "les", "leur", "leurs", "lui", "m'", "me", "mes", "mon", "nous", "on",
        "ont", "ou", "par", "qu'", "que", "qui", "s'", "sa", "se", "ses", "son", "sont", "sur",
        "t'", "te", "tu", "un", "une", "vous", "y", "été", "être",
    ],
    negations: &[
        "ne", "n'est", "n'a", "pas", "non", "jamais", "aucun", "aucune", "rien", "sans", "contre",
        "ni", "personne", "nul", "plus", "guère", "refus",
    ],
    linking_elements: &[],
    stemmer: Some(Algorithm::French),
};

#[cfg(test)]
mod tests {
    super::super::samples! {
        "L’homme qu’il cherche n'est pas à l’hôpital d'Orléans : 1\u{202f}200,5 km et 3\u{a0}000 euros, jusqu’aujourd’hui."
            => "l' homme qu' il cherche n' est pas à l' hôpital d' orléans 1200.5 km et 3000 euros jusqu' aujourd'hui",
        "Le gouvernement n’a rien décidé contre l' embargo, dit-il, quelqu'un s'y oppose en Côte-d’Ivoire"
            => "le gouvernement n' a rien décidé contre l' embargo dit il quelqu'un s' y oppose en côte d' ivoire",
    }
}
