//! Scoring articles that come one by one, as in requests to a service.

use super::{Model, ScoredDocument, Scorer};
use crate::corpus::{BrokenArticle, ColumnMapping, ColumnName, Limits, Schema};
use crate::features::Scratch;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Model that scores articles as JSON objects, on as many threads at once as call it. Its columns
/// are those that the model records, and the memory of one article serves the next.
///
/// ```
/// use standpoint::{Model, corpus::Limits, model::ArticleScorer};
/// let articles = ArticleScorer::new(Model::embedded()?, Limits::default());
/// let row = br#"{"id": 7, "text": "The striker scored twice in the final."}"#;
/// let (document, scores) = articles.score(row, 1).map_err(|broken| broken.error)?;
/// assert_eq!((document.id.as_str(), scores.heads[0].label()), ("7", Some("sport")));
/// let broken = articles.score(br#"{"id": 8}"#, 2).unwrap_err();
/// assert_eq!(broken.id.unwrap().as_str(), "8");
/// # Ok::<(), standpoint::Error>(())
/// ```
pub struct ArticleScorer {
    model: Model,
    mapping: ColumnMapping,
    limits: Arc<Limits>,
    name: Arc<str>,
    idle: Mutex<Vec<Scratch>>,
}

impl ArticleScorer {
    /// Creates a scorer of articles within limits.
    pub fn new(model: Model, limits: Limits) -> Self {
        let recorded = model.metadata().schema.clone();
        let mapping = ColumnMapping {
            labels: false,
            ..ColumnMapping::new(recorded.unwrap_or_else(|| Schema::new(["text"])))
        };
        ArticleScorer {
            model,
            mapping,
            limits: limits.into(),
            name: "-".into(),
            idle: Mutex::default(),
        }
    }

    /// Returns the model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Returns the columns of the text.
    pub fn text_columns(&self) -> &[ColumnName] {
        &self.mapping.schema.text
    }

    /// Scores an article: an object of JSON with the columns of the text, or with a web page in the
    /// column `html`. An article without an id is called by its line, as on standard input.
    ///
    /// # Errors
    /// A data error for a row that is broken, above a limit or without a text.
    pub fn score(&self, row: &[u8], line: u64) -> Result<ScoredDocument<'_>, BrokenArticle> {
        let document = self
            .mapping
            .json_article(row, (&self.name, line), &self.limits)?;
        let scratch = self.idle().pop().unwrap_or_default();
        let mut scorer = Scorer::with_scratch(&self.model, scratch);
        let scores = scorer.score(&document.text);
        self.idle().push(scorer.scratch);
        Ok((document, scores))
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Scratch>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for ArticleScorer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArticleScorer")
            .field("text", &self.mapping.schema.text)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built_in() -> ArticleScorer {
        ArticleScorer::new(Model::embedded().unwrap(), Limits::default().row(4000))
    }

    #[test]
    fn memory_that_is_used_again_changes_no_score() {
        let articles = built_in();
        let row = br#"{"text": "Shelling resumed"}"#;
        let alone = articles.model.score("Shelling resumed").heads[0]
            .scores
            .clone();
        for line in 1..4 {
            let (document, scores) = articles.score(row, line).unwrap();
            assert_eq!(scores.heads[0].scores, alone);
            assert_eq!(document.id, format!("-:{line}"));
        }
        assert_eq!(articles.idle().len(), 1);
    }

    #[test]
    fn broken_rows_are_told_with_what_is_known_of_them() {
        let articles = built_in();
        let long = format!("{{\"id\": 3, \"text\": \"{}\"}}", "a ".repeat(4000));
        let cases: [(&[u8], Option<&str>, &str); 6] = [
            (b"{\"id\": 1", None, "not a JSON object"),
            (b"[]", None, "not a JSON object"),
            (b"{\"id\": 1, \"text\": \" \"}", Some("1"), "no text"),
            (
                b"{\"id\": \"a\", \"text\": [1]}",
                Some("a"),
                "a list or an object",
            ),
            (b"{\"id\": [], \"text\": \"a\"}", None, "the id"),
            (long.as_bytes(), None, "longer than"),
        ];
        for (row, id, message) in cases {
            let broken = articles.score(row, 5).unwrap_err();
            assert_eq!(broken.id.as_ref().map(|id| id.as_str()), id);
            let shown = broken.error.to_string();
            assert!(
                shown.starts_with("-:5: ") && shown.contains(message),
                "{shown}"
            );
        }
    }

    #[cfg(feature = "html")]
    #[test]
    fn a_web_page_stands_for_its_article() {
        let articles = built_in();
        let page = "<title>Cup final</title><p>The striker scored &amp; won.</p>";
        let row = format!("{{\"html\": \"{page}\"}}");
        let (document, _) = articles.score(row.as_bytes(), 2).unwrap();
        assert_eq!(document.text, "Cup final\nThe striker scored & won.");
        assert_eq!((document.id.as_str(), document.location.line), ("-:2", 2));
        for broken in [
            r#"{"html": "<p>a</p>", "text": "b"}"#,
            r#"{"html": 5}"#,
            r#"{"html": "<p></p>"}"#,
        ] {
            assert!(articles.score(broken.as_bytes(), 1).is_err(), "{broken}");
        }
    }
}
