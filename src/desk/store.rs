//! The file of a store, and its laws: rows are only ever added, and an added row is on the disk
//! before its number is returned.

use super::correction::{Article, Correction, NewCorrection};
use crate::corpus::HeadKind;
use crate::text::digest;
use crate::{Error, Result};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Row, Transaction, params};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Mark of a store in the header of SQLite files: `STPT` in ASCII.
const APPLICATION: i32 = 0x5354_5054;
/// Version of the tables.
const VERSION: i32 = 1;

/// Tables of version 1. The triggers hold the first law against every writer, of other programs
/// too.
const TABLES: &str = "
    CREATE TABLE articles (
        number INTEGER PRIMARY KEY,
        text_hash TEXT NOT NULL,
        id TEXT NOT NULL,
        title TEXT,
        text TEXT NOT NULL,
        source TEXT,
        date TEXT
    ) STRICT;
    CREATE INDEX articles_by_hash ON articles (text_hash);
    CREATE TABLE heads (
        name TEXT PRIMARY KEY,
        exclusive INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE corrections (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        article INTEGER NOT NULL REFERENCES articles,
        head TEXT NOT NULL REFERENCES heads,
        labels TEXT,
        annotator TEXT NOT NULL,
        at TEXT NOT NULL,
        model TEXT,
        scores TEXT NOT NULL,
        reason TEXT,
        note TEXT,
        undoes INTEGER UNIQUE REFERENCES corrections,
        CHECK ((labels IS NULL) <> (undoes IS NULL))
    ) STRICT;
    CREATE INDEX corrections_by_article ON corrections (article, number);
    CREATE TRIGGER kept_articles BEFORE DELETE ON articles
        BEGIN SELECT RAISE(ABORT, 'articles are kept'); END;
    CREATE TRIGGER same_articles BEFORE UPDATE ON articles
        BEGIN SELECT RAISE(ABORT, 'articles are kept as they are'); END;
    CREATE TRIGGER kept_corrections BEFORE DELETE ON corrections
        BEGIN SELECT RAISE(ABORT, 'corrections are kept'); END;
    CREATE TRIGGER same_corrections BEFORE UPDATE ON corrections
        BEGIN SELECT RAISE(ABORT, 'corrections are kept as they are'); END;
";

/// Time as RFC 3339 by UTC, with milliseconds.
const NOW: &str = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";

/// Rows of the store, in the order of [`SELECT`]'s columns.
const SELECT: &str = "
    SELECT c.number, a.id, a.title, a.text, a.source, a.date, a.text_hash, c.head, h.exclusive,
           c.labels, c.annotator, c.at, c.model, c.scores, c.reason, c.note, c.undoes
    FROM corrections c
    JOIN articles a ON a.number = c.article
    JOIN heads h ON h.name = c.head";

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
    connection: Connection,
    path: PathBuf,
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
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
        let opened = Connection::open_with_flags(path, flags).and_then(|mut connection| {
            prepare(&mut connection)?;
            Ok(connection)
        });
        let connection = opened.map_err(|e| refused(path, e))?;
        let store = CorrectionStore {
            connection,
            path: path.to_path_buf(),
        };
        store.verify()?;
        Ok(store)
    }

    /// Refuses files of other programs and versions, and damaged ones.
    fn verify(&self) -> Result<()> {
        let number = |name: &str| {
            let found = self
                .connection
                .pragma_query_value(None, name, |row| row.get(0));
            found.map_err(|e| refused(&self.path, e))
        };
        let (application, version): (i32, i32) =
            (number("application_id")?, number("user_version")?);
        if application != APPLICATION {
            return Err(Error::data("an SQLite file, but no store of corrections")
                .at(self.path.display())
                .help("name the store of this desk, or a file that does not exist yet"));
        }
        if version != VERSION {
            return Err(Error::data(format!(
                "a store of version {version}, version {VERSION} expected"
            ))
            .at(self.path.display())
            .help("open it with the version of standpoint that wrote it"));
        }
        let checked: String = self
            .connection
            .pragma_query_value(None, "quick_check", |row| row.get(0))
            .map_err(|e| refused(&self.path, e))?;
        match checked.as_str() {
            "ok" => Ok(()),
            what => Err(damaged(&self.path, what)),
        }
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

    /// Returns at most `limit` rows after a number, in the order in which they were added.
    ///
    /// # Errors
    /// As [`corrections`](Self::corrections).
    pub fn corrections_after(&self, number: i64, limit: u32) -> Result<Vec<Correction>> {
        let mut rows = Vec::new();
        let page = format!("WHERE c.number > {number} ORDER BY c.number LIMIT {limit}");
        self.each(&page, |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Calls `each` with all rows in the order in which they were added, in the memory of one.
    ///
    /// # Errors
    /// Those of `each`, and as [`corrections`](Self::corrections).
    pub fn each_correction(&self, each: impl FnMut(Correction) -> Result<()>) -> Result<()> {
        self.each("ORDER BY c.number", each)
    }

    /// Calls `each` with the rows that the end of a statement selects, one at a time.
    pub(super) fn each(
        &self,
        selection: &str,
        mut each: impl FnMut(Correction) -> Result<()>,
    ) -> Result<()> {
        let at = |e| refused(&self.path, e);
        let undone = self.undone()?;
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

    /// Returns the numbers of rows that are undone by a row in force. Undos are later than what
    /// they undo, so the latest are decided first.
    fn undone(&self) -> Result<BTreeSet<i64>> {
        let at = |e| refused(&self.path, e);
        let sql = "SELECT number, undoes FROM corrections WHERE undoes IS NOT NULL
                   ORDER BY number DESC";
        let mut statement = self.connection.prepare(sql).map_err(at)?;
        let mut undone = BTreeSet::new();
        let undos = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
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

/// Locks the file for this process and makes the tables of a new one.
fn prepare(connection: &mut Connection) -> rusqlite::Result<()> {
    // A file from elsewhere may hold a schema that means harm.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    // A commit is on the disk when it returns, also in the log that comes before the file.
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Exclusive)?;
    let tables: i64 =
        transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}

/// Notes the kind of a new head; returns false if the head is known as one of the other kind.
fn takes_kind(transaction: &Transaction<'_>, answer: &NewCorrection) -> rusqlite::Result<bool> {
    let exclusive = answer.kind == HeadKind::Exclusive;
    transaction
        .prepare_cached("INSERT INTO heads VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING")?
        .execute(params![answer.head, exclusive])?;
    let known: bool = transaction
        .prepare_cached("SELECT exclusive FROM heads WHERE name = ?1")?
        .query_row([&answer.head], |row| row.get(0))?;
    Ok(known == exclusive)
}

fn insert(transaction: &Transaction<'_>, answer: &NewCorrection) -> rusqlite::Result<i64> {
    let article = article_number(transaction, &answer.article)?;
    let json = |value: serde_json::Result<String>| value.unwrap_or_default();
    let sql = format!(
        "INSERT INTO corrections (article, head, labels, annotator, at, model, scores, reason, note)
         VALUES (?1, ?2, ?3, ?4, coalesce(?5, {NOW}), ?6, ?7, ?8, ?9)"
    );
    transaction.prepare_cached(&sql)?.insert(params![
        article,
        answer.head,
        json(serde_json::to_string(&answer.labels)),
        answer.annotator,
        answer.at,
        answer.model,
        json(serde_json::to_string(&answer.scores)),
        answer.reason,
        answer.note,
    ])
}

/// Returns the number of an article, which is stored once: whatever two articles share, all of it
/// has to be equal, since anybody can make texts of one hash.
fn article_number(transaction: &Transaction<'_>, article: &Article) -> rusqlite::Result<i64> {
    let hash = format!("{:016x}", digest(&article.text));
    let values = params![
        hash,
        article.id,
        article.title,
        article.text,
        article.source,
        article.date
    ];
    let known = transaction
        .prepare_cached(
            "SELECT number FROM articles WHERE text_hash = ?1 AND id = ?2 AND title IS ?3
             AND text = ?4 AND source IS ?5 AND date IS ?6",
        )?
        .query_row(values, |row| row.get(0))
        .optional()?;
    if let Some(number) = known {
        return Ok(number);
    }
    transaction
        .prepare_cached(
            "INSERT INTO articles (text_hash, id, title, text, source, date)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .insert(values)
}

/// Reads a row of [`SELECT`].
fn correction(row: &Row<'_>) -> rusqlite::Result<Correction> {
    let article = Article {
        id: row.get(1)?,
        title: row.get(2)?,
        text: row.get(3)?,
        source: row.get(4)?,
        date: row.get(5)?,
    };
    let kind = match row.get(8)? {
        true => HeadKind::Exclusive,
        false => HeadKind::Independent,
    };
    let labels: Option<String> = row.get(9)?;
    let scores: String = row.get(13)?;
    Ok(Correction {
        number: row.get(0)?,
        article,
        text_hash: row.get(6)?,
        head: row.get(7)?,
        kind,
        labels: labels.map(|json| parsed(9, &json)).transpose()?,
        annotator: row.get(10)?,
        at: row.get(11)?,
        model: row.get(12)?,
        scores: parsed(13, &scores)?,
        reason: row.get(14)?,
        note: row.get(15)?,
        undoes: row.get(16)?,
        in_force: true,
    })
}

fn parsed<T: serde::de::DeserializeOwned>(column: usize, json: &str) -> rusqlite::Result<T> {
    serde_json::from_str(json).map_err(|e| {
        let text = rusqlite::types::Type::Text;
        rusqlite::Error::FromSqlConversionFailure(column, text, e.into())
    })
}

fn damaged(path: &Path, what: impl std::fmt::Display) -> Error {
    Error::data(format!("the store is damaged: {what}"))
        .at(path.display())
        .help("restore it from a backup; `sqlite3 STORE .recover` saves what is left")
}

/// Returns the error of the library for one of SQLite.
fn refused(path: &Path, error: rusqlite::Error) -> Error {
    let code = error.sqlite_error_code();
    match code {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            let busy = std::io::Error::other("another process has it open");
            Error::io("open the store", busy)
                .at(path.display())
                .help("stop that process, or work on a copy of the file")
        }
        Some(ErrorCode::DiskFull) => {
            Error::io("write the store", std::io::ErrorKind::StorageFull.into()).at(path.display())
        }
        Some(ErrorCode::NotADatabase) => Error::data("no SQLite file, so no store of corrections")
            .at(path.display())
            .help("name the store of this desk, or a file that does not exist yet"),
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied
            | ErrorCode::SystemIoFailure,
        ) => Error::io("open the store", std::io::Error::other(error)).at(path.display()),
        _ => damaged(path, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_program_changes_or_deletes_a_row() {
        let mut connection = Connection::open_in_memory().unwrap();
        prepare(&mut connection).unwrap();
        let transaction = connection.transaction().unwrap();
        let article = Article::new("a", "Text");
        let answer = NewCorrection::new(article, "topic", HeadKind::Exclusive, ["war"], "anna");
        takes_kind(&transaction, &answer).unwrap();
        insert(&transaction, &answer).unwrap();
        transaction.commit().unwrap();
        for statement in [
            "DELETE FROM corrections",
            "UPDATE corrections SET annotator = 'ben'",
            "DELETE FROM articles",
            "UPDATE articles SET text = ''",
        ] {
            let error = connection.execute(statement, []).unwrap_err().to_string();
            assert!(error.contains("are kept"), "{statement}: {error}");
        }
    }
}
