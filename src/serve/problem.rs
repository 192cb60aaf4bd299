//! Refusals, as RFC 9457 describes problems.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Serialize, Serializer};
use standpoint::corpus::{BrokenArticle, DocumentId};
use standpoint::{Error, NamedSetting, Setting};

/// Kinds of problems: the status, the title, and the anchor in the page that explains them.
macro_rules! problems {
    ($($(#[$doc:meta])+ $kind:ident => $status:literal, $slug:literal, $title:literal;)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ProblemKind { $($(#[$doc])+ $kind,)+ }

        impl ProblemKind {
            /// All kinds.
            pub const ALL: &[ProblemKind] = &[$(ProblemKind::$kind,)+];

            pub fn status(self) -> u16 {
                match self { $(ProblemKind::$kind => $status,)+ }
            }

            pub fn slug(self) -> &'static str {
                match self { $(ProblemKind::$kind => $slug,)+ }
            }

            pub fn title(self) -> &'static str {
                match self { $(ProblemKind::$kind => $title,)+ }
            }
        }
    };
}

problems! {
    /// The body or the query is not what is expected.
    Malformed => 400, "malformed", "The request is malformed";
    /// No token, or an unknown one.
    Unauthorized => 401, "unauthorized", "A token is needed";
    /// A token that does not allow this, or a page of another site.
    Forbidden => 403, "forbidden", "This is not allowed";
    /// No such route or model.
    NotFound => 404, "not-found", "There is no such thing";
    /// A route that is there, with another method.
    Method => 405, "method", "The method is not allowed";
    /// A body that did not come in time.
    Slow => 408, "slow", "The request took too long";
    /// A question that the model cannot answer.
    Unable => 409, "unable", "The model cannot tell this";
    /// A body, a row or a number of rows above its limit.
    TooLarge => 413, "too-large", "The request is too large";
    /// A body of another type.
    MediaType => 415, "media-type", "The type of the body is not supported";
    /// A name that is not one of this service.
    Host => 421, "host", "The service is not known by this name";
    /// A row of which no article can be made.
    BrokenRow => 422, "broken-row", "The row is no article";
    /// A model that cannot be put into service.
    BrokenModel => 422, "broken-model", "The model cannot be used";
    /// An error of the service.
    Internal => 500, "internal", "The service failed";
    /// More requests than may wait.
    Overloaded => 503, "overloaded", "The service is busy";
}

/// A refusal, and the row that it is about.
#[derive(Debug)]
pub struct Problem {
    pub kind: ProblemKind,
    pub detail: String,
    /// The number of the row, from 1.
    pub line: Option<u64>,
    /// The id of the row.
    pub id: Option<DocumentId<'static>>,
}

impl Problem {
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Problem {
            kind,
            detail: detail.into(),
            line: None,
            id: None,
        }
    }

    pub fn overloaded() -> Self {
        let detail = "as many requests as may wait are waiting; try again in a moment";
        Problem::new(ProblemKind::Overloaded, detail)
    }

    /// Makes the problem of a model that cannot be put into service.
    pub fn broken_model(error: &Error) -> Self {
        Problem::new(ProblemKind::BrokenModel, wording(error))
    }

    /// Makes the problem of a row.
    pub fn broken_row(broken: BrokenArticle, line: u64) -> Self {
        Problem {
            line: Some(line),
            id: broken.id,
            ..Problem::new(ProblemKind::BrokenRow, wording(&broken.error))
        }
    }

    pub fn at(self, line: u64) -> Self {
        Problem {
            line: Some(line),
            ..self
        }
    }
}

/// Returns what an error says, with the remedy where that is not an option of the command line.
pub fn wording(error: &Error) -> String {
    let name = |named: &NamedSetting| match named.setting() {
        Setting::MaxRow => "--max-row".to_string(),
        Setting::Abstain => "train --abstain".to_string(),
        Setting::CalibrationSet => "train --calibration-set".to_string(),
        other => other.name().to_string(),
    };
    let message = error.message_with_names(name);
    match error.remedy() {
        Some(remedy) if remedy.settings().count() == 0 => format!("{message}; {remedy}"),
        _ => message,
    }
}

#[derive(Serialize)]
struct Body<'p> {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'p DocumentId<'static>>,
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let body = Body {
            r#type: format!("/docs#{}", self.kind.slug()),
            title: self.kind.title(),
            status: self.kind.status(),
            detail: &self.detail,
            line: self.line,
            id: self.id.as_ref(),
        };
        body.serialize(serializer)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.kind.status()).unwrap_or_default();
        let json = serde_json::to_string(&self).unwrap_or_default() + "\n";
        let mut response = (status, json).into_response();
        let headers = response.headers_mut();
        let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
        set(header::CONTENT_TYPE, "application/problem+json");
        match self.kind {
            ProblemKind::Overloaded => set(header::RETRY_AFTER, "1"),
            ProblemKind::Unauthorized => set(header::WWW_AUTHENTICATE, "Bearer"),
            // The rest of the body is not read.
            ProblemKind::Slow => set(header::CONNECTION, "close"),
            _ => None,
        };
        response
    }
}
