//! The parts of fastText's binary file of a model.
//!
//! Little-endian numbers, one after the other: a magic number and the version; the options; the
//! dictionary, whose entries are a text that ends with a zero byte, a count, and a byte that tells
//! words from labels; the matrix of words and hashed n-grams; the matrix of labels. Every length is
//! compared with the rest of the file before anything is made of it.

use crate::{Error, Result};
use std::ops::Range;

/// First four bytes of each file.
pub(super) const MAGIC: [u8; 4] = 793_712_314_i32.to_le_bytes();

/// Versions that are read. Version 11 has no n-grams of characters in models of labels.
const VERSIONS: [i32; 2] = [11, 12];

/// Losses from which a label's score follows by its own row of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    NegativeSampling,
    Softmax,
    OneVsAll,
}

/// A file whose lengths fit each other.
#[derive(Debug)]
pub(super) struct FastTextFile<'b> {
    pub loss: Loss,
    /// Length of the vectors.
    pub dimensions: usize,
    /// The longest n-grams of words; 1 if there are none.
    pub word_ngrams: usize,
    /// Lengths of n-grams of characters, if there are any.
    pub char_ngrams: Option<[usize; 2]>,
    pub words: Vec<&'b [u8]>,
    pub labels: Vec<&'b [u8]>,
    /// Occurrences of words and labels in training.
    pub word_counts: Vec<u64>,
    pub label_counts: Vec<u64>,
    /// Number of the buckets of hashed n-grams.
    pub buckets: usize,
    /// Vectors of words and buckets, and of labels.
    pub input: Matrix<'b>,
    pub output: Matrix<'b>,
}

/// A matrix of numbers of four bytes by rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Matrix<'b> {
    bytes: &'b [u8],
    columns: usize,
}

impl Matrix<'_> {
    /// Returns the numbers of a row, which must be there.
    pub(super) fn row(&self, row: usize) -> impl Iterator<Item = f64> {
        let bytes = &self.bytes[self.range(row)];
        let numbers = bytes.chunks_exact(size_of::<f32>());
        numbers.map(|four| f64::from(f32::from_le_bytes(four.try_into().unwrap_or_default())))
    }

    fn range(&self, row: usize) -> Range<usize> {
        let width = self.columns * size_of::<f32>();
        row * width..(row + 1) * width
    }

    fn rows(&self) -> usize {
        self.bytes.len() / (self.columns * size_of::<f32>())
    }
}

pub(super) fn damaged(what: impl std::fmt::Display) -> Error {
    Error::model(format!("the model of fastText is damaged: {what}")).help("copy or train it again")
}

/// The options of training that scoring needs.
struct Options {
    dimensions: usize,
    word_ngrams: i32,
    loss: Loss,
    buckets: i32,
    characters: [i32; 2],
}

struct Dictionary<'b> {
    words: Vec<(&'b [u8], u64)>,
    labels: Vec<(&'b [u8], u64)>,
}

impl<'b> FastTextFile<'b> {
    /// Reads a file.
    ///
    /// # Errors
    /// A model error for what is no model of labels whose decisions are sums, and for a damaged
    /// file.
    pub(super) fn read(bytes: &'b [u8]) -> Result<Self> {
        let mut rest = Rest(bytes);
        if rest.take(MAGIC.len()).ok() != Some(&MAGIC[..]) {
            return Err(Error::model("no model of fastText").help("name a .bin file of fastText"));
        }
        let version = rest.whole()?;
        if !VERSIONS.contains(&version) {
            return Err(Error::model(format!(
                "fastText's format {version} is not known, which are {} and {}",
                VERSIONS[0], VERSIONS[1]
            ))
            .help("train the model again with fastText 0.1 or later"));
        }
        let options = Options::read(&mut rest, version)?;
        let dictionary = Dictionary::read(&mut rest)?;
        let input = rest.matrix(options.dimensions)?;
        let output = rest.matrix(options.dimensions)?;
        if !rest.0.is_empty() {
            return Err(damaged(format!("{} bytes follow its end", rest.0.len())));
        }
        options.file(dictionary, input, output)
    }
}

impl Options {
    fn read(rest: &mut Rest<'_>, version: i32) -> Result<Self> {
        let mut numbers = [0; 12];
        for number in &mut numbers {
            *number = rest.whole()?;
        }
        // The last one is the sampling threshold of models without labels.
        rest.take(size_of::<f64>())?;
        let [
            dimensions,
            _,
            _,
            _,
            _,
            word_ngrams,
            loss,
            model,
            buckets,
            shortest,
            longest,
            _,
        ] = numbers;
        verify_model(model)?;
        let longest = if version == VERSIONS[0] { 0 } else { longest };
        Ok(Options {
            dimensions: usize::try_from(dimensions).unwrap_or_default(),
            word_ngrams,
            loss: loss_of(loss)?,
            buckets,
            characters: [shortest.max(1), longest],
        })
    }

    /// Returns the file of these parts, if they fit each other.
    fn file<'b>(
        self,
        dictionary: Dictionary<'b>,
        input: Matrix<'b>,
        output: Matrix<'b>,
    ) -> Result<FastTextFile<'b>> {
        let word_ngrams = usize::try_from(self.word_ngrams.max(1)).unwrap_or(1);
        let [shortest, longest] = self.characters.map(|n| usize::try_from(n).unwrap_or(0));
        let char_ngrams = (shortest <= longest).then_some([shortest, longest]);
        // Without n-grams, old versions kept buckets that no text has.
        let hashes = word_ngrams > 1 || char_ngrams.is_some();
        let buckets = usize::try_from(self.buckets)
            .ok()
            .filter(|&n| !hashes || n > 0);
        let buckets = buckets.ok_or_else(|| damaged("it has no buckets for its n-grams"))?;
        let Dictionary { words, labels } = dictionary;
        if input.rows() != words.len() + buckets || output.rows() != labels.len() {
            return Err(damaged("its matrices do not fit its dictionary"));
        }
        let (words, word_counts) = words.into_iter().unzip();
        let (labels, label_counts) = labels.into_iter().unzip();
        Ok(FastTextFile {
            loss: self.loss,
            dimensions: self.dimensions,
            word_ngrams,
            char_ngrams,
            words,
            labels,
            word_counts,
            label_counts,
            buckets: if hashes { buckets } else { 0 },
            input,
            output,
        })
    }
}

fn verify_model(model: i32) -> Result<()> {
    let without_labels = match model {
        1 => "cbow",
        2 => "skipgram",
        3 => return Ok(()),
        _ => return Err(damaged("its kind of model is not known")),
    };
    Err(Error::model(format!(
        "the model of fastText was trained without labels ({without_labels})"
    ))
    .help("train it with `fasttext supervised`"))
}

fn loss_of(loss: i32) -> Result<Loss> {
    match loss {
        1 => Err(Error::model(
            "the model of fastText has a hierarchical softmax, whose scores are no sums over words",
        )
        .help("train it with -loss softmax, ova or ns")),
        2 => Ok(Loss::NegativeSampling),
        3 => Ok(Loss::Softmax),
        4 => Ok(Loss::OneVsAll),
        _ => Err(damaged("its loss is not known")),
    }
}

fn quantized() -> Error {
    Error::model("the model of fastText is quantised (.ftz)")
        .help("name the .bin file that it was made of; `standpoint quantize` makes models smaller")
}

impl<'b> Dictionary<'b> {
    fn read(rest: &mut Rest<'b>) -> Result<Self> {
        let [all, words, labels] = [rest.whole()?, rest.whole()?, rest.whole()?];
        let _tokens = rest.long()?;
        let pruned = rest.long()?;
        if pruned >= 0 {
            return Err(quantized());
        }
        let [all, words, labels] = [all, words, labels].map(|n| usize::try_from(n).unwrap_or(0));
        // An entry takes ten bytes at least.
        if labels == 0 || words.checked_add(labels) != Some(all) || all > rest.0.len() / 10 {
            return Err(damaged("its dictionary does not fit"));
        }
        Ok(Dictionary {
            words: entries(rest, words, 0)?,
            labels: entries(rest, labels, 1)?,
        })
    }
}

/// Reads so many entries of one type, with their counts.
fn entries<'b>(rest: &mut Rest<'b>, count: usize, of_type: u8) -> Result<Vec<(&'b [u8], u64)>> {
    let entry = |_| {
        let (text, count) = (rest.text()?, rest.long()?);
        match (u64::try_from(count), rest.take(1)? == [of_type]) {
            (Ok(count), true) => Ok((text, count)),
            _ => Err(damaged("its dictionary is not in order")),
        }
    };
    (0..count).map(entry).collect()
}

/// The bytes that have not been read.
struct Rest<'b>(&'b [u8]);

impl<'b> Rest<'b> {
    fn take(&mut self, bytes: usize) -> Result<&'b [u8]> {
        let (taken, rest) = self
            .0
            .split_at_checked(bytes)
            .ok_or_else(|| damaged("it is cut off"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn whole(&mut self) -> Result<i32> {
        let bytes = self.take(size_of::<i32>())?;
        Ok(i32::from_le_bytes(bytes.try_into().unwrap_or_default()))
    }

    fn long(&mut self) -> Result<i64> {
        let bytes = self.take(size_of::<i64>())?;
        Ok(i64::from_le_bytes(bytes.try_into().unwrap_or_default()))
    }

    /// Reads a text that ends with a zero byte.
    fn text(&mut self) -> Result<&'b [u8]> {
        let length = memchr::memchr(0, self.0).ok_or_else(|| damaged("it is cut off"))?;
        let text = self.take(length)?;
        self.take(1)?;
        Ok(text)
    }

    /// Reads a matrix of so many columns, which is not quantised.
    fn matrix(&mut self, columns: usize) -> Result<Matrix<'b>> {
        match self.take(1)? {
            [0] => {}
            [1] => return Err(quantized()),
            _ => return Err(damaged("the kind of a matrix is not known")),
        }
        let size = [self.long()?, self.long()?].map(|n| usize::try_from(n).unwrap_or(0));
        let bytes = size[0]
            .checked_mul(size[1])
            .and_then(|n| n.checked_mul(size_of::<f32>()));
        match bytes {
            Some(bytes) if columns > 0 && size[1] == columns => Ok(Matrix {
                bytes: self.take(bytes)?,
                columns,
            }),
            _ => Err(damaged("a matrix does not fit its options")),
        }
    }
}
