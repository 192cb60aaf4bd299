//! Rows out of files, one at a time, in order.
//!
//! Reading is split in two so that the second half can run in parallel: a [`Reader`] cuts its
//! inputs into [`RawRecord`]s, which is cheap, and [`RawRecord::decode`] makes named values of
//! one.

mod decode;

use super::format::{Format, ReadOptions};
use super::record::{Names, Place};
use super::source::{self, Input, Source};
use crate::progress::Progress;
use crate::{Error, Result};
use std::collections::VecDeque;
use std::io::{BufRead, Read};
use std::sync::Arc;

/// A row as it stands in its file.
#[derive(Debug, Clone)]
pub struct RawRecord {
    /// Where it stands.
    pub place: Place,
    raw: Raw,
}

#[derive(Debug, Clone)]
enum Raw {
    Json(Vec<u8>),
    Cells { cells: csv::ByteRecord, names: Arc<Names>, width: usize },
    FastText(Vec<u8>),
    Article { bytes: Vec<u8>, html: bool, id: String, class: Option<String> },
}

/// Reads inputs one after the other.
pub struct Reader<'p> {
    inputs: VecDeque<Input>,
    options: ReadOptions,
    progress: &'p dyn Progress,
    current: Option<Open>,
}

struct Open {
    name: Arc<str>,
    line: u64,
    rows: Rows,
}

enum Rows {
    Lines {
        bytes: Box<dyn BufRead + Send>,
        fasttext: bool,
    },
    /// `width`: the number of columns, which the header or the first row sets.
    Table {
        table: Box<csv::Reader<Watched>>,
        names: Arc<Names>,
        width: Option<usize>,
    },
    Article(Option<Raw>),
}

impl<'p> Reader<'p> {
    /// A reader of `inputs`; nothing is opened before the first row is asked for.
    pub fn new(inputs: Vec<Input>, options: ReadOptions, progress: &'p dyn Progress) -> Self {
        Reader { inputs: inputs.into(), options, progress, current: None }
    }

    /// The next row, or `None` at the end of the last input.
    ///
    /// # Errors
    /// Where an input cannot be opened, decompressed or read any further.
    #[expect(clippy::should_implement_trait, reason = "an iterator over results invites skipping errors")]
    pub fn next(&mut self) -> Result<Option<RawRecord>> {
        loop {
            if let Some(current) = &mut self.current {
                if let Some(row) = current.next()? {
                    return Ok(Some(row));
                }
                self.current = None;
            }
            let Some(input) = self.inputs.pop_front() else { return Ok(None) };
            self.current = Some(Open::new(&input, &self.options, self.progress)?);
        }
    }

    /// The next rows: at most `rows` of them, and no more after `bytes` bytes. Empty at the end.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub fn next_batch(&mut self, rows: usize, bytes: usize) -> Result<Vec<RawRecord>> {
        let (mut batch, mut size) = (Vec::new(), 0);
        while batch.len() < rows && size < bytes {
            let Some(row) = self.next()? else { break };
            size += row.size();
            batch.push(row);
        }
        Ok(batch)
    }
}

impl Open {
    fn new(input: &Input, options: &ReadOptions, progress: &dyn Progress) -> Result<Self> {
        let Source { name, format, bytes } = source::open(input, options, progress)?;
        let rows = match format {
            Format::Jsonl | Format::FastText => Rows::Lines { bytes, fasttext: format == Format::FastText },
            Format::Csv => table(bytes, b',', options, &name)?,
            Format::Tsv => table(bytes, b'\t', options, &name)?,
            Format::Text | Format::Html => Rows::Article(Some(article(bytes, format, input, &name)?)),
        };
        Ok(Open { name, line: 0, rows })
    }

    fn next(&mut self) -> Result<Option<RawRecord>> {
        let raw = match &mut self.rows {
            Rows::Lines { bytes, fasttext } => {
                let line = next_line(bytes, &mut self.line).map_err(|e| source::read_error(&self.name, e))?;
                line.map(|line| if *fasttext { Raw::FastText(line) } else { Raw::Json(line) })
            }
            Rows::Table { table, names, width } => {
                let mut cells = csv::ByteRecord::new();
                let more = table.read_byte_record(&mut cells).map_err(|e| csv_error(&self.name, e))?;
                let open = more && table.get_ref().ends_in_quotes(&cells);
                self.line = line_of(&cells, table, open);
                if open {
                    return Err(open_quote().at(Place { file: self.name.clone(), line: self.line }));
                }
                let width = *width.get_or_insert(cells.len());
                more.then(|| Raw::Cells { cells, names: names.clone(), width })
            }
            Rows::Article(article) => article.take(),
        };
        Ok(raw.map(|raw| RawRecord { place: Place { file: self.name.clone(), line: self.line }, raw }))
    }
}

fn next_line(bytes: &mut dyn BufRead, number: &mut u64) -> std::io::Result<Option<Vec<u8>>> {
    loop {
        let mut line = Vec::new();
        if bytes.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        *number += 1;
        if line.ends_with(b"\n") {
            line.pop();
        }
        if line.ends_with(b"\r") {
            line.pop();
        }
        if !line.iter().all(u8::is_ascii_whitespace) {
            return Ok(Some(line));
        }
    }
}

fn table(bytes: Box<dyn BufRead + Send>, delimiter: u8, options: &ReadOptions, name: &str) -> Result<Rows> {
    let mut builder = csv::ReaderBuilder::new();
    builder.delimiter(options.delimiter.unwrap_or(delimiter)).has_headers(false).flexible(true);
    match options.quote {
        Some(quote) => builder.quote(quote),
        None => builder.quoting(false),
    };
    let mut table = builder.from_reader(Watched::new(bytes, options.quote));
    let mut names = Vec::new();
    if options.header {
        let mut header = csv::StringRecord::new();
        table.read_record(&mut header).map_err(|e| csv_error(name, e))?;
        names = header.iter().map(|name| name.trim().to_string()).collect();
        twice(&names, name)?;
    }
    let width = options.header.then_some(names.len());
    Ok(Rows::Table { table: Box::new(table), names: Arc::new(Names { names, numbered: true }), width })
}

/// The line on which a row begins. The reader's own position lies before blank lines and before
/// what is left of the line break of the row above, so it is counted from behind.
fn line_of(cells: &csv::ByteRecord, table: &csv::Reader<Watched>, open: bool) -> u64 {
    let within = memchr::memchr_iter(b'\n', cells.as_slice()).count() as u64;
    let source = table.get_ref();
    // The line feed of CR LF is only taken with the next row, and the last row may have none.
    let unended = open || (source.ended && source.last != b'\n');
    let behind = u64::from(!unended && !source.crlf);
    table.position().line().saturating_sub(within + behind).max(1)
}

fn open_quote() -> Error {
    Error::data("the row opens a quote that is never closed")
        .help("close it, or pass --quote none if quotes are part of the text")
}

/// A table's bytes, and what must be remembered of them: how lines end, and what came last.
struct Watched {
    bytes: Box<dyn BufRead + Send>,
    quote: Option<u8>,
    crlf: bool,
    seen_line_end: bool,
    last: u8,
    /// The last byte that ends no line.
    last_visible: u8,
    ended: bool,
}

impl Watched {
    fn new(bytes: Box<dyn BufRead + Send>, quote: Option<u8>) -> Self {
        Watched { bytes, quote, crlf: false, seen_line_end: false, last: 0, last_visible: 0, ended: false }
    }

    /// Whether the input ended inside the last column of this row.
    fn ends_in_quotes(&self, cells: &csv::ByteRecord) -> bool {
        let several_lines =
            cells.iter().next_back().is_some_and(|cell| memchr::memchr(b'\n', cell).is_some());
        self.ended && several_lines && self.quote.is_some_and(|quote| quote != self.last_visible)
    }

    fn note(&mut self, part: &[u8]) {
        if !self.seen_line_end
            && let Some(at) = memchr::memchr(b'\n', part)
        {
            let before = if at == 0 { self.last } else { part[at - 1] };
            (self.seen_line_end, self.crlf) = (true, before == b'\r');
        }
        self.last = *part.last().unwrap_or(&self.last);
        let visible = part.iter().rev().find(|byte| !matches!(byte, b'\n' | b'\r'));
        self.last_visible = *visible.unwrap_or(&self.last_visible);
        self.ended = part.is_empty();
    }
}

impl Read for Watched {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let length = self.bytes.read(out)?;
        self.note(&out[..length]);
        Ok(length)
    }
}

fn twice(names: &[String], file: &str) -> Result<()> {
    let repeated =
        names.iter().enumerate().find(|(at, name)| !name.is_empty() && names[..*at].contains(name));
    match repeated {
        None => Ok(()),
        Some((_, name)) => Err(Error::data(format!("the header names the column `{name}` twice"))
            .at(format_args!("{file}:1"))
            .help("rename one, or pass --no-header if the file has none")),
    }
}

fn csv_error(name: &str, error: csv::Error) -> Error {
    let line = error.position().map_or(0, csv::Position::line);
    match error.into_kind() {
        csv::ErrorKind::Io(error) => source::read_error(name, error),
        csv::ErrorKind::Utf8 { .. } => decode::not_utf8().at(format_args!("{name}:{line}")),
        kind => Error::data(format!("not readable as a table: {kind:?}")).at(format_args!("{name}:{line}")),
    }
}

fn article(mut bytes: Box<dyn BufRead + Send>, format: Format, input: &Input, name: &str) -> Result<Raw> {
    let mut all = Vec::new();
    bytes.read_to_end(&mut all).map_err(|e| source::read_error(name, e))?;
    let (id, class) = match input {
        Input::File { id, class, .. } => (id.clone(), class.clone()),
        Input::Stdin => ("-".to_string(), None),
    };
    Ok(Raw::Article { bytes: all, html: format == Format::Html, id, class })
}

impl RawRecord {
    /// About how much memory the row takes, in bytes.
    pub fn size(&self) -> usize {
        match &self.raw {
            Raw::Json(bytes) | Raw::FastText(bytes) | Raw::Article { bytes, .. } => bytes.len(),
            Raw::Cells { cells, .. } => cells.as_slice().len(),
        }
    }

    /// The row as text, for a list of rejected rows; what is no UTF-8 is replaced.
    pub fn text(&self) -> String {
        match &self.raw {
            Raw::Json(bytes) | Raw::FastText(bytes) | Raw::Article { bytes, .. } => {
                String::from_utf8_lossy(bytes).into_owned()
            }
            Raw::Cells { cells, .. } => {
                let cells: Vec<_> = cells.iter().map(String::from_utf8_lossy).collect();
                cells.join("\t")
            }
        }
    }

    /// The row itself, if it is a JSON line of UTF-8.
    pub(super) fn json(&self) -> Option<&str> {
        match &self.raw {
            Raw::Json(line) => std::str::from_utf8(line).ok(),
            _ => None,
        }
    }
}
