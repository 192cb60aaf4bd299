//! JSON values, and objects that hold a key twice, of which parsers keep the last value in silence.

pub(crate) mod skim;
pub(crate) mod value;

use std::borrow::Cow;
use std::collections::HashSet;
pub(crate) use value::{Object, Value};

/// Returns a key that an object in `text` holds twice, at any depth. `text` must be valid JSON.
pub(crate) fn repeated_key(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    // The keys of the objects around; `None` stands for a list.
    let mut around: Vec<Option<HashSet<Cow<'_, str>>>> = Vec::new();
    let (mut at, mut key_comes) = (0, false);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let end = string_end(bytes, at);
                if let (true, Some(Some(keys))) = (key_comes, around.last_mut()) {
                    let key = spelt(&text[at..end])?;
                    if let Some(key) = keys.replace(key) {
                        return Some(key.into_owned());
                    }
                }
                key_comes = false;
                at = end;
                continue;
            }
            b'{' => {
                around.push(Some(HashSet::new()));
                key_comes = true;
            }
            b'[' => around.push(None),
            b'}' | b']' => drop(around.pop()),
            b',' => key_comes = matches!(around.last(), Some(Some(_))),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Returns the text that a string in quotes spells.
fn spelt(string: &str) -> Option<Cow<'_, str>> {
    match string.contains('\\') {
        false => string.get(1..string.len() - 1).map(Cow::Borrowed),
        true => serde_json::from_str(string).ok().map(Cow::Owned),
    }
}

/// Returns the levels of brackets within one another in valid JSON.
pub(crate) fn nesting(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut deepest) = (0, 0usize, 0);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string_end(bytes, at);
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
        at += 1;
    }
    deepest
}

/// Returns the position behind the string that begins with the quote at `at`.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(next) = bytes
        .get(at..)
        .and_then(|rest| memchr::memchr2(b'"', b'\\', rest))
    {
        at += next + 1;
        match bytes[at - 1] {
            b'"' => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_are_no_levels() {
        for (text, levels) in [("5", 0), (r#"{"a": "[[["}"#, 1), (r#"[{"a": []}, [1]]"#, 3)] {
            assert_eq!(nesting(text), levels, "{text}");
        }
    }

    #[test]
    fn keys_are_told_apart_by_what_they_spell() {
        for (text, key) in [
            (r#"{"a": {"b": 1}, "b": [{"a": "a"}, {"a": 2}]}"#, None),
            (r#"{"a": 1, "b": {"c\"": 1, "c\"": 2}}"#, Some("c\"")),
            (r#"[{"a": [1, {"x": 1, "y": [], "\u0078": 2}]}]"#, Some("x")),
            (r#"{"a": "a", "b": ["a", "b", "b"], "c:": ":"}"#, None),
        ] {
            assert_eq!(repeated_key(text).as_deref(), key, "{text}");
        }
    }
}
