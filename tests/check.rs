//! Findings, outputs and exit codes of `standpoint check`.

use crate::support::{Folder, run, run_line, run_with};
use serde_json::Value;

const TRAIN: &str = "Talks on the border resumed in the capital on Monday\t1\n\
    The final ended with a late goal in extra time\t0\n\
    Troops crossed the front and opened fire at dawn\t1\n";
const TEST: &str = "The final ended with a LATE goal in extra time\t1\n\
    Talks on the border resumed in the capital on Monday, again\t1\n\
    Prices of bread rose for the third month in a row\t0\n";

fn finding<'a>(report: &'a Value, name: &str) -> &'a Value {
    report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["name"] == name)
        .unwrap()
}

#[test]
fn copies_across_files_are_above_their_limit() {
    let folder = Folder::new();
    let (train, test) = (
        folder.write("train.tsv", TRAIN),
        folder.write("test.tsv", TEST),
    );
    let args = [
        "check",
        &train,
        &test,
        "--no-header",
        "--text",
        "1",
        "--label",
        "y=2",
    ];
    let ran = run(&args);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["above"], true);
    let across = &report["across"][0];
    assert_eq!(
        (
            &across["exact"],
            &across["near"],
            &across["different_labels"]
        ),
        (&1.into(), &1.into(), &1.into())
    );
    let example = &finding(&report, "exact-across")["examples"][0]["documents"];
    assert_eq!(example[0]["place"], format!("{train}:2"));
    assert_eq!(example[1]["id"], format!("{test}:1"));
    let table = run(&[&args[..], &["--table"]].concat());
    assert!(
        table.out.contains("copies across parts") && table.out.contains("conflicting-labels"),
        "{}",
        table.out
    );
}

#[test]
fn limits_decide_the_exit_code() {
    let folder = Folder::new();
    let (train, test) = (
        folder.write("train.tsv", TRAIN),
        folder.write("test.tsv", TEST),
    );
    let args = [
        "check",
        &train,
        &test,
        "--no-header",
        "--text",
        "1",
        "--limit",
        "exact-across=0.5",
        "--limit",
        "near-across=none",
    ];
    run(&args).ok();
    assert!(
        run(&[&args[..], &["--limit", "copies=1"]].concat())
            .fails(2)
            .contains("one of unreadable")
    );
    assert!(
        run(&[&args[..], &["--similarity", "0"]].concat())
            .fails(2)
            .contains("--similarity")
    );
}

#[test]
fn what_is_written_is_clean_and_keeps_ids() {
    let folder = Folder::new();
    let (train, test) = (
        folder.write("train.tsv", TRAIN),
        folder.write("test.tsv", TEST),
    );
    let clean = folder.path("clean.jsonl");
    let args = [
        "check",
        &train,
        &test,
        "--no-header",
        "--text",
        "1",
        "--label",
        "y=2",
        "--write",
        &clean,
    ];
    assert_eq!(run(&args).code, Some(1));
    let written = std::fs::read_to_string(&clean).unwrap();
    let rows: Vec<Value> = written
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(
        ids,
        [
            format!("{train}:1"),
            format!("{train}:3"),
            format!("{test}:3")
        ]
    );
    assert_eq!(
        (&rows[2]["part"], &rows[2]["2"]),
        (&test.as_str().into(), &"0".into())
    );
    run_line(&format!(
        "check {clean} --text 1 --label y=2 --by part --limit unseen-labels=none"
    ))
    .ok();
    assert!(run(&args).fails(2).contains("exists already"));
    assert!(
        run(&["check", &clean, "--write", &clean, "--force"])
            .fails(2)
            .contains("one of the inputs")
    );
    assert!(
        run_with(&["check", "-", "--write", &folder.path("x")], b"")
            .fails(2)
            .contains("second time")
    );
}

#[test]
fn broken_rows_are_findings() {
    let folder = Folder::new();
    let rows = "{\"id\":1,\"text\":\"Talks resumed on the border\"}\n{\"id\":1,\"text\":\"\"}\n{broken\n\
        {\"id\":3,\"text\":\"Gespr\u{c3}\u{a4}che \u{fffd}ber \\u0001\"}\n{\"id\":4,\"text\":\"short\"}\n";
    let file = folder.write("rows.jsonl", rows);
    let rejects = folder.path("bad.jsonl");
    let ran = run(&["check", &file, "--skip-bad", &rejects]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    for name in [
        "unreadable",
        "empty",
        "repeated-ids",
        "wrong-encoding",
        "replacement-characters",
        "control-characters",
        "tiny",
    ] {
        assert_eq!(finding(&report, name)["count"], 1, "{name}");
    }
    assert_eq!(
        finding(&report, "unreadable")["examples"][0]["documents"][0]["place"],
        format!("{file}:3")
    );
    assert!(
        std::fs::read_to_string(rejects)
            .unwrap()
            .contains("{broken")
    );
}

#[test]
fn shares_over_time_and_by_source() {
    let folder = Folder::new();
    let row = |n: usize| {
        let (year, label) = (2019 + n % 2, ["a", "b"][n % 2]);
        format!(
            "{{\"text\":\"text number {n} of {n}\",\"date\":\"{year}-0{}-01\",\"source\":\"s{}\",\"y\":\"{label}\"}}\n",
            n % 9 + 1,
            n % 2
        )
    };
    let file = folder.write("rows.jsonl", (0..20).map(row).collect::<String>());
    let args = [
        "check", &file, "--label", "y", "--date", "date", "--source", "source",
    ];
    let report: Value = serde_json::from_str(&run(&args).ok()).unwrap();
    let years = &report["by_date"][0]["rows"];
    assert_eq!(
        (
            &years[0]["name"],
            &years[0]["documents"],
            &years[0]["distance"]
        ),
        (&"2019".into(), &10.into(), &0.5.into())
    );
    assert_eq!(report["predictable"][0]["by_source"], 1.0);
    let months: Value =
        serde_json::from_str(&run(&[&args[..], &["--period", "month"]].concat()).ok()).unwrap();
    assert_eq!(months["by_date"][0]["rows"].as_array().unwrap().len(), 18);
    assert!(
        run(&["check", &file, "--date", "day"])
            .fails(3)
            .contains("`day`")
    );
}

#[test]
fn parts_by_column_come_in_their_usual_order() {
    let folder = Folder::new();
    let text = "Talks on the border resumed in the capital";
    let rows = format!(
        "{{\"text\":\"{text}\",\"split\":\"test\"}}\n{{\"text\":\"{text}\",\"split\":\"train\"}}\n"
    );
    let file = folder.write("rows.jsonl", rows);
    let ran = run(&["check", &file, "--by", "split"]);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (&report["parts"][0]["name"], &report["across"][0]["later"]),
        (&"train".into(), &"test".into())
    );
}

#[test]
fn any_bytes_end_in_a_report_or_an_error() {
    let folder = Folder::new();
    for (at, bytes) in [
        &b"\xff\xfe\x00"[..],
        b"",
        b"{\"text\":1}\n\xff",
        b"{\"text\":\"\"}",
    ]
    .into_iter()
    .enumerate()
    {
        let file = folder.write(&format!("{at}.jsonl"), bytes);
        let ran = run(&["check", &file]);
        assert!(
            matches!(ran.code, Some(0 | 1 | 3)),
            "{:?}: {}",
            ran.code,
            ran.err
        );
    }
}

#[test]
fn help_names_every_limit_with_its_default() {
    let help: Vec<String> = run(&["check", "--help"])
        .ok()
        .split_whitespace()
        .map(str::to_string)
        .collect();
    let help = help.join(" ");
    for (name, limit) in standpoint::check::DEFAULT_LIMITS {
        let limit = limit.map_or("none".to_string(), |limit| limit.to_string());
        assert!(help.contains(&format!("{name} {limit}")), "{name} {limit}");
    }
}
