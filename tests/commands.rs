//! Promises of each command to people and programs.

use crate::support::{Folder, NEWS, rows, run, run_line, run_with, small_model};

#[test]
fn score_writes_a_row_an_article_in_order() {
    let folder = Folder::new();
    let model = small_model(&folder);
    let scored = run_line(&format!(
        "score --model {model} {} --json",
        folder.path("rows.jsonl")
    ))
    .json();
    let ids: Vec<&str> = scored
        .iter()
        .map(|row| row["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["a", "b", "c", "d", "e", "f", "g", "h"]);
    let heads = &scored[1]["heads"];
    assert_eq!(heads["topic"]["label"], "conflict");
    assert_eq!(heads["topic"]["scores"].as_object().unwrap().len(), 2);
    assert!(heads["stance"]["labels"].is_array() && heads["stance"]["scores"]["aid"].is_f64());
    let of_file = standpoint::Model::load(model.as_ref()).unwrap();
    assert_eq!(scored[0]["model"]["name"], "small");
    assert_eq!(scored[0]["model"]["hash"], of_file.hash());
    let top = run_line(&format!(
        "score --model {model} {} --top 1",
        folder.path("rows.jsonl")
    ))
    .json();
    assert_eq!(
        top[0]["heads"]["topic"]["scores"]
            .as_object()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_model_may_stand_first() {
    let folder = Folder::new();
    let model = small_model(&folder);
    let corpus = folder.path("rows.jsonl");
    assert_eq!(
        run(&["score", &model, &corpus]).ok(),
        run(&["score", "--model", &model, &corpus]).ok()
    );
    assert_eq!(
        run(&["eval", &model, &corpus]).json()[0]["model"]["name"],
        "small"
    );
    run(&["eval", &model]).fails(2);
}

#[test]
fn the_built_in_model_says_its_name() {
    let folder = Folder::new();
    let article = folder.write(
        "article.txt",
        "Troops shelled the town and crossed the border.",
    );
    assert_eq!(
        run(&["score", &article]).json()[0]["model"]["name"],
        "default"
    );
    let table = run(&["score", &article, "--table", "--why"]).ok();
    assert!(table.starts_with("model: default (built in)\n"), "{table}");
    assert!(
        table.contains("because") && table.contains("conflict"),
        "{table}"
    );
}

#[test]
fn reasons_come_with_scores() {
    let row = &run_with(
        &["score", "--why=2", "--format", "text"],
        b"Troops shelled the border town.",
    )
    .json()[0];
    let reasons = row["heads"]["topic"]["reasons"]["conflict"]
        .as_array()
        .unwrap();
    assert_eq!(reasons.len(), 2);
    assert!(reasons[0]["contribution"].as_f64() >= reasons[1]["contribution"].as_f64());
}

#[test]
fn threads_change_nothing() {
    let folder = Folder::new();
    let scores = |threads| {
        let model = folder.path(threads);
        let corpus = [
            "train",
            NEWS,
            "--text",
            "title,text",
            "--label",
            "topic",
            "--labels",
            "stance",
        ];
        run(&[
            &corpus[..],
            &["--name", "m", "-o", &model, "--threads", threads],
        ]
        .concat())
        .ok();
        let scored = run(&["score", "--model", &model, NEWS, "--threads", threads]).ok();
        (std::fs::read(&model).unwrap(), scored.replace(&model, "m"))
    };
    assert!(scores("1") == scores("2"));
}

#[test]
fn streamed_is_the_same_as_from_a_file() {
    let folder = Folder::new();
    let zst = folder.write(
        "n.jsonl.zst",
        zstd::encode_all(&*std::fs::read(NEWS).unwrap(), 3).unwrap(),
    );
    let plain = run(&["score", NEWS]).ok();
    assert_eq!(
        plain.lines().count(),
        std::fs::read_to_string(NEWS).unwrap().lines().count()
    );
    assert_eq!(run(&["score", &zst]).ok(), plain);
    assert_eq!(
        run_with(&["score"], &std::fs::read(&zst).unwrap()).ok(),
        plain
    );
    assert_eq!(
        run_with(&["score"], &std::fs::read(NEWS).unwrap()).ok(),
        plain
    );
}

#[test]
fn eval_needs_no_option_that_the_model_records() {
    let folder = Folder::new();
    let model = small_model(&folder);
    let corpus = folder.path("rows.jsonl");
    let report = &run(&["eval", "--model", &model, &corpus, "--json"]).json()[0];
    assert_eq!(report["heads"]["topic"]["accuracy"], 1.0);
    for metric in ["macro_f1", "micro_f1", "weighted_f1"] {
        assert!(
            report["heads"]["topic"][metric].is_f64() && report["heads"]["stance"][metric].is_f64()
        );
    }
    assert!(report["heads"]["stance"]["example_based_f1"].is_f64());
    assert!(report["heads"]["stance"]["subset_accuracy"].is_f64());
    let table = run(&["eval", "--model", &model, &corpus, "--table"]).ok();
    for name in [
        "accuracy",
        "macro F1",
        "micro F1",
        "weighted F1",
        "precision",
        "recall",
        "support",
        "true \\ predicted",
    ] {
        assert!(table.contains(name), "{name}: {table}");
    }
    let only = &run(&["eval", "--model", &model, &corpus, "--head", "topic"]).json()[0];
    assert_eq!(only["heads"].as_object().unwrap().len(), 1);
    run(&["eval", "--model", &model, &corpus, "--head", "tone"]).fails(2);
}

#[test]
fn labels_that_the_model_never_saw_count_against_it() {
    let folder = Folder::new();
    let model = small_model(&folder);
    let corpus = folder.write(
        "new.jsonl",
        "{\"text\":\"army\",\"topic\":\"health\",\"stance\":[]}\n",
    );
    let report = &run(&["eval", "--model", &model, &corpus]).json()[0];
    assert_eq!(report["heads"]["topic"]["accuracy"], 0.0);
    assert_eq!(report["heads"]["topic"]["labels"]["health"]["support"], 1);
}

#[test]
fn other_columns_can_be_evaluated() {
    let folder = Folder::new();
    let model = small_model(&folder);
    let renamed = rows()
        .replace("\"text\"", "\"body\"")
        .replace("\"topic\"", "\"subject\"");
    let corpus = folder.write("renamed.jsonl", renamed);
    run(&["eval", "--model", &model, &corpus]).fails(3);
    let flags = ["--text", "body", "--label", "topic=subject"];
    let report = &run(&[&["eval", "--model", &model, &corpus][..], &flags].concat()).json()[0];
    assert_eq!(report["heads"]["topic"]["accuracy"], 1.0);
    run_line(&format!(
        "eval --model {model} {corpus} --labels topic=subject"
    ))
    .fails(2);
}

#[test]
fn rows_are_picked_by_a_value() {
    let folder = Folder::new();
    let rows = rows().replace("\"topic\"", "\"split\":\"train\",\"topic\"");
    let rows =
        format!("{rows}{{\"text\":\"x\",\"split\":\"test\",\"topic\":\"other\",\"stance\":[]}}\n");
    let corpus = folder.write("a.jsonl", rows);
    let model = folder.path("m");
    run_line(&format!(
        "train {corpus} --label topic --where split=train -o {model}"
    ))
    .ok();
    let labels = run(&["inspect", &model]).json()[0]["heads"][0]["labels"].clone();
    assert_eq!(labels, serde_json::json!(["conflict", "sport"]));
    let report = &run_line(&format!(
        "eval --model {model} {corpus} --where split!=train"
    ))
    .json()[0];
    assert_eq!(report["documents"], 1);
    run(&["eval", "--model", &model, &corpus, "--where", "part=1"]).fails(3);
}

#[test]
fn explain_adds_up_and_points_into_the_text() {
    let folder = Folder::new();
    let model = small_model(&folder);
    let text = "Die ARMY shelled – the town";
    let row = &run_with(
        &["explain", "--model", &model, "--format", "text", "--json"],
        text.as_bytes(),
    )
    .json()[0];
    let reasons = &row["heads"]["topic"]["explanation"]["conflict"];
    let terms = reasons["contributions"].as_array().unwrap();
    let sum: f64 = terms
        .iter()
        .map(|term| term["contribution"].as_f64().unwrap())
        .sum();
    let [bias, decision] = ["bias", "decision"].map(|key| reasons[key].as_f64().unwrap());
    assert!((bias + sum - decision).abs() < 1e-12);
    assert_eq!(reasons["rest"]["terms"], 0);
    assert!(terms.iter().any(|term| term["term"] == "armi"));
    let army = &row["terms"]["armi"];
    let [start, end] = [0, 1].map(|at| army["spans"][0][at].as_u64().unwrap() as usize);
    assert_eq!(&row["text"].as_str().unwrap()[start..end], "ARMY");
    assert_eq!(army["shown"], "army");
}

#[test]
fn explain_marks_the_text_in_colour_only_where_wanted() {
    let folder = Folder::new();
    let model = small_model(&folder);
    let explain = |color| {
        run_with(
            &[
                "explain", "--model", &model, "--format", "text", "--table", "--color", color,
            ],
            b"The army",
        )
    };
    assert!(explain("always").ok().contains("\u{1b}[32marmy\u{1b}[0m"));
    assert!(!explain("never").ok().contains('\u{1b}'));
    assert!(!explain("auto").ok().contains('\u{1b}'));
    let label = run_with(
        &[
            "explain", "--model", &model, "--format", "text", "--label", "sport", "--table",
        ],
        b"The army",
    )
    .ok();
    assert!(
        label.contains("topic = sport") && !label.contains("topic = conflict"),
        "{label}"
    );
    run(&["explain", "--model", &model, "--label", "none"]).fails(2);
}

#[test]
fn an_article_cannot_write_to_the_terminal() {
    let text = b"The \x1b]0;army\x07 shelled";
    let out = run_with(
        &[
            "explain", "--format", "text", "--table", "--color", "always",
        ],
        text,
    )
    .ok();
    assert!(!out.contains("\u{1b}]0"), "{out:?}");
}

#[test]
fn inspect_shows_what_a_model_holds() {
    let folder = Folder::new();
    let model = small_model(&folder);
    let summary = &run(&["inspect", &model, "--json"]).json()[0];
    assert_eq!(summary["documents"], 8);
    assert_eq!(summary["data_hash"].as_str().unwrap().len(), 16);
    assert_eq!(
        summary["file_bytes"],
        std::fs::metadata(&model).unwrap().len()
    );
    assert_eq!(summary["heads"][0]["classifier"]["svm"]["c"], 1.0);
    assert_eq!(summary["features"]["min_df"]["count"], 2);
    let terms = &summary["heads"][0]["top_terms"][0]["terms"];
    assert!(
        terms
            .as_array()
            .unwrap()
            .iter()
            .any(|term| term[0] == "armi"),
        "{terms}"
    );
    let table = run(&["inspect", &model, "--table"]).ok();
    for part in [
        "head topic",
        "data hash",
        "bytes a term",
        "vocabulary.ends",
        "armi",
    ] {
        assert!(table.contains(part), "{part}: {table}");
    }
}

#[test]
fn several_zero_one_columns_are_a_head() {
    let folder = Folder::new();
    let rows = "one army\t1\t0\ntwo armies\t1\t1\nthree goals\t0\t0\none goal\t0\t0\n";
    let corpus = folder.write("a.tsv", rows);
    let model = folder.path("m");
    let flags = [
        "--no-header",
        "--text",
        "1",
        "--labels",
        "acts=kill:2,arrest:3",
        "--min-df",
        "1",
        "-o",
        &model,
    ];
    run(&[&["train", &corpus][..], &flags].concat()).ok();
    let report = &run(&["eval", "--model", &model, &corpus, "--no-header"]).json()[0];
    assert_eq!(
        report["heads"]["acts"]["labels"]
            .as_object()
            .unwrap()
            .keys()
            .collect::<Vec<_>>(),
        ["arrest", "kill"]
    );
    let scored = run(&["score", "--model", &model, &corpus, "--no-header"]).json();
    assert_eq!(scored.len(), 4);
    assert!(scored[0]["id"].as_str().unwrap().ends_with("a.tsv:1"));
    run_line(&format!(
        "train {corpus} --labels kill,arrest -o {model} --force"
    ))
    .fails(2);
}

#[test]
fn completions_and_manual_pages_are_written() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(run(&["completions", shell]).ok().contains("standpoint"));
    }
    assert!(run(&["man"]).ok().contains(".TH"));
    for name in ["train", "score", "eval", "explain", "inspect"] {
        let page = run(&["man", name]).ok();
        assert!(page.contains(&format!("standpoint\\-{name}")), "{page}");
        assert!(run(&[name, "--help"]).ok().contains("Usage: standpoint"));
    }
    run(&["man", "none"]).fails(2);
    assert!(run(&["--help"]).ok().contains("Exit codes"));
}

#[test]
fn a_table_without_header_is_read_as_it_was_trained() {
    let folder = Folder::new();
    let corpus = folder.write(
        "a.csv",
        "one army,x\ntwo goals,y\none army,x\ntwo goals,y\n",
    );
    let model = folder.path("m");
    run_line(&format!(
        "train {corpus} --no-header --text 1 --label 2 -o {model}"
    ))
    .ok();
    assert_eq!(run(&["score", "--model", &model, &corpus]).json().len(), 4);
    assert_eq!(
        run(&["eval", "--model", &model, &corpus]).json()[0]["documents"],
        4
    );
    let named = folder.write("b.csv", "body,topic\none army,x\n");
    assert_eq!(
        run(&["score", "--model", &model, &named, "--text", "body"])
            .json()
            .len(),
        1
    );
}

#[test]
fn rows_of_weight_0_are_absent() {
    let folder = Folder::new();
    let row = |weight: &str| {
        format!("{{\"text\":\"new words here\",\"topic\":\"new\",\"w\":{weight}}}\n")
    };
    let weighted = rows().replace("\"topic\"", "\"w\":1,\"topic\"");
    let plain = folder.write("a.jsonl", &weighted);
    let more = folder.write("b.jsonl", format!("{weighted}{}", row("0")));
    let train = |corpus: &str, name: &str| {
        let model = folder.path(name);
        let ran = run_line(&format!(
            "train {corpus} --label topic --sample-weight w --name m -o {model}"
        ));
        (ran.err.clone(), ran.ok(), std::fs::read(&model).unwrap())
    };
    let (note, _, with) = train(&more, "with");
    assert!(note.contains("left out 1 of 9 rows, of weight 0"), "{note}");
    assert!(with == train(&plain, "without").2);
}

#[test]
fn tables_keep_to_a_narrow_width() {
    let folder = Folder::new();
    let article = folder.write(
        "article.txt",
        "Troops shelled the town and crossed the border.",
    );
    for line in run(&["score", &article, "--table", "--why"]).ok().lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
}
