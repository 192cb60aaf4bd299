//! Sources of the training documents, as the profile of a model holds them.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Greatest number of sources that are kept by name.
pub const MAX_PROFILED_SOURCES: usize = 30;
/// Greatest number of sources that are told apart while they are counted, which bounds the memory
/// of a stream whose every document has a source of its own.
const MAX_COUNTED: usize = 1 << 16;
/// Characters of a name that is kept; a longer one is among the others.
const MAX_NAME: usize = 100;

/// Sources of the training documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SourceProfile {
    /// Number of documents of each of the [`MAX_PROFILED_SOURCES`] most frequent sources.
    pub documents: BTreeMap<String, u64>,
    /// Number of other sources. After 65,536 sources new ones are no longer told apart.
    pub others: u64,
    /// Number of documents of other sources.
    pub other_documents: u64,
    /// Number of documents without a source.
    pub unnamed: u64,
}

/// Counts of documents by source.
#[derive(Debug, Default)]
pub(crate) struct SourceCounts {
    named: HashMap<Arc<str>, u64>,
    /// Documents of sources that came when there were too many.
    beyond: u64,
    unnamed: u64,
}

impl SourceCounts {
    /// Counts a document.
    pub(crate) fn add(&mut self, source: Option<&Arc<str>>) {
        let Some(source) = source else {
            self.unnamed += 1;
            return;
        };
        let full = self.named.len() >= MAX_COUNTED;
        match self.named.get_mut(source) {
            Some(count) => *count += 1,
            None if full => self.beyond += 1,
            None => drop(self.named.insert(source.clone(), 1)),
        }
    }

    /// Returns the profile; `None` if no document has a source. Of sources of one frequency those
    /// come first that do by name.
    pub(crate) fn profile(self) -> Option<SourceProfile> {
        if self.named.is_empty() {
            return None;
        }
        let mut sources: Vec<(Arc<str>, u64)> = self.named.into_iter().collect();
        sources.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let mut profile = SourceProfile {
            documents: BTreeMap::new(),
            others: 0,
            other_documents: self.beyond,
            unnamed: self.unnamed,
        };
        for (name, documents) in sources {
            let is_short = name.chars().nth(MAX_NAME).is_none();
            if is_short && profile.documents.len() < MAX_PROFILED_SOURCES {
                profile.documents.insert(name.to_string(), documents);
            } else {
                profile.others += 1;
                profile.other_documents += documents;
            }
        }
        Some(profile)
    }
}

impl SourceProfile {
    /// Returns the sources that are kept by name, the most frequent first.
    pub fn by_frequency(&self) -> Vec<(&str, u64)> {
        let mut sources: Vec<_> = self
            .documents
            .iter()
            .map(|(n, &d)| (n.as_str(), d))
            .collect();
        sources.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        sources
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_sources_keep_their_names() {
        let mut counts = SourceCounts::default();
        for at in 0..40 {
            let name: Arc<str> = format!("s{at:02}").into();
            (0..=at % 35).for_each(|_| counts.add(Some(&name)));
        }
        let long: Arc<str> = "x".repeat(101).into();
        (0..99).for_each(|_| counts.add(Some(&long)));
        counts.add(None);
        let profile = counts.profile().unwrap();
        assert_eq!(profile.documents.len(), MAX_PROFILED_SOURCES);
        assert_eq!((profile.others, profile.unnamed), (11, 1));
        assert_eq!(profile.by_frequency()[0], ("s34", 35));
        let all = (1..=35).sum::<u64>() + (1..=5).sum::<u64>() + 99;
        let named: u64 = profile.documents.values().sum();
        assert_eq!(named + profile.other_documents, all);
        assert_eq!(SourceCounts::default().profile(), None);
    }
}
