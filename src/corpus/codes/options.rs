//! Options of relabelling, and the outcome of a row.

use super::map::Lookup;
use crate::corpus::filter::Filter;
use crate::corpus::labels::LabelFormat;
use crate::corpus::record::ColumnName;

/// Treatment of a row with a code that the map does not list, nor a broader one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unlisted {
    /// The row is written without labels (the default).
    #[default]
    Keep,
    /// The row is left out.
    Skip,
    /// The row is an error.
    Refuse,
}

/// A column that rows get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewColumn {
    /// Its name in the rows.
    pub name: String,
    /// The number of the map's column that it is made of.
    pub column: usize,
}

/// Options of relabelling.
#[derive(Debug, Clone)]
pub struct Relabel {
    /// The column of the codes, and further columns of which the values are joined to them by `-`,
    /// such as a mode.
    pub codes: Vec<ColumnName>,
    /// The columns that rows get.
    pub targets: Vec<NewColumn>,
    /// The notation of codes in cells.
    pub format: LabelFormat,
    /// Rows must meet all of these.
    pub filters: Vec<Filter>,
    /// The level to which codes are rolled up before their labels are looked up, from 1 for roots.
    pub level: Option<usize>,
    /// True where codes have their own labels only, and not those of broader codes.
    pub exact: bool,
    /// Treatment of rows with codes that the map does not know.
    pub unlisted: Unlisted,
}

/// Outcome of a row.
pub(super) struct RelabelledRow {
    /// The row as a JSON line.
    pub line: String,
    pub codes: Vec<(String, Lookup)>,
    pub has_column: bool,
    /// By target, the labels; `None` where there is no answer.
    pub labels: Vec<Option<Vec<String>>>,
}

impl RelabelledRow {
    pub(crate) fn has_unknown(&self) -> bool {
        self.codes
            .iter()
            .any(|(_, found)| *found == Lookup::Unknown)
    }
}
