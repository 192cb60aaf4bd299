//! What errors cost, and the answer of the least expected cost.

use crate::corpus::label_form;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::str::FromStr;

/// What an error about one label costs; a right answer costs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LabelCosts {
    /// Saying that the label holds where it does not.
    pub false_positive: f64,
    /// Missing it.
    pub false_negative: f64,
}

impl FromStr for LabelCosts {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let number = |text: &str| text.trim().parse().ok().filter(|&cost| is_cost(cost));
        let costs = text.split_once(',').and_then(|(fp, fn_)| Some((number(fp)?, number(fn_)?)));
        let costs = costs.filter(|(fp, fn_)| fp + fn_ > 0.0);
        let (false_positive, false_negative) = costs.ok_or_else(|| {
            Error::usage(format!("`{text}` are no costs of an error")).help(
                "write FALSE_POSITIVE,FALSE_NEGATIVE as 1,5, or name a file that exists, for a head of --label",
            )
        })?;
        Ok(LabelCosts { false_positive, false_negative })
    }
}

fn is_cost(cost: f64) -> bool {
    (0.0..=1e100).contains(&cost)
}

/// A matrix of costs by the names of the labels: the true one, then the predicted one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Costs(BTreeMap<String, BTreeMap<String, f64>>);

impl Costs {
    /// Reads a table separated by commas or tabs: the first line names the predicted labels after its first cell, and every other line a true
    /// label with the cost of each.
    ///
    /// ```
    /// use standpoint::calibrate::Costs;
    /// let costs = Costs::read("true,war,sport\nwar,0,10\nsport,1,0\n")?;
    /// let matrix = costs.matrix(&["sport".to_string(), "war".to_string()])?;
    /// assert_eq!(matrix, [[0.0, 1.0], [10.0, 0.0]]);
    /// # Ok::<(), standpoint::Error>(())
    /// ```
    ///
    /// # Errors
    /// A data error that names the line.
    pub fn read(text: &str) -> Result<Self> {
        let separator = if text.lines().next().is_some_and(|line| line.contains('\t')) { '\t' } else { ',' };
        let cells =
            |line: &str| -> Vec<String> { line.split(separator).map(|c| c.trim().to_string()).collect() };
        let mut lines = text.lines().enumerate().filter(|line| !line.1.trim().is_empty());
        let header = lines.next().map(|line| cells(line.1)).unwrap_or_default();
        let mut costs = BTreeMap::new();
        for (at, line) in lines {
            let wrong = |what: &str| {
                Error::data(format!("line {} of the cost matrix {what}", at + 1)).help(
                    "a line names a true label, then the cost of each predicted label of the first line",
                )
            };
            let cells = cells(line);
            if cells.len() != header.len() {
                return Err(wrong(&format!("has {} cells, but the first has {}", cells.len(), header.len())));
            }
            let cost = |cell: &String| {
                cell.parse()
                    .ok()
                    .filter(|&cost| is_cost(cost))
                    .ok_or_else(|| wrong(&format!("has the cost `{cell}`")))
            };
            let row: BTreeMap<String, f64> = header
                .iter()
                .zip(&cells)
                .skip(1)
                .map(|(name, cell)| Ok((label_form(name).into_owned(), cost(cell)?)))
                .collect::<Result<_>>()?;
            if costs.insert(label_form(&cells[0]).into_owned(), row).is_some() {
                return Err(wrong(&format!("names `{}` again", cells[0])));
            }
        }
        Ok(Costs(costs))
    }

    /// The costs in the order of `labels`, by true and then by predicted label.
    ///
    /// # Errors
    /// A usage error for a label without costs, or costs without a label.
    pub fn matrix(&self, labels: &[String]) -> Result<Vec<Vec<f64>>> {
        let missing = |label: &str| {
            Error::usage(format!("the cost matrix has no label `{label}`"))
                .help(format!("it needs a line and a column for each of {}", labels.join(", ")))
        };
        let named = self.0.keys().chain(self.0.values().flat_map(BTreeMap::keys));
        if let Some(stranger) = named.into_iter().find(|name| !labels.contains(name)) {
            return Err(Error::usage(format!(
                "the cost matrix has a label `{stranger}` that the head has not"
            )));
        }
        let row = |truth: &String| {
            let row = self.0.get(truth).ok_or_else(|| missing(truth))?;
            labels.iter().map(|label| row.get(label).copied().ok_or_else(|| missing(label))).collect()
        };
        labels.iter().map(row).collect()
    }
}

/// The label of the least expected cost (Elkan, "The Foundations of Cost-Sensitive Learning", IJCAI 2001): `argmin_k Σ_j p_j · cost[j][k]`, the
/// first of equal ones.
///
/// ```
/// use standpoint::calibrate::least_cost;
/// assert_eq!(least_cost(&[0.7, 0.3], &[vec![0.0, 1.0], vec![5.0, 0.0]]), 1);
/// ```
pub fn least_cost(probabilities: &[f64], costs: &[Vec<f64>]) -> usize {
    let expected =
        |label: usize| -> f64 { probabilities.iter().zip(costs).map(|(p, row)| p * row[label]).sum() };
    let all: Vec<f64> = (0..probabilities.len()).map(expected).collect();
    (0..all.len()).fold(0, |best, label| if all[label] < all[best] { label } else { best })
}

pub(crate) fn is_matrix(costs: &[Vec<f64>], labels: usize) -> bool {
    costs.len() == labels
        && costs.iter().all(|row| row.len() == labels && row.iter().all(|&cost| is_cost(cost)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_matrices_are_refused() {
        for broken in ["true,a,b\na,0\n", "true,a,b\na,0,x\n", "true,a\na,0\na,1\n", "true,a\na,-1\n"] {
            assert!(Costs::read(broken).is_err(), "{broken}");
        }
        let labels = ["a".to_string(), "b".to_string()];
        for other in ["true,a,b\na,0,1\n", "true,a,b,c\na,0,1,1\nb,1,0,1\n", "true,a\na,0\nb,1\n", ""] {
            assert!(Costs::read(other).unwrap().matrix(&labels).is_err(), "{other}");
        }
    }
}
