//! The objects of JSON lines.

use crate::corpus::Limits;
use crate::corpus::record::Names;
use crate::corpus::stored::Stored;
use crate::json::nesting;
use crate::json::value::InOnePass;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::Arc;

thread_local! {
    /// The keys of the last object: the next row mostly has the same, in the same order.
    static LAST: RefCell<Arc<Names>> = RefCell::new(Arc::new(Names::of_object(Vec::new())));
}

/// Returns the keys and values of the object that is the whole of `text`. Keys may be
/// [repeated](Names::repeated).
pub(super) fn object(text: &str, limits: &Limits) -> serde_json::Result<(Arc<Names>, Vec<Stored>)> {
    let last = LAST.with(|last| last.borrow().clone());
    let Members { names, values } = members(text, last.all(), limits)?;
    let names = match names {
        None => last,
        Some(names) => {
            let names = Arc::new(Names::of_object(names));
            LAST.with(|last| last.replace(names.clone()));
            names
        }
    };
    Ok((names, values))
}

/// Reads the members of an object in one pass, and where a number has digits that its value does
/// not tell, by their texts.
fn members(text: &str, keys: &[String], limits: &Limits) -> serde_json::Result<Members> {
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

/// `names` are `None` where they are those expected.
struct Members {
    names: Option<Vec<String>>,
    values: Vec<Stored>,
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = Members;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Members, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let (mut names, mut values) = (None::<Vec<String>>, Vec::with_capacity(self.keys.len()));
        let before = |values: &[Stored]| self.keys[..values.len()].to_vec();
        loop {
            let expected = if names.is_none() {
                self.keys.get(values.len())
            } else {
                None
            };
            match map.next_key_seed(Key(expected.map(String::as_str)))? {
                None => break,
                Some(None) => {}
                Some(Some(name)) => names.get_or_insert_with(|| before(&values)).push(name),
            }
            let inexact = self.inexact;
            values.push(match self.by_texts {
                false => Stored::Value(map.next_value_seed(InOnePass { inexact })?),
                true => Stored::of_json(map.next_value::<&RawValue>()?.get())
                    .map_err(A::Error::custom)?,
            });
            let most = self.max_keys;
            if values.len() > most {
                return Err(A::Error::custom(format_args!("more than {most} keys")));
            }
        }
        if names.is_none() && values.len() < self.keys.len() {
            names = Some(before(&values));
        }
        Ok(Members { names, values })
    }
}

/// Reads a key: `None` where it is the one expected.
struct Key<'n>(Option<&'n str>);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Option<String>, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Option<String>, E> {
        Ok((self.0 != Some(key)).then(|| key.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let (names, values) = object(text, &Limits::default()).unwrap();
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
}
