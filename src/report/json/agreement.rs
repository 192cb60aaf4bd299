//! Agreement of annotators.

use super::Entries;
use crate::evaluate::{Agreement, Estimate, LabelAgreement, SetAgreement};
use serde::Serialize;

/// The agreement of annotators:
/// `{"documents":…,"answers":…,"alpha":…,"interval":[…],"labels":{NAME:{"answers":…,"alpha":…,"interval":[…]}}}`,
/// and where answers are sets `"sets":{"jaccard":{"alpha":…,"interval":[…]},"masi":{…}}`; alpha is
/// null where it is not defined, and then, or where nothing was drawn, there is no interval.
#[derive(Debug, Clone, Serialize)]
pub struct AgreementRow<'a> {
    documents: usize,
    answers: usize,
    #[serde(flatten)]
    alpha: AlphaRow,
    #[serde(skip_serializing_if = "Option::is_none")]
    sets: Option<SetsRow>,
    labels: Entries<&'a str, LabelRow>,
}

#[derive(Debug, Clone, Serialize)]
struct AlphaRow {
    alpha: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interval: Option<[f64; 2]>,
}

#[derive(Debug, Clone, Serialize)]
struct SetsRow {
    jaccard: AlphaRow,
    masi: AlphaRow,
}

#[derive(Debug, Clone, Serialize)]
struct LabelRow {
    answers: usize,
    #[serde(flatten)]
    alpha: AlphaRow,
}

impl<'a> AgreementRow<'a> {
    /// The row of an agreement.
    pub fn new(agreement: &'a Agreement) -> AgreementRow<'a> {
        let label = |label: &'a LabelAgreement| {
            let row = LabelRow {
                answers: label.answers,
                alpha: label.alpha.into(),
            };
            (label.label.as_str(), row)
        };
        AgreementRow {
            documents: agreement.documents,
            answers: agreement.answers,
            alpha: agreement.alpha.into(),
            sets: agreement.sets.map(SetsRow::from),
            labels: agreement.labels.iter().map(label).collect(),
        }
    }
}

impl From<Option<Estimate>> for AlphaRow {
    fn from(alpha: Option<Estimate>) -> AlphaRow {
        AlphaRow {
            alpha: alpha.map(|alpha| alpha.value),
            interval: alpha.and_then(|alpha| alpha.interval),
        }
    }
}

impl From<SetAgreement> for SetsRow {
    fn from(sets: SetAgreement) -> SetsRow {
        SetsRow {
            jaccard: sets.jaccard.into(),
            masi: sets.masi.into(),
        }
    }
}
