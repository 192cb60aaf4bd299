//! Values of rows, large ones as their text.

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;
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
    /// Returns the value in its JSON text.
    ///
    /// # Errors
    /// If it is no valid JSON.
    pub(crate) fn of_json(json: &str) -> serde_json::Result<Self> {
        if json.len() <= LARGE || !json.starts_with(['[', '{']) {
            return serde_json::from_str(json).map(Stored::Value);
        }
        let mut parser = serde_json::Deserializer::from_str(json);
        Check.deserialize(&mut parser)?;
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
                .get_or_init(|| serde_json::from_str(&text.json).unwrap_or_default()),
        }
    }
}

impl From<Value> for Stored {
    fn from(value: Value) -> Self {
        Stored::Value(value)
    }
}

/// Parses a value and keeps nothing of it.
#[derive(Clone, Copy)]
struct Check;

impl<'de> DeserializeSeed<'de> for Check {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Check {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    /// Numbers of any length come as objects, too.
    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        while object.next_key_seed(self)?.is_some() {
            object.next_value_seed(self)?;
        }
        Ok(())
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
            let alone: Value = serde_json::from_str(element).unwrap();
            assert_eq!(values[LARGE], alone, "{element}");
        }
    }

    #[test]
    fn large_values_are_as_valid_as_others() {
        let deep = "[".repeat(200) + &"]".repeat(200);
        for element in ["01", "\"\\ud800\"", &deep, "tru", ""] {
            assert!(Stored::of_json(&list(element)).is_err(), "{element}");
        }
    }
}
