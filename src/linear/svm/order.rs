//! In which order the solvers of this room visit rows: it depends on the seed and the round alone.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::Rng;

pub(super) fn shuffled(rows: usize, random: &mut Xoshiro256PlusPlus) -> Vec<u32> {
    let mut order: Vec<u32> = (0..rows as u32).collect();
    for last in (1..rows).rev() {
        order.swap(last, below(random, last + 1));
    }
    order
}

/// A number below `bound`; its bias of `bound / 2⁶⁴` does not matter here.
fn below(random: &mut Xoshiro256PlusPlus, bound: usize) -> usize {
    ((u128::from(random.next_u64()) * bound as u128) >> 64) as usize
}

/// The visiting order of one round: an affine walk over the shuffled rows, a permutation because
/// the step has no factor in common with their number.
pub(super) struct Round {
    start: usize,
    step: usize,
}

impl Round {
    pub fn new(rows: usize, random: &mut Xoshiro256PlusPlus) -> Self {
        let start = below(random, rows);
        let mut step = 1 + below(random, rows);
        while gcd(step, rows) != 1 {
            step += 1;
        }
        Round { start, step: step % rows }
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
