//! Steps of one row: the gradient of its loss, and the changes of its features' weights.

use super::SgdLoss;
use crate::corpus::Targets;
use crate::math::links::{sigmoid, softmax};

/// `δ`: keeps the first step of a weight from being as long for a small gradient as for a large
/// one.
const DELTA: f64 = 0.01;

/// Step size and penalty of one step.
#[derive(Clone, Copy)]
pub(super) struct StepSize {
    pub rate: f64,
    /// `η λ`.
    pub decay: f64,
}

/// Applies the penalty of steps in which a feature did not occur.
pub(super) fn shrink(cells: &mut [f64], labels: usize, skipped: f64, decay: f64) {
    let (weights, rest) = cells.split_at_mut(labels);
    let (squares, sums) = rest.split_at_mut(labels);
    for ((weight, squares), sum) in weights.iter_mut().zip(squares).zip(sums) {
        let scale = (*squares + DELTA).sqrt();
        let distance = skipped * decay / scale;
        let mean = mean_decay(distance);
        *sum += *weight * skipped * mean;
        *weight -= *weight * distance * mean;
    }
}

/// `(1 − exp(−distance)) / distance`: the mean of what is left on the way. Most ways are short,
/// where a few terms of the series are exact.
fn mean_decay(distance: f64) -> f64 {
    if distance < 1e-3 {
        return 1.0
            - distance / 2.0
                * (1.0 - distance / 3.0 * (1.0 - distance / 4.0 * (1.0 - distance / 5.0)));
    }
    -(-distance).exp_m1() / distance
}

/// Takes one step of a feature that occurs.
pub(super) fn descend(cells: &mut [f64], value: f64, step_size: StepSize, gradients: &[f64]) {
    let (weights, rest) = cells.split_at_mut(gradients.len());
    let (squares, sums) = rest.split_at_mut(gradients.len());
    for (((weight, squares), sum), gradient) in
        weights.iter_mut().zip(squares).zip(sums).zip(gradients)
    {
        let gradient = gradient * value;
        *squares += gradient * gradient;
        let scale = (*squares + DELTA).sqrt();
        *weight = (scale * *weight - step_size.rate * gradient) / (scale + step_size.decay);
        *sum += *weight;
    }
}

/// Replaces decision values by the slope of the loss there; 0 for what is unknown.
pub(super) fn gradient(
    loss: SgdLoss,
    targets: &Targets,
    row: usize,
    factors: &[[f64; 2]],
    values: &mut [f64],
) {
    if let (SgdLoss::Logistic, Targets::Exclusive { of, .. }) = (loss, targets) {
        let known = of[row]
            .map(|of| of as usize)
            .filter(|&of| of < values.len());
        let Some(of) = known else {
            return values.fill(0.0);
        };
        softmax(values);
        values[of] -= 1.0;
        return values.iter_mut().for_each(|value| *value *= factors[of][0]);
    }
    for (label, value) in values.iter_mut().enumerate() {
        let Some(holds) = targets.holds(row, label) else {
            *value = 0.0;
            continue;
        };
        let sign = if holds { 1.0 } else { -1.0 };
        let gradient = match loss {
            SgdLoss::Logistic => -sign * sigmoid(-sign * *value),
            SgdLoss::Hinge if sign * *value < 1.0 => -sign,
            SgdLoss::Hinge => 0.0,
        };
        *value = gradient * factors[label][usize::from(!holds)];
    }
}
