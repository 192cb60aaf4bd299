//! The service: models that score and explain over HTTP.
//!
//! A request passes [`guard`] (host, origin, token), is admitted or refused by [`admission`], and
//! is read by [`body`] within the limits; [`rows`] makes the answers on threads of their own, and
//! [`stream`] does so for JSON lines while they come. [`models`] holds what scores, and swaps it.
//! [`learning`] is the desk: corrections, and the first model, which learns from them.
//! [`problem`] is what every refusal looks like, and [`routes`] the one list of what there is.

mod admission;
mod answer;
mod app;
mod body;
mod corrections;
mod description;
mod guard;
mod learning;
mod metrics;
mod models;
mod operations;
mod pages;
mod patience;
mod problem;
mod query;
mod routes;
mod rows;
mod schemas;
mod server;
mod stream;
mod tokens;

pub use learning::{BaseReader, DeskOptions, InboxReader};
pub use models::ModelSource;
pub use server::{Signal, run, signals};

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Models, the address at which they are served, and the limits.
#[derive(Debug, Clone)]
pub struct Options {
    /// The models; requests that name none get the first.
    pub models: Vec<ModelSource>,
    /// The address; port 0 is any that is free.
    pub listen: SocketAddr,
    /// The file of tokens, without which only this machine is served.
    pub token_file: Option<PathBuf>,
    /// The store of corrections and what learns from it; without one, no corrections are taken.
    pub desk: Option<DeskOptions>,
    /// Files and folders from which articles come into the inbox.
    pub inbox: Option<InboxReader>,
    /// Names, beside those of this machine, by which clients may call the service.
    pub hosts: Vec<String>,
    /// The limits.
    pub limits: ServeLimits,
}

/// Limits of requests.
#[derive(Debug, Clone, Copy)]
pub struct ServeLimits {
    /// Bytes of a body that is held whole: one article, or an array.
    pub body: usize,
    /// Bytes of a row.
    pub row: usize,
    /// Rows of a request.
    pub rows: u64,
    /// Bytes of a model that is uploaded.
    pub model: usize,
    /// Time for the head of a request, for a body that is held whole, between two parts of a
    /// stream, in the queue, and for what is running when the service ends.
    pub timeout: Duration,
    /// Requests that are worked on at once.
    pub concurrency: usize,
    /// Requests that may wait beside them.
    pub queue: usize,
}
