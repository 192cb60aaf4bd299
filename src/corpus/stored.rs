//! Values of rows, large ones as their text.

use crate::json::Value;
use crate::json::value::check_raw;
use std::sync::OnceLock;

/// A list or object whose text is longer is parsed only where somebody asks for it: its values take
/// fifty times as much memory as `[1,1,1]`.
const LARGE: usize = 1 << 16;

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Stored {
    Value(Value),
    Text(Box<Text>),
}

/// The text of a valid list or object, and its value once it was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Text {
    json: Box<str>,
    value: OnceLock<Value>,
}

impl Stored {
    /// Returns the value in a text whose grammar has been checked.
    ///
    /// # Errors
    /// As [`Value::of_raw`].
    pub(crate) fn of_json(json: &str) -> serde_json::Result<Self> {
        if json.len() <= LARGE || !json.starts_with(['[', '{']) {
            return Value::of_raw(json).map(Stored::Value);
        }
        check_raw(json)?;
        Ok(Stored::Text(Box::new(Text {
            json: json.into(),
            value: OnceLock::new(),
        })))
    }

    pub fn get(&self) -> &Value {
        match self {
            Stored::Value(value) => value,
            Stored::Text(text) => text
                .value
                .get_or_init(|| Value::of_raw(&text.json).unwrap_or_default()),
        }
    }
}

impl From<Value> for Stored {
    fn from(value: Value) -> Self {
        Stored::Value(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(element: &str) -> String {
        format!("[{}{element}]", "1,".repeat(LARGE))
    }

    #[test]
    fn large_values_are_parsed_when_asked_for() {
        for element in [
            "1.50",
            "1e400",
            "\"\\u0041\"",
            "{\"a\":[null,true]}",
            "12345678901234567890123",
        ] {
            let stored = Stored::of_json(&list(element)).unwrap();
            assert!(matches!(stored, Stored::Text(_)));
            let values = stored.get().as_array().unwrap();
            assert_eq!(values.len(), LARGE + 1);
            let alone = Value::parse(element).unwrap();
            assert_eq!(values[LARGE], alone, "{element}");
        }
    }

    #[test]
    fn large_values_are_as_valid_as_others() {
        let deep = "[".repeat(200) + &"]".repeat(200);
        for element in ["\"\\ud800\"", &deep] {
            assert!(Stored::of_json(&list(element)).is_err(), "{element}");
        }
    }
}
