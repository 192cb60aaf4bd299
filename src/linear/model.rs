//! A fitted linear model: a decision value is a bias plus a sum of weighted features.

use super::compact::Mantissa;
use super::weights::{DenseRows, LabelWeights, Weights};
use crate::corpus::HeadKind;
use crate::features::Row;
use crate::io::storage::{Buffer, filled};
use rayon::prelude::*;

/// Weights and biases of one head.
#[derive(Debug, Clone)]
pub struct LinearModel {
    kind: HeadKind,
    features: usize,
    weights: Weights,
    bias: Buffer<f64>,
}

impl LinearModel {
    pub(super) fn new(
        kind: HeadKind,
        features: usize,
        labels: Vec<LabelWeights>,
        bias: Vec<f64>,
    ) -> Self {
        LinearModel {
            kind,
            features,
            weights: Weights::from_label_lists(features, labels),
            bias: bias.into(),
        }
    }

    /// Returns the same model with room for `labels` labels, of which the new ones have no weight.
    pub(crate) fn widened(&self, labels: usize) -> Self {
        let (old, mut lists) = (
            self.labels(),
            vec![LabelWeights::new(); labels.max(self.labels())],
        );
        for feature in 0..self.features {
            self.weights.of_feature(feature, old, |label, weight| {
                lists[label].push((feature as u32, weight as f32));
            });
        }
        let mut bias = self.bias.to_vec();
        bias.resize(lists.len(), 0.0);
        LinearModel::new(self.kind, self.features, lists, bias)
    }

    /// Returns a model of weights of features by labels.
    pub(super) fn of_weights(
        kind: HeadKind,
        features: usize,
        weights: Vec<f32>,
        bias: Vec<f64>,
    ) -> Self {
        let weights = Weights::from_dense(features, bias.len(), weights);
        LinearModel {
            kind,
            features,
            weights,
            bias: bias.into(),
        }
    }

    /// Returns the same decisions from the first `features` columns alone, where all others are
    /// sums of these: `of_feature` adds, for each label, what the feature adds to the sums times
    /// their weights, which are given sums by labels.
    pub(crate) fn folded(
        &self,
        features: usize,
        of_feature: impl Fn(usize, &[f64], &mut [f64]) + Sync,
    ) -> LinearModel {
        let labels = self.labels();
        let row = |feature: usize| {
            let mut weights = vec![0.0; labels];
            self.weights
                .of_feature(feature, labels, |label, weight| weights[label] = weight);
            weights
        };
        let of_sums: Vec<f64> = (features..self.features).flat_map(row).collect();
        let run = |(feature, place): (usize, &mut [f32])| {
            let mut weights = row(feature);
            of_feature(feature, &of_sums, &mut weights);
            place
                .iter_mut()
                .zip(weights)
                .for_each(|(place, weight)| *place = weight as f32);
        };
        let mut dense = filled(0.0, features * labels);
        dense
            .par_chunks_mut(labels.max(1))
            .enumerate()
            .with_min_len(64)
            .for_each(run);
        LinearModel::of_weights(self.kind, features, dense, self.bias.to_vec())
    }

    /// Returns the same model with weights that can be stored as whole numbers `N`.
    pub(crate) fn rounded<N: Mantissa>(self) -> Self {
        LinearModel {
            weights: self.weights.rounded::<N>(self.labels()),
            ..self
        }
    }

    /// Returns the same model with the weights of each feature times its factor.
    pub(crate) fn scaled(self, factor: impl Fn(usize) -> f64) -> Self {
        LinearModel {
            weights: self.weights.scaled(self.labels(), factor),
            ..self
        }
    }

    /// Returns the same decisions without the features of which `keep` is false.
    pub(crate) fn retained(&self, keep: &[bool]) -> Self {
        let (labels, bias) = (self.labels(), self.bias.to_vec());
        let kept = || (0..self.features).filter(|&feature| keep[feature]);
        match &self.weights {
            Weights::Dense(all) => {
                let weights = |feature: usize| &all[feature * labels..(feature + 1) * labels];
                let dense: Vec<f32> = kept().flat_map(weights).copied().collect();
                LinearModel::of_weights(self.kind, dense.len() / labels.max(1), dense, bias)
            }
            sparse => {
                let mut lists = vec![LabelWeights::new(); labels];
                for (new, feature) in kept().enumerate() {
                    sparse.of_feature(feature, labels, |label, weight| {
                        lists[label].push((new as u32, weight as f32));
                    });
                }
                LinearModel::new(self.kind, kept().count(), lists, bias)
            }
        }
    }

    /// Returns a model of dense weights, of which hardly any are zero.
    pub(super) fn of_dense_weights(
        kind: HeadKind,
        features: usize,
        weights: Vec<f32>,
        bias: Vec<f64>,
    ) -> Self {
        LinearModel {
            kind,
            features,
            weights: Weights::Dense(weights.into()),
            bias: bias.into(),
        }
    }

    /// Returns the model of a model file; `None` if the parts do not fit each other.
    pub(crate) fn from_parts(
        kind: HeadKind,
        features: usize,
        weights: Weights,
        bias: Buffer<f64>,
    ) -> Option<Self> {
        let model = LinearModel {
            kind,
            features,
            weights,
            bias,
        };
        (model.weights.fit(features, model.bias.len()) && model.is_finite()).then_some(model)
    }

    /// Returns true if all weights and biases are finite numbers.
    pub fn is_finite(&self) -> bool {
        self.weights.are_finite() && self.bias.iter().all(|b| b.is_finite())
    }

    /// Returns for each label the `most` features of greatest weight, greatest first; equal ones in
    /// the order of their columns.
    pub fn top_features(&self, most: usize) -> Vec<Vec<(usize, f64)>> {
        let mut tops: Vec<Vec<(usize, f64)>> = vec![Vec::new(); self.labels()];
        for feature in 0..self.features {
            self.weights
                .of_feature(feature, self.labels(), |label, weight| {
                    let top = &mut tops[label];
                    if weight > 0.0
                        && (top.len() < most || top.last().is_some_and(|last| weight > last.1))
                    {
                        top.insert(
                            top.partition_point(|kept| kept.1 >= weight),
                            (feature, weight),
                        );
                        top.truncate(most);
                    }
                });
        }
        tops
    }

    /// Returns the kind of the head: one label or several.
    pub fn kind(&self) -> HeadKind {
        self.kind
    }

    /// Returns the number of labels.
    pub fn labels(&self) -> usize {
        self.bias.len()
    }

    /// Returns the number of features.
    pub fn features(&self) -> usize {
        self.features
    }

    /// Returns the weights, features by labels.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Returns the biases, one a label.
    pub fn bias(&self) -> &[f64] {
        &self.bias
    }

    /// Returns the sum of the squared weights of a feature; of exclusive labels, each against their
    /// mean, because what all have in common changes no answer.
    pub(crate) fn spread(&self, feature: usize) -> f64 {
        let labels = self.labels();
        let (mut sum, mut squares) = (0.0, 0.0);
        self.weights.of_feature(feature, labels, |_, weight| {
            sum += weight;
            squares += weight * weight;
        });
        match self.kind {
            HeadKind::Exclusive => squares - sum * sum / labels.max(1) as f64,
            HeadKind::Independent => squares,
        }
    }

    /// Returns the weight of a feature for each label.
    ///
    /// # Panics
    /// If `feature` is not less than [`features`](Self::features).
    pub fn weights_of(&self, feature: usize) -> impl Iterator<Item = f32> + use<> {
        let mut weights = vec![0.0; self.labels()];
        self.weights
            .of_feature(feature, self.labels(), |label, weight| {
                weights[label] = weight as f32;
            });
        weights.into_iter()
    }

    /// Returns the dense weights, which can be prefetched; none where weights are sparse.
    pub(crate) fn dense_rows(&self) -> DenseRows<'_> {
        self.weights.dense_rows(self.labels())
    }

    /// Replaces `decisions` by one decision value a label, summed in the order of the row.
    pub fn decide(&self, row: Row<'_>, decisions: &mut Vec<f64>) {
        decisions.clear();
        decisions.extend_from_slice(&self.bias);
        match &self.weights {
            Weights::Dense(dense) => add_dense(dense, row, decisions),
            sparse => row.iter().for_each(|(feature, value)| {
                sparse.of_feature(feature, self.bias.len(), |label, w| {
                    decisions[label] += value * w
                });
            }),
        }
    }

    /// Returns the contribution of each feature of `row` to the decision value of `label`, in the
    /// order of the row: the bias and these add up to the decision value to the last bit.
    pub fn contributions(&self, row: Row<'_>, label: usize) -> Vec<f64> {
        let weight = |(feature, value): (usize, f64)| {
            let mut product = 0.0;
            self.weights.of_feature(feature, self.bias.len(), |of, w| {
                if of == label {
                    product = value * w;
                }
            });
            product
        };
        row.iter().map(weight).collect()
    }

    /// Returns the label of the greatest decision value; the first of equal ones.
    pub fn best(decisions: &[f64]) -> usize {
        let best = decisions
            .iter()
            .enumerate()
            .rev()
            .max_by(|a, b| a.1.total_cmp(b.1));
        best.map_or(0, |(label, _)| label)
    }
}

fn add_dense(dense: &[f32], row: Row<'_>, decisions: &mut [f64]) {
    let width = decisions.len();
    for (feature, value) in row.iter() {
        let weights = &dense[feature * width..(feature + 1) * width];
        for (decision, &weight) in decisions.iter_mut().zip(weights) {
            *decision += value * f64::from(weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_to_the_first_label() {
        assert_eq!(LinearModel::best(&[1.0, 2.0, 2.0]), 1);
        assert_eq!(LinearModel::best(&[]), 0);
    }
}
