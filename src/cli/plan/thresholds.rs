//! From the flags of calibration and thresholds to the options of a training run.

use crate::cli::args::{ObjectiveArgs, ThresholdArgs};
use crate::cli::plan;
use standpoint::Trainer;
use standpoint::calibrate::{CostMatrix, LabelCosts, Method, ThresholdObjective};
use standpoint::corpus::label_form;
use standpoint::{Error, Result};
use std::path::Path;

impl ObjectiveArgs {
    /// Sets what was asked for.
    pub fn apply(&self, trainer: &mut Trainer) -> Result<()> {
        trainer.abstain |= self.abstain;
        let mut seen = Vec::new();
        for spec in &self.calibrate {
            let (head, name) = spec
                .split_once('=')
                .map_or((None, spec.as_str()), |(h, name)| (Some(h), name));
            once(&mut seen, head, "--calibrate", spec)?;
            let method: Method = name.parse()?;
            match head {
                None => trainer.calibrate = method,
                Some(head) => drop(
                    trainer
                        .calibrations
                        .insert(label_form(head).into_owned(), method),
                ),
            }
        }
        seen.clear();
        for spec in &self.thresholds {
            let (head, objective) = self::objective(spec)?;
            once(&mut seen, head, "--thresholds", spec)?;
            match head {
                None => trainer.thresholds = objective,
                Some(head) => drop(
                    trainer
                        .threshold_objectives
                        .insert(label_form(head).into_owned(), objective),
                ),
            }
        }
        Ok(())
    }
}

/// Refuses a second value for the same heads, which would be ignored.
fn once<'a>(
    seen: &mut Vec<Option<&'a str>>,
    head: Option<&'a str>,
    flag: &str,
    spec: &str,
) -> Result<()> {
    if seen.contains(&head) {
        return Err(Error::usage(format!("{flag} {spec}: there is one already")));
    }
    seen.push(head);
    Ok(())
}

/// An error that names what was typed.
fn no_objective(spec: &str) -> Error {
    Error::usage(format!("`{spec}` is no objective of thresholds"))
        .help("write max-f1, fixed, recall>=0.9, precision>=0.95, cost=FP,FN or cost=FILE, behind HEAD= for one head")
}

fn is_objective(text: &str) -> bool {
    ["max-f1", "fixed", "recall>=", "precision>=", "cost="]
        .iter()
        .any(|known| text.starts_with(known))
}

/// An objective, before which the name of a head may stand.
fn objective(spec: &str) -> Result<(Option<&str>, ThresholdObjective)> {
    match head_of(spec).map(|head| (head, &spec[head.len() + 1..])) {
        Some((_, objective)) if !is_objective(objective) => Err(no_objective(spec)),
        Some((head, objective)) => Ok((Some(head), of_text(objective)?)),
        None => Ok((None, of_text(spec)?)),
    }
}

/// The head that a objective is for, if it names one.
pub fn head_of(spec: &str) -> Option<&str> {
    spec.split_once('=')
        .filter(|_| !is_objective(spec))
        .map(|(head, _)| head)
}

fn of_text(objective: &str) -> Result<ThresholdObjective> {
    let file = objective
        .strip_prefix("cost=")
        .filter(|costs| costs.parse::<LabelCosts>().is_err());
    match file.map(Path::new).filter(|path| path.is_file()) {
        Some(path) => CostMatrix::read(&plan::text_file(path)?)
            .map(ThresholdObjective::CostMatrix)
            .map_err(|e| e.at(path.display())),
        None => objective.parse(),
    }
}

impl ThresholdArgs {
    /// Sets what was asked for, with the defaults of a stream.
    pub fn apply(&self, stream: bool, trainer: &mut Trainer) -> Result<()> {
        if stream {
            trainer.thresholds = ThresholdObjective::Fixed;
        }
        self.objectives.apply(trainer)?;
        trainer.folds = self.folds.unwrap_or(trainer.folds);
        trainer.folds_requested = self.folds.is_some();
        Ok(())
    }
}
