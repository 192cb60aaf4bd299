//! Rows that must neither vanish nor change in silence, and inputs without an end.

use crate::support::{Folder, Ran, rows, run, run_line, run_with, small_model};
use serde_json::Value;
use std::io::Write;

/// Six rows of two topics; the text of the first opens a quote.
const STRAY: &str = "id\ttext\ttopic\n\
    1\t\"Troops crossed the river at dawn\twar\n\
    2\tThe striker scored a late goal\tsport\n\
    3\tShe said \"no\" to the coach\tsport\n\
    4\tShelling hit the front again\twar\n\
    5\tThe team won the match\tsport\n\
    6\tTroops shelled the town\twar\n";

fn ids(ran: Ran) -> Vec<String> {
    let id = |row: &Value| {
        row["id"]
            .as_str()
            .map_or_else(|| row["id"].to_string(), str::to_string)
    };
    ran.json().iter().map(id).collect()
}

fn bad(path: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_stray_quote_is_an_error_in_every_command() {
    let folder = Folder::new();
    let path = folder.write("a.tsv", STRAY);
    let model = small_model(&folder);
    let out = folder.path("out");
    for args in [
        &["train", &path, "--label", "topic", "-o", &out][..],
        &["train", &path, "--label", "topic", "-o", &out, "--stream"],
        &["tune", &path, "--label", "topic", "-o", &out],
        &["score", &path],
        &["explain", &path],
        &["eval", "--model", &model, &path, "--label", "topic"],
        &["split", &path, "--label", "topic"],
        &["compare", &path, "--label", "topic", "--models", "nb,svm"],
        &["compare", &path, "--truth", &path, "--label", "topic"],
        &["agree", &path, "--annotators", "text,topic"],
    ] {
        let error = run(args).fails(3);
        assert!(
            error.contains("a.tsv:2: the row opens a quote that is closed in line 4 before `n`"),
            "{error}"
        );
        assert!(error.contains("--quote none"), "{error}");
    }
    let report: Value =
        serde_json::from_str(&run(&["check", &path, "--label", "topic"]).out).unwrap();
    assert_eq!(report["documents"], 5, "{report}");
    let trained = run(&[
        "train", &path, "--label", "topic", "-o", &out, "--quote", "none",
    ]);
    assert!(trained.err.contains("6 documents"), "{}", trained.err);
}

#[test]
fn only_the_line_of_a_wrong_quote_is_left_out() {
    let folder = Folder::new();
    let path = folder.write("a.tsv", STRAY);
    let list = folder.path("bad");
    assert_eq!(
        ids(run(&["score", &path, "--skip-bad", &list])),
        ["2", "3", "4", "5", "6"]
    );
    let list = bad(&list);
    assert_eq!((list.len(), &list[0]["line"]), (1, &2.into()));
    assert_eq!(list[0]["row"], "1\t\"Troops crossed the river at dawn\twar");

    let path = folder.write("b.csv", "id,text\n1,army\n2,\"troops\n3,army\n");
    let list = folder.path("bad-b");
    assert_eq!(ids(run(&["score", &path, "--skip-bad", &list])), ["1", "3"]);
    assert_eq!(
        bad(&list)[0]["reason"],
        "the row opens a quote that is never closed"
    );

    let path = folder.write("c.csv", "id,text\n1,\"the \\\"army\\\" came\"\n2,army\n");
    let error = run(&["score", &path]).fails(3);
    assert!(
        error.contains("c.csv:2: ") && error.contains("write \"\" for a quote"),
        "{error}"
    );
    assert_eq!(
        ids(run(&["score", &path, "--skip-bad", &folder.path("bad-c")])),
        ["2"]
    );
}

/// A quote that opens each line would be looked for to the end of the file each time.
#[test]
fn wrong_quotes_take_linear_time() {
    let folder = Folder::new();
    let body: String = (0..30_000)
        .map(|row| format!("{row},\"\"\"army\n{row}x,\"\"a\"\"\n"))
        .collect();
    let path = folder.write("a.csv", format!("id,text\n{body}"));
    let scored = run(&["score", &path, "--skip-bad", &folder.path("bad")]);
    assert_eq!(scored.ok().lines().count(), 0);
    assert_eq!(bad(&folder.path("bad")).len(), 60_000);
}

#[test]
fn quotes_cut_off_at_the_end_or_in_the_header() {
    let folder = Folder::new();
    let path = folder.write("a.csv", "id,\"text\n1,army\n2,troops\n");
    let error = run(&["score", &path]).fails(3);
    assert!(
        error.contains("a.csv:1: the row opens a quote that is never closed"),
        "{error}"
    );
    run(&["score", &path, "--skip-bad", &folder.path("bad")]).fails(3);
    let path = folder.write("b.csv", "id,text\n1,army\n2,\"troops at the");
    assert!(run(&["score", &path]).fails(3).contains("b.csv:3: "));
}

#[test]
fn rows_that_a_valid_quote_swallowed_are_told_of() {
    let folder = Folder::new();
    let path = folder.write(
        "a.tsv",
        "id\ttext\ttopic\n1\t\"Troops\twar\n2\tGoal\tsport\n3\tShells\"\twar\n",
    );
    let scored = run(&["score", &path]);
    assert!(
        scored
            .err
            .contains("a.tsv:2: a cell in quotes holds lines that look like rows"),
        "{}",
        scored.err
    );
    let path = folder.write(
        "b.csv",
        "id,text\n1,\"army\ntroops\"\n2,\"goal\nteam, won\n\"\n",
    );
    assert!(!run(&["score", &path]).err.contains("quotes"));
}

#[test]
fn a_cell_that_breaks_the_width_loses_its_first_line_only() {
    let folder = Folder::new();
    let path = folder.write("a.csv", "id,text\n1,army\n\"2,troops\n3,army\"\n4,goal\n");
    let error = run(&["score", &path]).fails(3);
    assert!(
        error.contains("a.csv:3: ") && error.contains("several lines") && error.contains("--quote"),
        "{error}"
    );
    let list = folder.path("bad");
    assert_eq!(
        ids(run(&["score", &path, "--skip-bad", &list])),
        ["1", "3", "4"]
    );
    assert_eq!(bad(&list)[0]["row"], "\"2,troops");
    let path = folder.write("b.csv", "id,\"text,topic\n1,army\",war\n2,goal,sport\n");
    assert!(
        run(&["score", &path, "--text", "id"])
            .err
            .contains("b.csv:1: a cell in quotes holds lines")
    );
}

#[test]
fn large_lists_are_read_only_where_they_are_wanted() {
    let folder = Folder::new();
    let list = vec!["\"war\""; 50_000].join(",");
    let path = folder.write(
        "a.jsonl",
        format!("{{\"id\":1,\"list\":[{list}],\"text\":\"army\"}}\n").repeat(2),
    );
    assert_eq!(ids(run(&["score", &path])), ["1", "1"]);
    let written = folder.path("out.jsonl");
    run_line(&format!(
        "split {path} --labels list --parts a=0.5,b=0.5 --write {written}"
    ))
    .ok();
    assert_eq!(bad(&written)[0]["list"].as_array().unwrap().len(), 50_000);
    for (end, what) in [
        ("{\"a\":1,\"a\":2}", "key `a` twice"),
        ("01", "not a JSON object"),
    ] {
        let row = format!("{{\"list\":[{list},{end}],\"text\":\"army\"}}\n");
        let error = run(&["score", &folder.write("b.jsonl", row)]).fails(3);
        assert!(
            error.contains("b.jsonl:1: ") && error.contains(what),
            "{error}"
        );
    }
}

#[test]
fn every_line_end_counts_once() {
    let folder = Folder::new();
    let body = [
        "id,text,topic",
        ",army,war",
        ",\"army*troops\",war",
        ",goal,sport",
        "",
        ",team,sport",
    ];
    let ends: [&[&str]; 5] = [
        &["\n"],
        &["\r\n"],
        &["\r"],
        &["\n", "\r\n"],
        &["\r", "\n", "\r\n"],
    ];
    for (at, ends) in ends.iter().enumerate() {
        let end = |line: usize| ends[line % ends.len()];
        let text: String = body
            .iter()
            .enumerate()
            .map(|(at, line)| line.replace('*', end(at)) + end(at + 1))
            .collect();
        // A CR before a LF of the next, blank line would be one line end.
        let text = text.replace("\r\n\n", "\r\n\r");
        let path = folder.write(&format!("{at}.csv"), text.replace("id,", "x,").as_bytes());
        let lines: Vec<String> = ids(run(&["score", &path]))
            .iter()
            .map(|id| id.rsplit_once(':').unwrap().1.to_string())
            .collect();
        assert_eq!(lines, ["2", "3", "5", "7"], "{text:?}");
    }
    let path = folder.write("a.jsonl", rows().replace('\n', "\r"));
    assert_eq!(run(&["score", &path]).json().len(), 8);
}

#[test]
fn predictions_with_mixed_line_ends_meet_their_truth() {
    let folder = Folder::new();
    let (corpus, model) = (folder.write("rows.jsonl", rows()), folder.path("m"));
    run(&["train", &corpus, "--label", "topic", "-o", &model]).ok();
    let text = "text,topic\rThe army shelled the town,conflict\r\nThe team won the match,sport\nA goal,sport\r";
    let truth = folder.write("truth.csv", text);
    let said = folder.path("said.jsonl");
    run_line(&format!(
        "eval --model {model} {truth} --label topic --predictions {said}"
    ))
    .ok();
    let compared = run(&["compare", &said, "--truth", &truth, "--label", "topic"]).json();
    assert_eq!(compared[0]["splits"][0]["heads"][0]["documents"], 3);
}

#[test]
fn columns_without_a_name_are_called_by_their_numbers() {
    let folder = Folder::new();
    let path = folder.write(
        "a.csv",
        ",text,topic,,\nx,army,war,y,z\nv,goal,sport,\"w\"\"w\",\n",
    );
    let written = folder.path("split.jsonl");
    run_line(&format!(
        "split {path} --label topic --write {written} --parts train=0.5,test=0.5"
    ))
    .ok();
    let clean = folder.path("clean.jsonl");
    run(&["check", &path, "--write", &clean]);
    for file in [&written, &clean] {
        let rows = bad(file);
        let values = ["1", "text", "topic", "4", "5"]
            .map(|name| rows[1][name].as_str().unwrap().to_string());
        assert_eq!(values, ["v", "goal", "sport", "w\"w", ""], "{file}");
    }
    assert_eq!(ids(run(&["score", &path, "--id", "4"])), ["y", "w\"w"]);
    let error = run(&["score", &path, "--text", "titel"]).fails(3);
    assert!(
        error.contains("columns `1`, `text`, `topic`, `4`, `5`"),
        "{error}"
    );
    // A name goes before a number.
    let path = folder.write("b.csv", ",0,1\nx,army,war\n");
    assert_eq!(
        ids(run(&["score", &path, "--text", "0", "--id", "1"])),
        ["war"]
    );
    assert_eq!(
        ids(run(&["score", &path, "--text", "0", "--id", "column 1"])),
        ["x"]
    );
}

#[test]
fn a_column_twice_names_both_places() {
    let folder = Folder::new();
    let path = folder.write("a.csv", "sep=,\nid,text,id\n1,army,2\n");
    let error = run(&["score", &path]).fails(3);
    assert!(
        error.contains("a.csv:2: the header names the column `id` twice: columns 1 and 3"),
        "{error}"
    );
}

#[test]
fn a_header_in_the_middle_is_no_row() {
    let folder = Folder::new();
    let part = "id,text,topic\n1,army,war\n2,goal,sport\n";
    for (name, joined) in [
        ("a.csv", format!("{part}{part}")),
        ("b.csv", format!("\u{feff}{part}\u{feff}{part}")),
        (
            "c.csv",
            format!("{part}\"id\", \"\"text\"\" ,topic\n{part}").replace(" \"\"text\"\" ", "text"),
        ),
        ("d.csv", format!("sep=,\n{part}sep=,\n{part}")),
    ] {
        let path = folder.write(name, &joined);
        let error = run(&["train", &path, "--label", "topic", "-o", &folder.path("m")]).fails(3);
        assert!(
            error.contains("stands here again") && error.contains("joined"),
            "{error}"
        );
        let list = folder.path(&format!("{name}.bad"));
        let scored = ids(run(&["score", &path, "--skip-bad", &list]));
        assert_eq!(scored, ["1", "2", "1", "2"], "{name}");
        assert!(!bad(&list).is_empty());
    }
    let path = folder.write("e.csv", format!("{part}topic,id,text\nwar,3,army\n"));
    let list = folder.path("e.bad");
    assert_eq!(ids(run(&["score", &path, "--skip-bad", &list])), ["1", "2"]);
    assert!(
        bad(&list)[1]["reason"]
            .as_str()
            .unwrap()
            .contains("line 4 is a header with the columns in another")
    );
}

#[test]
fn excel_says_what_separates() {
    let folder = Folder::new();
    let path = folder.write(
        "a.csv",
        "\u{feff}sep=;\r\ntext;topic\r\narmy, troops;war\r\n",
    );
    assert_eq!(ids(run(&["score", &path])), [format!("{path}:3")]);
    let path = folder.write("b.csv", "\"sep=;\"\narmy, troops;war\n");
    assert_eq!(
        ids(run_line(&format!(
            "score {path} --no-header --text 1 --id 2"
        ))),
        ["war"]
    );
    let path = folder.write("c.csv", "sep=;\ntext|topic\narmy|war\n");
    assert_eq!(run(&["score", &path, "--delimiter", "|"]).json().len(), 1);
}

#[test]
fn another_delimiter_is_named() {
    let folder = Folder::new();
    for (name, text, flag) in [
        (
            "a.csv",
            "id;text;topic\n1;army, troops;war\n",
            "--delimiter ';'",
        ),
        (
            "b.csv",
            "\"id\";\"text\";\"topic\"\n\"1\";\"army\";\"war\"\n",
            "--delimiter ';'",
        ),
        (
            "c.csv",
            "id\ttext\ttopic\n1\tarmy\twar\n",
            "--delimiter tab",
        ),
        ("d.tsv", "id|text|topic\n1|army|war\n", "--delimiter '|'"),
        ("e.tsv", "id,text,topic\n1,army,war\n", "--delimiter ','"),
    ] {
        let path = folder.write(name, text);
        let error = run(&["train", &path, "--label", "topic", "-o", &folder.path("m")]).fails(3);
        assert!(error.contains(":1: ") && error.contains(flag), "{error}");
    }
    let path = folder.write("f.csv", "1;army;war\n2;goal;sport\n");
    let error = run(&["score", &path, "--no-header", "--text", "2"]).fails(3);
    assert!(error.contains("--delimiter ';'"), "{error}");
    run(&[
        "score",
        &folder.path("a.csv"),
        "--delimiter",
        "\"",
        "--quote",
        "\"",
    ])
    .fails(2);
}

#[test]
fn fasttext_labels_may_stand_anywhere() {
    let folder = Folder::new();
    let text =
        "The striker scored __label__sport\n\u{feff}__label__war\tThe army __label__top came\n";
    let path = folder.write("a.ft", text);
    let written = folder.path("out.jsonl");
    run_line(&format!(
        "split {path} --labels labels --write {written} --parts a=0.5,b=0.5"
    ))
    .ok();
    let rows = bad(&written);
    assert_eq!(
        (&rows[0]["text"], &rows[1]["text"]),
        (&"The striker scored".into(), &"The army came".into())
    );
    assert_eq!(rows[1]["labels"], serde_json::json!(["war", "top"]));
}

#[test]
fn a_mark_in_the_middle_of_joined_lines() {
    let folder = Folder::new();
    let path = folder.write(
        "a.jsonl",
        format!("\u{feff}{0}\u{feff}{0}\u{feff}\n", rows()),
    );
    assert_eq!(run(&["score", &path]).json().len(), 16);
    let written = folder.path("out.jsonl");
    run(&["split", &path, "--write", &written]).ok();
    assert_eq!(bad(&written).len(), 16);
}

#[test]
fn a_key_twice_is_an_error() {
    let folder = Folder::new();
    for (row, key) in [
        (r#"{"text":"army","topic":"war","topic":"sport"}"#, "topic"),
        (
            r#"{"text":"army","topic":"war","t\u0065xt":"sport"}"#,
            "text",
        ),
        (
            r#"{"text":"army","topic":"war","scores":{"war":1,"war":0}}"#,
            "war",
        ),
        (
            r#"{"text":"army","topic":"war","heads":{"topic":{"label":"war","label":"x"}}}"#,
            "label",
        ),
    ] {
        let path = folder.write("a.jsonl", format!("{}{row}\n", rows()));
        let error = run(&["train", &path, "--label", "topic", "-o", &folder.path("m")]).fails(3);
        assert!(
            error.contains(&format!(
                "a.jsonl:9: the object holds the key `{key}` twice"
            )),
            "{error}"
        );
    }
    let many: String = (0..40).map(|at| format!("\"k{at}\":1,")).collect();
    let path = folder.write("b.jsonl", format!("{{{many}\"text\":\"a\",\"k7\":2}}\n"));
    assert!(run(&["score", &path]).fails(3).contains("`k7` twice"));
    let corpus = folder.write("rows.jsonl", rows());
    let options = folder.write(
        "o.json",
        "{\"features\":{\"word_ngrams\":{\"min\":1,\"min\":2}}}",
    );
    let error = run_line(&format!(
        "train {corpus} --label topic --options {options} -o {}",
        folder.path("m")
    ));
    assert!(error.fails(2).contains("`min`"));
}

#[test]
fn a_row_has_a_limit_in_every_format() {
    let folder = Folder::new();
    let long = "army ".repeat(400);
    for (name, text) in [
        (
            "a.jsonl",
            format!("{{\"text\":\"{long}\"}}\n{{\"text\":\"army\"}}\n"),
        ),
        ("b.csv", format!("text\n{long}\narmy\n")),
        ("c.csv", format!("text\n\"{long}\"\narmy\n")),
        ("d.tsv", format!("text\n{long}\narmy\n")),
        ("e.ft", format!("{long}\narmy\n")),
        ("f.txt", long.clone()),
        ("g.html", format!("<p>{long}</p>")),
    ] {
        let path = folder.write(name, &text);
        let packed = folder.write(
            &format!("{name}.zst"),
            zstd::encode_all(text.as_bytes(), 3).unwrap(),
        );
        for path in [&path, &packed] {
            run(&["score", path]).ok();
            let error = run(&["score", path, "--max-row", "1K"]).fails(3);
            assert!(
                error.contains(path.as_str())
                    && error.contains("1 KiB")
                    && error.contains("--max-row"),
                "{error}"
            );
            let list = format!("{path}.bad");
            let scored = run(&["score", path, "--max-row", "1K", "--skip-bad", &list])
                .json()
                .len();
            assert_eq!(
                (scored, bad(&list).len()),
                (usize::from(text.contains('\n')), 1),
                "{path}"
            );
        }
    }
    let piped = run_with(&["score", "--max-row", "1K"], long.as_bytes()).fails(3);
    assert!(
        piped.contains("-: the article is longer than 1 KiB"),
        "{piped}"
    );
}

#[cfg(unix)]
#[test]
fn inputs_without_an_end_are_refused() {
    for format in ["jsonl", "csv", "tsv", "fasttext", "text", "html"] {
        let error = run(&["score", "/dev/zero", "--format", format, "--max-row", "1M"]).fails(3);
        assert!(
            error.contains("/dev/zero") && error.contains("longer than 1 MiB"),
            "{error}"
        );
    }
    let error = run_line("train /dev/zero --format jsonl --label topic -o /dev/null").fails(3);
    assert!(error.contains("longer than 64 MiB"), "{error}");
}

#[test]
fn blank_lines_are_not_kept() {
    let folder = Folder::new();
    let mut packed = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    for _ in 0..300 {
        packed.write_all(&[b'\n'; 1 << 20]).unwrap();
    }
    packed.write_all(b"{\"text\":\"army\"}\n").unwrap();
    let packed = packed.finish().unwrap();
    let line = (300 << 20) + 1;
    let path = folder.write("a.jsonl.zst", &packed);
    assert_eq!(ids(run(&["score", &path])), [format!("{path}:{line}")]);
    assert_eq!(ids(run_with(&["score"], &packed)), [format!("-:{line}")]);
    let spaces = " ".repeat(3000) + "\n{\"text\":\"army\"}";
    assert_eq!(
        ids(run_with(&["score", "--max-row", "1K"], spaces.as_bytes())),
        ["-:2"]
    );
    let text = " ".repeat(100_000) + "army";
    assert!(
        run_with(&["score"], text.as_bytes())
            .fails(3)
            .contains("--format")
    );
    assert_eq!(
        run_with(&["score", "--format", "text"], text.as_bytes())
            .json()
            .len(),
        1
    );
}

/// Each look-up of a name once went through all of them.
#[test]
fn a_hundred_thousand_columns() {
    let folder = Folder::new();
    let names: Vec<String> = (0..100_000).map(|at| format!("column{at}")).collect();
    let cells = vec!["1"; 100_000].join(",");
    let text: String = ["army", "goal", "team"]
        .map(|word| format!("{word},{cells}\n"))
        .concat();
    let path = folder.write("a.csv", format!("text,{}\n{text}", names.join(",")));
    assert_eq!(
        ids(run(&["score", &path, "--id", "column99999"])),
        ["1", "1", "1"]
    );
    let members: String = names.iter().map(|name| format!(",\"{name}\":1")).collect();
    let path = folder.write(
        "a.jsonl",
        format!("{{\"text\":\"army\"{members}}}\n").repeat(3),
    );
    assert_eq!(
        ids(run(&["score", &path, "--id", "column99999"])),
        ["1", "1", "1"]
    );
}

/// Invented texts of two topics, as a crawler leaves them and as a browser shows them.
const MARKED: &str = "id,text,topic\n\
    1,Troops &amp; tanks<br />crossed the river,war\n\
    2,<p>The striker&#8217;s goal</p><script>track()</script>,sport\n\
    3,Artillery &laquo;near&raquo; the <b>front</b>line,war\n\
    4,A team &gt; its coach,sport\n";
const SHOWN: &str = "id,text,topic\n\
    1,Troops & tanks crossed the river,war\n\
    2,The striker’s goal,sport\n\
    3,Artillery «near» the frontline,war\n\
    4,A team > its coach,sport\n";

#[cfg(feature = "html")]
#[test]
fn decoded_html_is_learnt_and_scored_as_the_text_that_a_browser_shows() {
    let folder = Folder::new();
    let (marked, shown) = (
        folder.write("marked.csv", MARKED),
        folder.write("shown.csv", SHOWN),
    );
    let train = |corpus: &str, name: &str, flags: &[&str]| {
        let model = folder.path(name);
        run(&[
            &[
                "train",
                corpus,
                "--label",
                "topic",
                "-o",
                &model,
                "--calibrate",
                "none",
                "--min-df",
                "1",
            ],
            flags,
        ]
        .concat())
        .ok();
        model
    };
    let decoding = train(&marked, "decoding", &["--decode-html"]);
    let plain = train(&shown, "plain", &[]);
    let raw = train(&marked, "raw", &[]);
    let scores = |model: &str, corpus: &str| {
        let rows = run(&["score", "--model", model, corpus]).json();
        rows.into_iter()
            .map(|row| row["heads"]["topic"]["scores"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(scores(&decoding, &marked), scores(&plain, &shown));
    assert_eq!(scores(&decoding, &marked), scores(&decoding, &shown));
    assert_ne!(scores(&raw, &marked), scores(&plain, &shown));
    let terms = run(&["explain", "--model", &decoding, &marked, "--all", "--json"]).ok();
    assert!(
        terms.contains("frontlin") && !terms.contains("laquo") && !terms.contains("track"),
        "{terms}"
    );
}

#[cfg(feature = "html")]
#[test]
fn check_names_the_remedy_for_html_in_texts() {
    let folder = Folder::new();
    let path = folder.write("marked.csv", MARKED);
    let found = |flags: &[&str]| {
        let ran = run(&[&["check", &path, "--json"], flags].concat());
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        let findings = report["findings"].as_array().unwrap();
        let html = findings
            .iter()
            .find(|finding| finding["name"] == "html")
            .unwrap();
        (html["count"].as_u64().unwrap(), ran.err)
    };
    let (count, notes) = found(&[]);
    assert!(
        count == 4 && notes.contains("--decode-html"),
        "{count} {notes}"
    );
    assert_eq!(found(&["--decode-html"]).0, 0);
}

#[test]
fn decoding_html_is_for_tables() {
    let folder = Folder::new();
    let page = folder.write("a.html", "<p>Q&amp;amp;A");
    let error = run(&["score", &page, "--decode-html"]).fails(2);
    assert!(
        error.contains("--decode-html is for the texts of tables"),
        "{error}"
    );
    let table = folder.write("a.csv", "a,b\nx,y\n");
    let error = run(&["agree", &table, "--annotators", "a,b", "--decode-html"]).fails(2);
    assert!(
        error.contains("only the columns of annotators are read"),
        "{error}"
    );
}
