//! Visiting order of rows, which depends on the seed and the round alone.

use crate::math::random::{below, shuffle};
use rand_xoshiro::Xoshiro256PlusPlus;

pub(super) fn shuffled(rows: usize, random: &mut Xoshiro256PlusPlus) -> Vec<u32> {
    let mut order: Vec<u32> = (0..rows as u32).collect();
    shuffle(&mut order, random);
    order
}

/// Visiting order of one round: an affine walk over the shuffled rows, a permutation because
/// the step has no factor in common with their number.
pub(super) struct VisitingOrder {
    start: usize,
    step: usize,
}

impl VisitingOrder {
    pub fn new(rows: usize, random: &mut Xoshiro256PlusPlus) -> Self {
        let start = below(random, rows);
        let mut step = 1 + below(random, rows);
        while gcd(step, rows) != 1 {
            step += 1;
        }
        VisitingOrder {
            start,
            step: step % rows,
        }
    }

    pub fn rows(self, order: &[u32]) -> impl Iterator<Item = usize> + '_ {
        let mut at = self.start;
        order.iter().map(move |_| {
            let row = order[at] as usize;
            at += self.step;
            if at >= order.len() {
                at -= order.len();
            }
            row
        })
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
