//! A page as text, in a format.

use super::{Page, escape};
use crate::{Error, Result};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior, Value};
use std::path::Path;

/// A format of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageFormat {
    /// One HTML file, with plots.
    Html,
    /// Markdown with tables as on GitHub.
    Markdown,
    /// Tables across the page for a LaTeX document of one or two columns that loads the packages
    /// booktabs and graphicx.
    Latex,
}

impl PageFormat {
    /// The format that the ending of a file's name stands for.
    ///
    /// # Errors
    /// A usage error for any other ending.
    pub fn of_path(path: &Path) -> Result<PageFormat> {
        let ending = path
            .extension()
            .map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        match ending.as_deref() {
            Some("html" | "htm") => Ok(PageFormat::Html),
            Some("md") => Ok(PageFormat::Markdown),
            Some("tex") => Ok(PageFormat::Latex),
            _ => {
                let seen = ending.map_or("no ending".to_string(), |ending| {
                    format!("the ending .{ending}")
                });
                let message = format!("a report with {seen} has no format");
                Err(Error::usage(message).help("name a file that ends in .html, .md or .tex"))
            }
        }
    }

    /// The page in this format.
    ///
    /// # Errors
    /// A data error if the page cannot be laid out, which no page of
    /// [`evaluation`](super::evaluation) or [`comparison`](super::comparison) is known to cause.
    pub fn write(self, page: &Page) -> Result<String> {
        let failed =
            |e: minijinja::Error| Error::data(format!("the report cannot be written: {e:#}"));
        let environment = environment().map_err(failed)?;
        let template = environment.get_template(self.template()).map_err(failed)?;
        let mut text = template.render(Serde(page)).map_err(failed)?;
        text.truncate(text.trim_end().len());
        Ok(text + "\n")
    }

    fn template(self) -> &'static str {
        match self {
            PageFormat::Html => "page.html",
            PageFormat::Markdown => "page.md",
            PageFormat::Latex => "page.tex",
        }
    }
}

fn environment() -> std::result::Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()?,
    );
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| match name.rsplit_once('.') {
        Some((_, "md")) => AutoEscape::Custom("markdown".into()),
        Some((_, "tex")) => AutoEscape::Custom("latex".into()),
        _ => AutoEscape::Html,
    });
    environment.set_formatter(write_value);
    environment.add_filter("short_lines", short_lines);
    environment.add_filter("has_long_names", has_long_names);
    environment.add_filter("with_intervals", with_intervals);
    environment.add_template("page.css", include_str!("templates/page.css"))?;
    environment.add_template("page.html", include_str!("templates/page.html"))?;
    environment.add_template("page.md", include_str!("templates/page.md"))?;
    environment.add_template("page.tex", include_str!("templates/page.tex"))?;
    Ok(environment)
}

/// Lines of a heading are about as long as a number with its interval.
const SHORT_LINE: usize = 14;
/// Longer names are broken into lines in LaTeX.
const LONG_NAME: usize = 28;

/// Breaks the heading of a column into short lines.
fn short_lines(heading: String) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in heading.split_whitespace() {
        match lines.last_mut() {
            Some(last) if last.is_empty() => *last = word.to_string(),
            Some(last) if last.chars().count() + word.chars().count() < SHORT_LINE => {
                *last += &format!(" {word}")
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines
}

fn rows(table: &Value) -> std::result::Result<Vec<Vec<Value>>, minijinja::Error> {
    let rows = table.get_attr("rows")?.try_iter()?;
    rows.map(|row| Ok(row.try_iter()?.collect())).collect()
}

/// Tells whether a row of a table has a name of several lines.
fn has_long_names(table: Value) -> std::result::Result<bool, minijinja::Error> {
    let name = |row: &Vec<Value>| row.first().and_then(|cell| cell.get_attr("text").ok());
    Ok(rows(&table)?
        .iter()
        .filter_map(name)
        .any(|name| name.to_string().chars().count() > LONG_NAME))
}

/// Tells of each column whether a cell in it has an interval, so that the others leave room for
/// one.
fn with_intervals(table: Value) -> std::result::Result<Vec<bool>, minijinja::Error> {
    let mut found = vec![false; table.get_attr("columns")?.len().unwrap_or(0)];
    for row in rows(&table)? {
        for (found, cell) in found.iter_mut().zip(row) {
            *found |= !cell.get_attr("interval")?.is_none();
        }
    }
    Ok(found)
}

/// All that templates write of a page comes through here; only what a macro has written already is
/// not escaped once more.
fn write_value(
    out: &mut Output,
    state: &mut State,
    value: &Value,
) -> std::result::Result<(), minijinja::Error> {
    if value.is_none() {
        return Ok(());
    }
    let text = value.to_string();
    let written = match state.auto_escape() {
        _ if value.is_safe() => out.write_str(&text),
        AutoEscape::Custom(format) if format == "markdown" => escape::markdown(out, &text),
        AutoEscape::Custom(format) if format == "latex" => escape::latex(out, &text),
        _ => escape::html(out, &text),
    };
    Ok(written?)
}
