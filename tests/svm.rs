//! The solvers of support vector machines against LIBLINEAR's and LIBSVM's values;
//! `data/make_svm.py` made the table.

use ndarray::{Array1, Array2};
use serde::Deserialize;
use standpoint::features::SparseRows;
use standpoint::linear::{
    ClassWeight, Classifier, CrammerSinger, CrammerSingerParams, LinearModel, LinearSvm,
    LinearSvmParams, NbSvm, NbSvmParams,
};

#[derive(Deserialize)]
struct Table {
    x: Vec<Vec<f32>>,
    y: Vec<usize>,
    /// -1 where unknown.
    several: Vec<Vec<i8>>,
    weights: Vec<f32>,
    class_weights: Vec<f64>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    options: Classifier,
    independent: bool,
    weighted: bool,
    factors: bool,
    values: Vec<Vec<f64>>,
}

fn table() -> Table {
    serde_json::from_str(include_str!("data/svm.json")).unwrap()
}

/// Fits through linfa's interface.
macro_rules! fit {
    ($params:expr, $rows:expr, $targets:expr, $weights:expr) => {{
        let data =
            linfa::DatasetBase::new($rows, $targets).with_weights(Array1::from_vec($weights));
        linfa::traits::Fit::fit(&$params, &data)
    }};
}

impl Table {
    fn rows(&self) -> SparseRows {
        let mut rows = SparseRows::new(self.x[0].len());
        for x in &self.x {
            let stored = (0..)
                .zip(x.iter().copied())
                .filter(|&(_, value)| value != 0.0);
            let (columns, values): (Vec<u32>, Vec<f32>) = stored.unzip();
            rows.push(&columns, &values);
        }
        rows
    }

    fn cells(&self) -> Array2<Option<bool>> {
        let cells = self
            .several
            .iter()
            .flatten()
            .map(|&cell| (cell >= 0).then_some(cell == 1))
            .collect();
        Array2::from_shape_vec((self.several.len(), self.several[0].len()), cells).unwrap()
    }

    fn fit(&self, case: &Case) -> LinearModel {
        let weights = if case.weighted {
            self.weights.clone()
        } else {
            Vec::new()
        };
        macro_rules! by_kind {
            ($params:expr) => {
                match case.independent {
                    true => fit!($params, self.rows(), self.cells(), weights),
                    false => fit!(
                        $params,
                        self.rows(),
                        Array1::from_vec(self.y.clone()),
                        weights
                    ),
                }
            };
        }
        let mut classifier = case.options.clone();
        if case.factors {
            classifier.set_class_weight(&ClassWeight::Given(self.class_weights.clone()));
        }
        let (tolerance, max_rounds) = (1e-9, 100_000);
        let fitted = match classifier {
            Classifier::Svm(options) => {
                by_kind!(LinearSvmParams::from(LinearSvm {
                    tolerance,
                    max_rounds,
                    ..options
                }))
            }
            Classifier::CrammerSinger(options) => {
                by_kind!(CrammerSingerParams::from(CrammerSinger {
                    tolerance,
                    max_rounds,
                    ..options
                }))
            }
            Classifier::NbSvm(options) => {
                by_kind!(NbSvmParams::from(NbSvm {
                    tolerance,
                    max_rounds,
                    ..options
                }))
            }
            other => panic!("{other:?}"),
        };
        fitted.unwrap()
    }
}

#[test]
fn decisions_equal_those_of_liblinear_and_libsvm() {
    let table = table();
    for case in &table.cases {
        let model = table.fit(case);
        let mut decisions = Vec::new();
        for (row, expected) in table.rows().iter().zip(&case.values) {
            model.decide(row, &mut decisions);
            for (found, expected) in decisions.iter().zip(expected) {
                let close = (found - expected).abs() < 1e-5 * (1.0 + expected.abs());
                assert!(
                    close,
                    "{:?} {}: {found} {expected}",
                    case.options, case.independent
                );
            }
        }
    }
}

/// Tight options, of which one label is left to choose.
fn nb_svm(alpha: f64, ratio_exponent: Option<f64>) -> NbSvm {
    NbSvm {
        c: 2.0,
        alpha,
        ratio_exponent,
        tolerance: 1e-9,
        max_rounds: 100_000,
        ..NbSvm::default()
    }
}

/// The same for the SVM.
fn svm() -> LinearSvm {
    LinearSvm {
        c: 2.0,
        tolerance: 1e-9,
        max_rounds: 100_000,
        ..LinearSvm::default()
    }
}

/// Returns the factors of features for one label, by the formulas of the documentation.
fn tempered_ratios(table: &Table, label: usize, alpha: f64, exponent: f64) -> Vec<f64> {
    let cell = |row: usize| table.several[row][label];
    let rows: Vec<usize> = (0..table.x.len()).filter(|&row| cell(row) >= 0).collect();
    let sum = |feature: usize, holds: i8| -> f64 {
        let own = rows.iter().filter(|&&row| cell(row) == holds);
        own.map(|&row| f64::from(table.weights[row] * table.x[row][feature]))
            .sum::<f64>()
            + alpha
    };
    let features = 0..table.x[0].len();
    let total = |holds| {
        features
            .clone()
            .map(|feature| sum(feature, holds))
            .sum::<f64>()
    };
    let ratio = |feature| ((sum(feature, 1) / total(1)) / (sum(feature, 0) / total(0))).ln();
    let powers: Vec<f64> = features
        .clone()
        .map(|feature| ratio(feature).signum() * ratio(feature).abs().powf(exponent))
        .collect();
    let squares = |factors: &dyn Fn(usize) -> f64| -> f64 {
        let of_row = |&row: &usize| -> f64 {
            let square =
                |feature: usize| (f64::from(table.x[row][feature]) * factors(feature)).powi(2);
            f64::from(table.weights[row]) * features.clone().map(square).sum::<f64>()
        };
        rows.iter().map(of_row).sum()
    };
    let scale = (squares(&|_| 1.0) / squares(&|feature| powers[feature])).sqrt();
    powers.iter().map(|power| scale * power).collect()
}

#[test]
fn a_tempered_nb_svm_is_the_svm_on_features_times_their_factors() {
    let table = table();
    for (alpha, exponent) in [(0.3, 0.6), (1.0, 1.0), (0.1, 0.5)] {
        let options = NbSvmParams::from(nb_svm(alpha, Some(exponent)));
        let tempered = fit!(options, table.rows(), table.cells(), table.weights.clone()).unwrap();
        for label in 0..table.several[0].len() {
            let factors = tempered_ratios(&table, label, alpha, exponent);
            let mut rows = SparseRows::new(factors.len());
            for row in table.rows().iter() {
                let scaled = row
                    .iter()
                    .map(|(feature, value)| (value * factors[feature]) as f32);
                rows.push(row.columns, &scaled.collect::<Vec<_>>());
            }
            let holds = table
                .cells()
                .slice(ndarray::s![.., label..=label])
                .to_owned();
            let params = LinearSvmParams::from(svm());
            let plain = fit!(params, rows.clone(), holds, table.weights.clone()).unwrap();
            for (row, scaled) in table.rows().iter().zip(rows.iter()) {
                let (mut found, mut expected) = (Vec::new(), Vec::new());
                tempered.decide(row, &mut found);
                plain.decide(scaled, &mut expected);
                assert!(
                    (found[label] - expected[0]).abs() < 1e-4,
                    "{found:?} {expected:?}"
                );
            }
        }
    }
}

#[test]
fn an_nb_svm_of_exponent_0_is_the_svm() {
    let table = table();
    let params = NbSvmParams::from(nb_svm(0.3, Some(0.0)));
    let flat = fit!(params, table.rows(), table.cells(), table.weights.clone()).unwrap();
    let params = LinearSvmParams::from(svm());
    let plain = fit!(params, table.rows(), table.cells(), table.weights.clone()).unwrap();
    for row in table.rows().iter() {
        let (mut found, mut expected) = (Vec::new(), Vec::new());
        flat.decide(row, &mut found);
        plain.decide(row, &mut expected);
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
    }
}

#[test]
fn where_all_ratios_are_0_there_are_biases_alone() {
    let mut rows = SparseRows::new(2);
    (0..4).for_each(|_| rows.push(&[0, 1], &[1.0, 3.0]));
    let params = NbSvmParams::from(nb_svm(1.0, Some(0.6)));
    let labels = Array1::from_vec(vec![0, 0, 1, 1]);
    let model = fit!(params, rows, labels, Vec::new()).unwrap();
    assert!(model.is_finite());
    assert!((0..2).all(|feature| model.weights_of(feature).all(|weight| weight == 0.0)));
}

#[test]
fn ratios_need_features_that_are_not_negative() {
    let mut rows = SparseRows::new(1);
    rows.push(&[0], &[-1.0]);
    rows.push(&[0], &[1.0]);
    let refused = fit!(
        NbSvmParams::from(NbSvm::default()),
        rows,
        Array1::from_vec(vec![0, 1]),
        Vec::new()
    );
    assert!(refused.unwrap_err().to_string().contains("negative"));
}

#[test]
fn crammer_singer_is_for_exclusive_labels() {
    let table = table();
    let refused = fit!(
        CrammerSingerParams::default(),
        table.rows(),
        table.cells(),
        Vec::new()
    );
    assert!(refused.unwrap_err().to_string().contains("exactly one"));
}
