//! `standpoint explain`

use crate::cli::args::ExplainArgs;
use crate::cli::console::{self, Console};
use crate::cli::plan::{self, NamedModel};
use crate::cli::progress::TerminalProgress;
use standpoint::corpus::label_form;
use standpoint::io::Transaction;
use standpoint::model::{Explanation, ScoredDocument};
use standpoint::report::json::ExplanationRow;
use standpoint::report::{json, terminal};
use standpoint::{Error, Model, Result};

/// The number of terms shown each way if neither --top nor --all is given.
const TOP_IN_JSON: usize = 20;
const TOP_IN_TABLE: usize = 8;

pub fn run(mut args: ExplainArgs, console: Console) -> Result<()> {
    let NamedModel { model, name } = plan::model(&args.model, &mut args.inputs)?;
    let wanted = labels(&model, &args.label)?;
    let as_json = console.wants_json(args.model.shape);
    let bar = TerminalProgress::leak(false);
    let names = std::mem::take(&mut args.inputs);
    let (mapping, reader) = plan::articles(names, &args.read, &model, None, bar)?;
    let mut outputs = Transaction::default();
    let mut rejects = args.read.rejects(&mut outputs)?;
    if !as_json {
        console.show(&terminal::prose(console.style(), &format!("model: {name}")))?;
    }
    let of_model = json::ModelRow::new(&model);
    let each_way = match args.all {
        true => usize::MAX,
        false => args
            .top
            .unwrap_or(if as_json { TOP_IN_JSON } else { TOP_IN_TABLE }),
    };
    let explain = |(document, scores): &ScoredDocument<'_>| {
        let explanation = model.explain(&document.text);
        let labels = wanted
            .clone()
            .unwrap_or_else(|| by_default(&explanation, as_json));
        if !as_json {
            let table = terminal::explanation(
                console.style(),
                &document.id,
                &explanation,
                &labels,
                each_way,
            );
            return console.show(&table);
        }
        let scores = json::ScoreRow::new(document.json_id(), &of_model, scores, None);
        let row = ExplanationRow {
            scores,
            explanation: &explanation,
            labels: &labels,
            each_way,
        };
        console::print_json(&row)
    };
    let streamed = model.score_stream(reader, &mapping, rejects.as_mut(), |batch| {
        batch.iter().try_for_each(explain)
    })?;
    args.read.report_rejects(rejects, bar)?;
    args.read.report_stream(&streamed, bar)?;
    outputs.commit()
}

/// The labels named, as head and label numbers, if any are.
fn labels(model: &Model, names: &[String]) -> Result<Option<Vec<(usize, usize)>>> {
    let mut found = Vec::new();
    for name in names {
        let before = found.len();
        for (index, head) in model.heads().iter().enumerate() {
            found.extend(
                head.metadata()
                    .labels
                    .iter()
                    .position(|label| label_form(label) == label_form(name))
                    .map(|label| (index, label)),
            );
        }
        if found.len() == before {
            return Err(Error::usage(format!("the model has no label `{name}`"))
                .help("see `standpoint inspect`"));
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok((!names.is_empty()).then_some(found))
}

fn by_default(explanation: &Explanation<'_>, all: bool) -> Vec<(usize, usize)> {
    let heads = explanation.heads.iter().enumerate();
    let labels = heads.flat_map(|(index, head)| {
        let labels = if all {
            (0..head.scores.len()).collect()
        } else {
            head.predicted()
        };
        labels.into_iter().map(move |label| (index, label))
    });
    labels.collect()
}
