//! Rows out of files, one at a time, in order.
//!
//! Reading is split in two so that the second half can run in parallel: a [`RawReader`] cuts its
//! inputs into rows, which is cheap, and `RawRecord::decode` makes named values of
//! one.

mod broken;
mod cells;
mod decode;
mod header;
mod json;
mod lines;
mod open;
mod page_encoding;
mod quotes;
mod raw;
mod read_error;
mod small;
mod swallowed;
mod table;
mod window;

use super::find::Input;
use super::format::{ColumnSelection, FileFormat, ReadOptions};
use super::limits::Limits;
use super::record::SourceLocation;
use super::shard::Shard;
use super::sniff::{HEAD, SniffedFormat};
use crate::io::{Progress, Silent};
use crate::wording::{Setting, Wording, wording};
use crate::words::counted;
use crate::{Error, Result};
use broken::BrokenRow;
use lines::Lines;
use open::OpenedInput;
use page_encoding::{EncodingBasis, of_page};
use raw::Raw;
pub(crate) use raw::RawRecord;
#[cfg(feature = "parquet")]
pub(super) use read_error::Refused;
pub(crate) use small::cells_of;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use table::Table;
use window::Window;

/// Reads inputs one after the other.
pub struct RawReader<'p> {
    inputs: VecDeque<Input>,
    options: ReadOptions,
    progress: &'p dyn Progress,
    current: Option<Open>,
    /// The number of pages that do not tell their encoding, and the first of them.
    guessed: (u64, String),
    /// The number of pages of another encoding than is stated, and the first of them.
    other: (u64, String),
    /// The rows that are handed on, by their numbers from 0, and the number of rows so far.
    rows: Range<u64>,
    passed: u64,
}

struct Open {
    name: Arc<str>,
    limits: Arc<Limits>,
    rows: Rows,
}

enum Rows {
    Lines(Lines),
    Table(Box<Table>),
    Article(Option<Raw>),
}

impl<'p> RawReader<'p> {
    /// Returns a reader of `inputs`; nothing is opened before the first row is asked for.
    pub fn new(inputs: Vec<Input>, options: ReadOptions, progress: &'p dyn Progress) -> Self {
        RawReader {
            inputs: inputs.into(),
            options,
            progress,
            current: None,
            guessed: Default::default(),
            other: Default::default(),
            rows: 0..u64::MAX,
            passed: 0,
        }
    }

    /// Reads one share of the inputs alone. Where shares are of rows, these are counted first.
    ///
    /// # Errors
    /// A usage error for standard input, whose rows cannot be counted before they are read, and
    /// where an input cannot be read while rows are counted.
    pub fn shard(self, shard: Shard) -> Result<Self> {
        let inputs = Vec::from(self.inputs.clone());
        if let Some(files) = shard.of_files(&inputs) {
            return Ok(RawReader {
                inputs: files.into(),
                ..self
            });
        }
        if inputs.contains(&Input::Stdin) {
            let message = "standard input has no shares: its rows are not counted in advance";
            return Err(Error::usage(message).help("write it to a file first, and name that"));
        }
        let mut all = RawReader::new(inputs, self.options.clone(), &Silent)
            .columns(ColumnSelection::default());
        while all.next()?.is_some() {}
        let rows = shard.of_rows(all.passed);
        Ok(RawReader { rows, ..self })
    }

    /// Reports notes to another receiver.
    pub(super) fn progress(self, progress: &'p dyn Progress) -> Self {
        RawReader { progress, ..self }
    }

    /// Leaves columns that are not looked at out where that saves reading them.
    pub(crate) fn columns(mut self, columns: ColumnSelection) -> Self {
        self.options.columns = Some(columns);
        self
    }

    /// Returns the next row, or `None` at the end of the last input.
    ///
    /// # Errors
    /// If an input cannot be opened, decompressed or read any further.
    pub(crate) fn next(&mut self) -> Result<Option<RawRecord>> {
        while self.passed < self.rows.end {
            let row = self.next_of_all()?;
            self.passed += u64::from(row.is_some());
            if row.is_none() || self.rows.contains(&(self.passed - 1)) {
                return Ok(row);
            }
        }
        Ok(None)
    }

    /// Returns the next row, whether it is handed on or not.
    fn next_of_all(&mut self) -> Result<Option<RawRecord>> {
        loop {
            if let Some(current) = &mut self.current {
                if let Some(row) = current.next()? {
                    return Ok(Some(row));
                }
                current
                    .note()
                    .iter()
                    .for_each(|note| self.progress.advise(note));
                self.current = None;
            }
            let Some(input) = self.inputs.pop_front() else {
                self.report_encodings();
                return Ok(None);
            };
            let open = Open::new(&input, &self.options, self.progress)?;
            self.note_encoding(&open);
            self.current = Some(open);
        }
    }

    fn note_encoding(&mut self, open: &Open) {
        let Rows::Article(Some(Raw::Article {
            page: Some(page),
            bytes,
            ..
        })) = &open.rows
        else {
            return;
        };
        let stated = self.options.encoding.0;
        let count = match page.basis {
            EncodingBasis::Guessed => &mut self.guessed,
            _ if stated != encoding_rs::UTF_8 && page.encoding != stated && !bytes.is_ascii() => {
                &mut self.other
            }
            _ => return,
        };
        count.0 += 1;
        if count.1.is_empty() {
            count.1 = open.name.to_string();
        }
    }

    /// Notes once the pages that were read in an encoding which neither they nor the options state.
    fn report_encodings(&mut self) {
        let (guessed, first) = std::mem::take(&mut self.guessed);
        if guessed > 0 {
            let pages = counted(guessed, "page");
            self.progress.advise(&wording![
                format!(
                    "read as windows-1252 {pages}, such as {first}, which neither declares an \
                     encoding nor is UTF-8; "
                ),
                Setting::Encoding,
                " says otherwise"
            ]);
        }
        let (other, first) = std::mem::take(&mut self.other);
        if other > 0 {
            let pages = counted(other, "page");
            self.progress.advise(&wording![
                "read otherwise than ",
                Setting::Encoding,
                format!(" says {pages}, such as {first}, by its declaration or as UTF-8")
            ]);
        }
    }

    /// Returns the next rows: at most `rows` of them, and no more after `bytes` bytes or a row that
    /// is too long. Empty at the end.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub(crate) fn next_batch(&mut self, rows: usize, bytes: usize) -> Result<Vec<RawRecord>> {
        let (mut batch, mut size) = (Vec::new(), 0);
        while batch.len() < rows && size < bytes {
            let Some(row) = self.next()? else { break };
            size += row.size();
            let unread = matches!(&row.raw, Raw::Broken(broken) if broken.unread);
            batch.push(row);
            if unread {
                break;
            }
        }
        Ok(batch)
    }
}

impl Open {
    fn new(input: &Input, options: &ReadOptions, progress: &dyn Progress) -> Result<Self> {
        let limits = options.limits;
        limits.verify()?;
        let OpenedInput {
            name,
            format,
            bytes,
            line,
        } = open::open(input, options, progress)?;
        let window = Window::new(bytes, name.clone(), line, limits);
        let lines = |window, fasttext| Rows::Lines(Lines::new(window, fasttext, limits.row));
        let table = |window, delimiter| {
            Table::open(window, options, delimiter)
                .map(Box::new)
                .map(Rows::Table)
        };
        let rows = match format {
            FileFormat::Jsonl | FileFormat::Parquet => lines(window, false),
            FileFormat::FastText => lines(window, true),
            FileFormat::Csv => table(window, b',')?,
            FileFormat::Tsv => table(window, b'\t')?,
            FileFormat::Text | FileFormat::Html => {
                Rows::Article(Some(article(window, format, input, options)?))
            }
        };
        Ok(Open {
            name,
            limits: Arc::new(limits),
            rows,
        })
    }

    fn next(&mut self) -> Result<Option<RawRecord>> {
        let row = match &mut self.rows {
            Rows::Lines(lines) => lines.next()?,
            Rows::Table(table) => table.next()?,
            Rows::Article(article) => article.take().map(|article| (0, article)),
        };
        Ok(row.map(|(line, raw)| RawRecord {
            location: SourceLocation {
                file: self.name.clone(),
                line,
            },
            raw,
            limits: self.limits.clone(),
        }))
    }

    /// Returns a note on the whole input, at its end.
    fn note(&self) -> Option<Wording> {
        match &self.rows {
            Rows::Table(table) => table.note(),
            Rows::Lines(_) | Rows::Article(_) => None,
        }
    }
}

fn article(
    mut window: Window,
    format: FileFormat,
    input: &Input,
    options: &ReadOptions,
) -> Result<Raw> {
    let limit = options.limits.row;
    while !window.ended() && window.rest().len() <= limit {
        window.more()?;
    }
    if window.rest().len() > limit {
        return Ok(Raw::Broken(BrokenRow::article_too_long(
            window.rest(),
            limit,
        )));
    }
    let (id, class) = match input {
        Input::File { id, class, .. } => (id.clone(), class.clone()),
        Input::Stdin | Input::Rows(_) => (input.name().to_string(), None),
    };
    let bytes = window.rest().to_vec();
    if let Some(broken) = options
        .format
        .is_none()
        .then(|| misnamed(&bytes, format))
        .flatten()
    {
        return Ok(Raw::Broken(broken));
    }
    let page = (format == FileFormat::Html).then(|| of_page(&bytes, options.encoding.0));
    Ok(Raw::Article {
        bytes,
        page,
        id: id.into(),
        class: class.map(String::into_boxed_str),
    })
}

/// Returns the fault of a file that is one article by its name and holds something else.
fn misnamed(bytes: &[u8], format: FileFormat) -> Option<BrokenRow> {
    let (what, name) = match SniffedFormat::of(&bytes[..bytes.len().min(HEAD)]) {
        SniffedFormat::Foreign(what) => {
            let message = format!("the file is no text but {what}");
            return Some(BrokenRow::new(
                message,
                "convert it to text, or leave it out",
                &[],
            ));
        }
        SniffedFormat::Jsonl => ("JSON lines", "jsonl"),
        SniffedFormat::Parquet => ("a Parquet file", "parquet"),
        SniffedFormat::FastText => ("fastText lines", "fasttext"),
        SniffedFormat::Html if format == FileFormat::Text => ("a web page", "html"),
        SniffedFormat::Html | SniffedFormat::Text => return None,
    };
    let message = format!("the file is one article by its name, but begins like {what}");
    let help = wording![
        "pass ",
        Setting::Format.value(name),
        ", or ",
        Setting::Format.value(format.name()),
        " if it is one article"
    ];
    Some(BrokenRow::new(
        message,
        help,
        &bytes[..bytes.len().min(200)],
    ))
}
