//! From inputs to byte streams of plain UTF-8.

use super::read_error::{WrongEncoding, read_error};
use super::window::{line_ends, verify_end};
use crate::corpus::Limits;
use crate::corpus::decompress::{buffered, decompress};
use crate::corpus::find::{Input, RowsInMemory};
use crate::corpus::format::{FileFormat, ReadOptions};
use crate::corpus::sniff::{HEAD, PARQUET, SniffedFormat};
use crate::io::Progress;
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use encoding_rs::{Decoder, DecoderResult, UTF_8, UTF_16BE, UTF_16LE};
use std::fs::File;
use std::io::{self, BufRead, Cursor, Read};
use std::path::Path;
use std::sync::Arc;

/// An open input: its format, and its bytes, decompressed and in UTF-8 as far as known. Text that
/// claims to be UTF-8 is checked later, row by row, where the line is known.
pub(super) struct OpenedInput {
    pub name: Arc<str>,
    pub format: FileFormat,
    pub bytes: Box<dyn BufRead + Send>,
    /// The number of the first line of `bytes`.
    pub line: u64,
}

pub(super) fn open(
    input: &Input,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<OpenedInput> {
    let name = input.name();
    let raw: Box<dyn Read + Send> = match input {
        Input::File { path, .. } => {
            Box::new(File::open(path).map_err(|e| Error::io("read", e).at(&name))?)
        }
        Input::Stdin => Box::new(io::stdin()),
        Input::Rows(rows) => return Ok(opened_rows(rows)),
    };
    let limits = &options.limits;
    let refused = |e| read_error(&name, e, limits);
    let mut bytes = decompress(raw, limits).map_err(refused)?;
    let known = known_format(input, options, &mut bytes, progress)?;
    if known == Some(FileFormat::Parquet) {
        return parquet(input, name, options);
    }
    // A page tells its own encoding.
    if known == Some(FileFormat::Html) {
        return Ok(OpenedInput {
            name,
            format: FileFormat::Html,
            bytes,
            line: 1,
        });
    }
    let mut line = 1;
    let mut bytes = without_mark(bytes, options, &name)?;
    let format = match (known, input) {
        (Some(format), _) => format,
        (None, _) => {
            let begun = Beginning::read(&mut bytes, &name, limits)?;
            line += begun.lines_passed;
            begun.format(progress)?
        }
    };
    Ok(OpenedInput {
        name,
        format,
        bytes,
        line,
    })
}

/// Returns the format that is stated, or that the name or the beginning of the content tells;
/// `None` for lines that have to be read to tell.
fn known_format(
    input: &Input,
    options: &ReadOptions,
    bytes: &mut Box<dyn BufRead + Send>,
    progress: &dyn Progress,
) -> Result<Option<FileFormat>> {
    let (name, limits) = (input.name(), &options.limits);
    let refused = |e| read_error(&name, e, limits);
    Ok(match (options.format, input) {
        (Some(format), _) => Some(format),
        (None, Input::Stdin) if begins_like_parquet(bytes).map_err(refused)? => {
            Some(FileFormat::Parquet)
        }
        (None, Input::Stdin) if begins_like_a_page(bytes).map_err(refused)? => {
            progress.advise(&wording![
                "reading standard input as one HTML page; ",
                Setting::Format,
                " says otherwise"
            ]);
            Some(FileFormat::Html)
        }
        (None, Input::Stdin | Input::Rows(_)) => None,
        (None, Input::File { path, class, id }) => Some(
            by_name(path, class.is_some() || *id != *name, bytes, limits)
                .map_err(|e| e.at(&name))?,
        ),
    })
}

/// Opens rows in memory, whose format and encoding are known.
fn opened_rows(rows: &RowsInMemory) -> OpenedInput {
    OpenedInput {
        name: Input::Rows(rows.clone()).name(),
        format: FileFormat::Jsonl,
        bytes: Box::new(Cursor::new(rows.bytes())),
        line: 1,
    }
}

/// Opens a file as JSON lines, of which the numbers are those of its rows.
fn parquet(input: &Input, name: Arc<str>, options: &ReadOptions) -> Result<OpenedInput> {
    let read = |e| Error::io("read", e).at(&name);
    let seekable = match input {
        Input::File { path, .. } => Some(File::open(path).map_err(read)?),
        Input::Stdin | Input::Rows(_) => None,
    };
    let is_file = |file: &File| file.metadata().is_ok_and(|found| found.is_file());
    let file = seekable.filter(is_file).ok_or_else(|| {
        Error::usage("Parquet is read from its end, which a stream does not have yet")
            .at(&name)
            .help("save it as a file, and name that")
    })?;
    let bytes = parquet_rows(file, options);
    Ok(OpenedInput {
        bytes: bytes.map_err(|e| read_error(&name, e, &options.limits))?,
        name,
        format: FileFormat::Parquet,
        line: 1,
    })
}

#[cfg(feature = "parquet")]
fn parquet_rows(file: File, options: &ReadOptions) -> io::Result<Box<dyn BufRead + Send>> {
    crate::corpus::parquet::open(file, options.columns.as_ref(), &options.limits)
}

#[cfg(not(feature = "parquet"))]
fn parquet_rows(_: File, _: &ReadOptions) -> io::Result<Box<dyn BufRead + Send>> {
    let refused = super::read_error::Refused {
        message: "this build cannot read Parquet".to_string(),
        help: "build it with the feature `parquet`, or convert the file to JSON lines",
    };
    Err(io::Error::new(io::ErrorKind::Unsupported, refused))
}

/// Returns the format that the name tells, or in a folder the content.
fn by_name(
    path: &Path,
    in_folder: bool,
    bytes: &mut Box<dyn BufRead + Send>,
    limits: &Limits,
) -> Result<FileFormat> {
    match FileFormat::of_path(path) {
        Some(format) => Ok(format),
        None if begins_like_parquet(bytes).is_ok_and(|begins| begins) => Ok(FileFormat::Parquet),
        None if in_folder => {
            let head = peek(bytes, HEAD, |_| false)
                .map_err(|e| read_error(&path.to_string_lossy(), e, limits))?;
            Ok(match SniffedFormat::of(&head) {
                SniffedFormat::Html => FileFormat::Html,
                SniffedFormat::Jsonl => FileFormat::Jsonl,
                SniffedFormat::FastText => FileFormat::FastText,
                SniffedFormat::Parquet => FileFormat::Parquet,
                SniffedFormat::Text | SniffedFormat::Foreign(_) => FileFormat::Text,
            })
        }
        None => Err(Error::usage("the name does not tell the format")
            .at(path.display())
            .help(wording![
                "pass ",
                Setting::Format,
                " jsonl, csv, tsv, fasttext, parquet, text or html"
            ])),
    }
}

/// Tells whether the first visible byte is that of a tag.
fn begins_like_a_page(bytes: &mut Box<dyn BufRead + Send>) -> io::Result<bool> {
    let blank = |byte: &u8| {
        byte.is_ascii_whitespace() || matches!(byte, 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff)
    };
    let head = peek(bytes, HEAD, |head| {
        head.len() > 3 && !head.iter().all(blank)
    })?;
    Ok(head.iter().find(|byte| !blank(byte)) == Some(&b'<'))
}

/// Tells whether the first bytes are those of a Parquet file.
fn begins_like_parquet(bytes: &mut Box<dyn BufRead + Send>) -> io::Result<bool> {
    Ok(peek(bytes, PARQUET.len(), |_| false)? == PARQUET)
}

/// Returns the first `limit` bytes, or fewer where they are `enough`; they are put back.
fn peek(
    bytes: &mut Box<dyn BufRead + Send>,
    limit: usize,
    enough: impl Fn(&[u8]) -> bool,
) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while head.len() < limit && !enough(&head) {
        let ready = bytes.fill_buf()?;
        let length = ready.len().min(limit - head.len());
        if length == 0 {
            break;
        }
        head.extend_from_slice(&ready[..length]);
        bytes.consume(length);
    }
    let rest = std::mem::replace(bytes, Box::new(io::empty()));
    *bytes = Box::new(Cursor::new(head.clone()).chain(rest));
    Ok(head)
}

/// The beginning of standard input, which has no name to go by.
struct Beginning {
    /// The first byte that is no white space.
    visible: Option<u8>,
    /// The lines of white space that were passed rather than put back.
    lines_passed: u64,
    passed: bool,
}

impl Beginning {
    /// As much white space is put back as it was.
    const KEPT: usize = 1 << 16;

    /// Reads up to the first visible byte, and puts back what was read, unless it is too much white
    /// space.
    fn read(bytes: &mut Box<dyn BufRead + Send>, name: &str, limits: &Limits) -> Result<Self> {
        let (mut held, mut begun) = (
            Vec::new(),
            Beginning {
                visible: None,
                lines_passed: 0,
                passed: false,
            },
        );
        let mut total = 0;
        loop {
            let ready = bytes.fill_buf().map_err(|e| read_error(name, e, limits))?;
            let length = ready
                .iter()
                .position(|byte| !byte.is_ascii_whitespace())
                .unwrap_or(ready.len());
            begun.visible = ready.get(length).copied();
            held.extend_from_slice(&ready[..length]);
            let done = length < ready.len() || ready.is_empty();
            bytes.consume(length);
            total += length as u64;
            verify_end(total, limits, "of white space").map_err(|e| e.at(name))?;
            // Before the loop ends: the sizes in which a pipe delivers its bytes decide nothing.
            if held.len() > Self::KEPT {
                // A line end of two bytes is never parted.
                let part = held.len() - usize::from(held.ends_with(b"\r"));
                begun.lines_passed += line_ends(&held[..part]);
                begun.passed = true;
                held.drain(..part);
            }
            if done {
                break;
            }
        }
        let rest = std::mem::replace(bytes, Box::new(io::empty()));
        *bytes = Box::new(Cursor::new(held).chain(rest));
        Ok(begun)
    }

    /// Decides the format, and notes it.
    fn format(&self, progress: &dyn Progress) -> Result<FileFormat> {
        let (format, reading) = match self.visible {
            Some(b'{') => (FileFormat::Jsonl, "JSON lines"),
            Some(_) if self.passed => {
                return Err(Error::data(
                    "standard input begins with more white space than a text does",
                )
                .at("-")
                .help(wording!["pass ", Setting::Format, " to say what it is"]));
            }
            _ => (FileFormat::Text, "one plain text"),
        };
        progress.advise(&wording![
            format!("reading standard input as {reading}; "),
            Setting::Format,
            " says otherwise"
        ]);
        Ok(format)
    }
}

/// Translates text to UTF-8: by its byte-order mark, which is taken away, or else from the encoding
/// that is stated.
fn without_mark(
    mut bytes: Box<dyn BufRead + Send>,
    options: &ReadOptions,
    name: &str,
) -> Result<Box<dyn BufRead + Send>> {
    let head = peek(&mut bytes, 4, |_| false).map_err(|e| read_error(name, e, &options.limits))?;
    let stated = options.encoding.0;
    let encoding = match head[..] {
        [0xff, 0xfe, 0, 0] | [0, 0, 0xfe, 0xff] => {
            return Err(Error::data("the text is UTF-32, which is not read")
                .at(name)
                .help("convert it, for example with iconv -f utf-32 -t utf-8"));
        }
        [0xef, 0xbb, 0xbf, ..] => UTF_8,
        [0xff, 0xfe, ..] => UTF_16LE,
        [0xfe, 0xff, ..] => UTF_16BE,
        // Without a mark, the zeros of what is in ASCII tell the order of bytes.
        [0, low, ..] if low != 0 && stated == UTF_16LE => UTF_16BE,
        _ => stated,
    };
    if encoding == UTF_8 {
        bytes.consume(if head.starts_with(&[0xef, 0xbb, 0xbf]) {
            3
        } else {
            0
        });
        return Ok(bytes);
    }
    let decoder = encoding.new_decoder_with_bom_removal();
    Ok(buffered(Translated {
        bytes,
        decoder,
        ready: Vec::new(),
        at: 0,
        done: false,
    }))
}

/// Reads any encoding as UTF-8; a byte sequence that is not valid in it is an error.
struct Translated {
    bytes: Box<dyn BufRead + Send>,
    decoder: Decoder,
    ready: Vec<u8>,
    at: usize,
    done: bool,
}

impl Translated {
    fn refill(&mut self) -> io::Result<()> {
        let input = self.bytes.fill_buf()?;
        self.ready.resize(1 << 16, 0);
        self.at = 0;
        self.done = input.is_empty();
        let (result, read, written) =
            self.decoder
                .decode_to_utf8_without_replacement(input, &mut self.ready, self.done);
        self.bytes.consume(read);
        self.ready.truncate(written);
        match result {
            DecoderResult::Malformed(..) => {
                let wrong = WrongEncoding(self.decoder.encoding().name());
                Err(io::Error::new(io::ErrorKind::InvalidData, wrong))
            }
            DecoderResult::OutputFull => {
                self.done = false;
                Ok(())
            }
            DecoderResult::InputEmpty => Ok(()),
        }
    }
}

impl Read for Translated {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at == self.ready.len() && !self.done {
            self.refill()?;
        }
        let part = &self.ready[self.at..];
        let length = part.len().min(out.len());
        out[..length].copy_from_slice(&part[..length]);
        self.at += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &'static [u8], encoding: &str) -> Result<String> {
        let options = ReadOptions {
            encoding: encoding.parse()?,
            ..ReadOptions::default()
        };
        let raw = decompress(Box::new(bytes), &options.limits)
            .map_err(|e| read_error("x", e, &options.limits))?;
        let mut text = String::new();
        let mut bytes = without_mark(raw, &options, "x")?;
        bytes
            .read_to_string(&mut text)
            .map_err(|e| read_error("x", e, &options.limits))?;
        Ok(text)
    }

    #[test]
    fn encodings_are_translated_or_refused() {
        assert_eq!(read(b"Stra\xdfe", "latin-1").unwrap(), "Straße");
        assert_eq!(read(b"\xef\xbb\xbfa", "utf-8").unwrap(), "a");
        assert_eq!(read(b"\xff\xfea\0b\0", "utf-16le").unwrap(), "ab");
        for stated in ["utf-8", "utf-16", "utf_16_be", "latin_1"] {
            assert_eq!(read(b"\xff\xfea\0b\0", stated).unwrap(), "ab");
            assert_eq!(read(b"\xfe\xff\0a\0b", stated).unwrap(), "ab");
            assert_eq!(read(b"\xef\xbb\xbf\xc3\xbc", stated).unwrap(), "ü");
        }
        assert_eq!(read(b"\0a\0b", "utf-16").unwrap(), "ab");
        assert!(
            read(b"\xff\xfe\0\0a\0\0\0", "utf-8")
                .unwrap_err()
                .to_string()
                .contains("UTF-32")
        );
        assert!(read(b"a\xff", "shift_jis").is_err());
        assert_eq!(read(b"", "utf-8").unwrap(), "");
    }
}
