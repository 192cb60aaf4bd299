//! Reports: nothing is missing, nothing breaks out, nothing is loaded.

use crate::support::{Folder, rows, run, small_model};
use proptest::prelude::*;
use standpoint::evaluate::curves::LabelCurves;
use standpoint::evaluate::{Bootstrap, Predictions};
use standpoint::model::{Contribution, Evaluated, HeadPredictions, Mistake};
use standpoint::report::page::evaluation::{Baseline, Evaluation, HeadResult, page, plotted};
use standpoint::report::page::{Page, PageFormat, Property};

/// A page with a name in every place that a corpus can fill.
fn page_with(names: &[String; 4]) -> Page {
    let [a, b, id, text] = names;
    let labels = vec![format!("{a}0"), format!("{b}1"), "third".to_string()];
    let (truth, said) = (vec![0, 0, 1, 1, 2, 0], vec![0, 1, 1, 0, 2, 0]);
    let scores: Vec<f64> = said
        .iter()
        .flat_map(|&at| [0, 1, 2].map(|label| if label == at { 0.8 } else { 0.1 }))
        .collect();
    let predictions = Predictions::exclusive(labels.clone(), truth, said).with_scores(scores, true);
    let head = HeadPredictions {
        name: id.clone(),
        documents: (0..6).collect(),
        unanswered: 1,
        predictions,
    };
    let evaluated = Evaluated::new(
        &head,
        &Bootstrap {
            resamples: 20,
            ..Bootstrap::default()
        },
    )
    .unwrap();
    let curves = |at: usize| (at, LabelCurves::new(&head.predictions, at, 50, 10).unwrap());
    let contribution = |contribution: f64| Contribution {
        term: text.clone(),
        shown: text.clone(),
        contribution,
        spans: std::iter::once(0..2).collect(),
    };
    let mistake = Mistake {
        id: id.clone(),
        text: format!("ab{text}"),
        predicted: Some(labels[0].clone()),
        truth: Some(labels[1].clone()),
        margin: 0.5,
        reasons: vec![contribution(0.5), contribution(-0.25)],
    };
    let head = HeadResult {
        baselines: vec![Baseline {
            name: "guess".to_string(),
            values: vec![],
        }],
        curves: plotted(&evaluated).into_iter().map(curves).collect(),
        evaluated,
        mistakes: vec![mistake],
        more: vec![],
    };
    let property = || vec![Property::new("Corpus", id)];
    page(&Evaluation {
        title: a.clone(),
        properties: property(),
        heads: vec![head],
        origin: property(),
    })
}

fn write(format: PageFormat, names: [&str; 4]) -> String {
    format
        .write(&page_with(&names.map(str::to_string)))
        .unwrap()
}

/// A page without anything hostile in it.
pub fn page_of_plain_names(format: PageFormat) -> String {
    write(format, ["alpha", "beta", "id", "text"])
}

/// The tags of a page with the names of their attributes; every one that is opened is closed.
fn tags(html: &str) -> Vec<String> {
    let (mut tags, mut open, mut rest) = (Vec::new(), Vec::new(), html);
    while let Some((before, after)) = rest.split_once('<') {
        assert!(
            !before.contains('>') || tags.last().is_some_and(|tag| tag == "style"),
            "{before}"
        );
        let (tag, after) = after.split_once('>').expect("a tag ends");
        rest = after;
        let attributes: Vec<&str> = tag.split('"').step_by(2).collect();
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name)),
            None if tag.ends_with('/') || tag.starts_with('!') => {}
            None => open.push(tag.split_whitespace().next().unwrap()),
        }
        tags.push(attributes.join("…"));
    }
    assert!(open.is_empty(), "{open:?}");
    tags
}

/// The shape of Markdown: how each line begins, and how many cells it has.
fn lines(markdown: &str) -> Vec<(String, usize)> {
    let shape = |line: &str| {
        let bare = line.replace("\\\\", "").replace("\\|", "");
        let start = line.split(' ').next().unwrap_or_default();
        (start.to_string(), bare.matches('|').count())
    };
    markdown.lines().map(shape).collect()
}

/// The shape of LaTeX: the cells of each line, and whether it ends a row.
fn cells(latex: &str) -> Vec<(usize, bool, bool)> {
    let shape = |line: &str| {
        (
            line.replace("\\&", "").matches('&').count(),
            line.ends_with("\\\\"),
            line.starts_with('%'),
        )
    };
    latex.lines().map(shape).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_name_changes_the_shape_of_a_page(names in any::<[String; 4]>()) {
        let names = names.each_ref().map(|name| format!("{}x", name.chars().take(40).collect::<String>()));
        let plain = ["a", "b", "id", "text"];
        let hostile = names.each_ref().map(String::as_str);
        prop_assert_eq!(tags(&write(PageFormat::Html, hostile)), tags(&write(PageFormat::Html, plain)));
        prop_assert_eq!(lines(&write(PageFormat::Markdown, hostile)), lines(&write(PageFormat::Markdown, plain)));
        prop_assert_eq!(cells(&write(PageFormat::Latex, hostile)), cells(&write(PageFormat::Latex, plain)));
    }
}

#[test]
fn known_attacks_are_only_shown() {
    let attacks = [
        "</style><script>alert(1)</script>",
        "\" onload=\"alert(1)",
        "|\n\n# x ![](http://e.org/i.png)",
        "{{ 7 * 7 }}{% raw %}]]> \\input{/etc/passwd} \\\\ & % $",
    ];
    for shift in 0..4 {
        let mut names = attacks;
        names.rotate_left(shift);
        let html = write(PageFormat::Html, names);
        assert_eq!(
            tags(&html),
            tags(&write(PageFormat::Html, ["a", "b", "id", "text"]))
        );
        assert!(html.contains("&lt;/style&gt;&lt;script&gt;") && html.contains("{{ 7 * 7 }}"));
        assert!(!write(PageFormat::Markdown, names).contains("http:"));
        assert!(!write(PageFormat::Latex, names).contains("\\input{/"));
    }
}

fn eval(folder: &Folder, args: &[&str]) -> crate::support::Ran {
    let model = small_model_once(folder);
    let corpus = folder.write("wrong.jsonl", rows().replace("\"sport\"", "\"conflict\""));
    let mut all = vec!["eval", "--model", &model, &corpus, "--resamples", "20"];
    all.extend(args);
    run(&all)
}

fn small_model_once(folder: &Folder) -> String {
    let path = folder.path("small.model");
    if crate::support::exists(&path) {
        path
    } else {
        small_model(folder)
    }
}

#[test]
fn a_page_has_every_part_and_loads_nothing() {
    let folder = Folder::new();
    let path = folder.path("out.html");
    eval(&folder, &["--report", &path]).ok();
    let html = std::fs::read_to_string(&path).unwrap();
    let parts = [
        "Evaluation of small.model",
        "wrong.jsonl",
        "Head topic",
        "Head stance",
        "macro F1",
        "most frequent answer",
        "guessing by frequency",
        "conflict",
        "sport",
        "escalation",
        "aid",
        "Precision and recall",
        "Scores",
        "worst mistakes",
        "predicted sport, true conflict",
        "<mark class=\"for\">",
        "Hash of the corpus",
        "Hash of training data",
        "prefers-color-scheme: dark",
        "@media print",
        "width=device-width",
        "<html lang=",
    ];
    parts
        .iter()
        .for_each(|part| assert!(html.contains(part), "{part}"));
    let loads = [
        "http://", "https://", "src=", "url(", "@import", "<script", "<link",
    ];
    loads
        .iter()
        .for_each(|load| assert!(!html.contains(load), "{load}"));
    assert!(!html.contains(&folder.path("")) && !html.contains("NaN"));
    tags(&html);
}

#[test]
fn each_ending_has_its_format_and_the_same_bytes_on_any_number_of_threads() {
    let folder = Folder::new();
    for ending in ["html", "md", "tex"] {
        let [one, two] = ["one", "two"].map(|name| folder.path(&format!("{name}.{ending}")));
        eval(&folder, &["--report", &one, "--threads", "1"]).ok();
        eval(&folder, &["--report", &two, "--threads", "3"]).ok();
        let [one, two] = [one, two].map(|path| std::fs::read_to_string(path).unwrap());
        assert_eq!(one, two);
        assert!(one.contains("macro F1"));
    }
    let latex = std::fs::read_to_string(folder.path("one.tex")).unwrap();
    assert_eq!(
        latex.matches("\\begin{longtable}").count(),
        latex.matches("\\end{longtable}").count()
    );
    assert!(latex.contains("\\toprule") && latex.contains("conflict &"));
    let markdown = std::fs::read_to_string(folder.path("one.md")).unwrap();
    assert!(
        markdown.starts_with("# Evaluation of small.model\n")
            && markdown.contains("| --- | ---: |")
    );
}

#[test]
fn a_report_replaces_nothing_unasked() {
    let folder = Folder::new();
    let path = folder.write("out.html", "old");
    let error = eval(&folder, &["--report", &path]).fails(2);
    assert!(error.contains("--force"), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    eval(&folder, &["--report", &path, "--force"]).ok();
    assert!(
        std::fs::read_to_string(&path)
            .unwrap()
            .starts_with("<!DOCTYPE html>")
    );
}

#[test]
fn flags_that_would_mean_nothing_are_refused() {
    let folder = Folder::new();
    for name in ["out.pdf", "out"] {
        let error = eval(&folder, &["--report", &folder.path(name)]).fails(2);
        assert!(error.contains(".html, .md or .tex"), "{error}");
        assert!(!folder.files().contains(&name.to_string()));
    }
    eval(&folder, &["--errors", "3"]).fails(2);
    eval(&folder, &["--force"]).fails(2);
    eval(
        &folder,
        &["--report", &folder.path("out.tex"), "--errors", "3"],
    )
    .fails(2);
}

#[test]
fn a_comparison_has_a_page() {
    let folder = Folder::new();
    let corpus = folder.write("rows.jsonl", rows());
    let path = folder.path("compared.html");
    let args = [
        "compare",
        &corpus,
        "--label",
        "topic",
        "--models",
        "nb,lr",
        "--folds",
        "2",
        "--resamples",
        "50",
    ];
    run(&[&args[..], &["--report", &path]].concat()).ok();
    let html = std::fs::read_to_string(&path).unwrap();
    let parts = [
        "Head topic, split random",
        "majority (baseline)",
        "stratified random (baseline)",
        "after Holm",
        "p, McNemar",
        "detectable",
        "F1 of labels",
        "documents/s",
        "model, MB",
        "Hash of the corpus",
        "Options of lr",
        "rows.jsonl",
    ];
    parts
        .iter()
        .for_each(|part| assert!(html.contains(part), "{part}"));
    assert!(!html.contains(&folder.path("")) && !html.contains("NaN"));
    tags(&html);
    run(&[&args[..], &["--report", &path]].concat()).fails(2);
    run(&[&args[..], &["--force"]].concat()).fails(2);
    run(&[&args[..], &["--report", &folder.path("compared.doc")]].concat()).fails(2);
}
