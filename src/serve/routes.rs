//! The routes: one list, from which the description and the checks of roles are made.

use super::app::App;
use super::{answer, corrections, guard, learning, operations, pages};
use axum::Router;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use std::sync::Arc;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Open,
    /// A reader or an editor, where there are tokens.
    Reader,
    /// An editor where there are tokens, or anybody on this machine.
    Annotator,
    /// An editor, who has a token.
    Editor,
}

/// A route and one of its methods.
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub access: Access,
    /// Its name in the description.
    pub id: &'static str,
    pub summary: &'static str,
}

const fn route(
    (method, path): (&'static str, &'static str),
    access: Access,
    (id, summary): (&'static str, &'static str),
) -> Route {
    Route {
        method,
        path,
        access,
        id,
        summary,
    }
}

use Access::{Annotator, Editor, Open, Reader};

/// All routes.
pub const ROUTES: [Route; 28] = [
    route(("POST", "/v1/score"), Reader, ("score", "Score articles")),
    route(
        ("POST", "/v1/explain"),
        Reader,
        ("explain", "Score articles, and show the terms that decide"),
    ),
    route(("GET", "/v1/models"), Reader, ("models", "List the models")),
    route(
        ("GET", "/v1/models/{name}"),
        Reader,
        ("model", "Describe a model"),
    ),
    route(
        ("PUT", "/v1/models/{name}"),
        Editor,
        ("replace", "Replace a model"),
    ),
    route(
        ("POST", "/v1/corrections"),
        Annotator,
        ("correct", "Add answers of annotators"),
    ),
    route(
        ("GET", "/v1/corrections"),
        Reader,
        ("corrections", "List corrections"),
    ),
    route(
        ("POST", "/v1/corrections/{number}/undo"),
        Annotator,
        ("undo", "Undo a correction"),
    ),
    route(
        ("GET", "/v1/queue"),
        Reader,
        ("queue", "List the articles to be answered next"),
    ),
    route(
        ("POST", "/v1/queue"),
        Annotator,
        ("receive", "Put articles into the inbox"),
    ),
    route(
        ("POST", "/v1/queue/{number}/skip"),
        Annotator,
        ("skip", "Pass an article over"),
    ),
    route(
        ("POST", "/v1/retrain"),
        Annotator,
        ("retrain", "Make a model of the corrections"),
    ),
    route(
        ("GET", "/v1/history"),
        Reader,
        ("history", "List the models that were made"),
    ),
    route(
        ("POST", "/v1/history/{number}/serve"),
        Annotator,
        ("restore", "Put a model that was made into service again"),
    ),
    route(
        ("GET", "/v1/evaluation"),
        Reader,
        ("evaluation", "Measure the model on the test set"),
    ),
    route(
        ("GET", "/v1/agreement"),
        Reader,
        ("agreement", "Measure how far annotators agree"),
    ),
    route(
        ("GET", "/v1/export"),
        Reader,
        ("export", "Export the corrections as a corpus"),
    ),
    route(
        ("GET", "/v1/events"),
        Reader,
        ("events", "Tell what happens, as it happens"),
    ),
    route(
        ("GET", "/healthz"),
        Open,
        ("health", "Tell that the process runs"),
    ),
    route(
        ("GET", "/readyz"),
        Open,
        ("readiness", "Tell that requests are taken"),
    ),
    route(
        ("GET", "/metrics"),
        Reader,
        ("metrics", "Count requests and rows, for Prometheus"),
    ),
    route(
        ("GET", "/openapi.json"),
        Open,
        ("description", "Describe the service in OpenAPI"),
    ),
    route(("GET", "/"), Open, ("home", "Lead to the desk or to /docs")),
    route(
        ("GET", "/desk"),
        Open,
        ("desk", "The page on which editors correct the model"),
    ),
    route(
        ("GET", "/desk/{file}"),
        Open,
        ("desk_file", "A file of that page"),
    ),
    route(("GET", "/docs"), Open, ("docs", "Show the description")),
    route(
        ("GET", "/docs/page.js"),
        Open,
        ("script", "The script of that page"),
    ),
    route(
        ("GET", "/docs/page.css"),
        Open,
        ("style", "The style of that page"),
    ),
];

/// Returns the name of a route in the metrics.
pub fn name(matched: Option<&str>) -> &'static str {
    let found = ROUTES.iter().find(|route| Some(route.path) == matched);
    found.map_or("other", |route| route.path)
}

/// Returns who may call a route by a method; those that are not there answer that to anybody.
pub fn access(path: &str, method: &Method) -> Access {
    let method = match *method {
        Method::HEAD => "GET",
        ref other => other.as_str(),
    };
    let found = ROUTES
        .iter()
        .find(|route| route.path == path && route.method == method);
    found.map_or(Open, |route| route.access)
}

pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/score", post(answer::score))
        .route("/v1/explain", post(answer::explain))
        .route("/v1/models", get(operations::models))
        .route(
            "/v1/models/{name}",
            get(operations::model).put(operations::replace),
        )
        .route(
            "/v1/corrections",
            get(corrections::list).post(corrections::add),
        )
        .route("/v1/corrections/{number}/undo", post(corrections::undo))
        .route("/v1/queue", get(learning::queue).post(learning::receive))
        .route("/v1/queue/{number}/skip", post(learning::skip))
        .route("/v1/retrain", post(learning::retrain))
        .route("/v1/history", get(learning::history))
        .route("/v1/history/{number}/serve", post(learning::restore))
        .route("/v1/evaluation", get(learning::evaluation))
        .route("/v1/agreement", get(learning::agreement))
        .route("/v1/export", get(learning::export))
        .route("/v1/events", get(learning::events))
        .route("/healthz", get(operations::health))
        .route("/readyz", get(operations::readiness))
        .route("/metrics", get(operations::metrics))
        .route("/openapi.json", get(pages::description))
        .route("/", get(pages::home))
        .route("/desk", get(pages::desk))
        .route("/desk/{file}", get(pages::desk_file))
        .route("/docs", get(pages::page))
        .route("/docs/page.js", get(pages::script))
        .route("/docs/page.css", get(pages::style))
        .fallback(operations::nothing)
        .method_not_allowed_fallback(operations::other_method)
        .layer(from_fn_with_state(app.clone(), guard::guard))
        .with_state(app)
}
