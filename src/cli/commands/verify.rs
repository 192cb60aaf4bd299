//! `standpoint verify`

use crate::cli::args::VerifyArgs;
use crate::cli::commands::replication::Replication;
use crate::cli::console::{Console, print_json};
use crate::cli::progress::TerminalProgress;
use standpoint::background::Background;
use standpoint::corpus::find_inputs;
use standpoint::exchange::ReplicationArchive;
use standpoint::report::json::VerificationRow;
use standpoint::report::terminal;
use standpoint::train::{Repeated, TrainingData, TrainingRecord};
use standpoint::{Error, Model, Result};

/// False if training again gives other bytes.
pub fn run(args: &VerifyArgs, console: Console) -> Result<bool> {
    let archive = archive(args)?;
    let loaded;
    let model = match &archive {
        Some(archive) => &archive.model,
        None => {
            loaded = Model::load(&args.input)?;
            &loaded
        }
    };
    let mut row = VerificationRow::new(model);
    if !args.data.is_empty() {
        let repeated = repeated(args, model)?;
        row = row.with_difference(model.difference(&repeated.model));
        if let Some(archive) = &archive {
            row = row.with_archive(archive.bytes == again(archive, &repeated)?);
        }
    }
    match console.wants_json(args.shape) {
        true => print_json(&row)?,
        false => console.show(&terminal::verification(console.style(), &row))?,
    }
    Ok(row.agrees() != Some(false))
}

/// Reads the archive of a training run, if the file is one.
fn archive(args: &VerifyArgs) -> Result<Option<ReplicationArchive>> {
    let path = &args.input;
    if !path.is_file() || Model::is_model(path) {
        return Ok(None);
    }
    let bytes = std::fs::read(path).map_err(|e| Error::io("read", e).at(path.display()))?;
    match ReplicationArchive::is_archive(&bytes) {
        true => ReplicationArchive::read(bytes)
            .map(Some)
            .map_err(|e| e.at(path.display())),
        false => Ok(None),
    }
}

/// Returns the bytes of the archive of the run that was repeated.
fn again(archive: &ReplicationArchive, repeated: &Repeated) -> Result<Vec<u8>> {
    let corpus = repeated
        .corpus
        .as_ref()
        .ok_or_else(|| Error::model("the archive is that of a stream, of which none is written"))?;
    let replication = Replication {
        command: archive.command.clone(),
        model: &repeated.model,
        corpus,
        calibration_set: repeated.calibration_set.as_ref(),
        predictions: &repeated.predictions,
    };
    replication.archive()
}

/// Trains the model again.
fn repeated(args: &VerifyArgs, model: &Model) -> Result<Repeated> {
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
    data.old_model = args.from.as_deref().map(Model::load).transpose()?;
    let repeated = record.repeat(model, data, bar)?;
    bar.clear();
    Ok(repeated)
}
