//! Defects, their examples and their measures.

use super::context::CheckContext;
use crate::corpus::DocumentId;
use serde::Serialize;

/// One kind of defect.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// Its name, which is that of its limit.
    pub name: &'static str,
    /// The defect in words.
    pub what: String,
    /// The number of documents, labels or terms with it.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// The measure that is compared with the limit: the share of documents, or the number of labels
    /// or terms.
    pub value: f64,
    /// The greatest value that is no defect.
    pub limit: Option<f64>,
    /// True where the value is above the limit.
    pub above: bool,
    /// The first cases.
    pub examples: Vec<Example>,
}

/// One case of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Example {
    /// The details in words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The documents, first the one that stood there first.
    pub documents: Vec<DocumentRef>,
}

/// A document, so that it can be found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DocumentRef {
    /// Its id; none where the row could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<DocumentId<'static>>,
    /// File and line.
    pub place: String,
    /// Its labels, where they matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<String>>,
}

/// Count of a defect and the measure that its limit is for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tally {
    count: u64,
    of: u64,
    value: f64,
}

impl Tally {
    /// Returns the tally that is measured as a share.
    pub(super) fn share(count: u64, of: u64) -> Self {
        let value = if of == 0 {
            0.0
        } else {
            count as f64 / of as f64
        };
        Tally { count, of, value }
    }

    /// Returns the tally that is measured by its number.
    pub(super) fn number(count: u64, of: u64) -> Self {
        let value = count as f64;
        Tally { count, of, value }
    }
}

impl CheckContext<'_> {
    /// Makes a finding about documents, of which examples are made one by one.
    pub(super) fn documents(
        &self,
        name: &'static str,
        what: String,
        found: &[(usize, String)],
        of: usize,
    ) -> Finding {
        let example = |(document, note): &(usize, String)| Example {
            note: note.clone(),
            documents: vec![self.reference(*document, false)],
        };
        let examples = found
            .iter()
            .take(self.options.examples)
            .map(example)
            .collect();
        self.finding(
            name,
            what,
            Tally::share(found.len() as u64, of as u64),
            examples,
        )
    }

    pub(super) fn finding(
        &self,
        name: &'static str,
        what: String,
        tally: Tally,
        examples: Vec<Example>,
    ) -> Finding {
        let Tally { count, of, value } = tally;
        let limit = self.options.limits.of(name);
        let above = limit.is_some_and(|limit| value > limit);
        Finding {
            name,
            what,
            count,
            of,
            value,
            limit,
            above,
            examples,
        }
    }

    pub(super) fn reference(&self, document: usize, labelled: bool) -> DocumentRef {
        let corpus = &self.raw_corpus.corpus;
        let labels = labelled.then(|| corpus.labels_of(document));
        DocumentRef {
            id: Some(corpus.json_id(document).into_owned()),
            place: self.raw_corpus.place(document),
            labels,
        }
    }

    /// Returns the first documents of a group, as an example.
    pub(super) fn group(&self, documents: &[u32], labelled: bool) -> Example {
        // A group may be as large as the corpus.
        const SHOWN: usize = 10;
        let left = documents.len().saturating_sub(SHOWN);
        let note = if left > 0 {
            format!("{left} more")
        } else {
            String::new()
        };
        let shown = documents.iter().take(SHOWN);
        Example {
            note,
            documents: shown
                .map(|&at| self.reference(at as usize, labelled))
                .collect(),
        }
    }
}

impl crate::Corpus {
    /// `HEAD=LABEL` for every label that holds for a document.
    fn labels_of(&self, document: usize) -> Vec<String> {
        let head = |head: &crate::corpus::Head| {
            let positives = head.targets.positives(document);
            positives
                .map(|label| format!("{}={}", head.name, head.labels[label]))
                .collect::<Vec<_>>()
        };
        self.heads.iter().flat_map(head).collect()
    }
}
