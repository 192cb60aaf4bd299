//! The content of a page, before it is written in a format.

use super::plot::Drawing;
use crate::report::table::Table;
use serde::Serialize;

/// A page.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Page {
    /// The heading.
    pub title: String,
    /// The properties under the heading.
    pub properties: Vec<Property>,
    /// The results.
    pub sections: Vec<PageSection>,
    /// The origin of the results: hashes, options, versions.
    pub origin: Vec<Property>,
}

/// A name and its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Property {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

impl Property {
    /// A name and its value.
    pub fn new(name: impl ToString, value: impl ToString) -> Property {
        Property {
            name: name.to_string(),
            value: value.to_string(),
        }
    }
}

/// A part of a page, with a heading.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PageSection {
    /// The heading.
    pub title: String,
    /// The blocks, in order.
    pub blocks: Vec<PageBlock>,
}

/// A block of a section.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PageBlock {
    /// A paragraph.
    Text {
        /// Its words.
        text: String,
    },
    /// A table.
    Table(Table),
    /// A square of counts; not in LaTeX.
    Matrix(Matrix),
    /// Plots side by side; in HTML alone.
    Plots {
        /// The caption.
        caption: String,
        /// The meaning of lines and dots.
        legend: String,
        /// The plots.
        plots: Vec<Drawing>,
    },
    /// PageMistake answers and their reasons; not in LaTeX.
    Mistakes {
        /// The heading.
        caption: String,
        /// The meaning of marks and numbers.
        legend: String,
        /// The answers, the worst first.
        answers: Vec<PageMistake>,
    },
}

/// A square of counts by true and predicted label.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Matrix {
    /// The caption.
    pub caption: String,
    /// One row a true label, with a cell for each predicted one.
    pub rows: Vec<MatrixRow>,
}

/// The documents of one true label.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MatrixRow {
    /// The number that stands over the label's column.
    pub number: usize,
    /// The label.
    pub label: String,
    /// The counts.
    pub cells: Vec<MatrixCell>,
}

/// Documents of a true and a predicted label.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MatrixCell {
    /// The count.
    pub text: String,
    /// The darkness, from 0 to 100.
    pub shade: u32,
    /// True of the diagonal.
    pub right: bool,
}

/// A wrong answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PageMistake {
    /// The document's id.
    pub id: String,
    /// The predicted and the true label.
    pub summary: String,
    /// By how much.
    pub margin: String,
    /// The part of the text that has most of the reasons.
    pub excerpt: Excerpt,
    /// Terms that speak for the wrong answer.
    pub for_wrong: Vec<ReasonTerm>,
    /// Terms that speak against it.
    pub against: Vec<ReasonTerm>,
}

/// A part of a text, with terms marked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Excerpt {
    /// True if there is more text before it.
    pub before: bool,
    /// The text, cut where marks begin and end.
    pub pieces: Vec<Piece>,
    /// True if there is more text after it.
    pub after: bool,
}

/// Text that is marked throughout, or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Piece {
    /// The text.
    pub text: String,
    /// `for` the wrong answer, `against` it, or empty.
    pub mark: &'static str,
}

/// A term and what it adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReasonTerm {
    /// The term as the text writes it.
    pub term: String,
    /// The contribution, with its sign.
    pub adds: String,
}
