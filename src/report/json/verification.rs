//! Verification of a model file.

use crate::model::{Difference, Model};
use serde::Serialize;

/// A model file whose structure and checksums hold, as every one does that was loaded:
/// `{"name":…,"format":…,"hash":…,"sections":…,"bytes":…,"whole":true}`, and after training again
/// `"agrees":true|false`, with the first `"difference"` where it does not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VerificationRow {
    pub(crate) name: String,
    /// The program and version that trained it.
    pub(crate) version: String,
    pub(crate) format: u32,
    /// The XXH3-64 of the file.
    pub(crate) hash: String,
    pub(crate) data_hash: String,
    /// The number of sections, each of which has its checksum.
    pub(crate) sections: usize,
    pub(crate) bytes: u64,
    whole: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    agrees: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) difference: Option<Difference>,
    /// True if all bytes of the archive of the run agree, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) archive_agrees: Option<bool>,
}

impl VerificationRow {
    /// The row of a model that was loaded from a file.
    pub fn new(model: &Model) -> Self {
        let summary = model.summary(0);
        VerificationRow {
            name: summary.metadata.name,
            version: summary.metadata.written_by,
            format: summary.format,
            hash: summary.hash,
            data_hash: summary.metadata.data_hash,
            sections: summary.sections.len(),
            bytes: summary.file_bytes,
            whole: true,
            agrees: None,
            difference: None,
            archive_agrees: None,
        }
    }

    /// Adds whether the archive of the run, of which the model is a part, has the same bytes.
    pub fn with_archive(mut self, agrees: bool) -> Self {
        self.archive_agrees = Some(agrees);
        self.agrees = self.agrees.map(|model| model && agrees);
        self
    }

    /// Adds the first difference of the model that was trained again, or that there is none.
    pub fn with_difference(mut self, difference: Option<Difference>) -> Self {
        self.agrees = Some(difference.is_none());
        self.difference = difference;
        self
    }

    /// Returns whether training again gave the same bytes; `None` if it was not tried.
    pub fn agrees(&self) -> Option<bool> {
        self.agrees
    }
}
