//! Values of columns as JSON.

use super::fault::broken;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};
use parquet::schema::types::Type;
use std::io::{self, Write};
use std::sync::Arc;

/// The meaning of the values of a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meaning {
    /// Numbers, truth values and texts, as they are.
    Plain,
    /// Integers without a sign.
    Unsigned,
    /// Days since 1970.
    Date,
    /// The time of a day, in parts of a second.
    Time { second: i64 },
    /// A moment since 1970, in parts of a second; by UTC, or where nothing says so.
    Timestamp { second: i64, utc: bool },
    /// Integers divided by a power of ten.
    Decimal { digits: usize },
    /// A floating-point number of 16 bits.
    Half,
    /// 16 bytes of a UUID.
    Uuid,
    /// A text, which must be UTF-8.
    Text,
    /// The numbers of classes with these names.
    Classes(Arc<[String]>),
}

/// Seconds of a day.
const DAY: i64 = 86_400;
/// Decimal places of a number; 76 are the most that the widest ones have elsewhere.
const MAX_DIGITS: usize = 1000;

impl Meaning {
    /// Returns the meaning of a column's values.
    pub fn of(column: &Type, classes: Option<&Arc<[String]>>) -> Self {
        let info = column.get_basic_info();
        let integers = matches!(
            column.get_physical_type(),
            Physical::INT32 | Physical::INT64
        );
        if let Some(names) = classes.filter(|_| integers) {
            return Meaning::Classes(names.clone());
        }
        let digits = usize::try_from(column.get_scale()).unwrap_or(0);
        match info.logical_type_ref() {
            Some(LogicalType::Decimal(_)) => Meaning::Decimal { digits },
            Some(LogicalType::Date) => Meaning::Date,
            Some(LogicalType::Time(time)) => Meaning::Time {
                second: parts(&time.unit),
            },
            Some(LogicalType::Timestamp(time)) => Meaning::Timestamp {
                second: parts(&time.unit),
                utc: time.is_adjusted_to_u_t_c,
            },
            Some(LogicalType::Integer(int)) if !int.is_signed => Meaning::Unsigned,
            Some(LogicalType::String | LogicalType::Enum | LogicalType::Json) => Meaning::Text,
            Some(LogicalType::Uuid) => Meaning::Uuid,
            Some(LogicalType::Float16) => Meaning::Half,
            Some(_) => Meaning::Plain,
            None if column.get_physical_type() == Physical::INT96 => Meaning::Timestamp {
                second: 1_000_000_000,
                utc: false,
            },
            None => Self::converted(info.converted_type(), digits),
        }
    }

    /// Returns the meaning by the older kind of description.
    fn converted(column: ConvertedType, digits: usize) -> Self {
        let timestamp = |second| Meaning::Timestamp { second, utc: true };
        match column {
            ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON => Meaning::Text,
            ConvertedType::DECIMAL => Meaning::Decimal { digits },
            ConvertedType::DATE => Meaning::Date,
            ConvertedType::TIME_MILLIS => Meaning::Time { second: 1000 },
            ConvertedType::TIME_MICROS => Meaning::Time { second: 1_000_000 },
            ConvertedType::TIMESTAMP_MILLIS => timestamp(1000),
            ConvertedType::TIMESTAMP_MICROS => timestamp(1_000_000),
            ConvertedType::UINT_8
            | ConvertedType::UINT_16
            | ConvertedType::UINT_32
            | ConvertedType::UINT_64 => Meaning::Unsigned,
            _ => Meaning::Plain,
        }
    }
}

fn parts(unit: &TimeUnit) -> i64 {
    match unit {
        TimeUnit::MILLIS => 1000,
        TimeUnit::MICROS => 1_000_000,
        TimeUnit::NANOS => 1_000_000_000,
    }
}

/// A value as a file holds it.
pub(super) trait Scalar {
    /// Writes the value as JSON.
    fn write(&self, meaning: &Meaning, out: &mut Vec<u8>) -> io::Result<()>;
}

impl Scalar for bool {
    fn write(&self, _: &Meaning, out: &mut Vec<u8>) -> io::Result<()> {
        write!(out, "{self}")
    }
}

impl Scalar for i32 {
    fn write(&self, meaning: &Meaning, out: &mut Vec<u8>) -> io::Result<()> {
        match meaning {
            Meaning::Unsigned => write!(out, "{}", *self as u32),
            _ => i64::from(*self).write(meaning, out),
        }
    }
}

impl Scalar for i64 {
    fn write(&self, meaning: &Meaning, out: &mut Vec<u8>) -> io::Result<()> {
        match meaning {
            Meaning::Unsigned => write!(out, "{}", *self as u64),
            Meaning::Date => quoted(out, |out| write_date(*self, out)),
            Meaning::Time { second } => quoted(out, |out| write_time(*self, *second, out)),
            Meaning::Timestamp { second, utc } => {
                quoted(out, |out| write_timestamp(*self, *second, *utc, out))
            }
            Meaning::Decimal { digits } => write_decimal(&self.to_be_bytes(), *digits, out),
            Meaning::Classes(names) => write_class(*self, names, out),
            _ => write!(out, "{self}"),
        }
    }
}

impl Scalar for Int96 {
    fn write(&self, _: &Meaning, out: &mut Vec<u8>) -> io::Result<()> {
        // Microseconds hold all years that one writes, nanoseconds three centuries.
        quoted(out, |out| {
            write_timestamp(self.to_micros(), 1_000_000, false, out)
        })
    }
}

impl Scalar for f32 {
    fn write(&self, _: &Meaning, out: &mut Vec<u8>) -> io::Result<()> {
        // JSON has no infinite numbers, and the writer makes null of them.
        Ok(serde_json::to_writer(out, self)?)
    }
}

impl Scalar for f64 {
    fn write(&self, _: &Meaning, out: &mut Vec<u8>) -> io::Result<()> {
        Ok(serde_json::to_writer(out, self)?)
    }
}

impl Scalar for ByteArray {
    fn write(&self, meaning: &Meaning, out: &mut Vec<u8>) -> io::Result<()> {
        write_bytes(self.data(), meaning, out)
    }
}

impl Scalar for FixedLenByteArray {
    fn write(&self, meaning: &Meaning, out: &mut Vec<u8>) -> io::Result<()> {
        write_bytes(self.data(), meaning, out)
    }
}

fn quoted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> io::Result<()> {
    out.push(b'"');
    write(out)?;
    out.push(b'"');
    Ok(())
}

fn write_bytes(bytes: &[u8], meaning: &Meaning, out: &mut Vec<u8>) -> io::Result<()> {
    match (meaning, bytes) {
        (Meaning::Decimal { digits }, _) => write_decimal(bytes, *digits, out),
        (Meaning::Half, &[low, high]) => half(u16::from_le_bytes([low, high])).write(meaning, out),
        (Meaning::Uuid, bytes) if bytes.len() == 16 => quoted(out, |out| write_uuid(bytes, out)),
        (Meaning::Text, _) => write_text(bytes, out),
        (_, bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(serde_json::to_writer(out, text)?),
            Err(_) => quoted(out, |out| write_hex(bytes, out)),
        },
    }
}

/// Writes a text. One that is not UTF-8 stays so, for the row to be refused as such.
fn write_text(bytes: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(serde_json::to_writer(out, text)?),
        Err(_) => {
            serde_json::to_writer(&mut *out, &String::from_utf8_lossy(bytes))?;
            out.insert(out.len() - 1, 0xff);
            Ok(())
        }
    }
}

fn write_hex(bytes: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
}

fn write_uuid(bytes: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    for (at, part) in [0..4, 4..6, 6..8, 8..10, 10..16].into_iter().enumerate() {
        if at > 0 {
            out.push(b'-');
        }
        write_hex(&bytes[part], out)?;
    }
    Ok(())
}

/// Writes the name of a class; the number −1 says that there is none.
fn write_class(number: i64, names: &[String], out: &mut Vec<u8>) -> io::Result<()> {
    if number == -1 {
        return out.write_all(b"null");
    }
    let name = usize::try_from(number).ok().and_then(|at| names.get(at));
    let name = name.ok_or_else(|| {
        let known = names.len();
        broken(format!(
            "the class {number} has no name, of {known} that have"
        ))
    })?;
    Ok(serde_json::to_writer(out, name)?)
}

/// Writes the day of this number since 1970.
fn write_date(day: i64, out: &mut Vec<u8>) -> io::Result<()> {
    let (year, month, day) = civil(day);
    write!(out, "{year:04}-{month:02}-{day:02}")
}

fn write_time(parts: i64, second: i64, out: &mut Vec<u8>) -> io::Result<()> {
    let (seconds, fraction) = (parts.div_euclid(second), parts.rem_euclid(second));
    let (minutes, seconds) = (seconds.div_euclid(60), seconds.rem_euclid(60));
    let (hours, minutes) = (minutes.div_euclid(60), minutes.rem_euclid(60));
    write!(out, "{hours:02}:{minutes:02}:{seconds:02}")?;
    if fraction == 0 {
        return Ok(());
    }
    let places = second.ilog10() as usize;
    write!(out, ".{fraction:0places$}")?;
    while out.pop_if(|digit| *digit == b'0').is_some() {}
    Ok(())
}

fn write_timestamp(parts: i64, second: i64, utc: bool, out: &mut Vec<u8>) -> io::Result<()> {
    let day = second * DAY;
    write_date(parts.div_euclid(day), out)?;
    out.push(b'T');
    write_time(parts.rem_euclid(day), second, out)?;
    if utc {
        out.push(b'Z');
    }
    Ok(())
}

/// Returns year, month and day of a day since 1970, in the Gregorian calendar.
///
/// The algorithm counts years from March on, so that the leap day is the last one of a year.
fn civil(day: i64) -> (i64, i64, i64) {
    const ERA: i64 = 146_097;
    // 1 March of the year 0 is this many days before 1970.
    let day = day + 719_468;
    let (era, of_era) = (day.div_euclid(ERA), day.rem_euclid(ERA));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year + era * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * from_march + 2) / 5 + 1)
}

/// Writes a two's complement, the highest byte first, divided by a power of ten.
fn write_decimal(bytes: &[u8], digits: usize, out: &mut Vec<u8>) -> io::Result<()> {
    if digits > MAX_DIGITS {
        return Err(broken(format!("a number of {digits} decimal places")));
    }
    let negative = bytes.first().is_some_and(|&first| first >= 0x80);
    let mut rest: Vec<u8> = bytes.to_vec();
    if negative {
        out.push(b'-');
        rest.iter_mut().for_each(|byte| *byte = !*byte);
        // One more, from the lowest byte on as long as there is a carry.
        for byte in rest.iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
    }
    // Digits from the lowest to the highest, of which one at least stands before the point.
    let mut written = Vec::new();
    while written.len() <= digits || rest.iter().any(|&byte| byte != 0) {
        written.push(b'0' + divide_by_ten(&mut rest));
    }
    for (at, &digit) in written.iter().enumerate().rev() {
        out.push(digit);
        if at == digits && digits > 0 {
            out.push(b'.');
        }
    }
    Ok(())
}

/// Divides a number, the highest byte first, and returns the remainder.
fn divide_by_ten(number: &mut [u8]) -> u8 {
    let mut remainder = 0u16;
    for byte in number {
        let value = remainder << 8 | u16::from(*byte);
        (*byte, remainder) = ((value / 10) as u8, value % 10);
    }
    remainder as u8
}

/// Returns a floating-point number of 16 bits.
fn half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f32::from(bits & 0x3ff));
    sign * match exponent {
        0 => fraction * 2f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1024.0 + fraction) * 2f32.powi(exponent - 25),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(value: impl Scalar, meaning: Meaning) -> String {
        let mut out = Vec::new();
        value.write(&meaning, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn timestamp(second: i64, utc: bool) -> Meaning {
        Meaning::Timestamp { second, utc }
    }

    #[test]
    fn days_and_moments_are_in_iso_8601() {
        for (day, text) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (11_016, "2000-02-29"),
            (19_782, "2024-02-29"),
            (19_783, "2024-03-01"),
            (-719_468, "0000-03-01"),
        ] {
            assert_eq!(json(day, Meaning::Date), format!("\"{text}\""));
        }
        assert_eq!(
            json(1_500i64, timestamp(1000, true)),
            "\"1970-01-01T00:00:01.5Z\""
        );
        assert_eq!(
            json(-1i64, timestamp(1_000_000, false)),
            "\"1969-12-31T23:59:59.999999\""
        );
        assert_eq!(
            json(50_000_000i64, timestamp(1_000_000_000, false)),
            "\"1970-01-01T00:00:00.05\""
        );
        assert_eq!(
            json(86_399_000, Meaning::Time { second: 1000 }),
            "\"23:59:59\""
        );
    }

    #[test]
    fn decimals_keep_all_digits() {
        let decimal = |value: i64, digits| json(value, Meaning::Decimal { digits });
        assert_eq!(decimal(1250, 2), "12.50");
        assert_eq!(decimal(-5, 3), "-0.005");
        assert_eq!(decimal(i64::MIN, 0), "-9223372036854775808");
        let wide = ByteArray::from(vec![0x80; 17]);
        let number = -0x7f7f_7f7f_7f7f_7f7f_7f7f_7f7f_7f7f_7f80_i128;
        let narrow = ByteArray::from(number.to_be_bytes().to_vec());
        assert_eq!(
            json(narrow, Meaning::Decimal { digits: 0 }),
            number.to_string()
        );
        assert!(json(wide, Meaning::Decimal { digits: 40 }).starts_with("-4"));
        let mut out = Vec::new();
        let places = Meaning::Decimal { digits: 1001 };
        assert!(1i64.write(&places, &mut out).is_err());
    }

    #[test]
    fn numbers_have_the_sign_and_width_that_they_are_said_to_have() {
        assert_eq!(json(-1, Meaning::Unsigned), "4294967295");
        assert_eq!(json(-1i64, Meaning::Unsigned), "18446744073709551615");
        assert_eq!(json(f64::NAN, Meaning::Plain), "null");
        let bits = |bits: u16| FixedLenByteArray::from(bits.to_le_bytes().to_vec());
        for (half, text) in [
            (0x3c00, "1.0"),
            (0xc000, "-2.0"),
            (0x0001, "5.9604645e-8"),
            (0x7c00, "null"),
        ] {
            assert_eq!(json(bits(half), Meaning::Half), text);
        }
    }

    #[test]
    fn bytes_are_texts_or_digits() {
        let bytes = |bytes: &[u8]| ByteArray::from(bytes.to_vec());
        assert_eq!(
            json(bytes("a\"ü\n".as_bytes()), Meaning::Plain),
            r#""a\"ü\n""#
        );
        assert_eq!(json(bytes(&[0xff, 0x0a]), Meaning::Plain), r#""ff0a""#);
        let uuid = FixedLenByteArray::from((0..16).collect::<Vec<u8>>());
        assert_eq!(
            json(uuid, Meaning::Uuid),
            r#""00010203-0405-0607-0809-0a0b0c0d0e0f""#
        );
        let mut out = Vec::new();
        bytes(b"a\xff").write(&Meaning::Text, &mut out).unwrap();
        assert!(std::str::from_utf8(&out).is_err());
    }

    #[test]
    fn numbers_of_classes_become_their_names() {
        let names: Arc<[String]> = vec!["no".to_string(), "yes".to_string()].into();
        let classes = || Meaning::Classes(names.clone());
        assert_eq!(json(1i64, classes()), "\"yes\"");
        assert_eq!(json(-1i64, classes()), "null");
        assert!(2i64.write(&classes(), &mut Vec::new()).is_err());
    }
}
