//! Any other language: words by Unicode alone, numbers cut at every separator.

use super::{Apostrophe, Rules};

pub(super) static RULES: Rules = Rules {
    code: "und",
    digit_groups: &[],
    decimals: &[],
    apostrophe: Apostrophe::Letter,
    dotless_i: false,
    stop_words: &[],
    negations: &[],
    linking_elements: &[],
    stemmer: None,
};

#[cfg(test)]
mod tests {
    super::super::samples! {
        "De Nederlandse regering heeft 1.200,5 miljoen euro's voor zo'n zee-egel in IJmuiden; Ελλάδας ΕΛΛΆΔΑΣ"
            => "de nederlandse regering heeft 1 200 5 miljoen euro voor zo'n zee egel in ijmuiden ελλάδασ ελλάδασ",
        "한국 정부는 Tiếng Việt 日本語 हिन्दी שָׁלוֹם"
            => "한국 정부는 tiếng việt 日本語 हिन्दी שָׁלוֹם",
    }
}
