//! Costs of errors, and the label of the least expected cost.

use crate::corpus::{cells_of, label_form};
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::str::FromStr;

/// Costs of the errors about one label; a right answer costs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LabelCosts {
    /// Cost of predicting the label where it does not hold.
    pub false_positive: f64,
    /// Cost of missing the label.
    pub false_negative: f64,
}

impl FromStr for LabelCosts {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let number = |text: &str| text.trim().parse().ok().filter(|&cost| is_cost(cost));
        let costs = text
            .split_once(',')
            .and_then(|(fp, fn_)| Some((number(fp)?, number(fn_)?)));
        let costs = costs.filter(|(fp, fn_)| fp + fn_ > 0.0);
        let (false_positive, false_negative) = costs.ok_or_else(|| {
            Error::usage(format!("`{text}` are no costs of an error")).help(
                wording!["write FALSE_POSITIVE,FALSE_NEGATIVE as 1,5, or name a file that exists, for a head of ", Setting::ExclusiveHead],
            )
        })?;
        Ok(LabelCosts {
            false_positive,
            false_negative,
        })
    }
}

fn is_cost(cost: f64) -> bool {
    (0.0..=1e100).contains(&cost)
}

/// Cost matrix by the names of the labels: the true one, then the predicted one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CostMatrix(BTreeMap<String, BTreeMap<String, f64>>);

impl CostMatrix {
    /// Reads a table of CSV: the first line names the predicted labels after its first cell, and
    /// every other line a true label with the cost of each. Cells may stand between commas,
    /// semicolons or tabs, whichever the first line has, and in quotes, as `write.csv` of R,
    /// `to_csv` of pandas and spreadsheets write them; labels are composed (NFC).
    ///
    /// ```
    /// use standpoint::calibrate::CostMatrix;
    /// let costs = CostMatrix::read("true,war,\"sport, local\"\nwar,0,10\n\"sport, local\",1,0\n")?;
    /// let matrix = costs.matrix(&["sport, local".to_string(), "war".to_string()])?;
    /// assert_eq!(matrix, [[0.0, 1.0], [10.0, 0.0]]);
    /// # Ok::<(), standpoint::Error>(())
    /// ```
    ///
    /// # Errors
    /// A data error that names the line.
    pub fn read(text: &str) -> Result<Self> {
        let mut rows = cells_of(text)?;
        for cell in rows.iter_mut().flat_map(|(_, cells)| cells) {
            *cell = label_form(cell).into_owned();
        }
        let Some(((_, header), rows)) = rows.split_first() else {
            return Err(Error::data("the cost matrix is empty").help(SHAPE));
        };
        let names = &header[1..];
        if let Some((_, twice)) = names
            .iter()
            .enumerate()
            .find(|(at, name)| names[..*at].contains(name))
        {
            return Err(Error::data(format!(
                "the first line of the cost matrix names `{twice}` twice"
            )));
        }
        let mut costs = BTreeMap::new();
        for (line, cells) in rows {
            let wrong = |what: String| {
                Error::data(format!("line {line} of the cost matrix {what}")).help(SHAPE)
            };
            if cells.len() != header.len() {
                let seen = format!(
                    "has {} cells, but the first has {}",
                    cells.len(),
                    header.len()
                );
                return Err(wrong(seen));
            }
            let cost = |cell: &String| {
                let cost = cell.parse().ok().filter(|&cost| is_cost(cost));
                cost.ok_or_else(|| {
                    wrong(format!(
                        "has the cost `{cell}`, which is no number from 0 to 1e100"
                    ))
                })
            };
            let row = names
                .iter()
                .zip(&cells[1..])
                .map(|(name, cell)| Ok((name.clone(), cost(cell)?)));
            let row: BTreeMap<String, f64> = row.collect::<Result<_>>()?;
            if costs.insert(cells[0].clone(), row).is_some() {
                return Err(wrong(format!("names `{}` again", cells[0])));
            }
        }
        Ok(CostMatrix(costs))
    }

    /// Returns the costs in the order of `labels`, by true and then by predicted label.
    ///
    /// # Errors
    /// A usage error for a label without costs, or costs without a label.
    pub fn matrix(&self, labels: &[String]) -> Result<Vec<Vec<f64>>> {
        let missing = |label: &str| {
            Error::usage(format!("the cost matrix has no label `{label}`")).help(format!(
                "it needs a line and a column for each of {}",
                labels.join(", ")
            ))
        };
        let named = self
            .0
            .keys()
            .chain(self.0.values().flat_map(BTreeMap::keys));
        if let Some(stranger) = named.into_iter().find(|name| !labels.contains(name)) {
            return Err(Error::usage(format!(
                "the cost matrix has a label `{stranger}` that the head has not"
            )));
        }
        let row = |truth: &String| {
            let row = self.0.get(truth).ok_or_else(|| missing(truth))?;
            labels
                .iter()
                .map(|label| row.get(label).copied().ok_or_else(|| missing(label)))
                .collect()
        };
        labels.iter().map(row).collect()
    }
}

const SHAPE: &str =
    "a line names a true label, then the cost of each predicted label of the first line";

/// The label of the least expected cost (Elkan, "The Foundations of Cost-Sensitive Learning", IJCAI
/// 2001): `argmin_k Σ_j p_j · cost[j][k]`, the first of equal ones.
///
/// ```
/// use standpoint::calibrate::least_cost;
/// assert_eq!(least_cost(&[0.7, 0.3], &[vec![0.0, 1.0], vec![5.0, 0.0]]), 1);
/// ```
pub fn least_cost(probabilities: &[f64], costs: &[Vec<f64>]) -> usize {
    let expected = |label: usize| -> f64 {
        probabilities
            .iter()
            .zip(costs)
            .map(|(p, row)| p * row[label])
            .sum()
    };
    let all: Vec<f64> = (0..probabilities.len()).map(expected).collect();
    (0..all.len()).fold(
        0,
        |best, label| if all[label] < all[best] { label } else { best },
    )
}

pub(crate) fn is_matrix(costs: &[Vec<f64>], labels: usize) -> bool {
    costs.len() == labels
        && costs
            .iter()
            .all(|row| row.len() == labels && row.iter().all(|&cost| is_cost(cost)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_r_pandas_and_spreadsheets_are_read() {
        let labels = ["a, b".to_string(), "Ü".to_string()];
        let expected = vec![vec![0.0, 2.5], vec![1.0, 0.0]];
        for table in [
            // write.csv, to_csv with CRLF and a mark of the encoding, German spreadsheets, tabs
            "\"\",\"a, b\",\"Ü\"\n\"a, b\",0,2.5\n\"Ü\",1,0\n",
            "\u{feff},\"a, b\",U\u{308}\r\n\"a, b\",0.0,2.5\r\n\r\nU\u{308},1,0\r\n",
            ";a, b;Ü\na, b;0;2.5\nÜ;1;0\n",
            "true\ta, b\tÜ\na, b\t0\t2.5\nÜ\t1\t0",
        ] {
            assert_eq!(
                CostMatrix::read(table).unwrap().matrix(&labels).unwrap(),
                expected,
                "{table}"
            );
        }
        let comma = CostMatrix::read("true;a;b\na;0;2,5\nb;1;0\n")
            .unwrap_err()
            .to_string();
        assert!(comma.contains("`2,5`"), "{comma}");
    }

    #[test]
    fn broken_matrices_are_refused() {
        for broken in [
            "true,a,b\na,0\n",
            "true,a,b\na,0,x\n",
            "true,a\na,0\na,1\n",
            "true,a\na,-1\n",
        ] {
            assert!(CostMatrix::read(broken).is_err(), "{broken}");
        }
        assert!(
            CostMatrix::read("true,a,a\na,0,1\n").is_err() && CostMatrix::read("\n \n").is_err()
        );
        let labels = ["a".to_string(), "b".to_string()];
        for other in [
            "true,a,b\na,0,1\n",
            "true,a,b,c\na,0,1,1\nb,1,0,1\n",
            "true,a\na,0\nb,1\n",
            "true\n",
        ] {
            assert!(
                CostMatrix::read(other).unwrap().matrix(&labels).is_err(),
                "{other}"
            );
        }
    }
}
