//! Cross-validation: predictions of a training procedure for unseen documents, and its resource
//! use.

use crate::corpus::{Corpus, Head};
use crate::evaluate::ResourceUse;
use crate::model::{HeadPredictions, Model};
use crate::{Error, Result};
use std::time::{Duration, Instant};

/// Articles that are scored one by one to see how long one takes.
const TIMED: usize = 1000;

/// Collects the answers of models that were trained in the same way on different documents.
///
/// Whatever `train` does, be it the choice of thresholds or a whole search for options, it sees the
/// documents to learn from and no others; so what is selected inside never depends on the documents
/// that it is evaluated on (nested cross-validation).
///
/// ```
/// use standpoint::corpus::{Corpus, HeadKind};
/// use standpoint::{Trainer, train::CrossValidation};
/// # let mut corpus = Corpus::builder();
/// # corpus.head("topic", HeadKind::Exclusive);
/// # for at in 0..8 {
/// #     let text = ["a late goal in the cup match", "troops shelled the town"][at % 2];
/// #     corpus.document(&at.to_string(), text, &[&[["sport", "conflict"][at % 2]]]);
/// # }
/// # let corpus = corpus.finish()?;
/// let mut rounds = CrossValidation::default();
/// for (learn, judge) in [([0, 1, 2, 3], [4, 5, 6, 7]), ([4, 5, 6, 7], [0, 1, 2, 3])] {
///     let mut train = |corpus: &Corpus| Trainer::default().train(corpus);
///     rounds.add(&corpus.select(&learn), &corpus.select(&judge), &judge, &mut train)?;
/// }
/// let (heads, costs) = rounds.finish()?;
/// assert_eq!((heads[0].documents.len(), costs.trainings), (8, 2));
/// # Ok::<(), standpoint::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct CrossValidation {
    heads: Vec<HeadPredictions>,
    /// Documents and their weights, for which each label of each head holds and does not hold.
    support: Vec<Vec<[f64; 2]>>,
    trainings: usize,
    training: Duration,
    scoring: Duration,
    documents: usize,
    bytes: usize,
    articles: Vec<f64>,
    model_bytes: usize,
}

impl CrossValidation {
    /// Trains on `learn` and notes the answers to `judge`, whose documents have these `numbers`.
    /// Labels must have the same numbers in both and in every round, those that are not learnt
    /// coming last.
    ///
    /// # Errors
    /// Those of `train`; a data error where labels do not fit.
    pub fn add(
        &mut self,
        learn: &Corpus,
        judge: &Corpus,
        numbers: &[usize],
        train: &mut dyn FnMut(&Corpus) -> Result<Model>,
    ) -> Result<()> {
        let begun = Instant::now();
        let model = train(learn)?;
        self.training += begun.elapsed();
        self.trainings += 1;
        self.model_bytes += model.to_bytes().len();
        let begun = Instant::now();
        let mut heads = model.predictions(judge)?;
        self.scoring += begun.elapsed();
        self.time_articles(&model, judge);
        self.documents += judge.len();
        self.bytes += judge.texts.bytes();
        for head in &mut heads {
            head.documents
                .iter_mut()
                .for_each(|document| *document = numbers[*document]);
        }
        self.note_support(&learn.heads);
        match self.heads.is_empty() {
            true => self.heads = heads,
            false => self
                .heads
                .iter_mut()
                .zip(heads)
                .try_for_each(|(all, more)| all.append(more))?,
        }
        Ok(())
    }

    fn time_articles(&mut self, model: &Model, judge: &Corpus) {
        let mut scorer = model.scorer();
        for text in judge
            .texts
            .iter()
            .take(TIMED.saturating_sub(self.articles.len()))
        {
            let begun = Instant::now();
            std::hint::black_box(scorer.score(text));
            self.articles.push(begun.elapsed().as_secs_f64() * 1e3);
        }
    }

    fn note_support(&mut self, heads: &[Head]) {
        self.support.resize(heads.len(), Vec::new());
        for (sum, head) in self.support.iter_mut().zip(heads) {
            let support = head.targets.support(None);
            sum.resize(sum.len().max(support.len()), [0.0; 2]);
            sum.iter_mut()
                .zip(support)
                .for_each(|(sum, more)| *sum = [sum[0] + more[0], sum[1] + more[1]]);
        }
    }

    /// Returns the share of each label of each head in the training documents.
    pub fn shares(&self) -> Vec<Vec<f64>> {
        let share = |[yes, no]: &[f64; 2]| {
            if yes + no > 0.0 {
                yes / (yes + no)
            } else {
                0.0
            }
        };
        let of_head = |(at, head): (usize, &HeadPredictions)| {
            let known = self.support[at].iter().map(share);
            known
                .chain(std::iter::repeat(0.0))
                .take(head.predictions.labels.len())
                .collect()
        };
        self.heads.iter().enumerate().map(of_head).collect()
    }

    /// The answers of all rounds by document, and what they took.
    ///
    /// # Errors
    /// A data error if there was no round, or a document was judged twice.
    pub fn finish(mut self) -> Result<(Vec<HeadPredictions>, ResourceUse)> {
        if self.trainings == 0 {
            return Err(Error::data("there is nothing to learn from"));
        }
        for head in &mut self.heads {
            head.sort()?;
        }
        let rounds = self.trainings as f64;
        let seconds = self.scoring.as_secs_f64().max(1e-9);
        self.articles.sort_by(f64::total_cmp);
        let quantile = |share: f64| {
            let at = (share * self.articles.len() as f64).ceil() as usize;
            self.articles
                .get(at.saturating_sub(1))
                .copied()
                .unwrap_or(0.0)
        };
        let costs = ResourceUse {
            trainings: self.trainings,
            training_seconds: self.training.as_secs_f64() / rounds,
            documents_per_second: self.documents as f64 / seconds,
            megabytes_per_second: self.bytes as f64 / 1e6 / seconds,
            p50_milliseconds: quantile(0.5),
            p99_milliseconds: quantile(0.99),
            model_bytes: self.model_bytes as f64 / rounds,
            peak_bytes: None,
        };
        Ok((self.heads, costs))
    }
}
