//! Values of JSON whose numbers keep the digits that were written: they may be ids or labels.

use indexmap::IndexMap;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::cell::Cell;
use std::fmt;
use std::ops::Index;

/// The members of an object in the order of the text; of a key that stands twice, the last value.
pub(crate) type Object = IndexMap<String, Value>;

/// Nesting at which a value is refused, as serde_json refuses it.
const MAX_DEPTH: usize = 128;

static NULL: Value = Value::Null;

/// A value of JSON.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Value {
    #[default]
    Null,
    Bool(bool),
    /// A number as it is written.
    Number(Box<str>),
    String(String),
    Array(Vec<Value>),
    Object(Object),
}

impl Value {
    /// Reads the value in a JSON text.
    ///
    /// # Errors
    /// If it is no valid JSON.
    pub fn parse(text: &str) -> serde_json::Result<Value> {
        let raw: &RawValue = serde_json::from_str(text)?;
        Value::of_raw(raw.get())
    }

    /// Reads the value in a text whose grammar has been checked, as that of a [`RawValue`].
    ///
    /// # Errors
    /// For an escape of half a surrogate pair and nesting that is too deep, which that check passes
    /// over.
    pub fn of_raw(text: &str) -> serde_json::Result<Value> {
        let mut scanner = Scanner { rest: text };
        scanner.value(0)
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    pub fn is_number(&self) -> bool {
        matches!(self, Value::Number(_))
    }

    pub fn is_array(&self) -> bool {
        matches!(self, Value::Array(_))
    }

    pub fn is_object(&self) -> bool {
        matches!(self, Value::Object(_))
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Number(number) => number.parse().ok(),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Value::Array(values) => Some(values),
            _ => None,
        }
    }

    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Returns the value of a key, if this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_object()?.get(key)
    }
}

impl Index<&str> for Value {
    type Output = Value;

    fn index(&self, key: &str) -> &Value {
        self.get(key).unwrap_or(&NULL)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::String(text.to_string())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::String(text)
    }
}

/// Writes the value as compact JSON.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = serde_json::to_string(self).map_err(|_| fmt::Error)?;
        f.write_str(&text)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(truth) => serializer.serialize_bool(*truth),
            Value::Number(number) => serialize_number(number, serializer),
            Value::String(text) => serializer.serialize_str(text),
            Value::Array(values) => serializer.collect_seq(values),
            Value::Object(object) => serializer.collect_map(object),
        }
    }
}

/// Writes a number with the digits that it was written with.
pub(crate) fn serialize_number<S: Serializer>(
    number: &str,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    // Integers have one spelling, and need no detour through a text that is checked.
    if let Ok(integer) = number.parse::<u64>() {
        return serializer.serialize_u64(integer);
    }
    let raw = RawValue::from_string(number.to_string()).map_err(serde::ser::Error::custom)?;
    raw.serialize(serializer)
}

/// Reads values in one pass. A parser tells of a number with a point or exponent only its value, so
/// `inexact` says that there was one, and that the texts have to be read again.
#[derive(Clone, Copy)]
pub(crate) struct InOnePass<'c> {
    pub inexact: &'c Cell<bool>,
}

impl<'de> DeserializeSeed<'de> for InOnePass<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for InOnePass<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.to_string().into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.to_string().into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        self.inexact.set(true);
        Ok(Value::Number(number.to_string().into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Object::new();
        while let Some(key) = members.next_key()? {
            object.insert(key, members.next_value_seed(self)?);
        }
        Ok(Value::Object(object))
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(json)?;
        Value::of_raw(raw.get()).map_err(D::Error::custom)
    }
}

/// Checks a text as [`Value::of_raw`] does, and keeps nothing of it.
pub(crate) fn check_raw(text: &str) -> serde_json::Result<()> {
    let (bytes, mut at, mut depth) = (text.as_bytes(), 0, 0usize);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let end = super::string_end(bytes, at);
                string(&text[at..end])?;
                at = end;
                continue;
            }
            b'[' | b'{' if depth == MAX_DEPTH => return Err(too_deep()),
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    Ok(())
}

fn too_deep() -> serde_json::Error {
    serde_json::Error::custom("recursion limit exceeded")
}

/// Returns the text that a string in quotes spells.
fn string(quoted: &str) -> serde_json::Result<String> {
    if quoted.contains('\\') {
        return serde_json::from_str(quoted);
    }
    Ok(quoted.trim_matches('"').to_string())
}

/// Takes values off the beginning of a text whose grammar has been checked.
struct Scanner<'a> {
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    fn value(&mut self, depth: usize) -> serde_json::Result<Value> {
        self.skip_blanks();
        match self.rest.bytes().next() {
            Some(b'[' | b'{') if depth == MAX_DEPTH => Err(too_deep()),
            Some(b'"') => self.string().map(Value::String),
            Some(b'[') => self.array(depth + 1),
            Some(b'{') => self.object(depth + 1),
            _ => Ok(match self.word() {
                "null" => Value::Null,
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                number => Value::Number(number.into()),
            }),
        }
    }

    fn array(&mut self, depth: usize) -> serde_json::Result<Value> {
        let mut values = Vec::new();
        while self.enters(']') {
            values.push(self.value(depth)?);
        }
        Ok(Value::Array(values))
    }

    fn object(&mut self, depth: usize) -> serde_json::Result<Value> {
        let mut object = Object::new();
        while self.enters('}') {
            let key = self.string()?;
            self.skip_blanks();
            self.take(':');
            object.insert(key, self.value(depth)?);
        }
        Ok(Value::Object(object))
    }

    /// Takes the bracket or comma before the next member; false at the end, whose bracket is taken.
    fn enters(&mut self, close: char) -> bool {
        self.skip_blanks();
        let ends = self.rest.starts_with(close) || self.rest.is_empty();
        let mut rest = self.rest.chars();
        rest.next();
        self.rest = rest.as_str();
        self.skip_blanks();
        // After an opening bracket, the end may follow at once.
        if !ends && self.rest.starts_with(close) {
            self.take(close);
            return false;
        }
        !ends
    }

    fn string(&mut self) -> serde_json::Result<String> {
        let end = super::string_end(self.rest.as_bytes(), 0);
        let (quoted, rest) = self.rest.split_at(end);
        self.rest = rest;
        string(quoted)
    }

    fn word(&mut self) -> &'a str {
        let ends = |c: char| matches!(c, ',' | ']' | '}' | ' ' | '\t' | '\n' | '\r');
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn take(&mut self, c: char) {
        self.rest = self.rest.strip_prefix(c).unwrap_or(self.rest);
    }
}

#[cfg(test)]
impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        Value::parse(&value.to_string()).unwrap()
    }
}

/// Makes a value of a JSON literal.
#[cfg(test)]
macro_rules! json {
    ($($json:tt)+) => { $crate::json::Value::from(serde_json::json!($($json)+)) };
}
#[cfg(test)]
pub(crate) use json;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn in_one_pass(text: &str) -> serde_json::Result<(Value, bool)> {
        let inexact = Cell::new(false);
        let mut json = serde_json::Deserializer::from_str(text);
        let value = InOnePass { inexact: &inexact }.deserialize(&mut json)?;
        json.end()?;
        Ok((value, inexact.get()))
    }

    #[test]
    fn numbers_keep_their_digits() {
        for number in [
            "0",
            "-0",
            "1.0",
            "0.10",
            "1E5",
            "1e+5",
            "1e400",
            "-1.50e-7",
            "18446744073709551616",
        ] {
            let value = Value::parse(number).unwrap();
            assert_eq!(value, Value::Number(number.into()));
            assert_eq!(value.to_string(), number);
        }
    }

    #[test]
    fn a_text_that_is_no_json_is_refused() {
        let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(Value::parse(&deep(127)).is_ok() && check_raw(&deep(127)).is_ok());
        for text in [
            "",
            "01",
            "[1,]",
            "{\"a\"}",
            "\"\\ud800\"",
            "tru",
            "1 2",
            &deep(129),
        ] {
            assert!(Value::parse(text).is_err(), "{text}");
        }
        assert!(check_raw(&deep(129)).is_err() && check_raw("[\"\\ud800\"]").is_err());
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<u64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            let object = proptest::collection::vec((any::<String>(), inner.clone()), 0..5)
                .prop_map(|members| {
                    members
                        .into_iter()
                        .collect::<serde_json::Map<_, _>>()
                        .into()
                });
            prop_oneof![
                proptest::collection::vec(inner, 0..5).prop_map(Into::into),
                object
            ]
        })
    }

    proptest! {
        #[test]
        fn values_are_written_as_they_were_read(json in any_json()) {
            for text in [json.to_string(), serde_json::to_string_pretty(&json).unwrap()] {
                let value = Value::parse(&text).unwrap();
                prop_assert_eq!(value.to_string(), json.to_string());
                prop_assert!(check_raw(&text).is_ok());
                let (read, inexact) = in_one_pass(&text).unwrap();
                prop_assert!(inexact || read == value);
            }
        }
    }
}
