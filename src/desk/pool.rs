//! The pool: articles without an answer, and the order in which they are shown.
//!
//! Features do not change while a model is corrected, so the pool keeps the row of each article and
//! is decided anew after every retraining in the time of a product of matrices. Of near duplicates
//! the first alone is shown. A stated share of the articles, drawn by a hash of their texts, is
//! shown in random order whatever the model says: answers to them test every model, and none learns
//! from them.

use super::answers::RANDOM;
use super::inbox::{InboxArticle, Skip};
use super::learner::Learner;
use super::store::AnsweredText;
use super::strategy::{ORDER_SEED, QueryStrategy, unit};
use crate::dedup::{self, Groups, NearDuplicates};
use crate::features::SparseRows;
use crate::model::{HeadScores, Model};
use crate::text::{Texts, digest};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};

/// Seed of the hash that draws the test set.
const TEST_SEED: u64 = 1;

/// Question for a queue.
#[derive(Debug, Clone)]
pub struct QueueRequest<'a> {
    /// Name of the head to be answered.
    pub head: &'a str,
    /// Name of the annotator.
    pub annotator: &'a str,
    /// Order of the articles to be learnt from.
    pub strategy: QueryStrategy,
    /// Articles at most.
    pub limit: usize,
}

/// Articles in the order in which they are to be answered.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Queue {
    /// Number of all articles that wait for this annotator.
    pub waiting: usize,
    /// The first of them.
    pub articles: Vec<QueuedArticle>,
}

/// Article of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueuedArticle {
    /// Number in the inbox.
    pub number: i64,
    /// Reason for which it is shown: the name of the strategy, or [`RANDOM`](super::RANDOM).
    pub reason: &'static str,
}

/// Article whose answer changed from one model to another.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FlippedArticle {
    /// Number in the inbox.
    pub number: i64,
    /// Number of the head.
    pub head: usize,
    /// Numbers of the labels before.
    pub before: Vec<usize>,
    /// Numbers of the labels after.
    pub after: Vec<usize>,
}

/// Articles without an answer, by their rows.
#[derive(Debug, Clone)]
pub struct Pool {
    share: f64,
    numbers: Vec<i64>,
    /// Hash of each article's text, as answers name it.
    hashes: Vec<u64>,
    places: HashMap<u64, usize>,
    texts: Texts,
    rows: SparseRows,
    groups: Groups,
    /// Number of articles that were compared for near duplicates.
    grouped: usize,
}

impl Pool {
    /// Returns an empty pool of which the `share`, from 0 to 1, is the test set.
    pub fn new(learner: &Learner, share: f64) -> Self {
        Pool {
            share,
            numbers: Vec::new(),
            hashes: Vec::new(),
            places: HashMap::new(),
            texts: Texts::default(),
            rows: SparseRows::new(learner.first().tfidf().vocabulary().len()),
            groups: Groups::default(),
            grouped: 0,
        }
    }

    /// Returns the number of articles.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Returns true if there is no article.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Returns the number of the last article; 0 without one.
    pub fn last_number(&self) -> i64 {
        self.numbers.last().copied().unwrap_or(0)
    }

    /// Returns the share of the test set.
    pub fn share(&self) -> f64 {
        self.share
    }

    /// Adds articles, in the order of their numbers.
    pub fn extend(&mut self, learner: &Learner, articles: &[InboxArticle]) {
        let mut added = Texts::default();
        for InboxArticle { number, article } in articles {
            let text = learner.text(article);
            added.push(&text);
            self.texts.push(&text);
            let hash = digest(&article.text);
            self.places.entry(hash).or_insert(self.numbers.len());
            self.hashes.push(hash);
            self.numbers.push(*number);
        }
        self.rows
            .extend(&learner.first().tfidf().transform_texts(&added));
        self.group();
    }

    /// Finds near duplicates. All are compared anew once the pool has grown by an eighth, so that
    /// articles that come one by one do not each take the time of the whole; until then each is a
    /// group of its own.
    fn group(&mut self) {
        if self.len() - self.grouped > self.grouped / 8 {
            self.groups = dedup::near_duplicates(&self.texts, &NearDuplicates::default());
            self.grouped = self.len();
        }
        while self.groups.of.len() < self.len() {
            self.groups.of.push(self.groups.count);
            self.groups.count += 1;
        }
    }

    /// Tells if the article of a text is of the test set; `None` if the pool does not hold it.
    pub fn tests(&self, text: &str) -> Option<bool> {
        let place = self.places.get(&digest(text))?;
        let group = self.groups.of[*place];
        let first = self.groups.of.iter().position(|&of| of == group)?;
        Some(self.is_test(first))
    }

    fn is_test(&self, place: usize) -> bool {
        unit(self.hashes[place], TEST_SEED) < self.share
    }

    /// Returns the articles that `request` asks for, by the scores of `model`, which has the
    /// features of the learner's.
    ///
    /// An article to be learnt from waits until anybody has answered it, one of the test set until
    /// this annotator has. Both are mixed so that the answers to the test set keep their share.
    pub fn queue(
        &self,
        model: &Model,
        request: &QueueRequest<'_>,
        answered: &[AnsweredText],
        skips: &[Skip],
    ) -> Queue {
        let Some((at, _)) = model.head(request.head) else {
            return Queue::default();
        };
        let Waiting {
            mut learning,
            mut test,
            answers,
        } = self.waiting(request, answered, skips);
        let uncertainty = |&place: &usize| {
            let scores = self.scores(model, at, place);
            request.strategy.uncertainty(&scores, self.hashes[place])
        };
        let mut ranked: Vec<(f64, usize)> = learning
            .par_drain(..)
            .map(|place| (uncertainty(&place), place))
            .collect();
        // Equal ones come in the order in which they arrived.
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let order = |place: &usize| unit(self.hashes[*place], ORDER_SEED);
        test.sort_by(|a, b| order(a).total_cmp(&order(b)).then(a.cmp(b)));
        let waiting = ranked.len() + test.len();
        let learning = ranked.into_iter().map(|(_, place)| place);
        let mixed = mixed(learning, test.into_iter(), answers, self.share);
        let article = |(place, is_test): (usize, bool)| QueuedArticle {
            number: self.numbers[place],
            reason: match is_test {
                true => RANDOM,
                false => request.strategy.name(),
            },
        };
        Queue {
            waiting,
            articles: mixed.take(request.limit).map(article).collect(),
        }
    }

    /// Returns the first articles of all groups that wait for an annotator.
    fn waiting(
        &self,
        request: &QueueRequest<'_>,
        answered: &[AnsweredText],
        skips: &[Skip],
    ) -> Waiting {
        let of_head = answered.iter().filter(|answer| answer.head == request.head);
        let group = |text: &u64| self.places.get(text).map(|&place| self.groups.of[place]);
        let (mut by_anyone, mut by_annotator) = (HashSet::new(), HashSet::new());
        let mut answers = [0, 0];
        for answer in of_head {
            answers[usize::from(answer.reason.as_deref() == Some(RANDOM))] += 1;
            by_anyone.extend(group(&answer.text));
            if answer.annotator == request.annotator {
                by_annotator.extend(group(&answer.text));
            }
        }
        let skipped = skips
            .iter()
            .filter(|skip| skip.annotator == request.annotator && skip.head == request.head);
        for skip in skipped {
            let place = self.numbers.binary_search(&skip.article);
            by_annotator.extend(place.ok().map(|place| self.groups.of[place]));
        }
        let (mut learning, mut test) = (Vec::new(), Vec::new());
        let firsts = self.groups.firsts().into_iter().zip(0..);
        for (place, group) in firsts.map(|(first, group)| (first as usize, group)) {
            let is_test = self.is_test(place);
            let done = by_annotator.contains(&group) || !is_test && by_anyone.contains(&group);
            match (done, is_test) {
                (true, _) => {}
                (false, true) => test.push(place),
                (false, false) => learning.push(place),
            }
        }
        Waiting {
            learning,
            test,
            answers,
        }
    }

    fn scores<'m>(&self, model: &'m Model, head: usize, place: usize) -> HeadScores<'m> {
        let head = &model.heads()[head];
        let mut decisions = Vec::with_capacity(head.linear().labels());
        head.linear().decide(self.rows.row(place), &mut decisions);
        HeadScores::new(head.metadata(), decisions)
    }

    /// Returns the articles whose answers differ between two models of the learner's features, in
    /// their order.
    pub fn flipped(&self, before: &Model, after: &Model) -> Vec<FlippedArticle> {
        let flipped = |place: usize| {
            let heads = 0..before.heads().len().min(after.heads().len());
            heads.filter_map(move |head| {
                let labels = |model| self.scores(model, head, place).predicted();
                let (before, after) = (labels(before), labels(after));
                (before != after).then_some(FlippedArticle {
                    number: self.numbers[place],
                    head,
                    before,
                    after,
                })
            })
        };
        let places = (0..self.len()).into_par_iter();
        places.flat_map_iter(flipped).collect()
    }
}

/// Articles that wait, by their places.
struct Waiting {
    learning: Vec<usize>,
    test: Vec<usize>,
    /// Number of answers that are learnt from, and of those that test.
    answers: [usize; 2],
}

/// Mixes articles to be learnt from and test articles (true), so that after every answer the share
/// of the test set is as near to `share` from below as it can be.
fn mixed(
    mut learning: impl Iterator<Item = usize>,
    mut test: impl Iterator<Item = usize>,
    [mut learnt, mut tested]: [usize; 2],
    share: f64,
) -> impl Iterator<Item = (usize, bool)> {
    std::iter::from_fn(move || {
        let all = (learnt + tested + 1) as f64;
        let is_due = (tested + 1) as f64 <= share * all;
        let first = match is_due {
            true => test.next().map(|place| (place, true)),
            false => learning.next().map(|place| (place, false)),
        };
        // One of both may be at its end.
        let next = first
            .or_else(|| learning.next().map(|place| (place, false)))
            .or_else(|| test.next().map(|place| (place, true)))?;
        match next.1 {
            true => tested += 1,
            false => learnt += 1,
        }
        Some(next)
    })
}
