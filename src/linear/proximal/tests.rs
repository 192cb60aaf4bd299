//! Properties of solutions with weights of zero.

use crate::corpus::Targets;
use crate::features::SparseRows;
use crate::io::Silent;
use crate::linear::solver::Solver;
use crate::linear::{Intercept, LinearModel, LogisticRegression, MultiClass, Penalty, Problem};

/// Labels that follow from the first features, and many features that tell nothing.
fn rows_and_targets() -> (SparseRows, Targets) {
    let mut rows = SparseRows::new(60);
    let of: Vec<u32> = (0..90).map(|row| row * row % 11 % 3).collect();
    for (row, &label) in of.iter().enumerate() {
        let noise = [3 + row as u32 * 7 % 19, 22 + row as u32 * 13 % 38];
        rows.push(
            &[label, noise[0], noise[1]],
            &[0.6 + row as f32 / 90.0, 0.7, 0.4],
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

fn solve(options: &LogisticRegression, start: Option<&LinearModel>) -> Vec<f64> {
    numbers(&solved(options, start))
}

fn solved(options: &LogisticRegression, start: Option<&LinearModel>) -> LinearModel {
    let (rows, targets) = rows_and_targets();
    options
        .solve(&Problem {
            start,
            ..Problem::new(&rows, &targets, &Silent)
        })
        .unwrap()
}

fn numbers(model: &LinearModel) -> Vec<f64> {
    let mut numbers = vec![0.0; model.features() * model.labels()];
    for feature in 0..model.features() {
        let fill = |label: usize, weight: f64| numbers[feature * model.labels() + label] = weight;
        model.weights().of_feature(feature, model.labels(), fill);
    }
    numbers.extend_from_slice(model.bias());
    numbers
}

fn options(multi_class: MultiClass, l1_ratio: f64) -> LogisticRegression {
    let penalty = Penalty::ElasticNet { l1_ratio };
    LogisticRegression {
        multi_class,
        penalty,
        c: 3.0,
        tolerance: 1e-12,
        ..LogisticRegression::default()
    }
}

#[test]
fn what_tells_nothing_weighs_nothing() {
    for multi_class in [MultiClass::Softmax, MultiClass::OneVsRest] {
        let numbers = solve(&options(multi_class, 1.0), None);
        assert!((0..3).all(|label| numbers[label * 4] > 1.0), "{numbers:?}");
        let zeros = numbers.iter().filter(|&&number| number == 0.0).count();
        assert!(zeros > 120, "{zeros} of {}", numbers.len());
    }
}

#[test]
fn biases_of_a_start_are_not_kept_where_there_are_none() {
    let options = LogisticRegression {
        intercept: Intercept::None,
        ..options(MultiClass::Softmax, 1.0)
    };
    let start = solved(
        &LogisticRegression {
            intercept: Intercept::Free,
            ..options.clone()
        },
        None,
    );
    assert!(start.bias().iter().any(|&bias| bias != 0.0));
    assert!(
        solved(&options, Some(&start))
            .bias()
            .iter()
            .all(|&bias| bias == 0.0)
    );
}

#[test]
fn a_start_changes_nothing_and_hardly_any_l1_is_l2() {
    for multi_class in [MultiClass::Softmax, MultiClass::OneVsRest] {
        let options_ = options(multi_class, 0.5);
        let near = solved(
            &LogisticRegression {
                c: 2.5,
                ..options_.clone()
            },
            None,
        );
        let (cold, warm) = (solve(&options_, None), solve(&options_, Some(&near)));
        let hardly = solve(&options(multi_class, 1e-9), None);
        let none = solve(&options(multi_class, 0.0), None);
        for (a, b) in cold.iter().zip(&warm).chain(hardly.iter().zip(&none)) {
            assert!((a - b).abs() < 1e-5, "{multi_class:?} {a} {b}");
        }
    }
}
