//! The set of languages of a corpus.

use super::detect::{detect, may_be_turkish};
use super::tokenized::TextInput;
use super::{Language, Rules, Texts};
use crate::{Error, Result};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

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
const SAMPLED_TEXTS: usize = 10_000;
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

    /// Detects the languages of a corpus by up to 10,000 of its texts, unless `language` is known. A
    /// language counts from a twentieth of the text on. The order of the texts does not matter.
    pub(crate) fn of_corpus(texts: &Texts, language: Language) -> Self {
        if language != Language::Auto {
            return Self::of(language);
        }
        let known = texts.languages.or_else(|| texts.detected.get().copied());
        if let Some(languages) = known {
            return languages;
        }
        // Not `get_or_init`: the survey runs in the pool, where a thread that waits may take up
        // another task that asks for the same languages and would wait for itself.
        let languages = LanguageSurvey::new(texts).languages();
        let _ = texts.detected.set(languages);
        languages
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
        self.rules_of(text.into())
    }

    /// Returns the rules of the language of a text, or of one whose words are known.
    pub(crate) fn rules_of(self, document: TextInput<'_>) -> &'static Rules {
        self.single()
            .unwrap_or_else(|| self.language(document).detected_rules())
    }

    /// Returns the language of a text.
    pub(crate) fn language(self, document: TextInput<'_>) -> Language {
        if self.members == bit(self.main) {
            return self.main;
        }
        let language = document.language();
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

/// Sample of the texts of a corpus, by which its languages are detected: those of the smallest
/// digests, so that neither the order of the texts matters nor the parts in which they are surveyed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LanguageSurvey {
    /// The sample, ascending.
    texts: Vec<SurveyedText>,
}

/// Text of a survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SurveyedText {
    digest: u64,
    language: Language,
    /// Size in bytes, or [`MAX_BYTES_PER_TEXT`].
    bytes: usize,
}

impl LanguageSurvey {
    /// Surveys texts.
    pub fn new(texts: &Texts) -> Self {
        let texts_by_digest = (0..texts.len()).into_par_iter();
        let mut order: Vec<(u64, usize)> = texts_by_digest
            .map(|at| (texts.document(at).digest(), at))
            .collect();
        if order.len() > SAMPLED_TEXTS {
            order.select_nth_unstable(SAMPLED_TEXTS);
            order.truncate(SAMPLED_TEXTS);
        }
        let surveyed = |&(digest, at): &(u64, usize)| SurveyedText {
            digest,
            language: texts.document(at).language(),
            bytes: texts.document(at).bytes().min(MAX_BYTES_PER_TEXT),
        };
        let mut survey = LanguageSurvey {
            texts: order.par_iter().map(surveyed).collect(),
        };
        survey.texts.sort_unstable();
        survey
    }

    /// Reads a survey from JSON.
    ///
    /// # Errors
    /// A data error for other JSON, for more texts than a survey has, and for a language that is
    /// never detected.
    pub fn from_json(text: &str) -> Result<Self> {
        let refused = |what: String| Error::data(format!("no survey of languages: {what}"));
        let mut survey: LanguageSurvey =
            serde_json::from_str(text).map_err(|e| refused(e.to_string()))?;
        if let Some(key) = crate::json::repeated_key(text) {
            return Err(refused(format!("the key `{key}` stands twice")));
        }
        if survey.texts.len() > SAMPLED_TEXTS {
            let found = survey.texts.len();
            return Err(refused(format!(
                "{found} texts, at most {SAMPLED_TEXTS} expected"
            )));
        }
        let known = |text: &SurveyedText| {
            text.language != Language::Auto && text.bytes <= MAX_BYTES_PER_TEXT
        };
        if !survey.texts.iter().all(known) {
            return Err(refused(
                "a text of no language or of too many bytes".to_string(),
            ));
        }
        survey.texts.sort_unstable();
        Ok(survey)
    }

    /// Returns the survey as JSON.
    pub fn to_json(&self) -> String {
        // Numbers and names of languages can always be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Returns the languages of at least a twentieth of the text.
    pub fn languages(&self) -> LanguageSet {
        let mut tally = LanguageTally::default();
        for text in &self.texts {
            tally.count((text.language, text.bytes));
        }
        tally.languages()
    }
}

/// The surveys of parts are together that of all texts.
impl FromIterator<LanguageSurvey> for LanguageSurvey {
    fn from_iter<I: IntoIterator<Item = LanguageSurvey>>(parts: I) -> Self {
        let mut texts: Vec<SurveyedText> = parts.into_iter().flat_map(|part| part.texts).collect();
        texts.sort_unstable();
        texts.truncate(SAMPLED_TEXTS);
        LanguageSurvey { texts }
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
