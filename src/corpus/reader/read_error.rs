//! Errors of reading a stream.

use super::window::size;
use crate::Error;
use crate::corpus::Limits;
use crate::wording::{Setting, wording};
use std::io;

/// A stream that breaks off or is no valid compressed data is the data's fault, not the disk's.
pub(super) fn read_error(name: &str, error: io::Error, limits: &Limits) -> Error {
    if error
        .get_ref()
        .is_some_and(|inner| inner.is::<WrongEncoding>())
    {
        return Error::data(error.to_string())
            .at(name)
            .help(wording!["check ", Setting::Encoding]);
    }
    if let Some(Refused { message, help }) = error.get_ref().and_then(|e| e.downcast_ref()) {
        return Error::data(message.as_str()).at(name).help(*help);
    }
    if error.to_string().contains("requires too much memory") {
        let window = size(1 << limits.window_log.min(63));
        let message = format!("the file needs a window of more than {window} to be decompressed");
        return Error::data(message)
            .at(name)
            .help("compress it without --long or --ultra, or pipe it through zstd -dc --long=31");
    }
    use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof, Unsupported};
    if error.kind() == Unsupported {
        return Error::usage(error.to_string())
            .at(name)
            .help("decompress the file, or build with the feature `compression`");
    }
    if matches!(
        error.kind(),
        InvalidData | InvalidInput | UnexpectedEof | Other
    ) {
        return Error::data(format!("the file is broken or cut off: {error}"))
            .at(name)
            .help("make or fetch it again");
    }
    Error::io("read", error).at(name)
}

/// A file that is not read although it may be whole, and a remedy.
#[derive(Debug)]
pub(in crate::corpus) struct Refused {
    pub message: String,
    pub help: &'static str,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refused {}

/// Some bytes do not fit the encoding of this name.
#[derive(Debug)]
pub(super) struct WrongEncoding(pub &'static str);

impl std::fmt::Display for WrongEncoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the text holds bytes that are not valid {}", self.0)
    }
}

impl std::error::Error for WrongEncoding {}
