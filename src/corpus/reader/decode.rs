//! Named values out of rows.

use super::cells::{Cells, Dialect, TableCell};
use super::json::Members;
use super::page_encoding::PageEncoding;
use super::raw::{Raw, RawRecord};
use crate::corpus::Limits;
use crate::corpus::record::{Names, Record};
use crate::corpus::stored::Stored;
use crate::json::Value;
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use std::sync::Arc;

impl RawRecord {
    /// Makes named values of the row.
    ///
    /// # Errors
    /// A data error with place and remedy for a row that is broken or no UTF-8.
    pub fn decode(&self) -> Result<Record<'_>> {
        let decoded = match &self.raw {
            Raw::Json { bytes, indent } => json(bytes, *indent, &self.limits),
            Raw::Cells {
                bytes,
                dialect,
                names,
                width,
            } => row(bytes, *dialect, names, *width),
            Raw::Broken(broken) => Err(broken.error()),
            Raw::FastText(line) => fasttext(line),
            Raw::Article {
                bytes,
                page: encoding,
                id,
                class,
            } => page(bytes, *encoding, id, class.as_deref(), &self.limits),
        };
        let (names, values) = decoded.map_err(|e| e.at(&self.location))?;
        Ok(Record {
            location: self.location.clone(),
            names,
            values,
        })
    }
}

fn not_utf8() -> Error {
    Error::data("the text is not valid UTF-8").help(wording![
        "say what it is with ",
        Setting::Encoding,
        ", for example ",
        Setting::Encoding.value("latin-1")
    ])
}

type Decoded<'r> = Result<(Arc<Names>, Vec<Stored<'r>>)>;

pub(super) fn utf8(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| not_utf8())
}

fn json<'r>(line: &'r [u8], indent: usize, limits: &Limits) -> Decoded<'r> {
    let text = utf8(line)?;
    let Members {
        names,
        values,
        may_repeat,
    } = super::json::object(text, limits).map_err(|e| json_error(text, indent, &e))?;
    if let Some((first, _)) = names.repeated() {
        return Err(repeated_key(&names.all()[first]));
    }
    match may_repeat.then(|| crate::json::repeated_key(text)) {
        Some(Some(key)) => Err(repeated_key(&key)),
        _ => Ok((names, values)),
    }
}

fn repeated_key(key: &str) -> Error {
    Error::data(format!("the object holds the key `{key}` twice"))
        .help("take one of them out, or rename it")
}

/// Makes the error of a row that is no JSON; its location has the line, so the message names the
/// column only.
fn json_error(text: &str, indent: usize, error: &serde_json::Error) -> Error {
    let message = error.to_string();
    let what = message.split(" at line ").next().unwrap_or_default();
    let error = Error::data(format!(
        "not a JSON object: {what} at column {}",
        indent + error.column()
    ));
    error.help(if text.trim_start().starts_with('[') {
        "JSON lines hold one object a line; `jq -c '.[]'` makes them of an array".into()
    } else if text.contains('\0') {
        wording![
            "the text holds NUL bytes; if it is UTF-16, say ",
            Setting::Encoding.value("utf-16le")
        ]
    } else {
        wording![
            "JSON lines hold one whole object a line; mend the row, or say ",
            Setting::Format,
            " if it is something else"
        ]
    })
}

fn row(bytes: &[u8], dialect: Dialect, names: &Arc<Names>, width: usize) -> Decoded<'static> {
    let text = utf8(bytes)?;
    let mut cells = Cells::new(bytes, dialect);
    let mut values = Vec::with_capacity(width);
    let value = |cell: TableCell| Stored::Value(cell.text(text, dialect.quote).into_owned().into());
    values.extend(cells.by_ref().take(width).map(value));
    let columns = values.len() + cells.count();
    if columns != width {
        return Err(
            Error::data(format!("the row has {columns} columns, expected {width}")).help(wording![
                "mend the row, say ",
                Setting::Delimiter,
                ", or ",
                Setting::Quote.value("none"),
                " if quotes are part of the text"
            ]),
        );
    }
    Ok((names.clone(), values))
}

/// Every word with the prefix is a label, as in fastText, and the other words are the text.
fn fasttext(line: &[u8]) -> Decoded<'static> {
    const PREFIX: &str = "__label__";
    const MARK: char = '\u{feff}';
    let line = utf8(line)?;
    let (mut labels, mut text) = (Vec::new(), String::new());
    let between = |c: char| c.is_whitespace() || c == MARK;
    let mut add = |part: &str| {
        let part = part.trim_matches(between);
        if !(text.is_empty() || part.is_empty()) {
            text.push(' ');
        }
        text.push_str(part);
    };
    let (mut text_from, mut from) = (0, 0);
    while let Some(at) = line[from..].find(PREFIX).map(|at| from + at) {
        let name = at + PREFIX.len();
        from = name;
        if line[..at].chars().next_back().is_none_or(between) {
            from += line[name..].find(between).unwrap_or(line.len() - name);
            if from == name {
                return Err(
                    Error::data(format!("`{PREFIX}` stands without the name of a label"))
                        .help("write the label behind it, without a space"),
                );
            }
            labels.push(Value::from(&line[name..from]));
            add(&line[text_from..at]);
            text_from = from;
        }
    }
    add(&line[text_from..]);
    Ok(named([
        ("labels", Value::Array(labels)),
        ("text", Value::from(text)),
    ]))
}

fn page(
    bytes: &[u8],
    encoding: Option<PageEncoding>,
    id: &str,
    class: Option<&str>,
    limits: &Limits,
) -> Decoded<'static> {
    let mut values = vec![
        ("id", Value::from(id)),
        ("label", class.map_or(Value::Null, Value::from)),
    ];
    match encoding {
        Some(encoding) => {
            let html = encoding
                .decode(bytes)
                .ok_or_else(|| wrong_bytes(encoding))?;
            values.extend(web_article(&html, limits)?);
        }
        None => values.extend([("title", Value::Null), ("text", Value::from(utf8(bytes)?))]),
    }
    Ok(named(values))
}

fn wrong_bytes(page: PageEncoding) -> Error {
    Error::data(format!(
        "the page holds bytes that are not valid {}, as which it is read",
        page.encoding.name()
    ))
    .help(wording![
        "say what it is with ",
        Setting::Encoding,
        ", or leave it out with ",
        Setting::Rejects.placeholder("FILE")
    ])
}

#[cfg(feature = "html")]
fn web_article(html: &str, limits: &Limits) -> Result<[(&'static str, Value); 2]> {
    let article = crate::corpus::article::from_html_within(html, limits)?;
    Ok([
        ("title", article.title.into()),
        ("text", article.text.into()),
    ])
}

#[cfg(not(feature = "html"))]
fn web_article(_: &str, _: &Limits) -> Result<[(&'static str, Value); 2]> {
    Err(Error::usage("this build cannot read web pages").help("build it with the feature `html`"))
}

fn named(
    pairs: impl IntoIterator<Item = (&'static str, Value)>,
) -> (Arc<Names>, Vec<Stored<'static>>) {
    let (names, values) = pairs
        .into_iter()
        .map(|(name, value)| (name.to_string(), Stored::from(value)))
        .unzip();
    (Arc::new(Names::of_object(names)), values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{ColumnName, SourceLocation};

    fn row(raw: Raw) -> RawRecord {
        RawRecord {
            location: SourceLocation {
                file: "f".into(),
                line: 3,
            },
            raw,
            limits: Limits::default().into(),
        }
    }

    #[test]
    fn fasttext_lines_have_labels_and_text() {
        let line = "__label__a\tone  two __label__b\u{feff}__label__c three x__label__d __label__e";
        let row = row(Raw::FastText(line.into()));
        let record = row.decode().unwrap();
        assert_eq!(
            record.get(&ColumnName::from("labels")).unwrap(),
            &crate::json::value::json!(["a", "b", "c", "e"])
        );
        assert_eq!(
            record.get(&ColumnName::from("text")).unwrap(),
            &Value::from("one  two three x__label__d")
        );
    }

    #[test]
    fn broken_rows_name_their_place() {
        let json = |text: &str| Raw::Json {
            bytes: text.into(),
            indent: 0,
        };
        for raw in [
            json("{\"a\": "),
            json("[1]"),
            Raw::FastText(b"\xff".to_vec()),
            Raw::FastText(b"__label__ a".to_vec()),
        ] {
            let error = row(raw).decode().unwrap_err().to_string();
            assert!(
                error.starts_with("f:3: ") && error.contains("help: "),
                "{error}"
            );
        }
    }
}
