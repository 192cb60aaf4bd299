//! Options of reading a corpus, as a model keeps them so that its training can be repeated.

use super::format::{FileFormat, ReadOptions, TextEncoding};
use super::mapping::{Selection, Unlabelled};
use super::record::ColumnName;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// Options of reading a corpus that decide which documents it has. Names of files are not among
/// them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reading {
    /// Format of all inputs; none: each by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Character between cells; none: comma in CSV, tab in TSV.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// Character around cells; none: cells have no quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<char>,
    /// True if the first row of a table names its columns.
    pub header: bool,
    /// Name of the encoding.
    pub encoding: String,
    /// Conditions on rows, as `column=value` or `column!=value`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<String>,
    /// Column of sample weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<String>,
    /// Treatment of rows without a label: `error`, `skip` or `mask`.
    pub unlabelled: String,
    /// True if broken rows were left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skip_broken: bool,
}

/// The treatments of rows without a label by their names.
const UNLABELLED: [(&str, Unlabelled); 3] = [
    ("error", Unlabelled::Error),
    ("skip", Unlabelled::Skip),
    ("mask", Unlabelled::Mask),
];

impl Reading {
    pub(crate) fn new(options: &ReadOptions, selection: &Selection) -> Reading {
        let unlabelled = UNLABELLED
            .iter()
            .find(|(_, treatment)| *treatment == selection.unlabelled);
        Reading {
            format: options.format.map(|format| format.name().to_string()),
            delimiter: options.delimiter.map(char::from),
            quote: options.quote.map(char::from),
            header: options.header,
            encoding: options.encoding.0.name().to_ascii_lowercase(),
            filters: selection.filters.iter().map(ToString::to_string).collect(),
            weight: selection.weight.as_ref().map(ToString::to_string),
            unlabelled: unlabelled.map_or("error", |(name, _)| name).to_string(),
            skip_broken: false,
        }
    }

    /// Returns the options of reading files.
    ///
    /// # Errors
    /// A model error for options that this program does not know.
    pub fn options(&self) -> Result<ReadOptions> {
        let byte = |character: Option<char>| {
            let byte = |character| u8::try_from(character).map_err(|_| unknown(character));
            character.map(byte).transpose()
        };
        let format: Option<FileFormat> = self
            .format
            .as_ref()
            .map(|name| name.parse().map_err(|_| unknown(name)))
            .transpose()?;
        let encoding: TextEncoding = self.encoding.parse().map_err(|_| unknown(&self.encoding))?;
        Ok(ReadOptions {
            format,
            delimiter: byte(self.delimiter)?,
            quote: byte(self.quote)?,
            header: self.header,
            encoding,
            ..ReadOptions::default()
        })
    }

    /// Returns the selection of rows.
    ///
    /// # Errors
    /// A model error for options that this program does not know.
    pub fn selection(&self) -> Result<Selection> {
        let filters = self.filters.iter().map(|filter| filter.parse());
        let unlabelled = UNLABELLED
            .iter()
            .find(|(name, _)| *name == self.unlabelled)
            .ok_or_else(|| unknown(&self.unlabelled))?
            .1;
        Ok(Selection {
            filters: filters.collect::<Result<_>>()?,
            weight: self.weight.as_deref().map(ColumnName::from),
            unlabelled,
            ..Selection::default()
        })
    }
}

fn unknown(option: impl std::fmt::Display) -> Error {
    Error::model(format!(
        "the model was trained with the option `{option}` of reading, which is not known"
    ))
    .help("use the version of standpoint that trained it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_come_back_from_their_record() {
        let options = ReadOptions {
            format: Some(FileFormat::Tsv),
            delimiter: Some(b';'),
            quote: None,
            header: false,
            encoding: "latin-1".parse().unwrap(),
            ..ReadOptions::default()
        };
        let selection = Selection {
            filters: vec!["split!=test".parse().unwrap(), "a=b=c".parse().unwrap()],
            weight: Some(ColumnName::from("w")),
            unlabelled: Unlabelled::Mask,
            ..Selection::default()
        };
        let recorded = Reading::new(&options, &selection);
        let again = Reading::new(&recorded.options().unwrap(), &recorded.selection().unwrap());
        assert_eq!(recorded, again);
        assert_eq!(recorded.filters, ["split!=test", "a=b=c"]);
        assert_eq!(recorded.encoding, "windows-1252");
    }
}
