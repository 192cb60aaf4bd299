//! The parts that are asked for.

use crate::{Error, Result};
use std::str::FromStr;

/// More folds than anybody holds out in turn; time and memory of a split grow with them.
const MAX_FOLDS: u32 = 10_000;

/// Names of parts and their shares of the documents, which are above 0 and sum to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct PartShares {
    names: Vec<String>,
    values: Vec<f64>,
}

impl PartShares {
    /// Returns `count` parts of the same size, named by their numbers from 1.
    ///
    /// # Errors
    /// A usage error for fewer than 1 or more than 10,000.
    pub fn folds(count: u32) -> Result<Self> {
        if !(1..=MAX_FOLDS).contains(&count) {
            return Err(
                Error::usage(format!("rows cannot be cut into {count} folds"))
                    .help(format!("give a number from 2 to {MAX_FOLDS}")),
            );
        }
        let values = vec![1.0 / f64::from(count); count as usize];
        Ok(PartShares {
            names: (1..=count).map(|number| number.to_string()).collect(),
            values,
        })
    }

    /// Returns the names in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Returns the shares in the order of the names.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
}

impl FromStr for PartShares {
    type Err = Error;

    /// Reads `train=0.8,dev=0.1,test=0.1`.
    fn from_str(text: &str) -> Result<Self> {
        let mut shares = PartShares {
            names: Vec::new(),
            values: Vec::new(),
        };
        for part in text.split(',') {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value
                .trim()
                .parse::<f64>()
                .ok()
                .filter(|value| *value > 0.0 && *value < 1.0);
            let value = value.ok_or_else(|| wrong(format!("`{part}` is no part with a share")))?;
            shares.add(name.trim(), value)?;
        }
        let sum: f64 = shares.values.iter().sum();
        match (sum - 1.0).abs() < 1e-6 {
            true => Ok(shares),
            false => Err(wrong(format!(
                "the shares in `{text}` sum to {sum:.6}, expected 1"
            ))),
        }
    }
}

impl PartShares {
    fn add(&mut self, name: &str, value: f64) -> Result<()> {
        // Names become parts of file names.
        let plain = !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '_');
        if !plain {
            return Err(wrong(format!(
                "`{name}` is no name of a part: letters, digits, - and _ are allowed"
            )));
        }
        if self.names.iter().any(|other| other == name) {
            return Err(wrong(format!("the part `{name}` is named twice")));
        }
        self.names.push(name.to_string());
        self.values.push(value);
        Ok(())
    }
}

fn wrong(message: String) -> Error {
    Error::usage(message).help("write parts as train=0.8,dev=0.1,test=0.1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_have_names_and_shares() {
        let shares: PartShares = "train=0.7, test=0.3".parse().unwrap();
        assert_eq!(
            (shares.names(), shares.values()),
            (&["train".into(), "test".into()][..], &[0.7, 0.3][..])
        );
        for text in [
            "",
            "train",
            "train=1",
            "a=0.5,a=0.5",
            "a=0.5,b=0.4",
            "a=0.5,b=x",
            "a/b=0.5,c=0.5",
            "=0.5,b=0.5",
        ] {
            assert!(
                text.parse::<PartShares>()
                    .unwrap_err()
                    .to_string()
                    .contains("help"),
                "{text}"
            );
        }
    }
}
