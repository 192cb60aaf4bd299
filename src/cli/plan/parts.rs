//! From flags to a split; shared by `split` and `compare`.

use crate::cli::args::PartArgs;
use standpoint::corpus::{ColumnName, Corpus, Date, RetainedRows, SourceLocation, Targets};
use standpoint::dedup::Groups;
use standpoint::split::{PartShares, Split};
use standpoint::split::{Undated, cuts};
use standpoint::{Error, Result};

/// The division of documents that is asked for.
pub enum SplitPlan {
    Chance {
        shares: PartShares,
        groups: Vec<ColumnName>,
        seed: u64,
    },
    Shares {
        shares: PartShares,
        date: ColumnName,
    },
    Cuts {
        cuts: Vec<Date>,
        names: Vec<String>,
        date: ColumnName,
    },
}

impl SplitPlan {
    pub fn new(args: &PartArgs) -> Result<Self> {
        let shares = match (args.folds, args.parts.as_deref()) {
            (Some(0 | 1), _) => {
                return Err(Error::usage("rows cannot be cut into fewer than 2 folds")
                    .help("give --folds 5"));
            }
            (Some(folds), _) => PartShares::folds(folds)?,
            (None, parts) => parts.unwrap_or("train=0.8,test=0.2").parse()?,
        };
        if !args.before.is_empty() {
            let date = ColumnName(args.date.clone().unwrap_or_else(|| "date".to_string()));
            let cuts = args
                .before
                .iter()
                .map(|date| date.parse())
                .collect::<Result<Vec<Date>>>();
            let cuts = cuts.map_err(|e| {
                Error::usage(format!("--before: {}", e.message()))
                    .help("write dates as 2021, 2021-05 or 2021-05-09 (ISO 8601)")
            })?;
            return Ok(SplitPlan::Cuts {
                names: names(cuts.len())?,
                cuts,
                date,
            });
        }
        Ok(match &args.date {
            Some(date) => SplitPlan::Shares {
                shares,
                date: ColumnName(date.clone()),
            },
            None => {
                let groups = args.group.iter().cloned().map(ColumnName).collect();
                SplitPlan::Chance {
                    shares,
                    groups,
                    seed: args.seed,
                }
            }
        })
    }

    pub fn by_time(&self) -> bool {
        !matches!(self, SplitPlan::Chance { .. })
    }

    /// The shares that are asked for, if they are.
    pub fn shares(&self) -> Option<&PartShares> {
        match self {
            SplitPlan::Chance { shares, .. } | SplitPlan::Shares { shares, .. } => Some(shares),
            SplitPlan::Cuts { .. } => None,
        }
    }

    pub fn names(&self) -> &[String] {
        match self {
            SplitPlan::Cuts { names, .. } => names,
            SplitPlan::Chance { shares, .. } | SplitPlan::Shares { shares, .. } => shares.names(),
        }
    }

    /// The columns that are needed beside text and labels.
    pub fn columns(&self) -> Vec<ColumnName> {
        match self {
            SplitPlan::Chance { groups, .. } => groups.clone(),
            SplitPlan::Shares { date, .. } | SplitPlan::Cuts { date, .. } => vec![date.clone()],
        }
    }

    /// Parts the documents, whose columns are in `rows`; also those that have no usable date.
    pub fn split(
        &self,
        corpus: &Corpus,
        rows: &RetainedRows,
        together: Option<&Groups>,
    ) -> Result<(Split, Vec<(usize, Undated)>)> {
        match self {
            SplitPlan::Chance { shares, seed, .. } => {
                let targets = Targets::joined(&corpus.heads, corpus.len());
                let of_columns = rows.columns.iter().map(|values| Groups::of_values(values));
                let groups = of_columns
                    .chain(together.cloned())
                    .reduce(|a, b| a.joined(&b));
                let split = match groups {
                    Some(groups) => Split::grouped(&targets, &groups, shares, *seed),
                    None => Split::stratified(&targets, shares, *seed),
                };
                Ok((split, Vec::new()))
            }
            SplitPlan::Shares { shares, .. } => {
                let dates = dates(rows);
                let cuts = cuts(&dates, shares);
                if cuts.len() + 1 < shares.names().len() {
                    return Err(Error::data("there are too few dates for so many parts")
                        .help("ask for fewer parts, or name dates with --before"));
                }
                Split::by_time(&dates, &cuts, shares.names())
            }
            SplitPlan::Cuts { cuts, names, .. } => Split::by_time(&dates(rows), cuts, names),
        }
    }
}

fn names(cuts: usize) -> Result<Vec<String>> {
    let names: &[&str] = match cuts {
        1 => &["train", "test"],
        2 => &["train", "dev", "test"],
        _ => return Err(Error::usage("--before can be given once or twice")),
    };
    Ok(names.iter().map(ToString::to_string).collect())
}

/// Returns the dates; a value that is no date is treated like a missing one, and told apart in the
/// error only.
fn dates(rows: &RetainedRows) -> Vec<Option<Date>> {
    rows.columns[0]
        .iter()
        .map(|value| value.as_deref()?.parse().ok())
        .collect()
}

/// Puts documents without a usable date where `--undated` says.
pub fn place_undated(
    split: &mut Split,
    undated: &[(usize, Undated)],
    what: &str,
    rows: &RetainedRows,
    plan: &SplitPlan,
) -> Result<()> {
    let part = match what {
        "error" => {
            return undated.first().map_or(Ok(()), |first| {
                Err(no_date(first, undated.len(), rows, plan))
            });
        }
        "drop" => None,
        name => {
            let part = split.parts.iter().position(|part| part == name);
            let unknown = || {
                let parts = split.parts.join(", ");
                Error::usage(format!("--undated {name}: there is no such part"))
                    .help(format!("one of error, drop, {parts}"))
            };
            Some(part.ok_or_else(unknown)? as u32)
        }
    };
    undated
        .iter()
        .for_each(|&(document, _)| split.of[document] = part);
    Ok(())
}

fn no_date(first: &(usize, Undated), count: usize, rows: &RetainedRows, plan: &SplitPlan) -> Error {
    let (document, why) = *first;
    let (column, place): (_, &SourceLocation) = (&plan.columns()[0], &rows.locations[document]);
    let what = match (&rows.columns[0][document], why) {
        (None, _) => format!("there is no date in `{column}`"),
        (Some(date), Undated::Missing) => {
            format!("`{date}` in `{column}` is no date that is understood")
        }
        (Some(date), Undated::TooCoarse) => {
            format!("`{date}` in `{column}` is too coarse to say in which part it belongs")
        }
    };
    let all = if count > 1 {
        format!(", and so on in {count} rows")
    } else {
        String::new()
    };
    Error::data(format!("{what}{all}"))
        .at(place)
        .help("write dates as 2021-05-09 (ISO 8601), or leave such rows out with --undated drop")
}
