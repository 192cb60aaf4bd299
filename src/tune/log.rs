//! Log of a search: a JSON line for each trial, from which the search resumes.

use super::{Objective, Tuner};
use crate::corpus::Corpus;
use crate::features::TfIdfOptions;
use crate::linear::BaseEstimator;
use crate::model::BackgroundMetadata;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

/// One candidate on one fold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Trial {
    /// The head.
    pub head: String,
    /// Options of the features.
    pub features: TfIdfOptions,
    /// The weight of word vectors, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background_weight: Option<f64>,
    /// The classifier.
    #[serde(rename = "member")]
    pub estimator: BaseEstimator,
    /// The number of the fold that was held out.
    pub fold: u32,
    /// Number of training documents.
    pub documents: usize,
    /// The metric on the fold; none where the candidate needs more memory than is allowed.
    pub score: Option<f64>,
    /// Time that it took, without the features that it shares with others.
    pub seconds: f64,
}

/// Search that a log belongs to; trials of another corpus or metric mean nothing here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    data_hash: String,
    #[serde(rename = "metric")]
    objective: Objective,
    folds: u32,
    seed: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    background: Option<BackgroundMetadata>,
}

/// Beginning of every log.
const HEADER: &[u8] = b"{\"data_hash\":\"";
const MAX_HEADER: u64 = 1 << 10;

/// Trials that are known, and where new ones are written.
#[derive(Debug, Default)]
pub struct TrialLog {
    /// Scores and seconds.
    known: HashMap<String, (Option<f64>, f64)>,
    file: Option<(File, PathBuf)>,
}

impl Trial {
    /// Returns the key of a trial: everything but its result.
    fn key(&self) -> String {
        let parts = (
            &self.head,
            &self.features,
            &self.estimator,
            self.fold,
            self.documents,
        );
        let weight = self
            .background_weight
            .map_or(String::new(), |weight| weight.to_string());
        serde_json::to_string(&parts).unwrap_or_default() + &weight
    }
}

/// Appends a whole line, or none.
fn append(file: &mut File, line: &str) -> std::io::Result<()> {
    let before = file.metadata()?.len();
    file.write_all(format!("{line}\n").as_bytes())
        .inspect_err(|_| {
            // The first error is the one to report, and a line that is cut off is left out when the
            // log is read.
            let _ = file.set_len(before);
        })
}

impl TrialLog {
    /// Opens a log, or begins it. A last line that was cut off, as by a crash, is left out.
    ///
    /// # Errors
    /// A usage error if the log is of another corpus or search, a data error with its line if it is
    /// broken, an I/O error if it cannot be read or written.
    pub fn open(path: &Path, tuner: &Tuner, corpus: &Corpus) -> Result<Self> {
        let header = Header {
            data_hash: format!("{:016x}", corpus.hash),
            objective: tuner.objective,
            folds: tuner.folds,
            seed: tuner.seed,
            background: tuner.background.as_ref().map(BackgroundMetadata::new),
        };
        let failed = |what: &'static str| move |e| Error::io(what, e).at(path.display());
        Self::verify_own(path)?;
        let mut log = TrialLog::default();
        let whole = if path.exists() {
            log.read(path, &header)?
        } else {
            0
        };
        let options = OpenOptions::new()
            .create(true)
            .append(true)
            .read(true)
            .open(path);
        let mut file = options.map_err(failed("write"))?;
        file.set_len(whole).map_err(failed("write"))?;
        if whole == 0 {
            let line = serde_json::to_string(&header).map_err(|e| Error::usage(e.to_string()))?;
            append(&mut file, &line).map_err(failed("write"))?;
        }
        log.file = Some((file, path.to_path_buf()));
        Ok(log)
    }

    /// Refuses a file that is there and no log of trials, so that nothing foreign is cut or
    /// continued.
    ///
    /// # Errors
    /// A data error for such a file, an I/O error where it cannot be read.
    pub fn verify_own(path: &Path) -> Result<()> {
        if !path.exists() {
            return Ok(());
        }
        let failed = |e| Error::io("read", e).at(path.display());
        let mut first = Vec::new();
        let file = File::open(path).map_err(failed)?.take(MAX_HEADER);
        BufReader::new(file)
            .read_until(b'\n', &mut first)
            .map_err(failed)?;
        // A crash may have cut the first line off.
        let begun = HEADER.starts_with(&first[..first.len().min(HEADER.len())]);
        let own = match first.last() {
            Some(b'\n') => serde_json::from_slice::<Header>(&first).is_ok(),
            _ => begun && path.metadata().is_ok_and(|found| found.len() < MAX_HEADER),
        };
        if own {
            return Ok(());
        }
        Err(Error::data("the file is no log of trials")
            .at(path.display())
            .help("move it away, or name another model, after which the log is called"))
    }

    /// Reads the trials; returns how many bytes are whole lines.
    fn read(&mut self, path: &Path, header: &Header) -> Result<u64> {
        let file = File::open(path).map_err(|e| Error::io("read", e).at(path.display()))?;
        let (mut reader, mut line, mut whole, mut number) =
            (BufReader::new(file), Vec::new(), 0, 0);
        loop {
            line.clear();
            reader
                .read_until(b'\n', &mut line)
                .map_err(|e| Error::io("read", e).at(path.display()))?;
            if line.last() != Some(&b'\n') {
                return Ok(whole);
            }
            number += 1;
            self.take(&line, number == 1, header)
                .map_err(|e| e.at(format!("{}:{number}", path.display())))?;
            whole += line.len() as u64;
        }
    }

    fn take(&mut self, line: &[u8], first: bool, header: &Header) -> Result<()> {
        let broken = |e: serde_json::Error| {
            Error::data(format!("no line of a log of trials: {e}"))
                .help("name another log, or remove it")
        };
        if first {
            let found: Header = serde_json::from_slice(line).map_err(broken)?;
            if found != *header {
                return Err(Error::usage(
                    "the log is of another corpus, metric, seed, background or number of folds",
                )
                .help("name another log, or remove it"));
            }
            return Ok(());
        }
        let trial: Trial = serde_json::from_slice(line).map_err(broken)?;
        if let Some(key) = std::str::from_utf8(line)
            .ok()
            .and_then(crate::json::repeated_key)
        {
            return Err(Error::data(format!("the key `{key}` stands twice"))
                .help("name another log, or remove it"));
        }
        self.known.insert(trial.key(), (trial.score, trial.seconds));
        Ok(())
    }

    /// The score of a trial that was made before; of `trial` its own score and time do not count.
    pub(super) fn score(&self, trial: &Trial) -> Option<Option<f64>> {
        self.known.get(&trial.key()).map(|known| known.0)
    }

    /// Returns the time that a trial took when it was made before.
    pub(super) fn seconds(&self, trial: &Trial) -> f64 {
        self.known.get(&trial.key()).map_or(0.0, |known| known.1)
    }

    /// Notes a trial, in the file too if there is one.
    pub(super) fn note(&mut self, trial: &Trial) -> Result<()> {
        self.known.insert(trial.key(), (trial.score, trial.seconds));
        let Some((file, path)) = &mut self.file else {
            return Ok(());
        };
        let line = serde_json::to_string(trial).map_err(|e| Error::usage(e.to_string()))?;
        append(file, &line).map_err(|e| Error::io("write", e).at(path.display()))
    }
}
