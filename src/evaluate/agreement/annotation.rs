//! Answers of one annotator.

/// The labels that one annotator gave a document, by number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Annotation {
    /// The labels that hold: ascending, each once; one for a question with one answer.
    pub holds: Vec<u32>,
    /// Labels on which the annotator said neither yes nor no.
    pub unknown: Vec<u32>,
}
