//! The set of languages of a corpus.

use super::detect::{detect, may_be_turkish};
use super::{Language, Rules, Texts};
use rayon::prelude::*;

/// The languages of a corpus, one of which each of its texts is in.
///
/// Detection often mistakes the language of a headline. In a corpus of one or two languages no text
/// is taken for a third, so that a word has the same stem in all texts of its language, however
/// short they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LanguageSet {
    /// Language of the texts that are detected as none of the set.
    main: Language,
    /// Set of the languages, a bit for each.
    members: u16,
}

/// Texts from all over a corpus that are enough to find its languages.
const SAMPLED_TEXTS: usize = 1000;
/// Bytes of a text that count at most, so that a long one does not speak for all.
const MAX_BYTES_PER_TEXT: usize = 1000;
/// Divisor of the corpus: a language with less than a twentieth of the text is taken for an error
/// of detection.
const MIN_SHARE_DIVISOR: usize = 20;

impl LanguageSet {
    /// Returns the set of all languages that have rules.
    pub fn any() -> Self {
        LanguageSet {
            main: Language::Neutral,
            members: u16::MAX,
        }
    }

    /// Returns the set of one language, or of all for [`Language::Auto`].
    pub fn of(language: Language) -> Self {
        if language == Language::Auto {
            Self::any()
        } else {
            LanguageSet {
                main: language,
                members: bit(language),
            }
        }
    }

    /// Returns the set of a list that begins with the main language, as [`list`](Self::list)
    /// returns it; `None` for an empty list or one with [`Language::Auto`].
    pub(crate) fn from_list(list: &[Language]) -> Option<Self> {
        let members = list
            .iter()
            .fold(0, |members, &language| members | bit(language));
        let main = *list.first()?;
        (!list.contains(&Language::Auto)).then_some(LanguageSet { main, members })
    }

    /// Detects the languages of a corpus by up to 1,000 of its texts, unless `language` is known. A
    /// language counts from a twentieth of the text on.
    pub(crate) fn of_corpus(texts: &Texts, language: Language) -> Self {
        if language != Language::Auto {
            return Self::of(language);
        }
        let surveyed = texts.len().min(SAMPLED_TEXTS);
        let detected = (0..surveyed).into_par_iter().map(|at| {
            let text = texts.get(at * texts.len() / surveyed);
            (detect(text), text.len().min(MAX_BYTES_PER_TEXT))
        });
        let mut tally = LanguageTally::default();
        detected
            .collect::<Vec<_>>()
            .into_iter()
            .for_each(|found| tally.count(found));
        tally.languages()
    }

    /// Returns the languages, the main one first.
    pub fn list(self) -> Vec<Language> {
        let others = Language::ALL
            .into_iter()
            .filter(|&language| language != self.main && self.contains(language));
        std::iter::once(self.main).chain(others).collect()
    }

    /// Returns the rules of the language of a text.
    pub fn rules(self, text: &str) -> &'static Rules {
        self.single()
            .unwrap_or_else(|| self.language(text).rules(text))
    }

    /// Returns the language of a text.
    pub(crate) fn language(self, text: &str) -> Language {
        if self.members == bit(self.main) {
            return self.main;
        }
        let language = detect(text);
        if self.contains(language) {
            language
        } else {
            self.main
        }
    }

    /// Returns the rules for all texts if there is one language only.
    pub(super) fn single(self) -> Option<&'static Rules> {
        if self.members == bit(self.main) {
            self.main.own_rules()
        } else {
            None
        }
    }

    /// Returns true if a text may be in Turkish, whose `I` is another letter.
    pub(super) fn may_be_turkish(self, text: &str) -> bool {
        self.main == Language::Turkish || self.contains(Language::Turkish) && may_be_turkish(text)
    }

    fn contains(self, language: Language) -> bool {
        self.members & bit(language) != 0
    }
}

/// Bytes of the texts of a corpus by their language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LanguageTally([(usize, Language); Language::ALL.len()]);

impl Default for LanguageTally {
    fn default() -> Self {
        LanguageTally(Language::ALL.map(|language| (0, language)))
    }
}

impl LanguageTally {
    /// Adds texts.
    pub(crate) fn add(&mut self, texts: &Texts) {
        let detected = (0..texts.len()).into_par_iter().map(|at| {
            let text = texts.get(at);
            (detect(text), text.len().min(MAX_BYTES_PER_TEXT))
        });
        detected
            .collect::<Vec<_>>()
            .into_iter()
            .for_each(|found| self.count(found));
    }

    fn count(&mut self, (language, bytes): (Language, usize)) {
        let own = self.0.iter_mut().filter(|(_, of)| *of == language);
        own.for_each(|(sum, _)| *sum += bytes);
    }

    /// Returns the set of the languages of at least a twentieth of the text.
    pub(crate) fn languages(self) -> LanguageSet {
        let total: usize = self.0.iter().map(|(bytes, _)| bytes).sum();
        let mut kept: Vec<_> = self
            .0
            .into_iter()
            .filter(|(bytes, _)| *bytes > 0 && bytes * MIN_SHARE_DIVISOR >= total)
            .collect();
        kept.sort_by_key(|&(bytes, _)| std::cmp::Reverse(bytes));
        let list: Vec<Language> = kept.into_iter().map(|(_, language)| language).collect();
        LanguageSet::from_list(&list).unwrap_or(LanguageSet::any())
    }
}

fn bit(language: Language) -> u16 {
    1 << language as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corpus_in_one_language_has_no_text_in_another() {
        let long =
            "Die Regierung hat am Montag neue Sanktionen gegen das Nachbarland beschlossen. ";
        let texts: Texts = std::iter::repeat_n(long, 60)
            .chain(["talks failed"])
            .collect();
        let languages = LanguageSet::of_corpus(&texts, Language::Auto);
        assert_eq!(languages.list(), [Language::German]);
        assert_eq!(languages.rules("talks failed").code, "de");
        assert_eq!(
            LanguageSet::of_corpus(&texts, Language::English).list(),
            [Language::English]
        );
    }

    #[test]
    fn two_languages_are_told_apart_and_a_third_is_the_first() {
        let german =
            "Die Regierung hat am Montag neue Sanktionen gegen das Nachbarland beschlossen";
        let english = "The government decided on new sanctions against the country on Monday";
        let texts: Texts = [german, german, english].into_iter().collect();
        let languages = LanguageSet::of_corpus(&texts, Language::Auto);
        assert_eq!(languages.list(), [Language::German, Language::English]);
        assert_eq!(languages.rules(english).code, "en");
        assert_eq!(
            languages
                .rules("El gobierno decidió el lunes nuevas sanciones")
                .code,
            "de"
        );
        assert_eq!(LanguageSet::from_list(&languages.list()), Some(languages));
    }

    /// A text without a letter of its own is Turkish where that is what most are.
    #[test]
    fn turkish_is_read_as_turkish_whatever_else_is_in_a_text() {
        let languages = LanguageSet::from_list(&[Language::Turkish, Language::English]).unwrap();
        let tokenizer =
            crate::text::Tokenizer::for_languages(crate::text::TokenOptions::default(), languages);
        let words = |text: &str| {
            let mut tokens = crate::text::Tokens::default();
            tokenizer.tokenize(text, &mut tokens);
            tokens
                .iter()
                .map(|token| token.word.to_string())
                .collect::<Vec<_>>()
        };
        let text = "Ankara'da Putin ile IRAK";
        assert_eq!(words(&format!("1.200 {text}"))[1..], words(text));
        assert!(!words(text)[0].contains('\''), "{:?}", words(text));
    }

    #[test]
    fn an_empty_corpus_is_in_any_language() {
        assert_eq!(
            LanguageSet::of_corpus(&Texts::default(), Language::Auto),
            LanguageSet::any()
        );
        assert_eq!(LanguageSet::from_list(&[]), None);
        assert_eq!(LanguageSet::from_list(&[Language::Auto]), None);
    }
}
