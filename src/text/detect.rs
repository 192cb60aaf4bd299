//! Detection of the language of a text.

use super::Language;

/// Bytes of a text that are looked at: a few sentences are enough.
const DETECTION_BYTES: usize = 400;

/// Detects the language of a text by its first 400 bytes: English, French, German, Italian,
/// Spanish, Russian, Turkish and Arabic by [whichlang](https://docs.rs/whichlang); Polish and
/// Ukrainian, which it does not know, by enough letters of their own. All others are
/// [`Language::Neutral`].
pub fn detect(text: &str) -> Language {
    let window = window(text);
    if is_polish(window) {
        return Language::Polish;
    }
    match whichlang::detect_language(window) {
        whichlang::Lang::Ara => Language::Arabic,
        whichlang::Lang::Deu => Language::German,
        whichlang::Lang::Eng => Language::English,
        whichlang::Lang::Fra => Language::French,
        whichlang::Lang::Ita => Language::Italian,
        whichlang::Lang::Rus if is_ukrainian(window) => Language::Ukrainian,
        whichlang::Lang::Rus => Language::Russian,
        whichlang::Lang::Spa => Language::Spanish,
        whichlang::Lang::Tur if may_be_turkish(text) => Language::Turkish,
        _ => Language::Neutral,
    }
}

/// Returns true for a text with Polish letters and a function word of Polish, or with Polish
/// letters in more than a quarter of its words. One `Wałęsa` does not make an English text Polish.
fn is_polish(window: &str) -> bool {
    const LETTERS: [char; 12] = ['ł', 'ą', 'ę', 'ś', 'ż', 'ź', 'Ł', 'Ą', 'Ę', 'Ś', 'Ż', 'Ź'];
    const WORDS: [&str; 10] = [
        "w", "z", "się", "nie", "że", "jest", "dla", "przez", "oraz", "od",
    ];
    let (words, own) = window
        .split_whitespace()
        .fold((0, 0), |(words, own), word| {
            (words + 1, own + usize::from(word.contains(LETTERS)))
        });
    own > 0 && (own * 4 > words || window.split_whitespace().any(|word| WORDS.contains(&word)))
}

/// Returns true if there are more letters that Russian lacks than letters that Ukrainian lacks.
fn is_ukrainian(window: &str) -> bool {
    let count = |letters: [char; 8]| window.matches(letters).count();
    count(['і', 'ї', 'є', 'ґ', 'І', 'Ї', 'Є', 'Ґ'])
        > count(['ы', 'э', 'ё', 'ъ', 'Ы', 'Э', 'Ё', 'Ъ'])
}

/// Returns true if a text holds a letter of Turkish that few other languages have; cheap, so that
/// no other text is examined only because it holds an `I`.
pub(super) fn may_be_turkish(text: &str) -> bool {
    let window = window(text);
    memchr::memchr2(0xc4, 0xc5, window.as_bytes()).is_some()
        && window.contains(['ı', 'ş', 'ğ', 'İ', 'Ş', 'Ğ'])
}

fn window(text: &str) -> &str {
    &text[..text.floor_char_boundary(DETECTION_BYTES)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes of languages and texts in them.
    const TEXTS: &[(&str, &str)] = &[
        (
            "de",
            "Die Regierung hat am Montag neue Sanktionen gegen das Land beschlossen",
        ),
        (
            "en",
            "The government decided on new sanctions against the country on Monday",
        ),
        (
            "fr",
            "Le gouvernement a décidé lundi de nouvelles sanctions contre le pays",
        ),
        (
            "es",
            "El gobierno decidió el lunes nuevas sanciones contra el país vecino",
        ),
        (
            "it",
            "Il governo ha deciso lunedì nuove sanzioni contro il paese vicino",
        ),
        (
            "pl",
            "Rząd zdecydował w poniedziałek o nowych sankcjach wobec tego kraju",
        ),
        (
            "uk",
            "Уряд у понеділок ухвалив нові санкції проти цієї країни",
        ),
        (
            "ru",
            "Правительство в понедельник приняло новые санкции против этой страны",
        ),
        (
            "tr",
            "Hükümet pazartesi günü ülkeye karşı yeni yaptırımlar kararlaştırdı",
        ),
        ("ar", "قررت الحكومة يوم الاثنين فرض عقوبات جديدة على البلاد"),
        ("pl", "Trump spotka się z Putinem"),
        ("pl", "RZĄD ZAOSTRZA SANKCJE"),
        ("de", "Außenminister Radosław Sikorski besucht Kiew"),
        (
            "en",
            "Poland's Jarosław Kaczyński said 1,200 troops would go to Łódź, the ministry announced",
        ),
        (
            "de",
            "Der türkische Präsident Recep Tayyip Erdoğan reist nach Berlin",
        ),
        (
            "ru",
            "Телеканал «Київ» объявил о новых выборах, сообщает газета",
        ),
        (
            "und",
            "De regering heeft maandag nieuwe sancties tegen het buurland afgekondigd",
        ),
    ];

    #[test]
    fn auto_decides_for_each_text() {
        for &(code, text) in TEXTS {
            assert_eq!(detect(text).code(), code, "{text}");
        }
        detect("");
    }
}
