//! The same corpus in every format gives the same texts, labels and hash.

use crate::support::{Folder, head, read, rows, run, run_with, schema};
use standpoint::Corpus;
use standpoint::corpus::{
    ColumnName, FileFormat, HeadColumns, HeadKind, LabelSource, Limits, ReadOptions, Rejects,
};
use std::io::Write;

fn topic(column: &str) -> Vec<HeadColumns> {
    vec![head("topic", HeadKind::Exclusive, column)]
}

fn texts(corpus: &Corpus) -> Vec<&str> {
    corpus.texts.iter().collect()
}

const TWO: [(&str, &str); 2] = [
    ("war", "Krieg an der Grenze, \"wieder\""),
    ("sport", "Tor in der Nachspielzeit"),
];

fn assert_two(corpus: &Corpus) {
    assert_eq!(texts(corpus), TWO.map(|(_, text)| text));
    assert_eq!(corpus.heads[0].labels, ["sport", "war"]);
    assert_eq!(corpus.heads[0].targets.holds(0, 1), Some(true));
}

#[test]
fn tables_come_with_any_delimiter_and_with_or_without_header() {
    let folder = Folder::new();
    let row = |d: char, (label, text): (&str, &str)| {
        format!("{label}{d}\"{}\"\r\n", text.replace('"', "\"\""))
    };
    let body = |d| TWO.map(|pair| row(d, pair)).concat();
    let cases = [
        ("a.csv", format!("topic,text\n{}", body(',')), None, true),
        (
            "b.csv",
            format!("topic;text\n{}", body(';')),
            Some(b';'),
            true,
        ),
        (
            "c.tsv",
            format!("\u{feff}topic\ttext\n{}", body('\t')),
            None,
            true,
        ),
        ("d.tsv", body('\t'), None, false),
    ];
    for (name, content, delimiter, header) in cases {
        let path = folder.write(name, content);
        let options = ReadOptions {
            delimiter,
            header,
            ..ReadOptions::default()
        };
        let (text, label) = if header {
            ("text", "topic")
        } else {
            ("2", "1")
        };
        assert_two(&read(&path, options, schema(&[text], topic(label)), None).unwrap());
    }
}

#[test]
fn quotes_can_be_part_of_the_text() {
    let folder = Folder::new();
    let path = folder.write("a.tsv", "war\t\"Krieg\nsport\tTor\" sagt er\n");
    let options = ReadOptions {
        header: false,
        quote: None,
        ..ReadOptions::default()
    };
    let corpus = read(&path, options, schema(&["2"], topic("1")), None).unwrap();
    assert_eq!(texts(&corpus), ["\"Krieg", "Tor\" sagt er"]);
}

/// Files that are above one limit each: name, content, limits and what the error says.
fn files_above_a_limit() -> Vec<(&'static str, Vec<u8>, Limits, &'static str)> {
    let few = Limits::default();
    let row = |text: &str| text.as_bytes().to_vec();
    let nested = |levels: usize| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        format!("{{\"text\": \"a\", \"b\": {open}1{close}}}\n")
    };
    let large = nested(127).replace("\"a\"", &format!("\"{}\"", "a".repeat(1 << 17)));
    let blank = format!("{}{{\"text\": \"a\"}}", "\n".repeat(1 << 17));
    let long = zstd::encode_all(&b"{\"text\": \"a\"}\n".repeat(100)[..], 1).unwrap();
    let keys = "{\"text\": \"a\", \"b\": 1}";
    vec![
        (
            "a.jsonl",
            row("{\"text\": \"abc\"}"),
            few.row(14),
            "longer than 14 bytes",
        ),
        ("a.txt", row("abcdef"), few.row(5), "longer than 5 bytes"),
        ("b.jsonl", row(keys), few.keys(1), "more than 1 keys"),
        (
            "c.jsonl",
            row(&nested(2)),
            few.nesting(2),
            "more than 2 levels of brackets",
        ),
        (
            "d.jsonl",
            row(&large),
            few,
            "more than 127 levels of brackets",
        ),
        (
            "e.csv",
            row("text,b\na,b\n"),
            few.columns(1),
            "more than 1 columns",
        ),
        (
            "f.jsonl",
            row(&blank),
            few.passed(1000),
            "more than 1000 bytes of white space",
        ),
        (
            "g.jsonl.zst",
            long,
            few.window_log(10),
            "a window of more than 1 KiB",
        ),
    ]
}

#[test]
fn every_limit_of_a_row_ends_in_an_error_that_names_it() {
    let (folder, few) = (Folder::new(), Limits::default());
    for (name, content, limits, message) in files_above_a_limit() {
        let path = folder.write(name, content);
        let read = |limits| {
            let options = ReadOptions {
                limits,
                ..ReadOptions::default()
            };
            read(&path, options, schema(&["text"], vec![]), None)
        };
        let error = read(limits).unwrap_err().to_string();
        assert!(error.contains(message) && error.contains(name), "{error}");
        assert!(limits == few || read(few).is_ok(), "{name}");
        let error = read(few.nesting(1000)).unwrap_err().to_string();
        assert!(error.contains("the limit `nesting` is 1000"), "{error}");
    }
}

#[test]
fn fasttext_lines_and_folders_are_corpora() {
    let folder = Folder::new();
    let lines: String = TWO
        .iter()
        .map(|(label, text)| format!("__label__{label} {text}\n"))
        .collect();
    let path = folder.write("a.ft", lines);
    assert_two(
        &read(
            &path,
            ReadOptions::default(),
            schema(&["text"], topic("labels")),
            None,
        )
        .unwrap(),
    );

    folder.write("classes/war/1", TWO[0].1);
    folder.write("classes/sport/sub/2.txt", TWO[1].1);
    folder.write("classes/.hidden", "left out, and said so");
    let corpus = read(
        &folder.path("classes"),
        ReadOptions::default(),
        schema(&["text"], topic("label")),
        None,
    )
    .unwrap();
    assert_eq!(
        corpus.ids.iter().collect::<Vec<_>>(),
        ["sport/sub/2.txt", "war/1"]
    );
    assert_eq!(corpus.heads[0].labels, ["sport", "war"]);
}

#[test]
fn compressed_is_the_same_as_plain() {
    let folder = Folder::new();
    let plain = folder.write("a.jsonl", rows());
    let zstd = folder.write(
        "b.jsonl.zst",
        zstd::encode_all(rows().as_bytes(), 3).unwrap(),
    );
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(rows().as_bytes()).unwrap();
    let gzip = folder.write("c.jsonl.gz", gzip.finish().unwrap());
    let hash = |path: &str| {
        read(
            path,
            ReadOptions::default(),
            schema(&["text"], topic("topic")),
            None,
        )
        .unwrap()
        .hash
    };
    assert_eq!(hash(&plain), hash(&zstd));
    assert_eq!(hash(&plain), hash(&gzip));

    let cut = folder.write(
        "d.jsonl.zst",
        &zstd::encode_all(rows().as_bytes(), 3).unwrap()[..60],
    );
    let error = read(
        &cut,
        ReadOptions::default(),
        schema(&["text"], topic("topic")),
        None,
    )
    .unwrap_err();
    assert!(error.to_string().contains("cut off"), "{error}");
}

#[test]
fn several_files_behind_a_pattern_are_one_corpus() {
    let folder = Folder::new();
    let rows = rows();
    let (first, second) = rows.split_at(rows.match_indices('\n').nth(3).unwrap().0 + 1);
    folder.write("part-1.jsonl", first);
    folder.write("part-2.jsonl", second);
    let pattern = folder.path("part-*.jsonl");
    let corpus = read(
        &pattern,
        ReadOptions::default(),
        schema(&["text"], topic("topic")),
        None,
    )
    .unwrap();
    assert_eq!(corpus.len(), 8);
}

#[test]
fn latin_1_is_read_where_it_is_stated() {
    let folder = Folder::new();
    let path = folder.write("a.csv", b"topic,text\nwar,Stra\xdfe gesperrt\nsport,Tor\n");
    let stated = ReadOptions {
        encoding: "latin-1".parse().unwrap(),
        ..ReadOptions::default()
    };
    let corpus = read(&path, stated, schema(&["text"], topic("topic")), None).unwrap();
    assert_eq!(texts(&corpus)[0], "Straße gesperrt");
    let error = read(
        &path,
        ReadOptions::default(),
        schema(&["text"], topic("topic")),
        None,
    )
    .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with(&format!("{path}:2: the text is not valid UTF-8")),
        "{error}"
    );
}

#[test]
fn flags_in_several_columns_are_labels() {
    let folder = Folder::new();
    let path = folder.write("a.csv", "text,kill,arrest\none,1,0\ntwo,0,\nthree,0,1\n");
    let flags = ["kill", "arrest"]
        .map(|c| (c.to_string(), ColumnName::from(c)))
        .to_vec();
    let acts = HeadColumns {
        name: "acts".into(),
        kind: HeadKind::Independent,
        source: LabelSource::Flags(flags),
    };
    let corpus = read(
        &path,
        ReadOptions::default(),
        schema(&["text"], vec![acts]),
        None,
    )
    .unwrap();
    let head = &corpus.heads[0];
    assert_eq!(head.labels, ["arrest", "kill"]);
    assert_eq!(
        [0, 1, 2].map(|row| head.targets.holds(row, 0)),
        [Some(false), None, Some(true)]
    );
}

#[test]
fn broken_rows_are_collected_with_reasons() {
    let folder = Folder::new();
    let path = folder.write(
        "a.jsonl",
        format!(
            "{{\"text\": 1\n{}{{\"text\":\"\",\"topic\":\"sport\"}}\n",
            rows()
        ),
    );
    let kept = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    struct Shared(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);
    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut rejects = Rejects::new(Box::new(Shared(kept.clone())), "bad");
    let corpus = read(
        &path,
        ReadOptions::default(),
        schema(&["text"], topic("topic")),
        Some(&mut rejects),
    )
    .unwrap();
    assert_eq!((corpus.len(), rejects.finish().unwrap()), (8, 2));
    let bad = String::from_utf8(kept.lock().unwrap().clone()).unwrap();
    let bad: Vec<serde_json::Value> = bad
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        (bad[0]["line"].as_u64(), bad[1]["line"].as_u64()),
        (Some(1), Some(10))
    );
    assert_eq!(bad[0]["row"], "{\"text\": 1");
}

#[test]
fn odd_line_ends_and_nul_are_text() {
    let folder = Folder::new();
    let texts = ["a\u{2028}b", "c\u{0}d", "e\rf", "g\nh"];
    let row = |text: &&str| {
        serde_json::json!({"text": text, "topic": text.chars().next().unwrap().to_string()})
            .to_string()
    };
    let raw = texts
        .map(|text| row(&text).replace("\\u2028", "\u{2028}"))
        .join("\r\n");
    let path = folder.write("a.jsonl", raw);
    let corpus = read(
        &path,
        ReadOptions::default(),
        schema(&["text"], topic("topic")),
        None,
    )
    .unwrap();
    assert_eq!(corpus.texts.iter().collect::<Vec<_>>(), texts);
}

#[test]
fn every_kind_of_article_can_be_scored() {
    let folder = Folder::new();
    let text = "The army shelled the town overnight and troops crossed the border.";
    let page = format!("<html><head><title>War</title></head><body><p>{text}</p></body></html>");
    let inputs = [
        folder.write("a.txt", text),
        folder.write("b.html", page),
        folder.write("c.jsonl", format!("{{\"id\":\"x\",\"text\":\"{text}\"}}\n")),
        folder.write("d.csv", format!("id,text\ny,{text}\n")),
        folder.write("folder/e", text),
    ];
    let folder_path = folder.path("folder");
    let args: Vec<&str> = ["score"]
        .into_iter()
        .chain(inputs[..4].iter().map(String::as_str))
        .chain([&*folder_path])
        .collect();
    let rows = run(&args).json();
    let ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [&*inputs[0], &*inputs[1], "x", "y", "e"]);
    for row in &rows {
        assert_eq!(row["heads"]["topic"]["label"], "conflict", "{row}");
    }
    let piped = run_with(&["score", "-"], text.as_bytes());
    assert!(
        piped
            .err
            .contains("reading standard input as one plain text"),
        "{}",
        piped.err
    );
    assert_eq!(piped.json()[0]["heads"], rows[0]["heads"]);
}

#[test]
fn a_format_is_never_guessed_from_an_unknown_name() {
    let folder = Folder::new();
    let path = folder.write("article.eml", "text");
    assert!(run(&["score", &path]).fails(2).contains("--format"));
    assert_eq!(FileFormat::of_path(path.as_ref()), None);
    run(&["score", &path, "--format", "text"]).ok();
}

#[test]
fn lines_are_counted_with_any_line_end() {
    let folder = Folder::new();
    for (end, name) in [("\n", "lf.csv"), ("\r\n", "crlf.csv")] {
        let rows = [
            "text,topic",
            "one,x",
            "",
            "\"two\nlines\",y",
            "three,x",
            "four,y",
            "five",
        ];
        let path = folder.write(name, rows.join(end));
        let ids = |path: &str| run(&["score", path, "--text", "text", "--where", "topic!=none"]);
        let scored = ids(&path);
        assert!(
            scored
                .fails(3)
                .contains(&format!("{name}:8: the row has 1 columns"))
        );
        let path = folder.write(name, rows[..6].join(end));
        let lines: Vec<String> = ids(&path)
            .json()
            .iter()
            .map(|row| row["id"].as_str().unwrap().to_string())
            .collect();
        let lines: Vec<&str> = lines
            .iter()
            .map(|id| id.rsplit_once(':').unwrap().1)
            .collect();
        assert_eq!(lines, ["2", "4", "6", "7"], "{name}");
    }
}

#[test]
fn a_quote_that_is_never_closed_is_an_error() {
    let folder = Folder::new();
    let path = folder.write("a.csv", "topic,text\nx,one\ny,\"two\nx,three\ny,four\n");
    let error = run(&["score", &path]).fails(3);
    assert!(
        error.contains("a.csv:3: the row opens a quote") && error.contains("--quote none"),
        "{error}"
    );
    let path = folder.write("b.csv", "topic,text\nx,one\ny,\"two\nlines\"\n");
    assert_eq!(run(&["score", &path]).json().len(), 2);
    let path = folder.write("c.csv", "topic,text\nx,one\ny,\"two\nlines\"");
    assert_eq!(run(&["score", &path]).json().len(), 2);
}

#[test]
fn ids_keep_every_digit() {
    let rows = "{\"id\":12345678901234567890123,\"text\":\"a\"}\n{\"id\":1.50,\"text\":\"a\",\"x\":1e400}\n\
        {\"id\":-0,\"text\":\"a\"}\n{\"id\":1E5,\"text\":\"a\",\"x\":[1.0]}\n";
    let scored = run_with(&["score"], rows.as_bytes()).ok();
    let expected = ["12345678901234567890123", "\"1.50\"", "-0", "\"1E5\""];
    for (row, id) in scored.lines().zip(expected) {
        assert!(row.starts_with(&format!("{{\"id\":{id},")), "{row}");
    }
    assert_eq!(scored.lines().count(), expected.len());
}

#[test]
fn an_id_that_is_asked_for_must_be_there() {
    let folder = Folder::new();
    let path = folder.write("a.jsonl", "{\"key\":7,\"text\":\"a\"}\n");
    assert_eq!(run(&["score", &path, "--id", "key"]).json()[0]["id"], 7);
    assert!(
        run(&["score", &path, "--id", "kye"])
            .fails(3)
            .contains("there is no column `kye`")
    );
}

#[test]
fn a_linked_folder_does_not_lead_in_a_circle() {
    let folder = Folder::new();
    folder.write("d/a.txt", "army");
    #[cfg(unix)]
    for name in ["one", "two"] {
        std::os::unix::fs::symlink(folder.path("d"), folder.path(&format!("d/{name}"))).unwrap();
    }
    let scored = run(&["score", &folder.path("d")]);
    assert!(
        !cfg!(unix) || scored.err.contains("left out 2"),
        "{}",
        scored.err
    );
    assert_eq!(scored.json().len(), 1);
}

#[test]
fn white_space_before_piped_rows_does_not_change_what_they_are() {
    let scored = run_with(&["score"], b"\n \n\n\n{\"text\":\"army\"}\n");
    assert_eq!(scored.json()[0]["id"], "-:5");
}

#[test]
fn a_stated_encoding_is_not_overruled() {
    let folder = Folder::new();
    let path = folder.write("a.txt", b"caf\x81\xff");
    let error = run(&["score", &path, "--encoding", "shift_jis"]).fails(3);
    assert!(
        error.contains("not valid Shift_JIS") && error.contains("check --encoding"),
        "{error}"
    );
    let path = folder.write("b.txt", b"\xff\xfea\0r\0m\0y\0");
    run(&["score", &path]).ok();
    assert!(
        run(&["score", &path, "--encoding", "utf-16le"])
            .ok()
            .contains("known_terms")
    );
}
