//! `standpoint serve`

use crate::cli::args::ServeArgs;
use crate::cli::{console, plan, signals};
use crate::serve::{self, ModelSource, Options, ServeLimits, Signal};
use standpoint::{Error, Result};
use std::io::IsTerminal;
use std::net::SocketAddr;

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
    let options = Options {
        models,
        listen,
        token_file: args.token_file,
        store: args.store,
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
