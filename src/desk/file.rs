//! The file of a store: its tables, how it is opened, and the errors of SQLite.

use crate::{Error, Result};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use std::path::Path;

/// Mark of a store in the header of SQLite files: `STPT` in ASCII.
const APPLICATION: i32 = 0x5354_5054;
/// Version of the tables.
const VERSION: i32 = 2;

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

/// Tables that version 2 adds: articles that wait, those passed over, and the models that were made
/// of answers. A model is kept as its recipe, because the same answers give the same bytes.
const TABLES_OF_2: &str = "
    CREATE TABLE inbox (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        article INTEGER NOT NULL UNIQUE REFERENCES articles,
        at TEXT NOT NULL
    ) STRICT;
    CREATE TABLE skips (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        inbox INTEGER NOT NULL REFERENCES inbox,
        head TEXT NOT NULL,
        annotator TEXT NOT NULL,
        at TEXT NOT NULL
    ) STRICT;
    CREATE TABLE models (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        first TEXT NOT NULL,
        last_correction INTEGER NOT NULL,
        articles INTEGER NOT NULL,
        hash TEXT NOT NULL,
        at TEXT NOT NULL
    ) STRICT;
    CREATE TABLE services (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        model INTEGER NOT NULL,
        first TEXT NOT NULL,
        annotator TEXT,
        at TEXT NOT NULL
    ) STRICT;
";

/// Tables of version 2 whose rows no program changes or deletes.
const KEPT: [&str; 4] = ["inbox", "skips", "models", "services"];

fn make_tables_of_2(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(TABLES_OF_2)?;
    for table in KEPT {
        connection.execute_batch(&format!(
            "CREATE TRIGGER kept_{table} BEFORE DELETE ON {table}
                 BEGIN SELECT RAISE(ABORT, '{table} are kept'); END;
             CREATE TRIGGER same_{table} BEFORE UPDATE ON {table}
                 BEGIN SELECT RAISE(ABORT, '{table} are kept as they are'); END;"
        ))?;
    }
    connection.pragma_update(None, "user_version", VERSION)
}

/// Opens a file, or with a flag makes one, and refuses files of other programs and versions, and
/// damaged ones.
pub(super) fn open(path: &Path, more: OpenFlags) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    let opened = Connection::open_with_flags(path, flags).and_then(|connection| {
        distrust(&connection)?;
        let tables: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok((connection, tables == 0))
    });
    let (mut connection, is_new) = opened.map_err(|e| refused(path, e))?;
    // Nothing is written to a file before it is known to be a store, or one that may be made.
    if !is_new || more.is_empty() {
        verify(&connection, path)?;
    }
    prepare(&mut connection).map_err(|e| refused(path, e))?;
    Ok(connection)
}

/// Keeps the schema of a file from elsewhere from doing harm, and other processes from the file.
fn distrust(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")
}

/// Locks the file for this process, and makes the tables that a new one or one of an earlier
/// version lacks.
pub(super) fn prepare(connection: &mut Connection) -> rusqlite::Result<()> {
    // A commit is on the disk when it returns, also in the log that comes before the file.
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    let tables: i64 =
        transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
    }
    let version: i32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version < VERSION {
        make_tables_of_2(&transaction)?;
    }
    transaction.commit()
}

/// Refuses files of other programs and versions, and damaged ones.
fn verify(connection: &Connection, path: &Path) -> Result<()> {
    let number = |name: &str| {
        let found = connection.pragma_query_value(None, name, |row| row.get(0));
        found.map_err(|e| refused(path, e))
    };
    let (application, version): (i32, i32) = (number("application_id")?, number("user_version")?);
    if application != APPLICATION {
        return Err(Error::data("no store of corrections")
            .at(path.display())
            .help("name the store of this desk, or a file that does not exist yet"));
    }
    if !(1..=VERSION).contains(&version) {
        return Err(Error::data(format!(
            "a store of version {version}, versions 1 to {VERSION} are known"
        ))
        .at(path.display())
        .help("open it with the version of standpoint that wrote it"));
    }
    let checked: String = connection
        .pragma_query_value(None, "quick_check", |row| row.get(0))
        .map_err(|e| refused(path, e))?;
    match checked.as_str() {
        "ok" => Ok(()),
        what => Err(damaged(path, what)),
    }
}

fn damaged(path: &Path, what: impl std::fmt::Display) -> Error {
    Error::data(format!("the store is damaged: {what}"))
        .at(path.display())
        .help("restore it from a backup; `sqlite3 STORE .recover` saves what is left")
}

/// Returns the error of the library for one of SQLite.
pub(super) fn refused(path: &Path, error: rusqlite::Error) -> Error {
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
    use crate::desk::{Article, CorrectionStore};

    #[test]
    fn a_store_of_version_1_gets_the_tables_that_it_lacks() {
        let folder = std::env::temp_dir().join(format!("standpoint-v1-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("old.sqlite");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(TABLES).unwrap();
        old.pragma_update(None, "application_id", APPLICATION)
            .unwrap();
        old.pragma_update(None, "user_version", 1).unwrap();
        drop(old);
        for number in [1, 2] {
            let mut store = CorrectionStore::open(&path).unwrap();
            let article = Article::new("a", format!("Text {number}"));
            assert_eq!(store.receive(&[article]).unwrap(), [number]);
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
