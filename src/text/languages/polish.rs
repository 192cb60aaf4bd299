//! Polish: numbers are grouped by hard blanks. Its letters are never folded: `sąd` is a court,
//! `sad` an orchard.

use super::{Apostrophe, Rules};
use snowball_stemmers_rs::Algorithm;
pub(super) static RULES: Rules = Rules {
    code: "pl",
    digit_groups: &['\u{a0}', '\u{202f}', '.'],
    decimals: &[','],
    apostrophe: Apostrophe::Letter,
    dotless_i: false,
    stop_words: &[
        "a", "albo", "był", "była", "było", "były", "co", "czy", "do", "go", "i", "ich", "jak",
        "jako", "jego", "jej", "jest", "która", "które", "którego", "której", "który", "ma", "na",
        "o", "od", "oraz", "po", "pod", "przez", "przy", "się", "są", "ta", "tak", "także", "te",
        "tego", "tej", "ten", "to", "tym", "w", "we", "z", "ze", "że",
    ],
    negations: &[
        "nie",
        "nigdy",
        "nikt",
        "nic",
        "żaden",
        "żadna",
        "żadne",
        "żadnych",
        "bez",
        "przeciw",
        "przeciwko",
        "ani",
        "brak",
        "wbrew",
    ],
    linking_elements: &[],
    stemmer: Some(Algorithm::Polish),
};

#[cfg(test)]
mod tests {
    super::super::samples! {
        "Sąd w Łodzi nie wydał 1\u{a0}200,5 zł na sad; ŻADEN poseł PiS-u nie głosował przeciwko."
            => "sąd w łodzi nie wydał 1200.5 zł na sad żaden poseł pis u nie głosował przeciwko",
    }
}
