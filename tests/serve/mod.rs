//! The service: answers, refusals, models, load, and the end.

mod answers;
mod client;
mod corrections;
mod documents;
mod learning;
mod load;
mod models;
mod refusals;
mod trust;
