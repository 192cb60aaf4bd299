//! Texts of the property tests of features.

use proptest::prelude::*;

/// Words with something to stem, to split, to spell or to join.
const WORDS: [&str; 12] = [
    "war",
    "wars",
    "US-Talks",
    "Waffenlieferung",
    "Waffen",
    "Lieferung",
    "häuser",
    "haus",
    "der",
    "no",
    "👍🏽",
    "l'homme",
];

/// A text of a few words, of which some come again.
pub(super) fn text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(WORDS.to_vec());
    prop::collection::vec(word, 0..12).prop_map(|words| words.join(" "))
}
