//! `standpoint split`: parts, files, and what must not stand in two of them.

use super::support::{Folder, run, run_line};
use serde_json::Value;
use std::collections::BTreeMap;

/// Forty rows of two topics, five sources and ten months.
fn corpus() -> String {
    let row = |at: usize| {
        let topic = ["conflict", "sport"][at % 2];
        let text = format!(
            "report {at} of {} told the {topic} desk about event{}",
            at * 7,
            at * at
        );
        format!(
            "{{\"id\": \"r{at}\",  \"text\": \"{text}\", \"topic\": \"{topic}\", \"source\": \"s{}\", \"date\": \"2021-{:02}-15\", \"n\": 1.50}}\n",
            at / 8,
            at / 4 + 1
        )
    };
    (0..40).map(row).collect()
}

fn rows(path: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn count(rows: &[Value], column: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    rows.iter()
        .for_each(|row| *counts.entry(row[column].to_string()).or_insert(0) += 1);
    counts
}

#[test]
fn every_row_goes_unchanged_to_one_file() {
    let folder = Folder::new();
    let path = folder.write("rows.jsonl", corpus());
    let report = run_line(&format!(
        "split {path} --label topic --parts train=0.7,dev=0.1,test=0.2 -o {}",
        folder.path("out")
    ));
    let report = report.json().remove(0);
    let sizes: Vec<u64> = report["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["documents"].as_u64().unwrap())
        .collect();
    assert_eq!(sizes, [28, 4, 8]);
    let mut lines: Vec<String> = Vec::new();
    for part in ["train", "dev", "test"] {
        let text = std::fs::read_to_string(folder.path(&format!("out.{part}.jsonl"))).unwrap();
        lines.extend(text.lines().map(str::to_string));
        let topics = count(&rows(&folder.path(&format!("out.{part}.jsonl"))), "topic");
        assert_eq!(topics["\"sport\""], topics["\"conflict\""]);
    }
    lines.sort();
    let mut expected: Vec<String> = corpus().lines().map(str::to_string).collect();
    expected.sort();
    assert_eq!(lines, expected);
}

#[test]
fn the_seed_decides() {
    let folder = Folder::new();
    let path = folder.write("rows.jsonl", corpus());
    let split = |name: &str, seed: &str| {
        let file = folder.path(name);
        run(&["split", &path, "--seed", seed, "--write", &file]).ok();
        std::fs::read_to_string(file).unwrap()
    };
    let (first, again, other) = (split("a", "1"), split("b", "1"), split("c", "2"));
    assert_eq!(first, again);
    assert_ne!(first, other);
}

#[test]
fn one_file_has_a_column_more() {
    let folder = Folder::new();
    let path = folder.write(
        "rows.csv",
        "id,text,topic\na,one two,x\nb,\"three, four\",y\nc,five six,x\nd,seven,y\n",
    );
    let file = folder.path("folds.jsonl");
    run(&[
        "split", &path, "--label", "topic", "--folds", "2", "--write", &file,
    ])
    .ok();
    let found = rows(&file);
    assert_eq!(
        found
            .iter()
            .map(|row| row["id"].as_str().unwrap())
            .collect::<Vec<_>>(),
        ["a", "b", "c", "d"]
    );
    assert_eq!(found[1]["text"], "three, four");
    assert_eq!(
        count(&found, "fold").values().copied().collect::<Vec<_>>(),
        [2, 2]
    );
    let error = run_line(&format!(
        "split {file} --folds 2 --write {}",
        folder.path("twice")
    ))
    .fails(3);
    assert!(
        error.contains("folds.jsonl:1: the row has a column `fold` already"),
        "{error}"
    );
    run_line(&format!(
        "split {file} --folds 2 --write {} --column again",
        folder.path("twice")
    ))
    .ok();
    assert!(
        run(&["split", &path, "--folds", "2", "--write", &file])
            .fails(2)
            .contains("--force")
    );
}

#[test]
fn groups_stay_together() {
    let folder = Folder::new();
    let path = folder.write("rows.jsonl", corpus());
    let file = folder.path("folds.jsonl");
    run(&[
        "split", &path, "--label", "topic", "--group", "source", "--folds", "5", "--write", &file,
    ])
    .ok();
    let found = rows(&file);
    for source in 0..5 {
        let own: Vec<Value> = found
            .iter()
            .filter(|row| row["source"] == format!("s{source}"))
            .cloned()
            .collect();
        assert_eq!(count(&own, "fold").len(), 1);
    }
    assert_eq!(count(&found, "fold").len(), 5);
    let error = run(&["split", &path, "--group", "source", "--folds", "6"]).fails(3);
    assert!(error.contains("no row falls into the part"), "{error}");
    let error = run(&["split", &path, "--group", "sauce"]).fails(3);
    assert!(
        error.contains("none of 40 rows has a value in the column `sauce`"),
        "{error}"
    );
}

#[test]
fn time_goes_one_way() {
    let folder = Folder::new();
    let path = folder.write("rows.jsonl", corpus());
    for flags in [
        &["--before", "2021-08"][..],
        &["--date", "date", "--parts", "train=0.7,test=0.3"],
    ] {
        let file = folder.path("split.jsonl");
        run(&[&["split", &path, "--write", &file, "--force"], flags].concat()).ok();
        for row in rows(&file) {
            let expected = if row["date"].as_str().unwrap() < "2021-08" {
                "train"
            } else {
                "test"
            };
            assert_eq!(row["split"], expected, "{row}");
        }
    }
}

#[test]
fn rows_without_a_usable_date_are_errors_or_go_where_they_are_told() {
    let folder = Folder::new();
    let more = "{\"id\":\"none\",\"text\":\"without any date\",\"date\":null}\n\
        {\"id\":\"coarse\",\"text\":\"some time that year\",\"date\":\"2021\"}\n\
        {\"id\":\"other\",\"text\":\"last week or so\",\"date\":\"last week\"}\n";
    let path = folder.write("rows.jsonl", corpus() + more);
    let error = run(&["split", &path, "--before", "2021-08"]).fails(3);
    assert!(
        error.contains("rows.jsonl:41: there is no date in `date`, and so on in 3 rows"),
        "{error}"
    );
    let dropped = run(&["split", &path, "--before", "2021-08", "--undated", "drop"])
        .json()
        .remove(0);
    assert_eq!(dropped["left_out"], 3);
    let placed = run(&["split", &path, "--before", "2021-08", "--undated", "train"])
        .json()
        .remove(0);
    assert_eq!(
        (&placed["left_out"], &placed["parts"][0]["documents"]),
        (&0.into(), &31.into())
    );
    assert!(
        run(&["split", &path, "--before", "2021-08", "--undated", "dev"])
            .fails(2)
            .contains("train, test")
    );
    assert!(
        run(&["split", &path, "--undated", "drop"])
            .fails(2)
            .contains("--date")
    );
    assert!(
        run(&["split", &path, "--before", "soon"])
            .fails(2)
            .contains("ISO 8601")
    );
}

/// Ten texts, each of them twice.
fn twins() -> String {
    let row = |at: usize| {
        let number = at / 2;
        let text = format!(
            "twin{number} stood{number} beside{number} its{number} own{number} copy{number} there{number}"
        );
        format!(
            "{{\"id\":\"t{at}\",\"text\":\"{text}{}\",\"date\":\"2021-01-{:02}\"}}\n",
            ["", "!"][at % 2],
            at + 1
        )
    };
    (0..20).map(row).collect()
}

#[test]
fn near_duplicates_in_two_parts_are_reported_kept_together_or_dropped() {
    let folder = Folder::new();
    let path = folder.write("rows.jsonl", twins());
    let half = ["split", &path, "--parts", "train=0.5,test=0.5"];
    let found = run(&half).json().remove(0);
    assert!(!found["crossing"]["groups"].as_array().unwrap().is_empty());
    let strict = run(&[&half[..], &["--strict", "--table"]].concat());
    assert!(
        strict
            .out
            .contains("groups of near duplicates in two parts"),
        "{}",
        strict.out
    );
    strict.fails(1);
    let together = run(&[&half[..], &["--near-duplicates", "together", "--strict"]].concat())
        .json()
        .remove(0);
    assert_eq!(together["parts"][0]["documents"], 10);
    let dropped = run_line(&format!(
        "split {path} --before 2021-01-10 --near-duplicates drop --strict"
    ));
    let dropped = dropped.json().remove(0);
    assert_eq!(
        (&dropped["left_out"], &dropped["parts"][1]["documents"]),
        (&1.into(), &10.into())
    );
    let ignored = run(&[
        &half[..],
        &["--near-duplicates", "ignore", "--strict", "--table"],
    ]
    .concat())
    .ok();
    assert!(
        ignored.contains("near duplicates were not looked for"),
        "{ignored}"
    );
    assert!(
        run_line(&format!(
            "split {path} --before 2021-01-10 --near-duplicates together"
        ))
        .fails(2)
        .contains("drop")
    );
}

#[test]
fn an_id_in_two_parts_is_found() {
    let folder = Folder::new();
    let path = folder.write("rows.jsonl", corpus() + &corpus());
    let halves = [
        "split",
        &path,
        "--parts",
        "a=0.5,b=0.5",
        "--near-duplicates",
        "ignore",
    ];
    let found = run(&halves).json().remove(0);
    assert!(!found["crossing"]["ids"].as_array().unwrap().is_empty());
    run(&[&halves[..], &["--strict"]].concat()).fails(1);
    run(&[&halves[..], &["--strict", "--group", "id"]].concat()).ok();
}
