//! Turkish: `I` is the capital of `ı` and `İ` that of `i`; the endings that an apostrophe parts
//! from a name or a number are left out (`Ankara'da` is Ankara).

use super::{Apostrophe, Rules};
use snowball_stemmers_rs::Algorithm;
pub(super) static RULES: Rules = Rules {
    code: "tr",
    digit_groups: &['.', '\u{a0}'],
    decimals: &[','],
    apostrophe: Apostrophe::Suffix,
    dotless_i: true,
    stop_words: &[
        "bir", "biz", "bu", "da", "de", "en", "gibi", "göre", "her", "ile", "ise", "kadar", "ki",
        "mi", "mu", "mü", "mı", "o", "olan", "olarak", "oldu", "olduğu", "onlar", "onun", "ve",
        "veya", "ya", "şu",
    ],
    negations: &[
        "değil",
        "değildir",
        "yok",
        "yoktur",
        "hayır",
        "asla",
        "hiç",
        "hiçbir",
        "kimse",
        "karşı",
        "karşıt",
        "olmadan",
    ],
    linking_elements: &[],
    stemmer: Some(Algorithm::Turkish),
};

#[cfg(test)]
mod tests {
    super::super::samples! {
        "IŞIK İstanbul'da, ılık bir gün Ankara’daki TBMM'nin kapısında değil; 2024'te 1.200,5 lira ödedi."
            => "ışık istanbul ılık bir guen ankara tbmm kapısında değil 2024 1200.5 lira oededi",
        "Hükümet ülkeye karşı yaptırımları kaldırmadı, dedi Dışişleri Bakanı"
            => "huekuemet uelkeye karşı yaptırımları kaldırmadı dedi dışişleri bakanı",
    }
}
