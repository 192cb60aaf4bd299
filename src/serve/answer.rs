//! Scoring and explaining.

use super::admission::Admitted;
use super::app::App;
use super::body::{self, ArticleType, JSON, Whole};
use super::problem::{Problem, ProblemKind};
use super::rows::{Answer, Asked, Question};
use super::{query, stream};
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header, request::Parts};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// `POST /v1/score`
pub async fn score(State(app): State<Arc<App>>, request: Request) -> Response {
    let asked = |app: &App, parts: &Parts| {
        let pairs = query::parameters(parts.uri.query(), &Question::OF_SCORE)?;
        asked(app, &pairs, Question::score(&pairs)?)
    };
    respond(app, request, asked).await
}

/// `POST /v1/explain`
pub async fn explain(State(app): State<Arc<App>>, request: Request) -> Response {
    let asked = |app: &App, parts: &Parts| {
        let pairs = query::parameters(parts.uri.query(), &Question::OF_EXPLAIN)?;
        asked(app, &pairs, Question::explain(&pairs)?)
    };
    respond(app, request, asked).await
}

fn asked(app: &App, pairs: &[(String, String)], question: Question) -> Result<Asked, Problem> {
    let asked = Asked {
        served: app.models.find(query::value(pairs, "model"))?,
        question,
        most: app.limits.rows,
    };
    asked.verify()?;
    Ok(asked)
}

async fn respond(
    app: Arc<App>,
    request: Request,
    asked: impl FnOnce(&App, &Parts) -> Result<Asked, Problem>,
) -> Response {
    let (parts, mut body) = request.into_parts();
    let admitted = || {
        let r#type = ArticleType::of(&parts.headers)?;
        Ok((r#type, asked(&app, &parts)?, app.admission.admit()?))
    };
    let answered = match admitted() {
        Ok((ArticleType::Lines(name), asked, admitted)) => {
            // A client that waits to be asked for the body is asked when it is read, and not once
            // the answer has begun.
            let waits = parts.headers.contains_key(header::EXPECT);
            let first = match waits {
                true => body::next_part_within(&mut body, app.limits.timeout).await,
                false => Ok(Some(Bytes::new())),
            };
            match first {
                Ok(first) => {
                    let body = (first.unwrap_or_default(), body);
                    let answers = stream::answer(app, asked, body, admitted);
                    return ([(header::CONTENT_TYPE, name)], answers).into_response();
                }
                Err(problem) => Err(problem),
            }
        }
        Ok((ArticleType::Json, asked, admitted)) => {
            let admitted = Arc::new(admitted);
            let answer = whole(&app, asked, &mut body, admitted.clone()).await;
            answer.map(|answer| Whole::body(answer.json, admitted))
        }
        Err(problem) => Err(problem),
    };
    match answered {
        Ok(answer) => ([(header::CONTENT_TYPE, JSON)], answer).into_response(),
        Err(problem) => refuse(problem, &parts.headers, body).await,
    }
}

/// Refuses a request whose body may not have been read.
pub async fn refuse(problem: Problem, headers: &HeaderMap, mut body: Body) -> Response {
    // A client that waits to be asked for the body has not sent it.
    if problem.kind != ProblemKind::Slow && !headers.contains_key(header::EXPECT) {
        body::drain(&mut body).await;
    }
    problem.into_response()
}

async fn whole(
    app: &App,
    asked: Asked,
    body: &mut Body,
    admitted: Arc<Admitted>,
) -> Result<Answer, Problem> {
    let bytes = body::whole(body, app.limits.body, app.limits.timeout).await?;
    let working = app.admission.work().await?;
    // The places are given back when the work is done, even if the client is gone by then.
    let answered = spawn_blocking(move || {
        let _places = (working, admitted);
        asked.answer_whole(&bytes)
    });
    let failed = |_| Problem::new(ProblemKind::Internal, "the rows could not be answered");
    let answered = answered.await.map_err(failed)?;
    let counted = answered.as_ref().map(|answer| (answer.scored, 0));
    let (scored, broken) = counted.unwrap_or((0, 1));
    app.metrics.count_rows(scored, broken);
    answered
}
