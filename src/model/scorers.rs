//! Scorers that are used again, with what they remember of words.

use super::{Model, Scorer};
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

/// Scorers of a model that no thread uses at the moment. Threads that take one for some texts and
/// give it back find stems, parts of compounds and n-grams of the words of all texts before; no
/// score depends on them.
pub(crate) struct Scorers<'m> {
    model: &'m Model,
    idle: Mutex<Vec<Scorer<'m>>>,
}

/// Scorer that goes back to the others when it is dropped.
pub(crate) struct TakenScorer<'p, 'm> {
    scorers: &'p Scorers<'m>,
    scorer: Scorer<'m>,
}

impl<'m> Scorers<'m> {
    pub(crate) fn new(model: &'m Model) -> Self {
        Scorers {
            model,
            idle: Mutex::default(),
        }
    }

    /// Takes an idle scorer, or makes one.
    pub(crate) fn take(&self) -> TakenScorer<'_, 'm> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        TakenScorer {
            scorers: self,
            scorer: idle.pop().unwrap_or_else(|| self.model.scorer()),
        }
    }
}

impl<'m> Deref for TakenScorer<'_, 'm> {
    type Target = Scorer<'m>;

    fn deref(&self) -> &Scorer<'m> {
        &self.scorer
    }
}

impl DerefMut for TakenScorer<'_, '_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.scorer
    }
}

impl Drop for TakenScorer<'_, '_> {
    fn drop(&mut self) {
        let scorer = std::mem::replace(&mut self.scorer, self.scorers.model.scorer());
        let mut idle = self
            .scorers
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        idle.push(scorer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scorer_that_is_given_back_is_taken_again() {
        let model = Model::embedded().unwrap();
        let scorers = Scorers::new(&model);
        let alone = model.score("Shelling resumed").heads[0].scores.clone();
        for _ in 0..3 {
            let mut scorer = scorers.take();
            assert_eq!(scorer.score("Shelling resumed").heads[0].scores, alone);
        }
        assert_eq!(scorers.idle.lock().unwrap().len(), 1);
        let both = (scorers.take(), scorers.take());
        assert!(scorers.idle.lock().unwrap().is_empty());
        drop(both);
        assert_eq!(scorers.idle.lock().unwrap().len(), 2);
    }
}
