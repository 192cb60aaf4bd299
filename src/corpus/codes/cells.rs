//! The codes in a row of a corpus.

use crate::corpus::labels::LabelCell;
use crate::corpus::record::Record;
use crate::corpus::{ColumnName, HeadKind, LabelFormat};
use crate::json::Value;
use crate::{Error, Result};

/// More codes of a row are taken for a mistake.
const MAX_CODES: usize = 10_000;

/// The codes of a row, each by its parts.
pub(super) struct Codes {
    pub codes: Vec<Vec<String>>,
    /// True where the row has the first of the columns.
    pub has_column: bool,
}

impl Codes {
    /// Reads the codes in a column, and joins each with what stands in further columns, such as a
    /// mode. A further column without a value is passed over.
    pub fn read(record: &Record, columns: &[ColumnName], format: &LabelFormat) -> Result<Codes> {
        let mut codes: Vec<Vec<String>> = Vec::new();
        let mut has_column = false;
        for (at, column) in columns.iter().enumerate() {
            let value = value(record, column);
            has_column |= at == 0 && value.is_some();
            let cell = value
                .map(|value| format.read(value, HeadKind::Independent, column))
                .transpose()?;
            let Some(LabelCell::Labels(labels)) = cell else {
                if at == 0 { break } else { continue }
            };
            codes = match at {
                0 => labels.into_iter().map(|label| vec![label]).collect(),
                _ => joined(&codes, &labels)?,
            };
        }
        Ok(Codes { codes, has_column })
    }
}

fn joined(codes: &[Vec<String>], labels: &[String]) -> Result<Vec<Vec<String>>> {
    if codes.len().saturating_mul(labels.len()) > MAX_CODES {
        return Err(
            Error::data(format!("the row has more than {MAX_CODES} codes"))
                .help("check that the columns hold codes"),
        );
    }
    let with = |code: &Vec<String>, label: &String| {
        [code.as_slice(), std::slice::from_ref(label)].concat()
    };
    let all = codes
        .iter()
        .flat_map(|code| labels.iter().map(move |label| with(code, label)));
    Ok(if labels.is_empty() {
        codes.to_vec()
    } else {
        all.collect()
    })
}

/// Returns the value of a column, or the answers to a head of that name in what `score` and `eval
/// --predictions` write.
fn value<'r>(record: &'r Record, column: &ColumnName) -> Option<&'r Value> {
    let head = || record.get(&ColumnName::from("heads"))?.get(&column.0);
    let value = record.get(column).or_else(head)?;
    let answer = value.get("labels").or_else(|| value.get("label"));
    Some(answer.unwrap_or(value))
}
