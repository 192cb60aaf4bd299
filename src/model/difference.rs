//! First difference between two models.

use super::Model;
use crate::container::{Artifact, Tensor};
use serde::Serialize;
use std::fmt;

/// First difference between two models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Difference {
    /// Another version of the program trained them.
    Program {
        /// Program of the first model.
        expected: String,
        /// Program of the second model.
        found: String,
    },
    /// They were trained on other documents.
    Data {
        /// Data hash of the first model.
        expected: String,
        /// Data hash of the second model.
        found: String,
    },
    /// Their options differ.
    Options {
        /// Name of the option, or of the part that has it.
        name: String,
    },
    /// Bytes of a section differ.
    Section {
        /// Name of the section.
        name: String,
    },
    /// The headers of the files differ, as they do in heads.
    Header,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::Program { expected, found } => {
                write!(f, "it was trained by {expected}, and this is {found}")
            }
            Difference::Data { expected, found } => {
                write!(
                    f,
                    "its data hash is {expected}, but that of these rows {found}"
                )
            }
            Difference::Options { name } => write!(f, "the options differ in `{name}`"),
            Difference::Section { name } => write!(f, "section `{name}` has other bytes"),
            Difference::Header => f.write_str("the headers differ"),
        }
    }
}

impl Model {
    /// Returns the first difference to another model, or `None` if the files have the same bytes.
    pub fn difference(&self, other: &Model) -> Option<Difference> {
        if self.to_bytes() == other.to_bytes() {
            return None;
        }
        let (own, others) = (self.metadata(), other.metadata());
        if own.written_by != others.written_by {
            return Some(Difference::Program {
                expected: own.written_by.clone(),
                found: others.written_by.clone(),
            });
        }
        if own.data_hash != others.data_hash {
            return Some(Difference::Data {
                expected: own.data_hash.clone(),
                found: others.data_hash.clone(),
            });
        }
        let differs = [
            ("background", own.background != others.background),
            ("compact", own.compact != others.compact),
            (
                "features",
                self.tfidf().options() != other.tfidf().options(),
            ),
            (
                "training",
                self.training_options() != other.training_options(),
            ),
        ];
        if let Some((name, _)) = differs.into_iter().find(|(_, differs)| *differs) {
            return Some(Difference::Options {
                name: name.to_string(),
            });
        }
        let (own, others) = (self.tensors(), other.tensors());
        let same = |tensor: &Tensor<'_>| {
            let twin = others.iter().find(|twin| twin.name == tensor.name);
            twin.is_some_and(|twin| twin.bytes == tensor.bytes)
        };
        let changed = own.iter().find(|tensor| !same(tensor));
        let added = || {
            others
                .iter()
                .find(|of| own.iter().all(|tensor| tensor.name != of.name))
        };
        Some(match changed.or_else(added) {
            Some(tensor) => Difference::Section {
                name: tensor.name.clone(),
            },
            None => Difference::Header,
        })
    }
}
