//! Conditions on rows.

use super::alike::label_form;
use super::record::{ColumnName, Record, plain};
use super::schema::no_column;
use crate::json::Value;
use crate::{Error, Result};

/// A condition on the rows: `column=value` or `column!=value`. Values are compared in their [normal
/// form](label_form).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    column: ColumnName,
    value: String,
    equal: bool,
}

impl std::str::FromStr for Filter {
    type Err = Error;

    fn from_str(condition: &str) -> Result<Self> {
        let parts = condition.split_once('=');
        let (column, value) = parts.ok_or_else(|| {
            Error::usage(format!("`{condition}` is no condition"))
                .help("write column=value or column!=value")
        })?;
        let (column, equal) = column
            .strip_suffix('!')
            .map_or((column, true), |column| (column, false));
        Ok(Filter {
            column: ColumnName(column.to_string()),
            value: label_form(value).into_owned(),
            equal,
        })
    }
}

impl std::fmt::Display for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.equal { "=" } else { "!=" };
        write!(f, "{}{sign}{}", self.column, self.value)
    }
}

impl Filter {
    /// Returns the column that it is about.
    pub(super) fn column(&self) -> &ColumnName {
        &self.column
    }

    /// Returns the condition that only the other rows meet.
    pub fn negated(&self) -> Filter {
        Filter {
            equal: !self.equal,
            ..self.clone()
        }
    }

    pub(super) fn keeps(&self, record: &Record) -> Result<bool> {
        let value = record
            .get(&self.column)
            .ok_or_else(|| no_column(record, &self.column))?;
        let equals =
            |value: &Value| plain(value).is_some_and(|value| label_form(&value) == self.value);
        let found = match value {
            Value::Array(values) => values.iter().any(equals),
            value => equals(value),
        };
        Ok(found == self.equal)
    }
}
