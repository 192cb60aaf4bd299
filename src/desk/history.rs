//! The models that were made of answers, and which of them served when.

use super::correction::name;
use super::file::refused;
use super::rows::NOW;
use super::store::CorrectionStore;
use crate::{Error, Result};
use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;

/// A model that was made of answers, as the recipe by which it can be made again: the model that it
/// was made of, and the answers in force after a correction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KeptModel {
    /// Number, from 1; 0 stands for the model of which all others are made.
    pub number: i64,
    /// Hash of the model of which it was made.
    #[serde(skip)]
    pub first: String,
    /// Number of the last correction when it was made.
    pub last_correction: i64,
    /// Number of articles of whose answers it learnt.
    pub articles: u64,
    /// Hash of the model.
    pub hash: String,
    /// Time at which it was made, as RFC 3339.
    pub at: String,
}

/// The model that was put into service last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct InService {
    /// Number; 0 for the first model.
    pub number: i64,
    /// Name of the annotator who chose it; `None` if retraining did.
    pub annotator: Option<String>,
    /// Time as RFC 3339.
    pub at: String,
}

/// A model that was just made of answers.
#[derive(Debug, Clone, Copy)]
pub struct NewModel<'a> {
    /// Hash of the model of which it was made.
    pub first: &'a str,
    /// Number of the last correction.
    pub last_correction: i64,
    /// Number of articles of whose answers it learnt.
    pub articles: u64,
    /// Hash of the model.
    pub hash: &'a str,
}

impl CorrectionStore {
    /// Keeps a model and returns its number; that of the last one, if it is the same.
    ///
    /// # Errors
    /// An I/O error where the disk refuses.
    pub fn keep_model(&mut self, model: &NewModel<'_>) -> Result<i64> {
        let last = self.models(model.first)?.pop();
        if let Some(last) = last.filter(|last| last.hash == model.hash) {
            return Ok(last.number);
        }
        let sql = format!(
            "INSERT INTO models (first, last_correction, articles, hash, at)
             VALUES (?1, ?2, ?3, ?4, {NOW})"
        );
        let articles = i64::try_from(model.articles).unwrap_or(i64::MAX);
        let values = params![model.first, model.last_correction, articles, model.hash];
        let added = self.connection.prepare_cached(&sql);
        let added = added.and_then(|mut sql| sql.insert(values));
        added.map_err(|e| refused(&self.path, e))
    }

    /// Returns the models that were made of a first one, in their order.
    ///
    /// # Errors
    /// An I/O error where the file cannot be read, a data error where it is damaged.
    pub fn models(&self, first: &str) -> Result<Vec<KeptModel>> {
        let sql = "SELECT number, first, last_correction, articles, hash, at FROM models
                   WHERE first = ?1 ORDER BY number";
        let read = self.connection.prepare_cached(sql).and_then(|mut sql| {
            let rows = sql.query_map([first], kept)?;
            rows.collect()
        });
        read.map_err(|e| refused(&self.path, e))
    }

    /// Returns a model that was made of a first one.
    ///
    /// # Errors
    /// A data error if there is none of this number, and as [`models`](Self::models).
    pub fn model(&self, first: &str, number: i64) -> Result<KeptModel> {
        let found = self.models(first)?.into_iter().find(|m| m.number == number);
        found.ok_or_else(|| {
            Error::data(format!("there is no model {number} made of `{first}`"))
                .at(self.path.display())
                .help("list the models, and name one of them")
        })
    }

    /// Notes that a model, or with 0 the first one itself, is in service from now on; `annotator`
    /// chose it, unless retraining did.
    ///
    /// # Errors
    /// An I/O error where the disk refuses.
    pub fn put_into_service(
        &mut self,
        first: &str,
        number: i64,
        annotator: Option<&str>,
    ) -> Result<()> {
        let sql = format!(
            "INSERT INTO services (model, first, annotator, at) VALUES (?1, ?2, ?3, {NOW})"
        );
        let values = params![number, first, annotator.map(name)];
        let added = self.connection.execute(&sql, values);
        added.map(drop).map_err(|e| refused(&self.path, e))
    }

    /// Returns which model made of a first one was put into service last; `None` if none was, so
    /// that the first one itself is in service.
    ///
    /// # Errors
    /// As [`models`](Self::models).
    pub fn in_service(&self, first: &str) -> Result<Option<InService>> {
        let sql = "SELECT model, annotator, at FROM services WHERE first = ?1
                   ORDER BY number DESC LIMIT 1";
        let service = |row: &Row<'_>| {
            Ok(InService {
                number: row.get(0)?,
                annotator: row.get(1)?,
                at: row.get(2)?,
            })
        };
        let found = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut sql| sql.query_row([first], service).optional());
        found.map_err(|e| refused(&self.path, e))
    }

    /// Returns the number of the last correction; 0 without one.
    ///
    /// # Errors
    /// As [`models`](Self::models).
    pub fn last_correction(&self) -> Result<i64> {
        let sql = "SELECT coalesce(max(number), 0) FROM corrections";
        let found = self.connection.query_row(sql, [], |row| row.get(0));
        found.map_err(|e| refused(&self.path, e))
    }
}

fn kept(row: &Row<'_>) -> rusqlite::Result<KeptModel> {
    let articles: i64 = row.get(3)?;
    Ok(KeptModel {
        number: row.get(0)?,
        first: row.get(1)?,
        last_correction: row.get(2)?,
        articles: articles.try_into().unwrap_or(0),
        hash: row.get(4)?,
        at: row.get(5)?,
    })
}
