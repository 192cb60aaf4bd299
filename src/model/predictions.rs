//! Predictions of several models for different documents of one corpus, brought together.

use super::HeadPredictions;
use crate::evaluate::{ComparisonObjective, Outcomes, Predictions, SplitGap};
use crate::{Error, Result};

impl HeadPredictions {
    pub(crate) fn append(&mut self, more: HeadPredictions) -> Result<()> {
        let (own, other) = (&mut self.predictions, more.predictions);
        if own.labels != other.labels {
            return Err(Error::data(format!(
                "head `{}` has other labels in another round",
                self.name
            )));
        }
        match (&mut own.outcomes, other.outcomes) {
            (
                Outcomes::Exclusive { truth, predicted },
                Outcomes::Exclusive {
                    truth: t,
                    predicted: p,
                },
            ) => {
                truth.extend(t);
                predicted.extend(p);
            }
            (
                Outcomes::Independent { truth, predicted },
                Outcomes::Independent {
                    truth: t,
                    predicted: p,
                },
            ) => {
                truth.extend(t);
                predicted.extend(p);
            }
            _ => return Err(Error::data(format!("head `{}` is of two kinds", self.name))),
        }
        own.scores = own.scores.take().zip(other.scores).map(|(mut own, other)| {
            own.values.extend(other.values);
            own.probabilities &= other.probabilities;
            own
        });
        own.weights = appended(
            own,
            self.documents.len(),
            other.weights,
            more.documents.len(),
        );
        self.documents.extend(more.documents);
        self.unanswered += more.unanswered;
        Ok(())
    }

    /// Sorts the documents in ascending order.
    pub(crate) fn sort(&mut self) -> Result<()> {
        let mut order: Vec<usize> = (0..self.documents.len()).collect();
        order.sort_by_key(|&row| self.documents[row]);
        let documents: Vec<usize> = order.iter().map(|&row| self.documents[row]).collect();
        if documents.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Error::data("a document was judged twice"));
        }
        self.predictions = self.predictions.select(&order);
        self.documents = documents;
        Ok(())
    }

    /// Returns the predictions for some of the documents, given ascending, without those that have
    /// no answer.
    pub fn of_documents(&self, documents: &[usize]) -> HeadPredictions {
        let rows: Vec<usize> = documents
            .iter()
            .filter_map(|document| self.documents.binary_search(document).ok())
            .collect();
        HeadPredictions {
            name: self.name.clone(),
            documents: rows.iter().map(|&row| self.documents[row]).collect(),
            unanswered: documents.len() - rows.len(),
            predictions: self.predictions.select(&rows),
        }
    }

    /// Returns how much worse a system is here, under a harder split, than under the `random` one
    /// on the same documents; `None` where the metric is not defined.
    ///
    /// # Errors
    /// A data error for predictions of other labels or documents.
    pub fn gap_to(
        &self,
        random: &HeadPredictions,
        system: &str,
        objective: &ComparisonObjective,
    ) -> Result<Option<SplitGap>> {
        let random = random.of_documents(&self.documents);
        let both = [&self.predictions, &random.predictions];
        let ComparisonObjective { metric, bootstrap } = objective;
        Ok(SplitGap::new(&self.name, system, *metric, both, bootstrap)?)
    }
}

/// A corpus in which all weights are 1 has none.
fn appended(
    own: &Predictions,
    count: usize,
    more: Option<Vec<f64>>,
    others: usize,
) -> Option<Vec<f64>> {
    if own.weights.is_none() && more.is_none() {
        return None;
    }
    let mut weights = own.weights.clone().unwrap_or_else(|| vec![1.0; count]);
    weights.extend(more.unwrap_or_else(|| vec![1.0; others]));
    Some(weights)
}
