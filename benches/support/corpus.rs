//! A corpus to measure on: generated here, or read from a file of `label TAB text` lines.
//!
//! The generated one is nobody's text. Its words are invented, one a rank, and drawn by the law of
//! Zipf and Mandelbrot; their number grows with the square root of the text (Heaps' law); a part of
//! them follow each other as collocations do, so that 2-grams come again; each label prefers words
//! of its own. Sentences have capitals, commas, numbers, hyphens, and a few words umlauts. Only
//! whole numbers, sums and quotients are drawn from, so that every machine makes the same bytes.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use standpoint::Corpus;
use standpoint::corpus::{Head, Targets};
use standpoint::text::Texts;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::io::{self, BufRead, BufReader};

/// Texts with one label each.
pub struct Labelled {
    pub texts: Texts,
    /// The number of each text's label.
    pub labels: Vec<u32>,
    pub names: Vec<String>,
}

/// Shape of a generated corpus.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    pub documents: usize,
    /// Words of a document, on average; they vary from half to one and a half of it.
    pub words: usize,
    pub labels: usize,
    pub seed: u64,
}

impl Default for Shape {
    fn default() -> Self {
        Shape {
            documents: 2000,
            words: 300,
            labels: 20,
            seed: 1,
        }
    }
}

/// Names a file of `label TAB text` lines to measure on in place of a generated corpus.
pub const CORPUS: &str = "STANDPOINT_BENCH_CORPUS";

impl Labelled {
    /// The corpus that the environment names, or one of `shape`.
    pub fn given_or(shape: Shape) -> Self {
        match std::env::var(CORPUS) {
            Ok(file) => Self::read(&file).unwrap_or_else(|error| panic!("{file}: {error}")),
            Err(_) => Self::generate(shape),
        }
    }

    /// `generated:DOCUMENTS,WORDS,LABELS[,SEED]`, or a file.
    pub fn open(source: &str) -> io::Result<Self> {
        match source.strip_prefix("generated:") {
            Some(shape) => Ok(Self::generate(
                parse(shape).ok_or(io::ErrorKind::InvalidInput)?,
            )),
            None => Self::read(source),
        }
    }

    /// Line by line, so that the file is never in memory besides the texts.
    pub fn read(file: &str) -> io::Result<Self> {
        let (mut texts, mut of) = (Texts::default(), Vec::new());
        for line in BufReader::with_capacity(1 << 20, std::fs::File::open(file)?).lines() {
            let line = line?;
            let (label, text) = line.split_once('\t').ok_or(io::ErrorKind::InvalidData)?;
            texts.push(text);
            of.push(label.to_string());
        }
        let names: Vec<String> = of
            .iter()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .cloned()
            .collect();
        let number = |label| names.binary_search(label).unwrap_or_default() as u32;
        Ok(Labelled {
            labels: of.iter().map(number).collect(),
            texts,
            names,
        })
    }

    /// A corpus of `shape`.
    pub fn generate(shape: Shape) -> Self {
        let (mut writer, mut texts, mut text) =
            (Writer::new(shape), Texts::default(), String::new());
        let labels: Vec<u32> = (0..shape.documents)
            .map(|at| (at % shape.labels) as u32)
            .collect();
        for &label in &labels {
            writer.write(label as usize, &mut text);
            texts.push(&text);
        }
        let names = (0..shape.labels)
            .map(|label| format!("label{label:03}"))
            .collect();
        Labelled {
            texts,
            labels,
            names,
        }
    }

    /// The label of document `index`.
    pub fn label(&self, index: usize) -> &str {
        &self.names[self.labels[index] as usize]
    }

    /// The same as a corpus with one head, to train on.
    pub fn into_corpus(self) -> Corpus {
        let Labelled {
            texts,
            labels,
            names,
        } = self;
        let of = labels.into_iter().map(Some).collect();
        let targets = Targets::Exclusive {
            labels: names.len(),
            of,
        };
        let heads = vec![Head {
            name: "label".to_string(),
            labels: names,
            targets,
        }];
        let ids = (0..texts.len()).map(|id| id.to_string()).collect();
        Corpus {
            ids,
            integer_ids: vec![],
            texts,
            heads,
            weights: None,
            dates: vec![],
            sources: vec![],
            schema: None,
            reading: None,
            hash: 0,
        }
    }
}

fn parse(shape: &str) -> Option<Shape> {
    let numbers: Vec<usize> = shape
        .split(',')
        .map(|n| n.parse().ok())
        .collect::<Option<_>>()?;
    let &[documents, words, labels, ref seed @ ..] = numbers.as_slice() else {
        return None;
    };
    let seed = seed
        .first()
        .map_or(Shape::default().seed, |&seed| seed as u64);
    (words > 0 && labels > 0).then_some(Shape {
        documents,
        words,
        labels,
        seed,
    })
}

/// Words that often follow one word.
const FOLLOWERS: usize = 8;

/// Writes documents one after the other.
struct Writer {
    shape: Shape,
    random: Xoshiro256PlusPlus,
    ranks: Ranks,
    words: Vec<String>,
    /// The rank of the last word.
    last: usize,
    /// True at the beginning of a sentence.
    begins: bool,
}

impl Writer {
    fn new(shape: Shape) -> Self {
        let tokens = (shape.documents * shape.words) as f64;
        let vocabulary = (60.0 * tokens.sqrt()) as usize + 500;
        Writer {
            shape,
            random: Xoshiro256PlusPlus::seed_from_u64(shape.seed),
            ranks: Ranks::new(vocabulary),
            words: (0..vocabulary).map(word).collect(),
            last: 0,
            begins: true,
        }
    }

    fn write(&mut self, label: usize, text: &mut String) {
        text.clear();
        self.begins = true;
        let words = self.shape.words;
        for _ in 0..words / 2 + self.below(words + 1) {
            self.put(label, text);
        }
        text.truncate(text.trim_end_matches([' ', ',', '.', '-']).len());
        text.push('.');
    }

    /// One word, or a number, and what stands after it.
    fn put(&mut self, label: usize, text: &mut String) {
        self.last = self.rank(label);
        let capital = self.begins || self.one_in(25);
        self.begins = false;
        match self.one_in(60) {
            true => self.number(text),
            false if capital => capitalise(&self.words[self.last], text),
            false => text.push_str(&self.words[self.last]),
        }
        self.separate(text);
    }

    /// A word drawn freely, one that often follows the last, or one that the label prefers. The
    /// first words, which every text has, are nobody's.
    fn rank(&mut self, label: usize) -> usize {
        if self.one_in(2) {
            let follower = self.last * FOLLOWERS + self.below(FOLLOWERS).min(self.below(FOLLOWERS));
            return self.ranks.at(scramble(follower as u64));
        }
        let rank = self.ranks.at(self.random.next_u64());
        let labels = self.shape.labels;
        let preferred = rank - rank % labels + label;
        if rank >= 100 && preferred < self.words.len() && self.one_in(3) {
            preferred
        } else {
            rank
        }
    }

    fn number(&mut self, text: &mut String) {
        let number = self.below(3000);
        let _ = match self.below(3) {
            0 => write!(text, "{},{:03}", number % 90 + 1, number % 1000),
            1 => write!(text, "{}.{}", number % 100, number % 10),
            _ => write!(text, "{number}"),
        };
    }

    fn separate(&mut self, text: &mut String) {
        match self.below(180) {
            0..=9 => {
                text.push_str(". ");
                self.begins = true;
            }
            10..=24 => text.push_str(", "),
            25..=26 => text.push('-'),
            27 => text.push_str("'s "),
            _ => text.push(' '),
        }
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.random.next_u64()) * limit as u128) >> 64) as usize
    }
}

/// Draws ranks `r` with probability in proportion to `1 / (r + 3.7)`, by Walker's alias method.
struct Ranks {
    /// The chance of each place's own rank as a share of 2³².
    own: Vec<u32>,
    other: Vec<u32>,
}

impl Ranks {
    fn new(many: usize) -> Self {
        let weights: Vec<f64> = (0..many).map(|rank| 1.0 / (rank as f64 + 3.7)).collect();
        let all: f64 = weights.iter().sum();
        let mut share: Vec<f64> = weights
            .iter()
            .map(|weight| weight * many as f64 / all)
            .collect();
        let mut ranks = Ranks {
            own: vec![u32::MAX; many],
            other: (0..many as u32).collect(),
        };
        let (mut poor, mut rich): (Vec<usize>, Vec<usize>) =
            (0..many).partition(|&rank| share[rank] < 1.0);
        while let (Some(low), Some(&high)) = (poor.pop(), rich.last()) {
            ranks.own[low] = (share[low] * f64::from(u32::MAX)) as u32;
            ranks.other[low] = high as u32;
            share[high] -= 1.0 - share[low];
            if share[high] < 1.0 {
                poor.extend(rich.pop());
            }
        }
        ranks
    }

    /// The upper half of `random` chooses a place, the lower one of its two ranks.
    fn at(&self, random: u64) -> usize {
        let place = (((random >> 32) * self.own.len() as u64) >> 32) as usize;
        if random as u32 <= self.own[place] {
            place
        } else {
            self.other[place] as usize
        }
    }
}

const ONSETS: [&str; 25] = [
    "b", "br", "d", "dr", "f", "fl", "g", "gr", "h", "k", "kl", "l", "m", "n", "p", "pr", "r", "s",
    "st", "str", "t", "tr", "v", "w", "z",
];
const NUCLEI: [&str; 6] = ["a", "e", "i", "o", "u", "ea"];
const CODAS: [&str; 8] = ["", "n", "r", "", "s", "t", "", "nd"];
const SYLLABLES: usize = ONSETS.len() * NUCLEI.len();

/// The word of a rank: frequent words are short, and no two are the same.
fn word(rank: usize) -> String {
    let (mut rank, mut many, mut syllables) = (rank, SYLLABLES, 1);
    while rank >= many {
        (rank, many, syllables) = (rank - many, many * SYLLABLES, syllables + 1);
    }
    // A prime that shares no factor with the number of syllables: neighbours in rank look unlike.
    let mut code = rank * 7919 % many;
    let mut word = String::new();
    for _ in 0..syllables {
        word.push_str(ONSETS[code % ONSETS.len()]);
        word.push_str(NUCLEI[code / ONSETS.len() % NUCLEI.len()]);
        code /= SYLLABLES;
    }
    let chance = scramble(rank as u64 ^ many as u64) >> 32;
    word.push_str(CODAS[chance as usize % CODAS.len()]);
    if (chance / 8).is_multiple_of(40) {
        word.replacen('u', "ü", 1).replacen('a', "ä", 1)
    } else {
        word
    }
}

fn capitalise(word: &str, text: &mut String) {
    let mut characters = word.chars();
    text.extend(characters.next().into_iter().flat_map(char::to_uppercase));
    text.push_str(characters.as_str());
}

/// The finaliser of SplitMix64.
fn scramble(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
