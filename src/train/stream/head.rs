//! Training state of one head.

use super::inputs::changed;
use crate::Result;
use crate::corpus::{Corpus, Head, HeadKind, Targets};
use crate::linear::{DescentState, Sgd};

/// Training state of one head.
#[derive(Debug)]
pub(super) struct HeadState {
    pub name: String,
    pub labels: Vec<String>,
    /// The documents for which each label holds and does not hold, by their weights and by their
    /// number.
    pub weighted: Vec<[f64; 2]>,
    pub support: Vec<f64>,
    pub descent: DescentState,
}

impl HeadState {
    /// Returns the state before anything is counted.
    pub fn new(head: &Head, features: usize) -> Result<HeadState> {
        let labels = head.labels.len();
        Ok(HeadState {
            name: head.name.clone(),
            labels: head.labels.clone(),
            weighted: vec![[0.0; 2]; labels],
            support: vec![0.0; labels],
            descent: DescentState::new(features, labels, head.targets.kind())?,
        })
    }

    pub fn count(&mut self, head: &Head, part: &Corpus) -> Result<()> {
        if head.labels != self.labels {
            return Err(changed());
        }
        let weighted = head.targets.support(part.weights.as_deref());
        for (all, part) in self.weighted.iter_mut().zip(weighted) {
            (all[0], all[1]) = (all[0] + part[0], all[1] + part[1]);
        }
        let support = head.targets.support(None);
        self.support
            .iter_mut()
            .zip(support)
            .for_each(|(all, [yes, _])| *all += yes);
        Ok(())
    }

    pub fn factors(&self, options: &Sgd) -> Result<Vec<[f64; 2]>> {
        options
            .class_weight
            .factors(&self.weighted, self.descent.kind() == HeadKind::Exclusive)
    }

    /// A head of two documents at most that has the same labels, each known or not, to be checked
    /// as any other.
    pub(super) fn outline(&self) -> Head {
        let labels = self.labels.len();
        let known = self
            .weighted
            .iter()
            .map(|&[yes, no]| (yes + no > 0.0).then_some(yes > 0.0));
        let targets = match self.descent.kind() {
            HeadKind::Exclusive => Targets::Exclusive {
                labels,
                of: vec![Some(0)],
            },
            HeadKind::Independent => Targets::Independent {
                labels,
                cells: known.collect(),
            },
        };
        Head {
            name: self.name.clone(),
            labels: self.labels.clone(),
            targets,
        }
    }
}
