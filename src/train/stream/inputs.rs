//! Inputs, which must be the same in every pass.

use crate::corpus::Input;
use crate::text::Texts;
use crate::{Error, Result};
use std::hash::Hasher;
use twox_hash::XxHash3_64;

/// Checks that an input can be read again: a stream is read several times.
pub(super) fn readable_again(input: &Input) -> Result<()> {
    let refused = |what: String| {
        Err(Error::usage(format!(
            "a stream is read several times, which {what} cannot be"
        ))
        .help("write it to a file first, compressed if need be, and name that"))
    };
    match input {
        Input::Stdin => refused("standard input".to_string()),
        Input::Rows(_) => Ok(()),
        // A missing file is an error when it is read.
        Input::File { path, .. } => match std::fs::metadata(path) {
            Ok(metadata) if !metadata.is_file() => {
                refused(format!("`{}`, which is no regular file,", path.display()))
            }
            _ => Ok(()),
        },
    }
}

pub(super) fn changed() -> Error {
    Error::data("the inputs changed while they were read")
        .help("train on a copy that nothing writes to")
}

/// A hash of the names and bytes of all inputs.
pub(super) fn input_key(inputs: &[Input]) -> Result<u64> {
    let mut hash = XxHash3_64::with_seed(0);
    for input in inputs {
        let path = match input {
            Input::File { path, .. } => path,
            Input::Rows(rows) => {
                hash.write(&rows.bytes());
                continue;
            }
            Input::Stdin => continue,
        };
        let refused = |e| Error::io("read", e).at(path.display());
        hash.write(path.to_string_lossy().as_bytes());
        let mut file = std::fs::File::open(path).map_err(refused)?;
        let mut bytes = vec![0; 1 << 20];
        loop {
            match std::io::Read::read(&mut file, &mut bytes).map_err(refused)? {
                0 => break,
                read => hash.write(&bytes[..read]),
            }
        }
    }
    Ok(hash.finish())
}

/// Every text is followed by its length, so that no two lists give the same bytes.
pub(super) fn write_texts(hash: &mut XxHash3_64, texts: &Texts) {
    for text in texts.iter() {
        hash.write(text.as_bytes());
        hash.write_u64(text.len() as u64);
    }
}
