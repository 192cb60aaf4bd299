//! The store and its laws: rows are only ever added, and an added row is on the disk before its
//! number is returned.

use super::correction::{Correction, NewCorrection, name};
use super::file::{self, refused};
use super::rows::{NOW, SELECT, correction, insert, labels_json, takes_kind, text_hash};
use crate::{Error, Result};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A store of corrections in an SQLite file, which one process at a time opens.
///
/// ```
/// use standpoint::corpus::HeadKind;
/// use standpoint::desk::{Article, CorrectionStore, NewCorrection};
/// # let folder = std::env::temp_dir().join(format!("standpoint-desk-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder).unwrap();
/// let mut store = CorrectionStore::create(folder.join("desk.sqlite"))?;
/// let article = Article::new("a1", "Shelling along the front");
/// let answer = NewCorrection::new(article, "topic", HeadKind::Exclusive, ["conflict"], "anna");
/// let numbers = store.add(&[answer])?;
/// let undo = store.undo(numbers[0], "anna")?;
/// let rows = store.corrections()?;
/// assert_eq!((rows[0].in_force, rows[1].undoes), (false, Some(numbers[0])));
/// # drop(store);
/// # std::fs::remove_dir_all(&folder).unwrap();
/// # Ok::<(), standpoint::Error>(())
/// ```
#[derive(Debug)]
pub struct CorrectionStore {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
}

/// An answer in force, without its article.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnsweredText {
    /// Number of the correction.
    pub number: i64,
    /// XXH3-64 of the text.
    pub text: u64,
    /// Name of the head.
    pub head: String,
    /// Name of the annotator.
    pub annotator: String,
    /// Reason for which the article was shown.
    pub reason: Option<String>,
}

impl CorrectionStore {
    /// Opens a store, and makes a new one where there is no file.
    ///
    /// # Errors
    /// As [`open`](Self::open), and an I/O error where the file cannot be made.
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        Self::with(path.as_ref(), OpenFlags::SQLITE_OPEN_CREATE)
    }

    /// Opens a store that exists.
    ///
    /// # Errors
    /// An I/O error where the file cannot be read, or another process has it open; a data error for
    /// a file that is no store, a damaged one, and one of a newer version.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        std::fs::File::open(path).map_err(|e| Error::io("read", e).at(path.display()))?;
        Self::with(path, OpenFlags::empty())
    }

    /// Returns a new store in memory, which ends with it.
    ///
    /// # Errors
    /// An I/O error where SQLite refuses.
    pub fn in_memory() -> Result<Self> {
        Self::with(Path::new(":memory:"), OpenFlags::SQLITE_OPEN_MEMORY)
    }

    fn with(path: &Path, more: OpenFlags) -> Result<Self> {
        Ok(CorrectionStore {
            connection: file::open(path, more)?,
            path: path.to_path_buf(),
        })
    }

    /// Adds answers, all or none, and returns their numbers once they are on the disk.
    ///
    /// # Errors
    /// A data error for an answer that does not hold together, and for one to a head of another
    /// kind; an I/O error where the disk refuses, after which nothing of them is stored.
    pub fn add(&mut self, answers: &[NewCorrection]) -> Result<Vec<i64>> {
        let checked = answers.iter().map(NewCorrection::checked);
        let checked = checked.collect::<Result<Vec<_>>>()?;
        let at = |e| refused(&self.path, e);
        let transaction = self.connection.transaction().map_err(at)?;
        let mut numbers = Vec::with_capacity(checked.len());
        for answer in &checked {
            if !takes_kind(&transaction, answer).map_err(at)? {
                let head = &answer.head;
                return Err(Error::data(format!(
                    "head `{head}` has answers of another kind in this store"
                ))
                .at(self.path.display())
                .help("keep exclusive and independent heads under different names"));
            }
            numbers.push(insert(&transaction, answer).map_err(at)?);
        }
        transaction.commit().map_err(at)?;
        Ok(numbers)
    }

    /// Returns the number of the annotator's last answer in force to this head of this text, if it is
    /// just this one: a client that does not know whether its answer arrived sends it again.
    ///
    /// # Errors
    /// As [`corrections`](Self::corrections).
    pub fn known(&self, answer: &NewCorrection) -> Result<Option<i64>> {
        let at = |e| refused(&self.path, e);
        let answer = answer.checked()?;
        let sql = "SELECT c.number, c.labels, c.note FROM corrections c
                   JOIN articles a ON a.number = c.article
                   WHERE a.text_hash = ?1 AND a.text = ?2 AND a.id = ?3 AND c.head = ?4
                   AND c.annotator = ?5 AND c.labels IS NOT NULL ORDER BY c.number DESC";
        let mut statement = self.connection.prepare_cached(sql).map_err(at)?;
        let (article, hash) = (&answer.article, text_hash(&answer.article));
        let values = params![
            hash,
            article.text,
            article.id,
            answer.head,
            answer.annotator
        ];
        let mut rows = statement.query(values).map_err(at)?;
        let mut undone = None;
        while let Some(row) = rows.next().map_err(at)? {
            let number: i64 = row.get(0).map_err(at)?;
            let undone = match &undone {
                Some(undone) => undone,
                None => undone.insert(self.undone(i64::MAX)?),
            };
            if undone.contains(&number) {
                continue;
            }
            let labels: String = row.get(1).map_err(at)?;
            let note: Option<String> = row.get(2).map_err(at)?;
            let is_same = labels == labels_json(&answer) && note == answer.note;
            return Ok(is_same.then_some(number));
        }
        Ok(None)
    }

    /// Undoes a row and returns the number of the undo, which can be undone in its turn.
    ///
    /// # Errors
    /// A data error if there is no such row, if it is another annotator's, or undone already.
    pub fn undo(&mut self, number: i64, annotator: &str) -> Result<i64> {
        let at = |e| refused(&self.path, e);
        let transaction = self.connection.transaction().map_err(at)?;
        let found: Option<(i64, String, String, bool)> = transaction
            .query_row(
                "SELECT article, head, annotator,
                        EXISTS (SELECT 1 FROM corrections WHERE undoes = ?1)
                 FROM corrections WHERE number = ?1",
                [number],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
            )
            .optional()
            .map_err(at)?;
        let refused = |what: String| {
            Err(Error::data(format!("correction {number} {what}"))
                .at(self.path.display())
                .help("list the corrections, and undo one that is in force"))
        };
        let Some((article, head, of, undone)) = found else {
            return refused("does not exist".to_string());
        };
        let annotator = name(annotator);
        if of != annotator {
            return refused(format!("is that of `{of}`, not of `{annotator}`"));
        }
        if undone {
            return refused("is undone already".to_string());
        }
        let sql = format!(
            "INSERT INTO corrections (article, head, annotator, at, scores, undoes)
             VALUES (?1, ?2, ?3, {NOW}, '{{}}', ?4)"
        );
        transaction
            .execute(&sql, params![article, head, annotator, number])
            .map_err(at)?;
        let undo = transaction.last_insert_rowid();
        transaction.commit().map_err(at)?;
        Ok(undo)
    }

    /// Returns all rows in the order in which they were added.
    ///
    /// # Errors
    /// An I/O error where the file cannot be read, a data error where it is damaged.
    pub fn corrections(&self) -> Result<Vec<Correction>> {
        let mut rows = Vec::new();
        self.each_correction(|row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Returns at most `limit` rows after a number, in the order in which they were added, and no
    /// further ones once their texts have `bytes` bytes.
    ///
    /// # Errors
    /// As [`corrections`](Self::corrections).
    pub fn corrections_after(
        &self,
        number: i64,
        limit: u32,
        bytes: usize,
    ) -> Result<Vec<Correction>> {
        let (mut rows, mut size) = (Vec::new(), 0);
        let page = format!("WHERE c.number > {number} ORDER BY c.number LIMIT {limit}");
        self.each(&page, i64::MAX, |row| {
            if size < bytes {
                size += row.article.text.len();
                rows.push(row);
            }
            Ok(())
        })?;
        Ok(rows)
    }

    /// Returns at most `limit` rows that hold all of these words, newest first, and no further ones
    /// once their texts have `bytes` bytes. A word may stand within another one, in the text, the
    /// title, the id, the labels, the note or the annotator's name; case does not matter.
    ///
    /// # Errors
    /// As [`corrections`](Self::corrections).
    pub fn corrections_with(
        &self,
        words: &str,
        limit: u32,
        bytes: usize,
    ) -> Result<Vec<Correction>> {
        let words = words.to_lowercase();
        let words: Vec<&str> = words.split_whitespace().collect();
        let (mut rows, mut size) = (Vec::new(), 0);
        self.each("ORDER BY c.number DESC", i64::MAX, |row| {
            if rows.len() < limit as usize && size < bytes && row.holds(&words) {
                size += row.article.text.len();
                rows.push(row);
            }
            Ok(())
        })?;
        Ok(rows)
    }

    /// Calls `each` with all rows in the order in which they were added, in the memory of one.
    ///
    /// # Errors
    /// Those of `each`, and as [`corrections`](Self::corrections).
    pub fn each_correction(&self, each: impl FnMut(Correction) -> Result<()>) -> Result<()> {
        self.each("ORDER BY c.number", i64::MAX, each)
    }

    /// Calls `each` with the rows that the end of a statement selects, one at a time; undos after
    /// the correction `last` do not count.
    pub(super) fn each(
        &self,
        selection: &str,
        last: i64,
        mut each: impl FnMut(Correction) -> Result<()>,
    ) -> Result<()> {
        let at = |e| refused(&self.path, e);
        let undone = self.undone(last)?;
        let mut statement = self
            .connection
            .prepare(&format!("{SELECT} {selection}"))
            .map_err(at)?;
        let mut rows = statement.query([]).map_err(at)?;
        while let Some(row) = rows.next().map_err(at)? {
            let mut correction = correction(row).map_err(at)?;
            correction.in_force = !undone.contains(&correction.number);
            each(correction)?;
        }
        Ok(())
    }

    /// Returns which annotators answered which heads of which texts, by the answers in force.
    ///
    /// # Errors
    /// As [`corrections`](Self::corrections).
    pub fn answered(&self) -> Result<Vec<AnsweredText>> {
        let undone = self.undone(i64::MAX)?;
        let sql = "SELECT c.number, a.text_hash, c.head, c.annotator, c.reason FROM corrections c
                   JOIN articles a ON a.number = c.article
                   WHERE c.labels IS NOT NULL ORDER BY c.number";
        let answered = |row: &Row<'_>| {
            let hash: String = row.get(1)?;
            Ok(AnsweredText {
                number: row.get(0)?,
                text: u64::from_str_radix(&hash, 16).unwrap_or_default(),
                head: row.get(2)?,
                annotator: row.get(3)?,
                reason: row.get(4)?,
            })
        };
        let read = self.connection.prepare_cached(sql).and_then(|mut sql| {
            let rows = sql.query_map([], answered)?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        });
        let mut read = read.map_err(|e| refused(&self.path, e))?;
        read.retain(|answer| !undone.contains(&answer.number));
        Ok(read)
    }

    /// Returns the numbers of rows that are undone by a row in force, of those up to `last`. Undos
    /// are later than what they undo, so the latest are decided first.
    fn undone(&self, last: i64) -> Result<BTreeSet<i64>> {
        let at = |e| refused(&self.path, e);
        let sql = "SELECT number, undoes FROM corrections WHERE undoes IS NOT NULL
                   AND number <= ?1 ORDER BY number DESC";
        let mut statement = self.connection.prepare(sql).map_err(at)?;
        let mut undone = BTreeSet::new();
        let undos = statement
            .query_map([last], |row| Ok((row.get(0)?, row.get(1)?)))
            .map_err(at)?;
        for undo in undos {
            let (number, undoes): (i64, i64) = undo.map_err(at)?;
            if !undone.contains(&number) {
                undone.insert(undoes);
            }
        }
        Ok(undone)
    }
}
