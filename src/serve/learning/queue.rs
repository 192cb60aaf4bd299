//! The queue: articles that come in, in the order in which they are to be answered.

use super::{Event, Learning, desk};
use crate::serve::app::App;
use crate::serve::body::ArticleType;
use crate::serve::corrections::{change, numbered, read, refused};
use crate::serve::problem::{Problem, ProblemKind};
use crate::serve::query;
use crate::serve::rows::{elements, too_many};
use axum::extract::{Path, Request, State, rejection::PathRejection};
use axum::http::Uri;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use standpoint::desk::{Article, QueryStrategy, QueueRequest};
use std::sync::{Arc, PoisonError};

/// Articles of a queue where the request names no limit, and the most of one.
const PAGE: usize = 20;
const MOST: usize = 200;

/// An article as a client sends it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewArticle {
    #[serde(default)]
    id: Id,
    title: Option<String>,
    text: String,
    source: Option<String>,
    date: Option<String>,
}

/// An id, which may be a number.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(i64),
}

impl Default for Id {
    fn default() -> Self {
        Id::Text(String::new())
    }
}

/// Who passes an article over, and for which head.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Skipped {
    annotator: String,
    head: String,
}

#[derive(Debug, Serialize)]
struct Received {
    added: usize,
    known: usize,
}

#[derive(Debug, Serialize)]
struct SkipNoted {
    skipped: bool,
}

#[derive(Debug, Serialize)]
struct Waiting {
    waiting: usize,
    strategy: QueryStrategy,
    articles: Vec<WaitingArticle>,
}

#[derive(Debug, Serialize)]
struct WaitingArticle {
    number: i64,
    #[serde(flatten)]
    article: Article,
    reason: &'static str,
}

/// `GET /v1/queue`
pub async fn list(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    const KNOWN: [&str; 4] = ["head", "annotator", "strategy", "limit"];
    let pairs = query::parameters(uri.query(), &KNOWN)?;
    let limit = query::number(&pairs, "limit")?.unwrap_or(PAGE).min(MOST);
    let strategy = strategy(query::value(&pairs, "strategy"))?;
    read(app, move |app| {
        let learning = desk(app)?.learning()?;
        let head = head(&learning, query::value(&pairs, "head"))?;
        let request = QueueRequest {
            head: &head,
            annotator: query::value(&pairs, "annotator").unwrap_or_default(),
            strategy,
            limit,
        };
        waiting(app, &learning, &request)
    })
    .await
}

fn waiting(app: &App, learning: &Learning, request: &QueueRequest<'_>) -> Result<Waiting, Problem> {
    let desk = desk(app)?;
    let of_store = || -> standpoint::Result<_> {
        let store = desk.store();
        learning.catch_up(&store)?;
        Ok((store.answered()?, store.skips()?))
    };
    let (answered, skips) = of_store().map_err(|error| refused(&error))?;
    let (_, model) = learning.current();
    let pool = learning.pool.read().unwrap_or_else(PoisonError::into_inner);
    let queue = pool.queue(&model, request, &answered, &skips);
    drop(pool);
    let (store, mut size, mut articles) = (desk.store(), 0, Vec::new());
    for queued in queue.articles {
        let found = store.inbox_article(queued.number);
        let Some(article) = found.map_err(|error| refused(&error))? else {
            continue;
        };
        size += article.text.len();
        articles.push(WaitingArticle {
            number: queued.number,
            article,
            reason: queued.reason,
        });
        // As a page of corrections, which ends once its texts are as long as a body may be.
        if size > app.limits.body {
            break;
        }
    }
    Ok(Waiting {
        waiting: queue.waiting,
        strategy: request.strategy,
        articles,
    })
}

/// `POST /v1/queue`
pub async fn add(State(app): State<Arc<App>>, request: Request) -> Response {
    let is_lines = matches!(
        ArticleType::of(request.headers()),
        Ok(ArticleType::Lines(_))
    );
    change(app, request, &[], true, move |app, _, body| {
        let desk = desk(app)?;
        let learning = desk.learning()?;
        let articles = articles(body, is_lines, app.limits.rows)?;
        let mut store = desk.store();
        let added = store.receive(&articles).map_err(|error| refused(&error))?;
        let caught_up = learning.catch_up(&store);
        caught_up.map_err(|error| refused(&error))?;
        let added = added.len();
        if added > 0 {
            desk.events.send(&Event::Queue { added });
        }
        Ok(Received {
            added,
            known: articles.len() - added,
        })
    })
    .await
}

/// Reads the articles of a body: one, an array, or JSON lines.
fn articles(body: &[u8], is_lines: bool, most: u64) -> Result<Vec<Article>, Problem> {
    let malformed = |detail: String| Problem::new(ProblemKind::Malformed, detail);
    let text =
        std::str::from_utf8(body).map_err(|_| malformed("the body is not in UTF-8".to_string()))?;
    let rows: Vec<&str> = match (is_lines, text.trim_start().starts_with('[')) {
        (true, _) => text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect(),
        (false, true) => elements(text, most)?.iter().map(|row| row.get()).collect(),
        (false, false) => vec![text],
    };
    if rows.len() as u64 > most {
        return Err(too_many(most));
    }
    let article = |(row, line): (&&str, u64)| {
        let read: NewArticle = serde_json::from_str(row)
            .map_err(|e| malformed(format!("the row is no article: {e}")).at(line))?;
        let id = match read.id {
            Id::Text(id) => id,
            Id::Number(id) => id.to_string(),
        };
        let mut article = Article::new(id, read.text);
        (article.title, article.source, article.date) = (read.title, read.source, read.date);
        Ok(article)
    };
    rows.iter().zip(1..).map(article).collect()
}

/// `POST /v1/queue/{number}/skip`
pub async fn skip(
    State(app): State<Arc<App>>,
    number: Result<Path<i64>, PathRejection>,
    request: Request,
) -> Response {
    change(app, request, &[], false, move |app, _, body| {
        let number = numbered(number)?;
        let skipped: Skipped = serde_json::from_slice(body).map_err(|e| {
            Problem::new(ProblemKind::Malformed, format!("the body is no skip: {e}"))
        })?;
        let desk = desk(app)?;
        let head = head(&*desk.learning()?, Some(&skipped.head))?;
        let noted = desk.store().skip(number, &head, &skipped.annotator);
        noted.map_err(|error| refused(&error))?;
        Ok(SkipNoted { skipped: true })
    })
    .await
}

/// Returns the head of a name, or the first.
fn head(learning: &Learning, name: Option<&str>) -> Result<String, Problem> {
    let first = learning.learner.first();
    let Some(name) = name else {
        return Ok(first.heads()[0].metadata().name.clone());
    };
    let known = learning.learner.head(name);
    let unknown = |error| {
        Problem::new(
            ProblemKind::NotFound,
            crate::serve::problem::wording(&error),
        )
    };
    known.map(|_| name.to_string()).map_err(unknown)
}

fn strategy(name: Option<&str>) -> Result<QueryStrategy, Problem> {
    let Some(name) = name else {
        return Ok(QueryStrategy::default());
    };
    let found = QueryStrategy::ALL
        .into_iter()
        .find(|known| known.name() == name);
    found.ok_or_else(|| {
        let known: Vec<&str> = QueryStrategy::ALL
            .iter()
            .map(|known| known.name())
            .collect();
        let detail = format!("there is no strategy `{name}`, but {}", known.join(", "));
        Problem::new(ProblemKind::Malformed, detail)
    })
}
