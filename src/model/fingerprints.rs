//! The texts that a model learnt from, as hashes by which they are recognised.
//!
//! A fingerprint is a hash of the words of a text as white space separates them
//! ([`fingerprint`](crate::text::fingerprint)). So neither line breaks, indentation and trailing
//! blanks nor how a title was joined to its text hide a copy. Eight bytes a text: who has the model
//! can find out whether a text that he has was learnt from, and nothing of any other;
//! `--no-fingerprints` leaves them out.

use super::Model;
use crate::corpus::Corpus;
use crate::io::storage::Buffer;
use crate::text::Texts;
use rayon::prelude::*;

/// Returns the fingerprints of texts, in their order.
pub(crate) fn of_texts(texts: &Texts) -> Vec<u64> {
    (0..texts.len())
        .into_par_iter()
        .filter_map(|at| texts.document(at).fingerprint())
        .collect()
}

/// Returns fingerprints as a model keeps them: ascending, each once.
pub(crate) fn sorted(mut fingerprints: Vec<u64>) -> Buffer<u64> {
    fingerprints.par_sort_unstable();
    fingerprints.dedup();
    fingerprints.into()
}

impl Model {
    /// Returns the fingerprints of the texts that the model was trained or calibrated on,
    /// ascending; `None` if it does not keep them.
    pub fn fingerprints(&self) -> Option<&[u64]> {
        self.0.fingerprints.as_deref()
    }

    /// Returns the number of documents whose text the model was trained or calibrated on; `None` if
    /// it does not keep fingerprints.
    pub fn learnt_documents(&self, corpus: &Corpus) -> Option<usize> {
        let known = self.fingerprints()?;
        let learnt = |at: &usize| {
            corpus
                .texts
                .document(*at)
                .fingerprint()
                .is_some_and(|found| known.binary_search(&found).is_ok())
        };
        Some((0..corpus.len()).into_par_iter().filter(learnt).count())
    }

    /// The share of the texts that the model learnt from which stand in a corpus; `None` if it does
    /// not keep fingerprints, or of none.
    pub fn share_of_learnt_texts(&self, corpus: &Corpus) -> Option<f64> {
        let known = self.fingerprints().filter(|known| !known.is_empty())?;
        let found = sorted(of_texts(&corpus.texts));
        let both = found
            .iter()
            .filter(|found| known.binary_search(found).is_ok())
            .count();
        Some(both as f64 / known.len() as f64)
    }

    /// Returns true if so few of the texts that the model learnt from are in a corpus, less than
    /// half, that it has to be taken for corrections of the model; `None` if the model does not
    /// keep fingerprints.
    pub fn is_corrected_by(&self, corpus: &Corpus) -> Option<bool> {
        // Of fewer of the old texts a model that is trained anew knows too little.
        const LEAST_SHARE: f64 = 0.5;
        Some(self.share_of_learnt_texts(corpus)? < LEAST_SHARE)
    }
}

#[cfg(test)]
mod tests {
    use super::sorted;
    use crate::text::fingerprint;

    #[test]
    fn white_space_and_unicode_forms_do_not_hide_a_copy() {
        let of = |text| fingerprint(text).unwrap();
        assert_eq!(of("Title\nText  here"), of("  Title Text here \r\n"));
        assert_eq!(of("\u{dc}bergriff"), of("U\u{308}bergriff"));
        assert_ne!(of("Title Text here"), of("Title Texthere"));
        assert_eq!(fingerprint(" \n"), None);
        assert_eq!(sorted(vec![3, 1, 3])[..], [1, 3]);
    }
}
