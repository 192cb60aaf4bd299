//! The terms of a fitted model: an arena of bytes, and a hash table that finds a term by its key
//! (`term_table.rs`).
//!
//! Words come first, then character n-grams, each sorted by their bytes; a term's place is its
//! column. The table is made anew in each process, under keys that nobody else knows, so that no
//! terms and no texts can be prepared that crowd it, and a model file holds no part of it. It is
//! made once it pays: the first texts have their terms found by binary search (`text_table.rs`),
//! so that a model scores its first text as soon as its file is read and checked.

use super::ngram_keys::{characters_key, term_key};
use super::term_table::{Lines, Table};
use crate::io::storage::Buffer;
use crate::math::hash::Keys;
use crate::math::offsets;
use crate::{Error, Result};
use rayon::prelude::*;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

/// A fitted vocabulary. Cheap to clone when it lies in a model file.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    pub(crate) terms: Buffer<u8>,
    pub(crate) ends: Buffer<u64>,
    words: usize,
    /// Number of the buckets of hashed n-grams, whose columns come after those of the terms.
    buckets: u32,
    keys: Keys,
    index: Arc<Index>,
}

/// The table of all terms, made when it is needed, and the work done without it.
#[derive(Debug, Default)]
struct Index {
    /// Table; `None` where there is none under the vocabulary's keys.
    table: OnceLock<Option<Lines>>,
    /// Binary searches before the table was made.
    searches: AtomicUsize,
}

/// Terms of the table that are made in the time of one binary search. So the searches before the
/// table is made take at most about as long as making it.
const TERMS_PER_SEARCH: usize = 16;
/// Terms that a thread takes at least: fewer are not worth waking it.
const TERMS_PER_TASK: usize = 1 << 12;

impl Vocabulary {
    /// Returns a vocabulary of spelled terms in column order, of which the first `words` are word
    /// n-grams.
    ///
    /// # Errors
    /// A model error if the parts do not fit each other.
    pub(crate) fn new(terms: Buffer<u8>, ends: Buffer<u64>, words: usize) -> Result<Self> {
        Self::under(terms, ends, words, Keys::secret())
    }

    fn under(terms: Buffer<u8>, ends: Buffer<u64>, words: usize, keys: Keys) -> Result<Self> {
        verify(&terms, &ends, words)?;
        Ok(Vocabulary {
            terms,
            ends,
            words,
            buckets: 0,
            keys,
            index: Arc::default(),
        })
    }

    /// Returns the vocabulary with so many buckets of hashed n-grams after its terms.
    ///
    /// # Errors
    /// A model error if there would be too many columns.
    pub(super) fn with_buckets(self, buckets: u32) -> Result<Self> {
        let columns = self.ends.len() as u64 + u64::from(buckets);
        match columns < u64::from(u32::MAX) {
            true => Ok(Vocabulary { buckets, ..self }),
            false => Err(Error::model("more than 4 billion terms and buckets")),
        }
    }

    /// Returns the keys under which terms are looked up in this process.
    #[inline]
    pub(super) fn keys(&self) -> Keys {
        self.keys
    }

    /// Returns the number of columns: of terms, and of buckets of hashed n-grams after them.
    pub fn len(&self) -> usize {
        self.spelled() + self.buckets as usize
    }

    /// Returns true if there is no column.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of terms that are spelled: of all columns but the buckets.
    pub fn spelled(&self) -> usize {
        self.ends.len()
    }

    /// Returns the number of word n-grams, which have the first columns; the others are character
    /// n-grams, or buckets.
    pub fn words(&self) -> usize {
        self.words
    }

    /// Returns the term of `column`, which must be less than [`len`](Self::len); that of a bucket
    /// is its number, as `bucket 7`.
    pub fn term(&self, column: usize) -> Cow<'_, str> {
        match column.checked_sub(self.spelled()) {
            None => String::from_utf8_lossy(self.spelling(column)),
            Some(bucket) => format!("bucket {bucket}").into(),
        }
    }

    /// Returns the length of each term in bytes; `None` if a byte is too small for one.
    pub(crate) fn lengths(&self) -> Option<Vec<u8>> {
        (0..self.spelled())
            .map(|column| u8::try_from(self.spelling(column).len()).ok())
            .collect()
    }

    /// Returns the bytes of the term of `column`, which is no bucket.
    pub(super) fn spelling(&self, column: usize) -> &[u8] {
        spelling(&self.terms, &self.ends, column)
    }

    /// Returns the term of `column` for people: character n-grams and buckets are enclosed in
    /// `‹ ›`.
    pub fn shown(&self, column: usize) -> String {
        let term = self.term(column);
        if column < self.words {
            term.into_owned()
        } else {
            format!("‹{term}›")
        }
    }

    /// Returns the table for a text of about `terms` terms; `None` where they are to be found by
    /// [`search`](Self::search): as long as that takes less time than making the table would, and
    /// always if no table can hold the terms. That two share a key has a probability below 10⁻⁷
    /// with a million terms; of 100,000 random keys none crowded nine thousand numbers.
    #[inline]
    pub(super) fn table_for(&self, terms: usize) -> Option<Table<'_>> {
        match self.index.table.get() {
            Some(table) => table.as_ref().map(Lines::table),
            None => self.table_if_it_pays(terms),
        }
    }

    #[cold]
    fn table_if_it_pays(&self, terms: usize) -> Option<Table<'_>> {
        let before = self.index.searches.fetch_add(terms, Relaxed);
        if before.saturating_add(terms) < self.spelled() / TERMS_PER_SEARCH {
            return None;
        }
        self.table()
    }

    /// Returns the table of all terms, which is made on the first call.
    pub(super) fn table(&self) -> Option<Table<'_>> {
        let make = || Lines::of(&keys_of(&self.terms, &self.ends, self.words, self.keys)).ok();
        self.index
            .table
            .get_or_init(make)
            .as_ref()
            .map(Lines::table)
    }

    /// Returns the column of a spelled word n-gram, found by binary search.
    pub(super) fn search_words(&self, term: &[u8]) -> Option<u32> {
        self.search(0..self.words, term)
    }

    /// Returns the column of a spelled character n-gram, found by binary search.
    pub(super) fn search_characters(&self, gram: &[u8]) -> Option<u32> {
        self.search(self.words..self.spelled(), gram)
    }

    fn search(&self, columns: Range<usize>, term: &[u8]) -> Option<u32> {
        let (mut from, mut to) = (columns.start, columns.end);
        while from < to {
            let middle = from.midpoint(to);
            match self.spelling(middle).cmp(term) {
                Ordering::Less => from = middle + 1,
                Ordering::Equal => return Some(middle as u32),
                Ordering::Greater => to = middle,
            }
        }
        None
    }

    /// Returns the mean memory of a term in bytes: its spelling, its end and its share of the
    /// table.
    pub(crate) fn bytes_per_term(&self) -> f64 {
        let bytes = self.terms.len() + size_of_val(&*self.ends) + Lines::bytes(self.spelled());
        bytes as f64 / self.spelled().max(1) as f64
    }
}

/// Checks the sections of a model file in one pass: every term ends at the start of the next, and
/// no term occurs twice, because they are sorted.
fn verify(terms: &[u8], ends: &[u64], words: usize) -> Result<()> {
    let whole = ends.last().map_or(0, |&end| end) == terms.len() as u64;
    let ascending = ends.windows(2).all(|w| w[0] <= w[1]);
    let sorted = |columns: Range<usize>| {
        (columns.start + 1..columns.end)
            .into_par_iter()
            .with_min_len(TERMS_PER_TASK)
            .all(|at| spelling(terms, ends, at - 1) < spelling(terms, ends, at))
    };
    let fits = whole && ascending && words <= ends.len() && ends.len() < u32::MAX as usize;
    match fits && sorted(0..words) && sorted(words..ends.len()) {
        true => Ok(()),
        false => Err(Error::model(
            "the sections of the vocabulary do not fit each other",
        )),
    }
}

fn spelling<'t>(terms: &'t [u8], ends: &[u64], column: usize) -> &'t [u8] {
    &terms[offsets::range(ends, column)]
}

/// Returns the keys of all terms. One thread makes them: in the pool it would take up another text
/// while it waits for its helpers, and that text would wait for the table that this thread makes.
fn keys_of(terms: &[u8], ends: &[u64], words: usize, keys: Keys) -> Vec<u64> {
    let key = |column: usize| {
        let spelled = spelling(terms, ends, column);
        if column < words {
            term_key(keys, spelled)
        } else {
            characters_key(keys, spelled)
        }
    };
    (0..ends.len()).map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::term_table::TableError;
    use crate::math::hash::attack;
    use std::time::Duration;

    /// Words one after the other, and where each ends.
    fn arena(words: &[&str]) -> (Buffer<u8>, Buffer<u64>) {
        let ends = words.iter().scan(0, |end, word| {
            *end += word.len() as u64;
            Some(*end)
        });
        (
            words.concat().into_bytes().into(),
            ends.collect::<Vec<u64>>().into(),
        )
    }

    #[test]
    fn terms_that_no_table_holds_are_searched() {
        // Under these keys every word that differs in its first block alone has the hash 0.
        let (terms, ends) = arena(&["peace", "war", "eac", "peace"]);
        let vocabulary = Vocabulary::under(terms, ends, 2, Keys::zero()).unwrap();
        assert!(vocabulary.table_for(usize::MAX).is_none());
        let words = ["peace", "war", "peas", "eac"].map(|w| vocabulary.search_words(w.as_bytes()));
        assert_eq!(words, [Some(0), Some(1), None, None]);
        let grams = ["eac", "peace", "war"].map(|g| vocabulary.search_characters(g.as_bytes()));
        assert_eq!(grams, [Some(2), Some(3), None]);
    }

    #[test]
    fn the_table_is_made_once_it_pays() {
        let words: Vec<String> = (0..1000).map(|number| format!("{number:04}")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (terms, ends) = arena(&words);
        let vocabulary = Vocabulary::new(terms, ends, 1000).unwrap();
        let made: Vec<bool> = (0..4).map(|_| vocabulary.table_for(25).is_some()).collect();
        assert_eq!(made, [false, false, true, true]);
    }

    /// A thread that made the table in the pool took up another text meanwhile, and waited for
    /// itself.
    #[test]
    fn the_table_is_made_while_other_texts_wait_for_it() {
        let words: Vec<String> = (0..100_000).map(|number| format!("{number:06}")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (terms, ends) = arena(&words);
        let (send, receive) = std::sync::mpsc::channel();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(8).build();
        pool.unwrap().spawn(move || {
            for _ in 0..200 {
                let (terms, ends) = (terms.clone(), ends.clone());
                let vocabulary = Vocabulary::new(terms, ends, 100_000).unwrap();
                let found = |_| vocabulary.table_for(usize::MAX).is_some();
                send.send((0..64).into_par_iter().all(found)).unwrap();
            }
        });
        let long = Duration::from_secs(60);
        for _ in 0..200 {
            assert_eq!(receive.recv_timeout(long), Ok(true));
        }
    }

    /// One secret in a thousand crowded numbers, as long as the upper bits of a key gave its line.
    #[test]
    fn numbers_crowd_no_line() {
        let words: Vec<String> = (1000..10_000).map(|year| year.to_string()).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (terms, ends) = arena(&words);
        for number in 0..5000 {
            let keys = keys_of(&terms, &ends, words.len(), Keys::numbered(number));
            assert!(Lines::of(&keys).is_ok(), "{number}");
        }
    }

    #[test]
    fn terms_twice_or_out_of_order_are_refused() {
        for words in [&["war", "war"][..], &["war", "peace"]] {
            let (terms, ends) = arena(words);
            assert!(
                Vocabulary::new(terms.clone(), ends.clone(), 2).is_err(),
                "{words:?}"
            );
            assert!(
                Vocabulary::new(terms.clone(), ends.clone(), 1).is_ok(),
                "{words:?}"
            );
            assert!(Vocabulary::new(terms, ends, 3).is_err(), "{words:?}");
        }
    }

    /// The public keys of these words begin in one line; the table's own do not.
    #[test]
    fn prepared_terms_crowd_no_line() {
        let words = attack::words_by_product(0, 10, 3000);
        let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
        words.sort_unstable();
        let (terms, ends) = arena(&words);
        let public = keys_of(&terms, &ends, words.len(), Keys::public(0));
        assert_eq!(Lines::of(&public).unwrap_err(), TableError::ProbeLimit);
        let vocabulary = Vocabulary::new(terms, ends, words.len()).unwrap();
        let table = vocabulary.table().unwrap();
        for (column, word) in words.iter().enumerate() {
            let key = vocabulary.keys().of_word(word.as_bytes());
            assert_eq!(table.column(key), Some(column as u32), "{word}");
            let far = table.probes(key);
            assert!(far <= 20, "{word}: {far}");
        }
    }
}
