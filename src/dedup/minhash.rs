//! Signatures of sets, cut into bands.

use crate::math::hash::fold_in;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// So many orders of all shingles are affordable.
const MAX_ORDERS: usize = 100;

/// Random orders of 64-bit numbers, `rows` for each band.
pub(super) struct Bands {
    rows: usize,
    /// Each order compares `a x + b` modulo 2⁶⁴, `a` being odd.
    orders: Vec<(u64, u64)>,
}

impl Bands {
    /// Chooses as many rows as can be had with no more than [`MAX_ORDERS`], so that few pairs below
    /// the threshold become candidates. With `b` bands of `r` rows, a pair of resemblance `s` is a
    /// candidate with probability `1 − (1 − sʳ)ᵇ`.
    pub(super) fn new(threshold: f64, miss: f64) -> Self {
        let bands = |rows: usize| bands(threshold, miss, rows);
        let rows = (1..=8)
            .rev()
            .find(|&rows| rows * bands(rows) <= MAX_ORDERS)
            .unwrap_or(1);
        let mut random = Xoshiro256PlusPlus::seed_from_u64(0);
        let order = |_| (random.next_u64() | 1, random.next_u64());
        Bands {
            rows,
            orders: (0..rows * bands(rows)).map(order).collect(),
        }
    }

    pub(super) fn count(&self) -> usize {
        self.orders.len() / self.rows
    }

    /// Returns a key for each band. Unlike bands rarely have like keys, and candidates are counted
    /// anyway.
    pub(super) fn keys(&self, shingles: &[u64], keys: &mut [u32]) {
        for (key, orders) in keys.iter_mut().zip(self.orders.chunks_exact(self.rows)) {
            let least = orders.iter().map(|&(a, b)| {
                shingles
                    .iter()
                    .map(|&x| a.wrapping_mul(x).wrapping_add(b))
                    .min()
                    .unwrap_or(u64::MAX)
            });
            let mixed = least.fold(0u64, fold_in);
            *key = (mixed >> 32) as u32;
        }
    }
}

/// Returns the number of bands of `rows` rows that overlook a pair at the threshold with
/// probability `miss` at most.
fn bands(threshold: f64, miss: f64, rows: usize) -> usize {
    let agree = threshold.powi(rows as i32);
    if agree >= 1.0 {
        1
    } else {
        (miss.ln() / (1.0 - agree).ln()).ceil().max(1.0) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_suffice_for_what_may_be_missed() {
        for threshold in [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.99, 1.0] {
            let bands = Bands::new(threshold, 1e-3);
            let missed = (1.0 - f64::powi(threshold, bands.rows as i32)).powi(bands.count() as i32);
            assert!(
                missed <= 1e-3 && bands.orders.len() <= MAX_ORDERS,
                "{threshold}: {missed}"
            );
        }
    }

    /// The share of orders in which two sets have the same least element estimates their
    /// resemblance.
    #[test]
    fn orders_agree_as_often_as_sets_resemble_each_other() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
        let mut orders = Bands::new(0.1, 1e-3);
        orders.rows = 1;
        orders.orders = (0..4000)
            .map(|_| (random.next_u64() | 1, random.next_u64()))
            .collect();
        let all: Vec<u64> = (0..15).map(|_| random.next_u64()).collect();
        let (mut a, mut b) = (vec![0; 4000], vec![0; 4000]);
        orders.keys(&all[..10], &mut a);
        orders.keys(&all[5..], &mut b);
        let agree = a.iter().zip(&b).filter(|(a, b)| a == b).count() as f64 / 4000.0;
        assert!((agree - 1.0 / 3.0).abs() < 0.04, "{agree}");
    }
}
