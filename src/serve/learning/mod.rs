//! The desk: corrections, the model that learns from them, the articles that wait, and what clients
//! are told as it happens.
//!
//! The first of the models is the one that learns. Its features never change, so that the pool and
//! every model made of it share their rows. A model is kept by its number as the answers it was
//! made of; the number in service is noted in the store, so that a service that starts again makes
//! that model again.

mod estimates;
mod events;
mod inbox;
mod queue;
mod retraining;

pub use estimates::{agreement, evaluation};
pub use events::{Event, Events, stream as events};
pub use inbox::{InboxReader, watch};
pub use queue::{add as receive, list as queue, skip};
pub use retraining::{export, history, restore, retrain};

use super::app::App;
use super::corrections::refused;
use super::problem::{Problem, ProblemKind};
use standpoint::desk::{AnsweredRows, CorrectionStore, InboxArticle, KeptModel, Learner, Pool};
use standpoint::io::Silent;
use standpoint::train::Retrainer;
use standpoint::{Corpus, Error, Model, Result};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// Reads the training corpus of a model.
#[derive(Clone)]
pub struct BaseReader(pub Arc<ReadCorpus>);

/// Reads a corpus with the columns of a model.
pub type ReadCorpus = dyn Fn(&Model) -> Result<Corpus> + Send + Sync;

impl fmt::Debug for BaseReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BaseReader")
    }
}

/// Options of the desk.
#[derive(Debug, Clone)]
pub struct DeskOptions {
    /// File of the store, made where there is none.
    pub store: PathBuf,
    /// Training corpus of the model that learns; without it answers alone correct the model.
    pub base: Option<BaseReader>,
    /// Share of the articles that are drawn at random and kept apart as a test set.
    pub test_share: f64,
}

/// The store, and what learns from it.
pub struct Desk {
    store: Mutex<CorrectionStore>,
    /// The learner, or the reason for which the model cannot learn.
    learning: RwLock<std::result::Result<Arc<Learning>, String>>,
    /// Held by the one retraining at a time.
    turn: Mutex<()>,
    options: DeskOptions,
    pub events: Events,
}

/// A model that learns, the articles that wait for answers, and the model in service.
pub struct Learning {
    pub learner: Learner,
    pub pool: RwLock<Pool>,
    current: RwLock<(i64, Model)>,
}

impl Learning {
    /// Returns the model in service, and its number.
    pub fn current(&self) -> (i64, Model) {
        let current = self.current.read();
        current.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_current(&self, number: i64, model: &Model) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = (number, model.clone());
    }

    /// Adds articles to the pool that the store has and the pool has not.
    fn catch_up(&self, store: &CorrectionStore) -> Result<()> {
        let mut pool = self.pool.write().unwrap_or_else(PoisonError::into_inner);
        let mut new: Vec<InboxArticle> = Vec::new();
        store.inbox_after(pool.last_number(), |article| {
            new.push(article);
            Ok(())
        })?;
        if !new.is_empty() {
            pool.extend(&self.learner, &new);
        }
        Ok(())
    }
}

impl Desk {
    /// Opens the store, and makes the model again that was in service.
    ///
    /// # Errors
    /// For a store that cannot be used, and a training corpus that cannot be read or is not that of
    /// the model.
    pub fn open(options: &DeskOptions, model: &Model) -> Result<Self> {
        let store = CorrectionStore::create(&options.store)?;
        let learning = learning(options, model, &store)?;
        Ok(Desk {
            store: Mutex::new(store),
            learning: RwLock::new(learning),
            turn: Mutex::default(),
            options: options.clone(),
            events: Events::default(),
        })
    }

    /// A transaction that did not end was rolled back, so a thread that died left the store whole.
    pub fn store(&self) -> MutexGuard<'_, CorrectionStore> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the turn to retrain, or to put a model into service.
    pub fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what learns.
    ///
    /// # Errors
    /// A problem that says why the model cannot learn.
    pub fn learning(&self) -> std::result::Result<Arc<Learning>, Problem> {
        let learning = self.learning.read();
        let learning = learning.unwrap_or_else(PoisonError::into_inner).clone();
        learning.map_err(|reason| Problem::new(ProblemKind::Unable, reason))
    }

    /// Returns the model in service made of `model`, which was loaded or uploaded just now: its
    /// learner begins anew where it is another one than before.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn renew(&self, model: &Model) -> Result<Option<Model>> {
        let _turn = self.turn();
        if let Ok(learning) = self.learning() {
            let (_, served) = learning.current();
            // Where no other model could be read, the one in service is still in its place.
            let is_known = |known: &Model| known.hash() == model.hash();
            if is_known(learning.learner.first()) || is_known(&served) {
                return Ok(Some(served));
            }
        }
        let renewed = learning(&self.options, model, &self.store())?;
        let served = renewed.as_ref().ok().map(|learning| learning.current().1);
        let mut place = self
            .learning
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *place = renewed;
        Ok(served)
    }
}

/// Makes the learner of a model, with the pool and the model in service; the reason where the model
/// cannot learn.
fn learning(
    options: &DeskOptions,
    model: &Model,
    store: &CorrectionStore,
) -> Result<std::result::Result<Arc<Learning>, String>> {
    let retrainer = match &options.base {
        None => Retrainer::new(model.clone()),
        Some(BaseReader(read)) => Retrainer::on_corpus(model.clone(), &read(model)?)?,
    };
    let learner = match Learner::new(retrainer) {
        Ok(learner) => learner,
        Err(error) => return Ok(Err(super::problem::wording(&error))),
    };
    let in_service = store.in_service(model.hash())?;
    let number = in_service.map_or(0, |service| service.number);
    let served = match number {
        0 => model.clone(),
        _ => Recipe::read(&learner, store, number)?.make(&learner)?,
    };
    let learning = Learning {
        pool: RwLock::new(Pool::new(&learner, options.test_share)),
        current: RwLock::new((number, served)),
        learner,
    };
    learning.catch_up(store)?;
    Ok(Ok(Arc::new(learning)))
}

/// A model that was made, and the answers that were in force then.
pub struct Recipe {
    kept: KeptModel,
    answered: AnsweredRows,
}

impl Recipe {
    /// Reads the recipe of a model from the store, which others may use while the model is made.
    ///
    /// # Errors
    /// A data error if there is no such model.
    pub fn read(learner: &Learner, store: &CorrectionStore, number: i64) -> Result<Self> {
        let kept = store.model(learner.first().hash(), number)?;
        let answered = learner.answered(store, Some(kept.last_correction))?;
        Ok(Recipe { kept, answered })
    }

    /// Makes the model again.
    ///
    /// # Errors
    /// A data error if it is not the same as before: then another version of the program made it,
    /// or another training corpus was at hand.
    pub fn make(&self, learner: &Learner) -> Result<Model> {
        let (number, was) = (self.kept.number, &self.kept.hash);
        let model = learner.learn(&self.answered, &Silent)?;
        if model.hash() != was {
            let now = model.hash();
            return Err(Error::data(format!(
                "model {number} was `{was}`, but its answers now make `{now}`"
            ))
            .help("use the version of the program and the training corpus by which it was made"));
        }
        Ok(model)
    }
}

/// Returns the desk of a service.
///
/// # Errors
/// A problem of a service without a store.
pub fn desk(app: &App) -> std::result::Result<&Desk, Problem> {
    app.desk.as_ref().ok_or_else(|| {
        let detail = "the service has no store of corrections; --store names one";
        Problem::new(ProblemKind::NotFound, detail)
    })
}

/// Puts a model into service under its number, chosen by an annotator or by retraining.
///
/// # Errors
/// A problem of a store that cannot be written; the old model stays.
fn put_into_service(
    app: &App,
    learning: &Learning,
    (number, model): (i64, &Model),
    annotator: Option<&str>,
) -> std::result::Result<(), Problem> {
    let desk = desk(app)?;
    let first = learning.learner.first().hash();
    let noted = desk.store().put_into_service(first, number, annotator);
    noted.map_err(|error| refused(&error))?;
    app.models
        .serve_first(model.clone())
        .map_err(|error| Problem::broken_model(&error))?;
    learning.set_current(number, model);
    desk.events.send(&Event::Model {
        number,
        hash: model.hash(),
    });
    Ok(())
}
