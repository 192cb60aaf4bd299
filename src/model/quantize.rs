//! Quantisation: a smaller model of fewer bits a weight, and of the terms that matter most.
//!
//! Weights become whole numbers of eight or sixteen bits times a power of two for each term
//! (`linear/compact.rs`). Terms are ranked by how far they move decisions: the sum of their squared
//! weights, each label's against the mean of all where the head is exclusive, times idf squared and
//! document frequency, over the heads' sums of the same.

use super::{HeadChange, Metadata, Model, ModelHead};
use crate::corpus::Corpus;
use crate::features::{DocumentFrequencies, Scratch, TfIdf};
use crate::text::Texts;
use crate::{Error, Result};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Number of bits of a weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
#[non_exhaustive]
pub enum WeightBits {
    /// Eight bits: a weight is off by at most a 127th of the term's greatest.
    Eight,
    /// Sixteen bits: a weight is off by at most a 32,767th of the term's greatest.
    Sixteen,
}

impl From<WeightBits> for u8 {
    fn from(bits: WeightBits) -> u8 {
        match bits {
            WeightBits::Eight => 8,
            WeightBits::Sixteen => 16,
        }
    }
}

impl TryFrom<u8> for WeightBits {
    type Error = String;

    fn try_from(bits: u8) -> std::result::Result<Self, String> {
        match bits {
            8 => Ok(WeightBits::Eight),
            16 => Ok(WeightBits::Sixteen),
            other => Err(format!("weights have 8 or 16 bits, not {other}")),
        }
    }
}

/// Options of [`Model::quantized`], as the model keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Quantization {
    /// Bits of a weight.
    pub bits: WeightBits,
    /// Number of terms that are kept at most; all if it is `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<u32>,
}

impl Quantization {
    /// All terms, with weights of so many bits.
    pub fn new(bits: WeightBits) -> Self {
        Quantization { bits, terms: None }
    }

    /// Sets the number of terms that are kept at most.
    pub fn terms(self, terms: u32) -> Self {
        Quantization {
            terms: Some(terms),
            ..self
        }
    }

    /// Returns settings from the largest model to the smallest: sixteen bits, eight bits, and eight
    /// bits with a half, a quarter, … of `terms`, down to about a thousand.
    pub fn ladder(terms: usize) -> Vec<Quantization> {
        const LEAST: usize = 1000;
        let all = [WeightBits::Sixteen, WeightBits::Eight].map(Quantization::new);
        let halves = std::iter::successors(Some(terms / 2), |terms| Some(terms / 2));
        let fewer = halves
            .take_while(|&terms| terms >= LEAST)
            .map(|terms| Quantization::new(WeightBits::Eight).terms(terms as u32));
        all.into_iter().chain(fewer).collect()
    }
}

/// Loss of one head by quantisation, on labelled documents. Shares from 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HeadLoss {
    /// The head's name.
    pub head: String,
    /// Metrics that may lose: accuracy of an exclusive head, micro-F1 of an independent one, and
    /// the macro-F1 of either.
    pub metrics: Vec<LostMetric>,
    /// Number of documents with other answers than before.
    pub changed: usize,
    /// The greatest loss of the metrics; below 0 if all are better.
    pub loss: f64,
}

/// A metric of the model as it was, and of the quantised one.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LostMetric {
    /// Name of the metric.
    pub metric: &'static str,
    /// Value before.
    pub before: f64,
    /// Value after.
    pub after: f64,
}

impl Model {
    /// Returns a smaller model with nearly the same decisions.
    ///
    /// With fewer terms, texts have a smaller norm and so greater decision values. Given `texts`,
    /// such as those of the corpus on which the loss is measured, weights are made smaller in
    /// proportion (one factor for words and one for characters), so that scores, calibration and
    /// thresholds keep their scale. Fingerprints stay those of the model as it was. Of its profile and
    /// its card, what hangs on the terms no longer holds with fewer of them, and is left out: known
    /// words, scores, metrics, and results on test corpora.
    ///
    /// # Errors
    /// A usage error for no terms, or a model that is quantised with fewer bits.
    pub fn quantized(&self, how: &Quantization, texts: Option<&Texts>) -> Result<Model> {
        self.verify_quantization(how)?;
        let before = self.metadata().quantization;
        let keep = how
            .terms
            .and_then(|terms| self.strongest_terms(terms as usize));
        let (tfidf, factors) = match &keep {
            Some(keep) => {
                let tfidf = self.tfidf().retained(keep)?.limited();
                let factors = texts.map(|texts| norm_ratios(self.tfidf(), &tfidf, keep, texts));
                (tfidf, factors)
            }
            None => (self.tfidf().clone(), None),
        };
        let words = tfidf.vocabulary().words();
        let smaller = |head: &ModelHead| {
            let mut linear = head.linear.clone();
            if let Some(keep) = &keep {
                linear = linear.retained(keep);
            }
            if let Some(factors) = factors {
                linear = linear.scaled(|column| factors[usize::from(column >= words)]);
            }
            let linear = match how.bits {
                WeightBits::Eight => linear.rounded::<i8>(),
                WeightBits::Sixteen => linear.rounded::<i16>(),
            };
            ModelHead::new(head.metadata.clone(), linear)
        };
        let heads = self.heads().iter().map(smaller).collect();
        let terms = keep.map(|_| tfidf.vocabulary().len() as u32);
        let quantization = Quantization {
            bits: how.bits,
            terms: terms.or(before.and_then(|before| before.terms)),
        };
        let metadata = Metadata {
            compact: true,
            quantization: Some(quantization),
            ..self.metadata().clone()
        };
        Ok(self.clone().with(|inner| {
            inner.metadata = metadata;
            inner.tfidf = tfidf;
            inner.heads = heads;
            if quantization.terms.is_some() {
                let profile = inner.profile.as_ref();
                inner.profile = profile.map(|profile| profile.of_fewer_terms(&inner.heads));
                inner.card.tests.clear();
            }
        }))
    }

    /// Refuses a quantisation that the model does not bear.
    fn verify_quantization(&self, how: &Quantization) -> Result<()> {
        if how.terms == Some(0) {
            return Err(Error::usage("a model of no terms has no answers"));
        }
        if how.terms.is_some() && self.tfidf().options().buckets.is_some() {
            return Err(Error::usage(
                "a model with hashed n-grams keeps all its columns, since a text may have any",
            )
            .help("quantise its weights alone"));
        }
        let before = self.metadata().quantization;
        if before.is_some_and(|before| before.bits < how.bits) {
            return Err(
                Error::usage("the model is quantised with fewer bits already")
                    .help("quantise the model that it was made of"),
            );
        }
        Ok(())
    }

    /// Returns what this model's heads lose against the model that it was made of. The corpus must
    /// have been read with the [`known_labels`](Self::known_labels) of either.
    ///
    /// # Errors
    /// As [`evaluate`](Self::evaluate).
    pub fn losses_since(&self, original: &Model, corpus: &Corpus) -> Result<Vec<HeadLoss>> {
        let changes = self.changes_since(original, corpus)?;
        Ok(changes.iter().map(HeadLoss::new).collect())
    }

    /// Returns the terms that are kept if there may be `most`; `None` if all are.
    fn strongest_terms(&self, most: usize) -> Option<Vec<bool>> {
        let count = self.tfidf().vocabulary().len();
        if count <= most {
            return None;
        }
        let documents = self.metadata().documents;
        let frequencies = DocumentFrequencies::of(self.tfidf(), documents);
        let frequency = |column: usize| {
            // Words of texts without labels may be rarer or more frequent than the corpus has room.
            let most = documents.max(1) as f64;
            let known = |of: &DocumentFrequencies| of.documents(column).clamp(1.0, most);
            let idf = f64::from(self.tfidf().idf()[column]);
            idf * idf * frequencies.as_ref().map_or(1.0, known)
        };
        let frequency: Vec<f64> = (0..count).map(frequency).collect();
        let mut worth = vec![0.0; count];
        for head in self.heads() {
            let of_head = |column| head.linear.spread(column) * frequency[column];
            let of_head: Vec<f64> = (0..count).map(of_head).collect();
            let all = of_head.iter().sum::<f64>().max(f64::MIN_POSITIVE);
            worth
                .iter_mut()
                .zip(of_head)
                .for_each(|(sum, own)| *sum += own / all);
        }
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by(|&a, &b| worth[b].total_cmp(&worth[a]));
        let mut keep = vec![false; count];
        order[..most].iter().for_each(|&column| keep[column] = true);
        Some(keep)
    }
}

impl HeadLoss {
    fn new(change: &HeadChange) -> Self {
        let metrics: Vec<LostMetric> = change
            .deciding()
            .into_iter()
            .map(|(metric, before, after)| LostMetric {
                metric,
                before,
                after,
            })
            .collect();
        let losses = metrics.iter().map(|metric| metric.before - metric.after);
        HeadLoss {
            head: change.after.name.clone(),
            loss: losses.fold(f64::NEG_INFINITY, f64::max),
            metrics,
            changed: change.changed,
        }
    }
}

/// Texts from which the ratio of norms is taken at most; more change its third digit.
const MAX_NORMS: usize = 4096;

/// Returns the mean ratio of the values of terms in the rows of `old` to those in the rows of
/// `new`, which has the terms that `keep` names; for words, and for characters. 1 without any.
fn norm_ratios(old: &TfIdf, new: &TfIdf, keep: &[bool], texts: &Texts) -> [f64; 2] {
    let kept: Vec<u32> = (0..keep.len() as u32)
        .filter(|&at| keep[at as usize])
        .collect();
    let words = new.vocabulary().words();
    let ratios = |scratch: &mut [Scratch; 2], at: usize| {
        let [of_old, of_new] = scratch;
        let before = old.row(texts.get(at).into(), of_old);
        let after = new.row(texts.get(at).into(), of_new);
        let mut sums = [[0.0; 2]; 2];
        for (column, value) in after.iter() {
            if let Ok(place) = before.columns.binary_search(&kept[column]) {
                let [old, new] = &mut sums[usize::from(column >= words)];
                *old += f64::from(before.values[place]);
                *new += value;
            }
        }
        sums.map(|[old, new]| (new > 0.0).then(|| old / new))
    };
    let step = texts.len().div_ceil(MAX_NORMS).max(1);
    let all: Vec<[Option<f64>; 2]> = (0..texts.len().div_ceil(step))
        .into_par_iter()
        .map_init(Default::default, |scratch, at| ratios(scratch, at * step))
        .collect();
    [0, 1].map(|part| {
        let known = all.iter().filter_map(|ratios| ratios[part]);
        let (sum, count) = known.fold((0.0, 0), |(sum, count), ratio| (sum + ratio, count + 1));
        if count == 0 {
            1.0
        } else {
            sum / f64::from(count)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ladder_goes_down_to_a_thousand_terms() {
        let terms: Vec<Option<u32>> = Quantization::ladder(9000).iter().map(|q| q.terms).collect();
        assert_eq!(terms, [None, None, Some(4500), Some(2250), Some(1125)]);
        assert_eq!(Quantization::ladder(10).len(), 2);
    }

    #[test]
    fn sixteen_bits_change_scores_hardly_and_eight_little() {
        let model = Model::embedded().unwrap();
        let text = "Troops crossed the border and shelled two towns overnight.";
        let of = |model: &Model| model.score(text).heads[0].decisions.clone();
        let before = of(&model);
        for (bits, most) in [(WeightBits::Sixteen, 1e-3), (WeightBits::Eight, 5e-2)] {
            let small = model.quantized(&Quantization::new(bits), None).unwrap();
            let after = of(&small);
            assert!(
                before.iter().zip(&after).all(|(a, b)| (a - b).abs() < most),
                "{bits:?}"
            );
            let again = Model::from_bytes(small.to_bytes()).unwrap();
            assert_eq!(of(&again), after, "{bits:?}");
            assert_eq!(again.metadata().quantization, Some(Quantization::new(bits)));
        }
    }

    #[test]
    fn pruned_terms_leave_the_scale_of_scores() {
        let model = Model::embedded().unwrap();
        let texts: Texts = [
            "Troops shelled two towns overnight.",
            "The striker scored in the final.",
        ]
        .into_iter()
        .collect();
        let half = model.tfidf().vocabulary().len() as u32 / 2;
        let how = Quantization::new(WeightBits::Sixteen).terms(half);
        let small = model.quantized(&how, Some(&texts)).unwrap();
        assert_eq!(small.tfidf().vocabulary().len(), half as usize);
        let again = Model::from_bytes(small.to_bytes()).unwrap();
        for text in texts.iter() {
            let (a, b) = (model.score(text), again.score(text));
            assert_eq!(a.heads[0].label(), b.heads[0].label());
        }
        let eight = model
            .quantized(&Quantization::new(WeightBits::Eight), None)
            .unwrap();
        assert!(eight.quantized(&how, None).is_err());
        assert!(model.quantized(&how.terms(0), None).is_err());
    }
}
