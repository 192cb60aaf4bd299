//! Errors of files: those that are broken, and those that are whole but not read.

use crate::corpus::reader::Refused;
use parquet::errors::ParquetError;
use std::io;

/// Makes the error of a file that is broken.
pub(super) fn broken(message: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message.into())
}

/// Makes the error of a file that is not read, with a remedy.
pub(super) fn refused(message: impl Into<String>, help: &'static str) -> io::Error {
    let message = message.into();
    io::Error::new(io::ErrorKind::InvalidData, Refused { message, help })
}

/// Makes the error that an error of the format's reader is.
pub(super) fn fault(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(own) => *own,
            Err(other) => broken(other.to_string()),
        },
        ParquetError::NYI(what) => refused(
            format!("the file is not read: {what}"),
            "write it again with another codec or encoding",
        ),
        other => broken(plain(&other.to_string())),
    }
}

/// Returns a message without the names of kinds of errors before it.
fn plain(message: &str) -> String {
    let named = ["Parquet error: ", "EOF: "].iter();
    let rest = named.fold(message, |text, name| {
        text.strip_prefix(name).unwrap_or(text)
    });
    rest.to_string()
}

/// Puts a place before the message of an error of a broken file.
pub(super) fn within(place: &str, error: io::Error) -> io::Error {
    let own = error.get_ref().is_some_and(|inner| inner.is::<Refused>());
    match error.kind() {
        io::ErrorKind::InvalidData if !own => broken(format!("{place}: {error}")),
        _ => error,
    }
}
