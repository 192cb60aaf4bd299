//! The end of a file, which says where everything stands.

use super::fault::{broken, fault, refused};
use super::source::Source;
use super::thrift::{Thrift, kind};
use crate::corpus::sniff::PARQUET;
use crate::json::Value;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::Length;
use std::io;
use std::panic::catch_unwind;
use std::sync::Arc;

/// The first and last bytes of a file whose end is encrypted.
const ENCRYPTED: &[u8; 4] = b"PARE";
/// Bytes behind the description of a file: its length, and the magic.
const TAIL: u64 = 8;
/// Groups within one another, in which columns may stand.
const MAX_DEPTH: usize = 256;

/// Reads the description of a file.
pub(super) fn read(source: &Source) -> io::Result<ParquetMetaData> {
    let length = source.len();
    let begins = source.part(0, length.min(4))?;
    if begins != PARQUET && begins != ENCRYPTED {
        return Err(refused(
            "not a Parquet file: it does not begin with PAR1",
            "name it as what it is, or make or fetch it again",
        ));
    }
    let tail = source.part(length.saturating_sub(TAIL), length.min(TAIL))?;
    if length < TAIL + 4 || !matches!(&tail[4..], magic if magic == PARQUET || magic == ENCRYPTED) {
        return Err(broken("it does not end with PAR1"));
    }
    if tail[4..] == *ENCRYPTED {
        return Err(refused("the file is encrypted", "decrypt it first"));
    }
    let size = u64::from(u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]));
    let start = (length - TAIL)
        .checked_sub(size)
        .filter(|&start| start >= 4)
        .ok_or_else(|| broken(format!("its description claims to be {size} bytes long")))?;
    let bytes = source.part(start, size)?;
    verify_schema(&bytes).ok_or_else(|| broken("its description cannot be read"))?;
    // The reader has not been made for broken files alone: it may panic where it should refuse.
    catch_unwind(|| ParquetMetaDataReader::decode_metadata(&bytes))
        .map_err(|_| broken("its description cannot be read"))?
        .map_err(fault)
}

/// Verifies that the tree of columns is no larger than its description and not too deep; `None`
/// where it is, or where the bytes are no description.
fn verify_schema(footer: &[u8]) -> Option<()> {
    let (mut footer, mut last) = (Thrift(footer), 0);
    loop {
        let (number, of) = footer.field(last)?;
        match (number, of) {
            (0, _) => return None,
            (2, kind::LIST) => break,
            _ => footer.skip(of)?,
        }
        last = number;
    }
    let (nodes, of) = footer.list()?;
    if of != kind::STRUCT {
        return None;
    }
    // The children that are still to come, of each group around the next node.
    let mut groups: Vec<u64> = Vec::new();
    for at in 0..nodes {
        while groups.pop_if(|children| *children == 0).is_some() {}
        if let Some(children) = groups.last_mut() {
            *children -= 1;
        }
        let children = node_children(&mut footer)?;
        if children > nodes - at || groups.len() == MAX_DEPTH {
            return None;
        }
        groups.push(children);
    }
    Some(())
}

/// Passes over a node, and returns the number of its children.
fn node_children(footer: &mut Thrift) -> Option<u64> {
    let (mut last, mut children) = (0, 0);
    loop {
        let (number, of) = footer.field(last)?;
        match (number, of) {
            (0, _) => return Some(children),
            (5, kind::I32) => children = u64::try_from(footer.int()?).ok()?,
            _ => footer.skip(of)?,
        }
        last = number;
    }
}

/// The names of classes that a file gives to the numbers in its columns, as the library `datasets`
/// of Hugging Face writes them.
pub(super) struct ClassNames(Option<Value>);

impl ClassNames {
    /// Reads the names out of the description of a file.
    pub fn of(file: &ParquetMetaData) -> Self {
        let pairs = file.file_metadata().key_value_metadata();
        let mut pairs = pairs.into_iter().flatten();
        let text = pairs.find(|pair| pair.key == "huggingface");
        let text = text.and_then(|pair| pair.value.as_deref());
        ClassNames(text.and_then(|text| Value::parse(text).ok()))
    }

    /// Returns the names of the classes in a column, or in the lists in it, by their numbers.
    pub fn of_column(&self, column: &str) -> Option<Arc<[String]>> {
        let features = self.0.as_ref()?.get("info")?.get("features")?;
        let mut feature = features.get(column)?;
        // A list of something is `{"feature": …}` or, in older files, a list of one.
        while let Some(inner) = feature
            .get("feature")
            .or_else(|| feature.as_array()?.first())
        {
            feature = inner;
        }
        if feature.get("_type")?.as_str()? != "ClassLabel" {
            return None;
        }
        let names = feature.get("names")?.as_array()?.iter();
        names
            .map(|name| name.as_str().map(str::to_string))
            .collect()
    }
}
