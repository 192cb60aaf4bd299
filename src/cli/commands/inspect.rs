//! `standpoint inspect`

use crate::cli::args::{InspectArgs, ShapeArgs};
use crate::cli::console::{Console, print, print_json};
use crate::cli::plan;
use standpoint::background::Background;
use standpoint::report::{card, terminal};
use standpoint::{Error, Result};
use std::path::Path;

/// The number of terms shown for each label.
const TERMS: usize = 10;

pub fn run(args: InspectArgs, console: Console) -> Result<()> {
    let vectors = args.input.as_deref().or(args.model.model.as_deref());
    if let Some(path) = vectors.filter(|path| Background::is_background(path)) {
        let flag = match (args.terms, args.card) {
            (None, false) => return background(path, args.model.shape, console),
            (Some(_), _) => "--terms",
            (None, true) => "--card",
        };
        return Err(Error::usage(format!(
            "{flag} is for models, but this is a file of word vectors"
        ))
        .at(path.display())
        .help("leave it out"));
    }
    let model = match &args.input {
        Some(_) if args.model.model.is_some() => {
            return Err(
                Error::usage("two models are named").help("name one, with or without --model")
            );
        }
        Some(path) => plan::load(path)?.model,
        None => plan::model(&args.model, &mut Vec::new())?.model,
    };
    if args.card {
        return match args.model.shape.json {
            true => print_json(&model.card()),
            false => print(card::markdown(&model.card()).as_bytes()),
        };
    }
    let summary = model.summary(args.terms.unwrap_or(TERMS));
    if console.wants_json(args.model.shape) {
        let text = serde_json::to_string(&summary).map_err(|e| Error::model(e.to_string()))?;
        return print(format!("{text}\n").as_bytes());
    }
    console.show(&terminal::summary(console.style(), &summary))
}

fn background(path: &Path, shape: ShapeArgs, console: Console) -> Result<()> {
    let summary = Background::load(path)?.summary();
    if console.wants_json(shape) {
        let text = serde_json::to_string(&summary).map_err(|e| Error::model(e.to_string()))?;
        return print(format!("{text}\n").as_bytes());
    }
    console.show(&terminal::background(console.style(), &summary))
}
