//! Articles for the inbox from files.

use super::correction::Article;
use crate::corpus::{ColumnMapping, ColumnName, RawReader, RowOutcome, Schema};
use crate::json::Value;
use crate::model::Model;
use crate::{Error, Result};

/// The articles of a file, and the rows that are none.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct InboxFile {
    /// Articles in the order of their rows.
    pub articles: Vec<Article>,
    /// Number of broken rows, which are left out.
    pub broken: u64,
    /// The reason of the first broken row.
    pub first_broken: Option<Error>,
}

/// Reads articles in the columns that a model records; the title is kept apart where the model
/// reads one. Rows may lack columns, as rows to be scored may. Broken rows, such as those without a
/// text, are counted and left out, since an archive has some.
///
/// # Errors
/// Where an input cannot be read, and the first broken row's if no other row is an article.
pub fn read_articles(mut reader: RawReader<'_>, model: &Model) -> Result<InboxFile> {
    let recorded = model.metadata().schema.clone();
    let mapping = ColumnMapping {
        labels: false,
        ..ColumnMapping::new(recorded.unwrap_or_else(|| Schema::new(["text"])))
    };
    let title = ColumnName::from("title");
    let has_title = mapping.schema.text.len() > 1 && mapping.schema.text.contains(&title);
    let mut file = InboxFile::default();
    while let Some(raw) = reader.next()? {
        let document = match mapping.document(&raw) {
            Ok(RowOutcome::Document(document)) => document,
            Ok(_) => continue,
            Err(error) => {
                file.broken += 1;
                file.first_broken.get_or_insert(error);
                continue;
            }
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
        file.articles.push(article);
    }
    match file.first_broken.take_if(|_| file.articles.is_empty()) {
        Some(error) => Err(error),
        None => Ok(file),
    }
}
