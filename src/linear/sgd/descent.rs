//! State of gradient descent: everything that is needed to go on.

use super::Sgd;
use super::step::{StepSize, descend, gradient, shrink};
use crate::corpus::{HeadKind, Targets};
use crate::features::{Row, SparseRows};
use crate::linear::LinearModel;
use crate::math::hash::stream_seed;
use crate::math::random::shuffle;
use crate::math::weights::SampleWeights;
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};

/// Three numbers of eight bytes are held for each; what a solver may take is
/// [checked](crate::linear::memory) before.
const MAX_WEIGHTS: usize = 1 << 32;

/// Labelled rows, all of them or a batch.
#[derive(Clone, Copy)]
pub(crate) struct LabelledRows<'a> {
    pub rows: &'a SparseRows,
    pub targets: &'a Targets,
    pub weights: Option<&'a [f32]>,
}

/// State of gradient descent: everything that is needed to go on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DescentState {
    kind: HeadKind,
    labels: usize,
    /// For each feature and at the end the bias: weights, sums of squared gradients, and sums of
    /// weights over the steps of the average, each by label.
    pub(super) cells: Vec<f64>,
    /// Last step that is part of each feature's weights.
    last: Vec<u64>,
    pub(crate) progress: DescentProgress,
}

/// Progress of gradient descent.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct DescentProgress {
    /// Rows visited.
    pub step: u64,
    /// The step after which the average begins.
    pub average_from: u64,
    /// Passes begun.
    pub passes: u64,
    /// `η λ` of the last step.
    pub decay: f64,
}

impl DescentState {
    pub(crate) fn new(features: usize, labels: usize, kind: HeadKind) -> Result<Self> {
        if features.saturating_mul(labels) > MAX_WEIGHTS {
            return Err(Error::usage(format!(
                "gradient descent over {labels} labels and {features} features needs too much memory"
            ))
            .help(wording!["use the SVM, whose weights are sparse, or set ", Setting::MaxFeatures]));
        }
        let (cells, last) = (
            vec![0.0; (features + 1) * labels * 3],
            vec![0; features + 1],
        );
        Ok(DescentState {
            kind,
            labels,
            cells,
            last,
            progress: DescentProgress::default(),
        })
    }

    /// Starts from the weights of a fitted model, whose labels come first among these.
    pub(crate) fn start_from(&mut self, start: &LinearModel) -> Result<()> {
        if start.features() != self.features()
            || start.labels() > self.labels
            || start.kind() != self.kind
        {
            return Err(Error::data(
                "the model to begin with has other features, labels, or another kind",
            ));
        }
        let width = 3 * self.labels;
        for feature in 0..start.features() {
            let cells = &mut self.cells[feature * width..];
            start
                .weights()
                .of_feature(feature, start.labels(), |label, weight| {
                    cells[label] = weight
                });
        }
        let bias = &mut self.cells[start.features() * width..];
        bias.iter_mut()
            .zip(start.bias().iter())
            .for_each(|(cell, &bias)| *cell = bias);
        Ok(())
    }

    /// Returns the same state with room for more labels.
    #[cfg(feature = "linfa")]
    pub(crate) fn widened(&self, labels: usize) -> Result<Self> {
        let mut wider = DescentState::new(self.features(), labels, self.kind)?;
        (wider.last, wider.progress) = (self.last.clone(), self.progress);
        let old = self.cells.chunks_exact(self.labels);
        wider
            .cells
            .chunks_exact_mut(labels)
            .zip(old)
            .for_each(|(new, old)| new[..old.len()].copy_from_slice(old));
        Ok(wider)
    }

    pub(crate) fn features(&self) -> usize {
        self.last.len() - 1
    }

    #[cfg(feature = "linfa")]
    pub(crate) fn labels(&self) -> usize {
        self.labels
    }

    pub(crate) fn kind(&self) -> HeadKind {
        self.kind
    }

    /// Returns cells and last steps, for a file.
    pub(crate) fn parts(&self) -> (&[f64], &[u64]) {
        (&self.cells, &self.last)
    }

    /// Restores a state of the same shape; returns `None` if it is damaged.
    pub(crate) fn restore(
        &mut self,
        cells: Vec<f64>,
        last: Vec<u64>,
        progress: DescentProgress,
    ) -> Option<()> {
        let fits = cells.len() == self.cells.len() && last.len() == self.last.len();
        let sound = cells.iter().all(|cell| cell.is_finite())
            && last.iter().all(|&last| last <= progress.step);
        (self.cells, self.last, self.progress) = (cells, last, progress);
        (fits && sound && progress.average_from <= progress.step).then_some(())
    }

    /// Begins a pass; with the second one, the average begins anew.
    pub(crate) fn begin_pass(&mut self) {
        if self.progress.passes == 1 {
            self.catch_up_all();
            let labels = self.labels;
            self.cells
                .chunks_exact_mut(3 * labels)
                .for_each(|cells| cells[2 * labels..].fill(0.0));
            self.progress.average_from = self.progress.step;
        }
        self.progress.passes += 1;
    }

    /// Visits every row of a part of `of` rows in an order that depends on seed, pass and `number`.
    pub(crate) fn learn(
        &mut self,
        options: &Sgd,
        factors: &[[f64; 2]],
        of: u64,
        part: LabelledRows<'_>,
        number: u64,
    ) {
        let step_size = StepSize {
            rate: options.learning_rate,
            decay: options.learning_rate / (options.c * of as f64),
        };
        if self.progress.decay != step_size.decay {
            self.catch_up_all();
            self.progress.decay = step_size.decay;
        }
        let weights = SampleWeights::from(part.weights);
        let mut gradients = vec![0.0; self.labels];
        for row in order(part.rows.rows(), options.seed, self.progress.passes, number) {
            let weight = weights.of(row);
            self.catch_up(part.rows.row(row), &mut gradients);
            gradient(options.loss, part.targets, row, factors, &mut gradients);
            gradients
                .iter_mut()
                .for_each(|gradient| *gradient *= weight);
            self.step(part.rows.row(row), step_size, &gradients);
        }
    }

    /// Applies the pending penalty to the weights of a row, and calculates its decision values.
    pub(super) fn catch_up(&mut self, row: Row<'_>, decisions: &mut [f64]) {
        let (labels, bias) = (self.labels, self.features());
        let DescentProgress {
            step: now, decay, ..
        } = self.progress;
        decisions.copy_from_slice(&self.cells[bias * 3 * labels..][..labels]);
        for (feature, value) in row.iter() {
            let cells = &mut self.cells[feature * 3 * labels..][..3 * labels];
            let skipped = now - self.last[feature];
            if skipped > 0 {
                shrink(cells, labels, skipped as f64, decay);
                self.last[feature] = now;
            }
            decisions
                .iter_mut()
                .zip(&*cells)
                .for_each(|(decision, weight)| *decision += value * weight);
        }
    }

    /// Applies the pending penalty to all weights, as [`model`](Self::model) needs.
    pub(crate) fn catch_up_all(&mut self) {
        let (
            labels,
            DescentProgress {
                step: now, decay, ..
            },
        ) = (self.labels, self.progress);
        for (feature, cells) in self.cells.chunks_exact_mut(3 * labels).enumerate() {
            let skipped = now - self.last[feature];
            // A feature that has not occurred yet has no weight either, unless it began with one.
            if skipped > 0 && cells[..labels].iter().any(|&weight| weight != 0.0) {
                shrink(cells, labels, skipped as f64, decay);
            }
            self.last[feature] = now;
        }
    }

    pub(super) fn step(&mut self, row: Row<'_>, step_size: StepSize, gradients: &[f64]) {
        let (labels, bias) = (self.labels, self.features());
        self.progress.step += 1;
        let free = StepSize {
            decay: 0.0,
            ..step_size
        };
        let all = row
            .iter()
            .map(|(feature, value)| (feature, value, step_size))
            .chain([(bias, 1.0, free)]);
        for (feature, value, step_size) in all {
            descend(
                &mut self.cells[feature * 3 * labels..][..3 * labels],
                value,
                step_size,
                gradients,
            );
            self.last[feature] = self.progress.step;
        }
    }

    /// Returns the model of the averaged weights, when they are [caught up](Self::catch_up_all).
    pub(crate) fn model(&self) -> LinearModel {
        let (labels, features) = (self.labels, self.features());
        let steps = (self.progress.step - self.progress.average_from) as f64;
        let average = |feature: usize, label: usize| {
            let cells = &self.cells[feature * 3 * labels..];
            if steps > 0.0 {
                cells[2 * labels + label] / steps
            } else {
                cells[label]
            }
        };
        let of_label = |label| {
            let all = (0..features).map(|feature| (feature as u32, average(feature, label) as f32));
            all.filter(|&(_, weight)| weight != 0.0).collect()
        };
        let bias = (0..labels).map(|label| average(features, label)).collect();
        LinearModel::new(
            self.kind,
            features,
            (0..labels).map(of_label).collect(),
            bias,
        )
    }
}

/// Returns a random order of the rows of one part in one pass.
pub(super) fn order(rows: usize, seed: u64, pass: u64, number: u64) -> Vec<usize> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(stream_seed(seed, pass, number));
    let mut order: Vec<usize> = (0..rows).collect();
    shuffle(&mut order, &mut random);
    order
}
