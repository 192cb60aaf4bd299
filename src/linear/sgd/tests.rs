//! Gradient descent against exact minima, and its lazy penalty against steps one by one.

use super::descent::order;
use super::step::{StepSize, gradient};
use super::*;
use crate::features::SparseRows;
use crate::io::Silent;
use crate::math::links::softmax;

/// Three topics, each with two words of its own among common ones.
fn rows() -> (SparseRows, Targets) {
    let mut rows = SparseRows::new(9);
    let mut of = Vec::new();
    for at in 0..240u32 {
        let label = at % 3;
        let noise = 6 + (at / 3) % 3;
        let own = label * 2 + (at / 5) % 2;
        let other = if at % 7 == 0 { (own + 2) % 6 } else { own };
        let mut columns = vec![own, other, noise];
        columns.sort_unstable();
        columns.dedup();
        rows.push(&columns, &vec![0.7; columns.len()]);
        of.push(Some(label));
    }
    (rows, Targets::Exclusive { labels: 3, of })
}

/// The objective of logistic regression.
fn objective(model: &LinearModel, rows: &SparseRows, targets: &Targets) -> f64 {
    let Targets::Exclusive { of, .. } = targets else {
        unreachable!()
    };
    let mut penalty = 0.0;
    (0..model.features()).for_each(|f| {
        model
            .weights()
            .of_feature(f, 3, |_, w| penalty += 0.5 * w * w)
    });
    let mut decisions = Vec::new();
    let loss = rows.iter().zip(of).map(|(row, of)| {
        model.decide(row, &mut decisions);
        softmax(&mut decisions);
        -decisions[of.unwrap() as usize].ln()
    });
    penalty + loss.sum::<f64>()
}

#[test]
fn comes_near_the_minimum_of_logistic_regression() {
    let (rows, targets) = rows();
    let problem = Problem::new(&rows, &targets, &Silent);
    let exact = LogisticRegression {
        tolerance: 1e-8,
        ..Default::default()
    }
    .solve(&problem)
    .unwrap();
    let least = objective(&exact, &rows, &targets);
    let far = |epochs| {
        let model = Sgd {
            epochs,
            ..Sgd::default()
        }
        .solve(&problem)
        .unwrap();
        objective(&model, &rows, &targets) / least - 1.0
    };
    assert!(far(5) < 0.05 && far(100) < 0.002, "{} {}", far(5), far(100));
}

/// The lazy penalty, step by step.
#[test]
fn absent_features_shrink_as_if_each_step_were_taken() {
    let (rows, targets) = rows();
    let options = Sgd {
        c: 0.01,
        ..Sgd::default()
    };
    let mut lazy = DescentState::new(9, 3, HeadKind::Exclusive).unwrap();
    let mut eager = lazy.clone();
    let decay = options.learning_rate / (options.c * 240.0);
    let part = LabelledRows {
        rows: &rows,
        targets: &targets,
        weights: None,
    };
    lazy.learn(&options, &[[1.0; 2]; 3], 240, part, 0);
    lazy.catch_up_all();
    eager.progress.decay = decay;
    for row in order(240, 0, 0, 0) {
        eager.catch_up_all();
        let mut gradients = vec![0.0; 3];
        eager.catch_up(rows.row(row), &mut gradients);
        gradient(options.loss, &targets, row, &[[1.0; 2]; 3], &mut gradients);
        eager.step(
            rows.row(row),
            StepSize {
                rate: options.learning_rate,
                decay,
            },
            &gradients,
        );
    }
    eager.catch_up_all();
    for (lazy, eager) in lazy.cells.iter().zip(&eager.cells) {
        assert!(
            (lazy - eager).abs() < 1e-9 * (1.0 + eager.abs()),
            "{lazy} {eager}"
        );
    }
}

#[test]
fn a_model_to_begin_with_is_where_it_begins() {
    let (rows, targets) = rows();
    let problem = Problem::new(&rows, &targets, &Silent);
    let model = Sgd::default().solve(&problem).unwrap();
    let mut descent = DescentState::new(9, 4, HeadKind::Exclusive).unwrap();
    descent.start_from(&model).unwrap();
    let (begun, mut decisions, mut of_model) = (descent.model(), Vec::new(), Vec::new());
    for row in rows.iter() {
        begun.decide(row, &mut decisions);
        model.decide(row, &mut of_model);
        assert_eq!(decisions[..3], of_model);
    }
}
