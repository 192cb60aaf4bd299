//! The objects of JSON lines.

use crate::corpus::Limits;
use crate::corpus::record::Names;
use crate::corpus::stored::Stored;
use crate::json::nesting;
use crate::json::skim::skim;
use crate::json::value::InOnePass;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::Arc;

thread_local! {
    /// The keys of the last object: the next row mostly has the same, in the same order.
    static LAST: RefCell<Arc<Names>> = RefCell::new(Arc::new(Names::of_object(Vec::new())));
}

/// The members of the object that is a row.
pub(super) struct Members<'t> {
    /// Keys, which may be [repeated](Names::repeated).
    pub names: Arc<Names>,
    /// Values, by key.
    pub values: Vec<Stored<'t>>,
    /// True if an object inside may hold a key twice; false if none does.
    pub may_repeat: bool,
}

/// Returns the members of the object that is the whole of `text`: by their texts where these are
/// right, and otherwise as serde_json reads them, whose errors tell what is wrong.
pub(super) fn object<'t>(text: &'t str, limits: &Limits) -> serde_json::Result<Members<'t>> {
    let last = LAST.with(|last| last.borrow().clone());
    let (Found { names, values }, may_repeat) = match skimmed(text, last.all(), limits) {
        Some(found) => found,
        None => (members(text, last.all(), limits)?, true),
    };
    let names = match names {
        None => last,
        Some(names) => {
            let names = Arc::new(Names::of_object(names));
            LAST.with(|last| last.replace(names.clone()));
            names
        }
    };
    Ok(Members {
        names,
        values,
        may_repeat,
    })
}

/// Finds the members by their texts, and whether an object inside may hold a key twice; `None` for
/// a text that is no object or above a limit.
fn skimmed<'t>(text: &'t str, keys: &[String], limits: &Limits) -> Option<(Found<'t>, bool)> {
    let mut found = Found::expecting(keys);
    let skimmed = skim(text, limits.nesting, |key, value| {
        found.add(keys, key.spelt()?, Stored::of_checked(value));
        (found.values.len() <= limits.keys).then_some(())
    })?;
    found.end(keys);
    Some((found, skimmed.may_repeat))
}

/// Reads the members of an object in one pass, and where a number has digits that its value does
/// not tell, by their texts.
fn members<'t>(text: &'t str, keys: &[String], limits: &Limits) -> serde_json::Result<Found<'t>> {
    let inexact = Cell::new(false);
    let read = |by_texts: bool| {
        let mut json = serde_json::Deserializer::from_str(text);
        let object = Object {
            keys,
            by_texts,
            inexact: &inexact,
            max_keys: limits.keys,
        };
        let members = object.deserialize(&mut json)?;
        json.end().map(|()| members)
    };
    // Values of large rows may be large enough to store their text.
    let found = read(text.len() > LARGE);
    let members = match &found {
        Ok(_) if inexact.get() => read(true),
        // Such as 1e400, which may be an id.
        Err(error) if error.to_string().starts_with("number out of range") => read(true),
        _ => found,
    }?;
    // The parser of values in one pass has a limit of its own.
    let most = limits.nesting;
    if (most < Limits::default().nesting || text.len() > LARGE) && nesting(text) > most {
        let message = format_args!("more than {most} levels of brackets");
        return Err(serde_json::Error::custom(message));
    }
    Ok(members)
}

/// Reads an object whose keys may be those given.
struct Object<'n> {
    keys: &'n [String],
    /// True where each value is read by its text.
    by_texts: bool,
    /// Set where a value read in one pass has a number that is not as it was written.
    inexact: &'n Cell<bool>,
    max_keys: usize,
}

/// In shorter rows no value is worth being looked at twice.
const LARGE: usize = 1 << 16;

/// `names` are `None` as long as they are those expected.
struct Found<'t> {
    names: Option<Vec<String>>,
    values: Vec<Stored<'t>>,
}

impl<'t> Found<'t> {
    fn expecting(keys: &[String]) -> Self {
        Found {
            names: None,
            values: Vec::with_capacity(keys.len()),
        }
    }

    fn add(&mut self, keys: &[String], name: Cow<'_, str>, value: Stored<'t>) {
        let (names, before) = (&mut self.names, self.values.len());
        if names.is_some() || keys.get(before).is_none_or(|key| *key != name) {
            names
                .get_or_insert_with(|| keys[..before].to_vec())
                .push(name.into_owned());
        }
        self.values.push(value);
    }

    fn end(&mut self, keys: &[String]) {
        if self.names.is_none() && self.values.len() < keys.len() {
            self.names = Some(keys[..self.values.len()].to_vec());
        }
    }
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = Found<'de>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Found<'de>, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = Found<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found<'de>, A::Error> {
        let mut found = Found::expecting(self.keys);
        while let Some(name) = map.next_key::<String>()? {
            let inexact = self.inexact;
            let value = match self.by_texts {
                false => Stored::Value(map.next_value_seed(InOnePass { inexact })?),
                true => Stored::of_json(map.next_value::<&RawValue>()?.get())
                    .map_err(A::Error::custom)?,
            };
            found.add(self.keys, name.into(), value);
            let most = self.max_keys;
            if found.values.len() > most {
                return Err(A::Error::custom(format_args!("more than {most} keys")));
            }
        }
        found.end(self.keys);
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::repeated_key;
    use proptest::prelude::*;

    fn names(text: &str) -> Vec<String> {
        let Members { names, values, .. } = object(text, &Limits::default()).unwrap();
        assert_eq!(names.all().len(), values.len());
        names.all().to_vec()
    }

    #[test]
    fn keys_need_not_be_those_of_the_row_before() {
        for keys in [
            &["a", "b"][..],
            &["a", "b"],
            &["a"],
            &["a", "b", "c"],
            &["b", "a"],
            &[],
            &["a"],
        ] {
            let members: Vec<String> = keys.iter().map(|key| format!("\"{key}\": 1")).collect();
            assert_eq!(names(&format!("{{{}}}", members.join(","))), keys);
        }
        for broken in ["{} x", "5", "[]"] {
            assert!(object(broken, &Limits::default()).is_err(), "{broken}");
        }
    }

    /// Parts of rows, right and wrong.
    const PARTS: [&str; 32] = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\"a\"",
        "\"\\u0061\"",
        "\"b\":",
        "{\"a\":1,\"a\":2}",
        "[{\"b\":[],\"\\u0062\":{}}]",
        "\\n",
        "\\ud83d\\ude42",
        "\\ud83d",
        "\\udc00",
        "\\ud83d\\n",
        "\\u00g0",
        "\\x",
        "\\",
        "\t",
        " ",
        "\u{1}",
        "ü🙂",
        "null",
        "fals",
        "-",
        "01",
        "1.",
        "1e400",
        "-0.50E+3",
        "18446744073709551616",
    ];
    const KEYS: [&str; 4] = ["\"a\"", "\"b\" ", "\"\\u0061\"", "\"\\u00e4\\\"\""];
    const VALUES: [&str; 13] = [
        "\"\\ud83d\\ude42\\n/\\/\"",
        "\"\"",
        "\"ü\"",
        " null ",
        "true",
        "[1, [2], {}]",
        "-0",
        "1e400",
        "1.50",
        "{\"a\": 1, \"b\": [{\"a\": 2}]}",
        "{\"a\": 1, \"a\": 2}",
        "[[[[0]]]]",
        "\"\t\"",
    ];

    fn row() -> impl Strategy<Value = String> {
        let parts = prop::collection::vec(prop::sample::select(&PARTS[..]), 0..8);
        let member = (
            prop::sample::select(&KEYS[..]),
            prop::sample::select(&VALUES[..]),
        )
            .prop_map(|(key, value)| format!("{key}:{value}"));
        let members = prop::collection::vec(member, 0..5);
        prop_oneof![
            parts.prop_map(|parts| format!("{{\"a\":{}}}", parts.concat())),
            members.prop_map(|members| format!(" {{{}}} ", members.join(","))),
        ]
    }

    proptest! {
        /// A row is found by its texts exactly where serde_json reads it, and has the same values.
        #[test]
        fn texts_are_what_is_read(row in row(), nesting in 2..5usize, keys in 2..5usize) {
            let limits = Limits::default().nesting(nesting).keys(keys);
            let known = ["a".to_string(), "b".to_string()];
            let read = members(&row, &known, &limits).ok();
            let found = skimmed(&row, &known, &limits);
            prop_assert_eq!(found.is_some(), read.is_some(), "{}", row);
            if let (Some((found, may_repeat)), Some(read)) = (found, read) {
                prop_assert_eq!(found.names, read.names);
                let values = |values: &[Stored]| {
                    values.iter().map(|value| value.get().clone()).collect::<Vec<_>>()
                };
                prop_assert_eq!(values(&found.values), values(&read.values));
                let repeats = |stored: &Stored| match stored {
                    Stored::Value(_) => false,
                    Stored::Text(text) => repeated_key(text.json).is_some(),
                };
                prop_assert!(may_repeat || !found.values.iter().any(repeats));
            }
        }
    }
}
