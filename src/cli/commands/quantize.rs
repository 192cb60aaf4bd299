//! `standpoint quantize`

use crate::cli::args::{BitsArg, QuantizeArgs};
use crate::cli::console::{Console, print_json};
use crate::cli::plan::{self, NamedModel, corpus};
use crate::cli::progress::TerminalProgress;
use standpoint::corpus::Corpus;
use standpoint::io::{Progress, Transaction, check_target};
use standpoint::model::{Quantization, WeightBits};
use standpoint::report::json::{QuantizationRow, QuantizedRow};
use standpoint::report::terminal;
use standpoint::{Error, Model, Result};

/// False where every setting loses too much.
pub fn run(mut args: QuantizeArgs, console: Console) -> Result<bool> {
    let NamedModel { model, name } = plan::model(&args.model, &mut args.inputs)?;
    verify(&args)?;
    let bar = TerminalProgress::leak(true);
    let mut outputs = Transaction::default();
    let corpus = read(&args, &model, &mut outputs, bar)?;
    bar.stage("quantising", 0);
    let mut report = QuantizationRow::new(&model, corpus.len(), args.max_loss);
    let mut smallest: Option<(u64, Model)> = None;
    for how in settings(&args, &model) {
        let small = model.quantized(&how, Some(&corpus.texts))?;
        let row = QuantizedRow::new(&small, small.losses_since(&model, &corpus)?, args.max_loss);
        let size = row.bytes;
        if row.within && smallest.as_ref().is_none_or(|(least, _)| size < *least) {
            smallest = Some((size, small));
        }
        report.settings.push(row);
    }
    let found = smallest.is_some();
    if let (Some(path), Some((_, small))) = (&args.output, smallest) {
        small.save_with(&mut outputs, path, args.force)?;
        report.written = Some(path.display().to_string());
    }
    outputs.commit()?;
    bar.clear();
    if !found {
        let most = args.max_loss;
        bar.note(&format!(
            "every setting loses more than {most} points; nothing was written"
        ));
    }
    match console.wants_json(args.model.shape) {
        true => print_json(&report)?,
        false => console.show(&terminal::quantization(console.style(), &name, &report))?,
    }
    Ok(found)
}

fn verify(args: &QuantizeArgs) -> Result<()> {
    if args.inputs.is_empty() {
        return Err(Error::usage("there is no corpus to measure the loss on")
            .help("name a labelled file after the model"));
    }
    if !args.max_loss.is_finite() {
        return Err(Error::usage("--max-loss is no number"));
    }
    args.output
        .as_ref()
        .map_or(Ok(()), |path| check_target(path, args.force))
}

/// Returns the setting that is asked for, or a ladder of them.
fn settings(args: &QuantizeArgs, model: &Model) -> Vec<Quantization> {
    if args.bits.is_none() && args.terms.is_none() {
        // Hashed n-grams are kept, and so are all columns.
        let hashes = model.tfidf().options().buckets.is_some();
        let terms = model.tfidf().vocabulary().len();
        return Quantization::ladder(if hashes { 0 } else { terms });
    }
    let setting = Quantization::new(match args.bits {
        Some(BitsArg::Sixteen) => WeightBits::Sixteen,
        Some(BitsArg::Eight) | None => WeightBits::Eight,
    });
    vec![args.terms.map_or(setting, |terms| setting.terms(terms))]
}

fn read(
    args: &QuantizeArgs,
    model: &Model,
    outputs: &mut Transaction,
    bar: &'static TerminalProgress,
) -> Result<Corpus> {
    let mapping = corpus::columns_of_model(model, &args.labels, &args.read, &[])?;
    let known = model.known_labels(&mapping.schema);
    let source = plan::corpus(args.inputs.clone(), &args.read, mapping, bar)?;
    corpus::read_source(&source, &known, &args.read, outputs, bar)
}
