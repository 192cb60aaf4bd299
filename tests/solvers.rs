//! Options of solvers, from the command line to the scores.

use crate::support::{Folder, NEWS, news, run};
use linfa::traits::Fit;
use ndarray::Array2;
use standpoint::Model;
use standpoint::features::{TfIdf, TfIdfOptions};
use standpoint::io::Silent;
use standpoint::linear::{LinearModel, Ridge, RidgeParams, Weights};
use std::path::Path;

fn trained(flags: &[&str]) -> Model {
    let folder = Folder::new();
    let path = folder.path("m");
    let head = [
        "train", NEWS, "--label", "topic", "--labels", "stance", "-o", &path,
    ];
    run(&[&head[..], flags].concat()).ok();
    Model::load(Path::new(&path)).unwrap()
}

fn hits(model: &Model) -> usize {
    let corpus = news();
    let label = |row: usize| match &corpus.heads[0].targets {
        standpoint::corpus::Targets::Exclusive { of, .. } => {
            of[row].map(|of| corpus.heads[0].labels[of as usize].as_str())
        }
        _ => None,
    };
    (0..corpus.len())
        .filter(|&row| model.score(corpus.texts.get(row)).heads[0].label() == label(row))
        .count()
}

#[test]
fn every_solver_learns_from_the_command_line() {
    let rows = news().len();
    for flags in [
        &["--classifier", "ridge"][..],
        &[
            "--classifier",
            "ridge",
            "--alpha",
            "0.1",
            "--intercept",
            "none",
        ],
        &[
            "--classifier",
            "lr",
            "-C",
            "10",
            "--multi-class",
            "ovr",
            "--intercept",
            "regularised",
        ],
        &["--classifier", "lr", "-C", "100", "--penalty", "l1"],
        &[
            "--classifier",
            "lr",
            "-C",
            "100",
            "--penalty",
            "elasticnet",
            "--l1-ratio",
            "0.5",
            "--multi-class",
            "ovr",
        ],
    ] {
        let hits = hits(&trained(flags));
        assert!(hits * 10 > rows * 9, "{hits} of {rows}: {flags:?}");
    }
}

#[test]
fn an_l1_model_is_small_and_stored_so() {
    let bytes = |flags: &[&str]| trained(flags).to_bytes().len();
    let small = trained(&["--classifier", "lr", "-C", "100", "--penalty", "l1"]);
    assert!(matches!(
        small.heads()[0].linear().weights(),
        Weights::Sparse { .. }
    ));
    let (small, all) = (small.to_bytes().len(), bytes(&["--classifier", "lr"]));
    assert!(small * 4 < all * 3, "{small} and {all} bytes");
}

#[test]
fn an_unknown_answer_takes_no_part_in_ridge() {
    let corpus = news();
    let (_, rows) = TfIdf::fit_transform(&TfIdfOptions::default(), &corpus.texts, &Silent).unwrap();
    let known: Vec<usize> = (0..rows.rows()).filter(|row| row % 3 > 0).collect();
    let fit = |cells: &dyn Fn(usize) -> Option<bool>, rows: &standpoint::features::SparseRows| {
        let cells = Array2::from_shape_fn((rows.rows(), 1), |(row, _)| cells(row));
        let params = RidgeParams::from(Ridge {
            tolerance: 1e-9,
            ..Ridge::default()
        });
        params
            .fit(&linfa::DatasetBase::new(rows.clone(), cells))
            .unwrap()
    };
    let masked = fit(&|row| (row % 3 > 0).then_some(row.is_multiple_of(2)), &rows);
    let absent = fit(
        &|row| Some(known[row].is_multiple_of(2)),
        &rows.select(&known),
    );
    assert_alike(&masked, &absent);
}

fn assert_alike(a: &LinearModel, b: &LinearModel) {
    let weights = |model: &LinearModel| match model.weights() {
        Weights::Dense(weights) => weights.to_vec(),
        Weights::Sparse { .. } => panic!("dense weights"),
    };
    for (a, b) in weights(a).into_iter().zip(weights(b)) {
        assert!((a - b).abs() < 1e-6, "{a} {b}");
    }
    assert!((a.bias()[0] - b.bias()[0]).abs() < 1e-6);
}
