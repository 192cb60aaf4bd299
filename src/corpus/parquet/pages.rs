//! Pages of a column, verified before memory is reserved for what they say that they hold.

use super::thrift::Thrift;
use parquet::basic::{Encoding, Type as Physical};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::schema::types::ColumnDescriptor;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Values in lists that are read at once, for rows that end after them.
const MAX_LISTED: u64 = 1 << 24;
/// Values of a page whose lengths are decoded all at once.
const MAX_LENGTHS: u64 = 1 << 24;

/// The number of values in lists since the last row began.
#[derive(Clone, Default)]
pub(super) struct Listed(Arc<AtomicU64>);

impl Listed {
    /// Begins to count anew.
    pub fn reset(&self) {
        self.0.store(0, Relaxed);
    }
}

/// A reader of pages that refuses those that cannot be what they say.
pub(super) struct VerifiedPages<R> {
    pages: R,
    /// The next page, once something of it was asked for. It is read as a whole, because what
    /// comes after a head that was looked at alone would be taken for another head by
    /// [`Source`](super::source::Source).
    next: Option<Page>,
    /// Bytes of a value at least.
    width: u64,
    /// The highest levels of repetition and definition.
    levels: [i16; 2],
    listed: Listed,
    /// Texts may repeat the beginning of the one before, as the description of the column says.
    prefixes: bool,
}

impl<R: PageReader> VerifiedPages<R> {
    pub fn new(pages: R, column: &ColumnDescriptor, prefixes: bool, listed: Listed) -> Self {
        let width = match column.physical_type() {
            Physical::BOOLEAN => 0,
            Physical::FIXED_LEN_BYTE_ARRAY => u64::try_from(column.type_length()).unwrap_or(0),
            _ => 4,
        };
        VerifiedPages {
            pages,
            next: None,
            width,
            levels: [column.max_rep_level(), column.max_def_level()],
            listed,
            prefixes,
        }
    }

    fn verify(&self, page: &Page) -> Result<()> {
        let values = u64::from(page.num_values());
        let bytes = page.buffer();
        let (encoding, lengths) = match page {
            Page::DictionaryPage { .. } if values * self.width > bytes.len() as u64 => {
                let bytes = bytes.len();
                return refuse(format!(
                    "a dictionary of {bytes} bytes claims {values} values"
                ));
            }
            Page::DictionaryPage { .. } => return Ok(()),
            Page::DataPage {
                encoding,
                def_level_encoding,
                rep_level_encoding,
                ..
            } => {
                let encodings = [*rep_level_encoding, *def_level_encoding];
                (*encoding, self.past_levels(bytes, encodings, values))
            }
            Page::DataPageV2 {
                encoding,
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => {
                let levels = *def_levels_byte_len as usize + *rep_levels_byte_len as usize;
                (*encoding, bytes.get(levels..))
            }
        };
        if self.levels[0] > 0 && self.listed.0.fetch_add(values, Relaxed) + values > MAX_LISTED {
            return refuse(format!(
                "lists of more than {MAX_LISTED} values in a few rows"
            ));
        }
        let lists = match encoding {
            Encoding::DELTA_LENGTH_BYTE_ARRAY => 1,
            Encoding::DELTA_BYTE_ARRAY if self.prefixes => 2,
            Encoding::DELTA_BYTE_ARRAY => {
                return refuse("an encoding that the description does not name".to_string());
            }
            _ => return Ok(()),
        };
        let verified = lengths.and_then(|bytes| verify_lengths(bytes, lists, values));
        verified.map_or_else(|| refuse("broken lengths of texts".to_string()), Ok)
    }

    /// Returns the bytes of a page behind its levels, in the first version of pages.
    fn past_levels<'b>(
        &self,
        bytes: &'b [u8],
        encodings: [Encoding; 2],
        values: u64,
    ) -> Option<&'b [u8]> {
        let mut rest = bytes;
        for (&most, encoding) in self.levels.iter().zip(encodings) {
            if most == 0 {
                continue;
            }
            let length = match encoding {
                Encoding::RLE => {
                    let (length, behind) = rest.split_first_chunk::<4>()?;
                    rest = behind;
                    u64::from(u32::from_le_bytes(*length))
                }
                _ => (values * u64::from(i16::BITS - most.leading_zeros())).div_ceil(8),
            };
            rest = rest.get(usize::try_from(length).ok()?..)?;
        }
        Some(rest)
    }
}

fn refuse(message: String) -> Result<()> {
    Err(ParquetError::General(message))
}

/// Verifies that lists of lengths hold no more numbers than the page has values; `None` where they
/// do, or where they break off.
fn verify_lengths(bytes: &[u8], lists: usize, values: u64) -> Option<()> {
    let mut rest = Thrift(bytes);
    for _ in 0..lists {
        let numbers = pass_numbers(&mut rest)?;
        if numbers > values || numbers > MAX_LENGTHS {
            return None;
        }
    }
    Some(())
}

/// Passes over a list of numbers that are stored by their differences, and returns how many there
/// are. Lists begin as numbers of Thrift do: seven bits a byte.
fn pass_numbers(bytes: &mut Thrift) -> Option<u64> {
    let (block, parts, numbers) = (bytes.varint()?, bytes.varint()?, bytes.varint()?);
    bytes.varint()?;
    let of_part = block.checked_div(parts).filter(|&length| length > 0)?;
    let mut left = numbers.saturating_sub(1);
    while left > 0 {
        bytes.varint()?;
        for &width in bytes.take(usize::try_from(parts).ok()?)? {
            if left == 0 {
                break;
            }
            let length = of_part.checked_mul(u64::from(width))?.div_ceil(8);
            bytes.take(usize::try_from(length).ok()?)?;
            left = left.saturating_sub(of_part);
        }
    }
    Some(numbers)
}

impl<R: PageReader> Iterator for VerifiedPages<R> {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl<R: PageReader> PageReader for VerifiedPages<R> {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        if let Some(page) = self.next.take() {
            return Ok(Some(page));
        }
        let page = self.pages.get_next_page()?;
        page.iter().try_for_each(|page| self.verify(page))?;
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        if self.next.is_none() {
            self.next = self.get_next_page()?;
        }
        Ok(self.next.as_ref().map(metadata))
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.get_next_page().map(drop)
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        // Pages of the first version may end inside of a row.
        let next = self.peek_next_page()?;
        Ok(next.is_none_or(|page| page.num_rows.is_some()))
    }
}

fn metadata(page: &Page) -> PageMetadata {
    let num_rows = match page {
        Page::DataPageV2 { num_rows, .. } => Some(*num_rows as usize),
        _ => None,
    };
    let is_dict = page.is_dictionary_page();
    PageMetadata {
        num_rows,
        num_levels: (!is_dict).then_some(page.num_values() as usize),
        is_dict,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three numbers: 5, and twice no difference.
    const THREE: [u8; 9] = [0x80, 0x01, 4, 3, 10, 0, 0, 0, 0];

    #[test]
    fn lengths_are_counted_before_they_are_believed() {
        let page = [&THREE[..], &[0], &THREE, &[0, b'x']].concat();
        assert_eq!(verify_lengths(&page, 2, 3), Some(()));
        assert_eq!(verify_lengths(&page, 2, 2), None);
        assert_eq!(verify_lengths(&page[..12], 2, 3), None);
        let many = [0x80, 0x01, 4, 0xff, 0xff, 0xff, 0xff, 0x7f, 10];
        assert_eq!(verify_lengths(&many, 1, u64::MAX), None);
    }
}
