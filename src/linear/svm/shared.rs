//! Data that all blocks of labels share, and the distribution of blocks to threads.

use super::LinearSvm;
use super::block::Block;
use super::nb::RatioOptions;
use super::order::shuffled;
use crate::Result;
use crate::corpus::HeadKind;
use crate::linear::Intercept;
use crate::linear::Problem;
use crate::linear::weights::LabelWeights;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use rayon::prelude::*;

/// Problem, options and what is calculated once for all blocks.
pub(super) struct Shared<'a> {
    pub options: &'a LinearSvm,
    pub ratios: Option<RatioOptions>,
    pub problem: &'a Problem<'a>,
    /// `‖x‖² + 1` of every row, without the 1 where there is no intercept.
    pub norms: Vec<f64>,
    /// Random order of the rows.
    pub order: Vec<u32>,
    /// Class weights of each label where it holds and where it does not.
    pub factors: Vec<[f64; 2]>,
}

impl<'a> Shared<'a> {
    pub fn new(
        options: &'a LinearSvm,
        ratios: Option<RatioOptions>,
        problem: &'a Problem<'a>,
    ) -> Result<Self> {
        let support = problem.targets.support(problem.weights);
        let one = f64::from(options.intercept != Intercept::None);
        let exclusive = problem.targets.kind() == HeadKind::Exclusive;
        Ok(Shared {
            options,
            ratios,
            problem,
            norms: problem
                .rows
                .iter()
                .map(|row| row.squared_norm() + one)
                .collect(),
            order: shuffled(
                problem.rows.rows(),
                &mut Xoshiro256PlusPlus::seed_from_u64(options.seed),
            ),
            factors: options.class_weight.factors(&support, exclusive)?,
        })
    }

    pub fn blocks<const K: usize>(&self, labels: usize) -> Vec<(LabelWeights, f64)> {
        let count = labels.div_ceil(K);
        let solve = |block: usize| {
            let (first, end) = (block * labels / count, (block + 1) * labels / count);
            let lanes = end - first;
            let solved = Block::<K>::new(self, first, lanes).solve();
            self.problem.progress.advance(lanes as u64);
            solved
        };
        (0..count).into_par_iter().flat_map_iter(solve).collect()
    }
}
