//! Help, errors, tables and pages, word for word.
//!
//! A change of wording shows as a difference of a file in `tests/snapshots`. `UPDATE_EXPECT=1 cargo
//! test snapshots` accepts all changes; the difference is then for the review.

use crate::report::page_of_plain_names;
use crate::support::{Folder, NEWS, command, finish, rows};
use expect_test::expect_file;
use standpoint::report::page::PageFormat;

/// An article with terms of several labels.
const ARTICLE: &str = include_str!("../datasets/samples/en.txt");

/// Compares a text with the file of this name in `tests/snapshots`.
#[track_caller]
fn assert_snapshot(name: &str, text: &str) {
    expect_file![format!("snapshots/{name}")].assert_eq(text);
}

/// Runs the program in a folder, on a terminal of so many columns.
fn run(columns: u16, folder: &Folder, args: &[&str]) -> String {
    let mut command = command();
    let ran = finish(
        command
            .current_dir(folder.path(""))
            .env("COLUMNS", columns.to_string())
            .args(args)
            .output()
            .unwrap(),
    );
    ran.err + &ran.out
}

#[test]
fn help_of_every_command() {
    let folder = Folder::new();
    for name in [
        "agree",
        "background",
        "check",
        "compare",
        "completions",
        "corrections",
        "eval",
        "explain",
        "fit-merge",
        "fit-part",
        "inspect",
        "man",
        "quantize",
        "relabel",
        "score",
        "serve",
        "split",
        "train",
        "tune",
        "verify",
    ] {
        let page = |flag: &str| run(100, &folder, &[name, flag]);
        assert_snapshot(&format!("help/{name}.short.txt"), &page("-h"));
        assert_snapshot(&format!("help/{name}.txt"), &page("--help"));
    }
    assert_snapshot("help/standpoint.txt", &run(100, &folder, &["--help"]));
}

#[test]
fn errors_of_usage_and_data() {
    let folder = Folder::new();
    folder.write("good.jsonl", rows());
    folder.write("broken.jsonl", format!("{}{{\"id\": 1,", rows()));
    folder.write("ragged.csv", "id,text,topic\n1,a,b\n2,\"c\n3,d,e\n");
    folder.write("article.txt", "Talks resumed.");
    let (good, text, output) = ("good.jsonl", "article.txt", "out.model");
    let train = ["train", good, "-o", output];
    let topic = ["--label", "topic"];
    let commands: &[&[&str]] = &[
        &["trian"],
        &["train", good, "--labl", "topic"],
        &["score", "--quiet", text],
        &[&train[..], &["--label", "subject"]].concat(),
        &[&train[..], &topic, &["--classifier", "forest"]].concat(),
        &[&train[..], &topic, &["--classifier", "nb", "-C", "2"]].concat(),
        &[&train[..], &topic, &["--penalty", "l3"]].concat(),
        &[&train[..], &topic, &["--thresholds", "best"]].concat(),
        &[&train[..], &topic, &["--folds", "1"]].concat(),
        &["train", "broken.jsonl", "--label", "topic", "-o", output],
        &["train", "ragged.csv", "--label", "topic", "-o", output],
        &["train", good, "--label", "topic", "-o", good, "--force"],
        &["score", "--model", good, text],
        &["score", "--model", "none.model", text],
        &["score", "none.txt"],
        &["eval", good, "--report", "page.pdf"],
        &["eval", good, "--confidence-level", "95"],
        &["compare", good, "--label", "topic", "--models", "nb,forest"],
        &["compare", good, "--label", "topic", "--reference", "worst"],
        &["split", good, "--seed", "1", "--date", "date"],
        &["check", good, "--limit", "typos=1"],
        &["explain", text, "--label", "weather"],
        &["man", "walk"],
    ];
    let mut all = String::new();
    for args in commands {
        let said = run(100, &folder, args);
        all += &format!("$ standpoint {}\n{said}\n", args.join(" "));
    }
    assert_snapshot("errors.txt", &all);
}

#[test]
fn errors_of_codes_and_predictions() {
    let folder = Folder::new();
    folder.write("codes.csv", "code,other\n190,x\n");
    folder.write("truth.csv", "id,kill,arrest\na,1,0\nb,0,1\n");
    folder.write("blank.csv", "id,kill,arrest\na,1,\nb,0,1\n");
    folder.write("twice.csv", "id,kill,arrest\na,1,0\na,0,1\n");
    folder.write("fewer.csv", "id,kill,arrest\na,1,0\n");
    let of = |label: &str| format!("{{\"labels\":[\"{label}\"]}}");
    let row = |id: &str, label: &str| {
        format!("{{\"id\":\"{id}\",\"heads\":{{\"acts\":{}}}}}\n", of(label))
    };
    folder.write("flee.jsonl", row("a", "kill") + &row("b", "flee"));
    folder.write("topics.csv", "id,topic\na,war\nb,sport\n");
    folder.write("german.csv", "id,topic\na,Krieg\nb,Sport\n");
    folder.write("ids.jsonl", "{\"id\":[7],\"text\":\"Troops crossed\"}\n");
    let acts = "--truth truth.csv --labels acts=kill,arrest";
    let relabel = "relabel codes.csv -o out.jsonl --map";
    let lines = [
        format!("{relabel} nope --label code"),
        format!("{relabel} cameo --label cod"),
        format!("{relabel} cameo --label other"),
        format!("{relabel} cameo --label code --to other=stance"),
        format!("{relabel} cameo --label code --to topic"),
        format!("{relabel} cameo --label code --to a=stance --to a=name"),
        format!("{relabel} cameo --label code --text x"),
        format!("{relabel} cameo --label code --where code=1"),
        format!("compare flee.jsonl flee.jsonl {acts}"),
        format!("compare blank.csv blank.csv {acts}"),
        format!("compare twice.csv twice.csv {acts}"),
        format!("compare fewer.csv fewer.csv {acts}"),
        "compare german.csv german.csv --truth topics.csv --label topic".to_string(),
        "score ids.jsonl --json".to_string(),
    ];
    let mut all = String::new();
    for line in lines {
        let said = run(100, &folder, &line.split(' ').collect::<Vec<_>>());
        all += &format!("$ standpoint {line}\n{said}\n");
    }
    assert_snapshot("errors.data.txt", &all);
}

#[test]
fn tables_of_scores_and_explanations() {
    let folder = Folder::new();
    folder.write("en.txt", ARTICLE);
    let table = |columns: u16, args: &[&str]| run(columns, &folder, args);
    let score = ["score", "en.txt", "--table", "--why=3"];
    assert_snapshot("tables/score.txt", &table(100, &score));
    assert_snapshot("tables/score.narrow.txt", &table(40, &score));
    let explain = ["explain", "en.txt", "--table", "--top", "5"];
    assert_snapshot("tables/explain.txt", &table(100, &explain));
    let inspect = ["inspect", "--table", "--terms", "3"];
    assert_snapshot("tables/inspect.txt", &table(100, &inspect));
}

#[test]
fn tables_of_evaluations() {
    let folder = Folder::new();
    let eval = [
        "eval",
        NEWS,
        "--where",
        "lang=en",
        "--table",
        "--resamples",
        "50",
    ];
    assert_snapshot("tables/eval.txt", &run(100, &folder, &eval));
    assert_snapshot("tables/eval.narrow.txt", &run(40, &folder, &eval));
}

#[test]
fn tables_of_corpora() {
    let folder = Folder::new();
    let table = |args: &[&str]| run(100, &folder, &[args, &["--table"]].concat());
    folder.write(
        "coded.csv",
        "id,anna,ben\n1,war,war\n2,war,talks\n3,talks,talks\n4,aid,aid\n5,aid,war\n6,talks,talks\n",
    );
    let agree = ["agree", "coded.csv", "--annotators", "anna,ben"];
    assert_snapshot("tables/agree.txt", &table(&agree));
    folder.write("corpus.jsonl", rows() + &rows());
    let labels = ["--label", "topic", "--labels", "stance"];
    let check = [&["check", "corpus.jsonl"][..], &labels].concat();
    assert_snapshot("tables/check.txt", &table(&check));
    let split = [&["split", "corpus.jsonl"][..], &labels].concat();
    assert_snapshot("tables/split.txt", &table(&split));
    folder.write("events.csv", "id,code\n1,190\n2,0411\n3,9999\n");
    let relabel = [
        "relabel",
        "events.csv",
        "--map",
        "cameo",
        "--label",
        "code",
        "-o",
        "labelled.jsonl",
    ];
    assert_snapshot("tables/relabel.txt", &table(&relabel));
}

/// Predictions of two systems and the truth, with scores of the first.
fn write_predictions(folder: &Folder) {
    let (mut truth, mut good, mut poor) = (String::new(), String::new(), String::new());
    for row in 0..60 {
        let label = ["war", "talks", "aid"][row % 3];
        let wrong = ["talks", "aid", "war"][row % 3];
        let said = |every: usize| if row % every == 0 { wrong } else { label };
        truth += &format!("{{\"id\":{row},\"topic\":\"{label}\"}}\n");
        good += &format!("{{\"id\":{row},\"topic\":\"{}\"}}\n", said(10));
        poor += &format!("{{\"id\":{row},\"topic\":\"{}\"}}\n", said(4));
    }
    folder.write("truth.jsonl", truth);
    folder.write("good.jsonl", good);
    folder.write("poor.jsonl", poor);
}

#[test]
fn a_comparison_as_table_and_pages() {
    let folder = Folder::new();
    write_predictions(&folder);
    let compare = [
        "compare",
        "good.jsonl",
        "poor.jsonl",
        "--truth",
        "truth.jsonl",
        "--label",
        "topic",
        "--resamples",
        "100",
        "--table",
    ];
    assert_snapshot("tables/compare.txt", &run(100, &folder, &compare));
    for ending in ["html", "md", "tex"] {
        let report = folder.path(&format!("report.{ending}"));
        run(
            100,
            &folder,
            &[&compare[..], &["--report", &report]].concat(),
        );
        let page = std::fs::read_to_string(&report).unwrap();
        assert_snapshot(&format!("pages/comparison.{ending}"), &page);
    }
}

#[test]
fn an_evaluation_as_pages() {
    for (format, ending) in [
        (PageFormat::Html, "html"),
        (PageFormat::Markdown, "md"),
        (PageFormat::Latex, "tex"),
    ] {
        let page = page_of_plain_names(format);
        assert_snapshot(&format!("pages/evaluation.{ending}"), &page);
    }
}
