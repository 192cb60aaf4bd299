//! Bodies: their types, reading them within limits of size and time, and writing them piece by
//! piece.

use super::problem::{Problem, ProblemKind};
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::timeout;

/// The type of a body of articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArticleType {
    /// One object, or an array of them.
    Json,
    /// An object a line.
    Lines(&'static str),
}

pub const JSON: &str = "application/json";
pub const LINES: [&str; 2] = ["application/x-ndjson", "application/jsonl"];
pub const BYTES: &str = "application/octet-stream";

impl ArticleType {
    /// Returns the type that the head of a request tells.
    pub fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let is = |wanted: &&&'static str| media_type(headers).as_deref() == Some(**wanted);
        let lines = LINES.iter().find(is).map(|found| ArticleType::Lines(found));
        let json = || is(&&JSON).then_some(ArticleType::Json);
        let found = lines.or_else(json).filter(|_| is_plain(headers));
        found.ok_or_else(|| unsupported(&format!("{JSON}, {} or {}", LINES[0], LINES[1])))
    }
}

/// Refuses a body that is not JSON.
pub fn verify_json(headers: &HeaderMap) -> Result<(), Problem> {
    verify_type(headers, JSON)
}

/// Refuses a body that is not of the type of files.
pub fn verify_bytes(headers: &HeaderMap) -> Result<(), Problem> {
    verify_type(headers, BYTES)
}

fn verify_type(headers: &HeaderMap, expected: &str) -> Result<(), Problem> {
    match media_type(headers).as_deref() == Some(expected) && is_plain(headers) {
        true => Ok(()),
        false => Err(unsupported(expected)),
    }
}

fn unsupported(expected: &str) -> Problem {
    let detail = format!("the Content-Type must be {expected}, in UTF-8 and not compressed");
    Problem::new(ProblemKind::MediaType, detail)
}

/// Returns the type of a body without its parameters, in lower case.
fn media_type(headers: &HeaderMap) -> Option<String> {
    let whole = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let name = whole.split(';').next().unwrap_or_default();
    Some(name.trim().to_ascii_lowercase())
}

/// Tells if a body is neither compressed nor in another encoding than UTF-8.
fn is_plain(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let compressed = text(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity");
    let parameters = text(header::CONTENT_TYPE)
        .unwrap_or_default()
        .split(';')
        .skip(1);
    let mut charsets = parameters.filter_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_charset = name.trim().eq_ignore_ascii_case("charset");
        is_charset.then(|| value.trim().trim_matches('"').to_ascii_lowercase())
    });
    !compressed && charsets.all(|charset| matches!(charset.as_str(), "utf-8" | "utf8"))
}

/// Reads a body to its end.
///
/// # Errors
/// For a body of more than `most` bytes, one that takes longer, and one that breaks off.
pub async fn whole(body: &mut Body, most: usize, time: Duration) -> Result<Vec<u8>, Problem> {
    let hint = body.size_hint().lower();
    if hint > most as u64 {
        return Err(too_large(most));
    }
    let read = async {
        // A length that is stated is not believed beyond a megabyte.
        let mut bytes = Vec::with_capacity(hint.min(1 << 20) as usize);
        while let Some(part) = next_part(body).await? {
            if bytes.len() + part.len() > most {
                return Err(too_large(most));
            }
            bytes.extend_from_slice(&part);
        }
        Ok(bytes)
    };
    timeout(time, read)
        .await
        .unwrap_or_else(|_| Err(slow(time)))
}

/// Reads a body to its end, however long it takes, as long as something comes.
///
/// # Errors
/// For a body of more than `most` bytes, one that stops, and one that breaks off.
pub async fn upload(body: &mut Body, most: usize, time: Duration) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(part) = next_part_within(body, time).await? {
        if bytes.len() + part.len() > most {
            return Err(too_large(most));
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

fn too_large(most: usize) -> Problem {
    let detail = format!("the body is longer than {most} bytes");
    Problem::new(ProblemKind::TooLarge, detail)
}

/// Returns the next bytes of a body; `None` at its end.
///
/// # Errors
/// A problem of a body that breaks off.
pub async fn next_part(body: &mut Body) -> Result<Option<Bytes>, Problem> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|e| {
            Problem::new(ProblemKind::Malformed, format!("the body breaks off: {e}"))
        })?;
        if let Ok(part) = frame.into_data() {
            return Ok(Some(part));
        }
    }
    Ok(None)
}

/// Returns the next bytes as [`next_part`] does, where they come in time.
pub async fn next_part_within(body: &mut Body, time: Duration) -> Result<Option<Bytes>, Problem> {
    let part = timeout(time, next_part(body)).await;
    part.unwrap_or_else(|_| Err(slow(time)))
}

fn slow(time: Duration) -> Problem {
    let detail = format!("the body did not come within {} s", time.as_secs_f64());
    Problem::new(ProblemKind::Slow, detail)
}

/// Reads what a refused client may still be sending, a moment long: a connection that is closed
/// with bytes unread loses the answer.
pub async fn drain(body: &mut Body) {
    const MOST: usize = 1 << 20;
    const MOMENT: Duration = Duration::from_millis(500);
    let read = async {
        let mut size = 0;
        while size < MOST {
            match next_part(body).await {
                Ok(Some(part)) => size += part.len(),
                _ => return,
            }
        }
    };
    let _ = timeout(MOMENT, read).await;
}

/// A body that is written piece by piece, as they come.
pub struct Pieces(Receiver<Bytes>);

/// Returns the two ends of a body of which one piece may wait.
pub fn pieces() -> (Sender<Bytes>, Body) {
    let (send, receive) = channel(1);
    (send, Body::new(Pieces(receive)))
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = self.0.poll_recv(context);
        piece.map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}

/// A body that is there, and what is held until it is written: a client that does not read its
/// answer keeps its place among the requests.
pub struct Whole<T> {
    rest: Bytes,
    _held: T,
}

/// Bytes that are handed on at once, so that the body is there until most of it is written.
const PART: usize = 64 << 10;

impl<T: Send + Unpin + 'static> Whole<T> {
    /// Returns the body of a text, which holds something else as long as it is there.
    pub fn body(text: String, held: T) -> Body {
        Body::new(Whole {
            rest: text.into(),
            _held: held,
        })
    }
}

impl<T: Unpin> HttpBody for Whole<T> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let length = self.rest.len().min(PART);
        let part = self.rest.split_to(length);
        Poll::Ready((length > 0).then(|| Ok(Frame::data(part))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn types_are_told_by_name_and_charset() {
        let of = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(text));
            ArticleType::of(&headers).ok()
        };
        assert_eq!(of("application/json"), Some(ArticleType::Json));
        assert_eq!(
            of("Application/JSON; charset=\"UTF-8\""),
            Some(ArticleType::Json)
        );
        assert_eq!(of("application/jsonl"), Some(ArticleType::Lines(LINES[1])));
        for other in [
            "application/json; charset=latin-1",
            "text/plain",
            "",
            "multipart/form-data",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
        assert!(ArticleType::of(&HeaderMap::new()).is_err());
    }
}
