//! Lists in the value of a flag, with the quotes of CSV.
//!
//! Items stand between commas. One in double quotes may hold commas, equals signs and colons, and a
//! quote in it is written twice: `--class-weight '"war, civil"=2,sport=1'`. A quote counts at the
//! beginning of a name alone: `5" disk` has none.

use standpoint::{Error, Result};

/// An item of a list: its characters, and which of them stand in quotes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item(Vec<(char, bool)>);

impl Item {
    /// The item without its quotes and the blanks around it.
    pub fn text(&self) -> String {
        let blank = |&&(c, quoted): &&(char, bool)| !quoted && c.is_whitespace();
        let begin = self.0.iter().take_while(blank).count();
        let end = self.0.len() - self.0[begin..].iter().rev().take_while(blank).count();
        self.0[begin..end].iter().map(|(c, _)| c).collect()
    }

    /// The parts before and after the first `mark` outside quotes.
    pub fn split_first(&self, mark: char) -> Option<(Item, Item)> {
        self.0
            .iter()
            .position(|&at| at == (mark, false))
            .map(|at| self.split(at))
    }

    /// The parts before and after the last `mark` outside quotes.
    pub fn split_last(&self, mark: char) -> Option<(Item, Item)> {
        self.0
            .iter()
            .rposition(|&at| at == (mark, false))
            .map(|at| self.split(at))
    }

    fn split(&self, at: usize) -> (Item, Item) {
        (Item(self.0[..at].to_vec()), Item(self.0[at + 1..].to_vec()))
    }

    /// The items between the commas outside quotes.
    pub fn split_all(&self) -> Vec<Item> {
        self.0
            .split(|&at| at == (',', false))
            .map(|item| Item(item.to_vec()))
            .collect()
    }
}

/// Reads the value of `flag`.
///
/// # Errors
/// A usage error for a quote that is not closed, or that closes before the end of a name.
pub fn item(flag: &str, text: &str) -> Result<Item> {
    let wrong = |what: &str| {
        Error::usage(format!("{flag} `{text}`: {what}"))
            .help("a name with a comma stands in double quotes, a quote in it is written twice: '\"a, b\",c'")
    };
    let mut read = Vec::new();
    let (mut begins, mut rest) = (true, text.chars().peekable());
    while let Some(c) = rest.next() {
        if c != '"' || !begins {
            read.push((c, false));
            begins = matches!(c, ',' | '=' | ':') || (begins && c.is_whitespace());
            continue;
        }
        loop {
            match rest.next() {
                None => return Err(wrong("a quote is not closed")),
                Some('"') if rest.next_if_eq(&'"').is_none() => break,
                Some(c) => read.push((c, true)),
            }
        }
        begins = false;
        if !rest
            .peek()
            .is_none_or(|c| matches!(c, ',' | '=' | ':') || c.is_whitespace())
        {
            return Err(wrong("a quote closes before the end of the name"));
        }
    }
    Ok(Item(read))
}

/// Reads a list of names, each of which is there once.
///
/// # Errors
/// As [`item`]; a usage error for an empty name and for one that is there twice.
pub fn names(flag: &str, text: &str) -> Result<Vec<String>> {
    let names: Vec<String> = item(flag, text)?
        .split_all()
        .iter()
        .map(Item::text)
        .collect();
    if names.iter().any(String::is_empty) {
        return Err(Error::usage(format!("{flag} `{text}` has an empty name")));
    }
    match names
        .iter()
        .enumerate()
        .find(|(at, name)| names[..*at].contains(name))
    {
        Some((_, name)) => Err(Error::usage(format!("{flag} names `{name}` twice"))),
        None => Ok(names),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_hold_commas_in_quotes() {
        let read = |text: &str| names("--text", text).unwrap();
        assert_eq!(read("title, text"), ["title", "text"]);
        assert_eq!(read("\"a, b\",c"), ["a, b", "c"]);
        assert_eq!(read("\"say \"\"no\"\"\""), ["say \"no\""]);
        assert_eq!(read("5\" disk,c"), ["5\" disk", "c"]);
        assert_eq!(read(" \" a \" "), [" a "]);
        assert_eq!(read("'a'"), ["'a'"]);
    }

    #[test]
    fn marks_in_quotes_split_nothing() {
        let weight = item("--class-weight", "\"a=b, c:d\"=2").unwrap();
        let (label, number) = weight.split_last('=').unwrap();
        assert_eq!(
            (label.text(), number.text()),
            ("a=b, c:d".to_string(), "2".to_string())
        );
        assert!(label.split_first(':').is_none());
        assert_eq!(
            item("--labels", "x=\"a:b\":c")
                .unwrap()
                .split_last(':')
                .unwrap()
                .0
                .text(),
            "x=a:b"
        );
    }

    #[test]
    fn open_quotes_and_repeated_names_are_errors() {
        for wrong in ["\"a", "\"a\"b", "a,,b", "a,a", "", "\"\""] {
            assert!(names("--text", wrong).is_err(), "{wrong}");
        }
    }
}
