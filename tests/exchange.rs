//! `export` and `import`: rows and weights in the formats of other tools.

use crate::support::{Folder, rows, run};
use serde_json::Value;
use standpoint::Model;
use standpoint::exchange::{LiblinearModel, LibsvmRows};
use std::process::Command;

/// Trains a small model; returns its path and that of its corpus.
fn trained(folder: &Folder) -> (String, String) {
    let corpus = folder.write("rows.jsonl", rows());
    let model = folder.path("m.model");
    run(&[
        "train", &corpus, "--label", "topic", "--labels", "stance", "-o", &model,
    ])
    .ok();
    (model, corpus)
}

#[test]
fn exported_rows_are_those_that_are_scored() {
    let folder = Folder::new();
    let (path, corpus) = trained(&folder);
    let (svm, names, terms) = (
        folder.path("r.svm"),
        folder.path("r.tsv"),
        folder.path("c.txt"),
    );
    run(&[
        "export",
        &path,
        &corpus,
        "-o",
        &svm,
        "--row-names",
        &names,
        "--column-names",
        &terms,
    ])
    .ok();
    let model = Model::load(path.as_ref()).unwrap();
    let terms_written = std::fs::read_to_string(terms).unwrap();
    let written = std::fs::read(svm).unwrap();
    let columns = model.tfidf().vocabulary().len();
    assert_eq!(terms_written.lines().count(), columns);
    let found = LibsvmRows::read(&written[..], columns).unwrap();
    let texts: Vec<Value> = rows()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(found.rows.rows(), texts.len());
    let head = &model.heads()[0];
    for (at, text) in texts.iter().enumerate() {
        let mut decisions = Vec::new();
        head.linear().decide(found.rows.row(at), &mut decisions);
        let scores = model.score(text["text"].as_str().unwrap());
        for (decision, scored) in decisions.iter().zip(&scores.heads[0].decisions) {
            assert!((decision - scored).abs() < 1e-6, "{decision} {scored}");
        }
        let label: usize = found.labels[at][0].parse().unwrap();
        assert_eq!(
            head.metadata().labels[label - 1],
            text["topic"].as_str().unwrap()
        );
    }
    let names = std::fs::read_to_string(names).unwrap();
    assert!(names.starts_with("id\ttopic\tstance\n"), "{names}");
    assert_eq!(names.lines().count(), texts.len() + 1);
}

#[test]
fn weights_that_go_out_come_in_again() {
    let folder = Folder::new();
    let (path, corpus) = trained(&folder);
    let (weights, made) = (folder.path("w.liblinear"), folder.path("n.model"));
    run(&["export", &path, "--head", "topic", "-o", &weights]).ok();
    run(&[
        "import", &weights, "--model", &path, "--head", "topic", "-o", &made,
    ])
    .ok();
    let answers = |model: &str| -> Vec<Value> {
        let rows = run(&["score", model, &corpus, "--json"]).json();
        rows.iter()
            .map(|row| row["heads"]["topic"]["label"].clone())
            .collect()
    };
    assert_eq!(answers(&path), answers(&made));
    let inspected = run(&["inspect", &made, "--json"]).json();
    assert_eq!(inspected[0]["heads"].as_array().unwrap().len(), 1);
}

#[test]
fn tables_of_weights_have_a_row_for_each_term() {
    let folder = Folder::new();
    let (path, _) = trained(&folder);
    let table = folder.path("w.tsv");
    run(&["export", &path, "-o", &table]).ok();
    let model = Model::load(path.as_ref()).unwrap();
    let table = std::fs::read_to_string(table).unwrap();
    let labels: usize = model
        .heads()
        .iter()
        .map(|head| head.metadata().labels.len())
        .sum();
    assert_eq!(table.lines().count(), model.tfidf().vocabulary().len() + 2);
    assert!(
        table
            .lines()
            .all(|line| line.split('\t').count() == 3 + labels)
    );
    let bias: f64 = table
        .lines()
        .nth(1)
        .unwrap()
        .split('\t')
        .nth(3)
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(bias, model.heads()[0].linear().bias()[0]);
}

#[test]
fn what_does_not_fit_is_refused() {
    let folder = Folder::new();
    let (path, corpus) = trained(&folder);
    let out = |name: &str| folder.path(name);
    for (arguments, what) in [
        (
            vec!["export", &path, "-o", &out("w.bin")],
            "the name does not tell the format",
        ),
        (
            vec!["export", &path, "-o", &out("w.mtx")],
            "this format holds rows, but there is no corpus",
        ),
        (
            vec!["export", &path, &corpus, "-o", &out("w.tsv")],
            "this format holds weights",
        ),
        (
            vec!["export", &path, "--head", "no", "-o", &out("w.liblinear")],
            "the model has no head `no`",
        ),
    ] {
        let error = run(&arguments).fails(2);
        assert!(error.contains(what) && error.contains("help: "), "{error}");
    }
    let broken = folder.write(
        "b.liblinear",
        "solver_type L2R_LR\nnr_class 2\nlabel 1 9\nnr_feature 1\nbias -1\nw\n1\n",
    );
    let error = run(&["import", &broken, "--model", &path, "-o", &out("n.model")]).fails(4);
    assert!(
        error.contains("has the label 9, but the head labels 1 to"),
        "{error}"
    );
    let error = run(&["import", &corpus, "--model", &path, "-o", &out("n.model")]).fails(4);
    assert!(error.contains("not a model of LIBLINEAR"), "{error}");
    let error = run(&[
        "import",
        &broken,
        "--model",
        &path,
        "--head",
        "stance",
        "-o",
        &out("n.model"),
    ])
    .fails(2);
    assert!(error.contains("independent labels"), "{error}");
}

/// Values that SciPy and NumPy read, beside those that were written.
#[test]
fn python_reads_matrices_and_weights() {
    const SCRIPT: &str = "
import sys, numpy, scipy.sparse, scipy.io
from sklearn.datasets import load_svmlight_file
a = scipy.sparse.load_npz(sys.argv[1]); b = scipy.io.mmread(sys.argv[2]).tocsr()
c, _ = load_svmlight_file(sys.argv[3], n_features=a.shape[1], zero_based=False)
assert a.shape == b.shape == c.shape and abs(a - b).max() < 1e-6 and abs(a - c).max() < 1e-6
w = numpy.load(sys.argv[4])
assert w['topic.weights'].shape == (len(w['terms']), len(w['topic.labels'])) and len(w['idf']) == a.shape[1]
d = a @ w['topic.weights'] + w['topic.bias']
print(' '.join(w['topic.labels'][i] for i in d.argmax(axis=1)))
";
    let available = Command::new("python3")
        .args(["-c", "import scipy, sklearn"])
        .output();
    if !available.is_ok_and(|ran| ran.status.success()) {
        return println!("skipped: python3 with scipy and scikit-learn is not on the PATH");
    }
    let folder = Folder::new();
    let (path, corpus) = trained(&folder);
    let files = ["r.npz", "r.mtx", "r.svm"].map(|name| folder.path(name));
    for file in &files {
        run(&["export", &path, &corpus, "-o", file]).ok();
    }
    let weights = folder.path("w.npz");
    run(&["export", &path, "-o", &weights]).ok();
    let mut python = Command::new("python3");
    let ran = python
        .arg("-c")
        .arg(SCRIPT)
        .args(&files)
        .arg(&weights)
        .output()
        .unwrap();
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let scored = run(&["score", &path, &corpus, "--json"]).json();
    let ours: Vec<&str> = scored
        .iter()
        .map(|row| row["heads"]["topic"]["label"].as_str().unwrap())
        .collect();
    assert_eq!(
        String::from_utf8(ran.stdout).unwrap().trim(),
        ours.join(" ")
    );
}

/// LIBLINEAR reads the model that is written, and its own model comes in.
#[test]
fn liblinear_takes_and_gives_models() {
    if Command::new("liblinear-train").output().is_err() {
        return println!("skipped: liblinear-train is not on the PATH");
    }
    let folder = Folder::new();
    let (path, corpus) = trained(&folder);
    let (svm, theirs, made) = (
        folder.path("r.svm"),
        folder.path("t.model"),
        folder.path("n.model"),
    );
    run(&["export", &path, &corpus, "-o", &svm]).ok();
    let train = Command::new("liblinear-train")
        .args(["-s", "1", "-B", "1", "-q", &svm, &theirs])
        .output()
        .unwrap();
    assert!(train.status.success());
    let model = LiblinearModel::read(std::fs::read(&theirs).unwrap().as_slice()).unwrap();
    assert_eq!(
        model.vectors(),
        if model.labels.len() == 2 {
            1
        } else {
            model.labels.len()
        }
    );
    run(&["import", &theirs, "--model", &path, "-o", &made]).ok();
    let (ours, out) = (folder.path("o.liblinear"), folder.path("p.txt"));
    run(&["export", &made, "-o", &ours]).ok();
    let predicted = |model: &str| {
        let ran = Command::new("liblinear-predict")
            .args([&svm, model, &out])
            .output()
            .unwrap();
        assert!(
            ran.status.success(),
            "{}",
            String::from_utf8_lossy(&ran.stderr)
        );
        std::fs::read_to_string(&out).unwrap()
    };
    assert_eq!(predicted(&theirs), predicted(&ours));
}

#[test]
fn rows_are_converted_there_and_back() {
    let folder = Folder::new();
    let rows = "1,3 1:0.5 4:-2\n0\n+1 2:1e-7\n";
    let (svm, labels) = (folder.write("a.svm", rows), folder.path("labels"));
    let convert = |from: &str, to: &str, flags: &[&str]| {
        run(&[&["convert", from, "-o", to, "--force"], flags].concat())
    };
    let read = |path: &str| LibsvmRows::read(&std::fs::read(path).unwrap()[..], 6).unwrap();
    for format in ["npz", "mtx"] {
        let (other, back) = (folder.path(&format!("a.{format}")), folder.path("b.svm"));
        convert(&svm, &other, &["--columns", "6", "--labels-to", &labels]).ok();
        assert_eq!(std::fs::read_to_string(&labels).unwrap(), "1,3\n0\n+1\n");
        convert(&other, &back, &["--labels-from", &labels]).ok();
        assert_eq!(read(&back), read(&svm));
        let third = folder.path(if format == "npz" { "c.mtx" } else { "c.npz" });
        let said = convert(&other, &third, &[]);
        assert!(said.err.contains("3 rows of 6 columns"), "{}", said.err);
        convert(&third, &back, &[]).ok();
        assert!(read(&back).labels.iter().all(|of| of == &["0"]));
        assert!(
            convert(&svm, &other, &[])
                .err
                .contains("--labels-to FILE keeps them")
        );
        let error = convert(&other, &third, &["--labels-from", &labels]).fails(2);
        assert!(error.contains("--labels-from has no effect"), "{error}");
        let error = convert(&other, &back, &["--labels-to", &labels]).fails(2);
        assert!(error.contains("--labels-to has no effect"), "{error}");
        let few = folder.write("few", "1\n");
        let error = convert(&other, &back, &["--labels-from", &few]).fails(3);
        assert!(error.contains("1 lines of labels for 3 rows"), "{error}");
        let odd = folder.write("odd", "1\n2\n3 4:1\n");
        let error = convert(&other, &back, &["--labels-from", &odd]).fails(3);
        assert!(error.contains("line 3: no labels"), "{error}");
    }
    let cut = folder.write(
        "cut.npz",
        &std::fs::read(folder.path("a.npz")).unwrap()[..90],
    );
    let error = convert(&cut, &folder.path("d.svm"), &[]).fails(3);
    assert!(
        error.contains("cut.npz") && error.contains("save_npz"),
        "{error}"
    );
    let error = convert(&svm, &folder.path("d.txt"), &[]).fails(2);
    assert!(error.contains("pass --as libsvm, mtx or npz"), "{error}");
}
