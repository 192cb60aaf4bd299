//! Polish: numbers are grouped by hard blanks. Its letters are never folded: `sąd` is a court,
//! `sad` an orchard.

use super::{Apostrophe, Rules};
use snowball_stemmers_rs::Algorithm;

pub(super) static RULES: Rules = Rules {
    code: "pl",
    digit_groups: &['\u{a0}', '\u{202f}', '.'],
    decimal: Some(','),
    apostrophe: Apostrophe::Letter,
    dotless_i: false,
    stop_words: &[
        "a", "ale", "był", "była", "było", "były", "co", "dla", "do", "go", "i", "ich", "jak", "jako",
        "jednak", "jego", "jej", "jest", "jeszcze", "już", "ma", "na", "o", "od", "oraz", "po", "pod",
        "przez", "przy", "się", "są", "ta", "tak", "te", "tego", "tej", "to", "tym", "w", "we", "z", "za",
        "że",
    ],
    negations: &["nie", "nigdy", "nikt", "nic", "żaden", "bez", "przeciw", "przeciwko", "ani"],
    joints: &[],
    stemmer: Some(Algorithm::Polish),
};
