//! The state that all requests share.

use super::admission::Admission;
use super::guard::Names;
use super::learning::Desk;
use super::metrics::Metrics;
use super::models::Models;
use super::tokens::{Role, Tokens};
use super::{Options, ServeLimits};
use standpoint::{Error, Result};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tokio::sync::Semaphore;

pub struct App {
    pub models: Models,
    pub limits: ServeLimits,
    pub admission: Admission,
    pub metrics: Metrics,
    pub names: Names,
    /// The desk, where the service takes corrections.
    pub desk: Option<Desk>,
    /// One model is uploaded at a time, because it is held in memory beside the old one.
    pub uploads: Arc<Semaphore>,
    /// True once the service takes no more requests.
    pub stopping: AtomicBool,
    /// Files are read again by one thread at a time, so that the last to end has read the newest.
    reloading: Mutex<()>,
    token_file: Option<PathBuf>,
    tokens: RwLock<Option<Arc<Tokens>>>,
}

impl App {
    /// Loads models and tokens.
    ///
    /// # Errors
    /// For models or tokens that cannot be read, and for an address beyond this machine without
    /// tokens.
    pub fn new(options: &Options) -> Result<Self> {
        let is_local = options.listen.ip().is_loopback();
        if !is_local && options.token_file.is_none() {
            let message = "other machines reach this address, and no token is asked of them";
            return Err(Error::usage(message)
                .at(options.listen)
                .help("pass --token-file, or listen on 127.0.0.1"));
        }
        let tokens = options
            .token_file
            .as_deref()
            .map(Tokens::read)
            .transpose()?;
        let models = Models::load(&options.models, options.limits.row)?;
        // No file is made for models that are refused.
        let desk = options.desk.as_ref();
        let desk = desk.map(|options| Desk::open(options, &models.first()));
        let app = App {
            desk: desk.transpose()?,
            models,
            limits: options.limits,
            admission: Admission::new(&options.limits),
            metrics: Metrics::default(),
            names: Names::new(is_local, &options.hosts),
            uploads: Arc::new(Semaphore::new(1)),
            stopping: AtomicBool::new(false),
            reloading: Mutex::default(),
            token_file: options.token_file.clone(),
            tokens: RwLock::new(tokens.map(Arc::new)),
        };
        app.renew_first()?;
        Ok(app)
    }

    /// Puts the model into service that was made of the first one by corrections, once the first
    /// one was loaded.
    ///
    /// # Errors
    /// For a store that cannot be read, and for a model that cannot be made again; the first one
    /// stays in service.
    pub fn renew_first(&self) -> Result<()> {
        let Some(desk) = &self.desk else {
            return Ok(());
        };
        match desk.renew(&self.models.first())? {
            Some(model) => self.models.serve_first(model),
            None => Ok(()),
        }
    }

    /// Returns the role of a client that sends this token: without a file of tokens every client
    /// is a reader.
    pub fn role(&self, token: Option<&str>) -> Option<Role> {
        let tokens = self
            .tokens
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        match tokens {
            None => Some(Role::Reader),
            Some(tokens) => tokens.role(token?),
        }
    }

    /// Tells if clients have to send a token.
    pub fn asks_for_tokens(&self) -> bool {
        self.token_file.is_some()
    }

    /// Reads models and tokens again; what is broken stays as it was, and is told.
    pub fn reload(&self) -> Vec<Error> {
        let _turn = self
            .reloading
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut errors = self.models.reload();
        errors.extend(self.renew_first().err());
        match self.token_file.as_deref().map(Tokens::read).transpose() {
            Ok(tokens) => {
                let mut place = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
                *place = tokens.map(Arc::new);
            }
            Err(error) => errors.push(error),
        }
        errors
    }
}
