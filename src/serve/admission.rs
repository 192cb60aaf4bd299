//! The number of requests that are worked on, and of those that may wait.

use super::ServeLimits;
use super::problem::Problem;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Admits requests, of which some work and the others wait in the order in which they came.
pub struct Admission {
    admitted: Arc<Semaphore>,
    working: Arc<Semaphore>,
    patience: Duration,
}

/// A place among the requests that work or wait; given back when it is dropped.
pub struct Admitted(#[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

/// A place among the requests that work; given back when it is dropped.
pub struct Working(#[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

impl Admission {
    pub fn new(limits: &ServeLimits) -> Self {
        let places = limits.concurrency.saturating_add(limits.queue);
        Admission {
            admitted: Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS))),
            working: Arc::new(Semaphore::new(limits.concurrency)),
            patience: limits.timeout,
        }
    }

    /// Admits a request, or refuses it at once.
    pub fn admit(&self) -> Result<Admitted, Problem> {
        let place = self.admitted.clone().try_acquire_owned();
        place.map(Admitted).map_err(|_| Problem::overloaded())
    }

    /// Waits until an admitted request may work.
    pub async fn work(&self) -> Result<Working, Problem> {
        match timeout(self.patience, self.working.clone().acquire_owned()).await {
            Ok(Ok(place)) => Ok(Working(place)),
            _ => Err(Problem::overloaded()),
        }
    }

    /// Waits for as long as it takes, as a request does that is half answered.
    pub async fn work_on(&self) -> Option<Working> {
        self.working.clone().acquire_owned().await.ok().map(Working)
    }
}
