//! Rows of the tables, written and read.

use super::correction::{Article, Correction, NewCorrection};
use crate::corpus::HeadKind;
use crate::text::digest;
use rusqlite::{OptionalExtension, Row, Transaction, params};

/// Time as RFC 3339 by UTC, with milliseconds.
pub(super) const NOW: &str = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";

/// Rows of the store, in the order of [`SELECT`]'s columns.
pub(super) const SELECT: &str = "
    SELECT c.number, a.id, a.title, a.text, a.source, a.date, a.text_hash, c.head, h.exclusive,
           c.labels, c.annotator, c.at, c.model, c.scores, c.reason, c.note, c.undoes
    FROM corrections c
    JOIN articles a ON a.number = c.article
    JOIN heads h ON h.name = c.head";

/// Notes the kind of a new head; returns false if the head is known as one of the other kind.
pub(super) fn takes_kind(
    transaction: &Transaction<'_>,
    answer: &NewCorrection,
) -> rusqlite::Result<bool> {
    let exclusive = answer.kind == HeadKind::Exclusive;
    transaction
        .prepare_cached("INSERT INTO heads VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING")?
        .execute(params![answer.head, exclusive])?;
    let known: bool = transaction
        .prepare_cached("SELECT exclusive FROM heads WHERE name = ?1")?
        .query_row([&answer.head], |row| row.get(0))?;
    Ok(known == exclusive)
}

pub(super) fn insert(
    transaction: &Transaction<'_>,
    answer: &NewCorrection,
) -> rusqlite::Result<i64> {
    let article = article_number(transaction, &answer.article)?;
    let json = |value: serde_json::Result<String>| value.unwrap_or_default();
    let sql = format!(
        "INSERT INTO corrections (article, head, labels, annotator, at, model, scores, reason, note)
         VALUES (?1, ?2, ?3, ?4, coalesce(?5, {NOW}), ?6, ?7, ?8, ?9)"
    );
    transaction.prepare_cached(&sql)?.insert(params![
        article,
        answer.head,
        labels_json(answer),
        answer.annotator,
        answer.at,
        answer.model,
        json(serde_json::to_string(&answer.scores)),
        answer.reason,
        answer.note,
    ])
}

/// Returns the labels of an answer as they are stored.
pub(super) fn labels_json(answer: &NewCorrection) -> String {
    serde_json::to_string(&answer.labels).unwrap_or_default()
}

/// Returns the hash of an article's text as it is stored.
pub(super) fn text_hash(article: &Article) -> String {
    format!("{:016x}", digest(&article.text))
}

/// Returns the number of an article, which is stored once: whatever two articles share, all of it
/// has to be equal, since anybody can make texts of one hash.
pub(super) fn article_number(
    transaction: &Transaction<'_>,
    article: &Article,
) -> rusqlite::Result<i64> {
    let hash = text_hash(article);
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
pub(super) fn correction(row: &Row<'_>) -> rusqlite::Result<Correction> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::file::prepare;
    use rusqlite::Connection;

    #[test]
    fn no_program_changes_or_deletes_a_row() {
        let mut connection = Connection::open_in_memory().unwrap();
        prepare(&mut connection).unwrap();
        let transaction = connection.transaction().unwrap();
        let article = Article::new("a", "Text");
        let answer = NewCorrection::new(article, "topic", HeadKind::Exclusive, ["war"], "anna");
        takes_kind(&transaction, &answer).unwrap();
        insert(&transaction, &answer).unwrap();
        let rows = "INSERT INTO inbox (article, at) VALUES (1, '');
                    INSERT INTO models (first, last_correction, articles, hash, at)
                    VALUES ('', 0, 0, '', '')";
        transaction.execute_batch(rows).unwrap();
        transaction.commit().unwrap();
        for statement in [
            "DELETE FROM corrections",
            "UPDATE corrections SET annotator = 'ben'",
            "DELETE FROM articles",
            "UPDATE articles SET text = ''",
            "DELETE FROM inbox",
            "UPDATE models SET hash = ''",
        ] {
            let error = connection.execute(statement, []).unwrap_err().to_string();
            assert!(error.contains("are kept"), "{statement}: {error}");
        }
    }
}
