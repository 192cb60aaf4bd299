//! Compressed streams: gzip, Zstandard, or neither.

use super::limits::Limits;
use std::io::{self, BufRead, BufReader, Cursor, Read};

/// Decompresses a stream that is compressed, as its first bytes tell. A Zstandard stream that looks
/// back further than the limit needs as much memory, and is refused.
pub(super) fn decompress(
    mut raw: Box<dyn Read + Send>,
    limits: &Limits,
) -> io::Result<Box<dyn BufRead + Send>> {
    let mut head = Vec::new();
    raw.by_ref().take(4).read_to_end(&mut head)?;
    let (gzip, zstd) = (
        head.starts_with(&[0x1f, 0x8b]),
        head == [0x28, 0xb5, 0x2f, 0xfd],
    );
    let whole = Cursor::new(head).chain(raw);
    match (gzip, zstd) {
        (true, _) => gunzip(whole, limits),
        (_, true) => unzstd(whole, limits),
        _ => Ok(buffered(whole)),
    }
}

#[cfg(feature = "compression")]
fn gunzip(whole: impl Read + Send + 'static, _: &Limits) -> io::Result<Box<dyn BufRead + Send>> {
    let whole = BufReader::with_capacity(1 << 16, whole);
    Ok(buffered(flate2::read::MultiGzDecoder::new(whole)))
}

#[cfg(feature = "compression")]
fn unzstd(
    whole: impl Read + Send + 'static,
    limits: &Limits,
) -> io::Result<Box<dyn BufRead + Send>> {
    let mut decoder = zstd::stream::read::Decoder::new(whole)?;
    decoder.window_log_max(limits.window_log)?;
    Ok(buffered(decoder))
}

#[cfg(not(feature = "compression"))]
use {refuse as gunzip, refuse as unzstd};

#[cfg(not(feature = "compression"))]
fn refuse(_: impl Read + Send + 'static, _: &Limits) -> io::Result<Box<dyn BufRead + Send>> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "this build cannot read compressed files",
    ))
}

pub(super) fn buffered(bytes: impl Read + Send + 'static) -> Box<dyn BufRead + Send> {
    Box::new(BufReader::with_capacity(1 << 16, bytes))
}
