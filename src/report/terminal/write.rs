//! The terminal's writer of tables: it fits them without dividing a number or a word.
//!
//! A table that is too wide breaks its cells between words, widest columns first, then abbreviates
//! words, and where even that is not enough, or would make two names the same, becomes a list: the
//! first cell of each row as a title, and under it a line for each of the others.

use super::wrap::{Cut, shorten, widest, width, wrap};
use super::{Style, clean, paint};
use crate::report::table::{Cell, Emphasis, Table};
use std::collections::HashMap;

/// Columns between two columns.
pub(super) const GAP: usize = 2;
/// Words are not abbreviated to less than this in a table, and to the second where there are many
/// columns.
const MIN_WORD_WIDTHS: [usize; 2] = [6, 4];

/// Returns the table as lines of at most the style's width.
pub(super) fn lines(style: Style, table: &Table) -> String {
    let layout = Layout::new(style, table);
    layout
        .shape()
        .map_or_else(|| layout.list(), |(widths, cut)| layout.grid(&widths, cut))
}

/// Returns the table with columns of these widths, so that tables of one stream stand under each
/// other.
pub(super) fn lines_of_widths(style: Style, table: &Table, widths: &[usize]) -> String {
    Layout::new(style, table).grid(widths, Cut::End)
}

/// True of a table that is shown as one rather than as a list.
pub(super) fn fits(style: Style, table: &Table) -> bool {
    Layout::new(style, table).shape().is_some()
}

/// A table whose texts are clean, on the way to a terminal.
struct Layout {
    style: Style,
    header: Vec<Cell>,
    rows: Vec<Vec<Cell>>,
}

fn cleaned(cell: &Cell) -> Cell {
    Cell {
        text: clean(&cell.text).replace('\t', " "),
        ..cell.clone()
    }
}

/// Returns the columns that a cell takes without any break.
fn natural(cell: &Cell) -> usize {
    cell.text.lines().map(width).max().unwrap_or(0)
}

/// Returns a line of a cell with its emphasis, as far as the style has colours.
fn painted(cell: &Cell, style: Style, line: &str) -> String {
    let code = match cell.emphasis {
        Some(Emphasis::Bad) => "31",
        Some(Emphasis::Good) => "32",
        Some(Emphasis::Strong) => "1",
        None => return line.to_string(),
    };
    if line.is_empty() {
        String::new()
    } else {
        paint(style, line, code)
    }
}

/// The least widths that a column can have.
#[derive(Clone, Copy, Default)]
struct Needs {
    /// Without any break.
    natural: usize,
    /// Without an abbreviation.
    words: usize,
    least: usize,
}

impl Layout {
    fn new(style: Style, table: &Table) -> Layout {
        let columns = table.columns.iter();
        let rows = table.rows.iter();
        Layout {
            style,
            header: columns
                .map(|column| cleaned(&Cell::text(&column.name).emphasis(Emphasis::Strong)))
                .collect(),
            rows: rows.map(|row| row.iter().map(cleaned).collect()).collect(),
        }
    }

    /// Returns the widths of columns and where words are cut, if the table fits and names stay
    /// different.
    fn shape(&self) -> Option<(Vec<usize>, Cut)> {
        let widths = self
            .widths(MIN_WORD_WIDTHS[0])
            .or_else(|| self.widths(MIN_WORD_WIDTHS[1]))?;
        let cut = [Cut::End, Cut::Middle]
            .into_iter()
            .find(|&cut| self.names_differ(&widths, cut))?;
        Some((widths, cut))
    }

    fn all_rows(&self) -> impl Iterator<Item = &Vec<Cell>> {
        (!self.header.is_empty())
            .then_some(&self.header)
            .into_iter()
            .chain(&self.rows)
    }

    fn needs(&self, least_word: usize) -> Vec<Needs> {
        let columns = self.all_rows().map(Vec::len).max().unwrap_or(0);
        let mut needs = vec![Needs::default(); columns];
        for (need, cell) in self.all_rows().flat_map(|row| needs_of(row)) {
            let of = &mut needs[need];
            let [words, number] = widest(&cell.text);
            of.natural = of.natural.max(natural(cell));
            of.words = of.words.max(words);
            of.least = of.least.max(number.max(words.min(least_word)));
        }
        needs
    }

    /// Returns the widths of columns, if the table fits.
    fn widths(&self, least_word: usize) -> Option<Vec<usize>> {
        let needs = self.needs(least_word);
        let room = self
            .style
            .room()
            .checked_sub(GAP * needs.len().saturating_sub(1))?;
        let steps: [fn(&Needs) -> [usize; 2]; 2] = [
            |need| [need.words, need.natural],
            |need| [need.least, need.words],
        ];
        steps
            .iter()
            .find_map(|step| fitted(&needs.iter().map(step).collect::<Vec<_>>(), room))
    }

    /// Tells whether names that differ still do when they are abbreviated: those of columns, and
    /// those of rows.
    fn names_differ(&self, widths: &[usize], cut: Cut) -> bool {
        let columns = self.header.iter().zip(widths).collect::<Vec<_>>();
        let rows = self
            .rows
            .iter()
            .filter_map(|row| Some((row.first()?, widths.first()?)))
            .collect::<Vec<_>>();
        [columns, rows].iter().all(|names| {
            let mut seen: HashMap<Vec<String>, &str> = HashMap::new();
            names
                .iter()
                .filter(|(cell, _)| !cell.text.is_empty())
                .all(|(cell, width)| {
                    *seen
                        .entry(wrap(&cell.text, **width, cut))
                        .or_insert(&cell.text)
                        == cell.text
                })
        })
    }

    fn grid(&self, widths: &[usize], cut: Cut) -> String {
        let mut out = String::new();
        if !self.header.is_empty() {
            let right = |column: usize| {
                self.rows
                    .iter()
                    .all(|row| row.get(column).is_none_or(|cell| cell.numeric))
            };
            let header = self.header.iter().enumerate();
            let header: Vec<Cell> = header
                .map(|(at, cell)| Cell {
                    numeric: at > 0 && right(at),
                    ..cell.clone()
                })
                .collect();
            self.add_line(&mut out, &header, widths, cut);
            let rule = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
            out += &format!("{}\n", "─".repeat(rule.min(self.style.room())));
        }
        self.rows
            .iter()
            .for_each(|row| self.add_line(&mut out, row, widths, cut));
        out
    }

    fn add_line(&self, out: &mut String, row: &[Cell], widths: &[usize], cut: Cut) {
        let cells: Vec<Vec<String>> = row
            .iter()
            .zip(widths)
            .map(|(cell, &width)| wrap(&cell.text, width, cut))
            .collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        for line in 0..height {
            let (mut text, mut blanks) = (String::new(), 0);
            for ((cell, lines), &column) in row.iter().zip(&cells).zip(widths) {
                let part = lines.get(line).map_or("", String::as_str);
                let rest = column.saturating_sub(width(part));
                let (before, after) = if cell.numeric { (rest, 0) } else { (0, rest) };
                blanks += before;
                if !part.is_empty() {
                    text += &" ".repeat(std::mem::take(&mut blanks));
                    text += &painted(cell, self.style, part);
                }
                blanks += after + GAP;
            }
            *out += &format!("{text}\n");
        }
    }

    /// Returns the rows as titles with their cells under them.
    fn list(&self) -> String {
        let titles: Vec<&str> = self
            .rows
            .iter()
            .filter_map(|row| Some(row.first()?.text.as_str()))
            .collect();
        let room = self.style.room();
        let cut = if abbreviations_differ(&titles, room) {
            Cut::End
        } else {
            Cut::Middle
        };
        let names = self.header.first().map_or("", |name| name.text.as_str());
        let mut out = super::prose(self.style, names);
        for row in &self.rows {
            for line in row
                .first()
                .map(|cell| wrap(&cell.text, room, cut))
                .unwrap_or_default()
            {
                out += &format!("{}\n", paint(self.style, &line, "1"));
            }
            for (at, cell) in row
                .iter()
                .enumerate()
                .skip(1)
                .filter(|(_, cell)| !cell.text.is_empty())
            {
                self.add_entry(
                    &mut out,
                    self.header.get(at).map_or("", |name| name.text.as_str()),
                    cell,
                );
            }
        }
        out
    }

    /// Adds a name and its cell, side by side where there is room.
    fn add_entry(&self, out: &mut String, name: &str, cell: &Cell) {
        let names = self.header.iter().skip(1).map(natural).max().unwrap_or(0);
        let room = self.style.room().saturating_sub(GAP);
        let beside = room.saturating_sub(names + GAP);
        let side_by_side = names > 0
            && (natural(cell) <= beside || widest(&cell.text)[0] <= beside && 2 * names <= room);
        let (indent, values) = if side_by_side {
            (GAP + names + GAP, wrap(&cell.text, beside, Cut::End))
        } else {
            let indent = if names > 0 { 2 * GAP } else { GAP };
            (
                indent,
                wrap(
                    &cell.text,
                    self.style.room().saturating_sub(indent),
                    Cut::End,
                ),
            )
        };
        let mut lead = match (name.is_empty(), side_by_side) {
            (true, _) => " ".repeat(indent),
            (false, true) => format!(
                "{}{name}{}",
                " ".repeat(GAP),
                " ".repeat(names + GAP - width(name))
            ),
            (false, false) => {
                let cut = if self.columns_differ(room) {
                    Cut::End
                } else {
                    Cut::Middle
                };
                wrap(name, room, cut)
                    .iter()
                    .for_each(|line| *out += &format!("  {line}\n"));
                " ".repeat(indent)
            }
        };
        for value in values {
            *out += &format!("{lead}{}\n", painted(cell, self.style, &value));
            lead = " ".repeat(indent);
        }
    }

    fn columns_differ(&self, room: usize) -> bool {
        abbreviations_differ(
            &self
                .header
                .iter()
                .map(|cell| cell.text.as_str())
                .collect::<Vec<_>>(),
            room,
        )
    }
}

fn needs_of(row: &[Cell]) -> impl Iterator<Item = (usize, &Cell)> {
    row.iter().enumerate()
}

fn abbreviations_differ(names: &[&str], room: usize) -> bool {
    let mut seen: HashMap<String, &str> = HashMap::new();
    names
        .iter()
        .all(|name| *seen.entry(shorten(name, room, Cut::End)).or_insert(name) == *name)
}

/// Returns widths between the ends of each column that fill `room` at most: the greatest common
/// limit that fits.
fn fitted(ends: &[[usize; 2]], room: usize) -> Option<Vec<usize>> {
    let widths = |limit: usize| {
        ends.iter()
            .map(move |&[least, most]| limit.min(most).max(least))
    };
    if widths(0).sum::<usize>() > room {
        return None;
    }
    let most = ends
        .iter()
        .map(|[_, most]| *most)
        .max()
        .unwrap_or(0)
        .min(room);
    let limit = (0..=most)
        .rev()
        .find(|&limit| widths(limit).sum::<usize>() <= room)?;
    Some(widths(limit).collect())
}
