//! Parquet files are read as the same rows in JSON lines are, whatever writes them.

use crate::support::{Folder, head, read, rows, run, run_with, schema, small_model};
use parquet::basic::{Compression, Encoding};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType,
    Int32Type, Int64Type,
};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use serde_json::Value;
use standpoint::Corpus;
use standpoint::corpus::{HeadKind, ReadOptions};
use std::sync::Arc;

/// Values of a column that are there.
enum Values {
    Texts(Vec<ByteArray>),
    Fixed(Vec<FixedLenByteArray>),
    Ints(Vec<i32>),
    Longs(Vec<i64>),
    Floats(Vec<f64>),
    Bools(Vec<bool>),
}

/// A column: its values, and the levels of definition and repetition of all its places.
struct Column {
    values: Values,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
}

impl Column {
    fn required(values: Values) -> Self {
        Column {
            values,
            definitions: Vec::new(),
            repetitions: Vec::new(),
        }
    }

    /// A column that may be null, with these levels.
    fn levels(values: Values, definitions: &[i16], repetitions: &[i16]) -> Self {
        Column {
            values,
            definitions: definitions.to_vec(),
            repetitions: repetitions.to_vec(),
        }
    }
}

fn texts<'a>(values: impl IntoIterator<Item = &'a str>) -> Values {
    Values::Texts(values.into_iter().map(ByteArray::from).collect())
}

/// A file of groups of rows, each of which has all columns.
fn file(schema: &str, properties: WriterPropertiesBuilder, groups: &[Vec<Column>]) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = Arc::new(properties.build());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
    for columns in groups {
        let mut group = writer.next_row_group().unwrap();
        for column in columns {
            let mut writer = group.next_column().unwrap().unwrap();
            let definitions = Some(&column.definitions[..]).filter(|levels| !levels.is_empty());
            let repetitions = Some(&column.repetitions[..]).filter(|levels| !levels.is_empty());
            macro_rules! write {
                ($type:ty, $values:expr) => {
                    writer
                        .typed::<$type>()
                        .write_batch($values, definitions, repetitions)
                        .unwrap()
                };
            }
            match &column.values {
                Values::Texts(values) => write!(ByteArrayType, values),
                Values::Fixed(values) => write!(FixedLenByteArrayType, values),
                Values::Ints(values) => write!(Int32Type, values),
                Values::Longs(values) => write!(Int64Type, values),
                Values::Floats(values) => write!(DoubleType, values),
                Values::Bools(values) => write!(BoolType, values),
            };
            writer.close().unwrap();
        }
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

const NEWS: &str = "message news {
    required binary id (UTF8);
    required binary text (UTF8);
    optional binary topic (UTF8);
    optional group stance (LIST) { repeated group list { optional binary element (UTF8); } }
}";

/// The rows of the small corpus, `size` in a group.
fn news(properties: WriterPropertiesBuilder, size: usize) -> Vec<u8> {
    let rows: Vec<Value> = rows()
        .lines()
        .map(|row| serde_json::from_str(row).unwrap())
        .collect();
    let groups: Vec<_> = rows.chunks(size).map(news_columns).collect();
    file(NEWS, properties, &groups)
}

fn news_columns(rows: &[Value]) -> Vec<Column> {
    let column = |name: &str| texts(rows.iter().map(|row| row[name].as_str().unwrap()));
    let mut stances = Column::levels(texts([]), &[], &[]);
    let Values::Texts(values) = &mut stances.values else {
        unreachable!("stances are texts")
    };
    for row in rows {
        let labels = row["stance"].as_array().unwrap();
        if labels.is_empty() {
            stances.definitions.push(1);
            stances.repetitions.push(0);
        }
        for (at, label) in labels.iter().enumerate() {
            values.push(label.as_str().unwrap().into());
            stances.definitions.push(3);
            stances.repetitions.push(i16::from(at > 0));
        }
    }
    let topics = Column::levels(column("topic"), &vec![1; rows.len()], &[]);
    let (ids, texts) = (column("id"), column("text"));
    vec![
        Column::required(ids),
        Column::required(texts),
        topics,
        stances,
    ]
}

fn properties() -> WriterPropertiesBuilder {
    WriterProperties::builder()
}

fn news_corpus(path: &str) -> Corpus {
    let heads = vec![
        head("topic", HeadKind::Exclusive, "topic"),
        head("stance", HeadKind::Independent, "stance"),
    ];
    read(path, ReadOptions::default(), schema(&["text"], heads), None).unwrap()
}

/// The rows of a file as the program reads them.
fn lines(folder: &Folder, bytes: &[u8]) -> Vec<Value> {
    let path = folder.write("rows.parquet", bytes);
    let out = folder.path("rows-read.jsonl");
    let parts = "a=0.5,b=0.5";
    run(&[
        "split", &path, "--text", "text", "--write", &out, "--parts", parts, "--force",
    ])
    .ok();
    let mut rows: Vec<Value> = std::fs::read_to_string(out)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for row in &mut rows {
        row.as_object_mut().unwrap().remove("split");
    }
    rows
}

#[test]
fn all_codecs_encodings_and_versions_hold_the_same_corpus() {
    let folder = Folder::new();
    let plain = news_corpus(&folder.write("rows.jsonl", rows()));
    let codecs = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(Default::default()),
        Compression::ZSTD(Default::default()),
        Compression::BROTLI(Default::default()),
        Compression::LZ4_RAW,
        Compression::LZ4,
    ];
    let encodings = [
        None,
        Some(Encoding::PLAIN),
        Some(Encoding::DELTA_LENGTH_BYTE_ARRAY),
        Some(Encoding::DELTA_BYTE_ARRAY),
    ];
    for codec in codecs {
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            for (size, encoding) in [1, 3, 8, 100].into_iter().zip(encodings) {
                let mut properties = properties()
                    .set_compression(codec)
                    .set_writer_version(version)
                    .set_dictionary_enabled(encoding.is_none())
                    .set_data_page_row_count_limit(2)
                    .set_write_batch_size(1);
                if let Some(encoding) = encoding {
                    properties = properties.set_encoding(encoding);
                }
                let path = folder.write("rows.parquet", news(properties, size));
                let corpus = news_corpus(&path);
                let case = format!("{codec:?} {version:?} {encoding:?}");
                assert!(corpus.texts.iter().eq(plain.texts.iter()), "{case}");
                assert!(corpus.ids.iter().eq(plain.ids.iter()), "{case}");
                assert_eq!(corpus.hash, plain.hash, "{case}");
            }
        }
    }
}

#[test]
fn values_of_all_types_become_json() {
    let folder = Folder::new();
    let schema = "message types {
        required binary text (UTF8);
        optional boolean flag;
        required int32 day (DATE);
        required int64 moment (TIMESTAMP(MICROS,true));
        required int64 local (TIMESTAMP(NANOS,false));
        required int32 small (INTEGER(32,false));
        required double number;
        required fixed_len_byte_array(5) price (DECIMAL(10,2));
        optional group size { required int32 width; optional int32 height; }
        optional group lists (LIST) { repeated group list {
            optional group element (LIST) { repeated group list { optional int32 element; } } } }
        repeated binary old (UTF8);
        optional group pairs (MAP) { repeated group key_value {
            required binary key (UTF8); optional int64 value; } }
    }";
    let price = |bytes: [u8; 5]| FixedLenByteArray::from(bytes.to_vec());
    let columns = vec![
        Column::required(texts(["a \"b\"\n", "ü"])),
        Column::levels(Values::Bools(vec![true]), &[1, 0], &[]),
        Column::required(Values::Ints(vec![19_782, -1])),
        Column::required(Values::Longs(vec![1_500_000, 0])),
        Column::required(Values::Longs(vec![86_400_000_000_001, 0])),
        Column::required(Values::Ints(vec![-1, 7])),
        Column::required(Values::Floats(vec![0.25, f64::NAN])),
        Column::required(Values::Fixed(vec![
            price([0, 0, 0, 4, 0xe2]),
            price([0xff; 5]),
        ])),
        Column::levels(Values::Ints(vec![3]), &[1, 0], &[]),
        Column::levels(Values::Ints(vec![]), &[1, 0], &[]),
        // [[1, null], [], null] and null.
        Column::levels(Values::Ints(vec![1]), &[5, 4, 3, 2, 0], &[0, 2, 1, 1, 0]),
        Column::levels(texts(["x", "y"]), &[1, 1, 0], &[0, 1, 0]),
        Column::levels(texts(["k", "l"]), &[2, 2, 1], &[0, 1, 0]),
        Column::levels(Values::Longs(vec![5]), &[3, 2, 1], &[0, 1, 0]),
    ];
    let rows = lines(&folder, &file(schema, properties(), &[columns]));
    let first = r#"{"text":"a \"b\"\n","flag":true,"day":"2024-02-29",
        "moment":"1970-01-01T00:00:01.5Z","local":"1970-01-02T00:00:00.000000001",
        "small":4294967295,"number":0.25,"price":12.50,"size":{"width":3,"height":null},
        "lists":[[1,null],[],null],"old":["x","y"],
        "pairs":[{"key":"k","value":5},{"key":"l","value":null}]}"#;
    let second = r#"{"text":"ü","flag":null,"day":"1969-12-31","moment":"1970-01-01T00:00:00Z",
        "local":"1970-01-01T00:00:00","small":7,"number":null,"price":-0.01,"size":null,
        "lists":null,"old":[],"pairs":[]}"#;
    let expected: [Value; 2] = [first, second].map(|row| serde_json::from_str(row).unwrap());
    assert_eq!(rows, expected);
}

#[test]
fn class_numbers_with_names_are_those_names() {
    let folder = Folder::new();
    let features = r#"{"info":{"features":{
        "text":{"dtype":"string","_type":"Value"},
        "label":{"names":["bad","good"],"_type":"ClassLabel"},
        "more":{"feature":{"names":["x","y"],"_type":"ClassLabel"},"_type":"List"},
        "older":[{"names":["u","v"],"_type":"ClassLabel"}]}}}"#;
    let names = KeyValue::new("huggingface".to_string(), features.to_string());
    let properties = properties().set_key_value_metadata(Some(vec![names]));
    let list = |name: &str| {
        format!("optional group {name} (LIST) {{ repeated group list {{ optional int64 item; }} }}")
    };
    let schema = format!(
        "message rows {{ required binary text (UTF8); required int64 label; {} {} }}",
        list("more"),
        list("older")
    );
    let classes = |numbers: &[i64]| {
        vec![
            Column::required(texts(["a", "b"])),
            Column::required(Values::Longs(numbers.to_vec())),
            Column::levels(Values::Longs(vec![1, 0]), &[3, 3, 1], &[0, 1, 0]),
            Column::levels(Values::Longs(vec![1]), &[3, 0], &[0, 0]),
        ]
    };
    let bytes = file(&schema, properties.clone(), &[classes(&[1, -1])]);
    let read = lines(&folder, &bytes);
    let row = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(
        read[0],
        row(r#"{"text":"a","label":"good","more":["y","x"],"older":["v"]}"#)
    );
    assert_eq!(
        read[1],
        row(r#"{"text":"b","label":null,"more":[],"older":null}"#)
    );
    // A number without a name is no label that anyone could mean.
    let path = folder.write(
        "two.parquet",
        file(&schema, properties, &[classes(&[1, 2])]),
    );
    let error = run(&["check", &path, "--label", "label"]).fails(3);
    assert!(
        error.contains("row 2: the class 2 has no name, of 2 that have"),
        "{error}"
    );
}

#[test]
fn commands_say_of_parquet_what_they_say_of_json_lines() {
    let folder = Folder::new();
    let model = small_model(&folder);
    let parquet = folder.write("rows.parquet", news(properties(), 3));
    let jsonl = folder.path("rows.jsonl");
    let heads = ["--label", "topic", "--labels", "stance"];
    let both = |args: &[&str]| {
        [&parquet, &jsonl].map(|path| {
            let args: Vec<&str> = args
                .iter()
                .map(|&arg| if arg == "ROWS" { path } else { arg })
                .collect();
            run(&args).ok().replace(path, "ROWS")
        })
    };
    for args in [
        vec!["score", &model, "ROWS", "--why"],
        vec!["score", &model, "ROWS", "--where", "topic!=sport"],
        vec!["explain", &model, "ROWS"],
        vec!["eval", &model, "ROWS", "--json"],
        [&["check", "ROWS", "--json"][..], &heads].concat(),
    ] {
        let [of_parquet, of_jsonl] = both(&args);
        assert!(of_parquet.len() > 100, "{of_parquet}");
        assert_eq!(of_parquet, of_jsonl, "{args:?}");
    }
    let again = folder.path("again.model");
    run(&[&["train", &parquet, "-o", &again][..], &heads].concat()).ok();
    let heads = |model: &str| {
        let rows = run(&["score", model, &jsonl]).json();
        rows.into_iter()
            .map(|row| row["heads"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(heads(&again), heads(&model));
}

#[test]
fn parquet_is_known_by_its_name_and_by_its_first_bytes() {
    let folder = Folder::new();
    let model = small_model(&folder);
    let bytes = news(properties(), 8);
    for name in ["a/rows.pq", "b/rows", "c/part-0001"] {
        let path = folder.write(name, &bytes);
        assert_eq!(run(&["score", &model, &path]).json().len(), 8, "{name}");
        let of_folder = std::path::Path::new(&path).parent().unwrap();
        let of_folder = run(&["score", &model, of_folder.to_str().unwrap()]);
        assert_eq!(of_folder.json().len(), 8, "{name}");
    }
    let error = run_with(&["score", &model], &bytes).fails(2);
    assert!(error.contains("save it as a file"), "{error}");
    let error = run(&[
        "score",
        &model,
        &folder.path("a/rows.pq"),
        "--encoding",
        "latin-1",
    ])
    .fails(2);
    assert!(error.contains("--encoding is for text"), "{error}");
    let text = folder.write("text.parquet", "{\"text\": \"no Parquet\"}");
    let error = run(&["score", &model, &text]).fails(3);
    assert!(
        error.contains("text.parquet: not a Parquet file"),
        "{error}"
    );
}

#[test]
fn columns_that_nobody_asks_for_are_not_read() {
    let folder = Folder::new();
    let model = small_model(&folder);
    let schema = "message rows { required binary id (UTF8); required binary text (UTF8);
        required binary other (UTF8); }";
    let other = "a column of which the bytes are broken";
    let columns = vec![
        Column::required(texts(["1", "2"])),
        Column::required(texts([
            "the army shelled the town",
            "the team won the match",
        ])),
        Column::required(texts([other, other])),
    ];
    let properties = properties().set_dictionary_enabled(false);
    let mut bytes = file(schema, properties, &[columns]);
    // The length of the first value is one that the page does not have.
    let at = bytes
        .windows(other.len())
        .position(|part| part == other.as_bytes())
        .unwrap();
    bytes[at - 4..at].copy_from_slice(&[0xff, 0xff, 0xff, 0x7f]);
    let path = folder.write("rows.parquet", bytes);
    assert_eq!(run(&["score", &model, &path]).json().len(), 2);
    let out = folder.path("out.jsonl");
    let error = run(&["split", &path, "--write", &out]).fails(3);
    assert!(
        error.contains("rows.parquet: the file is broken"),
        "{error}"
    );
    assert!(error.contains("column `other`"), "{error}");
}

#[test]
fn messages_name_file_row_and_columns() {
    let folder = Folder::new();
    let path = folder.write("rows.parquet", news(properties(), 3));
    let error = run(&["check", &path, "--label", "subject"]).fails(3);
    assert!(
        error.contains("none of 8 rows has the column `subject`"),
        "{error}"
    );
    let schema = "message rows { optional binary text (UTF8); }";
    let columns = vec![Column::levels(texts(["a", "b"]), &[1, 1, 0], &[])];
    let path = folder.write("null.parquet", file(schema, properties(), &[columns]));
    let error = run(&["score", &path]).fails(3);
    assert!(error.contains("null.parquet:3: no text"), "{error}");
    let columns = vec![Column::required(Values::Texts(vec![
        b"ok".to_vec().into(),
        b"a\xff".to_vec().into(),
    ]))];
    let schema = "message rows { required binary text (UTF8); }";
    let path = folder.write("bytes.parquet", file(schema, properties(), &[columns]));
    let error = run(&["score", &path]).fails(3);
    assert!(
        error.contains("bytes.parquet:2: the text is not valid UTF-8"),
        "{error}"
    );
    let long = "word ".repeat(1000);
    let columns = vec![Column::required(texts(["short", &long, "short"]))];
    let path = folder.write("long.parquet", file(schema, properties(), &[columns]));
    let error = run(&["score", &path, "--max-row", "1k"]).fails(3);
    assert!(
        error.contains("long.parquet:2: the row is longer than 1 KiB"),
        "{error}"
    );
}

#[test]
fn files_cut_off_anywhere_are_errors() {
    let folder = Folder::new();
    let bytes = news(properties().set_compression(Compression::SNAPPY), 3);
    for length in 0..bytes.len() {
        let path = folder.write("cut.parquet", &bytes[..length]);
        let heads = vec![head("topic", HeadKind::Exclusive, "topic")];
        let read = read(
            &path,
            ReadOptions::default(),
            schema(&["text"], heads),
            None,
        );
        let error = read.unwrap_err().to_string();
        assert!(error.contains("cut.parquet"), "{length}: {error}");
    }
}

/// Files of several codecs, versions and encodings.
fn files_to_change() -> [Vec<u8>; 4] {
    let base = |codec, version, encoding: Option<Encoding>| {
        let properties = properties()
            .set_compression(codec)
            .set_writer_version(version)
            .set_dictionary_enabled(encoding.is_none());
        let encodings = encoding.into_iter();
        news(encodings.fold(properties, |p, e| p.set_encoding(e)), 3)
    };
    let (plain, zstd) = (
        Compression::UNCOMPRESSED,
        Compression::ZSTD(Default::default()),
    );
    let (first, second) = (WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0);
    [
        base(plain, first, None),
        base(Compression::SNAPPY, second, None),
        base(plain, second, Some(Encoding::DELTA_BYTE_ARRAY)),
        base(zstd, first, Some(Encoding::PLAIN)),
    ]
}

/// Bytes that are changed anywhere give rows or an error, and never a panic.
#[test]
fn changed_bytes_give_rows_or_errors() {
    let folder = Folder::new();
    let mut random = 11u64;
    let mut next = |below: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % below
    };
    let files = files_to_change();
    let (mut fine, mut broken) = (0, 0);
    for round in 0..4000 {
        let mut bytes = files[round % files.len()].clone();
        for _ in 0..1 + next(3) {
            let at = next(bytes.len());
            bytes[at] = [0, 0x7f, 0x80, 0xff, next(256) as u8][next(5)];
        }
        let path = folder.write("changed.parquet", bytes);
        let heads = vec![
            head("topic", HeadKind::Exclusive, "topic"),
            head("stance", HeadKind::Independent, "stance"),
        ];
        let schema = schema(&["text"], heads);
        match read(&path, ReadOptions::default(), schema, None) {
            Ok(_) => fine += 1,
            Err(error) => {
                broken += 1;
                assert!(error.to_string().contains("changed.parquet"), "{error}");
            }
        }
    }
    assert!(fine > 100 && broken > 1000, "{fine} {broken}");
}

#[test]
fn scores_in_a_file_are_those_on_standard_output() {
    let folder = Folder::new();
    let model = small_model(&folder);
    let corpus = folder.path("rows.jsonl");
    let printed = run(&["score", &model, &corpus]).ok();
    let lines = folder.path("scores.jsonl");
    assert_eq!(run(&["score", &model, &corpus, "-o", &lines]).ok(), "");
    assert_eq!(std::fs::read_to_string(&lines).unwrap(), printed);
    let table = folder.path("scores.parquet");
    run(&["score", &model, &corpus, "-o", &table]).ok();
    let out = folder.path("table.jsonl");
    run(&["split", &table, "--text", "id", "--write", &out]).ok();
    let table = std::fs::read_to_string(&out).unwrap();
    assert_eq!(table.lines().count(), printed.lines().count());
    for (row, line) in table.lines().zip(printed.lines()) {
        let [row, line] = [row, line].map(|text| serde_json::from_str::<Value>(text).unwrap());
        let heads = &line["heads"];
        assert_eq!(row["id"], line["id"]);
        assert_eq!(row["topic"], heads["topic"]["label"]);
        assert_eq!(row["stance"], heads["stance"]["labels"]);
        for (head, label) in [
            ("topic", "sport"),
            ("stance", "aid"),
            ("stance", "escalation"),
        ] {
            assert_eq!(row[format!("{head}.{label}")], heads[head]["scores"][label]);
        }
        assert_eq!(row["known_terms"], line["known_terms"]);
        assert_eq!(row["known_share"], line["known_share"]);
    }
}

#[test]
fn files_of_scores_are_whole_or_not_there() {
    let folder = Folder::new();
    let model = small_model(&folder);
    let broken = folder.write("broken.jsonl", rows() + "{\"text\": \n");
    for name in ["scores.parquet", "scores.jsonl"] {
        let target = folder.path(name);
        run(&["score", &model, &broken, "-o", &target]).fails(3);
        assert!(!std::path::Path::new(&target).exists(), "{name}");
        let corpus = folder.path("rows.jsonl");
        run(&["score", &model, &corpus, "-o", &target]).ok();
        let error = run(&["score", &model, &corpus, "-o", &target]).fails(2);
        assert!(error.contains("--force"), "{error}");
        run(&["score", &model, &corpus, "-o", &target, "--force"]).ok();
        let error = run(&["score", &model, &target, "-o", &target, "--force"]).fails(2);
        assert!(error.contains("the output is one of the inputs"), "{error}");
    }
    let error = run(&["score", &model, &broken, "-o", "scores.csv"]).fails(2);
    assert!(error.contains(".parquet"), "{error}");
}

/// The shares of files and of rows, in whatever order, are what one run writes.
#[test]
fn shares_together_are_the_whole() {
    let folder = Folder::new();
    let model = small_model(&folder);
    let all = rows();
    let names: Vec<String> = all
        .lines()
        .enumerate()
        .map(|(at, row)| folder.write(&format!("{at}.jsonl"), row))
        .collect();
    let parquet = folder.write("rows.parquet", news(properties(), 3));
    let jsonl = folder.path("rows.jsonl");
    let inputs: [Vec<&str>; 4] = [
        names.iter().map(String::as_str).collect(),
        vec![&parquet],
        vec![&jsonl, &names[0], &parquet],
        vec![&names[0], &jsonl],
    ];
    for inputs in inputs {
        let score = |shard: Option<String>| {
            let shard = shard.as_deref().map(|shard| ["--shard", shard]);
            let mut args = vec!["score", model.as_str()];
            args.extend(&inputs);
            args.extend(shard.iter().flatten());
            run(&args).ok()
        };
        let whole = score(None);
        for of in [1, 2, 3, 8, 40] {
            let mut parts: Vec<(usize, String)> = (1..=of)
                .rev()
                .map(|number| (number, score(Some(format!("{number}/{of}")))))
                .collect();
            parts.sort_unstable();
            let together: String = parts.into_iter().map(|(_, part)| part).collect();
            assert_eq!(together, whole, "{of} shares of {inputs:?}");
        }
    }
    let error = run_with(&["score", &model, "-", "--shard", "1/2"], all.as_bytes()).fails(2);
    assert!(error.contains("--shard"), "{error}");
    let error = run(&["score", &model, &jsonl, "--shard", "3/2"]).fails(2);
    assert!(error.contains("is no share of a corpus"), "{error}");
}
