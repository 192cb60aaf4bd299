//! `standpoint relabel`: codes become labels, and no row is lost.

use crate::support::{Folder, exists, run, run_line, run_with, small_model};
use proptest::prelude::*;
use serde_json::{Value, json};
use standpoint::corpus::{
    CodeMap, ColumnName, LabelFormat, NewColumn, ReadOptions, Relabel, Relabelled, RowReader,
    Unlisted, find_inputs, relabel,
};
use standpoint::io::Silent;

/// Thirty invented events, one of them with a sub-event type that ACLED does not have.
const EVENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/events.csv");

fn rows(path: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The values of a column.
fn column(path: &str, name: &str) -> Vec<Value> {
    rows(path).iter().map(|row| row[name].clone()).collect()
}

#[test]
fn an_event_data_set_becomes_training_data() {
    let folder = Folder::new();
    let (labelled, model) = (folder.path("labelled.jsonl"), folder.path("events.model"));
    let report = run(&[
        "relabel",
        EVENTS,
        "--map",
        "acled",
        "--label",
        "sub_event_type",
        "-o",
        &labelled,
    ]);
    assert!(
        report.err.contains("such as `Weapons seizure`"),
        "{}",
        report.err
    );
    let report = &report.json()[0];
    assert_eq!(report["rows"], 30);
    assert_eq!(report["with_unknown_code"], 1);
    assert_eq!(
        report["unknown"][0],
        json!({"code": "Weapons seizure", "rows": 1, "first": format!("{EVENTS}:30")})
    );
    assert_eq!(
        report["columns"][0]["labels"],
        json!({"diplomacy": 4, "escalation": 15})
    );
    let found = rows(&labelled);
    assert_eq!(found.len(), 30);
    assert_eq!(found[0]["stance"], json!(["escalation"]));
    assert_eq!(found[0]["quad_class"], "material conflict");
    assert_eq!(found[15]["stance"], json!([]));
    assert_eq!(found[28]["stance"], Value::Null);
    assert_eq!(found[28]["event_id"], "INV29");
    let flags = [
        "--text",
        "notes",
        "--labels",
        "stance",
        "--unlabelled",
        "skip",
        "-o",
        &model,
    ];
    run(&[&["train", &labelled], &flags[..]].concat()).ok();
    let text = folder.write(
        "new.txt",
        "Rebels and troops exchanged fire; artillery shelled the town.",
    );
    let scored = run(&["score", &model, &text, "--text", "text", "--json"]).json();
    assert_eq!(
        scored[0]["heads"]["stance"]["labels"],
        json!(["escalation"])
    );
}

#[test]
fn every_format_gives_the_same_labels() {
    let folder = Folder::new();
    let expected = [
        json!(["escalation"]),
        json!(["diplomacy", "military_aid"]),
        Value::Null,
    ];
    let files = [
        ("a.csv", "code,text\n190,a\n\"072|043\",b\n,c\n"),
        ("b.tsv", "code\ttext\n190\ta\n072|043\tb\n\tc\n"),
        (
            "c.jsonl",
            "{\"code\":190,\"text\":\"a\"}\n{\"code\":[\"072\",\"043\"],\"text\":\"b\"}\n{\"text\":\"c\"}\n",
        ),
        ("d.csv", "code,text\n190,a\n\"['072', '043']\",b\nNA,c\n"),
    ];
    for (name, text) in files {
        let (file, out) = (
            folder.write(name, text),
            folder.path(&format!("{name}.out")),
        );
        let flags = [
            "--map", "cameo", "--label", "code", "--to", "stance", "-o", &out,
        ];
        run(&[&["relabel", &file], &flags[..]].concat()).ok();
        assert_eq!(column(&out, "stance"), expected, "{name}");
    }
}

#[test]
fn every_source_gives_the_same_labels() {
    let folder = Folder::new();
    let expected = [
        json!(["escalation"]),
        json!(["diplomacy", "military_aid"]),
        Value::Null,
    ];
    let out = folder.path("fasttext.out");
    let file = folder.write("e.ft", "__label__190 a\n__label__072 __label__043 b\nc\n");
    run(&[
        "relabel", &file, "--map", "cameo", "--label", "labels", "--to", "stance", "-o", &out,
    ])
    .ok();
    assert_eq!(column(&out, "stance"), expected);
    folder.write("classes/190/one.txt", "Troops opened fire.");
    let out = folder.path("classes.out");
    run_line(&format!(
        "relabel {} --map cameo --label label -o {out}",
        folder.path("classes")
    ))
    .ok();
    assert_eq!(column(&out, "stance"), [json!(["escalation"])]);
    let out = folder.path("stdin.out");
    let flags = [
        "relabel",
        "-",
        "--format",
        "csv",
        "--no-header",
        "--map",
        "cameo",
        "--label",
        "1",
        "-o",
        &out,
    ];
    run_with(&flags, b"190,a\n").ok();
    assert_eq!(
        rows(&out),
        [
            json!({"1": "190", "2": "a", "stance": ["escalation"], "quad_class": "material conflict"})
        ]
    );
}

#[test]
fn codes_are_rolled_up_by_digits_and_by_parents() {
    let folder = Folder::new();
    let file = folder.write("codes.csv", "code\n0239\n1999\n20190301\n043\n43\n");
    let out = folder.path("out.jsonl");
    let flags = [
        "relabel", &file, "--map", "cameo", "--label", "code", "-o", &out, "--force",
    ];
    let report = run(&flags);
    assert!(
        report.err.contains("`43` is listed as `043`"),
        "{}",
        report.err
    );
    let report = &report.json()[0];
    assert_eq!(report["rolled_up"][0]["to"], "023");
    assert_eq!(report["rolled_up"][1]["to"], "19");
    assert_eq!(report["unknown"][0]["code"], "20190301");
    assert_eq!(
        report["unknown"][1],
        json!({"code": "43", "rows": 1, "first": format!("{file}:6"), "meant": "043"})
    );
    let roots = ["--to", "root=code", "--level", "1"];
    run(&[&flags[..], &roots].concat()).ok();
    assert_eq!(
        column(&out, "root"),
        [
            json!("02"),
            json!("19"),
            Value::Null,
            json!("04"),
            Value::Null
        ]
    );
    let report = &run(&[&flags[..], &["--exact"]].concat()).json()[0];
    assert_eq!(report["with_unknown_code"], 4);

    let map = folder.write(
        "map.csv",
        "code,parent,act\nviolence,,force\nbombing,violence,\ncar bomb,bombing,\n",
    );
    let file = folder.write("acts.csv", "act_code\ncar bomb\nviolence\n");
    let flags = [
        "relabel", &file, "--map", &map, "--label", "act_code", "-o", &out, "--force",
    ];
    run(&flags).ok();
    assert_eq!(column(&out, "act"), ["force", "force"]);
    run(&[&flags[..], &["--exact"]].concat()).ok();
    assert_eq!(column(&out, "act"), [Value::Null, json!("force")]);
}

#[test]
fn further_columns_make_a_code_closer() {
    let folder = Folder::new();
    let file = folder.write(
        "polecat.jsonl",
        "{\"type\":\"AID\",\"mode\":\"\",\"contexts\":[\"military\",\"diplomatic\"]}\n\
         {\"type\":\"AID\",\"contexts\":\"economic\"}\n\
         {\"type\":\"REQUEST\",\"mode\":\"assist\",\"contexts\":\"military\"}\n\
         {\"type\":\"COERCE\",\"mode\":\"arrest\"}\n{\"type\":\"CONCEDE\"}\n",
    );
    let out = folder.path("out.jsonl");
    run_line(&format!(
        "relabel {file} --map plover --label type,mode,contexts -o {out}"
    ))
    .ok();
    let expected = [
        json!(["military_aid"]),
        json!([]),
        json!(["military_aid"]),
        json!([]),
        Value::Null,
    ];
    assert_eq!(column(&out, "stance"), expected);
}

#[test]
fn topics_are_known_by_their_addresses_too() {
    let folder = Folder::new();
    let file = folder.write(
        "news.jsonl",
        "{\"m\":[\"medtop:20000056\"]}\n{\"m\":\"http://cv.iptc.org/newscodes/mediatopic/11000000\"}\n{\"m\":\"05000000\"}\n",
    );
    let out = folder.path("out.jsonl");
    run(&[
        "relabel", &file, "--map", "iptc", "--label", "m", "-o", &out,
    ])
    .ok();
    assert_eq!(
        column(&out, "topic"),
        [json!("conflict"), json!("politics"), Value::Null]
    );
}

#[test]
fn predictions_are_read_in_the_terms_of_plover() {
    let folder = Folder::new();
    let model = small_model(&folder);
    let text = folder.write(
        "a.txt",
        "The army shelled the town and troops crossed the border",
    );
    let scores = folder.write(
        "scores.jsonl",
        run(&["score", &model, &text, "--json"]).ok(),
    );
    let map = folder.write(
        "map.csv",
        "code,plover\nescalation,ASSAULT|THREATEN\naid,AID-military\n",
    );
    let out = folder.path("out.jsonl");
    run(&[
        "relabel", &scores, "--map", &map, "--label", "stance", "-o", &out,
    ])
    .ok();
    let of_stance = |stance: &Value| match stance.as_str() {
        Some("escalation") => vec!["ASSAULT", "THREATEN"],
        _ => vec!["AID-military"],
    };
    let stances = column(&out, "heads")[0]["stance"]["labels"]
        .as_array()
        .unwrap()
        .clone();
    let mut expected: Vec<&str> = stances.iter().flat_map(of_stance).collect();
    expected.sort_unstable();
    assert_eq!(column(&out, "plover"), [json!(expected)]);
    assert_eq!(column(&out, "heads")[0]["topic"]["label"], "conflict");
}

#[test]
fn unknown_codes_are_kept_left_out_or_refused() {
    let folder = Folder::new();
    let file = folder.write("codes.csv", "code\n190\n072|other\n043\n");
    let out = folder.path("out.jsonl");
    let flags = [
        "relabel", &file, "--map", "cameo", "--label", "code", "--to", "stance", "-o", &out,
    ];
    let error = run(&[&flags[..], &["--strict"]].concat()).fails(3);
    assert!(
        error.contains("codes.csv:3: the code `other` is not in the map cameo"),
        "{error}"
    );
    assert!(error.contains("help: ") && !exists(&out), "{error}");
    let bad = folder.path("bad.jsonl");
    run(&[&flags[..], &["--strict", "--skip-bad", &bad]].concat()).ok();
    assert_eq!((rows(&out).len(), rows(&bad).len()), (2, 1));
    assert!(run(&flags).fails(2).contains("--force"));
    let report = &run(&[&flags[..], &["--force", "--skip-unknown"]].concat()).json()[0];
    assert_eq!(
        (&report["written"], &report["rows"]),
        (&json!(2), &json!(3))
    );
    run(&[&flags[..], &["--force"]].concat()).ok();
    assert_eq!(
        column(&out, "stance"),
        [json!(["escalation"]), Value::Null, json!(["diplomacy"])]
    );
}

/// Flags that give no label, and the exit code; `snapshots/errors.data.txt` has the errors.
const REFUSED: [(&str, i32); 9] = [
    ("--map nope --label code", 2),
    ("--map cameo --label cod", 3),
    ("--map cameo --label other", 3),
    ("--map cameo --label code --to other=stance", 3),
    ("--map cameo --label code --to topic", 2),
    ("--map cameo --label code --to a=stance --to a=name", 2),
    ("--map cameo --label code --text x", 2),
    ("--map cameo --label code --where code=1", 3),
    ("--map cameo --label code --level 0", 2),
];

#[test]
fn what_gives_no_label_is_an_error_and_nothing_is_written() {
    let folder = Folder::new();
    let file = folder.write("codes.csv", "code,other\n190,x\n");
    let out = folder.path("out.jsonl");
    for (flags, code) in REFUSED {
        run_line(&format!("relabel {file} -o {out} {flags}")).fails(code);
        assert!(!exists(&out), "{flags}");
    }
    let error = run(&[
        "relabel", &file, "--map", "cameo", "--label", "code", "-o", &file, "--force",
    ])
    .fails(2);
    assert!(error.contains("the output is one of the inputs"), "{error}");
    run_line(&format!(
        "relabel {file} --map cameo --label code --to act=stance -o {out}"
    ))
    .ok();
    assert_eq!(column(&out, "act"), [json!(["escalation"])]);
}

#[test]
fn a_map_that_is_no_map_is_an_error_with_its_line() {
    let cases = [
        ("", "m: the map is empty"),
        ("code,stance\n", "m: the map has a header, but no code"),
        ("kod,stance\n1,a\n", "m: the header has no column `code`"),
        ("code,a,a\n1,b,c\n", "m: the header names `a` twice"),
        (
            "code,stance\n1,a\n2\n",
            "m:3: the row has 1 cells, but the header has 2",
        ),
        ("code,stance\n1,a\n,b\n", "m:3: the row has no code"),
        (
            "code,stance\n1,a\n\n1,b\n",
            "m:4: the code `1` stands twice, first in line 2",
        ),
        (
            "code,parent\n1,\n2,3\n",
            "m:3: the broader code `3` is not in the map",
        ),
        (
            "code,parent\n1,\n2,2\n",
            "m:3: the broader codes of `2` lead back to it",
        ),
        (
            "code,parent\n1,3\n2,1\n3,2\n",
            "m:2: the broader codes of `1` lead back to it",
        ),
        (
            "code,stance\n1,\"a|NA\"\n",
            "m:2: `stance` lists `NA` among labels",
        ),
        ("code,stance\n1,\"a\n", "m: line 2: a quote is not closed"),
    ];
    for (text, message) in cases {
        let error = CodeMap::read(text, "m").unwrap_err().to_string();
        assert!(error.starts_with(message), "{text:?}: {error}");
    }
}

#[test]
fn the_map_in_the_documents_is_a_map() {
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/maps.md")).unwrap();
    let (_, text) = page.split_once("```csv\n").unwrap();
    let map = CodeMap::read(text.split_once("```").unwrap().0, "docs/maps.md").unwrap();
    let labels = |code: &str| {
        map.labels(map.find(code).unwrap(), map.column("act").unwrap())
            .map(<[String]>::len)
    };
    assert_eq!(
        ["1", "11", "13", "2"].map(labels),
        [None, Some(1), Some(2), Some(0)]
    );
}

#[test]
fn threads_do_not_show() {
    let folder = Folder::new();
    let text: String = (0..9000)
        .map(|row| format!("{:03},row {row}\n", row % 230))
        .collect();
    let file = folder.write("codes.csv", format!("code,text\n{text}"));
    let written = |threads: &str| {
        let out = folder.path(&format!("{threads}.jsonl"));
        let flags = [
            "--map",
            "cameo",
            "--label",
            "code",
            "--threads",
            threads,
            "-o",
            &out,
        ];
        let report = run(&[&["relabel", &file], &flags[..]].concat()).ok();
        (report, std::fs::read(out).unwrap())
    };
    assert_eq!(written("1"), written("3"));
}

/// Relabels through the library; the rows that were written, and the counts.
fn relabelled(file: &str, map: &CodeMap, unlisted: Unlisted) -> (Vec<Value>, Relabelled) {
    let how = Relabel {
        codes: vec![ColumnName::from("code")],
        targets: vec![NewColumn {
            name: "act".to_string(),
            column: map.column("act").unwrap(),
        }],
        format: LabelFormat::default(),
        filters: vec![],
        level: None,
        exact: false,
        unlisted,
    };
    let inputs = find_inputs(&[file.to_string()], &Silent).unwrap();
    let mut written = Vec::new();
    let mut write = |line: &str| {
        written.push(serde_json::from_str(line).unwrap());
        Ok(())
    };
    let rows = RowReader::new(inputs, ReadOptions::default());
    let done = relabel(rows, map, &how, &mut write).unwrap();
    (written, done)
}

/// A map of which code `n` has a broader code of a smaller number, and labels or none.
fn maps() -> impl Strategy<Value = Vec<(Option<usize>, Option<u8>)>> {
    let entry = (
        any::<prop::sample::Index>(),
        prop::bool::weighted(0.7),
        prop::option::of(0..3u8),
    );
    prop::collection::vec(entry, 1..30).prop_map(|entries| {
        let parent = |at: usize, index: &prop::sample::Index, has: bool| {
            (at > 0 && has).then(|| index.index(at))
        };
        let entries = entries.iter().enumerate();
        entries
            .map(|(at, (index, has, label))| (parent(at, index, *has), *label))
            .collect()
    })
}

fn table(entries: &[(Option<usize>, Option<u8>)]) -> String {
    let row = |(at, (parent, label)): (usize, &(Option<usize>, Option<u8>))| {
        let parent = parent.map_or(String::new(), |parent| format!("c{parent}"));
        let label = label.map_or(String::new(), |label| format!("l{label}"));
        format!("c{at},{parent},{label}\n")
    };
    "code,parent,act\n".to_string() + &entries.iter().enumerate().map(row).collect::<String>()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn rolling_up_skips_no_level(entries in maps()) {
        let map = CodeMap::read(&table(&entries), "m").unwrap();
        let act = map.column("act").unwrap();
        for at in map.all() {
            let way: Vec<usize> = map.ancestors(at).collect();
            prop_assert_eq!(way[0], at);
            for pair in way.windows(2) {
                prop_assert_eq!(entries[pair[0]].0, Some(pair[1]));
            }
            prop_assert_eq!(entries[*way.last().unwrap()].0, None);
            let nearest = way.iter().find_map(|&code| entries[code].1).map(|label| vec![format!("l{label}")]);
            prop_assert_eq!(map.labels(at, act).map(<[String]>::to_vec), nearest);
            for level in 1..=way.len() {
                prop_assert_eq!(map.at_level(at, level), way[way.len() - level]);
            }
        }
    }

    #[test]
    fn digits_roll_up_one_by_one(listed in prop::collection::btree_set("[1-3]{1,4}", 1..20), code in "[1-3]{1,4}") {
        let rows: String = listed.iter().map(|code| format!("{code}\n")).collect();
        let map = CodeMap::read(&format!("code\n{rows}"), "m").unwrap();
        let Some(number) = map.find(&code) else { return Ok(()) };
        let way: Vec<&str> = map.ancestors(number).map(|number| map.code(number)).collect();
        let expected: Vec<&str> =
            (1..=code.len()).rev().map(|end| &code[..end]).filter(|code| listed.contains(*code)).collect();
        prop_assert_eq!(way, expected);
    }

    #[test]
    fn every_row_is_kept_with_all_that_it_holds(
        entries in maps(),
        codes in prop::collection::vec(prop::collection::vec(0..40usize, 0..3), 0..40),
        unlisted in prop::sample::select(vec![Unlisted::Keep, Unlisted::Skip]),
    ) {
        let map = CodeMap::read(&table(&entries), "m").unwrap();
        let row = |(at, codes): (usize, &Vec<usize>)| {
            json!({"n": at, "code": codes.iter().map(|code| format!("c{code}")).collect::<Vec<_>>()})
        };
        // The first row has a code that is known, without which the command is in error.
        let codes: Vec<Vec<usize>> = [vec![0]].into_iter().chain(codes).collect();
        let given: Vec<Value> = codes.iter().enumerate().map(row).collect();
        let folder = Folder::new();
        let lines: String = given.iter().map(|row| format!("{row}\n")).collect();
        let (written, done) = relabelled(&folder.write("rows.jsonl", lines), &map, unlisted);
        let unknown = |codes: &Vec<usize>| codes.iter().any(|code| *code >= entries.len());
        let kept: Vec<usize> = (0..codes.len()).filter(|&at| unlisted == Unlisted::Keep || !unknown(&codes[at])).collect();
        prop_assert_eq!(written.len(), kept.len());
        prop_assert_eq!((done.rows, done.written), (codes.len() as u64, kept.len() as u64));
        for (row, &at) in written.iter().zip(&kept) {
            let mut rest = row.clone();
            let act = rest.as_object_mut().unwrap().remove("act");
            prop_assert_eq!(&rest, &given[at]);
            prop_assert!(act.is_some());
            prop_assert!(!unknown(&codes[at]) || act == Some(Value::Null));
        }
    }

    #[test]
    fn a_circle_or_a_code_that_stands_twice_is_an_error_with_its_line(
        entries in maps(),
        at in any::<prop::sample::Index>(),
        twice in any::<bool>(),
    ) {
        let at = at.index(entries.len());
        let mut text = table(&entries);
        if twice {
            text += &format!("c{at},,\n");
            let error = CodeMap::read(&text, "m").unwrap_err().to_string();
            let expected = format!("m:{}: the code `c{at}` stands twice, first in line {}", entries.len() + 2, at + 2);
            prop_assert!(error.starts_with(&expected), "{}", error);
        } else {
            // The root of a code gets that code as its broader one.
            let map = CodeMap::read(&text, "m").unwrap();
            let way: Vec<usize> = map.ancestors(at).collect();
            let mut circular = entries.clone();
            circular[*way.last().unwrap()].0 = Some(at);
            let error = CodeMap::read(&table(&circular), "m").unwrap_err().to_string();
            let lines: Vec<String> = way.iter().map(|code| format!("m:{}: the broader codes of", code + 2)).collect();
            prop_assert!(lines.iter().any(|line| error.starts_with(line)), "{}", error);
        }
    }

    #[test]
    fn any_text_is_a_map_or_an_error(text in "(code|parent|a|[,;\n\"|\\[\\]1-3 ]){0,40}") {
        if let Ok(map) = CodeMap::read(&text, "m") {
            for code in map.all() {
                prop_assert!(map.ancestors(code).count() <= map.len());
            }
        }
    }
}
