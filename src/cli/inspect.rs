//! `standpoint inspect`

use super::args::InspectArgs;
use super::console::{Console, print};
use super::plan;
use standpoint::report::terminal;
use standpoint::{Error, Result};

pub fn run(args: InspectArgs, console: Console) -> Result<()> {
    let model = match &args.input {
        Some(_) if args.model.model.is_some() => {
            return Err(Error::usage("two models are named").help("name one, with or without --model"));
        }
        Some(path) => plan::load(path)?.model,
        None => plan::model(&args.model, &mut Vec::new())?.model,
    };
    let summary = model.summary(args.terms);
    if console.wants_json(args.model.shape) {
        let text = serde_json::to_string(&summary).map_err(|e| Error::model(e.to_string()))?;
        return print(format!("{text}\n").as_bytes());
    }
    console.show(&terminal::summary(console.style(), &summary))
}
