//! `standpoint verify`

use crate::cli::args::VerifyArgs;
use crate::cli::console::{Console, print_json};
use crate::cli::progress::TerminalProgress;
use standpoint::background::Background;
use standpoint::corpus::find_inputs;
use standpoint::report::json::VerificationRow;
use standpoint::report::terminal;
use standpoint::train::{TrainingData, TrainingRecord};
use standpoint::{Error, Model, Result};

/// False if training again gives other bytes.
pub fn run(args: &VerifyArgs, console: Console) -> Result<bool> {
    let model = Model::load(&args.input)?;
    let mut row = VerificationRow::new(&model);
    if !args.data.is_empty() {
        row = row.with_difference(model.difference(&repeated(args, &model)?));
    }
    match console.wants_json(args.shape) {
        true => print_json(&row)?,
        false => console.show(&terminal::verification(console.style(), &row))?,
    }
    Ok(row.agrees() != Some(false))
}

/// Trains the model again.
fn repeated(args: &VerifyArgs, model: &Model) -> Result<Model> {
    let bar = TerminalProgress::leak(true);
    let record = TrainingRecord::of(model)?.ok_or_else(|| {
        let version = model.format_version();
        Error::usage(format!(
            "a model of file format {version} does not keep the options of its training"
        ))
        .at(args.input.display())
        .help("train it again with this version, and keep that file")
    })?;
    let mut data = TrainingData::new(find_inputs(&args.data, bar)?);
    data.calibration_set = match args.calibration_set.as_slice() {
        [] => Vec::new(),
        names => find_inputs(names, bar)?,
    };
    data.background = args
        .background
        .as_deref()
        .map(Background::load)
        .transpose()?;
    let repeated = record.repeat(model, data, bar)?;
    bar.clear();
    Ok(repeated)
}
