//! Dates of documents, as exact as they are written.

use crate::{Error, Result};
use std::str::FromStr;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A date: the span of time that it names, in seconds since 1970 by UTC.
///
/// Known are `2021`, `2021-05`, `2021-05-09` and `20210509` of ISO 8601, and days that cannot be
/// misread: with the year first and one-digit months and days (`2021-5-9`, `2021/05/09`,
/// `2021.05.09`), as `9.5.2021`, which is the day first, and with an English month as `9-MAY-2021`,
/// `Sun, 9 May 2021` or `May 9, 2021`. `05/09/2021` is May or September, and refused. Behind a day
/// may stand a time of day after a `T` or a blank (`T14`, `T14:30`, `T14:30:05.25`) and an offset
/// (`Z`, `+02:00`, `-0500`); without one, UTC is taken. A year is a span of a year, so that `2021`
/// is neither before nor after `2021-05-09`.
///
/// ```
/// use standpoint::corpus::Date;
/// let (year, month): (Date, Date) = ("2021".parse()?, "2021-05".parse()?);
/// assert!(!year.is_before(&month) && !month.is_before(&year));
/// assert!("2021-04-30T23:59:59Z".parse::<Date>()?.is_before(&month));
/// # Ok::<(), standpoint::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Date {
    /// The first second.
    pub begin: i64,
    /// The first second after it.
    pub end: i64,
}

impl Date {
    /// Tells whether it is over when `other` begins.
    pub fn is_before(&self, other: &Date) -> bool {
        self.end <= other.begin
    }

    /// Returns its year, by UTC.
    pub fn year(&self) -> i64 {
        let day = self.begin.div_euclid(DAY);
        let about = 1969 + day.div_euclid(366).min(day.div_euclid(365));
        (about..)
            .take_while(|&year| day_number(year, 1, 1) <= day)
            .last()
            .unwrap_or(about)
    }

    /// Returns its month by UTC, from 1; `None` for a whole year.
    pub fn month(&self) -> Option<i64> {
        const MAX_MONTH: i64 = 31 * DAY;
        let (year, day) = (self.year(), self.begin.div_euclid(DAY));
        let month = (1..=12)
            .rev()
            .find(|&month| day_number(year, month, 1) <= day);
        month.filter(|_| self.end - self.begin <= MAX_MONTH)
    }
}

#[cfg(feature = "desk")]
/// Returns a time, in seconds since 1970 by UTC, as RFC 3339; `None` outside of the years 1 to 9999.
pub(crate) fn rfc3339(seconds: i64) -> Option<String> {
    let (first, last) = (day_number(1, 1, 1) * DAY, day_number(10_000, 1, 1) * DAY);
    (first..last).contains(&seconds).then(|| {
        let of_day = seconds.rem_euclid(DAY);
        let date = Date {
            begin: seconds,
            end: seconds + 1,
        };
        let (year, month) = (date.year(), date.month().unwrap_or(1));
        let day = seconds.div_euclid(DAY) - day_number(year, month, 1) + 1;
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    })
}

impl FromStr for Date {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        parse(text.trim()).ok_or_else(|| {
            Error::data(format!("`{text}` is no date that is understood")).help(
                "write dates as 2021, 2021-05, 2021-05-09 or 2021-05-09T14:30:00Z (ISO 8601), or 9.5.2021",
            )
        })
    }
}

fn parse(text: &str) -> Option<Date> {
    match in_words(text) {
        Some(text) => parse_numbers(&text),
        None => parse_numbers(text),
    }
}

/// `Sun, 9 May 2021 14:30` and `May 9, 2021` as `9-May-2021 14:30`.
fn in_words(text: &str) -> Option<String> {
    let words: Vec<&str> = text
        .split([' ', ','])
        .filter(|word| !word.is_empty())
        .collect();
    let is_weekday = |word: &str| {
        let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        word.get(..3)
            .is_some_and(|short| days.contains(&short.to_ascii_lowercase().as_str()))
            && word.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    let (day, month, rest) = match words.as_slice() {
        [weekday, day, month, rest @ ..] if is_weekday(weekday) && named(month).is_some() => {
            (day, month, rest)
        }
        [day, month, rest @ ..] if named(month).is_some() => (day, month, rest),
        [month, day, rest @ ..] if named(month).is_some() => (day, month, rest),
        _ => return None,
    };
    let (year, time) = rest.split_first()?;
    Some(
        format!("{day}-{month}-{year} {}", time.join(" "))
            .trim_end()
            .to_string(),
    )
}

fn parse_numbers(text: &str) -> Option<Date> {
    // A `T` may also stand in the name of a month.
    let after_digit = |&(at, _): &(usize, &str)| text[..at].ends_with(|c: char| c.is_ascii_digit());
    let (day, time) = match text.match_indices(['T', 't', ' ']).find(after_digit) {
        Some((at, _)) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let parts = fields(day)?;
    let [year, month, of_month] = parts.each_ref().map(|part| part.unwrap_or(1));
    let valid = (1..=12).contains(&month) && (1..=days_of_month(year, month)).contains(&of_month);
    let begin = valid.then(|| day_number(year, month, of_month) * DAY)?;
    match (parts, time) {
        ([_, _, Some(_)], Some(time)) => time_of_day(begin, time),
        (_, Some(_)) => None,
        ([_, _, Some(_)], None) => Some(Date {
            begin,
            end: begin + DAY,
        }),
        ([_, Some(_), None], None) => Some(Date {
            begin,
            end: begin + days_of_month(year, month) * DAY,
        }),
        _ => Some(Date {
            begin,
            end: day_number(year + 1, 1, 1) * DAY,
        }),
    }
}

/// Reads year, month and day, as far as they are written.
fn fields(day: &str) -> Option<[Option<i64>; 3]> {
    if day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some([
            digits(&day[..4], 4),
            digits(&day[4..6], 2),
            digits(&day[6..], 2),
        ]);
    }
    let separator = day.find(['-', '/', '.']).map(|at| &day[at..=at]);
    let parts: Vec<&str> = separator.map_or(vec![day], |separator| day.split(separator).collect());
    let (year, month, of_month) = match (parts.as_slice(), separator) {
        ([year], _) => (*year, None, None),
        ([year, month], Some("-")) => (*year, Some(short(month)), None),
        ([of_month, month, year], Some(".")) if year.len() == 4 => {
            (*year, Some(short(month)), Some(short(of_month)))
        }
        ([of_month, month, year], Some("-")) if year.len() == 4 && named(month).is_some() => {
            (*year, Some(named(month)), Some(short(of_month)))
        }
        ([year, month, of_month], _) => (*year, Some(short(month)), Some(short(of_month))),
        _ => return None,
    };
    // What is written and not understood spoils the date.
    let field = |written: Option<Option<i64>>| written.map_or(Some(None), |value| value.map(Some));
    Some([Some(digits(year, 4)?), field(month)?, field(of_month)?])
}

/// Reads a number of one or two digits.
fn short(text: &str) -> Option<i64> {
    digits(text, 1).or_else(|| digits(text, 2))
}

/// Returns the number of a month by its English name or the first letters of it.
fn named(month: &str) -> Option<i64> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let month = month.trim_end_matches('.').to_ascii_lowercase();
    let at = NAMES
        .iter()
        .position(|name| month.len() >= 3 && name.starts_with(&month))?;
    Some(at as i64 + 1)
}

fn digits(text: &str, width: usize) -> Option<i64> {
    let all = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

/// Reads an hour, minute or second of the day that begins at `day`.
fn time_of_day(day: i64, text: &str) -> Option<Date> {
    let (clock, offset) = match text.find(['Z', 'z', '+', '-']) {
        Some(at) => (&text[..at], offset(&text[at..])?),
        None => (text, 0),
    };
    let (mut seconds, mut span) = (0, 0);
    let mut parts = clock.trim_end().split(':');
    for (unit, most) in [(3600, 24), (60, 60), (1, 61)] {
        let Some(part) = parts.next() else { break };
        let whole = if unit == 1 {
            without_fraction(part)?
        } else {
            part
        };
        let value = digits(whole, 2).filter(|&value| value < most)?;
        (seconds, span) = (seconds + value * unit, unit);
    }
    let begin = day + seconds - offset;
    (parts.next().is_none() && span > 0).then_some(Date {
        begin,
        end: begin + span,
    })
}

fn without_fraction(seconds: &str) -> Option<&str> {
    let Some((whole, fraction)) = seconds.split_once(['.', ',']) else {
        return Some(seconds);
    };
    (!fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit())).then_some(whole)
}

/// Seconds east of Greenwich.
fn offset(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let plain: String = text[1..].chars().filter(|&c| c != ':').collect();
    let hours = digits(plain.get(..2)?, 2)?;
    let minutes = if plain.len() == 2 {
        0
    } else {
        digits(&plain[2..], 2)?
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a day of the Gregorian calendar.
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    // Days from 0001-01-01 to 1970-01-01.
    const UNTIL_1970: i64 = 719_162;
    let past = year - 1;
    let leap_days = past.div_euclid(4) - past.div_euclid(100) + past.div_euclid(400);
    let of_year: i64 = (1..month).map(|month| days_of_month(year, month)).sum();
    past * 365 + leap_days + of_year + day - 1 - UNTIL_1970
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "desk")]
    #[test]
    fn a_time_is_written_as_it_is_read() {
        let times = [
            "0001-01-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "2024-02-29T12:30:05Z",
        ];
        for time in times {
            assert_eq!(rfc3339(begin(time)).as_deref(), Some(time));
        }
        assert_eq!(rfc3339(i64::MAX), None);
    }

    fn begin(text: &str) -> i64 {
        text.parse::<Date>().unwrap().begin
    }

    #[test]
    fn dates_are_seconds_since_1970() {
        // As `date -u -d TEXT +%s` gives them.
        for (text, seconds) in [
            ("1970", 0),
            ("1969-12-31", -86_400),
            ("2000-02-29", 951_782_400),
            ("2021-05", 1_619_827_200),
            ("20210509", 1_620_518_400),
            ("2021-05-09T14:30:05.25Z", 1_620_570_605),
            ("2021-05-09 14:30:05+02:00", 1_620_563_405),
            ("2021-05-09T14:30-0530", 1_620_590_400),
            ("0001-01-01", -62_135_596_800),
            ("2021-5-9", 1_620_518_400),
            ("2021/05/09", 1_620_518_400),
            ("2021.5.9", 1_620_518_400),
            ("09.05.2021", 1_620_518_400),
            ("9-May-2021", 1_620_518_400),
            ("May 9, 2021", 1_620_518_400),
            ("Sun, 09 May 2021 14:30:05 +0200", 1_620_563_405),
            ("1-OCT-2021 14:30:05.79", 1_633_098_605),
        ] {
            assert_eq!(begin(text), seconds, "{text}");
        }
    }

    #[test]
    fn a_date_lasts_as_long_as_it_says() {
        for (text, days) in [
            ("2020", 366),
            ("2021", 365),
            ("2020-02", 29),
            ("1900-02", 28),
            ("2021-12-31", 1),
        ] {
            let date: Date = text.parse().unwrap();
            assert_eq!(date.end - date.begin, days * DAY, "{text}");
        }
    }

    #[test]
    fn years_and_months_are_those_of_utc() {
        let named = |text: &str| {
            text.parse::<Date>()
                .map(|date| (date.year(), date.month()))
                .unwrap()
        };
        assert_eq!(named("2021-01-01T00:30+02:00"), (2020, Some(12)));
        assert_eq!(named("2024-02-29"), (2024, Some(2)));
        assert_eq!(named("1969"), (1969, None));
        assert_eq!(named("0001-12-31"), (1, Some(12)));
        assert_eq!(named("9999-12"), (9999, Some(12)));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "yesterday",
            "21",
            "2021-13",
            "2021-02-30",
            "05/09/2021",
            "13/05/2021",
            "31.04.2021",
            "2020-13-1",
            "10000000",
            "1.5.21",
            "2021.05",
            "2011/12",
            "9-XXX-2021",
            "2021--09",
            "May 2021",
            "May 32, 2021",
            "9 Mayor 2021",
            "2021-05-09T",
            "2021-05T10",
            "2021-05-09T25:00",
            "2021-05-09T10:00+2",
            "2021-05-09-01",
            "2021-05-09T10:00:00.",
            "é021-05-09",
            "20210é9",
        ] {
            let error = text.parse::<Date>().unwrap_err().to_string();
            assert!(error.contains("ISO 8601"), "{text}: {error}");
        }
    }
}
