//! The estimators inside linfa's own code paths.

use linfa::composing::platt_scaling::Platt;
use linfa::prelude::*;
use linfa::{DatasetBase, MultiClassModel, MultiTargetModel, dataset::Pr};
use ndarray::{Array1, Array2, array};
use serde::Deserialize;
use standpoint::features::{SparseRows, chi_squared, chi_squared_multilabel};
use standpoint::linear::{
    BinaryModel, LinearModel, LinearSvmParams, LogisticRegressionParams, Sgd, SgdModel, SgdParams,
};

/// Ninety rows of three labels, each with a column of its own among common ones.
fn labelled() -> (Array2<f32>, Array1<usize>) {
    let of = Array1::from_shape_fn(90, |row| row * 7 % 3);
    let value = |(row, column): (usize, usize)| match column {
        0..3 if of[row] == column => 1.0,
        3.. if (row + column) % 4 == 0 => 0.5,
        _ => 0.0,
    };
    (Array2::from_shape_fn((90, 8), value), of)
}

fn sparse(dense: &Array2<f32>) -> SparseRows {
    let mut rows = SparseRows::new(dense.ncols());
    for row in dense.rows() {
        let (columns, values): (Vec<u32>, Vec<f32>) =
            (0..).zip(row).filter(|(_, value)| **value != 0.0).unzip();
        rows.push(&columns, &values);
    }
    rows
}

#[test]
fn data_sets_of_sparse_rows() {
    let (dense, of) = labelled();
    let data =
        DatasetBase::new(sparse(&dense), of.clone()).with_weights(Array1::from_elem(90, 2.0));
    assert_eq!((data.nsamples(), data.nfeatures()), (90, 8));
    assert_eq!(data.label_frequencies()[&1], 60.0);
    let model = LinearSvmParams::default().fit(&data).unwrap();
    let by_reference: Array1<usize> = model.predict(&data);
    let owned: DatasetBase<SparseRows, Array1<usize>> = model.predict(data.clone());
    assert_eq!((&by_reference, &owned.targets), (&of, &of));
    assert_eq!(
        by_reference.confusion_matrix(&data).unwrap().accuracy(),
        1.0
    );
    let question = data.map_targets(|&label| label == 2);
    let binary: BinaryModel = LogisticRegressionParams::default().fit(&question).unwrap();
    let holds: Array1<bool> = binary.predict(&question);
    assert_eq!(holds, of.mapv(|label| label == 2));
}

#[test]
fn batches_by_fit_with() {
    let (dense, of) = labelled();
    let params = SgdParams::from(Sgd {
        c: 10.0,
        ..Sgd::default()
    });
    let batch = |from: usize| {
        let rows: Vec<usize> = (from..from + 30).collect();
        DatasetBase::new(
            sparse(&dense).select(&rows),
            of.slice(ndarray::s![from..from + 30]).to_owned(),
        )
    };
    let batches = [batch(0), batch(30), batch(60)];
    let learn = |model, batch| params.fit_with(model, batch).map(Some);
    let model: Option<SgdModel> = batches.iter().try_fold(None, learn).unwrap();
    let model = model.unwrap();
    assert_eq!(model.rows(), 90);
    let predicted: Array1<usize> = model
        .linear()
        .predict(&DatasetBase::new(sparse(&dense), ()));
    assert_eq!(predicted, of);
    // A batch of two labels after one of one, and one of other columns.
    let first = params
        .fit_with(None, &DatasetBase::new(sparse(&dense), Array1::zeros(90)))
        .unwrap();
    let wider = params.fit_with(Some(first), &batches[0]).unwrap();
    assert_eq!(wider.linear().labels(), 3);
    let other = DatasetBase::new(SparseRows::new(3), Array1::<usize>::zeros(0));
    assert!(params.fit_with(Some(wider), &other).is_err());
}

#[test]
fn cross_validation_on_a_matrix() {
    let (dense, of) = labelled();
    let mut data = DatasetBase::new(dense, of);
    let params = [LinearSvmParams::default(), LinearSvmParams::default()];
    let accuracy = |predicted: &Array1<usize>, truth: &ndarray::ArrayView1<usize>| {
        let right = predicted.iter().zip(truth).filter(|(a, b)| a == b).count();
        Ok(right as f64 / truth.len() as f64)
    };
    let found: Array1<f64> = data.cross_validate_single(5, &params, accuracy).unwrap();
    assert_eq!(found, array![1.0, 1.0]);
}

#[test]
fn one_against_all_with_platt_probabilities() {
    let (dense, of) = labelled();
    let data = DatasetBase::new(dense.clone(), of.clone());
    let calibrated = data
        .one_vs_all()
        .unwrap()
        .into_iter()
        .map(|(label, question)| {
            let model: BinaryModel = LinearSvmParams::default().fit(&question).unwrap();
            let question = DatasetBase::new(dense.clone(), of.mapv(|of| of == label));
            (
                label,
                Platt::<f32, _>::params()
                    .fit_with(model, &question)
                    .unwrap(),
            )
        });
    let model: MultiClassModel<Array2<f32>, usize> = calibrated.collect();
    let predicted: Array1<usize> = model.predict(&dense);
    assert_eq!(predicted, of);
    let question = DatasetBase::new(dense.clone(), of.mapv(|of| of == 0));
    let svm: BinaryModel = LinearSvmParams::default().fit(&question).unwrap();
    let probabilities: Array1<Pr> = Platt::params()
        .fit_with(svm, &question)
        .unwrap()
        .predict(&dense);
    assert!(
        probabilities
            .iter()
            .zip(&of)
            .all(|(p, &of)| (**p > 0.5) == (of == 0))
    );
}

#[test]
fn several_targets_of_one_matrix() {
    let (dense, of) = labelled();
    let fit = |of: &Array1<usize>| -> LinearModel {
        LinearSvmParams::default()
            .fit(&DatasetBase::new(dense.clone(), of.clone()))
            .unwrap()
    };
    let is_two = of.mapv(|of| usize::from(of == 2));
    let both: MultiTargetModel<Array2<f32>, usize> = [fit(&of), fit(&is_two)].into_iter().collect();
    let predicted: Array2<usize> = both.predict(&dense);
    assert_eq!(
        (predicted.column(0), predicted.column(1)),
        (of.view(), is_two.view())
    );
}

#[derive(Deserialize)]
struct Chi2 {
    x: Vec<Vec<f32>>,
    y: Vec<u32>,
    several: Vec<Vec<u8>>,
    exclusive: Vec<f64>,
    independent: Vec<f64>,
}

/// `data/make_chi2.py` made the values.
#[test]
fn chi_squared_equals_that_of_scikit_learn() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/chi2.json");
    let table: Chi2 = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let width = table.x[0].len();
    let dense = Array2::from_shape_fn((table.x.len(), width), |(row, column)| table.x[row][column]);
    let labels = table.several[0].len();
    let classes: Vec<Option<u32>> = table.y.iter().copied().map(Some).collect();
    let cells = table.several.iter().flatten();
    let holds: Vec<Option<bool>> = cells.map(|&cell| Some(cell == 1)).collect();
    let rows = sparse(&dense);
    for (found, expected) in [
        (chi_squared(&rows, &classes), table.exclusive),
        (
            chi_squared_multilabel(&rows, &holds, labels),
            table.independent,
        ),
    ] {
        let found = found.unwrap();
        for (found, expected) in found.iter().zip(&expected) {
            assert!(
                (found - expected).abs() <= 1e-9 * (1.0 + expected),
                "{found} {expected}"
            );
        }
    }
}
