//! Contents of the file of a part, whose tensors are compared with each other.

use super::file::{PartHead, PartHeader, UNKNOWN};
use crate::Result;
use crate::container::Container;
use crate::corpus::{Corpus, Date, Head, HeadKind, Targets};
use crate::io::storage::Buffer;
use crate::text::{Language, TextFacts, Texts, TokenizedTexts};
use safetensors::Dtype;
use std::sync::Arc;

/// Reads numbers in LEB128, all below `limit`; `None` for others.
fn from_leb128(bytes: &[u8], limit: usize) -> Option<Vec<u32>> {
    let mut numbers = Vec::with_capacity(bytes.len() / 2);
    let (mut number, mut shift) = (0u64, 0);
    for &byte in bytes {
        number |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if number >= limit as u64 || shift > 35 {
            return None;
        }
        if byte < 1 << 7 {
            numbers.push(number as u32);
            (number, shift) = (0, 0);
        }
    }
    (shift == 0).then_some(numbers)
}

/// An opened file; parts that do not fit each other are `None`.
pub(super) struct Reader {
    pub file: Container,
    pub header: PartHeader,
}

impl Reader {
    fn numbers<T: bytemuck::Pod>(&self, name: &str, dtype: Dtype) -> Result<Buffer<T>> {
        self.file.tensor(name, dtype)
    }

    fn strings(&self, names: [&str; 2]) -> Result<Option<Texts>> {
        let bytes: Buffer<u8> = self.numbers(names[0], Dtype::U8)?;
        let ends: Buffer<u64> = self.numbers(names[1], Dtype::U64)?;
        let Ok(all) = std::str::from_utf8(&bytes) else {
            return Ok(None);
        };
        let (mut texts, mut start) = (Texts::default(), 0);
        for &end in ends.iter() {
            let Some(text) = usize::try_from(end)
                .ok()
                .and_then(|end| all.get(start..end))
            else {
                return Ok(None);
            };
            texts.push(text);
            start += text.len();
        }
        Ok((start == all.len()).then_some(texts))
    }

    pub(super) fn tokenized(&self) -> Result<Option<TokenizedTexts>> {
        let documents = self.header.documents;
        let words = self.strings(["words", "word_ends"])?;
        let is_word = |word: &str| !word.is_empty() && !word.contains(char::is_whitespace);
        let Some(words) = words.filter(|words| words.iter().all(is_word)) else {
            return Ok(None);
        };
        let bytes: Buffer<u8> = self.numbers("tokens", Dtype::U8)?;
        let Some(tokens) = from_leb128(&bytes, words.len()) else {
            return Ok(None);
        };
        let counts: Buffer<u32> = self.numbers("token_counts", Dtype::U32)?;
        let mut end = 0;
        let ends: Vec<usize> = counts
            .iter()
            .map(|&count| {
                end += count as usize;
                end
            })
            .collect();
        let facts = self
            .facts(&counts)?
            .filter(|facts| facts.len() == documents);
        Ok(facts
            .filter(|_| end == tokens.len())
            .map(|facts| TokenizedTexts {
                words: Arc::new(words),
                tokens,
                facts,
                ends,
            }))
    }

    fn facts(&self, counts: &[u32]) -> Result<Option<Vec<TextFacts>>> {
        let standalone: Buffer<u32> = self.numbers("standalone", Dtype::U32)?;
        let of_u64 = |name: &str| self.numbers::<u64>(name, Dtype::U64);
        let (bytes, digests) = (of_u64("bytes")?, of_u64("digests")?);
        let fingerprints = of_u64("fingerprints")?;
        let languages: Buffer<u8> = self.numbers("languages", Dtype::U8)?;
        let lengths = [
            standalone.len(),
            bytes.len(),
            digests.len(),
            fingerprints.len(),
        ];
        if lengths != [counts.len(); 4] || languages.len() != counts.len() {
            return Ok(None);
        }
        let fact = |at: usize| {
            let fits = standalone[at] <= counts[at];
            let language = Language::ALL.get(usize::from(languages[at])).copied();
            language.filter(|_| fits).map(|language| TextFacts {
                standalone: standalone[at],
                bytes: bytes[at],
                language,
                fingerprint: Some(fingerprints[at]).filter(|&fingerprint| fingerprint != 0),
                digest: digests[at],
            })
        };
        Ok((0..counts.len()).map(fact).collect())
    }

    pub(super) fn heads(&self) -> Result<Option<Vec<Head>>> {
        let heads = self.header.heads.iter().enumerate();
        heads.map(|(at, head)| self.head(at, head)).collect()
    }

    fn head(&self, at: usize, about: &PartHead) -> Result<Option<Head>> {
        let (labels, documents) = (about.labels.len(), self.header.documents);
        let targets = match about.kind {
            HeadKind::Exclusive => {
                let numbers: Buffer<u32> =
                    self.numbers(&format!("head.{at}.labels"), Dtype::U32)?;
                let known = numbers.iter().all(|&number| number as usize <= labels);
                let of = numbers.iter().map(|number| number.checked_sub(1)).collect();
                (known && numbers.len() == documents).then_some(Targets::Exclusive { labels, of })
            }
            HeadKind::Independent => {
                let cells: Buffer<u8> = self.numbers(&format!("head.{at}.cells"), Dtype::U8)?;
                let known = cells.iter().all(|&cell| cell <= UNKNOWN);
                let whole = documents.checked_mul(labels) == Some(cells.len());
                let cells = cells
                    .iter()
                    .map(|&cell| (cell < UNKNOWN).then_some(cell == 1));
                let cells = cells.collect();
                (known && whole).then_some(Targets::Independent { labels, cells })
            }
        };
        Ok(targets.map(|targets| Head {
            name: about.name.clone(),
            labels: about.labels.clone(),
            targets,
        }))
    }

    pub(super) fn corpus(&self, texts: Texts, heads: Vec<Head>) -> Result<Option<Corpus>> {
        let documents = self.header.documents;
        let ids = self.strings(["ids", "id_ends"])?;
        let integer_ids: Buffer<u8> = self.numbers("integer_ids", Dtype::U8)?;
        let weights: Buffer<f32> = self.numbers("weights", Dtype::F32)?;
        let dates: Buffer<i64> = self.numbers("dates", Dtype::I64)?;
        let sources: Buffer<u32> = self.numbers("sources", Dtype::U32)?;
        let names: Vec<Arc<str>> = self
            .header
            .sources
            .iter()
            .map(|name| (&**name).into())
            .collect();
        let source = |&number: &u32| -> Option<Option<Arc<str>>> {
            match number.checked_sub(1) {
                None => Some(None),
                Some(number) => names.get(number as usize).cloned().map(Some),
            }
        };
        let sources: Option<Vec<_>> = sources.iter().map(source).collect();
        let date = |bounds: &[i64]| match bounds {
            &[begin, end] => (begin < end).then_some(Date { begin, end }),
            _ => None,
        };
        let fits = |length: usize| length == 0 || length == documents;
        let positive = weights
            .iter()
            .all(|&weight| weight.is_finite() && weight > 0.0);
        let lengths = [integer_ids.len(), weights.len(), dates.len() / 2];
        let whole = positive && dates.len().is_multiple_of(2) && lengths.into_iter().all(fits);
        let sources = sources.filter(|sources| whole && fits(sources.len()));
        let ids = ids.filter(|ids| ids.len() == documents);
        Ok(ids.zip(sources).map(|(ids, sources)| Corpus {
            ids,
            integer_ids: integer_ids.iter().map(|&is| is == 1).collect(),
            texts,
            heads,
            weights: (!weights.is_empty()).then(|| weights.to_vec()),
            dates: dates.chunks_exact(2).map(date).collect(),
            sources,
            schema: self.header.schema.clone(),
            reading: self.header.reading.clone(),
            // Joined corpora get a hash of their own.
            hash: 0,
        }))
    }
}
