//! The description of the service, and the page that shows it; everything is compiled in.

use super::app::App;
use super::body::JSON;
use super::description;
use super::problem::{Problem, ProblemKind};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;

/// `GET /openapi.json`
pub async fn description(State(app): State<Arc<App>>) -> impl IntoResponse {
    let json = description::document(&app.limits);
    ([(header::CONTENT_TYPE, JSON)], json)
}

/// Names and contents of the files of the desk's page.
macro_rules! files {
    ($($name:literal,)+) => { [$(($name, include_str!(concat!("desk/", $name))),)+] };
}

static DESK: [(&str, &str); 26] = files![
    "agreement.js",
    "api.js",
    "article.js",
    "decided.js",
    "dialogs.js",
    "dom.js",
    "evaluation.js",
    "events.js",
    "icon.svg",
    "keys.js",
    "labels.js",
    "learning.js",
    "log.js",
    "main.js",
    "models.js",
    "offsets.js",
    "outbox.js",
    "page.css",
    "pieces.js",
    "plot.js",
    "queue.js",
    "settings.js",
    "tip.js",
    "view.js",
    "words.js",
    "work.js",
];

/// `GET /desk`
pub async fn desk() -> impl IntoResponse {
    let page = include_str!("desk/page.html");
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page)
}

/// `GET /desk/{file}`
pub async fn desk_file(name: Result<Path<String>, PathRejection>) -> Result<Response, Problem> {
    let name = name.map(|Path(name)| name).unwrap_or_default();
    let found = DESK.iter().find(|(known, _)| *known == name);
    let (_, text) = found.ok_or_else(|| {
        let detail = "the page has no such file".to_string();
        Problem::new(ProblemKind::NotFound, detail)
    })?;
    let kind = match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        _ => "image/svg+xml",
    };
    Ok(([(header::CONTENT_TYPE, kind)], *text).into_response())
}

/// `GET /`: the desk where there is one, else the description.
pub async fn home(State(app): State<Arc<App>>) -> Redirect {
    match app.desk {
        Some(_) => Redirect::to("/desk"),
        None => Redirect::to("/docs"),
    }
}

/// `GET /docs`
pub async fn page() -> impl IntoResponse {
    let problem = |kind: &ProblemKind| {
        let (slug, status, title) = (kind.slug(), kind.status(), kind.title());
        format!("<dt id=\"{slug}\"><code>{slug}</code></dt><dd>{status}: {title}</dd>\n")
    };
    let problems: String = ProblemKind::ALL.iter().map(problem).collect();
    let html = include_str!("page/page.html").replace("<!-- problems -->", &problems);
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html)
}

/// `GET /docs/page.js`
pub async fn script() -> impl IntoResponse {
    let script = include_str!("page/page.js");
    (
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")],
        script,
    )
}

/// `GET /docs/page.css`
pub async fn style() -> impl IntoResponse {
    let style = include_str!("page/page.css");
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], style)
}
