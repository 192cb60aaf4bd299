//! The honest estimate: a model on answers to articles drawn at random, which none learnt from.

use super::answers::AnnotatedArticle;
use super::learner::Learner;
use super::store::CorrectionStore;
use crate::corpus::{Corpus, HeadKind};
use crate::evaluate::{
    self, Annotation, Bootstrap, Comparison, Estimate, EvaluateError, LabelReport, McNemar, Metric,
};
use crate::model::{Evaluated, HeadPredictions, Metrics, Model};
use crate::{Error, Result};
use indexmap::IndexSet;
use serde::Serialize;

/// Metrics of a head on the test set.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct HeadTest {
    /// Name of the head.
    pub name: String,
    /// Kind of the head.
    pub kind: HeadKind,
    /// Number of articles with an answer.
    pub articles: usize,
    /// Metrics of the head with their intervals.
    pub metrics: Vec<NamedMetric>,
    /// Metrics of each label.
    pub labels: Vec<LabelReport>,
    /// Confusion matrix of an exclusive head.
    pub confusion: Option<ConfusionMatrix>,
    /// Difference to the first model in the deciding metric; `None` for the first model itself.
    pub against_first: Option<PairedGap>,
    /// Difference that the last hundred corrections made.
    pub last_hundred: Option<RecentGap>,
    /// Number of further articles with which a true difference of two points to the first model
    /// would be found ([`McNemar::documents_for`]); `None` where the models hardly differ.
    pub rows_for_two_points: Option<u64>,
}

/// A metric with its interval.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct NamedMetric {
    /// Name.
    pub metric: &'static str,
    /// Value and interval of 95 %.
    #[serde(flatten)]
    pub estimate: Estimate,
}

/// Articles by true and by predicted label.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ConfusionMatrix {
    /// Names of the labels.
    pub labels: Vec<String>,
    /// Numbers of articles, true labels by predicted labels.
    pub counts: Vec<Vec<u64>>,
}

/// Difference of a newer model less an older one on the same articles.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PairedGap {
    /// Name of the head.
    pub name: String,
    /// Name of the deciding metric: accuracy in an exclusive head, micro-F1 in an independent one.
    pub metric: &'static str,
    /// Number of articles.
    pub articles: usize,
    /// Newer less older; `None` where the metric is not defined for both.
    pub difference: Option<f64>,
    /// Interval of 95 % by the paired bootstrap; `None` where too few articles tell of it.
    pub interval: Option<[f64; 2]>,
}

/// Difference that the last corrections made.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RecentGap {
    /// Number of corrections.
    pub corrections: i64,
    /// Difference.
    #[serde(flatten)]
    pub gap: PairedGap,
}

impl PairedGap {
    /// Tells if the newer model is worse beyond the interval.
    pub fn is_worse(&self) -> bool {
        self.interval.is_some_and(|[_, high]| high < 0.0)
    }
}

/// Agreement of annotators on a head.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct HeadAgreement {
    /// Name of the head.
    pub name: String,
    /// Number of articles with two answers or more.
    pub articles: usize,
    /// Names of the annotators.
    pub annotators: Vec<String>,
    /// Krippendorff's alpha; `None` without two answers to one article, and where all are the same.
    pub alpha: Option<f64>,
    /// Interval of 95 %.
    pub interval: Option<[f64; 2]>,
}

/// Models between which the test set tells.
#[derive(Debug, Clone, Copy)]
pub struct ModelsToTest<'a> {
    /// Model to be judged.
    pub model: &'a Model,
    /// Model from which all others were made; `None` if it is the one to be judged.
    pub first: Option<&'a Model>,
    /// Number of the last corrections, and the model made without them.
    pub before: Option<(i64, &'a Model)>,
}

/// Difference by which a model would be worth two points more.
const TWO_POINTS: f64 = 0.02;

/// Measures a model on the test set, for each head that has answers.
///
/// # Errors
/// As [`Model::evaluate`].
pub fn test(models: &ModelsToTest<'_>, test: &Corpus) -> Result<Vec<HeadTest>> {
    let predictions = models.model.predictions(test)?;
    let of = |model: Option<&Model>| model.map(|model| model.predictions(test)).transpose();
    let first = of(models.first)?;
    let before = of(models.before.map(|(_, model)| model))?;
    let corrections = models.before.map_or(0, |(corrections, _)| corrections);
    let heads = predictions.iter().enumerate().map(|(at, head)| {
        let compared = first.as_ref().map(|first| compared(head, &first[at]));
        let compared = compared.transpose()?;
        let recent = before.as_ref().map(|before| gap(head, &before[at]));
        let mcnemar = compared.as_ref().and_then(|both| both.mcnemar.first());
        let mut measured = measured(head)?;
        measured.rows_for_two_points = mcnemar.and_then(more_rows);
        measured.against_first = compared.map(|both| paired(head, &both));
        measured.last_hundred = recent
            .transpose()?
            .map(|gap| RecentGap { corrections, gap });
        Ok(measured)
    });
    heads.collect()
}

/// Compares a newer model with an older one on the test set, head by head.
///
/// # Errors
/// As [`Model::evaluate`].
pub fn gaps(newer: &Model, older: &Model, test: &Corpus) -> Result<Vec<PairedGap>> {
    let (newer, older) = (newer.predictions(test)?, older.predictions(test)?);
    let both = newer.iter().zip(&older);
    both.map(|(newer, older)| gap(newer, older)).collect()
}

fn measured(head: &HeadPredictions) -> Result<HeadTest> {
    let Evaluated {
        head: evaluated,
        measured,
        ..
    } = Evaluated::new(head, &Bootstrap::default())?;
    let metrics = measured.of(None).filter_map(|found| {
        let metric = found.metric.name();
        found
            .estimate
            .map(|estimate| NamedMetric { metric, estimate })
    });
    let (kind, labels, confusion) = match &evaluated.metrics {
        Metrics::Exclusive(report) => {
            let names = &head.predictions.labels;
            let mut counts = vec![vec![0; names.len()]; names.len()];
            for cell in &report.confusion {
                counts[cell.truth][cell.predicted] = cell.weight as u64;
            }
            let labels = names.clone();
            let matrix = ConfusionMatrix { labels, counts };
            (HeadKind::Exclusive, &report.labels, Some(matrix))
        }
        Metrics::Independent(report) => (HeadKind::Independent, &report.labels, None),
    };
    Ok(HeadTest {
        name: head.name.clone(),
        kind,
        articles: measured.documents,
        metrics: metrics.collect(),
        labels: labels.clone(),
        confusion,
        against_first: None,
        last_hundred: None,
        rows_for_two_points: None,
    })
}

fn more_rows(test: &McNemar) -> Option<u64> {
    let all = test.documents_for(TWO_POINTS)?;
    Some(all.saturating_sub(test.documents as u64))
}

fn compared(newer: &HeadPredictions, older: &HeadPredictions) -> Result<Comparison> {
    let both = [&newer.predictions, &older.predictions];
    let compared = evaluate::compare(both[0], both[1], &Bootstrap::default());
    compared.map_err(|e| Error::from(e).at(format_args!("head `{}`", newer.name)))
}

fn gap(newer: &HeadPredictions, older: &HeadPredictions) -> Result<PairedGap> {
    Ok(paired(newer, &compared(newer, older)?))
}

fn paired(newer: &HeadPredictions, both: &Comparison) -> PairedGap {
    let metric = match newer.predictions.outcomes {
        evaluate::Outcomes::Exclusive { .. } => Metric::Accuracy,
        evaluate::Outcomes::Independent { .. } => Metric::MicroF1,
    };
    let found = both.get(metric, None).map(|found| found.difference);
    PairedGap {
        name: newer.name.clone(),
        metric: metric.name(),
        articles: both.documents,
        difference: found.map(|found| found.value),
        interval: found.and_then(|found| found.interval),
    }
}

/// Measures how far annotators agree, for each head of a learner's model.
///
/// # Errors
/// An I/O error where the store cannot be read, a data error where it is damaged.
pub fn agreement(learner: &Learner, store: &CorrectionStore) -> Result<Vec<HeadAgreement>> {
    let mut articles = Vec::new();
    store.articles(|article| {
        let several = article.heads.values().any(|head| head.answers.len() > 1);
        if several {
            articles.push(AnnotatedArticle {
                article: super::Article::default(),
                ..article
            });
        }
        Ok(())
    })?;
    let heads = learner.first().heads().iter();
    let head = |head: &crate::model::ModelHead| head_agreement(&head.metadata().name, &articles);
    heads.map(head).collect()
}

fn head_agreement(name: &str, articles: &[AnnotatedArticle]) -> Result<HeadAgreement> {
    let answered = || {
        articles
            .iter()
            .filter_map(|article| article.heads.get(name))
    };
    let annotators: IndexSet<&String> = answered().flat_map(|head| head.answers.keys()).collect();
    let given = || answered().flat_map(|head| head.answers.values());
    let mut labels: Vec<String> = given().flat_map(|a| a.labels.iter().cloned()).collect();
    labels.sort_unstable();
    labels.dedup();
    let annotation = |answer: &super::Answer| {
        let number = |label| labels.binary_search(label).unwrap_or_default() as u32;
        Annotation {
            holds: answer.labels.iter().map(number).collect(),
            unknown: Vec::new(),
        }
    };
    let documents: Vec<Vec<Option<Annotation>>> = answered()
        .map(|head| {
            let answers = annotators.iter().map(|name| head.answers.get(*name));
            answers.map(|answer| answer.map(annotation)).collect()
        })
        .collect();
    let found = evaluate::agreement(&labels, &documents, None, &Bootstrap::default());
    let (articles, alpha) = match found {
        Ok(found) => (found.documents, found.alpha),
        Err(EvaluateError::NoDocuments) => (0, None),
        // Only empty answers have no label.
        Err(_) if labels.is_empty() => (documents.len(), None),
        Err(error) => return Err(Error::from(error)),
    };
    Ok(HeadAgreement {
        name: name.to_string(),
        articles,
        annotators: annotators.into_iter().cloned().collect(),
        alpha: alpha.map(|alpha| alpha.value),
        interval: alpha.and_then(|alpha| alpha.interval),
    })
}
