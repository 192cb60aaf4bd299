//! Support of the benches: a corpus, the steps that are measured, and the work they are held to.

pub mod corpus;
pub mod solve;
pub mod steps;
