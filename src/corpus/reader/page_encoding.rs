//! The encoding of a web page, by HTML's own rule.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes in which a page may declare its encoding.
const DECLARED_WITHIN: usize = 1024;

/// The encoding of a page, and why it is that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageEncoding {
    pub encoding: &'static Encoding,
    pub basis: EncodingBasis,
}

/// The reason for an encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EncodingBasis {
    /// The page begins with its mark.
    Mark,
    /// The page declares it.
    Declared,
    /// The page is valid UTF-8.
    Valid,
    /// The user states it.
    Stated,
    /// Neither the page nor the user states one.
    Guessed,
}

/// Finds the encoding of a page: its mark, what it declares, UTF-8 if it is valid, what the user
/// states (UTF-8 is nothing to state), and windows-1252.
pub(super) fn of_page(bytes: &[u8], stated: &'static Encoding) -> PageEncoding {
    let found = |encoding, basis| PageEncoding { encoding, basis };
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return found(encoding, EncodingBasis::Mark);
    }
    match bytes {
        [b'<', 0, ..] => return found(UTF_16LE, EncodingBasis::Mark),
        [0, b'<', ..] => return found(UTF_16BE, EncodingBasis::Mark),
        _ => {}
    }
    match declared(&bytes[..bytes.len().min(DECLARED_WITHIN)]) {
        Some(encoding) if encoding != UTF_8 || valid(bytes) => {
            found(encoding, EncodingBasis::Declared)
        }
        Some(_) if stated == UTF_8 => found(UTF_8, EncodingBasis::Declared),
        None if valid(bytes) => found(UTF_8, EncodingBasis::Valid),
        _ if stated != UTF_8 => found(stated, EncodingBasis::Stated),
        _ => found(WINDOWS_1252, EncodingBasis::Guessed),
    }
}

fn valid(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok()
}

impl PageEncoding {
    /// Returns the text of a page; `None` if some bytes are not valid in the encoding.
    pub fn decode<'a>(&self, bytes: &'a [u8]) -> Option<std::borrow::Cow<'a, str>> {
        let mark = Encoding::for_bom(bytes).map_or(0, |(_, length)| length);
        self.encoding
            .decode_without_bom_handling_and_without_replacement(&bytes[mark..])
    }
}

/// Returns the encoding that the beginning of a page declares: in an XML declaration or a `meta`
/// element.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let head: String = head
        .iter()
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect();
    let mut rest = head.as_str();
    if let Some(xml) = rest.strip_prefix("<?xml") {
        let (xml, after) = xml.split_once('>')?;
        let name = xml
            .split_once("encoding")
            .and_then(|(_, name)| quoted(name.trim_start().strip_prefix('=')?));
        if let Some(encoding) = name.and_then(readable) {
            return Some(encoding);
        }
        rest = after;
    }
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->")?.1;
        } else if let Some(meta) = rest.strip_prefix("<meta") {
            let (tag, after) = meta.split_once('>')?;
            if let Some(encoding) = of_meta(tag) {
                return Some(encoding);
            }
            rest = after;
        } else if let Some(end) = ["script", "style", "title"]
            .iter()
            .find(|name| rest[1..].starts_with(**name))
        {
            rest = rest.split_once(&format!("</{end}"))?.1;
        } else {
            rest = &rest[1..];
        }
    }
    None
}

/// `charset=…`, on its own or in the content of a `meta` that stands for a header.
fn of_meta(tag: &str) -> Option<&'static Encoding> {
    let (before, name) = tag.split_once("charset")?;
    let alone = !before.contains("content");
    if !alone && !tag.contains("content-type") {
        return None;
    }
    readable(quoted(name.trim_start().strip_prefix('=')?)?)
}

/// Returns a value with or without quotes around it.
fn quoted(value: &str) -> Option<&str> {
    let value = value.trim_start();
    let end = match value.chars().next()? {
        quote @ ('"' | '\'') => return value[1..].split(quote).next(),
        _ => value.find(|c: char| c.is_whitespace() || matches!(c, ';' | '"' | '\'' | '/' | '>')),
    };
    Some(&value[..end.unwrap_or(value.len())])
}

/// Returns the encoding that a declaration stands for; a page that was read as ASCII is no UTF-16.
fn readable(name: &str) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(name.trim().as_bytes())?;
    match encoding.name() {
        "UTF-16LE" | "UTF-16BE" => Some(UTF_8),
        "x-user-defined" => Some(WINDOWS_1252),
        "replacement" => None,
        _ => Some(encoding),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of pages, their encodings and how these are known.
    const PAGES: &[(&[u8], &Encoding, EncodingBasis)] = &[
        (
            b"<meta charset=iso-8859-1>\xfc",
            WINDOWS_1252,
            EncodingBasis::Declared,
        ),
        (
            b"<META CHARSET='latin1'/>\xfc",
            WINDOWS_1252,
            EncodingBasis::Declared,
        ),
        (
            b"<meta http-equiv=Content-Type content='text/html; charset=ISO-8859-15'>\xfc",
            encoding_rs::ISO_8859_15,
            EncodingBasis::Declared,
        ),
        (
            b"<meta content=\"text/html;charset=windows-1251\" http-equiv='content-type'>",
            encoding_rs::WINDOWS_1251,
            EncodingBasis::Declared,
        ),
        (
            b"<?xml version='1.0' encoding=\"ISO-8859-1\"?><html>\xfc",
            WINDOWS_1252,
            EncodingBasis::Declared,
        ),
        (b"<meta charset=utf-16><p>a", UTF_8, EncodingBasis::Declared),
        (
            b"<!-- <meta charset=koi8-r> --><p>\xc3\xbc",
            UTF_8,
            EncodingBasis::Valid,
        ),
        (
            b"<script>'<meta charset=koi8-r>'</script><p>\xc3\xbc",
            UTF_8,
            EncodingBasis::Valid,
        ),
        (
            b"<meta name=description content='charset=koi8-r'>\xc3\xbc",
            UTF_8,
            EncodingBasis::Valid,
        ),
        (
            b"\xef\xbb\xbf<meta charset=latin1>\xc3\xbc",
            UTF_8,
            EncodingBasis::Mark,
        ),
        (b"\xff\xfe<\0", UTF_16LE, EncodingBasis::Mark),
        (b"\xfe\xff\0<", UTF_16BE, EncodingBasis::Mark),
        (b"<\0p\0", UTF_16LE, EncodingBasis::Mark),
        (b"<p>\xfc", WINDOWS_1252, EncodingBasis::Guessed),
        (b"<meta charset=utf-8>\xfc", UTF_8, EncodingBasis::Declared),
        (b"", UTF_8, EncodingBasis::Valid),
    ];

    #[test]
    fn a_page_tells_its_encoding() {
        for &(page, encoding, basis) in PAGES {
            let found = of_page(page, UTF_8);
            assert_eq!(
                found,
                PageEncoding { encoding, basis },
                "{}",
                String::from_utf8_lossy(page)
            );
        }
    }

    #[test]
    fn a_stated_encoding_yields_to_that_of_the_page() {
        let latin = WINDOWS_1252;
        let stated = |page: &[u8]| of_page(page, latin).encoding;
        assert_eq!(stated(b"<meta charset=utf-8>\xc3\xbc"), UTF_8);
        assert_eq!(stated(b"<p>\xc3\xbc"), UTF_8);
        assert_eq!(of_page(b"<p>\xfc", latin).basis, EncodingBasis::Stated);
        assert_eq!(
            of_page(b"<meta charset=utf-8>\xfc", UTF_8).decode(b"<meta charset=utf-8>\xfc"),
            None
        );
    }
}
