//! The description of the service in OpenAPI, made of the list of routes.

use super::ServeLimits;
use super::body::{BYTES, JSON, LINES};
use super::problem::ProblemKind;
use super::routes::{Access, ROUTES, Route};
use super::schemas;
use standpoint::desk::QueryStrategy;
use utoipa::openapi::path::{
    HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem, PathsBuilder,
};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ComponentsBuilder, ObjectBuilder, Ref, Schema, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, InfoBuilder, OpenApiBuilder, RefOr, Required};

/// The name of the scheme of tokens.
const BEARER: &str = "token";

const ABOUT: &str = "Scores news articles by topic and stance, and shows the terms that decide. \
                     Rows of answers are those of `standpoint score --json` and `standpoint \
                     explain --json`.";

/// Returns the description as JSON.
pub fn document(limits: &ServeLimits) -> String {
    let mut paths = PathsBuilder::new();
    for route in &ROUTES {
        paths = paths.path(
            route.path,
            PathItem::new(method(route), operation(route, limits)),
        );
    }
    let mut components = ComponentsBuilder::new();
    for (name, schema) in schemas::all() {
        components = components.schema(name, schema);
    }
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "A token of the file of --token-file, where there is one.",
        ));
    let components = components.security_scheme(BEARER, SecurityScheme::Http(scheme.build()));
    let info = InfoBuilder::new()
        .title("Standpoint")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT));
    let document = OpenApiBuilder::new()
        .info(info.build())
        .paths(paths.build())
        .components(Some(components.build()))
        .build();
    document.to_json().unwrap_or_default()
}

fn method(route: &Route) -> HttpMethod {
    match route.method {
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        _ => HttpMethod::Get,
    }
}

fn operation(route: &Route, limits: &ServeLimits) -> OperationBuilder {
    let status = match route.id {
        "home" => "303",
        _ => "200",
    };
    let mut operation = OperationBuilder::new()
        .operation_id(Some(route.id))
        .summary(Some(route.summary))
        .description(about(route, limits))
        .request_body(body(route))
        .response(status, answer(route));
    let parameters = parameters(route);
    if !parameters.is_empty() {
        operation = operation.parameters(Some(parameters));
    }
    for (status, title) in refusals(route) {
        operation = operation.response(status.to_string(), refusal(title));
    }
    let bearer = SecurityRequirement::new(BEARER, [] as [&str; 0]);
    match route.access {
        Access::Open => operation,
        // Without a file of tokens, readers need none.
        Access::Reader | Access::Annotator => {
            operation.securities(Some([SecurityRequirement::default(), bearer]))
        }
        Access::Editor => operation.securities(Some([bearer])),
    }
}

fn about(route: &Route, limits: &ServeLimits) -> Option<String> {
    let ServeLimits {
        body, row, rows, ..
    } = limits;
    match route.id {
        "score" | "explain" => Some(format!(
            "Takes one article, an array of them, or an article a line, and answers in the same \
             form and order. A broken article refuses an object or array; among lines it becomes \
             a row with `error`. A body that is no lines has at most {body} bytes, a row {row}, \
             and a request {rows} rows. Lines are answered while they come: read while you write."
        )),
        "replace" => Some(
            "Takes the bytes of a model file. The old model stays where they are no model; \
             requests that have begun keep theirs. The file that was named at the start is not \
             changed."
                .to_string(),
        ),
        "correct" => Some(
            "Takes one answer, or an array of which all or none are added. The numbers are answered \
             once the rows are on the disk, with the hash and the scores of the model. Needs \
             --store."
                .to_string(),
        ),
        "corrections" => Some(
            "Rows in the order in which they were added, at most 1000 of them; `after` is the number \
             of the last one that is known."
                .to_string(),
        ),
        "undo" => Some("An undo is a row of its own, which can be undone in its turn.".to_string()),
        other => about_the_desk(other).map(str::to_string),
    }
}

fn about_the_desk(id: &str) -> Option<&'static str> {
    match id {
        "queue" => Some(
            "Articles of the inbox without an answer, those to be learnt from in the order of the \
             strategy and those of the test set among them; `reason` says which. Of near \
             duplicates the first alone is listed.",
        ),
        "receive" => Some(
            "Takes one article, an array, or an article a line. Texts that the inbox holds already \
             are counted as known.",
        ),
        "retrain" => Some(
            "Makes a model of the first one and the answers in force, but for those of the test \
             set, and puts it into service unless it is worse on the test set by more than chance \
             explains; `force` does so anyway.",
        ),
        "restore" => Some(
            "Makes a model again by its number, of the answers that were in force then; 0 is the \
             model that was loaded.",
        ),
        "evaluation" => Some(
            "Figures of the model in service on the answers to articles drawn at random, from \
             which no model learns.",
        ),
        "events" => Some(
            "Server-sent events: `correction`, `undo`, `model`, `queue`. The stream has no end.",
        ),
        _ => None,
    }
}

fn json(schema: impl Into<RefOr<Schema>>) -> Content {
    Content::new(Some(schema))
}

fn reference(name: &str) -> Ref {
    Ref::from_schema_name(name)
}

fn body(route: &Route) -> Option<RequestBody> {
    let body = RequestBodyBuilder::new().required(Some(Required::True));
    match route.id {
        "score" | "explain" => {
            let lines = || json(ObjectBuilder::new().schema_type(Type::String));
            let body = body.content(JSON, json(reference("Articles")));
            let body = body.content(LINES[0], lines()).content(LINES[1], lines());
            Some(body.build())
        }
        "replace" => Some(body.content(BYTES, bytes()).build()),
        "correct" => Some(body.content(JSON, json(reference("Answers"))).build()),
        "undo" | "restore" => Some(body.content(JSON, json(reference("Undo"))).build()),
        "receive" => {
            let lines = || json(ObjectBuilder::new().schema_type(Type::String));
            let body = body.content(JSON, json(reference("WaitingArticles")));
            let body = body.content(LINES[0], lines()).content(LINES[1], lines());
            Some(body.build())
        }
        "skip" => Some(body.content(JSON, json(reference("Skip"))).build()),
        "retrain" => Some(body.content(JSON, json(reference("Wish"))).build()),
        _ => None,
    }
}

fn bytes() -> Content {
    json(
        ObjectBuilder::new()
            .schema_type(Type::String)
            .content_media_type(BYTES),
    )
}

fn text() -> Content {
    json(ObjectBuilder::new().schema_type(Type::String))
}

fn answer(route: &Route) -> Response {
    let rows = |name| {
        let answer = ResponseBuilder::new().description("The rows, in the form of the request.");
        let answer = answer.content(JSON, json(reference(name)));
        answer.content(LINES[0], text()).content(LINES[1], text())
    };
    let of = |about: &str, kind: &str, content| {
        ResponseBuilder::new()
            .description(about)
            .content(kind, content)
    };
    match route.id {
        "score" => rows("Scores"),
        "explain" => rows("Explanations"),
        "models" => of("All models.", JSON, json(reference("Models"))),
        "model" => of("The model.", JSON, json(reference("Model"))),
        "replace" => of("The new model.", JSON, json(reference("Model"))),
        "correct" | "undo" => of("The numbers.", JSON, json(reference("Added"))),
        "corrections" => of("The rows.", JSON, json(reference("Corrections"))),
        "queue" => of("The articles.", JSON, json(reference("Queue"))),
        "receive" => of(
            "The numbers of articles.",
            JSON,
            json(reference("Received")),
        ),
        "skip" => of(
            "The article is passed over.",
            JSON,
            json(reference("Skipped")),
        ),
        "retrain" | "restore" => of("The model.", JSON, json(reference("Retrained"))),
        "history" => of("The models.", JSON, json(reference("History"))),
        "evaluation" => of("The figures.", JSON, json(reference("Evaluation"))),
        "agreement" => of("The figures.", JSON, json(reference("Agreement"))),
        "export" => of("One row an article.", LINES[0], text()),
        "events" => of("The events.", "text/event-stream", text()),
        "description" => of("This description.", JSON, json(schemas::object(&[], &[]))),
        "docs" | "desk" => of("The page.", "text/html", text()),
        "desk_file" => ResponseBuilder::new()
            .description("The file.")
            .content("text/javascript", text())
            .content("text/css", text())
            .content("image/svg+xml", text()),
        "script" => of("The script.", "text/javascript", text()),
        "style" => of("The style.", "text/css", text()),
        _ => of("A text.", "text/plain", text()),
    }
    .build()
}

fn parameters(route: &Route) -> Vec<Parameter> {
    let model = || {
        query(
            "model",
            schemas::name(),
            "The model; without it, the first.",
        )
    };
    match route.id {
        "score" => vec![
            model(),
            query(
                "why",
                schemas::count(),
                "Add so many terms that speak for each answer.",
            ),
            query(
                "top",
                schemas::count(),
                "Write the scores of so many labels of each head.",
            ),
            query(
                "max_error",
                schemas::share(),
                "Leave undecided what this error rules out.",
            ),
        ],
        "correct" => vec![model()],
        "corrections" => vec![
            query("after", schemas::count(), "Rows with a greater number."),
            query("limit", schemas::count(), "The most rows; 100 without it."),
            query(
                "search",
                schemas::name(),
                "Rows that hold these words, newest first; without `after`.",
            ),
        ],
        "explain" => vec![
            model(),
            query(
                "top",
                schemas::count_or_all(),
                "Show so many terms each way; 20 without it.",
            ),
        ],
        "model" | "replace" => vec![path("name", schemas::name(), "The name of the model.")],
        "desk_file" => vec![path("file", schemas::name(), "The name of the file.")],
        other => parameters_of_the_desk(other),
    }
}

fn parameters_of_the_desk(id: &str) -> Vec<Parameter> {
    match id {
        "queue" => vec![
            query("head", schemas::name(), "The head; without it, the first."),
            query("annotator", schemas::name(), "Who is to answer."),
            query(
                "strategy",
                schemas::one_of(&QueryStrategy::ALL.map(QueryStrategy::name)),
                "The order of the articles to be learnt from; `margin` without it.",
            ),
            query(
                "limit",
                schemas::count(),
                "The most articles; 20 without it.",
            ),
        ],
        "undo" => vec![path(
            "number",
            schemas::count(),
            "The number of the correction.",
        )],
        "skip" => vec![path(
            "number",
            schemas::count(),
            "The number of the article.",
        )],
        "restore" => vec![path("number", schemas::count(), "The number of the model.")],
        _ => Vec::new(),
    }
}

fn path(name: &str, schema: RefOr<Schema>, about: &str) -> Parameter {
    let parameter = ParameterBuilder::new().name(name).description(Some(about));
    let parameter = parameter
        .schema(Some(schema))
        .parameter_in(ParameterIn::Path);
    parameter.required(Required::True).build()
}

fn query(name: &str, schema: RefOr<Schema>, about: &str) -> Parameter {
    let parameter = ParameterBuilder::new().name(name).description(Some(about));
    let parameter = parameter
        .schema(Some(schema))
        .parameter_in(ParameterIn::Query);
    parameter.required(Required::False).build()
}

/// Returns the statuses of the refusals of a route, with the titles of their problems.
fn refusals(route: &Route) -> Vec<(u16, String)> {
    use ProblemKind::{
        BrokenModel, BrokenRow, Forbidden, Host, Internal, Malformed, MediaType, Method, NotFound,
        Overloaded, Slow, TooLarge, Unable, Unauthorized,
    };
    let mut kinds = vec![Host, Method];
    if route.access != Access::Open {
        kinds.extend([Malformed, Unauthorized]);
    }
    if route.id == "score" {
        kinds.push(Unable);
    }
    match route.id {
        "score" | "explain" => kinds.extend([
            Forbidden, NotFound, Slow, TooLarge, MediaType, BrokenRow, Internal, Overloaded,
        ]),
        "replace" => kinds.extend([
            Forbidden,
            NotFound,
            Slow,
            TooLarge,
            MediaType,
            BrokenModel,
            Internal,
            Overloaded,
        ]),
        "model" => kinds.push(NotFound),
        "corrections" | "export" => kinds.extend([NotFound, Internal, Overloaded]),
        "queue" | "history" | "evaluation" | "agreement" => {
            kinds.extend([NotFound, Unable, BrokenRow, Internal, Overloaded]);
        }
        "events" | "desk_file" => kinds.push(NotFound),
        "receive" | "skip" | "retrain" | "restore" => kinds.extend([
            Forbidden, NotFound, Unable, Slow, TooLarge, MediaType, BrokenRow, Internal, Overloaded,
        ]),
        "correct" | "undo" => kinds.extend([
            Forbidden, NotFound, Slow, TooLarge, MediaType, BrokenRow, Internal, Overloaded,
        ]),
        "readiness" => kinds.push(Overloaded),
        _ => {}
    }
    kinds
        .iter()
        .map(|kind| (kind.status(), kind.title().to_string()))
        .collect()
}

fn refusal(title: String) -> Response {
    let problem = json(reference("Problem"));
    let response = ResponseBuilder::new().description(title);
    response
        .content("application/problem+json", problem)
        .build()
}
