//! Support of several test modules: a temporary folder, the program, a small corpus.

use serde_json::Value;
use standpoint::Corpus;
use standpoint::corpus::{
    ColumnMapping, ColumnName, CorpusReader, HeadColumns, HeadKind, LabelSource, ReadOptions,
    Schema, Selection,
};
use standpoint::corpus::{Rejects, find_inputs};
use standpoint::io::Silent;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// The corpus that the built-in model is trained on.
pub const NEWS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/news.jsonl");

/// A folder of one test, removed at its end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("standpoint-test-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub fn path(&self, name: &str) -> String {
        self.0.join(name).to_string_lossy().into_owned()
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path.to_string_lossy().into_owned()
    }

    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        let mut names: Vec<String> = entries
            .map(|e| e.unwrap().file_name().to_string_lossy().into())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Exit code and output of a run of the program.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Standard output, if the program ended well.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{}", self.err);
        self.out
    }

    /// Standard error, if the program ended with this code.
    #[track_caller]
    pub fn fails(self, code: i32) -> String {
        assert_eq!(
            self.code,
            Some(code),
            "out: {}\nerr: {}",
            self.out,
            self.err
        );
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self.err
    }

    /// Standard output as JSON lines.
    #[track_caller]
    pub fn json(self) -> Vec<Value> {
        self.ok()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// Columns of text and labels of the project's own news.
pub const HEADS: [&str; 6] = [
    "--text",
    "title,text",
    "--label",
    "topic",
    "--labels",
    "stance",
];

pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_standpoint"));
    command
        .env_remove("NO_COLOR")
        .env_remove("COLUMNS")
        .stdin(Stdio::null());
    command
}

/// Tells, with a message, if SIGHUP is ignored here, as under `nohup`: the program leaves it so, and
/// would be waited for without end.
pub fn hangup_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    let is_ignored = ignored.is_some_and(|mask| mask & 1 == 1);
    if is_ignored {
        eprintln!("skipped: SIGHUP is ignored");
    }
    is_ignored
}

pub fn run(args: &[&str]) -> Ran {
    finish(command().args(args).output().unwrap())
}

/// Runs the program with the arguments of a line, between single blanks.
pub fn run_line(line: &str) -> Ran {
    run(&line.split(' ').collect::<Vec<_>>())
}

pub fn run_with(args: &[&str], input: &[u8]) -> Ran {
    let mut command = command();
    command
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    finish(output)
}

pub fn finish(output: std::process::Output) -> Ran {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran {
        code: output.status.code(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// Eight rows of two topics with stances, as JSON lines.
pub fn rows() -> String {
    let rows = [
        (
            "a",
            "The army shelled the town and troops crossed the border",
            "conflict",
            "[\"escalation\"]",
        ),
        (
            "b",
            "Troops opened fire and the army sent tanks to the border",
            "conflict",
            "[\"escalation\", \"aid\"]",
        ),
        (
            "c",
            "The ally sent the army shells and trained its troops",
            "conflict",
            "[\"aid\"]",
        ),
        (
            "d",
            "The army said the troops held the town against tanks",
            "conflict",
            "[\"escalation\"]",
        ),
        (
            "e",
            "The striker scored twice and the team won the match",
            "sport",
            "[]",
        ),
        (
            "f",
            "The coach praised the team after the match was won",
            "sport",
            "[]",
        ),
        (
            "g",
            "A late goal by the striker decided the cup match",
            "sport",
            "[]",
        ),
        (
            "h",
            "The team lost the cup match after a goal by the guest",
            "sport",
            "[]",
        ),
    ];
    let row = |(id, text, topic, stance): (&str, &str, &str, &str)| {
        format!(
            "{{\"id\":\"{id}\",\"text\":\"{text}\",\"topic\":\"{topic}\",\"stance\":{stance}}}\n"
        )
    };
    rows.into_iter().map(row).collect()
}

/// Trains on [`rows`] through the program and returns the model's path.
pub fn small_model(folder: &Folder) -> String {
    let corpus = folder.write("rows.jsonl", rows());
    let model = folder.path("small.model");
    run(&[
        "train", &corpus, "--label", "topic", "--labels", "stance", "-o", &model,
    ])
    .ok();
    model
}

pub fn head(name: &str, kind: HeadKind, column: &str) -> HeadColumns {
    HeadColumns {
        name: name.to_string(),
        kind,
        source: LabelSource::Column(ColumnName::from(column)),
    }
}

pub fn schema(text: &[&str], heads: Vec<HeadColumns>) -> Schema {
    Schema {
        no_header: false,
        decode_html: false,
        text: text
            .iter()
            .map(|&column| ColumnName::from(column))
            .collect(),
        heads,
        format: Default::default(),
    }
}

pub fn read(
    path: &str,
    options: ReadOptions,
    schema: Schema,
    rejects: Option<&mut Rejects>,
) -> standpoint::Result<Corpus> {
    let mapping = ColumnMapping {
        schema,
        selection: Selection::default(),
        labels: true,
    };
    let inputs = find_inputs(&[path.to_string()], &Silent)?;
    CorpusReader::new(inputs, options, &mapping)
        .rejects(rejects)
        .read()
}

/// The built-in model's corpus.
pub fn news() -> Corpus {
    let heads = vec![
        head("topic", HeadKind::Exclusive, "topic"),
        head("stance", HeadKind::Independent, "stance"),
    ];
    read(
        NEWS,
        ReadOptions::default(),
        schema(&["title", "text"], heads),
        None,
    )
    .unwrap()
}

pub fn exists(path: &str) -> bool {
    Path::new(path).exists()
}
