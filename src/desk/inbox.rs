//! The inbox: articles that wait for an answer, and those that annotators passed over.

use super::correction::{Article, name};
use super::file::refused;
use super::rows::{NOW, article_number, text_hash};
use super::store::CorrectionStore;
use crate::{Error, Result};
use rusqlite::{OptionalExtension, Row, Transaction, params};

/// An article that waits, or waited, for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InboxArticle {
    /// Number, ascending in the order in which articles came.
    pub number: i64,
    /// Article.
    pub article: Article,
}

/// The articles of an inbox that an annotator passed over, for a head.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skip {
    /// Number of the article in the inbox.
    pub article: i64,
    /// Name of the head.
    pub head: String,
    /// Name of the annotator.
    pub annotator: String,
}

const SELECT: &str = "SELECT i.number, a.id, a.title, a.text, a.source, a.date
    FROM inbox i JOIN articles a ON a.number = i.article";

impl CorrectionStore {
    /// Puts articles into the inbox and returns the numbers of those whose texts it did not hold
    /// before, once they are on the disk.
    ///
    /// # Errors
    /// A data error for an article without text, after which none is added; an I/O error where the
    /// disk refuses.
    pub fn receive(&mut self, articles: &[Article]) -> Result<Vec<i64>> {
        if let Some(empty) = articles.iter().find(|a| a.text.trim().is_empty()) {
            return Err(
                Error::data(format!("article `{}` has no text", empty.id)).help("leave it out")
            );
        }
        let at = |e| refused(&self.path, e);
        let transaction = self.connection.transaction().map_err(at)?;
        let mut numbers = Vec::new();
        for article in articles {
            numbers.extend(receive(&transaction, article).map_err(at)?);
        }
        transaction.commit().map_err(at)?;
        Ok(numbers)
    }

    /// Calls `each` with the articles of the inbox after a number, in the order in which they came.
    ///
    /// # Errors
    /// Those of `each`, an I/O error where the file cannot be read, a data error where it is damaged.
    pub fn inbox_after(
        &self,
        number: i64,
        mut each: impl FnMut(InboxArticle) -> Result<()>,
    ) -> Result<()> {
        let at = |e| refused(&self.path, e);
        let sql = format!("{SELECT} WHERE i.number > ?1 ORDER BY i.number");
        let mut statement = self.connection.prepare(&sql).map_err(at)?;
        let mut rows = statement.query([number]).map_err(at)?;
        while let Some(row) = rows.next().map_err(at)? {
            each(inbox_article(row).map_err(at)?)?;
        }
        Ok(())
    }

    /// Returns an article of the inbox.
    ///
    /// # Errors
    /// As [`inbox_after`](Self::inbox_after).
    pub fn inbox_article(&self, number: i64) -> Result<Option<Article>> {
        let sql = format!("{SELECT} WHERE i.number = ?1");
        let found = self
            .connection
            .prepare_cached(&sql)
            .and_then(|mut found| found.query_row([number], inbox_article).optional());
        let found = found.map_err(|e| refused(&self.path, e))?;
        Ok(found.map(|found| found.article))
    }

    /// Notes that an annotator passed an article of the inbox over, for a head.
    ///
    /// # Errors
    /// A data error if there is no such article; an I/O error where the disk refuses.
    pub fn skip(&mut self, article: i64, head: &str, annotator: &str) -> Result<()> {
        if self.inbox_article(article)?.is_none() {
            return Err(Error::data(format!("the inbox has no article {article}"))
                .at(self.path.display())
                .help("list the queue, and skip an article of it"));
        }
        let sql =
            format!("INSERT INTO skips (inbox, head, annotator, at) VALUES (?1, ?2, ?3, {NOW})");
        let values = params![article, name(head), name(annotator)];
        let added = self.connection.execute(&sql, values);
        added.map(drop).map_err(|e| refused(&self.path, e))
    }

    /// Returns the articles that were passed over, in the order in which they were.
    ///
    /// # Errors
    /// As [`inbox_after`](Self::inbox_after).
    pub fn skips(&self) -> Result<Vec<Skip>> {
        let sql = "SELECT inbox, head, annotator FROM skips ORDER BY number";
        let skip = |row: &Row<'_>| {
            Ok(Skip {
                article: row.get(0)?,
                head: row.get(1)?,
                annotator: row.get(2)?,
            })
        };
        let read = self.connection.prepare(sql).and_then(|mut statement| {
            let rows = statement.query_map([], skip)?;
            rows.collect()
        });
        read.map_err(|e| refused(&self.path, e))
    }
}

/// Adds an article; returns nothing if the inbox holds its text.
fn receive(transaction: &Transaction<'_>, article: &Article) -> rusqlite::Result<Option<i64>> {
    let hash = text_hash(article);
    let known: Option<i64> = transaction
        .prepare_cached(
            "SELECT i.number FROM articles a JOIN inbox i ON i.article = a.number
             WHERE a.text_hash = ?1 AND a.text = ?2",
        )?
        .query_row(params![hash, article.text], |row| row.get(0))
        .optional()?;
    if known.is_some() {
        return Ok(None);
    }
    let number = article_number(transaction, article)?;
    let sql = format!("INSERT INTO inbox (article, at) VALUES (?1, {NOW})");
    transaction.prepare_cached(&sql)?.insert([number]).map(Some)
}

fn inbox_article(row: &Row<'_>) -> rusqlite::Result<InboxArticle> {
    Ok(InboxArticle {
        number: row.get(0)?,
        article: Article {
            id: row.get(1)?,
            title: row.get(2)?,
            text: row.get(3)?,
            source: row.get(4)?,
            date: row.get(5)?,
        },
    })
}
