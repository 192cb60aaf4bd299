//! Parts of a corpus become one corpus.

use super::CorpusPart;
use crate::corpus::{Corpus, Head, Shard};
use crate::text::{Texts, TokenizedTexts};
use crate::{Error, Result};
use std::cmp::Ordering;

impl CorpusPart {
    /// Joins all parts of a corpus in the order of their shares.
    ///
    /// # Errors
    /// A usage error without a part, for parts without a share, for a share that stands twice or is
    /// missing, and as [`join_by_id`](Self::join_by_id).
    pub fn join(parts: impl IntoIterator<Item = CorpusPart>) -> Result<Corpus> {
        let mut parts: Vec<CorpusPart> = parts.into_iter().collect();
        let shards: Option<Vec<Shard>> = parts.iter().map(|part| part.shard).collect();
        let shards = shards.ok_or_else(|| {
            Error::usage("a part does not say which share of the corpus it is")
                .help("make parts of shares, or join them by the ids of their documents")
        })?;
        verify_whole(shards)?;
        parts.sort_by_key(|part| part.shard.map(Shard::number));
        joined(parts)
    }

    /// Joins parts, and puts their documents in the order of their ids as text, those of equal ids
    /// in an order of their contents. So neither the number of the parts nor their order matters.
    ///
    /// # Errors
    /// A usage error without a part, and for parts of different options, languages or heads; a data
    /// error without a document.
    pub fn join_by_id(parts: impl IntoIterator<Item = CorpusPart>) -> Result<Corpus> {
        let joined = joined(parts.into_iter().collect())?;
        let mut order: Vec<usize> = (0..joined.len()).collect();
        order.sort_by(|&a, &b| compare(&joined, a, b));
        Ok(joined.select(&order))
    }
}

/// Checks that shares are all those of one corpus.
fn verify_whole(mut shards: Vec<Shard>) -> Result<()> {
    shards.sort_unstable_by_key(|shard| (shard.count(), shard.number()));
    let Some((first, last)) = shards.first().zip(shards.last()) else {
        return Ok(());
    };
    if first.count() != last.count() {
        let differ = format!("{first} and {last} are shares of different corpora");
        return Err(Error::usage(differ).help("name the parts of one corpus alone"));
    }
    if let Some(pair) = shards.windows(2).find(|pair| pair[0] == pair[1]) {
        let twice = format!("the share {} is there twice", pair[0]);
        return Err(Error::usage(twice).help("name each part once"));
    }
    let found = shards.iter().zip(0..);
    let in_place = found
        .take_while(|(shard, at)| shard.number() == *at)
        .count() as u64;
    if in_place == first.count() {
        return Ok(());
    }
    let lacking = format!("the share {}/{} is missing", in_place + 1, first.count());
    Err(Error::usage(lacking).help("name the files of all shares"))
}

/// Compares two documents by all that training sees of them.
fn compare(corpus: &Corpus, a: usize, b: usize) -> Ordering {
    let digest = |at: usize| corpus.texts.document(at).digest();
    let weight = |at: usize| corpus.weights.as_ref().map(|weights| weights[at].to_bits());
    let date = |at: usize| {
        let date = corpus.dates.get(at).copied().flatten();
        date.map(|date| (date.begin, date.end))
    };
    let source = |at: usize| corpus.sources.get(at).and_then(Option::as_deref);
    (corpus.ids.get(a).cmp(corpus.ids.get(b)))
        .then_with(|| digest(a).cmp(&digest(b)))
        .then_with(|| answers(&corpus.heads, a).cmp(answers(&corpus.heads, b)))
        .then_with(|| weight(a).cmp(&weight(b)))
        .then_with(|| date(a).cmp(&date(b)))
        .then_with(|| source(a).cmp(&source(b)))
}

fn answers(heads: &[Head], document: usize) -> impl Iterator<Item = Option<bool>> {
    let of_head = move |head: &'_ Head| -> Vec<Option<bool>> {
        (0..head.labels.len())
            .map(|label| head.targets.holds(document, label))
            .collect()
    };
    heads.iter().flat_map(of_head)
}

fn joined(parts: Vec<CorpusPart>) -> Result<Corpus> {
    let first = parts
        .first()
        .ok_or_else(|| Error::usage("there is no part"))?;
    parts[1..]
        .iter()
        .try_for_each(|part| first.verify_same(part))?;
    if parts.iter().all(|part| part.corpus.is_empty()) {
        return Err(Error::data("no part has a document")
            .help("look at the inputs and conditions that the parts were made with"));
    }
    let languages = first.languages;
    let tokenized: Vec<_> = parts
        .iter()
        .filter_map(|part| part.corpus.texts.tokenized())
        .collect();
    let texts = Texts::of_tokenized(TokenizedTexts::concat(&tokenized), languages);
    let corpora = parts.into_iter().map(|part| part.corpus);
    Corpus::concat(corpora.collect(), texts)
}

impl CorpusPart {
    /// Checks that another part was made by the same options of the same columns.
    fn verify_same(&self, other: &CorpusPart) -> Result<()> {
        let differs = [
            (self.tokens != other.tokens, "options of tokens"),
            (self.compounds != other.compounds, "treatment of compounds"),
            (self.languages.list() != other.languages.list(), "languages"),
            (self.corpus.schema != other.corpus.schema, "columns"),
            (
                self.corpus.reading != other.corpus.reading,
                "options of reading",
            ),
        ];
        match differs.iter().find(|(differs, _)| *differs) {
            None => Ok(()),
            Some((_, what)) => {
                let name = |part: &CorpusPart| match part.shard {
                    Some(shard) => format!("the share {shard}"),
                    None => "a part".to_string(),
                };
                Err(Error::usage(format!(
                    "{} and {} were made with other {what}",
                    name(self),
                    name(other)
                ))
                .help("make all parts with the same options"))
            }
        }
    }
}
