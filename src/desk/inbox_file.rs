//! Articles for the inbox from files.

use super::correction::Article;
use crate::Result;
use crate::corpus::{ColumnMapping, ColumnName, RawReader, RowOutcome, Schema};
use crate::json::Value;
use crate::model::Model;

/// Reads articles in the columns that a model records; the title is kept apart where the model
/// reads one. Rows may lack columns, as rows to be scored may.
///
/// # Errors
/// For the first broken row, and where an input cannot be read.
pub fn read_articles(mut reader: RawReader<'_>, model: &Model) -> Result<Vec<Article>> {
    let recorded = model.metadata().schema.clone();
    let mapping = ColumnMapping {
        labels: false,
        ..ColumnMapping::new(recorded.unwrap_or_else(|| Schema::new(["text"])))
    };
    let title = ColumnName::from("title");
    let has_title = mapping.schema.text.len() > 1 && mapping.schema.text.contains(&title);
    let mut articles = Vec::new();
    while let Some(raw) = reader.next()? {
        let RowOutcome::Document(document) = mapping.document(&raw)? else {
            continue;
        };
        let record = raw.decode()?;
        let cell = |column: &ColumnName| record.get(column).and_then(Value::as_str);
        let mut article = Article::new(document.id, document.text);
        article.source = document.source;
        article.date = cell(&ColumnName::from("date")).map(str::to_string);
        // The title is the first of the texts that were joined, unless HTML was decoded in it.
        let rest = cell(&title).filter(|_| has_title).and_then(|title| {
            let rest = article.text.strip_prefix(title)?.strip_prefix('\n')?;
            Some((title.to_string(), rest.to_string()))
        });
        if let Some((title, text)) = rest {
            (article.title, article.text) = (Some(title), text);
        }
        articles.push(article);
    }
    Ok(articles)
}
