//! From bands to candidates to pairs that resemble each other.

use super::minhash::Bands;
use super::normal::Normal;
use super::options::NearDuplicates;
use crate::math::hash::Keys;
use crate::math::numbering::DisjointSets;
use crate::text::{Texts, has_tokens};
use rayon::prelude::*;

/// Bands decide who is compared, which shows in the result where a pair is overlooked: so their
/// keys are the same each time.
const BANDS: Keys = Keys::public(0);

/// Among so many candidates before it a text looks for its like.
const WINDOW: usize = 100;

/// Joins those of `documents` whose resemblance reaches the threshold.
pub(super) fn join(
    texts: &Texts,
    documents: &[u32],
    options: &NearDuplicates,
    sets: &mut DisjointSets,
) {
    let threshold = if options.threshold.is_nan() {
        1.0
    } else {
        options.threshold.clamp(0.1, 1.0)
    };
    let judge = Judge {
        texts,
        shingle: options.shingle,
        threshold,
        secret: Keys::secret(),
    };
    if options.miss.is_nan() || options.miss <= 0.0 {
        let all: Vec<(u32, u32)> = documents.iter().map(|&document| (0, document)).collect();
        return judge
            .pairs(&all, usize::MAX, sets)
            .into_iter()
            .for_each(|(a, b)| sets.join(a, b));
    }
    let bands = Bands::new(threshold, options.miss.min(0.5));
    let signed = sign(&judge, documents, &bands);
    if signed.documents.is_empty() {
        return;
    }
    let mut order: Vec<(u32, u32)> = Vec::with_capacity(signed.documents.len());
    for band in 0..bands.count() {
        order.clear();
        let keys = signed.keys[band..].iter().step_by(bands.count());
        order.extend(keys.copied().zip(signed.documents.iter().copied()));
        order.par_sort_unstable();
        let runs: Vec<&[(u32, u32)]> = order
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|run| run.len() > 1)
            .collect();
        let pairs: Vec<_> = runs
            .par_iter()
            .flat_map_iter(|run| judge.pairs(run, WINDOW, sets))
            .collect();
        pairs.into_iter().for_each(|(a, b)| sets.join(a, b));
    }
}

/// The band keys of all documents that have a shingle.
struct Signed {
    documents: Vec<u32>,
    /// Documents by bands, row by row.
    keys: Vec<u32>,
}

fn sign(judge: &Judge<'_>, documents: &[u32], bands: &Bands) -> Signed {
    let documents: Vec<u32> = documents
        .iter()
        .copied()
        .filter(|&document| has_tokens(judge.texts.get(document as usize)))
        .collect();
    let mut keys = vec![0; documents.len() * bands.count()];
    let rows = keys.par_chunks_mut(bands.count()).zip(&documents);
    rows.for_each_init(
        Default::default,
        |(normal, shingles): &mut (Normal, Vec<u64>), (keys, &document)| {
            judge.read(document, BANDS, normal, shingles);
            bands.keys(shingles, keys);
        },
    );
    Signed { documents, keys }
}

/// Counts the resemblance of texts.
struct Judge<'a> {
    texts: &'a Texts,
    shingle: usize,
    threshold: f64,
    /// Shingles are compared under these keys, so that none can be made to look like another.
    secret: Keys,
}

impl Judge<'_> {
    fn read(&self, document: u32, keys: Keys, normal: &mut Normal, shingles: &mut Vec<u64>) {
        normal.read(self.texts.get(document as usize));
        normal.shingles(self.shingle, keys, shingles);
    }

    /// Pairs that connect the candidates of a run, each of which is compared with up to `window`
    /// before it, unless they are connected already.
    fn pairs(&self, run: &[(u32, u32)], window: usize, known: &DisjointSets) -> Vec<(u32, u32)> {
        let roots: Vec<u32> = run
            .iter()
            .map(|&(_, document)| known.root(document))
            .collect();
        if roots.iter().all(|&root| root == roots[0]) {
            return Vec::new();
        }
        let mut local = DisjointSets::new(run.len());
        let mut shingles: Vec<Vec<u64>> = Vec::with_capacity(run.len());
        let (mut normal, mut pairs) = (Normal::default(), Vec::new());
        for (at, &(_, document)) in run.iter().enumerate() {
            let mut own = Vec::new();
            self.read(document, self.secret, &mut normal, &mut own);
            for before in (at.saturating_sub(window)..at).rev() {
                let connected = roots[before] == roots[at]
                    || local.root(before as u32) == local.root(at as u32);
                if !connected && self.alike(&own, &shingles[before]) {
                    local.join(before as u32, at as u32);
                    pairs.push((run[before].1, document));
                }
            }
            shingles.push(own);
            if at >= window {
                shingles[at - window] = Vec::new();
            }
        }
        pairs
    }

    /// Tells whether the Jaccard index of two ascending lists reaches the threshold.
    fn alike(&self, a: &[u64], b: &[u64]) -> bool {
        let (short, long) = (a.len().min(b.len()), a.len().max(b.len()));
        short > 0
            && short as f64 >= self.threshold * long as f64
            && jaccard(a, b) >= self.threshold - f64::EPSILON
    }
}

/// |A ∩ B| / |A ∪ B| of ascending lists without repetition, of which one is not empty.
fn jaccard(a: &[u64], b: &[u64]) -> f64 {
    let (mut at, mut both) = ((0, 0), 0);
    while let (Some(left), Some(right)) = (a.get(at.0), b.get(at.1)) {
        both += usize::from(left == right);
        let step = (left <= right, left >= right);
        at = (at.0 + usize::from(step.0), at.1 + usize::from(step.1));
    }
    both as f64 / (a.len() + b.len() - both) as f64
}
