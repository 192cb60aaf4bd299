//! Archives of training runs, by which a run can be repeated: a model file with the facts of its
//! training, in a zip without compression.

use crate::model::Model;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

const MODEL: &str = "model.standpoint";
const MANIFEST: &str = "manifest.json";
/// First bytes of a zip archive.
const MAGIC: &[u8] = b"PK\x03\x04";
/// Bytes of an entry at most: no more than this is read of an archive's model or manifest.
const MAX_ENTRY: u64 = 4 << 30;
/// Entries of an archive at most; twice as many as are written.
const MAX_ENTRIES: usize = 16;

/// Facts of a training run, from which its archive is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReplicationManifest {
    /// Program and version.
    pub program: String,
    /// Arguments of the program.
    pub command: Vec<String>,
    /// XXH3-64 of the model file, in hexadecimal.
    pub model_hash: String,
    /// XXH3-64 of the training data, in hexadecimal.
    pub data_hash: String,
    /// Number of training documents.
    pub documents: u64,
    /// XXH3-64 of the documents kept apart for calibration, in hexadecimal, if there were any.
    pub calibration_hash: Option<String>,
    /// Seed of folds and solvers.
    pub seed: u64,
    /// Number of folds.
    pub folds: u32,
    /// CRC-32 of the other entries by their names.
    crc32: BTreeMap<String, u32>,
}

impl ReplicationManifest {
    /// Creates the manifest of the run that trained a model.
    pub fn new(model: &Model, command: Vec<String>, seed: u64, folds: u32) -> Self {
        let metadata = model.metadata();
        ReplicationManifest {
            program: metadata.written_by.clone(),
            command,
            model_hash: model.hash().to_string(),
            data_hash: metadata.data_hash.clone(),
            documents: metadata.documents,
            calibration_hash: None,
            seed,
            folds,
            crc32: BTreeMap::new(),
        }
    }

    /// Returns the bytes of an archive of the model, this manifest and further entries by their
    /// names; the same for the same run.
    ///
    /// # Errors
    /// An I/O error for an archive that cannot be made, as of more than 4 GiB.
    pub fn archive(mut self, model: &Model, entries: Vec<(&str, Vec<u8>)>) -> Result<Vec<u8>> {
        let mut entries: BTreeMap<&str, Vec<u8>> = entries.into_iter().collect();
        entries.insert(MODEL, model.to_bytes());
        let crc32 = entries
            .iter()
            .map(|(name, bytes)| (name.to_string(), crc32fast::hash(bytes)));
        self.crc32 = crc32.collect();
        let text = serde_json::to_string_pretty(&self).map_err(|e| Error::model(e.to_string()))?;
        entries.insert(MANIFEST, (text + "\n").into_bytes());
        zipped(&entries).map_err(|e| Error::io("write the archive", std::io::Error::other(e)))
    }
}

/// Returns an archive without compression, all of whose entries have the earliest time.
fn zipped(entries: &BTreeMap<&str, Vec<u8>>) -> zip::result::ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        archive.start_file(*name, options)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// Archive of a training run that was read.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReplicationArchive {
    /// Model that was trained.
    pub model: Model,
    /// Arguments of the program.
    pub command: Vec<String>,
    /// Bytes of the whole archive.
    pub bytes: Vec<u8>,
}

impl ReplicationArchive {
    /// Returns true for the bytes of an archive.
    pub fn is_archive(bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }

    /// Reads an archive and checks all of its entries.
    ///
    /// # Errors
    /// A model error for an archive that is damaged, or is none of a training run.
    pub fn read(bytes: Vec<u8>) -> Result<ReplicationArchive> {
        let damaged = |what: String| {
            Error::model(format!(
                "the archive is damaged, or none of a training run: {what}"
            ))
            .help("an archive is written by `standpoint train --replication`")
        };
        let mut archive =
            ZipArchive::new(Cursor::new(&bytes)).map_err(|e| damaged(e.to_string()))?;
        let mut entry = |name: &str| -> Result<Vec<u8>> {
            let mut content = Vec::new();
            let file = archive
                .by_name(name)
                .map_err(|e| damaged(format!("{name}: {e}")))?;
            file.take(MAX_ENTRY)
                .read_to_end(&mut content)
                .map_err(|e| damaged(format!("{name}: {e}")))?;
            Ok(content)
        };
        let manifest: ReplicationManifest = serde_json::from_slice(&entry(MANIFEST)?)
            .map_err(|e| damaged(format!("{MANIFEST}: {e}")))?;
        // Many names of one entry would take a time that grows with the square of the file.
        if manifest.crc32.len() > MAX_ENTRIES {
            return Err(damaged(format!("it has more than {MAX_ENTRIES} entries")));
        }
        for (name, expected) in &manifest.crc32 {
            if crc32fast::hash(&entry(name)?) != *expected {
                return Err(damaged(format!("the checksum of {name} is wrong")));
            }
        }
        let model = Model::from_bytes(entry(MODEL)?).map_err(|e| e.at(MODEL))?;
        Ok(ReplicationArchive {
            model,
            command: manifest.command,
            bytes,
        })
    }
}
