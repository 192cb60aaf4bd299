//! The little of Thrift's compact protocol that is looked at before a file is believed.
//!
//! The reader of the format reserves memory as a file says that it needs it. A few bytes could so
//! ask for all memory there is, and an allocation that fails ends the process. The numbers that it
//! goes by are read here first.

/// The types of fields by their numbers.
pub(super) mod kind {
    pub const I32: u8 = 5;
    pub const LIST: u8 = 9;
    pub const STRUCT: u8 = 12;
}

/// Structs within one another that are passed over.
const MAX_NESTING: usize = 64;

/// Bytes of the compact protocol, read from the front; every method returns `None` where they end
/// or are no such bytes.
pub(super) struct Thrift<'a>(pub &'a [u8]);

impl<'a> Thrift<'a> {
    /// Takes a number of bytes.
    pub fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    /// Reads a number without a sign, seven bits a byte.
    pub fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    /// Reads a number with a sign.
    pub fn int(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// Reads the head of a field behind the field `last`: its number and type, or the number 0 at
    /// the end of the struct.
    pub fn field(&mut self, last: i64) -> Option<(i64, u8)> {
        let head = self.byte()?;
        if head == 0 {
            return Some((0, 0));
        }
        let number = match head >> 4 {
            0 => self.int()?,
            step => last + i64::from(step),
        };
        (number > 0).then_some((number, head & 0x0f))
    }

    /// Reads the head of a list: its length and the type of its elements.
    pub fn list(&mut self) -> Option<(u64, u8)> {
        let head = self.byte()?;
        let length = match head >> 4 {
            15 => self.varint()?,
            short => u64::from(short),
        };
        Some((length, head & 0x0f))
    }

    /// Passes over the value of a field.
    pub fn skip(&mut self, kind: u8) -> Option<()> {
        self.skip_within(kind, MAX_NESTING)
    }

    fn skip_within(&mut self, kind: u8, levels: usize) -> Option<()> {
        let levels = levels.checked_sub(1)?;
        match kind {
            // Truth values stand in the head of the field.
            1 | 2 => {}
            3 => self.take(1).map(drop)?,
            4..=6 => self.varint().map(drop)?,
            7 => self.take(8).map(drop)?,
            8 => {
                let length = usize::try_from(self.varint()?).ok()?;
                self.take(length)?;
            }
            9 | 10 => {
                let (length, kind) = self.list()?;
                // A truth value in a list is a byte.
                let kind = if kind <= 2 { 3 } else { kind };
                (0..length).try_for_each(|_| self.skip_within(kind, levels))?;
            }
            kind::STRUCT => {
                let mut last = 0;
                loop {
                    match self.field(last)? {
                        (0, _) => break,
                        (number, kind) => {
                            self.skip_within(kind, levels)?;
                            last = number;
                        }
                    }
                }
            }
            _ => return None,
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_fields_are_read() {
        let mut bytes = Thrift(&[0x15, 0x03, 0x25, 0xac, 0x02, 0x00]);
        assert_eq!(bytes.field(0), Some((1, kind::I32)));
        assert_eq!(bytes.int(), Some(-2));
        assert_eq!(bytes.field(1), Some((3, kind::I32)));
        assert_eq!(bytes.int(), Some(150));
        assert_eq!(bytes.field(3), Some((0, 0)));
        assert_eq!(bytes.field(3), None);
    }

    #[test]
    fn values_are_passed_over_as_deep_as_they_may_be() {
        let value = [0x19, 0x28, 0x01, b'a', 0x02, b'b', b'c', 0x00, 0x7f];
        let mut bytes = Thrift(&value);
        assert_eq!(bytes.skip(kind::STRUCT), Some(()));
        assert_eq!(bytes.0, [0x7f]);
        let deep = [0x1c; 100];
        assert_eq!(Thrift(&deep).skip(kind::STRUCT), None);
    }
}
