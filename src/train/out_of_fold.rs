//! Out of fold: what classifiers say of documents when features and weights were fitted without them.

use super::{Trainer, decision_rule};
use crate::background::{Blend, BlendedFeatures};
use crate::corpus::{Corpus, Folds, Head};
use crate::features::{SparseRows, TfIdfOptions};
use crate::linear::{BaseEstimator, Classifier, LinearModel, OutOfFoldScores, Problem, Stack};
use crate::progress::{Progress, Silent};
use crate::text::Texts;
use crate::{Error, Result};

impl Trainer {
    /// What `classifier`, or every member of a stack, says of the documents out of fold, if it is a stack or `wanted`; the
    /// features are fitted without the fold too.
    pub(super) fn held(
        &self,
        corpus: &Corpus,
        head: &Head,
        classifier: &Classifier,
        wanted: bool,
        progress: &dyn Progress,
    ) -> Result<Option<OutOfFoldScores>> {
        let Some(Asked { members, folds }) = self.asked(head, classifier, wanted)? else {
            return Ok(None);
        };
        let (features, background) = (&self.features, self.background.as_ref());
        let found = OutOfFold {
            features,
            background,
            corpus,
            head,
            memory: self.memory(),
        };
        found.of(&members, folds, progress).map(Some)
    }

    /// As [`held`](Self::held), with the features that the rows of `problem` have.
    pub(super) fn held_of_rows(
        &self,
        head: &Head,
        classifier: &Classifier,
        problem: &Problem<'_>,
    ) -> Result<Option<OutOfFoldScores>> {
        let wanted = self.wants_held(head)?;
        let Some(Asked { members, folds }) = self.asked(head, classifier, wanted)? else {
            return Ok(None);
        };
        OutOfFoldScores::of_rows(&members, problem, folds).map(Some)
    }

    /// Checks that there are documents for all folds, before the work begins.
    pub(super) fn verify_folds(&self, head: &Head, apart: bool) -> Result<()> {
        if !apart {
            self.wants_held(head)?;
        }
        match self.of_head(&head.name) {
            Classifier::Stack(stack) => verify_number(head, stack.folds),
            _ => Ok(()),
        }
    }

    fn asked(&self, head: &Head, classifier: &Classifier, wanted: bool) -> Result<Option<Asked>> {
        let (members, folds, seed) = match classifier {
            Classifier::Stack(stack) => (stack.members.clone(), stack.folds, stack.seed),
            _ if wanted => (vec![classifier.clone().into()], self.folds, self.seed),
            _ => return Ok(None),
        };
        verify_number(head, folds)?;
        Ok(Some(Asked {
            members,
            folds: Folds::stratified(&head.targets, folds, seed),
        }))
    }
}

fn verify_number(head: &Head, folds: u32) -> Result<()> {
    let documents = head.targets.documents();
    if documents < folds as usize {
        return Err(Error::data(format!(
            "{documents} documents are too few for {folds} folds"
        ))
        .help("train a single classifier, or give more documents"));
    }
    Ok(())
}

/// Of which classifiers to know what they say out of which folds.
struct Asked {
    members: Vec<BaseEstimator>,
    folds: Folds,
}

/// Features fitted on some documents, and the rows of these and of others.
pub(crate) struct FoldFeatures<'a> {
    learnt: BlendedFeatures,
    held: SparseRows,
    outside: &'a [usize],
    inside: &'a [usize],
}

impl<'a> FoldFeatures<'a> {
    /// Fits features on the documents `outside` and transforms those `inside`.
    pub(crate) fn new(
        features: &TfIdfOptions,
        background: Option<&Blend>,
        corpus: &Corpus,
        outside: &'a [usize],
        inside: &'a [usize],
    ) -> Result<Self> {
        let texts =
            |rows: &[usize]| -> Texts { rows.iter().map(|&row| corpus.texts.get(row)).collect() };
        let learnt = BlendedFeatures::fit(features, background, &texts(outside), &Silent)?;
        let held = learnt.transform(&texts(inside));
        Ok(FoldFeatures {
            learnt,
            held,
            outside,
            inside,
        })
    }

    /// About how much memory features and weights for `labels` take, in bytes.
    pub(crate) fn bytes(&self, labels: usize) -> u64 {
        let learnt = &self.learnt.rows;
        let values = (learnt.nnz() + self.held.nnz()) * 8;
        (values + learnt.columns() * (64 + 20 * labels)) as u64
    }

    fn problem<'p>(&'p self, corpus: &'p Corpus, head: &'p Head) -> Problem<'p> {
        Problem {
            words: self.learnt.tfidf.vocabulary().words(),
            weights: corpus.weights.as_deref(),
            ..Problem::new(&self.learnt.rows, &head.targets, &Silent)
        }
    }

    /// Fits `member` on the documents outside; what it says of those inside, documents by labels. It begins with
    /// the model `before`, of the member before, where that helps, and leaves its own there.
    pub(crate) fn decide(
        &self,
        member: &BaseEstimator,
        corpus: &Corpus,
        head: &Head,
        before: &mut Option<(BaseEstimator, LinearModel)>,
    ) -> Result<Vec<f64>> {
        let start = before
            .take()
            .filter(|(other, _)| member.goes_on_from(other))
            .map(|(_, model)| model);
        let problem = Problem {
            start: start.as_ref(),
            ..self.problem(corpus, head)
        };
        let model = OutOfFoldScores::learn(member, &problem, self.outside)?;
        let (mut said, mut decided) = (Vec::new(), Vec::new());
        for row in member.rows(&self.held, problem.words).iter() {
            model.decide(row, &mut decided);
            said.extend_from_slice(&decided);
        }
        *before = Some((member.clone(), model));
        Ok(said)
    }
}

/// Fits features and members without each fold in turn, and notes what they say of it.
struct OutOfFold<'a> {
    features: &'a TfIdfOptions,
    background: Option<&'a Blend>,
    corpus: &'a Corpus,
    head: &'a Head,
    /// How many bytes solvers and scores may take.
    memory: u64,
}

impl OutOfFold<'_> {
    fn of(
        &self,
        members: &[BaseEstimator],
        folds: Folds,
        progress: &dyn Progress,
    ) -> Result<OutOfFoldScores> {
        let OutOfFold {
            features,
            background,
            corpus,
            head,
            memory,
        } = *self;
        members
            .iter()
            .try_for_each(|member| member.classifier.verify())?;
        progress.stage("scoring out of fold", u64::from(folds.count()));
        let mut held = OutOfFoldScores::empty(
            members.len(),
            corpus.len(),
            head.labels.len(),
            folds.clone(),
            memory,
        )?;
        for fold in 0..folds.count() {
            let (outside, inside) = folds.of(fold);
            let apart = FoldFeatures::new(features, background, corpus, &outside, &inside)?;
            let problem = Problem {
                memory,
                ..apart.problem(corpus, head)
            };
            held.fold(fold, members, &problem, &outside, &apart.held, apart.inside)?;
            progress.advance(1);
        }
        Ok(held)
    }
}

/// What a stack says of every document, documents by labels, where neither its members nor their
/// weights know the document's fold.
pub(crate) fn stacked(
    features: &TfIdfOptions,
    background: Option<&Blend>,
    corpus: &Corpus,
    head: &Head,
    stack: &Stack,
    folds: Folds,
    progress: &dyn Progress,
) -> Result<Vec<f64>> {
    let memory = crate::memory::free();
    let found = OutOfFold {
        features,
        background,
        corpus,
        head,
        memory,
    };
    let held = found.of(&stack.members, folds, progress)?;
    let weights = corpus.weights.as_deref();
    Ok(decision_rule::mixed(
        &held,
        stack.c,
        &held.answers(&head.targets),
        weights,
    ))
}
