//! The search: candidates are judged fold by fold, and ever fewer of them.

use super::{Log, Metric, Space, Trial};
use crate::corpus::{Corpus, Folds, Head};
use crate::features::TfIdfOptions;
use crate::linear::{Classifier, Member, Part, Stack};
use crate::model::{Trainer, held};
use crate::progress::Progress;
use crate::{Error, Result};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Options of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuner {
    /// What is to be great; default macro-F1.
    pub metric: Metric,
    /// What is tried.
    pub space: Space,
    /// Into how many folds documents are cut, at least 2; default 5.
    pub folds: u32,
    /// Seed of the folds and of the solvers; default 0.
    pub seed: u64,
    /// Whether a stack of the best is tried; default true. It needs 400 documents.
    pub stack: bool,
    /// After which time no further trial is begun; default none.
    pub time: Option<Duration>,
    /// How many bytes the features and weights of a candidate may take; default no limit.
    pub memory: Option<u64>,
}

impl Default for Tuner {
    fn default() -> Self {
        let (metric, space) = (Metric::default(), Space::default());
        Tuner { metric, space, folds: 5, seed: 0, stack: true, time: None, memory: None }
    }
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuned {
    /// The options that won; with them [`Trainer::train`] makes the model.
    pub trainer: Trainer,
    /// The choice for each head.
    pub chosen: Vec<Chosen>,
    /// How many trials were made or taken from the log.
    pub trials: usize,
    /// Whether the search was ended before it was done.
    pub cut_short: bool,
}

/// The classifier that won a head.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// The head.
    pub head: String,
    /// The classifier, with its part of the features where that is not all.
    pub member: Member,
    /// The metric on each fold that it was judged on.
    pub scores: Vec<f64>,
}

/// The first look is at no more documents than this.
const MOST_PROBED: usize = 20_000;
/// A stack of fewer documents is worse than its best member as often as not.
const FEWEST_STACKED: usize = 400;
/// How many kinds of features, and how many candidates a head, are left after the first looks.
const KINDS_LEFT: usize = 4;
const LEFT: [usize; 2] = [16, 6];

/// A kind of features and a classifier, by their numbers in the space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    features: usize,
    member: usize,
}

struct Search<'a> {
    tuner: &'a Tuner,
    corpus: &'a Corpus,
    folds: Vec<Folds>,
    /// The members of the space, and the probes after them.
    members: Vec<Member>,
    /// Scores of each head's candidates by fold.
    scores: Vec<BTreeMap<Candidate, Vec<f64>>>,
    log: &'a mut Log,
    trials: usize,
    end: Option<Instant>,
    stop: &'a (dyn Fn() -> bool + Sync),
    progress: &'a dyn Progress,
}

impl Tuner {
    /// Searches, going on from what `log` knows, until everything is tried, the time is over or `stop` is true.
    ///
    /// # Errors
    /// A usage error for options that do not fit, a data error for a corpus that cannot be learnt, or if the search was
    /// stopped before its first trial.
    pub fn tune(
        &self,
        corpus: &Corpus,
        log: &mut Log,
        stop: &(dyn Fn() -> bool + Sync),
        progress: &dyn Progress,
    ) -> Result<Tuned> {
        self.verify(corpus)?;
        let members = self.space.members.iter().chain(&self.space.probes).cloned().collect();
        let folds = |head: &Head| Folds::stratified(&head.targets, self.folds, self.seed);
        let mut search = Search {
            tuner: self,
            corpus,
            folds: corpus.heads.iter().map(folds).collect(),
            members,
            scores: vec![BTreeMap::new(); corpus.heads.len()],
            log,
            trials: 0,
            end: self.time.map(|time| Instant::now() + time),
            stop,
            progress,
        };
        search.run()
    }

    fn verify(&self, corpus: &Corpus) -> Result<()> {
        if self.folds < 2 || corpus.len() < 2 * self.folds as usize {
            return Err(Error::usage(format!("{} documents and {} folds", corpus.len(), self.folds))
                .help("give at least 2 folds of 2 documents"));
        }
        let Space { features, probes, members } = &self.space;
        if features.is_empty() || probes.is_empty() || members.is_empty() || corpus.heads.is_empty() {
            return Err(Error::usage("there is nothing to search"));
        }
        features.iter().try_for_each(TfIdfOptions::verify)?;
        members.iter().chain(probes).try_for_each(|member| member.classifier.verify())?;
        Trainer { features: features[0].clone(), ..Trainer::default() }.verify(corpus)
    }
}

impl Search<'_> {
    fn run(&mut self) -> Result<Tuned> {
        let kinds = match self.look_at_features()? {
            Some(kinds) => self.look_at_all(kinds)?,
            None => None,
        };
        let stacks = self.tuner.stack && self.corpus.len() >= FEWEST_STACKED;
        let done = match kinds {
            Some(kinds) if stacks && !self.over() => self.try_stacks(&kinds).map(|()| true)?,
            kinds => kinds.is_some() && !stacks,
        };
        self.choose(!done)
    }

    fn over(&self) -> bool {
        (self.stop)() || self.end.is_some_and(|end| Instant::now() >= end)
    }

    /// Probes every kind of features on a part of the first fold; the best kinds, or `None` if the time is over.
    fn look_at_features(&mut self) -> Result<Option<Vec<usize>>> {
        let kinds = self.tuner.space.features.len();
        let probes: Vec<usize> = (self.tuner.space.members.len()..self.members.len()).collect();
        self.progress.stage("trying features", kinds as u64);
        for features in 0..kinds {
            if self.over() {
                return Ok(None);
            }
            self.judge(features, &probes, 0, MOST_PROBED)?;
            self.progress.advance(1);
        }
        let mut order: Vec<usize> = (0..kinds).collect();
        let worth: Vec<f64> = order.iter().map(|&features| self.worth(features)).collect();
        order.sort_by(|&a, &b| worth[b].total_cmp(&worth[a]).then(a.cmp(&b)));
        order.truncate(KINDS_LEFT.max(kinds / 4));
        self.scores.iter_mut().for_each(BTreeMap::clear);
        Ok(Some(order))
    }

    /// The sum over the heads of the best score with these features.
    fn worth(&self, features: usize) -> f64 {
        let of_head = |scores: &BTreeMap<Candidate, Vec<f64>>| {
            let own = scores.iter().filter(|(candidate, _)| candidate.features == features);
            own.map(|(_, scores)| mean(scores)).fold(0.0, f64::max)
        };
        self.scores.iter().map(of_head).sum()
    }

    /// All classifiers on the kinds of features that are left, on ever more folds; `None` if the time is over.
    fn look_at_all(&mut self, kinds: Vec<usize>) -> Result<Option<Vec<usize>>> {
        let members: Vec<usize> = (0..self.tuner.space.members.len()).collect();
        let mut left: Vec<Candidate> = Vec::new();
        for &features in &kinds {
            let own = members.iter().filter(|&&member| self.differs(features, member));
            left.extend(own.map(|&member| Candidate { features, member }));
        }
        for fold in 0..self.tuner.folds {
            self.progress.stage("trying classifiers", kinds.len() as u64);
            for &features in &kinds {
                let own = left.iter().filter(|c| c.features == features).map(|c| c.member);
                let own: Vec<usize> = own.collect();
                if self.over() {
                    return Ok(None);
                }
                self.judge(features, &own, fold, usize::MAX)?;
                self.progress.advance(1);
            }
            if let Some(&most) = LEFT.get(fold as usize) {
                left = self.best(most);
            }
        }
        let mut kinds: Vec<usize> = left.iter().map(|candidate| candidate.features).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds.sort_by(|&a, &b| self.worth(b).total_cmp(&self.worth(a)));
        Ok(Some(kinds))
    }

    /// Whether a member is another one than that which sees all features.
    fn differs(&self, features: usize, member: usize) -> bool {
        let options = &self.tuner.space.features[features];
        let both = options.word_ngrams.is_some() && options.char_ngrams.is_some();
        both || self.members[member].part == Part::All
    }

    /// The `most` best candidates of each head, all heads together.
    fn best(&self, most: usize) -> Vec<Candidate> {
        let mut best: Vec<Candidate> =
            self.scores.iter().flat_map(|scores| ranked(scores).into_iter().take(most)).collect();
        best.sort_unstable();
        best.dedup();
        best
    }

    /// Judges members on one fold for every head, learning from at most `most` documents.
    fn judge(&mut self, features: usize, members: &[usize], fold: u32, most: usize) -> Result<()> {
        for head in 0..self.corpus.heads.len() {
            let (outside, inside) = self.folds[head].of(fold);
            let (outside, inside) = (spread(outside, most), spread(inside, most / 4));
            let unknown: Vec<usize> = members
                .iter()
                .copied()
                .filter(|&member| !self.recall(head, Candidate { features, member }, fold, outside.len()))
                .collect();
            if !unknown.is_empty() {
                self.try_members(head, features, &unknown, fold, &outside, &inside)?;
            }
        }
        Ok(())
    }

    fn trial(&self, head: usize, candidate: Candidate, fold: u32, documents: usize) -> Trial {
        Trial {
            head: self.corpus.heads[head].name.clone(),
            features: self.tuner.space.features[candidate.features].clone(),
            member: self.members[candidate.member].clone(),
            fold,
            documents,
            score: None,
            seconds: 0.0,
        }
    }

    /// Takes a score from the log; false if it is not there.
    fn recall(&mut self, head: usize, candidate: Candidate, fold: u32, documents: usize) -> bool {
        let known = self.log.score(&self.trial(head, candidate, fold, documents));
        if let Some(score) = known {
            self.trials += 1;
            self.keep(head, candidate, score);
        }
        known.is_some()
    }

    fn keep(&mut self, head: usize, candidate: Candidate, score: Option<f64>) {
        if let Some(score) = score {
            self.scores[head].entry(candidate).or_default().push(score);
        }
    }

    fn try_members(
        &mut self,
        head: usize,
        features: usize,
        members: &[usize],
        fold: u32,
        outside: &[usize],
        inside: &[usize],
    ) -> Result<()> {
        let options = &self.tuner.space.features[features];
        let of_head = &self.corpus.heads[head];
        let apart = held::Apart::new(options, self.corpus, outside, inside)?;
        let fits = self.tuner.memory.is_none_or(|most| apart.bytes(of_head.labels.len()) <= most);
        let truth = of_head.targets.select(inside);
        let mut before = None;
        for &member in members {
            let (candidate, begun) = (Candidate { features, member }, Instant::now());
            let mut trial = self.trial(head, candidate, fold, outside.len());
            if fits {
                let said = apart.decide(&self.members[member], self.corpus, of_head, &mut before)?;
                trial.score = Some(self.tuner.metric.judge(&of_head.labels, &truth, &said)?);
            }
            trial.seconds = begun.elapsed().as_secs_f64();
            self.log.note(&trial)?;
            self.trials += 1;
            self.keep(head, candidate, trial.score);
            if self.over() {
                break;
            }
        }
        Ok(())
    }

    /// Judges a stack of the best of each kind on the best features, those with characters if there are any.
    fn try_stacks(&mut self, kinds: &[usize]) -> Result<()> {
        let with_characters = |features: &usize| self.tuner.space.features[*features].char_ngrams.is_some();
        let Some(&features) = kinds.iter().find(|f| with_characters(f)).or(kinds.first()) else {
            return Ok(());
        };
        self.progress.stage("stacking", self.corpus.heads.len() as u64);
        for head in 0..self.corpus.heads.len() {
            let stack = Stack {
                folds: self.tuner.folds,
                seed: self.tuner.seed,
                ..Stack::new(self.best_of_kinds(head, features))
            };
            let member = self.members.len();
            self.members.push(Classifier::from(stack).into());
            self.judge_stack(head, Candidate { features, member })?;
            self.progress.advance(1);
        }
        Ok(())
    }

    /// For each kind of classifier and part of the features the one of the best score.
    fn best_of_kinds(&self, head: usize, features: usize) -> Vec<Member> {
        let mut best: Vec<(String, f64, usize)> = Vec::new();
        for (candidate, scores) in self.scores[head].iter().filter(|(c, _)| c.features == features) {
            let (kind, score) = (kind(&self.members[candidate.member]), mean(scores));
            match best.iter_mut().find(|(other, _, _)| *other == kind) {
                Some(known) if known.1 < score => (known.1, known.2) = (score, candidate.member),
                Some(_) => {}
                None => best.push((kind, score, candidate.member)),
            }
        }
        best.into_iter().map(|(_, _, member)| self.members[member].clone()).collect()
    }

    fn judge_stack(&mut self, head: usize, candidate: Candidate) -> Result<()> {
        let Classifier::Stack(stack) = self.members[candidate.member].classifier.clone() else {
            return Ok(());
        };
        let folds = self.tuner.folds;
        let known = |search: &mut Self, fold| {
            let documents = search.folds[head].of(fold).0.len();
            search.recall(head, candidate, fold, documents)
        };
        if (0..folds).all(|fold| known(self, fold)) {
            return Ok(());
        }
        self.scores[head].remove(&candidate);
        let (of_head, begun) = (&self.corpus.heads[head], Instant::now());
        let options = &self.tuner.space.features[candidate.features];
        let cut = self.folds[head].clone();
        let said = held::stacked(options, self.corpus, of_head, &stack, cut, self.progress)?;
        let labels = of_head.labels.len();
        for fold in 0..folds {
            let (outside, inside) = self.folds[head].of(fold);
            let own: Vec<f64> =
                inside.iter().flat_map(|&row| &said[row * labels..(row + 1) * labels]).copied().collect();
            let score = self.tuner.metric.judge(&of_head.labels, &of_head.targets.select(&inside), &own)?;
            let mut trial = self.trial(head, candidate, fold, outside.len());
            (trial.score, trial.seconds) = (Some(score), begun.elapsed().as_secs_f64() / f64::from(folds));
            self.log.note(&trial)?;
            self.trials += 1;
            self.keep(head, candidate, trial.score);
        }
        Ok(())
    }

    /// The features whose best classifiers are best in sum, among those judged on most folds.
    fn choose(&self, cut_short: bool) -> Result<Tuned> {
        let none = || {
            Error::data("the search ended before its first trial").help("give it more time, or more memory")
        };
        let most = self.scores.iter().flat_map(BTreeMap::values).map(Vec::len).max().ok_or_else(none)?;
        let complete = |scores: &BTreeMap<Candidate, Vec<f64>>, features: usize| {
            let own = scores.iter().filter(|(c, s)| c.features == features && s.len() == most);
            let own: BTreeMap<Candidate, Vec<f64>> = own.map(|(c, s)| (*c, s.clone())).collect();
            ranked(&own).first().map(|&best| (best, own[&best].clone()))
        };
        let of_features = |features: usize| -> Option<Vec<(Candidate, Vec<f64>)>> {
            self.scores.iter().map(|scores| complete(scores, features)).collect()
        };
        let all = (0..self.tuner.space.features.len()).filter_map(of_features);
        let sum = |best: &[(Candidate, Vec<f64>)]| best.iter().map(|(_, scores)| mean(scores)).sum::<f64>();
        let best = all.reduce(|best, next| if sum(&next) > sum(&best) { next } else { best });
        Ok(self.tuned(best.ok_or_else(none)?, cut_short))
    }

    fn tuned(&self, best: Vec<(Candidate, Vec<f64>)>, cut_short: bool) -> Tuned {
        let features = best[0].0.features;
        let mut trainer = Trainer {
            features: self.tuner.space.features[features].clone(),
            folds: self.tuner.folds,
            seed: self.tuner.seed,
            ..Trainer::default()
        };
        let mut chosen = Vec::new();
        for (head, (candidate, scores)) in self.corpus.heads.iter().zip(best) {
            let member = self.members[candidate.member].clone();
            trainer.classifiers.insert(head.name.clone(), alone(member.clone(), self.tuner));
            chosen.push(Chosen { head: head.name.clone(), member, scores });
        }
        Tuned { trainer, chosen, trials: self.trials, cut_short }
    }
}

/// A classifier that sees what the member sees: a stack of one where that is not all.
fn alone(member: Member, tuner: &Tuner) -> Classifier {
    match member.part {
        Part::All => member.classifier,
        _ => Stack { folds: tuner.folds, seed: tuner.seed, ..Stack::new(vec![member]) }.into(),
    }
}

/// Members of one kind differ in numbers alone.
fn kind(member: &Member) -> String {
    let shown = member.classifier.to_string();
    let words = shown.split(' ').filter(|word| !word.contains('='));
    format!("{:?} {}", member.part, words.collect::<String>())
}

/// At most `most` of the rows, evenly spread.
fn spread(rows: Vec<usize>, most: usize) -> Vec<usize> {
    let step = rows.len().div_ceil(most.max(1)).max(1);
    rows.into_iter().step_by(step).collect()
}

fn mean(scores: &[f64]) -> f64 {
    scores.iter().sum::<f64>() / scores.len().max(1) as f64
}

/// Candidates judged on most folds first, and among them the best; equal ones in their order.
fn ranked(scores: &BTreeMap<Candidate, Vec<f64>>) -> Vec<Candidate> {
    let mut order: Vec<(&Candidate, &Vec<f64>)> = scores.iter().collect();
    order.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then(mean(b.1).total_cmp(&mean(a.1))).then(a.0.cmp(b.0)));
    order.into_iter().map(|(candidate, _)| *candidate).collect()
}
