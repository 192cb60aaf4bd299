//! Truncated Newton steps for smooth losses of a linear model.
//!
//! Each step solves `H s = −g` roughly by conjugate gradients and then halves the step until the
//! objective has fallen enough (Lin, Weng and Keerthi, JMLR 2008; Nocedal and Wright 2006, ch.
//! 7.1). Of the Hessian only the part of the biases is preconditioned, by its diagonal.
//!
//! All weights are sums of rows, `W = Xᵀ·U` (the representer theorem: the gradient `W + Xᵀ·R` with
//! the losses' derivatives `R` is one again), so `U`, rows by labels, is what is held, and `X·W =
//! (X·Xᵀ)·U` its image. That is far less than features by labels, and one product with
//! [`Gram`](super::gram::Gram) is all that a step of conjugate gradients costs. A model to begin
//! with need not be such a sum: it takes part as one more row, of its own for each label, whose
//! share ends at zero.
//!
//! Labels that do not share a loss are problems of their own: they share the passes over the
//! matrix, in blocks, but each has its own conjugate gradients and steps, and is left alone when it
//! is done. Softmax couples all labels into one problem, whose numbers are then the same for every
//! label.
//!
//! A problem is done where the gradient of its objective, over weights and biases, is at most
//! `tolerance` times as long as it is at zero; of a label of its own, times the share of the rarer
//! answer (LIBLINEAR's rule for `-s 0`): otherwise rare labels, whose gradient at zero is that of
//! the many rows without them, would be left half way. Every sum is taken in a fixed order, so the
//! result does not depend on the number of threads.

mod loss;
mod objective;
mod start;
mod state;
mod vector;

use super::columns::Columns;
use super::memory::ProblemSize;
use super::{Intercept, Problem};
use crate::{Error, Result};
pub(super) use loss::{CellLoss, Loss, SeparableLoss, cells_of_labels};

use objective::Objective;
use state::State;

/// Options of the solver.
pub(super) struct NewtonOptions {
    pub tolerance: f64,
    pub max_steps: u32,
    pub intercept: Intercept,
}

/// Number of separable labels that are solved side by side: their vectors of rows fill the cache.
const MAX_SIDE_BY_SIDE: usize = 20;

/// Estimates the memory of [`minimise_separable`], in bytes: sixteen vectors of rows by the labels
/// that are solved side by side, costs and answers of all cells, and the weights.
pub(super) fn bytes_separable(size: ProblemSize) -> f64 {
    let ProblemSize {
        rows,
        features,
        labels,
        ..
    } = size;
    128.0 * rows * labels.min(MAX_SIDE_BY_SIDE as f64)
        + 16.0 * rows * labels
        + 4.0 * features * labels
}

/// Minimises `½‖W‖² + Σ loss` and returns weights (features by labels) and biases.
pub(super) fn minimise(
    problem: &Problem<'_>,
    loss: &dyn Loss,
    options: &NewtonOptions,
) -> Result<(Vec<f32>, Vec<f64>)> {
    let (columns, labels) = (Columns::of(problem.rows), problem.targets.labels());
    problem
        .progress
        .stage("solving", u64::from(options.max_steps));
    let mut objective = Objective::new(problem, &columns, loss, options.intercept, 0..labels);
    let point = descend(
        problem,
        &mut objective,
        options,
        &vec![options.tolerance; labels],
    )?;
    Ok(objective.weights(point))
}

/// Minimises a separable loss, label by label, and returns weights and biases as [`minimise`].
pub(super) fn minimise_separable<L: SeparableLoss>(
    problem: &Problem<'_>,
    loss: &L,
    options: &NewtonOptions,
) -> Result<(Vec<f32>, Vec<f64>)> {
    let (columns, labels) = (Columns::of(problem.rows), problem.targets.labels());
    let blocks = labels.div_ceil(MAX_SIDE_BY_SIDE).max(1);
    problem
        .progress
        .stage("solving", blocks as u64 * u64::from(options.max_steps));
    let (mut weights, mut bias) = (
        vec![0.0; columns.count() * labels],
        Vec::with_capacity(labels),
    );
    for block in 0..blocks {
        let range = block * labels / blocks..(block + 1) * labels / blocks;
        let tolerance = |label: usize| options.tolerance * loss.tolerance_factor(label, labels);
        let tolerances: Vec<f64> = range.clone().map(tolerance).collect();
        let own = loss.select_labels(range.clone(), labels);
        let mut objective =
            Objective::new(problem, &columns, &own, options.intercept, range.clone());
        let point = descend(problem, &mut objective, options, &tolerances)?;
        let (of_block, biases) = objective.weights(point);
        let features = weights
            .chunks_exact_mut(labels)
            .zip(of_block.chunks_exact(range.len()));
        features.for_each(|(all, own)| all[range.clone()].copy_from_slice(own));
        bias.extend(biases);
    }
    Ok((weights, bias))
}

/// Takes Newton steps until every label's gradient is short enough.
fn descend(
    problem: &Problem<'_>,
    objective: &mut Objective<'_>,
    options: &NewtonOptions,
    tolerances: &[f64],
) -> Result<vector::Vector> {
    let mut state = State::new(objective, false);
    let mut gradient = objective.gradient(&state);
    let first = objective.lengths(&gradient);
    if first.iter().any(|first| !first.is_finite()) {
        return Err(
            Error::usage("the objective has no finite gradient").help("lower C or the weights")
        );
    }
    if objective.has_start() {
        state = State::new(objective, true);
        gradient = objective.gradient(&state);
    }
    let mut steps = 0;
    loop {
        let lengths = objective.lengths(&gradient);
        let is_open =
            |label: usize| lengths[label] > tolerances[label] * first[label] && !state.stuck[label];
        let open: Vec<bool> = (0..lengths.len()).map(is_open).collect();
        if !open.contains(&true) {
            break;
        }
        if steps == options.max_steps {
            let what = format!("the solver stopped after {steps} steps, short of its tolerance");
            problem.progress.note(&what);
            break;
        }
        let forcing_terms: Vec<f64> = (0..lengths.len())
            .map(|label| {
                objective.forcing_term(
                    lengths[label] / first[label].max(f64::MIN_POSITIVE),
                    tolerances[label],
                )
            })
            .collect();
        let direction = objective.direction(&state, &gradient, &forcing_terms, &open);
        let fell = state.step(objective, &gradient, &direction, &open);
        if !fell
            && steps == 0
            && !objective.has_start()
            && !state.is_done(objective, &gradient, &direction, &open)
        {
            return Err(Error::usage("no step lowers the objective").help("lower C or the weights"));
        }
        gradient = objective.gradient(&state);
        steps += 1;
        problem.progress.advance(1);
    }
    Ok(state.point)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Targets;
    use crate::features::SparseRows;
    use crate::io::Progress;
    use crate::linear::solver::Solver;
    use crate::linear::{LinearModel, LogisticRegression};
    use std::sync::atomic::{AtomicU64, Ordering};

    struct Steps(AtomicU64);

    impl Progress for Steps {
        fn stage(&self, _name: &str, _total: u64) {}
        fn note(&self, _message: &str) {}

        fn advance(&self, by: u64) {
            self.0.fetch_add(by, Ordering::Relaxed);
        }
    }

    /// Three labels that overlap: every row has the feature of its label and one that tells
    /// nothing.
    fn rows_and_targets() -> (SparseRows, Targets) {
        let mut rows = SparseRows::new(7);
        let of: Vec<u32> = (0..60).map(|row| row * row % 7 % 3).collect();
        for (row, &label) in of.iter().enumerate() {
            rows.push(
                &[label, 3 + (row % 4) as u32],
                &[0.5 + row as f32 / 60.0, 1.0],
            );
        }
        (
            rows,
            Targets::Exclusive {
                labels: 3,
                of: of.into_iter().map(Some).collect(),
            },
        )
    }

    fn solved(c: f64, start: Option<&LinearModel>) -> (LinearModel, u64) {
        let (rows, targets) = rows_and_targets();
        let steps = Steps(AtomicU64::new(0));
        let options = LogisticRegression {
            c,
            tolerance: 1e-8,
            ..LogisticRegression::default()
        };
        let model = options.solve(&Problem {
            start,
            ..Problem::new(&rows, &targets, &steps)
        });
        (model.unwrap(), steps.0.into_inner())
    }

    fn numbers(model: &LinearModel) -> Vec<f64> {
        let mut numbers = model.bias().to_vec();
        (0..model.features()).for_each(|f| {
            model
                .weights()
                .of_feature(f, model.labels(), |_, w| numbers.push(w))
        });
        numbers
    }

    #[test]
    fn a_start_saves_steps_and_changes_the_result_within_the_tolerance() {
        let (cold, steps) = solved(10.0, None);
        for (start, most) in [(cold.clone(), 0), (solved(9.0, None).0, steps - 1)] {
            let (warm, taken) = solved(10.0, Some(&start));
            assert!(taken <= most, "{taken} steps, {steps} from zero");
            for (a, b) in numbers(&cold).iter().zip(numbers(&warm)) {
                assert!((a - b).abs() < 1e-4 * (1.0 + a.abs()), "{a} {b}");
            }
        }
    }
}
