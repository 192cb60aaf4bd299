//! Corrections: answers of annotators, added to the store before they are acknowledged.

use super::answer::refuse;
use super::app::App;
use super::body::{self, ArticleType, JSON, Whole};
use super::learning::{Desk, Event, desk};
use super::models::Served;
use super::problem::{Problem, ProblemKind};
use super::query;
use super::rows::elements;
use axum::extract::{Path, Request, State, rejection::PathRejection};
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use standpoint::desk::{Article, Correction, CorrectionStore, NewCorrection, RANDOM};
use standpoint::{Error, ErrorKind};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use tokio::task::spawn_blocking;

/// Rows of a page of corrections where the request names no limit, and the most of one. A page also
/// ends once its texts are as long as a body may be.
const PAGE: u32 = 100;
const MOST: u32 = 1000;

/// An answer as a client sends it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    #[serde(default)]
    id: String,
    title: Option<String>,
    text: String,
    source: Option<String>,
    date: Option<String>,
    head: String,
    labels: Vec<String>,
    annotator: String,
    reason: Option<String>,
    note: Option<String>,
}

/// Who undoes a correction.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Undo {
    annotator: String,
}

/// Numbers of the rows that were added.
#[derive(Debug, Serialize)]
struct Added {
    numbers: Vec<i64>,
}

/// A page of rows.
#[derive(Debug, Serialize)]
struct Page {
    corrections: Vec<Correction>,
}

/// `POST /v1/corrections`
pub async fn add(State(app): State<Arc<App>>, request: Request) -> Response {
    change(app, request, &["model"], false, |app, pairs, body| {
        let desk = desk(app)?;
        let served = app.models.find(query::value(pairs, "model"))?;
        let text = std::str::from_utf8(body)
            .map_err(|_| Problem::new(ProblemKind::Malformed, "the body is not in UTF-8"))?;
        let rows = match text.trim_start().starts_with('[') {
            true => elements(text, app.limits.rows)?
                .iter()
                .map(|row| row.get())
                .collect(),
            false => vec![text],
        };
        let answers = rows.iter().zip(1..);
        let answers = answers.map(|(row, line)| correction(&served, row).map_err(|p| p.at(line)));
        let mut answers = answers.collect::<Result<Vec<_>, _>>()?;
        keep_test_apart(desk, &mut answers);
        let numbers = added(&mut desk.store(), &answers).map_err(|error| refused(&error))?;
        let annotator = answers.first().map_or("", |answer| &answer.annotator);
        desk.events.send(&Event::Correction {
            numbers: &numbers,
            annotator,
        });
        Ok(Added { numbers })
    })
    .await
}

/// Adds those answers that are not known, all or none, and returns the numbers of all.
fn added(store: &mut CorrectionStore, answers: &[NewCorrection]) -> standpoint::Result<Vec<i64>> {
    let known: Vec<Option<i64>> = answers
        .iter()
        .map(|answer| store.known(answer))
        .collect::<standpoint::Result<_>>()?;
    let new = answers
        .iter()
        .zip(&known)
        .filter(|(_, known)| known.is_none());
    let new: Vec<NewCorrection> = new.map(|(answer, _)| answer.clone()).collect();
    let mut numbers = store.add(&new)?.into_iter();
    let number = |known: Option<i64>| known.or_else(|| numbers.next());
    Ok(known.into_iter().filter_map(number).collect())
}

/// Notes of answers to articles of the test set that they are, whatever the client says.
fn keep_test_apart(desk: &Desk, answers: &mut [NewCorrection]) {
    let Ok(learning) = desk.learning() else {
        return;
    };
    let pool = learning.pool.read().unwrap_or_else(PoisonError::into_inner);
    for answer in answers {
        if pool.tests(&answer.article.text) == Some(true) {
            answer.reason = Some(RANDOM.to_string());
        }
    }
}

/// `POST /v1/corrections/{number}/undo`
pub async fn undo(
    State(app): State<Arc<App>>,
    number: Result<Path<i64>, PathRejection>,
    request: Request,
) -> Response {
    change(app, request, &[], false, move |app, _, body| {
        let number = numbered(number)?;
        let undo: Undo = serde_json::from_slice(body).map_err(|e| malformed(&e))?;
        let desk = desk(app)?;
        let undone = desk.store().undo(number, &undo.annotator);
        let numbers = vec![undone.map_err(|error| refused(&error))?];
        desk.events.send(&Event::Undo {
            numbers: &numbers,
            annotator: &undo.annotator,
        });
        Ok(Added { numbers })
    })
    .await
}

/// `GET /v1/corrections`
pub async fn list(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    let pairs = query::parameters(uri.query(), &["after", "limit", "search"])?;
    let after = query::number(&pairs, "after")?;
    let limit = query::number(&pairs, "limit")?.unwrap_or(PAGE).min(MOST);
    let search = query::value(&pairs, "search").map(str::to_string);
    if after.is_some() && search.is_some() {
        let detail = "a search has the newest first, so it takes no `after`";
        return Err(Problem::new(ProblemKind::Malformed, detail));
    }
    read(app, move |app| {
        let most = app.limits.body;
        let store = desk(app)?.store();
        let corrections = match &search {
            None => store.corrections_after(after.unwrap_or(0), limit, most),
            Some(words) => store.corrections_with(words, limit, most),
        };
        Ok(Page {
            corrections: corrections.map_err(|error| refused(&error))?,
        })
    })
    .await
}

/// Returns the number in the path of a route.
pub fn numbered(number: Result<Path<i64>, PathRejection>) -> Result<i64, Problem> {
    let none = |_| Problem::new(ProblemKind::NotFound, "the number is none");
    number.map(|Path(number)| number).map_err(none)
}

/// Answers with what the store and all that follows from it say.
pub async fn read<T: Serialize>(
    app: Arc<App>,
    answer: impl FnOnce(&App) -> Result<T, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    desk(&app)?;
    let admitted = app.admission.admit()?;
    let working = app.admission.work().await?;
    let read = spawn_blocking(move || {
        let _places = (working, admitted);
        json(&answer(&app)?)
    });
    let read = read.await.map_err(failed)?;
    Ok(([(header::CONTENT_TYPE, JSON)], read?).into_response())
}

/// Changes the store by a body of JSON, or of JSON lines where it `takes_lines`, and answers with
/// what came of it.
pub async fn change<T: Serialize>(
    app: Arc<App>,
    request: Request,
    known: &'static [&'static str],
    takes_lines: bool,
    change: impl FnOnce(&App, &[(String, String)], &[u8]) -> Result<T, Problem> + Send + 'static,
) -> Response {
    let (parts, mut body) = request.into_parts();
    let done = async {
        let pairs = query::parameters(parts.uri.query(), known)?;
        desk(&app)?;
        match takes_lines {
            true => ArticleType::of(&parts.headers).map(drop)?,
            false => body::verify_json(&parts.headers)?,
        }
        let admitted = Arc::new(app.admission.admit()?);
        let bytes = body::whole(&mut body, app.limits.body, app.limits.timeout).await?;
        let working = app.admission.work().await?;
        let (app, held) = (app.clone(), admitted.clone());
        let changed = spawn_blocking(move || {
            let _places = (working, held);
            json(&change(&app, &pairs, &bytes)?)
        });
        Ok((changed.await.map_err(failed)??, admitted))
    };
    let done: Result<_, Problem> = done.await;
    match done {
        Ok((json, admitted)) => {
            ([(header::CONTENT_TYPE, JSON)], Whole::body(json, admitted)).into_response()
        }
        Err(problem) => refuse(problem, &parts.headers, body).await,
    }
}

/// Returns an answer with the model that was asked and its scores.
fn correction(served: &Served, row: &str) -> Result<NewCorrection, Problem> {
    let answer: Answer = serde_json::from_str(row).map_err(|e| malformed(&e))?;
    let mut article = Article::new(answer.id, answer.text);
    article.title = answer.title;
    article.source = answer.source;
    article.date = answer.date;
    let model = served.scorer.model();
    let row = serde_json::to_vec(&article).unwrap_or_default();
    let (_, scores) = served.scorer.score(&row, 1).map_err(|broken| {
        Problem::new(
            ProblemKind::BrokenRow,
            super::problem::wording(&broken.error),
        )
    })?;
    let Some(head) = scores
        .heads
        .iter()
        .find(|head| head.metadata.name == answer.head)
    else {
        let detail = format!("the model has no head `{}`", answer.head);
        return Err(Problem::new(ProblemKind::BrokenRow, detail));
    };
    let known = &head.metadata.labels;
    if let Some(new) = answer.labels.iter().find(|label| !known.contains(label)) {
        let detail = format!(
            "head `{}` has no label `{new}`, but {}",
            answer.head,
            known.join(", ")
        );
        return Err(Problem::new(ProblemKind::BrokenRow, detail));
    }
    let scores: BTreeMap<String, f64> = known.iter().cloned().zip(head.scores.clone()).collect();
    let kind = head.metadata.kind;
    let mut new = NewCorrection::new(article, answer.head, kind, answer.labels, answer.annotator);
    new.model = Some(model.hash().to_string());
    new.scores = scores;
    (new.reason, new.note) = (answer.reason, answer.note);
    new.checked().map_err(|error| refused(&error))
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::new(
        ProblemKind::Malformed,
        format!("the body is no answer: {error}"),
    )
}

/// Returns the problem of a store that refuses: what was asked, or the disk.
pub fn refused(error: &Error) -> Problem {
    let kind = match error.kind() {
        ErrorKind::Io => ProblemKind::Internal,
        _ => ProblemKind::BrokenRow,
    };
    Problem::new(kind, super::problem::wording(error))
}

fn failed(_: tokio::task::JoinError) -> Problem {
    Problem::new(ProblemKind::Internal, "the store could not be used")
}

fn json(value: &impl Serialize) -> Result<String, Problem> {
    let json = serde_json::to_string(value);
    json.map(|json| json + "\n")
        .map_err(|e| Problem::new(ProblemKind::Internal, e.to_string()))
}
