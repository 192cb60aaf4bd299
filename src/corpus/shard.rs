//! Shares of a corpus, for machines that work on it side by side.

use super::find::Input;
use crate::{Error, Result};
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// One of several shares of a corpus, as `3/16`: the third of sixteen.
///
/// Shares are parts that follow one another: of files where there are at least as many files as
/// shares, and of rows elsewhere. Whatever the order in which they are worked on, all of them
/// together, one after the other, are the whole corpus.
///
/// ```
/// use standpoint::corpus::Shard;
/// let shards = ["1/3", "2/3", "3/3"].map(|shard| shard.parse::<Shard>().unwrap());
/// assert_eq!(shards.map(|shard| shard.of_rows(10)), [0..3, 3..6, 6..10]);
/// assert!("4/3".parse::<Shard>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// The number of the share, from 0.
    number: u64,
    shards: u64,
}

impl Shard {
    /// Returns the only share of a corpus, which is the whole.
    pub fn whole() -> Self {
        Shard {
            number: 0,
            shards: 1,
        }
    }

    /// Returns the number of the share, from 0.
    pub fn number(self) -> u64 {
        self.number
    }

    /// Returns the number of shares.
    pub fn count(self) -> u64 {
        self.shards
    }

    /// Returns the files of the share, in their order; `None` where there are fewer files than
    /// shares, and each share has rows of all.
    pub fn of_files(self, inputs: &[Input]) -> Option<Vec<Input>> {
        let files = inputs.len() as u64;
        let Range { start, end } = self.of_rows(files);
        (files >= self.shards).then(|| inputs[start as usize..end as usize].to_vec())
    }

    /// Returns the numbers of the share's rows, from 0 over all files.
    pub fn of_rows(self, rows: u64) -> Range<u64> {
        let place = |number: u64| u128::from(number) * u128::from(rows) / u128::from(self.shards);
        place(self.number) as u64..place(self.number + 1) as u64
    }
}

impl FromStr for Shard {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let numbers = text.split_once('/').and_then(|(number, shards)| {
            Some((number.parse::<u64>().ok()?, shards.parse::<u64>().ok()?))
        });
        match numbers {
            Some((number, shards)) if (1..=shards).contains(&number) => Ok(Shard {
                number: number - 1,
                shards,
            }),
            _ => Err(Error::usage(format!("`{text}` is no share of a corpus"))
                .help("write 3/16 for the third of sixteen shares, 1/16 for the first")),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number + 1, self.shards)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shards(of: u64) -> impl Iterator<Item = Shard> {
        (0..of).map(move |number| Shard { number, shards: of })
    }

    #[test]
    fn shares_follow_one_another_and_are_the_whole() {
        for of in 1..20 {
            for rows in [0, 1, of - 1, of, 1000, u64::MAX] {
                let mut next = 0;
                for share in shards(of).map(|shard| shard.of_rows(rows)) {
                    assert_eq!(share.start, next);
                    assert!(share.end - share.start - rows / of <= 1);
                    next = share.end;
                }
                assert_eq!(next, rows);
            }
        }
    }

    #[test]
    fn shares_are_of_files_where_there_are_enough() {
        let inputs = vec![Input::Stdin; 5];
        let files = |of| shards(of).map(|shard| shard.of_files(&inputs).map(|files| files.len()));
        assert!(files(2).eq([Some(2), Some(3)]));
        assert!(files(5).all(|files| files == Some(1)));
        assert!(files(6).all(|files| files.is_none()));
    }

    #[test]
    fn what_is_no_share_is_refused() {
        assert_eq!("3/16".parse::<Shard>().unwrap().to_string(), "3/16");
        for text in ["", "3", "0/4", "5/4", "1/0", "-1/4", "a/b", "1/2/3"] {
            let error = text.parse::<Shard>().unwrap_err();
            assert!(error.to_string().contains("no share"), "{text}: {error}");
        }
    }
}
