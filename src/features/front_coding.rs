//! Front coding: sorted terms, each as the number of bytes that it shares with the term before it
//! and the bytes that follow (Witten, Moffat and Bell 1999, "Managing Gigabytes", section 4.1).

use super::vocabulary::Vocabulary;
use crate::io::storage::Buffer;

/// Terms of a vocabulary in front coding.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FrontCoded {
    /// Number of bytes that each term shares with the one before it.
    pub prefixes: Vec<u8>,
    /// Number of the bytes of each term that follow.
    pub lengths: Vec<u8>,
    /// The bytes that follow, one term after the other.
    pub suffixes: Vec<u8>,
}

/// Terms take at most so many times the memory of their coding, so that a small file cannot ask
/// for much. Terms of corpora take two to four times as much.
const MAX_EXPANSION: usize = 16;

impl FrontCoded {
    /// Returns the terms of a vocabulary; `None` where a length needs more than a byte, or the
    /// coding is so dense that [`expanded`](Self::expanded) would refuse it.
    pub(crate) fn new(vocabulary: &Vocabulary) -> Option<Self> {
        let mut coded = FrontCoded {
            prefixes: Vec::with_capacity(vocabulary.spelled()),
            lengths: Vec::with_capacity(vocabulary.spelled()),
            suffixes: Vec::new(),
        };
        let mut before: &[u8] = &[];
        for column in 0..vocabulary.spelled() {
            let term = vocabulary.spelling(column);
            let shared = before.iter().zip(term).take_while(|(a, b)| a == b).count();
            let shared = shared.min(usize::from(u8::MAX));
            coded.prefixes.push(shared as u8);
            coded.lengths.push(u8::try_from(term.len() - shared).ok()?);
            coded.suffixes.extend_from_slice(&term[shared..]);
            before = term;
        }
        (vocabulary.terms.len() <= coded.limit()).then_some(coded)
    }

    /// Returns the most bytes that the terms may have.
    fn limit(&self) -> usize {
        MAX_EXPANSION * (self.suffixes.len() + 2 * self.prefixes.len())
    }

    /// Returns the terms one after the other, and where each ends; `None` if the parts do not fit
    /// each other or the terms are longer than a multiple of their coding.
    pub(crate) fn expanded(&self) -> Option<(Buffer<u8>, Buffer<u64>)> {
        let FrontCoded {
            prefixes,
            lengths,
            suffixes,
        } = self;
        let bytes: usize = prefixes
            .iter()
            .chain(lengths)
            .map(|&n| usize::from(n))
            .sum();
        if prefixes.len() != lengths.len() || bytes > self.limit() {
            return None;
        }
        let (mut terms, mut ends) = (Vec::with_capacity(bytes), Vec::with_capacity(lengths.len()));
        let (mut before, mut at) = (0, 0);
        for (&shared, &length) in prefixes.iter().zip(lengths) {
            let (shared, start) = (usize::from(shared), terms.len());
            if shared > start - before {
                return None;
            }
            terms.extend_from_within(before..before + shared);
            terms.extend_from_slice(suffixes.get(at..at + usize::from(length))?);
            at += usize::from(length);
            before = start;
            ends.push(terms.len() as u64);
        }
        (at == suffixes.len()).then(|| (terms.into(), ends.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn vocabulary(terms: &BTreeSet<String>, more: &BTreeSet<String>) -> Vocabulary {
        let all = || terms.iter().chain(more);
        let ends = all().scan(0, |end, term| {
            *end += term.len() as u64;
            Some(*end)
        });
        let bytes: String = all().map(String::as_str).collect();
        let ends: Vec<u64> = ends.collect();
        Vocabulary::new(bytes.into_bytes().into(), ends.into(), terms.len()).unwrap()
    }

    proptest! {
        #[test]
        fn coded_terms_are_read_back(
            terms in prop::collection::btree_set("[abä]{1,9}( [ab]{1,200})?", 0..40),
            more in prop::collection::btree_set("[abä]{1,4}", 0..10),
        ) {
            let vocabulary = vocabulary(&terms, &more);
            if let Some(coded) = FrontCoded::new(&vocabulary) {
                let (bytes, ends) = coded.expanded().unwrap();
                prop_assert_eq!(&*bytes, &*vocabulary.terms);
                prop_assert_eq!(&*ends, &*vocabulary.ends);
            }
        }

        #[test]
        fn any_bytes_are_terms_or_refused(
            prefixes in prop::collection::vec(0..20u8, 0..20),
            lengths in prop::collection::vec(0..5u8, 0..20),
            suffixes in prop::collection::vec(any::<u8>(), 0..60),
        ) {
            let coded = FrontCoded { prefixes, lengths, suffixes };
            if let Some((terms, ends)) = coded.expanded() {
                prop_assert_eq!(ends.len(), coded.lengths.len());
                prop_assert_eq!(ends.last().map_or(0, |&end| end as usize), terms.len());
            }
        }
    }

    #[test]
    fn broken_parts_and_bombs_are_refused() {
        let coded = |prefixes: &[u8], lengths: &[u8], suffixes: &[u8]| FrontCoded {
            prefixes: prefixes.to_vec(),
            lengths: lengths.to_vec(),
            suffixes: suffixes.to_vec(),
        };
        assert!(coded(&[0, 1], &[2, 1], b"abc").expanded().is_some());
        assert!(coded(&[1], &[1], b"a").expanded().is_none());
        assert!(coded(&[0, 3], &[2, 1], b"abc").expanded().is_none());
        assert!(coded(&[0], &[2], b"a").expanded().is_none());
        assert!(coded(&[0], &[1], b"ab").expanded().is_none());
        assert!(coded(&[0, 0], &[1], b"a").expanded().is_none());
        let mut bomb = coded(&[0], &[255], &[b'a'; 255]);
        bomb.prefixes.resize(10_000, 255);
        bomb.lengths.resize(10_000, 0);
        assert!(bomb.expanded().is_none());
    }
}
