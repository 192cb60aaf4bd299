//! Documents of a corpus that is filled by hand.

use super::date::Date;

/// Document for a [`CorpusBuilder`](super::CorpusBuilder).
///
/// ```
/// use standpoint::Corpus;
/// use standpoint::corpus::{HeadKind, LabelAnswer, NewDocument};
/// let mut builder = Corpus::builder();
/// builder.head("stance", HeadKind::Independent);
/// let verdicts = [LabelAnswer::Verdicts { holds: &["diplomacy"], fails: &["escalation"] }];
/// builder.add_document(&NewDocument::new("a", "Talks resumed", &verdicts).weight(2.0));
/// let all = [LabelAnswer::Labels(&["escalation", "military_aid"])];
/// builder.add_document(&NewDocument::new("b", "Tanks arrived", &all));
/// let corpus = builder.finish()?;
/// let targets = &corpus.heads[0].targets;
/// // Nothing was said of military aid in the first document.
/// assert_eq!([0, 1, 2].map(|label| targets.holds(0, label)), [Some(true), Some(false), None]);
/// assert_eq!(corpus.weights, Some(vec![2.0, 1.0]));
/// # Ok::<(), standpoint::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct NewDocument<'a> {
    /// Id.
    pub id: &'a str,
    /// Text.
    pub text: &'a str,
    /// Answers, one a head; unknown for heads after the last one.
    pub answers: &'a [LabelAnswer<'a>],
    /// Sample weight, finite and at least 0; default 1.
    pub weight: f32,
    /// Date; default none.
    pub date: Option<Date>,
    /// Source, such as a newspaper; default none.
    pub source: Option<&'a str>,
}

/// Answer of one document to one head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelAnswer<'a> {
    /// Nothing is known.
    Unknown,
    /// These labels hold, and no other does; exactly one of an exclusive head.
    Labels(&'a [&'a str]),
    /// Of an independent head, labels that hold and labels that do not; all others are unknown.
    Verdicts {
        /// Labels that hold.
        holds: &'a [&'a str],
        /// Labels that do not hold.
        fails: &'a [&'a str],
    },
}

impl<'a> NewDocument<'a> {
    /// Creates a document of weight 1 without date and source.
    pub fn new(id: &'a str, text: &'a str, answers: &'a [LabelAnswer<'a>]) -> Self {
        NewDocument {
            id,
            text,
            answers,
            weight: 1.0,
            date: None,
            source: None,
        }
    }

    /// Sets the sample weight.
    #[must_use]
    pub fn weight(mut self, weight: f32) -> Self {
        self.weight = weight;
        self
    }

    /// Sets the date.
    #[must_use]
    pub fn date(mut self, date: Date) -> Self {
        self.date = Some(date);
        self
    }

    /// Sets the source.
    #[must_use]
    pub fn source(mut self, source: &'a str) -> Self {
        self.source = Some(source);
        self
    }
}
