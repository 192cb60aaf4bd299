//! What is written must not be what is read: `--force` is for older results, not for the corpus.

use super::args::Command;
use super::lists;
use super::split_rows;
use standpoint::corpus::{Input, find_inputs};
use standpoint::progress::Silent;
use standpoint::{Error, Result};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// A usage error if a file that the command would write is one that it reads. The model of `train --from` may
/// be replaced by the new one.
pub fn verify(command: &Command) -> Result<()> {
    let (outputs, names) = files(command);
    let outputs: Vec<(PathBuf, &Path)> =
        outputs.iter().filter_map(|path| Some((path.canonicalize().ok()?, path.as_path()))).collect();
    if outputs.is_empty() {
        return Ok(());
    }
    let inputs = read(&names);
    match outputs.iter().find(|(whole, _)| inputs.contains(whole)) {
        None => Ok(()),
        Some((_, named)) => {
            Err(Error::usage("the output is one of the inputs").at(named.display()).help("name another file"))
        }
    }
}

/// What inputs there are not is said when they are read.
fn read(names: &[String]) -> HashSet<PathBuf> {
    let found = names.iter().filter_map(|name| find_inputs(std::slice::from_ref(name), &Silent).ok());
    let path = |input: Input| match input {
        Input::File { path, .. } => path.canonicalize().ok(),
        Input::Stdin => None,
    };
    found.flatten().filter_map(path).collect()
}

/// Files that are written, and names of inputs.
fn files(command: &Command) -> (Vec<PathBuf>, Vec<String>) {
    let text = |path: &Option<PathBuf>| path.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    let join = |lists: &[&[String]]| lists.concat();
    match command {
        Command::Train(args) => {
            let costs = args.thresholds.goals.thresholds.iter().filter_map(|goal| goal.split_once("cost="));
            let costs: Vec<String> = costs.map(|(_, file)| file.to_string()).collect();
            let options: Vec<String> = text(&args.options);
            let evaluate = args.from.evaluate.as_slice();
            (
                vec![args.target.output.clone()],
                join(&[&args.inputs, &args.calibration, evaluate, &costs, &options]),
            )
        }
        Command::Tune(args) => (vec![args.target.output.clone()], args.inputs.clone()),
        Command::Split(args) => (split_rows::all_targets(args), args.inputs.clone()),
        Command::Eval(args) => {
            let outputs = args.predictions.iter().chain(&args.report.report).cloned().collect();
            let model: Vec<String> = text(&args.model.model);
            (outputs, join(&[&args.inputs, &model]))
        }
        Command::Compare(args) => {
            let truth: Vec<String> = args.systems.truth.iter().cloned().collect();
            // A list that cannot be read is an error in a moment.
            let models = args.systems.models.as_deref().map(|models| lists::names("--models", models));
            let models = models.and_then(Result::ok).unwrap_or_default();
            let outputs = args.report.report.iter().cloned().collect();
            (outputs, join(&[&args.inputs, &truth, &args.ways.test, &models]))
        }
        Command::Check(args) => (args.write.iter().cloned().collect(), args.inputs.clone()),
        _ => (vec![], vec![]),
    }
}
