//! Reading: formats, columns of texts, rows and rejects, from the flags of all commands that read.

use super::{lists, parsed, size};
use crate::cli::args::ReadArgs;
use standpoint::corpus::{
    ColumnMapping, ColumnName, Filter, HeadColumns, LabelFormat, Limits, ReadOptions, Rejects,
    Schema, Selection,
};
use standpoint::io::{Progress, Transaction};
use standpoint::model::StreamSummary;
use standpoint::{Error, Model, Result};
use std::path::Path;

/// Returns the text columns where none are named.
fn default_text() -> Vec<ColumnName> {
    vec![ColumnName::from("text")]
}

impl ReadArgs {
    pub(super) fn options(&self, no_header: bool) -> Result<ReadOptions> {
        let format = self.format.map(parsed).transpose()?;
        let delimiter = self
            .delimiter
            .as_deref()
            .map(|text| character("--delimiter", text))
            .transpose()?;
        let quote = match self.quote.as_deref() {
            None => Some(b'"'),
            Some("none") => None,
            Some(text) => Some(character("--quote", text)?),
        };
        let cuts = [delimiter.unwrap_or(b','), quote.unwrap_or(b'"')];
        if cuts[0] == cuts[1] || cuts.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
            return Err(Error::usage(
                "--delimiter and --quote must be two characters, and no line ends",
            ));
        }
        let mut limits = Limits::default();
        if let Some(row) = &self.max_row {
            limits.row = usize::try_from(size(row)?).unwrap_or(usize::MAX);
        }
        Ok(ReadOptions {
            format,
            delimiter,
            quote,
            header: !no_header,
            encoding: self.encoding.parse()?,
            limits,
            columns: None,
        })
    }

    /// The text columns, if they are given.
    pub fn text(&self) -> Result<Option<Vec<ColumnName>>> {
        let Some(names) = self.text.as_deref() else {
            return Ok(None);
        };
        let names = lists::names("--text", names)?;
        Ok(Some(names.into_iter().map(ColumnName).collect()))
    }

    /// Says what a stream that was scored lacked.
    pub fn report_stream(&self, streamed: &StreamSummary, progress: &dyn Progress) -> Result<()> {
        match (streamed.unseen.as_slice(), streamed.rows) {
            (_, 0) => progress.note("no row was scored"),
            ([], _) => {}
            ([column, ..], rows) if self.text.is_some() => {
                let message =
                    format!("none of {rows} rows has the column `{column}` that --text names");
                return Err(Error::data(message).help("check the spelling"));
            }
            (columns, rows) => {
                progress.note(&format!(
                    "none of {rows} rows has the text column {}",
                    columns.join(" or ")
                ));
            }
        }
        Ok(())
    }

    pub fn filters(&self) -> Result<Vec<Filter>> {
        self.filters.iter().map(|filter| filter.parse()).collect()
    }

    /// Returns the columns of texts that no model describes, and of the labels of these heads.
    pub fn schema(&self, heads: Vec<HeadColumns>, format: LabelFormat) -> Result<Schema> {
        Ok(Schema {
            no_header: self.no_header,
            decode_html: self.decode_html,
            text: self.text()?.unwrap_or_else(default_text),
            heads,
            format,
        })
    }

    /// Returns the rows that the flags select, whatever their labels.
    pub fn selection(&self) -> Result<Selection> {
        Ok(Selection {
            filters: self.filters()?,
            id: self.id.clone().map(ColumnName),
            ..Selection::default()
        })
    }

    /// Returns the columns of articles for a model: as the model records, unless flags say
    /// otherwise.
    pub fn for_model(&self, model: &Model) -> Result<ColumnMapping> {
        let recorded = model.metadata().schema.clone();
        let mut schema = recorded.unwrap_or_else(|| Schema {
            no_header: false,
            decode_html: false,
            text: default_text(),
            heads: vec![],
            format: LabelFormat::default(),
        });
        // Where the model has learnt `NA` as a label, it is one.
        let labels = || {
            model
                .heads()
                .iter()
                .flat_map(|head| &head.metadata().labels)
        };
        schema
            .format
            .missing
            .retain(|value| !labels().any(|label| label == value));
        if let Some(text) = self.text()? {
            (schema.text, schema.no_header) = (text, false);
        }
        schema.no_header |= self.no_header;
        schema.decode_html |= self.decode_html;
        Ok(ColumnMapping {
            schema,
            selection: self.selection()?,
            labels: false,
        })
    }

    /// Returns the list of broken rows; its file appears with the other outputs.
    pub fn rejects(&self, outputs: &mut Transaction) -> Result<Option<Rejects>> {
        let Some(path) = &self.skip_bad else {
            return Ok(None);
        };
        if path.is_file() && !self.force {
            return Err(Error::usage("the file for broken rows exists already")
                .at(path.display())
                .help("name another file, or replace it with --force"));
        }
        let file = outputs.open(path, self.force)?;
        Ok(Some(Rejects::new(Box::new(file), &path.to_string_lossy())))
    }

    /// Says how many rows were rejected.
    pub fn report_rejects(&self, rejects: Option<Rejects>, progress: &dyn Progress) -> Result<()> {
        let Some(rejects) = rejects else {
            return Ok(());
        };
        let rows = rejects.finish()?;
        let path = self.skip_bad.as_deref().unwrap_or(Path::new("")).display();
        progress.note(&match rows {
            0 => "no row was broken".to_string(),
            1 => format!("left out 1 broken row, to be listed with its reason in {path}"),
            rows => format!("left out {rows} broken rows, to be listed with reasons in {path}"),
        });
        Ok(())
    }
}

fn character(flag: &str, text: &str) -> Result<u8> {
    match text {
        "tab" | "\\t" => Ok(b'\t'),
        _ if text.len() == 1 => Ok(text.as_bytes()[0]),
        _ => Err(Error::usage(format!(
            "{flag} takes one ASCII character or `tab`, not `{text}`"
        ))),
    }
}
