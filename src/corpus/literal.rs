//! Lists in the notations of JSON and Python, as tools write them into one cell of a table.

use crate::json::{Object, Value};

/// Deeper nesting is no list of labels.
const MAX_DEPTH: usize = 8;

/// Functions around a list in what Python and NumPy print.
const CALLS: [&str; 9] = [
    "set",
    "frozenset",
    "list",
    "tuple",
    "array",
    "np.array",
    "np.str_",
    "numpy.str_",
    "numpy.array",
];

/// Tells whether the text opens a list, tuple, set or object rather than being a label itself.
pub(super) fn is_literal(text: &str) -> bool {
    let begins_with_quote = |rest: &str| rest.trim_start().starts_with(['"', '\'']);
    let inner = |open: char| text.strip_prefix(open);
    if let Some(rest) = inner('[') {
        return text.ends_with(']') || begins_with_quote(rest);
    }
    if let Some(rest) = inner('{') {
        return text.ends_with('}') || begins_with_quote(rest);
    }
    if let Some(rest) = inner('(') {
        let first = rest.trim_start().chars().next();
        let of_literal = |c: char| c.is_ascii_digit() || "\"'([{-)".contains(c);
        return text.ends_with(')') && first.is_some_and(of_literal);
    }
    let called = text.split_once('(').map(|(name, _)| name);
    text.ends_with(')') && called.is_some_and(|name| CALLS.contains(&name))
}

/// Parses a literal: lists, tuples and sets are arrays, numbers and truth values texts as written,
/// and `None`, `null` and `nan` null; `None` for anything else.
///
/// Elements are separated by commas, as in JSON and Python, or by blanks, as NumPy prints them.
pub(super) fn parse(text: &str) -> Option<Value> {
    let mut parser = Parser {
        rest: text.trim(),
        depth: 0,
    };
    let value = parser.value()?;
    parser.rest.trim_start().is_empty().then_some(value)
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn skip_blanks(&mut self) -> bool {
        let before = self.rest.len();
        self.rest = self.rest.trim_start();
        self.rest.len() < before
    }

    fn take(&mut self, c: char) -> bool {
        self.rest
            .strip_prefix(c)
            .map(|rest| self.rest = rest)
            .is_some()
    }

    /// Returns the longest beginning of such characters.
    fn run(&mut self, of: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !of(c)).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at(end);
        self.rest = rest;
        run
    }

    fn value(&mut self) -> Option<Value> {
        self.skip_blanks();
        self.depth += 1;
        let value = match self.rest.chars().next()? {
            _ if self.depth > MAX_DEPTH => None,
            '[' => self.sequence('[', ']'),
            '(' => self.sequence('(', ')'),
            '{' => self.braces(),
            '"' | '\'' => self.string(),
            'u' if self.rest[1..].starts_with(['"', '\'']) => {
                self.rest = &self.rest[1..];
                self.string()
            }
            c if c.is_ascii_digit() || "+-.".contains(c) => self.number(),
            _ => self.word(),
        };
        self.depth -= 1;
        value
    }

    fn sequence(&mut self, open: char, close: char) -> Option<Value> {
        self.take(open);
        self.elements(close, Vec::new()).map(Value::Array)
    }

    /// Returns the elements up to `close`, after those that were read.
    fn elements(&mut self, close: char, mut elements: Vec<Value>) -> Option<Vec<Value>> {
        loop {
            let apart = self.skip_blanks() | elements.is_empty();
            if self.take(close) {
                return Some(elements);
            }
            let comma = !elements.is_empty() && self.take(',');
            self.skip_blanks();
            if comma && self.take(close) {
                return Some(elements);
            }
            if !apart && !comma {
                return None;
            }
            elements.push(self.value()?);
        }
    }

    /// Returns an object, or a set of Python.
    fn braces(&mut self) -> Option<Value> {
        self.take('{');
        self.skip_blanks();
        if self.take('}') {
            return Some(Value::Object(Object::new()));
        }
        let first = self.value()?;
        self.skip_blanks();
        if !self.rest.starts_with(':') {
            return self.elements('}', vec![first]).map(Value::Array);
        }
        let (mut object, mut key) = (Object::new(), first);
        loop {
            self.skip_blanks();
            let Value::String(name) = key else {
                return None;
            };
            if !self.take(':') || object.insert(name, self.value()?).is_some() {
                return None;
            }
            self.skip_blanks();
            let comma = self.take(',');
            self.skip_blanks();
            match (self.take('}'), comma) {
                (true, _) => return Some(Value::Object(object)),
                (false, true) => key = self.value()?,
                (false, false) => return None,
            }
        }
    }

    fn number(&mut self) -> Option<Value> {
        let text = self.run(|c| c.is_ascii_alphanumeric() || "+-._".contains(c));
        text.parse::<f64>().ok()?;
        Some(Value::from(text))
    }

    /// Returns a constant, or the first argument of a function that wraps a value.
    fn word(&mut self) -> Option<Value> {
        let word = self.run(|c| c.is_ascii_alphanumeric() || "_.<>".contains(c));
        match word {
            "None" | "null" | "nan" | "NaN" | "np.nan" | "NA" | "<NA>" => return Some(Value::Null),
            "True" | "False" | "true" | "false" => return Some(Value::from(word)),
            _ => {}
        }
        if !CALLS.contains(&word) || !self.take('(') {
            return None;
        }
        self.skip_blanks();
        if self.take(')') {
            return Some(Value::Array(Vec::new()));
        }
        let value = self.value()?;
        // Such as the `dtype=object` of an array.
        self.run(|c| c.is_ascii_alphanumeric() || ", =_.<>'".contains(c));
        self.take(')').then_some(value)
    }

    fn string(&mut self) -> Option<Value> {
        let quote = self.rest.chars().next()?;
        self.take(quote);
        let mut text = String::new();
        loop {
            text += self.run(|c| c != quote && c != '\\');
            if self.take(quote) {
                return Some(Value::String(text));
            }
            if !self.take('\\') {
                return None;
            }
            self.escape(&mut text)?;
        }
    }

    /// Appends what an escape stands for; Python keeps the backslash of one that it does not know.
    fn escape(&mut self, text: &mut String) -> Option<()> {
        let c = self.rest.chars().next()?;
        self.take(c);
        let digits = match c {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        match c {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            '\\' | '\'' | '"' | '/' => text.push(c),
            _ if digits > 0 => text.push(self.character(digits)?),
            _ => text.extend(['\\', c]),
        }
        Some(())
    }

    /// Returns the character of a code, or of two codes that are a surrogate pair, as in JSON.
    fn character(&mut self, digits: usize) -> Option<char> {
        let code = self.code(digits)?;
        if !(0xD800..0xDC00).contains(&code) {
            return char::from_u32(code);
        }
        self.rest = self.rest.strip_prefix("\\u")?;
        let low = self
            .code(4)?
            .checked_sub(0xDC00)
            .filter(|low| *low < 0x400)?;
        char::from_u32(0x10000 + ((code - 0xD800) << 10) + low)
    }

    fn code(&mut self, digits: usize) -> Option<u32> {
        let code = u32::from_str_radix(self.rest.get(..digits)?, 16).ok()?;
        self.rest = &self.rest[digits..];
        Some(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::value::json;

    #[test]
    fn lists_of_json_python_and_numpy_are_the_same() {
        let both = json!(["war", "top"]);
        for text in [
            r#"["war", "top"]"#,
            "['war', 'top']",
            "('war', 'top')",
            "{'war', 'top'}",
            "['war' 'top']",
            "['war'\n 'top']",
            "['war', 'top',]",
            "[u'war', \"top\"]",
            "frozenset({'war', 'top'})",
            "[np.str_('war'), np.str_('top')]",
            "array(['war', 'top'], dtype=object)",
            "array(['war', 'top'], dtype='<U3')",
        ] {
            assert!(is_literal(text), "{text}");
            assert_eq!(parse(text), Some(both.clone()), "{text}");
        }
        assert_eq!(parse("set()"), Some(json!([])));
        assert_eq!(parse("[1, 9.0, 1E5]"), Some(json!(["1", "9.0", "1E5"])));
        assert_eq!(
            parse("{'choices': ['war', 'top'], }"),
            Some(json!({ "choices": both }))
        );
        assert_eq!(parse("[None, nan]"), Some(json!([null, null])));
    }

    #[test]
    fn quotes_and_escapes_are_those_of_python_and_json() {
        for (text, label) in [
            (r#"["it's"]"#, "it's"),
            (r"['it\'s']", "it's"),
            (r#"['say "no"']"#, "say \"no\""),
            (r"['a\\b']", r"a\b"),
            (r"['\d']", r"\d"),
            (r"['\xfc\u00fc\U0001f600']", "üü😀"),
            (r#"["\ud83d\ude00\/"]"#, "😀/"),
            ("['a, b]']", "a, b]"),
        ] {
            assert_eq!(parse(text), Some(json!([label])), "{text}");
        }
    }

    #[test]
    fn what_is_no_literal_is_refused_and_labels_are_none() {
        let deep = format!("{}1{}", "[".repeat(20), "]".repeat(20));
        for text in [
            "[war, top]",
            "['war' x]",
            "['war'",
            "{war}",
            r#"["\ud83d"]"#,
            "['a'] b",
            "{'a': }",
            &deep,
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        for label in [
            "(unknown)",
            "[EU] politics",
            "war",
            "set of two",
            "a (b)",
            "{x} y",
        ] {
            assert!(!is_literal(label), "{label}");
        }
    }
}
