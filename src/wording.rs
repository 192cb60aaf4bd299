//! Sentences that name settings: each surface of the library calls a setting by its own name.
//!
//! An error may advise to change a setting, which is a field of a struct to a program and a flag on
//! a command line. The library therefore keeps the setting itself, and [`Wording::with_names`]
//! gives it the name that the reader knows.
//!
//! ```
//! use standpoint::{Setting, Wording};
//! let advice = Wording::from("pass ").then(Setting::Delimiter.value(";"));
//! assert_eq!(advice.to_string(), "pass `ReadOptions::delimiter = ;`");
//! let flags = advice.with_names(|setting| format!("--delimiter '{}'", setting.value().unwrap_or_default()));
//! assert_eq!(flags, "pass --delimiter ';'");
//! ```

use std::fmt;

macro_rules! settings {
    ($($(#[$doc:meta])+ $setting:ident => $name:literal,)+) => {
        /// A setting that a message names.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Setting { $($(#[$doc])+ $setting,)+ }

        impl Setting {
            /// All settings.
            pub const ALL: &[Setting] = &[$(Setting::$setting,)+];

            /// Returns the name of the field or method that sets it.
            pub fn name(self) -> &'static str {
                match self { $(Setting::$setting => $name,)+ }
            }
        }
    };
}

settings! {
    /// The format of inputs.
    Format => "ReadOptions::format",
    /// The encoding of inputs.
    Encoding => "ReadOptions::encoding",
    /// The character between cells of a table.
    Delimiter => "ReadOptions::delimiter",
    /// The character around cells of a table.
    Quote => "ReadOptions::quote",
    /// The length of a row.
    MaxRow => "Limits::row",
    /// Tables without a header.
    NoHeader => "Schema::no_header",
    /// The columns of the text.
    Text => "Schema::text",
    /// A head with exactly one label.
    ExclusiveHead => "HeadKind::Exclusive",
    /// A head with any number of labels.
    IndependentHead => "HeadKind::Independent",
    /// The values that are taken as missing labels.
    MissingValues => "LabelFormat::missing",
    /// The column of ids.
    Id => "Selection::id",
    /// The column of sample weights.
    Weight => "Selection::weight",
    /// Conditions on rows.
    Filters => "Selection::filters",
    /// The treatment of rows without a label.
    Unlabelled => "Selection::unlabelled",
    /// The list of broken rows.
    Rejects => "CorpusReader::rejects",
    /// The replacement of files that exist.
    Force => "Transaction::open(force)",
    /// The column of parts in rows that are written.
    PartColumn => "RetainedRows::with_column",
    /// The column of codes.
    CodeColumn => "Relabel::codes",
    /// The map of codes.
    CodeMap => "CodeMap",
    /// The columns of labels that rows get.
    LabelColumns => "Relabel::targets",
    /// Labels of listed codes only.
    ExactCodes => "Relabel::exact",
    /// Unlisted codes as errors.
    StrictCodes => "Unlisted::Refuse",
    /// The languages of texts.
    Language => "TokenOptions::language",
    /// The treatment of hyphens.
    Hyphens => "TokenOptions::hyphens",
    /// The treatment of umlauts.
    Umlauts => "TokenOptions::umlauts",
    /// The treatment of stop words.
    StopWords => "TokenOptions::stop_words",
    /// Words in place of stems.
    NoStem => "TokenOptions::stem",
    /// The lengths of word n-grams.
    WordNgrams => "TfIdfOptions::word_ngrams",
    /// The term frequency.
    Tf => "TfIdfOptions::tf",
    /// The inverse document frequency.
    Idf => "TfIdfOptions::idf",
    /// The length of rows.
    Norm => "TfIdfOptions::norm",
    /// The number of documents that a term needs.
    MinDf => "min_df",
    /// The number of documents that a term may have.
    MaxDf => "TfIdfOptions::max_df",
    /// The number of terms.
    MaxFeatures => "TfIdfOptions::max_features",
    /// The classifier.
    Classifier => "Trainer::classifier",
    /// The objective of decision thresholds.
    Thresholds => "Trainer::thresholds",
    /// The calibration of scores.
    Calibrate => "Trainer::calibrate",
    /// The documents to calibrate on.
    CalibrationSet => "Trainer::train_calibrated",
    /// The number of folds.
    Folds => "Trainer::folds",
    /// Answers that say "undecided".
    Abstain => "Trainer::abstain",
    /// The background of texts without labels.
    Background => "Trainer::background",
    /// The older model from which training went on.
    OldModel => "TrainingData::old_model",
    /// The rows that a warm start is given.
    WarmStartRows => "Trainer::train_from",
    /// Training from a stream of batches.
    Stream => "BatchTrainer",
    /// The memory that may be used.
    Memory => "memory",
    /// The number of words of a background.
    VocabularySize => "BackgroundOptions::vocabulary",
    /// The distance of words that are near each other.
    Window => "BackgroundOptions::window",
}

impl Setting {
    /// Returns the setting with a value that it should have.
    pub fn value(self, value: impl Into<String>) -> NamedSetting {
        NamedSetting {
            setting: self,
            value: Some(value.into()),
            placeholder: None,
        }
    }

    /// Returns the setting with a word for a value that the reader has to find, such as `FILE`.
    pub fn placeholder(self, placeholder: &'static str) -> NamedSetting {
        NamedSetting {
            setting: self,
            value: None,
            placeholder: Some(placeholder),
        }
    }
}

/// A setting in a sentence, and its value there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedSetting {
    setting: Setting,
    value: Option<String>,
    placeholder: Option<&'static str>,
}

impl NamedSetting {
    /// Returns the setting.
    pub fn setting(&self) -> Setting {
        self.setting
    }

    /// Returns the value that it should have, if the sentence names one.
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// Returns a word for the kind of value, if the reader has to find one.
    pub fn placeholder(&self) -> Option<&'static str> {
        self.placeholder
    }
}

impl From<Setting> for NamedSetting {
    fn from(setting: Setting) -> Self {
        NamedSetting {
            setting,
            value: None,
            placeholder: None,
        }
    }
}

/// A sentence, or a part of one, that may name settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wording {
    pieces: Vec<Piece>,
}

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Words(String),
    Setting(NamedSetting),
}

impl Wording {
    /// Appends words, a setting or a sentence.
    pub fn then(mut self, more: impl Into<Wording>) -> Self {
        self.pieces.extend(more.into().pieces);
        self
    }

    /// Returns the settings that are named.
    pub fn settings(&self) -> impl Iterator<Item = &NamedSetting> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Setting(setting) => Some(setting),
            Piece::Words(_) => None,
        })
    }

    /// Returns the sentence with the names that `name` gives to settings; long values are
    /// shortened.
    pub fn with_names(&self, name: impl Fn(&NamedSetting) -> String) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Words(words) => words.clone(),
            Piece::Setting(setting) => name(setting),
        };
        crate::words::shortened(self.pieces.iter().map(piece).collect())
    }
}

impl fmt::Display for Wording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with_names(|named| {
            let name = named.setting.name();
            match &named.value {
                Some(value) => format!("`{name} = {value}`"),
                None => format!("`{name}`"),
            }
        }))
    }
}

impl From<Piece> for Wording {
    fn from(piece: Piece) -> Self {
        Wording {
            pieces: vec![piece],
        }
    }
}

impl From<&str> for Wording {
    fn from(words: &str) -> Self {
        Piece::Words(words.to_string()).into()
    }
}

impl From<&String> for Wording {
    fn from(words: &String) -> Self {
        words.as_str().into()
    }
}

impl From<String> for Wording {
    fn from(words: String) -> Self {
        Piece::Words(words).into()
    }
}

impl From<NamedSetting> for Wording {
    fn from(setting: NamedSetting) -> Self {
        Piece::Setting(setting).into()
    }
}

impl From<Setting> for Wording {
    fn from(setting: Setting) -> Self {
        NamedSetting::from(setting).into()
    }
}

/// Makes a [`Wording`] of words and settings, one after the other.
macro_rules! wording {
    ($($piece:expr),+ $(,)?) => {
        $crate::wording::Wording::default()$(.then($piece))+
    };
}
pub(crate) use wording;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_have_names_of_their_own() {
        let mut names: Vec<&str> = Setting::ALL.iter().map(|setting| setting.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Setting::ALL.len());
    }

    #[test]
    fn a_sentence_is_worded_by_its_reader() {
        let sentence = wording![
            "name ",
            Setting::Format.value("csv"),
            ", or raise ",
            Setting::MaxRow.placeholder("SIZE")
        ];
        assert_eq!(
            sentence.to_string(),
            "name `ReadOptions::format = csv`, or raise `Limits::row`"
        );
        let placeholders = sentence.with_names(|named| named.placeholder().unwrap_or("x").into());
        assert_eq!(placeholders, "name x, or raise SIZE");
        assert_eq!(sentence.settings().count(), 2);
    }
}
