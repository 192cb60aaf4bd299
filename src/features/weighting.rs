//! Weighting: counts become `tf · idf`, brought to the length of the norm.

use super::count::unpack;
use super::options::{Idf, Norm, TermFrequency};
use super::rows::{Row, SparseRows};
use super::scratch::Scratch;
use super::tfidf::TfIdf;

impl TfIdf {
    /// Weighs the counts of `scratch`; its first `words` are of word n-grams.
    pub(super) fn weigh<'s>(&self, scratch: &'s mut Scratch) -> Row<'s> {
        let Scratch {
            known,
            words,
            columns,
            values,
            weights,
            ..
        } = scratch;
        columns.clear();
        columns.extend(known.iter().map(|&entry| unpack(entry).0));
        values.clear();
        for part in [&known[..*words], &known[*words..]] {
            values.extend(self.weigh_part(part, weights));
        }
        Row { columns, values }
    }

    /// Appends the row of counts of word n-grams and of character n-grams; `weights` is scratch
    /// memory.
    pub(super) fn weigh_onto(
        &self,
        counts: [&[u64]; 2],
        weights: &mut Vec<f64>,
        rows: &mut SparseRows,
    ) {
        for part in counts {
            let columns = part.iter().map(|&entry| unpack(entry).0);
            rows.push_entries(columns, self.weigh_part(part, weights));
        }
        rows.end_row();
    }

    /// Returns the values of counts that have a norm of their own; `weights` is scratch memory.
    pub(super) fn weigh_part<'w>(
        &self,
        counts: &[u64],
        weights: &'w mut Vec<f64>,
    ) -> impl ExactSizeIterator<Item = f32> + use<'w> {
        let idf: &[f32] = &self.idf;
        weights.clear();
        weights.extend(counts.iter().map(|&entry| {
            let (column, count) = unpack(entry);
            self.term_frequency(count) * f64::from(idf[column as usize])
        }));
        let length = self.length(weights.iter().copied());
        weights.iter().map(move |weight| (weight / length) as f32)
    }

    #[inline]
    fn term_frequency(&self, count: u32) -> f64 {
        self.tf
            .get(count as usize)
            .copied()
            .unwrap_or_else(|| tf(self.options.tf, count))
    }

    fn length(&self, values: impl Iterator<Item = f64>) -> f64 {
        let length = match self.options.norm {
            Norm::L2 => values.map(|v| v * v).sum::<f64>().sqrt(),
            Norm::L1 => values.sum(),
            Norm::None => 1.0,
        };
        // A power of 1 may differ in the last bit.
        match self.options.norm_exponent {
            1.0 => length,
            exponent => length.powf(exponent),
        }
    }
}

/// Returns the frequency of a term that occurs `count` times.
pub(super) fn tf(tf: TermFrequency, count: u32) -> f64 {
    match tf {
        TermFrequency::Sublinear => 1.0 + f64::from(count).ln(),
        TermFrequency::Raw => f64::from(count),
        TermFrequency::Binary => 1.0,
    }
}

/// Returns the idf of a term that `df` of `documents` documents hold.
pub(super) fn idf(idf: Idf, documents: usize, df: u64) -> f64 {
    let (n, df) = (documents as f64, df as f64);
    match idf {
        Idf::Smooth => ((1.0 + n) / (1.0 + df)).ln() + 1.0,
        Idf::Plain => (n / df).ln() + 1.0,
        Idf::None => 1.0,
    }
}
