//! The description of the service, and the page that shows it; everything is compiled in.

use super::app::App;
use super::body::JSON;
use super::description;
use super::problem::ProblemKind;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use std::sync::Arc;

/// `GET /openapi.json`
pub async fn description(State(app): State<Arc<App>>) -> impl IntoResponse {
    let json = description::document(&app.limits);
    ([(header::CONTENT_TYPE, JSON)], json)
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
