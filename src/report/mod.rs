//! Results for people and for programs; nothing here computes one.
//!
//! Each kind of result is rendered twice from the same plain data: [`json`] gives one object a row
//! for programs, `terminal` (with the feature `cli`) gives tables for people. [`page`] makes a
//! report to keep: HTML with plots, Markdown, or LaTeX tables.
//!
//! ```
//! use standpoint::{Model, report::json};
//! let model = Model::embedded()?;
//! let scores = model.score("The striker scored twice in the final.");
//! let of_model = json::ModelRow::new(&model);
//! let row = serde_json::to_string(&json::ScoreRow::new("a1", &of_model, &scores, None)).expect("text is its key");
//! assert!(row.starts_with(r#"{"id":"a1","heads":{"topic":{"label":"sport","#));
//! # Ok::<(), standpoint::Error>(())
//! ```

pub mod card;
pub mod json;
mod notes;
mod numbers;
pub mod page;
#[cfg(feature = "parquet")]
mod score_table;
mod table;
#[cfg(feature = "cli")]
pub mod terminal;
mod words;

pub use numbers::counted;
#[cfg(feature = "parquet")]
pub use score_table::ScoreTable;
use words::count;
