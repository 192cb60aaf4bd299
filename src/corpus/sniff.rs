//! Guesses at the format of a file by its first bytes, for names that do not tell it.

use super::limits::Limits;
use crate::json::Value;
use std::io::Read;
use std::path::Path;

/// The format that the first bytes of a file look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SniffedFormat {
    /// A web page.
    Html,
    /// A JSON object.
    Jsonl,
    /// A fastText line.
    FastText,
    /// Rows in Parquet.
    Parquet,
    /// Text of any kind.
    Text,
    /// No text: its kind.
    Foreign(&'static str),
}

/// Bytes that are looked at.
pub(super) const HEAD: usize = 4096;

/// The first bytes of a Parquet file.
pub(super) const PARQUET: &[u8] = b"PAR1";

/// The first bytes of files that hold no article.
const MAGIC: [(&[u8], &str); 22] = [
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "a zip archive or office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"{\\rtf", "RTF"),
    (b"%!PS", "PostScript"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a picture or sound"),
    (b"II*\0", "a picture"),
    (b"MM\0*", "a picture"),
    (b"BM", "a picture"),
    (b"\0\0\x01\0", "a picture"),
    (b"ID3", "sound"),
    (b"OggS", "sound"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"Rar!", "an archive"),
    (b"7z\xbc\xaf", "an archive"),
    (b"BZh", "an archive"),
    (b"\xfd7zXZ", "an archive"),
    (b"SQLite format 3", "a database"),
];

/// Endings of files that stand beside saved pages and are no articles.
const FOREIGN: [&str; 14] = [
    "css", "js", "mjs", "map", "svg", "xml", "rss", "atom", "woff", "woff2", "ttf", "py", "sh",
    "sql",
];

/// The beginnings of a web page, as browsers know them.
const PAGE: [&str; 19] = [
    "!doctype html",
    "html",
    "head",
    "body",
    "title",
    "meta",
    "script",
    "style",
    "link",
    "article",
    "main",
    "section",
    "div",
    "table",
    "p",
    "h1",
    "h2",
    "span",
    "!--",
];

impl SniffedFormat {
    /// Looks at the first bytes of a file, decompressed.
    pub fn of(head: &[u8]) -> SniffedFormat {
        if head.starts_with(PARQUET) && head.contains(&0) {
            return SniffedFormat::Parquet;
        }
        let text = unmarked(head);
        if text.contains('\0') {
            return SniffedFormat::Foreign(magic(head).unwrap_or("binary data"));
        }
        if let Some(kind) = magic(head)
            && (kind != "a picture" || !text.is_ascii() || text.starts_with("GIF8"))
            && !matches!(head, [b'B', b'M', ..] | [b'M', b'Z', ..] if text.chars().all(|c| !c.is_control() || c.is_whitespace()))
        {
            return SniffedFormat::Foreign(kind);
        }
        let text = text.trim_start();
        if let Some(rest) = text.strip_prefix('<') {
            return markup(rest, text);
        }
        if text.starts_with("__label__") {
            return SniffedFormat::FastText;
        }
        let first = text.lines().next().unwrap_or_default();
        let object = |line: &str| Value::parse(line).is_ok_and(|value| value.is_object());
        if text.starts_with('{') && (object(first) || first.len() + 8 > text.len()) {
            return SniffedFormat::Jsonl;
        }
        SniffedFormat::Text
    }

    /// Looks at a file; `None` where it cannot be read.
    pub fn of_file(path: &Path) -> Option<SniffedFormat> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        if name
            .rsplit_once('.')
            .is_some_and(|(_, end)| FOREIGN.contains(&end))
        {
            return Some(SniffedFormat::Foreign("no article"));
        }
        let file = std::fs::File::open(path).ok()?;
        let mut head = Vec::new();
        let bytes = super::decompress::decompress(Box::new(file), &Limits::default()).ok()?;
        bytes.take(HEAD as u64).read_to_end(&mut head).ok()?;
        Some(SniffedFormat::of(&head))
    }
}

fn magic(head: &[u8]) -> Option<&'static str> {
    MAGIC
        .iter()
        .find(|(first, _)| head.starts_with(first))
        .map(|(_, kind)| *kind)
}

/// Markup is a page where it begins like one, and otherwise some other XML.
fn markup(rest: &str, text: &str) -> SniffedFormat {
    let lower = rest
        .get(..rest.floor_char_boundary(1024))
        .unwrap_or_default()
        .to_ascii_lowercase();
    let begins = |name: &str| {
        let after = lower.strip_prefix(name).map(|rest| rest.chars().next());
        after.is_some_and(|next| {
            name.starts_with('!') || next.is_none_or(|c| !c.is_alphanumeric() && c != '-')
        })
    };
    if PAGE.iter().any(|name| begins(name)) || (lower.starts_with('?') && lower.contains("<html")) {
        return SniffedFormat::Html;
    }
    match lower.starts_with('?') || lower.starts_with("!doctype") {
        true => SniffedFormat::Foreign("XML"),
        false if text.contains("</html") || text.to_ascii_lowercase().contains("<body") => {
            SniffedFormat::Html
        }
        false => SniffedFormat::Text,
    }
}

/// Returns the text of some bytes, by their mark if they have one.
fn unmarked(head: &[u8]) -> String {
    match encoding_rs::Encoding::for_bom(head) {
        Some((encoding, length)) => encoding
            .decode_without_bom_handling(&head[length..])
            .0
            .into_owned(),
        None => String::from_utf8_lossy(head).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_tell_pages_rows_and_foreign_files_apart() {
        for (head, look) in [
            (&b"%PDF-1.7\n"[..], SniffedFormat::Foreign("PDF")),
            (
                b"PK\x03\x04docx",
                SniffedFormat::Foreign("a zip archive or office document"),
            ),
            (b"\x89PNG\r\n", SniffedFormat::Foreign("a picture")),
            (b"PAR1\x15\0", SniffedFormat::Parquet),
            (b"PAR1 is the name of a road", SniffedFormat::Text),
            (b"abc\0def", SniffedFormat::Foreign("binary data")),
            (b"\n <!DOCTYPE html><p>", SniffedFormat::Html),
            (
                b"<?xml version='1.0'?>\n<!DOCTYPE html>\n<html>",
                SniffedFormat::Html,
            ),
            (b"\xff\xfe<\0h\0t\0m\0l\0>\0", SniffedFormat::Html),
            (b"<?xml version='1.0'?><rss>", SniffedFormat::Foreign("XML")),
            (b"{\"text\": \"a\"}\n{\"te", SniffedFormat::Jsonl),
            (b"{not json}\nbut a text", SniffedFormat::Text),
            (b"__label__war Troops", SniffedFormat::FastText),
            (b"BMW and MZ are makers of motorcycles", SniffedFormat::Text),
            (b"< 5 percent of the votes", SniffedFormat::Text),
            (b"", SniffedFormat::Text),
        ] {
            assert_eq!(
                SniffedFormat::of(head),
                look,
                "{}",
                String::from_utf8_lossy(head)
            );
        }
    }
}
