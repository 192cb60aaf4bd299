//! Time from a model file to the first score, in one process after another load (warm).
//!
//! ```sh
//! cargo bench --bench load -- MODEL [REPEATS] [mapped]
//! ```
//!
//! With `mapped` the file is mapped rather than read into memory (`Model::load_within`).
//!
//! Prints one JSON line: median and least milliseconds of loading and of loading with one score,
//! size and terms. Every load must give the decision values of the first one, to the last bit.

#[path = "support/arguments.rs"]
mod arguments;

use arguments::arguments;
use serde_json::json;
use standpoint::Model;
use std::error::Error;
use std::path::Path;
use std::time::Instant;

const TEXT: &str = "The driver for the windows card failed after the shuttle launch on Monday.";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments();
    let Some(path) = arguments.first() else {
        println!("usage: load MODEL [REPEATS] [mapped]");
        return Ok(());
    };
    let repeats: usize = arguments.get(1).map_or(Ok(30), |text| text.parse())?;
    let mapped = arguments.get(2).is_some_and(|word| word == "mapped");
    let path = Path::new(path);
    let load = || match mapped {
        true => Model::load_within(path, 0),
        false => Model::load(path),
    };
    let first = decisions(&load()?);
    let (mut loads, mut scores) = (Vec::new(), Vec::new());
    for _ in 0..repeats.max(1) {
        let begun = Instant::now();
        let model = load()?;
        loads.push(begun.elapsed().as_secs_f64() * 1e3);
        let found = decisions(&model);
        scores.push(begun.elapsed().as_secs_f64() * 1e3);
        assert_eq!(found, first, "another load gives other scores");
    }
    let model = Model::load(path)?;
    let bytes = std::fs::metadata(path)?.len();
    let line = json!({
        "load_ms": spread(loads),
        "first_score_ms": spread(scores),
        "bytes": bytes,
        "mapped": mapped,
        "terms": model.tfidf().vocabulary().len(),
        "threads": rayon::current_num_threads(),
    });
    println!("{line}");
    Ok(())
}

fn decisions(model: &Model) -> Vec<Vec<f64>> {
    let scores = model.score(TEXT);
    scores
        .heads
        .iter()
        .map(|head| head.decisions.clone())
        .collect()
}

fn spread(mut times: Vec<f64>) -> serde_json::Value {
    times.sort_by(f64::total_cmp);
    json!({ "median": times[times.len() / 2], "least": times[0] })
}
