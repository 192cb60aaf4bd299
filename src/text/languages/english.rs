//! English: contractions such as `don't` stay whole because they carry the negation.

use super::{Apostrophe, Rules};
use snowball_stemmers_rs::Algorithm;
pub(super) static RULES: Rules = Rules {
    code: "en",
    digit_groups: &[','],
    decimals: &['.'],
    apostrophe: Apostrophe::Letter,
    dotless_i: false,
    stop_words: &[
        "a", "also", "am", "an", "and", "are", "as", "at", "be", "been", "being", "by", "did",
        "do", "does", "from", "had", "has", "have", "he", "her", "hers", "him", "his", "i", "in",
        "into", "is", "it", "its", "me", "my", "of", "on", "or", "our", "she", "so", "some",
        "such", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those",
        "to", "was", "we", "were", "what", "when", "where", "which", "while", "who", "whom",
        "will", "with", "you", "your",
    ],
    negations: &[
        "not",
        "no",
        "never",
        "nor",
        "neither",
        "none",
        "nobody",
        "nothing",
        "nowhere",
        "without",
        "against",
        "cannot",
        "can't",
        "don't",
        "doesn't",
        "won't",
        "wouldn't",
        "isn't",
        "aren't",
        "wasn't",
        "weren't",
        "didn’t",
        "hasn't",
        "haven't",
        "hadn't",
        "couldn't",
        "shouldn't",
        "anti",
        "non",
        "refuse",
        "deny",
    ],
    linking_elements: &[],
    stemmer: Some(Algorithm::English),
};

#[cfg(test)]
mod tests {
    super::super::samples! {
        "Iran’s army doesn't want the U.S.-made F-16s; it paid $1,200.5 for the F-16's radar."
            => "iran army doesn't want the u.s made f 16s it paid 1200.5 for the f 16 radar",
        "The ministers’ ‘red line’ wasn't crossed, said Müller in his naïve co-operation pledge of 3.5%."
            => "the ministers red line wasn't crossed said mueller in his naïve co operation pledge of 3.5",
    }
}
