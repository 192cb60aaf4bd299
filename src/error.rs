//! One error type for the whole library: a message, its location, and a remedy.

use crate::wording::{NamedSetting, Wording};
use crate::words::shortened;
use std::fmt;

/// `Result` with the library's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// The side that has to act on an [`Error`]; the command line makes its exit code of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An option or a combination of options makes no sense (exit code 2).
    Usage,
    /// The input data is broken or lacks what was asked of it (exit code 3).
    Data,
    /// A model file is broken, foreign or of another version (exit code 4).
    Model,
    /// The operating system refused to read or write (exit code 5).
    Io,
}

/// An error with its location, if it has one, and a remedy, if one is known.
///
/// It prints as `location: message`, followed by a line `help: …`. Message and remedy name settings
/// as the library does; see [`Wording`].
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: Wording,
    /// The message in the library's own words.
    shown: String,
    location: Option<String>,
    remedy: Option<Wording>,
    source: Option<std::io::Error>,
    lacks_column: bool,
}

impl Error {
    fn new(kind: ErrorKind, message: impl Into<Wording>) -> Self {
        let message = message.into();
        Error(Box::new(Inner {
            kind,
            shown: message.to_string(),
            message,
            location: None,
            remedy: None,
            source: None,
            lacks_column: false,
        }))
    }

    /// Creates an error in the options.
    pub fn usage(message: impl Into<Wording>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// Creates an error in the input data.
    pub fn data(message: impl Into<Wording>) -> Self {
        Self::new(ErrorKind::Data, message)
    }

    /// Creates an error in a model file.
    pub fn model(message: impl Into<Wording>) -> Self {
        Self::new(ErrorKind::Model, message)
    }

    /// Creates the error of a refusal by the operating system while `doing` something, with a
    /// remedy where its reason has one.
    pub fn io(doing: impl fmt::Display, source: std::io::Error) -> Self {
        let error = Self::new(ErrorKind::Io, format!("cannot {doing}: {source}"));
        let mut error = match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                error.help("free some space, or write to another disk")
            }
            std::io::ErrorKind::FileTooLarge => {
                error.help("raise the limit on the size of files (ulimit -f)")
            }
            _ => error,
        };
        error.0.source = Some(source);
        error
    }

    /// Names the file, or the file and line, of the error; the innermost location wins.
    pub fn at(mut self, location: impl fmt::Display) -> Self {
        self.0
            .location
            .get_or_insert_with(|| shortened(location.to_string()));
        self
    }

    /// Gives the error a remedy; the first one wins.
    pub fn help(mut self, remedy: impl Into<Wording>) -> Self {
        self.0.remedy.get_or_insert_with(|| remedy.into());
        self
    }

    /// Marks the error of a row that lacks a column: the name may be misspelt, rather than the row
    /// broken.
    pub(crate) fn lack_of_column(mut self) -> Self {
        self.0.lacks_column = true;
        self
    }

    /// Tells whether a row lacks a column.
    pub(crate) fn is_lack_of_column(&self) -> bool {
        self.0.lacks_column
    }

    /// Returns the side that has to act.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the message, without location and remedy, in the library's own names of settings.
    pub fn message(&self) -> &str {
        &self.0.shown
    }

    /// Returns the message with the names that `name` gives to settings.
    pub fn message_with_names(&self, name: impl Fn(&NamedSetting) -> String) -> String {
        self.0.message.with_names(name)
    }

    /// Returns the remedy, if one is known.
    pub fn remedy(&self) -> Option<&Wording> {
        self.0.remedy.as_ref()
    }

    /// Returns the file, or the file and line, of the error.
    pub fn location(&self) -> Option<&str> {
        self.0.location.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(location) = &self.0.location {
            write!(f, "{location}: ")?;
        }
        f.write_str(&self.0.shown)?;
        match &self.0.remedy {
            Some(remedy) => write!(f, "\n  help: {remedy}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|e| e as _)
    }
}

/// linfa's estimator traits ask for this conversion.
#[cfg(feature = "linfa")]
impl From<linfa::Error> for Error {
    fn from(error: linfa::Error) -> Self {
        Error::usage(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::{Setting, wording};

    #[test]
    fn long_values_are_shortened_with_their_length() {
        let label = "ü".repeat(100_000);
        let error = Error::data(format!("only the label `{label}` in `topic`"))
            .at(&label)
            .help(&*label);
        let shown = error.to_string();
        assert!(shown.chars().count() < 4000, "{}", shown.len());
        let value = format!("`{}… (100000 characters)` in `topic`", "ü".repeat(60));
        assert!(error.message().ends_with(&value), "{}", error.message());
        assert!(error.location().unwrap().contains("100000 characters"));
    }

    #[test]
    fn prints_place_message_and_remedy() {
        let error = Error::data("no text")
            .at("a.jsonl:3")
            .at("outer")
            .help(wording!["name ", Setting::Text]);
        assert_eq!(
            error.to_string(),
            "a.jsonl:3: no text\n  help: name `Schema::text`"
        );
        assert_eq!(error.kind(), ErrorKind::Data);
    }
}
