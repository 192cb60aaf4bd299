//! Articles that come one by one, each a JSON object, from elsewhere than a file.

use super::limits::Limits;
use super::mapping::{ColumnMapping, Document, RowOutcome};
use super::reader::RawRecord;
use super::record::{ColumnName, DocumentId, Record, SourceLocation};
use crate::{Error, Result};
use std::sync::Arc;

/// A row of which no article can be made.
#[derive(Debug)]
#[non_exhaustive]
pub struct BrokenArticle {
    /// The row's id, where it has one and can be read that far.
    pub id: Option<DocumentId<'static>>,
    /// The reason, with the number of the row as its location.
    pub error: Error,
}

/// The column of a whole web page, in place of the text.
const PAGE: &str = "html";

impl ColumnMapping {
    /// Makes the document of one JSON object, which is the `line`th row of an input of this name. A
    /// web page in the column `html` stands for the title and the text of its article.
    pub(crate) fn json_article(
        &self,
        row: &[u8],
        (name, line): (&Arc<str>, u64),
        limits: &Arc<Limits>,
    ) -> std::result::Result<Document, BrokenArticle> {
        let file = name.clone();
        let raw = RawRecord::of_json(row, SourceLocation { file, line }, limits);
        let without_id = |error| BrokenArticle { id: None, error };
        let record = raw.decode().map_err(without_id)?;
        let id = record.id(&ColumnName::from("id")).ok().flatten();
        let broken = |error: Error| BrokenArticle {
            id: id.map(|(text, is_integer)| DocumentId::new(&text, is_integer).into_owned()),
            error: error.at(&record.location),
        };
        let outcome = match self.page(&record) {
            None => self.outcome(&record),
            Some(page) => self.page_outcome(&record, &page, limits),
        };
        match outcome {
            Ok(RowOutcome::Document(document)) => Ok(*document),
            Ok(RowOutcome::Filtered | RowOutcome::Unlabelled(_)) => {
                Err(broken(Error::data("the conditions leave the row out")))
            }
            Err(error) => Err(broken(error)),
        }
    }

    /// Returns the column of the page, where the row has one and the model no text of that name.
    fn page(&self, record: &Record) -> Option<ColumnName> {
        let column = ColumnName::from(PAGE);
        let is_page = record.stored(&column).is_some_and(|value| !value.is_null());
        (is_page && !self.schema.text.contains(&column)).then_some(column)
    }

    #[cfg(feature = "html")]
    fn page_outcome(
        &self,
        record: &Record,
        column: &ColumnName,
        limits: &Limits,
    ) -> Result<RowOutcome> {
        use super::record::Names;
        use super::stored::Stored;
        use crate::json::Value;
        let given = |name: &str| {
            let value = record.stored(&ColumnName::from(name));
            value.filter(|value| !value.is_null()).cloned()
        };
        if given("text").is_some() {
            let message = format!("the row has both `text` and `{column}`");
            return Err(Error::data(message).help("send one of them"));
        }
        let Some(html) = record.get(column).and_then(Value::as_str) else {
            let message = format!("the column `{column}` holds no text, expected a web page");
            return Err(Error::data(message));
        };
        let article = super::from_html_within(html, limits)?;
        if article.title.trim().is_empty() && article.text.trim().is_empty() {
            return Err(Error::data("the web page holds no text"));
        }
        let title = given("title").unwrap_or_else(|| Stored::Value(article.title.into()));
        let id = given("id").unwrap_or_else(|| Stored::Value(record.location.to_string().into()));
        // The line 0 says that HTML is decoded already, as in a file that is one page.
        let file = record.location.file.clone();
        let page = Record {
            location: SourceLocation { file, line: 0 },
            names: Arc::new(Names::of_object(
                ["id", "title", "text"].map(String::from).into(),
            )),
            values: vec![id, title, Stored::Value(article.text.into())],
        };
        let mut outcome = self.outcome(&page)?;
        if let RowOutcome::Document(document) = &mut outcome {
            document.location = record.location.clone();
        }
        Ok(outcome)
    }

    #[cfg(not(feature = "html"))]
    fn page_outcome(&self, _: &Record, _: &ColumnName, _: &Limits) -> Result<RowOutcome> {
        Err(Error::usage("this build cannot read web pages")
            .help("build it with the feature `html`"))
    }
}
