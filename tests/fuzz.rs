//! The targets of the fuzzers (`fuzz/targets.rs`) on seeds, on inputs that once crashed, and on mutations of both.
//!
//! `STANDPOINT_FUZZ_SECONDS=600 cargo test --release --test behaviour fuzz::` mutates each target's inputs for so long.

#[path = "../fuzz/targets.rs"]
mod targets;

use std::time::{Duration, Instant};

/// Mutations of each target in an ordinary run.
const RUNS: u64 = 150;
/// Greatest length of a mutated input.
const MAX_LENGTH: usize = 1 << 14;
/// Parts that are easily misread.
const PARTS: [&[u8]; 20] = [
    b"\"",
    b"\\u0000",
    b"\\ud83d",
    b"\r\n",
    b"\n",
    b"\t",
    b",",
    b";",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\0",
    b"1e400",
    b"null",
    b"<!--",
    b"__label__",
    "\u{307}🙂\u{200d}".as_bytes(),
];

struct Random(u64);

impl Random {
    /// Returns a number below `bound`, by xorshift64* (Marsaglia 2003, Vigna 2016).
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        mixed as usize % bound.max(1)
    }
}

/// Returns the seeds of a target: files of `tests/data/fuzz/NAME`, and the golden models.
fn seeds(name: &str) -> Vec<Vec<u8>> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");
    let mut paths = Vec::new();
    let folders = [format!("{root}/fuzz/{name}"), format!("{root}/models")];
    let folders = if name == "model" {
        &folders[..]
    } else {
        &folders[..1]
    };
    for folder in folders {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        paths.extend(entries.map(|entry| entry.unwrap().path()));
    }
    paths.sort();
    let seeds = paths.iter().map(|path| std::fs::read(path).unwrap());
    [Vec::new()].into_iter().chain(seeds).collect()
}

fn mutated(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = seeds[random.below(seeds.len())].clone();
    for _ in 0..1 + random.below(8) {
        let at = random.below(bytes.len() + 1);
        let to = (at + random.below(40)).min(bytes.len());
        match random.below(6) {
            0 => bytes.truncate(at),
            1 => drop(bytes.splice(at..at, PARTS[random.below(PARTS.len())].iter().copied())),
            2 => drop(bytes.drain(at..to)),
            3 => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len() + 1);
                let end = from + random.below(other.len() - from + 1).min(400);
                bytes.splice(at..at, other[from..end].iter().copied());
            }
            4 => bytes.extend_from_within(at..to),
            _ if at < bytes.len() => bytes[at] = random.below(256) as u8,
            _ => bytes.push(random.below(256) as u8),
        }
    }
    bytes.truncate(MAX_LENGTH.max(bytes.len() / 2));
    bytes
}

/// Runs one target; an input that panics is told by its bytes.
fn run(name: &str, target: targets::Target) {
    let seeds = seeds(name);
    let seconds = std::env::var("STANDPOINT_FUZZ_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    let end = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ name.len() as u64);
    let mut tried = 0u64;
    let mut inputs = seeds.clone().into_iter();
    loop {
        let input = inputs
            .next()
            .unwrap_or_else(|| mutated(&seeds, &mut random));
        if let Err(panic) = std::panic::catch_unwind(|| target(&input)) {
            let file = std::env::temp_dir().join(format!("standpoint-crash-{name}"));
            std::fs::write(&file, &input).unwrap();
            eprintln!("{name}: crashed on the bytes in {}", file.display());
            std::panic::resume_unwind(panic);
        }
        tried += 1;
        let done = match end {
            Some(end) => Instant::now() >= end,
            None => tried >= RUNS + seeds.len() as u64,
        };
        if done {
            break;
        }
    }
    if end.is_some() {
        println!("{name}: {tried} inputs");
    }
}

macro_rules! fuzz {
    ($($name:ident),+) => {$(
        #[test]
        fn $name() {
            run(stringify!($name), targets::$name);
        }
    )+};
}

fuzz!(
    model,
    sections,
    archive,
    checkpoint,
    trials,
    matrices,
    vectors,
    annotations,
    parts,
    jsonl,
    csv,
    tsv,
    fasttext,
    parquet,
    html,
    tokens,
    predictions,
    options,
    tables
);

#[test]
fn every_target_has_a_fuzzer() {
    for (name, _) in targets::TARGETS {
        let file = format!("{}/fuzz/fuzz_targets/{name}.rs", env!("CARGO_MANIFEST_DIR"));
        let source = std::fs::read_to_string(&file).unwrap();
        assert!(source.contains(&format!("targets::{name}(")), "{file}");
    }
}
