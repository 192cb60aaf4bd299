//! Protocols: random folds, folds that keep sources together, a cut in time, or a given test part.

use super::data::ComparisonData;
use crate::cli::args::{CompareArgs, UndatedArg};
use crate::cli::plan::parts::{SplitPlan, place_undated};
use crate::cli::progress::TerminalProgress;
use standpoint::corpus::ColumnName;
use standpoint::dedup::Groups;
use standpoint::io::Progress;
use standpoint::report::counted;
use standpoint::split::PartShares;
use standpoint::{Error, Result};
use std::collections::HashSet;

/// A way of dividing documents into training and test parts.
pub struct Protocol {
    /// The name in results: `random`, `source`, `time` or `test`.
    pub split: &'static str,
    /// The same for people, with numbers.
    pub description: String,
    /// The rounds, each with a training part and a test part.
    pub rounds: Vec<Round>,
}

/// One training and the test that follows.
pub struct Round {
    /// The documents to train on.
    pub train: Vec<usize>,
    /// The documents to test on.
    pub test: Vec<usize>,
}

impl From<(Vec<usize>, Vec<usize>)> for Round {
    fn from((train, test): (Vec<usize>, Vec<usize>)) -> Round {
        Round { train, test }
    }
}

impl Protocol {
    /// Returns the number of training documents, on average over the rounds.
    pub fn mean_training_size(&self) -> f64 {
        let sizes = self.rounds.iter().map(|round| round.train.len());
        sizes.sum::<usize>() as f64 / self.rounds.len() as f64
    }

    /// True of protocols whose test parts are farther from the training part than chance makes
    /// them.
    pub fn is_harder_than_random(&self) -> bool {
        matches!(self.split, "source" | "time")
    }
}

/// Returns the protocols that the flags ask for, the random one first.
pub fn protocols(
    args: &CompareArgs,
    data: &ComparisonData,
    bar: &TerminalProgress,
) -> Result<Vec<Protocol>> {
    let corpus = &data.corpus;
    if let Some(test) = &data.test {
        let test = &test.corpus;
        let learnt: HashSet<&str> = (0..corpus.len()).map(|at| corpus.texts.get(at)).collect();
        let copies = (0..test.len())
            .filter(|&at| learnt.contains(test.texts.get(at)))
            .count();
        if copies > 0 {
            let all = test.len();
            bar.note(&format!(
                "{copies} of {all} test texts are training texts, which flatters; see `check`"
            ));
        }
        let description = format!(
            "{} learnt, {} tested",
            counted(corpus.len(), "row"),
            counted(test.len(), "row")
        );
        let rounds = vec![Round {
            train: (0..corpus.len()).collect(),
            test: (0..test.len()).collect(),
        }];
        return Ok(vec![Protocol {
            split: "test",
            description,
            rounds,
        }]);
    }
    let (folds, seed) = (args.protocol.folds.unwrap_or(5), args.features.seed);
    if folds < 2 || corpus.len() < folds as usize {
        return Err(Error::usage(format!(
            "{} cannot be cut into {folds} folds",
            counted(corpus.len(), "row")
        )));
    }
    let mut protocols = vec![by_chance("random", folds, seed, &[], data)?];
    if let Some(source) = &args.protocol.source {
        let rows = data.column(source);
        let count = Groups::of_values(&rows.columns[0]).count;
        protocols.push(by_chance(
            "source",
            folds.min(count),
            seed,
            &[ColumnName(source.clone())],
            data,
        )?);
    }
    if let Some(date) = &args.protocol.date {
        protocols.push(by_time(args, folds, date, data)?);
    }
    Ok(protocols)
}

fn by_chance(
    split: &'static str,
    folds: u32,
    seed: u64,
    groups: &[ColumnName],
    data: &ComparisonData,
) -> Result<Protocol> {
    let plan = SplitPlan::Chance {
        shares: PartShares::folds(folds)?,
        groups: groups.to_vec(),
        seed,
    };
    let rows = groups
        .first()
        .map(|column| data.column(&column.0))
        .unwrap_or_default();
    let (parted, _) = plan.split(&data.corpus, &rows, None)?;
    parted.verify()?;
    let description = match groups.first() {
        None => format!("{folds} stratified folds"),
        Some(column) => format!("{folds} folds that keep each `{column}` together"),
    };
    let cut = parted.folds();
    Ok(Protocol {
        split,
        description,
        rounds: (0..folds).map(|fold| Round::from(cut.of(fold))).collect(),
    })
}

fn by_time(args: &CompareArgs, folds: u32, date: &str, data: &ComparisonData) -> Result<Protocol> {
    let column = ColumnName(date.to_string());
    let names = || vec!["train".to_string(), "test".to_string()];
    let plan = match &args.protocol.before {
        Some(before) => {
            let cut = before
                .parse()
                .map_err(|e: Error| Error::usage(format!("--before: {}", e.message())))?;
            SplitPlan::Cuts {
                cuts: vec![cut],
                names: names(),
                date: column,
            }
        }
        None => {
            let test = 1.0 / f64::from(folds);
            let shares = format!("train={},test={test}", 1.0 - test).parse()?;
            SplitPlan::Shares {
                shares,
                date: column,
            }
        }
    };
    let rows = data.column(date);
    let (mut parted, undated) = plan.split(&data.corpus, &rows, None)?;
    place_undated(&mut parted, &undated, undated_treatment(args), &rows, &plan)?;
    parted.verify()?;
    let round = Round::from((parted.documents(0), parted.documents(1)));
    let description = format!(
        "{} older rows learnt, {} newer rows tested",
        round.train.len(),
        round.test.len()
    );
    Ok(Protocol {
        split: "time",
        description,
        rounds: vec![round],
    })
}

/// Returns the treatment of rows without a usable date, by its name in `split`.
fn undated_treatment(args: &CompareArgs) -> &'static str {
    match args.protocol.undated {
        Some(UndatedArg::Drop) => "drop",
        None | Some(UndatedArg::Error) => "error",
    }
}
