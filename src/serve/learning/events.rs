//! Server-sent events: what happens, told to every client that listens.

use super::desk;
use crate::serve::app::App;
use crate::serve::body::pieces;
use crate::serve::problem::Problem;
use crate::serve::query;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::{Receiver, Sender, channel, error::RecvError};
use tokio::time::timeout;

/// Events that a slow client may be behind; further ones it does not get.
const BEHIND: usize = 256;
/// Time after which a silent connection is written to, so that a client that is gone is found.
const SILENCE: Duration = Duration::from_secs(15);

/// Something that happened.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Event<'a> {
    /// Answers were added.
    Correction {
        numbers: &'a [i64],
        annotator: &'a str,
    },
    /// An answer was undone.
    Undo {
        numbers: &'a [i64],
        annotator: &'a str,
    },
    /// A model was put into service.
    Model { number: i64, hash: &'a str },
    /// Articles came into the inbox.
    Queue { added: usize },
}

impl Event<'_> {
    fn name(&self) -> &'static str {
        match self {
            Event::Correction { .. } => "correction",
            Event::Undo { .. } => "undo",
            Event::Model { .. } => "model",
            Event::Queue { .. } => "queue",
        }
    }
}

/// The clients that listen; `None` is sent at the end of the service.
pub struct Events(Sender<Option<Bytes>>);

impl Default for Events {
    fn default() -> Self {
        Events(channel(BEHIND).0)
    }
}

impl Events {
    /// Tells all clients that listen.
    pub fn send(&self, event: &Event<'_>) {
        let data = serde_json::to_string(event).unwrap_or_default();
        let text = format!("event: {}\ndata: {data}\n\n", event.name());
        // Without a client nobody is told.
        let _ = self.0.send(Some(text.into()));
    }

    /// Ends all streams, which the end of the service would wait for.
    pub fn end(&self) {
        let _ = self.0.send(None);
    }
}

/// `GET /v1/events`
pub async fn stream(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    query::parameters(uri.query(), &[])?;
    let mut events = desk(&app)?.events.0.subscribe();
    let (send, body) = pieces();
    tokio::spawn(async move {
        // The first bytes tell the client that it is heard.
        let mut next = Some(Bytes::from_static(b": listening\n\n"));
        while let Some(piece) = next {
            if send.send(piece).await.is_err() {
                return;
            }
            next = event(&mut events).await;
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, body).into_response())
}

/// Waits for the next event; `None` at the end.
async fn event(events: &mut Receiver<Option<Bytes>>) -> Option<Bytes> {
    loop {
        match timeout(SILENCE, events.recv()).await {
            Err(_) => return Some(Bytes::from_static(b": still here\n\n")),
            Ok(Ok(event)) => return event,
            Ok(Err(RecvError::Lagged(_))) => {}
            Ok(Err(RecvError::Closed)) => return None,
        }
    }
}
