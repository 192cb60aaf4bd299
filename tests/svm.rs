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
