//! Named values out of rows.

use super::super::record::{Names, Record};
use super::{Raw, RawRecord};
use crate::{Error, Result};
use serde_json::Value;
use std::sync::Arc;

impl RawRecord {
    /// Makes named values of the row.
    ///
    /// # Errors
    /// A data error with place and remedy for a row that is broken or no UTF-8.
    pub fn decode(&self) -> Result<Record> {
        let decoded = match &self.raw {
            Raw::Json(line) => json(line),
            Raw::Cells { cells, names, width } => row(cells, names, *width),
            Raw::FastText(line) => fasttext(line),
            Raw::Article { bytes, html, id, class } => page(bytes, *html, id, class.as_deref()),
        };
        let (names, values) = decoded.map_err(|e| e.at(&self.place))?;
        Ok(Record { place: self.place.clone(), names, values })
    }
}

pub(super) fn not_utf8() -> Error {
    Error::data("the text is not valid UTF-8")
        .help("say what it is with --encoding, for example --encoding latin-1")
}

type Decoded = Result<(Arc<Names>, Vec<Value>)>;

fn utf8(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| not_utf8())
}

fn json(line: &[u8]) -> Decoded {
    let text = utf8(line)?;
    let map: serde_json::Map<String, Value> = serde_json::from_str(text).map_err(|e| json_error(text, &e))?;
    let (names, values) = map.into_iter().unzip();
    Ok((Arc::new(Names { names, numbered: false }), values))
}

/// The place says the line already, so only the column is told.
fn json_error(text: &str, error: &serde_json::Error) -> Error {
    let message = error.to_string();
    let what = message.split(" at line ").next().unwrap_or_default();
    let error = Error::data(format!("not a JSON object: {what} at column {}", error.column()));
    error.help(if text.trim_start().starts_with('[') {
        "JSON lines hold one object a line; `jq -c '.[]'` makes them of an array"
    } else if text.contains('\0') {
        "the text holds NUL bytes; if it is UTF-16, say --encoding utf-16le"
    } else {
        "JSON lines hold one whole object a line; mend the row, or say --format if it is something else"
    })
}

fn row(cells: &csv::ByteRecord, names: &Arc<Names>, width: usize) -> Decoded {
    if cells.len() != width {
        return Err(Error::data(format!("the row has {} columns, expected {width}", cells.len()))
            .help("mend the row, say --delimiter, or --quote none if quotes are part of the text"));
    }
    let values: Result<Vec<Value>> = cells.iter().map(|cell| Ok(Value::from(utf8(cell)?))).collect();
    Ok((names.clone(), values?))
}

fn fasttext(line: &[u8]) -> Decoded {
    const PREFIX: &str = "__label__";
    let mut rest = utf8(line)?.trim_start();
    let mut labels = Vec::new();
    while let Some(after) = rest.strip_prefix(PREFIX) {
        let end = after.find(char::is_whitespace).unwrap_or(after.len());
        labels.push(Value::from(&after[..end]));
        rest = after[end..].trim_start();
    }
    Ok(named([("labels", Value::Array(labels)), ("text", Value::from(rest))]))
}

fn page(bytes: &[u8], html: bool, id: &str, class: Option<&str>) -> Decoded {
    let text = utf8(bytes)?;
    let mut values = vec![("id", Value::from(id)), ("label", class.map_or(Value::Null, Value::from))];
    if html {
        values.extend(web_article(text)?);
    } else {
        values.extend([("title", Value::Null), ("text", Value::from(text))]);
    }
    Ok(named(values))
}

#[cfg(feature = "html")]
fn web_article(html: &str) -> Result<[(&'static str, Value); 2]> {
    let article = crate::corpus::article::from_html(html)?;
    Ok([("title", article.title.into()), ("text", article.text.into())])
}

#[cfg(not(feature = "html"))]
fn web_article(_html: &str) -> Result<[(&'static str, Value); 2]> {
    Err(Error::usage("this build cannot read web pages").help("build it with the feature `html`"))
}

fn named(pairs: impl IntoIterator<Item = (&'static str, Value)>) -> (Arc<Names>, Vec<Value>) {
    let (names, values) = pairs.into_iter().map(|(name, value)| (name.to_string(), value)).unzip();
    (Arc::new(Names { names, numbered: false }), values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{Column, Place};

    fn decode(raw: Raw) -> Result<Record> {
        RawRecord { place: Place { file: "f".into(), line: 3 }, raw }.decode()
    }

    #[test]
    fn fasttext_lines_have_labels_and_text() {
        let record = decode(Raw::FastText(b"__label__a __label__b one __label__c".to_vec())).unwrap();
        assert_eq!(record.get(&Column::from("labels")).unwrap(), &serde_json::json!(["a", "b"]));
        assert_eq!(record.get(&Column::from("text")).unwrap(), "one __label__c");
    }

    #[test]
    fn broken_rows_name_their_place() {
        for raw in
            [Raw::Json(b"{\"a\": ".to_vec()), Raw::Json(b"[1]".to_vec()), Raw::FastText(b"\xff".to_vec())]
        {
            let error = decode(raw).unwrap_err().to_string();
            assert!(error.starts_with("f:3: ") && error.contains("help: "), "{error}");
        }
    }
}
