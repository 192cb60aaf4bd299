//! `standpoint serve`

use crate::cli::args::ServeArgs;
use crate::cli::{console, plan, signals};
use crate::serve::{
    self, BaseReader, DeskOptions, InboxReader, ModelSource, Options, ServeLimits, Signal,
};
use standpoint::corpus::{
    ColumnMapping, CorpusReader, RawReader, ReadOptions, Schema, Unlabelled, find_inputs,
};
use standpoint::desk::{InboxFile, read_articles};
use standpoint::io::Silent;
use standpoint::{Corpus, Error, Model, Result};
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

pub fn run(args: ServeArgs) -> Result<()> {
    let limits = limits(&args)?;
    let listen = address(&args.listen)?;
    let models = match args.model_files.is_empty() {
        true => vec![ModelSource::BuiltIn],
        false => args
            .model_files
            .into_iter()
            .map(ModelSource::File)
            .collect(),
    };
    if !(0.0..=1.0).contains(&args.test_share) {
        let message = format!("--test-share {} is no share", args.test_share);
        return Err(Error::usage(message).help("give a number from 0 to 1, such as 0.2"));
    }
    let (base, paths) = (args.base, args.inbox);
    let options = Options {
        models,
        listen,
        token_file: args.token_file,
        desk: args.store.map(|store| DeskOptions {
            store,
            base: (!base.is_empty()).then(|| BaseReader(Arc::new(move |m| read_base(&base, m)))),
            test_share: args.test_share,
        }),
        inbox: (!paths.is_empty()).then(|| InboxReader {
            paths,
            read: Arc::new(articles_of),
        }),
        hosts: args.host,
        limits,
    };
    let (send, events) = serve::signals();
    let mut stopping = false;
    signals::hand_to(move |asked| match asked {
        signals::Asked::Again => send.send(Signal::Reload),
        signals::Asked::End { interrupted } => {
            let first = !std::mem::replace(&mut stopping, true);
            first && send.send(Signal::Stop { interrupted })
        }
    });
    let interrupted = serve::run(&options, events, console::note, announce)?;
    if interrupted {
        signals::end_interrupted();
    }
    Ok(())
}

/// Reads the training corpus of a model, in the columns that the model records; heads that a row
/// does not answer are unknown.
fn read_base(names: &[String], model: &Model) -> Result<Corpus> {
    let recorded = model.metadata().schema.clone();
    let schema = recorded.ok_or_else(|| {
        Error::model("the model does not record the columns of its corpus")
            .help("train it on files, or leave --base out")
    })?;
    let mut mapping = ColumnMapping::new(schema);
    mapping.selection.unlabelled = Unlabelled::Mask;
    let known = model.known_labels(&mapping.schema);
    let inputs = find_inputs(names, &Silent)?;
    let reader = CorpusReader::new(inputs, options_of(model), &mapping);
    reader.known_labels(&known).read()
}

/// Reads the articles of a file for the inbox.
fn articles_of(file: &Path, model: &Model) -> Result<InboxFile> {
    let inputs = find_inputs(&[file.to_string_lossy().into_owned()], &Silent)?;
    read_articles(RawReader::new(inputs, options_of(model), &Silent), model)
}

/// Returns how the files of a model are read: tables have a header where its corpus had one.
fn options_of(model: &Model) -> ReadOptions {
    let no_header = |schema: &Schema| schema.no_header;
    ReadOptions {
        header: !model.metadata().schema.as_ref().is_some_and(no_header),
        ..ReadOptions::default()
    }
}

/// Says where requests are taken.
fn announce(address: SocketAddr) -> Result<()> {
    let url = format!("http://{address}");
    match std::io::stdout().is_terminal() {
        true => console::print(format!("Listening on {url}, described on {url}/docs\n").as_bytes()),
        false => console::print(format!("{{\"listening\":\"{url}\"}}\n").as_bytes()),
    }
}

fn limits(args: &ServeArgs) -> Result<ServeLimits> {
    let threads = rayon::current_num_threads();
    let limits = ServeLimits {
        body: size(&args.max_body)?,
        row: size(&args.max_row)?,
        rows: args.max_rows,
        model: size(&args.max_model)?,
        timeout: plan::time("--timeout", &args.timeout)?,
        concurrency: args
            .concurrency
            .map_or(threads, |number| usize::from(number.get())),
        queue: usize::from(args.queue),
    };
    match limits.rows {
        0 => Err(Error::usage("--max-rows 0 leaves nothing to answer").help("give 1 or more")),
        _ => Ok(limits),
    }
}

fn size(text: &str) -> Result<usize> {
    Ok(usize::try_from(plan::size(text)?).unwrap_or(usize::MAX))
}

fn address(text: &str) -> Result<SocketAddr> {
    let numbers = text.replacen("localhost:", "127.0.0.1:", 1);
    numbers.parse().map_err(|_| {
        Error::usage(format!("--listen `{text}` is no address and port"))
            .help("write 127.0.0.1:8642, [::1]:8642 or 0.0.0.0:8642")
    })
}
