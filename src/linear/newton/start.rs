//! Warm start: the model that the solver starts from.

use crate::linear::{Intercept, LinearModel, Problem};
use rayon::prelude::*;
use std::ops::Range;

/// Model to start from as one more row: its image, then its squared length.
pub(super) struct Start<'a> {
    model: &'a LinearModel,
    /// First of the labels that are solved.
    first: usize,
    pub image: Vec<f64>,
}

impl<'a> Start<'a> {
    pub fn new(
        problem: &Problem<'a>,
        model: &'a LinearModel,
        intercept: Intercept,
        of: Range<usize>,
    ) -> Self {
        let (first, labels) = (of.start, of.len());
        let mut image = vec![0.0; (problem.rows.rows() + 1) * labels];
        let (of_rows, squares) = image.split_at_mut(problem.rows.rows() * labels);
        of_rows
            .par_chunks_exact_mut(labels)
            .enumerate()
            .for_each_init(Vec::new, |decisions, (row, out)| {
                model.decide(problem.rows.row(row), decisions);
                let without = |label: usize| {
                    if intercept == Intercept::Regularised {
                        0.0
                    } else {
                        model.bias()[label]
                    }
                };
                out.iter_mut()
                    .zip(of.clone())
                    .for_each(|(out, label)| *out = decisions[label] - without(label));
            });
        if intercept == Intercept::Regularised {
            squares
                .iter_mut()
                .zip(&model.bias()[of.clone()])
                .for_each(|(square, bias)| *square = bias * bias);
        }
        for feature in 0..model.features() {
            model
                .weights()
                .of_feature(feature, model.labels(), |label, weight| {
                    if of.contains(&label) {
                        squares[label - first] += weight * weight;
                    }
                });
        }
        Start {
            model,
            first,
            image,
        }
    }

    /// Adds the model's weights for a feature, each times its coefficient.
    pub fn add(&self, feature: usize, coefficients: &[f64], sums: &mut [f64]) {
        self.model
            .weights()
            .of_feature(feature, self.model.labels(), |label, weight| {
                if let Some(at) = label.checked_sub(self.first).filter(|&at| at < sums.len()) {
                    sums[at] += coefficients[at] * weight;
                }
            });
    }

    pub fn biases(&self, labels: usize) -> &[f64] {
        &self.model.bias()[self.first..self.first + labels]
    }
}
