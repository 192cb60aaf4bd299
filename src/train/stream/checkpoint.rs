//! Checkpoint of training from a stream: the training state in one file, written whole or not at
//! all.
//!
//! Eight bytes of name, eight of the length of a JSON header, the header, the features as a model
//! file without heads, for each head its cells (`f64`) and last steps (`u64`), and the CRC-32 of
//! all that; little-endian.

use super::head::HeadState;
use crate::corpus::HeadKind;
use crate::features::TfIdf;
use crate::io::storage::{Buffer, Bytes};
use crate::io::write_whole;
use crate::linear::{DescentProgress, DescentState};
use crate::model::{Metadata, Model};
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::{Path, PathBuf};

const NAME: &[u8; 8] = b"STPTCKP2";

/// State of training.
pub(super) struct TrainingState {
    pub metadata: Metadata,
    pub tfidf: TfIdf,
    pub heads: Vec<HeadState>,
    /// Of the texts, if they are kept.
    pub fingerprints: Option<Buffer<u64>>,
    /// Hashes of all batches, by which every epoch sees that the inputs are the same.
    pub seen: Vec<u64>,
    pub epoch: u32,
    /// Number of batches of this epoch that are learnt.
    pub batches: u64,
}

impl TrainingState {
    /// Returns the hash of a batch as it was first read.
    pub fn expected(&self, batch: u64) -> Option<u64> {
        self.seen.get(batch as usize).copied()
    }
}

/// File of the checkpoints, and the run that they belong to.
pub(super) struct Checkpoint {
    path: PathBuf,
    pub every: u64,
    options: u64,
    inputs: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    options: u64,
    inputs: u64,
    epoch: u32,
    batches: u64,
    seen: Vec<u64>,
    features: u64,
    heads: Vec<HeadHeader>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadHeader {
    name: String,
    kind: HeadKind,
    labels: Vec<String>,
    weighted: Vec<[f64; 2]>,
    support: Vec<f64>,
    counts: DescentProgress,
}

/// Writer that adds up the checksum of what it writes.
struct ChecksumWriter<'a> {
    out: &'a mut dyn Write,
    sum: crc32fast::Hasher,
}

impl ChecksumWriter<'_> {
    fn put(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.sum.update(bytes);
        self.out.write_all(bytes)
    }
}

impl Checkpoint {
    pub(super) fn new(path: &Path, every: u64, options: u64, inputs: u64) -> Result<Self> {
        if every == 0 {
            return Err(
                Error::usage("a checkpoint every 0 batches makes no sense").help("give at least 1")
            );
        }
        if !path.exists() {
            crate::io::check_target(path, false)?;
        }
        Ok(Checkpoint {
            path: path.to_path_buf(),
            every,
            options,
            inputs,
        })
    }

    pub(super) fn write(&self, state: &TrainingState) -> Result<()> {
        let TrainingState {
            metadata,
            tfidf,
            heads,
            fingerprints,
            seen,
            epoch,
            batches,
        } = state;
        let features = Model::new(
            metadata.clone(),
            tfidf.clone(),
            vec![],
            fingerprints.clone(),
        )
        .to_bytes();
        let head = |head: &HeadState| HeadHeader {
            name: head.name.clone(),
            kind: head.descent.kind(),
            labels: head.labels.clone(),
            weighted: head.weighted.clone(),
            support: head.support.clone(),
            counts: head.descent.progress,
        };
        let header = Header {
            options: self.options,
            inputs: self.inputs,
            epoch: *epoch,
            batches: *batches,
            seen: seen.clone(),
            features: features.len() as u64,
            heads: heads.iter().map(head).collect(),
        };
        write_whole(&self.path, true, |out| {
            let header = serde_json::to_vec(&header)?;
            let mut summed = ChecksumWriter {
                out,
                sum: crc32fast::Hasher::new(),
            };
            summed.put(NAME)?;
            summed.put(&(header.len() as u64).to_le_bytes())?;
            summed.put(&header)?;
            summed.put(&features)?;
            for head in heads {
                let (cells, last) = head.descent.parts();
                summed.put(bytemuck::cast_slice(cells))?;
                summed.put(bytemuck::cast_slice(last))?;
            }
            let sum = summed.sum.finalize();
            summed.out.write_all(&sum.to_le_bytes())
        })
    }

    /// Reads the state that was written last, if there is one.
    ///
    /// # Errors
    /// A usage error for a checkpoint of other options or inputs, a model error for one that is
    /// damaged.
    pub(super) fn read(&self) -> Result<Option<TrainingState>> {
        if !self.path.exists() {
            return Ok(None);
        }
        let bytes = Bytes::read(&self.path)?;
        self.parse(&bytes)
            .map(Some)
            .map_err(|e| e.at(self.path.display()))
    }

    fn parse(&self, bytes: &[u8]) -> Result<TrainingState> {
        let (bytes, sum) = bytes
            .split_last_chunk::<4>()
            .map_or((bytes, [0; 4]), |(bytes, sum)| (bytes, *sum));
        let mut rest = ByteReader(bytes);
        if rest.read_bytes(8)? != NAME {
            return Err(Error::model("not a checkpoint of this version")
                .help("name another file, or remove it"));
        }
        if crc32fast::hash(bytes) != u32::from_le_bytes(sum) {
            return Err(damaged());
        }
        let length = rest.read_number()?;
        let mut header: Header =
            serde_json::from_slice(rest.read_bytes(length)?).map_err(|_| damaged())?;
        self.is_same(&header)?;
        let features = Model::from_bytes(rest.read_bytes(header.features)?)?;
        let tfidf = features.tfidf().clone();
        let columns = tfidf.vocabulary().len();
        let of_head = |head: HeadHeader| rest.read_head(head, columns);
        let heads = std::mem::take(&mut header.heads)
            .into_iter()
            .map(of_head)
            .collect::<Result<_>>()?;
        let metadata = features.metadata().clone();
        let fingerprints = features.fingerprints().map(|all| all.to_vec().into());
        let Header {
            seen,
            epoch,
            batches,
            ..
        } = header;
        Ok(TrainingState {
            metadata,
            tfidf,
            heads,
            fingerprints,
            seen,
            epoch,
            batches,
        })
    }

    fn is_same(&self, header: &Header) -> Result<()> {
        let what = match (header.options == self.options, header.inputs == self.inputs) {
            (true, true) => return Ok(()),
            (false, _) => "options",
            (true, false) => "inputs",
        };
        Err(
            Error::usage(format!("the checkpoint is of a run with other {what}")).help(format!(
                "give the same {what} as then, or remove the file to begin anew"
            )),
        )
    }
}

fn damaged() -> Error {
    Error::model("the checkpoint is damaged").help("remove it to begin anew")
}

/// Bytes that are still to be read.
struct ByteReader<'a>(&'a [u8]);

impl<'a> ByteReader<'a> {
    fn read_bytes(&mut self, length: u64) -> Result<&'a [u8]> {
        let length = usize::try_from(length).map_err(|_| damaged())?;
        let (taken, rest) = self.0.split_at_checked(length).ok_or_else(damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    fn read_number(&mut self) -> Result<u64> {
        let bytes = self
            .read_bytes(8)?
            .first_chunk::<8>()
            .copied()
            .ok_or_else(damaged)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn read_head(&mut self, head: HeadHeader, features: usize) -> Result<HeadState> {
        let HeadHeader {
            name,
            kind,
            labels,
            weighted,
            support,
            counts,
        } = head;
        if labels.is_empty() || weighted.len() != labels.len() || support.len() != labels.len() {
            return Err(damaged());
        }
        let mut descent = DescentState::new(features, labels.len(), kind)?;
        let (cells, last) = descent.parts();
        let (cells, last) = (size_of_val(cells) as u64, size_of_val(last) as u64);
        let (cells, last) = (self.read_bytes(cells)?, self.read_bytes(last)?);
        let (cells, last) = (
            bytemuck::pod_collect_to_vec(cells),
            bytemuck::pod_collect_to_vec(last),
        );
        descent.restore(cells, last, counts).ok_or_else(damaged)?;
        Ok(HeadState {
            name,
            labels,
            weighted,
            support,
            descent,
        })
    }
}
