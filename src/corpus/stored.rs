//! Values of rows: those of JSON as their text, which is decoded when somebody asks for the value.

use super::record::plain;
use crate::json::Value;
use crate::json::skim::unescaped;
use crate::json::value::check_raw;
use std::sync::OnceLock;

/// A value of a row.
#[derive(Debug, Clone)]
pub(super) enum Stored<'r> {
    Value(Value),
    Text(Text<'r>),
}

/// The text of a value whose grammar and escapes were checked, and the value once it was asked for.
#[derive(Debug, Clone)]
pub(super) struct Text<'r> {
    pub json: &'r str,
    value: OnceLock<Value>,
}

impl<'r> Stored<'r> {
    /// Returns the value of a JSON text whose grammar was checked.
    ///
    /// # Errors
    /// As [`Value::of_raw`].
    pub(crate) fn of_json(json: &'r str) -> serde_json::Result<Self> {
        check_raw(json).map(|()| Stored::of_checked(json))
    }

    /// Returns the value of a JSON text whose grammar and escapes were checked.
    pub(crate) fn of_checked(json: &'r str) -> Self {
        Stored::Text(Text {
            json,
            value: OnceLock::new(),
        })
    }

    pub fn get(&self) -> &Value {
        match self {
            Stored::Value(value) => value,
            Stored::Text(text) => text
                .value
                .get_or_init(|| Value::of_raw(text.json).unwrap_or_default()),
        }
    }

    pub fn is_null(&self) -> bool {
        match self {
            Stored::Value(value) => value.is_null(),
            Stored::Text(text) => text.json == "null",
        }
    }

    /// Returns the value as [`plain`] text; a string of JSON is decoded into it.
    pub(super) fn plain(&self) -> Option<String> {
        let written = match self {
            Stored::Value(_) => None,
            Stored::Text(text) => text
                .json
                .strip_prefix('"')
                .and_then(|s| s.strip_suffix('"')),
        };
        match written {
            Some(written) => unescaped(written),
            None => plain(self.get()),
        }
    }
}

impl From<Value> for Stored<'_> {
    fn from(value: Value) -> Self {
        Stored::Value(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_their_values() {
        for json in [
            "1.50",
            "1e400",
            "\"\\u0041\\ud83d\\ude42\\n\"",
            "null",
            "true",
            "[1, {\"a\": [null, \"x\"]}]",
        ] {
            let (stored, value) = (Stored::of_json(json).unwrap(), Value::parse(json).unwrap());
            assert_eq!(stored.is_null(), value.is_null(), "{json}");
            assert_eq!(stored.plain(), plain(&value), "{json}");
            assert_eq!(stored.get(), &value, "{json}");
        }
    }

    #[test]
    fn texts_are_checked_as_values_are() {
        let deep = "[".repeat(200) + &"]".repeat(200);
        for json in ["[\"\\ud800\"]", &deep] {
            assert!(Stored::of_json(json).is_err(), "{json}");
        }
    }
}
