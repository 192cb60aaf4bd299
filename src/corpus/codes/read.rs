//! Maps out of tables.

use super::CodeMap;
use super::map::{CodeEntry, is_number};
use crate::corpus::labels::LabelCell;
use crate::corpus::{ColumnName, HeadKind, LabelFormat, cells_of, label_form};
use crate::{Error, Result};
use std::collections::HashMap;

const SHAPE: &str = "a map is a table with a header: a column `code`, and on request `name`, `parent` and columns of labels";

/// The rows of a table, each with its line.
type Lines = [(u64, Vec<String>)];

impl CodeMap {
    /// Reads a table of CSV, with commas, semicolons or tabs: a column `code`, in `parent` the next
    /// broader code if there is one, and columns of labels. A cell of labels holds one, several
    /// separated by `|` or as a list, none (`[]`), or no answer where it is empty. `name` is what
    /// messages call the map.
    ///
    /// ```
    /// use standpoint::corpus::CodeMap;
    /// let map = CodeMap::read("code,parent,act\n1,,\n11,1,kill|injure\n", "acts.csv")?;
    /// assert_eq!(map.label_columns().collect::<Vec<_>>(), ["act"]);
    /// assert!(CodeMap::read("code,act\n1,kill\n1,injure\n", "acts.csv").is_err());
    /// # Ok::<(), standpoint::Error>(())
    /// ```
    ///
    /// # Errors
    /// A data error that names the line of a code that stands twice, a broader code that is not
    /// listed, a circle of broader codes, and what is no label.
    pub fn read(text: &str, name: &str) -> Result<CodeMap> {
        let rows = cells_of(text).map_err(|e| e.at(name))?;
        let Some(((_, header), rows)) = rows.split_first() else {
            return Err(Error::data("the map is empty").at(name).help(SHAPE));
        };
        let columns = columns(header).map_err(|e| e.at(name))?;
        let at = |line: u64| format!("{name}:{line}");
        let code = columns
            .iter()
            .position(|column| column == "code")
            .unwrap_or_default();
        let (own_name, entries, places) = (name.to_string(), vec![], HashMap::new());
        let mut map = CodeMap {
            name: own_name,
            columns,
            entries,
            places,
            digits: true,
            longest: 0,
        };
        let mut lines = Vec::with_capacity(rows.len());
        for (line, cells) in rows {
            map.add(cells, code, &lines).map_err(|e| e.at(at(*line)))?;
            lines.push(*line);
        }
        if map.is_empty() {
            return Err(Error::data("the map has a header, but no code")
                .at(name)
                .help(SHAPE));
        }
        map.add_parents(rows)
            .map_err(|(row, e)| e.at(at(lines[row])))?;
        Ok(map)
    }

    fn add(&mut self, cells: &[String], code: usize, lines: &[u64]) -> Result<()> {
        if cells.len() != self.columns.len() {
            let (seen, header) = (cells.len(), self.columns.len());
            return Err(Error::data(format!(
                "the row has {seen} cells, but the header has {header}"
            ))
            .help("a cell with a comma stands in double quotes"));
        }
        let own = label_form(&cells[code]).into_owned();
        if own.is_empty() {
            return Err(Error::data("the row has no code").help(SHAPE));
        }
        if is_number(&own) {
            self.longest = self.longest.max(own.len());
        }
        let number = self.entries.len();
        if let Some(first) = self.places.insert(own.clone(), number) {
            return Err(Error::data(format!(
                "the code `{own}` stands twice, first in line {}",
                lines[first]
            ))
            .help(
                "leave one of them out; several labels of a code stand in one cell, separated by |",
            ));
        }
        let labels = cells
            .iter()
            .zip(&self.columns)
            .map(|(cell, column)| labels(cell, column));
        let labels = labels.collect::<Result<_>>()?;
        self.entries.push(CodeEntry {
            code: own,
            parent: None,
            labels,
        });
        Ok(())
    }

    /// Gives each code its broader code: that of the column `parent`, or where there is no such
    /// column the longest code of digits that begins it.
    fn add_parents(&mut self, rows: &Lines) -> std::result::Result<(), (usize, Error)> {
        let Some(column) = self.column("parent") else {
            let parents: Vec<_> = self
                .entries
                .iter()
                .map(|entry| self.prefix(&entry.code))
                .collect();
            self.entries
                .iter_mut()
                .zip(parents)
                .for_each(|(entry, parent)| entry.parent = parent);
            return Ok(());
        };
        for (number, (_, cells)) in rows.iter().enumerate() {
            let parent = label_form(&cells[column]);
            if parent.is_empty() {
                continue;
            }
            let found = self.places.get(parent.as_ref()).copied();
            let parent = found.ok_or_else(|| (number, unlisted(&parent)))?;
            self.digits &= self.is_digit_parent(number, parent);
            self.entries[number].parent = Some(parent);
        }
        self.verify_circles()
    }

    /// Tells whether a broader code is the code without its last digit, or digits do not matter.
    fn is_digit_parent(&self, number: usize, parent: usize) -> bool {
        let (code, parent) = (&self.entries[number].code, &self.entries[parent].code);
        !is_number(code) || code.len() == parent.len() + 1 && code.starts_with(parent.as_str())
    }

    /// Follows every code upwards once; each is settled when its root is.
    fn verify_circles(&self) -> std::result::Result<(), (usize, Error)> {
        // The code from which each was first reached.
        let mut reached: Vec<Option<usize>> = vec![None; self.entries.len()];
        for start in self.all() {
            let mut next = Some(start);
            while let Some(number) = next.filter(|&number| reached[number] != Some(start)) {
                if reached[number].is_some() {
                    next = None;
                    break;
                }
                reached[number] = Some(start);
                next = self.entries[number].parent;
            }
            if let Some(number) = next {
                return Err((number, circle(self.code(number))));
            }
        }
        Ok(())
    }
}

fn columns(header: &[String]) -> Result<Vec<String>> {
    let columns: Vec<String> = header
        .iter()
        .map(|name| label_form(name).into_owned())
        .collect();
    if let Some((_, twice)) = columns
        .iter()
        .enumerate()
        .find(|(at, name)| columns[..*at].contains(name))
    {
        return Err(Error::data(format!("the header names `{twice}` twice")));
    }
    match columns.iter().any(|name| name == "code") {
        true => Ok(columns),
        false => Err(Error::data(format!(
            "the header has no column `code`, but {}",
            columns.join(", ")
        ))
        .help(SHAPE)),
    }
}

/// Reads the labels in a cell. What a code is called is one text, whatever stands in it.
fn labels(cell: &str, column: &str) -> Result<Option<Vec<String>>> {
    if ["code", "name", "parent", "description"].contains(&column) {
        let text = label_form(cell).into_owned();
        return Ok((!text.is_empty()).then(|| vec![text]));
    }
    let read = LabelFormat::default().read(
        &cell.into(),
        HeadKind::Independent,
        &ColumnName::from(column),
    )?;
    Ok(match read {
        LabelCell::Missing(_) => None,
        LabelCell::Labels(labels) => Some(labels),
    })
}

fn unlisted(parent: &str) -> Error {
    Error::data(format!("the broader code `{parent}` is not in the map"))
        .help("add a row for it, or leave the cell empty")
}

fn circle(code: &str) -> Error {
    Error::data(format!("the broader codes of `{code}` lead back to it"))
        .help("a code is not its own broader code; leave the cell of a root empty")
}
