//! `standpoint score`

use crate::cli::args::ScoreArgs;
use crate::cli::console::{Console, line_of, print};
use crate::cli::plan::{self, NamedModel};
use crate::cli::progress::TerminalProgress;
use crate::cli::score_file::ScoreWriter;
use rayon::prelude::*;
use standpoint::Result;
use standpoint::io::Progress;
use standpoint::io::Transaction;
use standpoint::model::ScoredDocument;
use standpoint::report::json::ModelRow;
use standpoint::report::{json, terminal};
use std::io::IsTerminal;

pub fn run(mut args: ScoreArgs, console: Console) -> Result<()> {
    let NamedModel { model, name } = plan::model(&args.model, &mut args.inputs)?;
    let as_json = console.wants_json(args.model.shape);
    if let Some(max_error) = args.max_error {
        model.verify_max_error(
            max_error,
            model
                .heads()
                .iter()
                .map(|head| head.metadata().name.as_str()),
        )?;
    }
    let to_file = args.output.is_some();
    let bar = TerminalProgress::leak(to_file || !std::io::stdout().is_terminal());
    let names = std::mem::take(&mut args.inputs);
    let shard = args.shard.as_deref().map(str::parse).transpose()?;
    let (mapping, reader) = plan::articles(names, &args.read, &model, shard, bar)?;
    let mut outputs = Transaction::default();
    let mut rejects = args.read.rejects(&mut outputs)?;
    let mut file = args
        .output
        .as_deref()
        .map(|path| ScoreWriter::open(path, args.force, &model, &mut outputs))
        .transpose()?;
    bar.stage("scoring", 0);
    if !as_json && !to_file {
        console.show(&terminal::prose(console.style(), &format!("model: {name}")))?;
    }
    let of_model = json::ModelRow::new(&model);
    let mut first = true;
    let streamed = model.score_stream(reader, &mapping, rejects.as_mut(), |batch| {
        let rows = batch.len() as u64;
        let lines = |batch| json_rows(batch, &model, &of_model, &args);
        match &mut file {
            Some(file) => file.write(batch, lines)?,
            None if as_json => print(lines(batch)?.as_bytes())?,
            None => console.show(&table(batch, &model, &args, console, first))?,
        }
        first &= rows == 0;
        bar.advance(rows);
        Ok(())
    })?;
    bar.clear();
    args.read.report_rejects(rejects, bar)?;
    args.read.report_stream(&streamed, bar)?;
    file.map_or(Ok(()), ScoreWriter::finish)?;
    outputs.commit()
}

fn json_rows(
    batch: Vec<ScoredDocument<'_>>,
    model: &standpoint::Model,
    of_model: &ModelRow,
    args: &ScoreArgs,
) -> Result<String> {
    let line = |(document, scores): ScoredDocument<'_>| {
        let mut row = json::ScoreRow::new(document.json_id(), of_model, &scores, args.top);
        if let Some(max_error) = args.max_error {
            row = row.with_sets(&scores, max_error);
        }
        if let Some(most) = args.why {
            row = row.with_reasons(&model.explain(&document.text), most);
        }
        line_of(&row)
    };
    batch.into_par_iter().map(line).collect()
}

fn table<'m>(
    batch: Vec<ScoredDocument<'m>>,
    model: &'m standpoint::Model,
    args: &ScoreArgs,
    console: Console,
    first: bool,
) -> String {
    let row = |(document, scores): ScoredDocument<'m>| {
        let why = args
            .why
            .map(|most| terminal::reasons(&model.explain(&document.text), most));
        (document.id, scores, why)
    };
    let rows: Vec<_> = batch.into_par_iter().map(row).collect();
    terminal::scores(console.style(), &rows, first, args.max_error)
}
