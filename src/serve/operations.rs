//! Models, and the state of the service.

use super::answer::refuse;
use super::app::App;
use super::body::{self, JSON};
use super::models::ModelEntry;
use super::problem::{Problem, ProblemKind};
use super::query;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::task::spawn_blocking;

/// All models, and the one that answers where none is named.
#[derive(Serialize)]
struct Listed {
    default: String,
    models: Vec<ModelEntry>,
}

type Named = Result<Path<String>, PathRejection>;

/// `GET /v1/models`
pub async fn models(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    query::parameters(uri.query(), &[])?;
    let models = app.models.entries();
    let default = models[0].name().to_string();
    json(&Listed { default, models })
}

/// `GET /v1/models/{name}`
pub async fn model(
    State(app): State<Arc<App>>,
    name: Named,
    uri: Uri,
) -> Result<Response, Problem> {
    query::parameters(uri.query(), &[])?;
    json(&app.models.entry(&named(name)?)?)
}

/// `PUT /v1/models/{name}`
pub async fn replace(State(app): State<Arc<App>>, name: Named, request: Request) -> Response {
    let (parts, mut body) = request.into_parts();
    match replaced(app, name, &parts.headers, &parts.uri, &mut body).await {
        Ok(response) => response,
        Err(problem) => refuse(problem, &parts.headers, body).await,
    }
}

async fn replaced(
    app: Arc<App>,
    name: Named,
    headers: &HeaderMap,
    uri: &Uri,
    body: &mut Body,
) -> Result<Response, Problem> {
    query::parameters(uri.query(), &[])?;
    let name = named(name)?;
    app.models.verify(&name)?;
    body::verify_bytes(headers)?;
    let upload = app.uploads.clone().try_acquire_owned();
    let upload = upload.map_err(|_| {
        let detail = "another model is being uploaded; try again when it is there";
        Problem::new(ProblemKind::Overloaded, detail)
    })?;
    let bytes = body::upload(body, app.limits.model, app.limits.timeout).await?;
    let replaced = spawn_blocking(move || {
        let _upload = upload;
        let entry = app.models.replace(&name, bytes)?;
        if app.models.is_first(&name) {
            app.renew_first()
                .map_err(|error| Problem::broken_model(&error))?;
        }
        app.models.entry(&name).or(Ok::<_, Problem>(entry))
    });
    let failed = |_| Problem::new(ProblemKind::Internal, "the model could not be read");
    json(&replaced.await.map_err(failed)??)
}

fn named(name: Named) -> Result<String, Problem> {
    let malformed = |_| Problem::new(ProblemKind::Malformed, "the name is not in UTF-8");
    name.map(|Path(name)| name).map_err(malformed)
}

/// `GET /healthz`: the process runs.
pub async fn health() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: requests are taken.
pub async fn readiness(State(app): State<Arc<App>>) -> Result<&'static str, Problem> {
    match app.stopping.load(Ordering::Relaxed) {
        false => Ok("ready\n"),
        true => Err(Problem::new(
            ProblemKind::Overloaded,
            "the service is ending",
        )),
    }
}

/// `GET /metrics`
pub async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
    let text = app.metrics.text(&app.models.names());
    ([(header::CONTENT_TYPE, TEXT)], text)
}

/// Answers what is no route.
pub async fn nothing(uri: Uri) -> Problem {
    let detail = format!("there is no `{}`; /docs lists what there is", uri.path());
    Problem::new(ProblemKind::NotFound, detail)
}

/// Answers a route with a method that it does not have.
pub async fn other_method() -> Problem {
    let detail = "the header Allow names the methods of this route";
    Problem::new(ProblemKind::Method, detail)
}

fn json(value: &impl Serialize) -> Result<Response, Problem> {
    let json = serde_json::to_string(value);
    let json = json.map_err(|e| Problem::new(ProblemKind::Internal, e.to_string()))?;
    Ok(([(header::CONTENT_TYPE, JSON)], json + "\n").into_response())
}
