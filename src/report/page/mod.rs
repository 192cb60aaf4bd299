//! Results as one page: HTML with plots, Markdown, or LaTeX tables.
//!
//! - [`Page`] is what a page shows, as plain data: sections of tables, a matrix, plots, mistakes;
//! - [`evaluation`] and [`comparison`] lay results out as a page;
//! - [`PageFormat`] writes a page, by the ending of the file's name.
//!
//! An HTML page is one file that loads nothing, runs nothing, and follows the reader's choice of
//! dark or light. Nothing a corpus holds reaches a page but through one function for each format,
//! which escapes it and shows control characters as �; templates cannot go around it. The same
//! results give the same bytes.
//!
//! ```
//! use standpoint::report::page::{PageBlock, Cell, Column, PageFormat, Page, PageSection, Table};
//! let columns = vec![Column::text("label"), Column::number("F1")];
//! let rows = vec![vec![Cell::text("<b>"), Cell::number(0.5)]];
//! let table = Table { caption: "F1 of labels".to_string(), columns, rows };
//! let section = PageSection { title: "Labels".to_string(), blocks: vec![PageBlock::Table(table)] };
//! let page = Page { title: "A test".to_string(), sections: vec![section], ..Page::default() };
//! let html = PageFormat::of_path("report.html".as_ref())?.write(&page)?;
//! assert!(html.contains("&lt;b&gt;") && html.contains("0.500") && !html.contains("<b>"));
//! # Ok::<(), standpoint::Error>(())
//! ```

mod cells;
pub mod comparison;
mod escape;
pub mod evaluation;
mod excerpt;
mod matrix;
mod mistakes;
pub mod plot;
mod plots;
mod view;
mod write;

pub use super::table::{Bar, Cell, Column, Emphasis, Table};
pub use view::{
    Excerpt, Matrix, MatrixCell, MatrixRow, Page, PageBlock, PageMistake, PageSection, Piece,
    Property, ReasonTerm,
};
pub use write::PageFormat;

/// Returns a text as Markdown shows it unchanged.
pub(super) fn escape_markdown(text: impl AsRef<str>) -> String {
    let mut out = String::new();
    // Writing to memory cannot fail.
    let _ = escape::markdown(&mut out, text.as_ref());
    out
}
