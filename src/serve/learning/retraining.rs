//! Retraining, the models that were made, and the way back to one of them.

use super::{Learning, Recipe, desk, put_into_service};
use crate::serve::app::App;
use crate::serve::body::LINES;
use crate::serve::corrections::{change, numbered, read, refused};
use crate::serve::problem::{Problem, ProblemKind};
use crate::serve::query;
use axum::extract::{Path, Request, State, rejection::PathRejection};
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use standpoint::desk::{self, AnsweredRows, InService, KeptModel, NewModel, PairedGap};
use standpoint::io::Silent;
use standpoint::{Model, Result as Done};
use std::sync::{Arc, PoisonError};
use std::time::Instant;

/// Articles with another answer that are shown.
const SHOWN: usize = 20;

/// A wish to retrain.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// Puts a model into service that is worse on the test set.
    #[serde(default)]
    force: bool,
}

/// Who goes back to a model.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Restorer {
    annotator: String,
}

/// A model that was made, or made again, and its differences to the one before.
#[derive(Debug, Serialize)]
struct Retrained {
    number: i64,
    hash: String,
    /// Number of articles of whose answers it learnt.
    corrections: usize,
    /// Number of answers with labels that the model does not know.
    unknown: usize,
    seconds: f64,
    in_service: bool,
    /// Reason for which it is not in service.
    refused: Option<String>,
    heads: Vec<PairedGap>,
    flipped: Flipped,
}

/// Waiting articles whose answers differ.
#[derive(Debug, Serialize)]
struct Flipped {
    articles: usize,
    of: usize,
    shown: Vec<FlippedRow>,
}

#[derive(Debug, Serialize)]
struct FlippedRow {
    number: i64,
    id: String,
    title: Option<String>,
    head: String,
    before: Vec<String>,
    after: Vec<String>,
}

/// The models that were made.
#[derive(Debug, Serialize)]
struct History {
    serving: i64,
    /// Hash of the model of which all others were made, number 0.
    first: String,
    /// Who put which model into service last.
    service: Option<InService>,
    models: Vec<KeptModel>,
}

/// `POST /v1/retrain`
pub async fn retrain(State(app): State<Arc<App>>, request: Request) -> Response {
    change(app, request, &[], false, |app, _, body| {
        let wish: Wish = serde_json::from_slice(body).map_err(|e| {
            Problem::new(ProblemKind::Malformed, format!("the body is no wish: {e}"))
        })?;
        let desk = desk(app)?;
        let _turn = desk.turn();
        let learning = desk.learning()?;
        let begun = Instant::now();
        let learner = &learning.learner;
        let answered = learner.answered(&desk.store(), None);
        let answered = answered.map_err(|error| refused(&error))?;
        let model = learner.learn(&answered, &Silent);
        let model = model.map_err(|error| unable(&error))?;
        let number = match &answered.training {
            None => Ok(0),
            Some(_) => desk.store().keep_model(&NewModel {
                first: learner.first().hash(),
                last_correction: answered.last_correction,
                articles: answered.training_articles() as u64,
                hash: model.hash(),
            }),
        };
        let number = number.map_err(|error| refused(&error))?;
        let (serving, before) = learning.current();
        let mut retrained = compared(app, &learning, (number, &model, &before), &answered)?;
        let worse = retrained.heads.iter().find(|gap| gap.is_worse());
        retrained.refused = worse.filter(|_| !wish.force).map(wording);
        retrained.in_service = retrained.refused.is_none();
        retrained.seconds = begun.elapsed().as_secs_f64();
        if retrained.in_service && number != serving {
            put_into_service(app, &learning, (number, &model), None)?;
        }
        Ok(retrained)
    })
    .await
}

fn wording(gap: &PairedGap) -> String {
    let points = |value: f64| format!("{:+.1}", 100.0 * value);
    let [low, high] = gap.interval.unwrap_or_default();
    format!(
        "{} of head `{}` fell by more than chance explains: {} points ({} to {}) on {} articles",
        gap.metric,
        gap.name,
        points(gap.difference.unwrap_or_default()),
        points(low),
        points(high),
        gap.articles
    )
}

/// `POST /v1/history/{number}/serve`
pub async fn restore(
    State(app): State<Arc<App>>,
    number: Result<Path<i64>, PathRejection>,
    request: Request,
) -> Response {
    change(app, request, &[], false, move |app, _, body| {
        let number = numbered(number)?;
        let by: Restorer = serde_json::from_slice(body).map_err(|e| {
            Problem::new(
                ProblemKind::Malformed,
                format!("the body names nobody: {e}"),
            )
        })?;
        let desk = desk(app)?;
        let _turn = desk.turn();
        let learning = desk.learning()?;
        let begun = Instant::now();
        let learner = &learning.learner;
        let read = || -> Done<(Option<Recipe>, AnsweredRows)> {
            let store = desk.store();
            let recipe = (number != 0).then(|| Recipe::read(learner, &store, number));
            Ok((recipe.transpose()?, learner.answered(&store, None)?))
        };
        let (recipe, answered) = read().map_err(|error| unable(&error))?;
        let model = match recipe {
            None => Ok(learner.first().clone()),
            Some(recipe) => recipe.make(learner),
        };
        let model = model.map_err(|error| unable(&error))?;
        let (_, before) = learning.current();
        let mut restored = compared(app, &learning, (number, &model, &before), &answered)?;
        put_into_service(app, &learning, (number, &model), Some(&by.annotator))?;
        restored.in_service = true;
        restored.seconds = begun.elapsed().as_secs_f64();
        Ok(restored)
    })
    .await
}

/// Compares a model with the one before: on the test set, and on the articles that wait.
fn compared(
    app: &App,
    learning: &Learning,
    (number, model, before): (i64, &Model, &Model),
    answered: &AnsweredRows,
) -> Result<Retrained, Problem> {
    let gaps = answered
        .test
        .as_ref()
        .map(|test| desk::gaps(model, before, test));
    let heads = gaps.transpose().map_err(|error| unable(&error))?;
    let pool = learning.pool.read().unwrap_or_else(PoisonError::into_inner);
    let (flipped, of) = (pool.flipped(before, model), pool.len());
    drop(pool);
    let (desk, mut shown) = (desk(app)?, Vec::new());
    for found in flipped.iter().take(SHOWN) {
        let article = desk.store().inbox_article(found.number);
        let article = article
            .map_err(|error| refused(&error))?
            .unwrap_or_default();
        let metadata = model.heads()[found.head].metadata();
        let names = |labels: &[usize]| {
            labels
                .iter()
                .map(|&at| metadata.labels[at].clone())
                .collect()
        };
        shown.push(FlippedRow {
            number: found.number,
            id: article.id,
            title: article.title,
            head: metadata.name.clone(),
            before: names(&found.before),
            after: names(&found.after),
        });
    }
    Ok(Retrained {
        number,
        hash: model.hash().to_string(),
        corrections: answered.training_articles(),
        unknown: answered.unknown,
        seconds: 0.0,
        in_service: false,
        refused: None,
        heads: heads.unwrap_or_default(),
        flipped: Flipped {
            articles: flipped.len(),
            of,
            shown,
        },
    })
}

fn unable(error: &standpoint::Error) -> Problem {
    Problem::new(ProblemKind::Unable, crate::serve::problem::wording(error))
}

/// `GET /v1/history`
pub async fn history(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    query::parameters(uri.query(), &[])?;
    read(app, |app| {
        let desk = desk(app)?;
        let learning = desk.learning()?;
        let first = learning.learner.first().hash();
        let read = || -> Done<_> {
            let store = desk.store();
            Ok((store.in_service(first)?, store.models(first)?))
        };
        let (service, models) = read().map_err(|error| refused(&error))?;
        Ok(History {
            serving: learning.current().0,
            first: first.to_string(),
            service,
            models,
        })
    })
    .await
}

/// `GET /v1/export`
pub async fn export(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    query::parameters(uri.query(), &[])?;
    desk(&app)?;
    let admitted = app.admission.admit()?;
    let working = app.admission.work().await?;
    let read = tokio::task::spawn_blocking(move || {
        let _places = (working, admitted);
        let mut lines = String::new();
        let written = desk(&app)?.store().articles(|article| {
            lines += &serde_json::to_string(&article.row()?).unwrap_or_default();
            lines.push('\n');
            Ok(())
        });
        written.map_err(|error| refused(&error))?;
        Ok::<_, Problem>(lines)
    });
    let failed = |_| Problem::new(ProblemKind::Internal, "the store could not be read");
    let lines = read.await.map_err(failed)??;
    let headers = [
        (header::CONTENT_TYPE, LINES[0]),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"corrections.jsonl\"",
        ),
    ];
    Ok((headers, lines).into_response())
}
