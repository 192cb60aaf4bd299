//! The honest estimate of the model in service, and the agreement of annotators.

use super::{Desk, Learning, desk};
use crate::serve::app::App;
use crate::serve::corrections::{read, refused};
use crate::serve::problem::Problem;
use crate::serve::query;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use serde::Serialize;
use standpoint::desk::{self, HeadAgreement, HeadTest, ModelsToTest};
use standpoint::io::Silent;
use standpoint::{Model, Result as Done};
use std::sync::{Arc, PoisonError};

/// Corrections whose gain is told.
const RECENT: i64 = 100;

#[derive(Debug, Serialize)]
struct Evaluation {
    model: Numbered,
    /// Share of the articles that are kept apart as a test set.
    share: f64,
    heads: Vec<HeadTest>,
}

#[derive(Debug, Serialize)]
struct Numbered {
    number: i64,
    hash: String,
}

#[derive(Debug, Serialize)]
struct Agreements {
    heads: Vec<HeadAgreement>,
}

/// `GET /v1/evaluation`
pub async fn evaluation(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    query::parameters(uri.query(), &[])?;
    read(app, |app| {
        let desk = desk(app)?;
        let learning = desk.learning()?;
        let (number, model) = learning.current();
        let pool = learning.pool.read().unwrap_or_else(PoisonError::into_inner);
        let share = pool.share();
        drop(pool);
        let heads = heads(&learning, desk, (number, &model));
        Ok(Evaluation {
            model: Numbered {
                number,
                hash: model.hash().to_string(),
            },
            share,
            heads: heads.map_err(|error| refused(&error))?,
        })
    })
    .await
}

fn heads(learning: &Learning, desk: &Desk, (number, model): (i64, &Model)) -> Done<Vec<HeadTest>> {
    let learner = &learning.learner;
    let first = learner.first();
    // The store is free again while models are made and measured.
    let store = desk.store();
    let test = learner.answered(&store, None)?.test;
    let last = match number {
        0 => 0,
        _ => store.model(first.hash(), number)?.last_correction,
    };
    let before = (last >= RECENT).then(|| learner.answered(&store, Some(last - RECENT)));
    drop(store);
    let Some(test) = test else {
        return Ok(Vec::new());
    };
    let before = before.transpose()?;
    let before = before.map(|answered| learner.learn(&answered, &Silent));
    let before = before.transpose()?;
    let models = ModelsToTest {
        model,
        first: (number != 0).then_some(first),
        before: before.as_ref().map(|before| (RECENT, before)),
    };
    desk::test(&models, &test)
}

/// `GET /v1/agreement`
pub async fn agreement(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    query::parameters(uri.query(), &[])?;
    read(app, |app| {
        let desk = desk(app)?;
        let learning = desk.learning()?;
        let heads = desk::agreement(&learning.learner, &desk.store());
        Ok(Agreements {
            heads: heads.map_err(|error| refused(&error))?,
        })
    })
    .await
}
