//! Counts instructions of each step under valgrind: a measure that a busy machine does not blur.
//!
//! ```sh
//! cargo bench --bench instructions             # a table, about two minutes
//! cargo bench --bench instructions -- --json   # JSON lines
//! benches/by_function.py                       # of text to label and fit_transform, by function
//! ```
//!
//! The step is done once and twice in two processes that are otherwise the same; what it costs is
//! the difference, so neither reading nor building tables counts. Corpus and models are made
//! beforehand, outside of valgrind, and lie in a folder that is removed afterwards. One thread.

#[path = "support/arguments.rs"]
mod arguments;
#[allow(dead_code, reason = "each bench uses its part")]
mod support;

use arguments::arguments;
use serde_json::json;
use standpoint::Model;
use std::error::Error;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use support::corpus::{Labelled, Shape};
use support::steps::{CHOICES, Choice, Cut, Ready, Step, choice, pool, train};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments = arguments();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["child", folder, step, choice, times] => {
            child(Path::new(folder), step, choice, times.parse()?)
        }
        ["prepare", folder] => prepare(Path::new(folder), corpus()),
        [] => parent(false),
        ["--json"] => parent(true),
        _ => Err("usage: instructions [--json]".into()),
    }
}

/// Under valgrind: does the step so many times and checks the work of each.
fn child(folder: &Path, step: &str, ngrams: &str, times: usize) -> Result<()> {
    let step = Step::named(step).ok_or("no such step")?;
    let choice = choice(ngrams).ok_or("no such n-grams")?;
    let corpus = Labelled::read(&corpus_path(folder))?;
    let model = Model::load(&model_path(folder, choice))?;
    let ready = Ready::new(&corpus, choice.features(Cut::Comparable), model);
    let expected: u64 = fs::read_to_string(work_path(folder, step, choice))?.parse()?;
    pool(1).install(|| {
        for _ in 0..times {
            let made = ready.run(step).counts();
            assert_eq!(made.tokens + made.terms + made.stored + made.hits, expected);
        }
    });
    Ok(())
}

fn corpus_path(folder: &Path) -> String {
    folder.join("corpus.tsv").to_string_lossy().into_owned()
}

fn model_path(folder: &Path, choice: Choice) -> PathBuf {
    folder.join(choice.name)
}

fn work_path(folder: &Path, step: Step, choice: Choice) -> PathBuf {
    folder.join(format!("{}-{}", step.name(), choice.name))
}

fn parent(as_json: bool) -> Result<()> {
    if !matches!(Command::new("valgrind").arg("--version").output(), Ok(found) if found.status.success())
    {
        println!(
            "valgrind was not found, so no instructions are counted; install the package `valgrind`"
        );
        return Ok(());
    }
    let folder = Folder::new()?;
    let corpus = corpus();
    let bytes = corpus.texts.bytes();
    prepare(&folder.0, corpus)?;
    let mut table = String::new();
    for step in Step::ALL {
        table += &format!("| {} |", step.name());
        for choice in CHOICES {
            if step == Step::Bound && choice.name != "w1" {
                table += " |";
                continue;
            }
            let per_byte = report(&folder.0, step, choice, bytes, as_json)?;
            table += &format!(" {per_byte:.1} |");
        }
        table.push('\n');
    }
    if !as_json {
        let names: Vec<&str> = CHOICES.iter().map(|choice| choice.name).collect();
        println!("Instructions per byte of text; {bytes} bytes.\n");
        println!(
            "| step | {} |\n|---{}|",
            names.join(" | "),
            "|---".repeat(names.len())
        );
        print!("{table}");
    }
    Ok(())
}

fn corpus() -> Labelled {
    Labelled::given_or(Shape {
        documents: 200,
        labels: 4,
        ..Shape::default()
    })
}

/// Writes the corpus, a model of each choice of n-grams, and the work of each step.
fn prepare(folder: &Path, corpus: Labelled) -> Result<()> {
    let mut out = BufWriter::new(fs::File::create(corpus_path(folder))?);
    for index in 0..corpus.texts.len() {
        writeln!(out, "{}\t{}", corpus.label(index), corpus.texts.get(index))?;
    }
    out.flush()?;
    let labelled = Labelled::read(&corpus_path(folder))?;
    let corpus = corpus.into_corpus();
    for choice in CHOICES {
        let options = choice.features(Cut::Comparable);
        let model = train(&corpus, &options);
        model.save(&model_path(folder, choice), false)?;
        let ready = Ready::new(&labelled, options, model);
        for step in Step::ALL {
            let work = ready.expected(step);
            let counts = work.tokens + work.terms + work.stored + work.hits;
            fs::write(work_path(folder, step, choice), counts.to_string())?;
        }
    }
    Ok(())
}

/// Counts the instructions of a step; returns those per byte of text.
fn report(folder: &Path, step: Step, choice: Choice, bytes: usize, as_json: bool) -> Result<f64> {
    let once = count(folder, step, choice, "1")?;
    let twice = count(folder, step, choice, "2")?;
    let instructions = twice.saturating_sub(once);
    let per_byte = instructions as f64 / bytes as f64;
    if as_json {
        let (step, ngrams) = (step.name(), choice.name);
        let row = json!({"step": step, "ngrams": ngrams, "bytes": bytes, "instructions": instructions, "per_byte": per_byte});
        println!("{row}");
    }
    Ok(per_byte)
}

/// Instructions of a whole process that does the step so many times.
fn count(folder: &Path, step: Step, choice: Choice, times: &str) -> Result<u64> {
    let log = folder.join("log");
    let output = Command::new("valgrind")
        .args([
            "--tool=cachegrind",
            "--cache-sim=no",
            "--cachegrind-out-file=/dev/null",
        ])
        .arg(format!("--log-file={}", log.display()))
        .arg(std::env::current_exe()?)
        .arg("child")
        .arg(folder)
        .args([step.name(), choice.name, times])
        .stdout(Stdio::null())
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let log = fs::read_to_string(log)?;
    let line = log
        .lines()
        .find(|line| line.contains("refs:"))
        .ok_or("valgrind wrote no count")?;
    let digits = line.rsplit(':').next().unwrap_or_default();
    Ok(digits
        .chars()
        .filter(char::is_ascii_digit)
        .collect::<String>()
        .parse()?)
}

/// A temporary folder, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        let path =
            std::env::temp_dir().join(format!("standpoint-instructions-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
