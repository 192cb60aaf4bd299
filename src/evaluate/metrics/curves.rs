//! Curves and histograms of scores: the data of plots.

use super::scored::{bin_of, score};
use crate::evaluate::{EvaluateError, Outcomes, Predictions};
use serde::{Deserialize, Serialize};

/// Binning of probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Binning {
    /// Bins of equal width (Guo et al. 2017).
    EqualWidth(usize),
    /// Bins with equally many documents, as nearly as ties allow (Nixon et al. 2019).
    EqualMass(usize),
}

/// Documents whose probabilities are about the same.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReliabilityBin {
    /// The least probability of the bin.
    pub low: f64,
    /// The greatest one.
    pub high: f64,
    /// The weight of its documents.
    #[serde(serialize_with = "crate::evaluate::numbers::serialize_count")]
    pub weight: f64,
    /// Their mean probability.
    pub confidence: f64,
    /// The share of them where it came true.
    pub share: f64,
}

/// A point of the precision-recall curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CurvePoint {
    /// The label is said to hold from this score on.
    pub threshold: f64,
    /// Precision there.
    pub precision: f64,
    /// Recall there.
    pub recall: f64,
}

/// Histograms of the scores of a label: of documents that have it, and of those that do not.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ScoreHistogram {
    /// The ends of the bins, one more than there are bins.
    pub edges: Vec<f64>,
    /// The weight of the documents of each bin of which the label is true.
    pub positive: Vec<f64>,
    /// The weight of those of which it is not.
    pub negative: Vec<f64>,
}

/// The curves of one label.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LabelCurves {
    /// The precision-recall curve; see [`precision_recall_curve`].
    pub precision_recall: Vec<CurvePoint>,
    /// The histogram of scores; see [`score_histogram`].
    pub histogram: Option<ScoreHistogram>,
}

impl LabelCurves {
    /// Both curves of a label, in so many points and bins.
    ///
    /// # Errors
    /// Those of [`Predictions::check`].
    pub fn new(
        predictions: &Predictions,
        label: usize,
        points: usize,
        bins: usize,
    ) -> Result<LabelCurves, EvaluateError> {
        Ok(LabelCurves {
            precision_recall: precision_recall_curve(predictions, label, points)?,
            histogram: score_histogram(predictions, label, bins)?,
        })
    }
}

/// A score, whether it came true, and the weight.
type Cell = (f64, bool, f64);

/// The bins of a reliability diagram, empty ones left out; nothing without probabilities.
///
/// Of a label, or of an exclusive head the predicted labels (`None`); of an independent head `None`
/// puts the cells of all labels together.
///
/// # Errors
/// Those of [`Predictions::check`].
pub fn reliability(
    predictions: &Predictions,
    label: Option<usize>,
    binning: Binning,
) -> Result<Vec<ReliabilityBin>, EvaluateError> {
    let rows = predictions.check()?;
    if !predictions
        .scores
        .as_ref()
        .is_some_and(|scores| scores.probabilities)
    {
        return Ok(vec![]);
    }
    let mut cells = match label {
        Some(label) => of_label(predictions, &rows, label),
        None => of_head(predictions, &rows),
    };
    cells.sort_by(|a, b| a.0.total_cmp(&b.0));
    let bins = match binning {
        Binning::EqualWidth(bins) => cells
            .chunk_by(|a, b| bin_of(a.0, bins) == bin_of(b.0, bins))
            .collect(),
        Binning::EqualMass(bins) => equal_mass(&cells, bins.max(1)),
    };
    Ok(bins.into_iter().map(ReliabilityBin::of).collect())
}

/// The expected calibration error of bins: the mean distance of probability and share, weighted by
/// the bins' documents (Guo et al. 2017, *On calibration of modern neural networks*, ICML); `None`
/// without bins.
pub fn calibration_error(bins: &[ReliabilityBin]) -> Option<f64> {
    let total: f64 = bins.iter().map(|bin| bin.weight).sum();
    let error: f64 = bins
        .iter()
        .map(|bin| bin.weight * (bin.share - bin.confidence).abs())
        .sum();
    (total > 0.0).then(|| error / total)
}

/// At most about `points` points of a label's precision-recall curve, from the greatest score down;
/// none where the label is never true or without scores. The first and the last are always there.
///
/// # Errors
/// Those of [`Predictions::check`].
pub fn precision_recall_curve(
    predictions: &Predictions,
    label: usize,
    points: usize,
) -> Result<Vec<CurvePoint>, EvaluateError> {
    let rows = predictions.check()?;
    if predictions.scores.is_none() {
        return Ok(vec![]);
    }
    let mut cells = of_label(predictions, &rows, label);
    cells.sort_by(|a, b| b.0.total_cmp(&a.0));
    let support: f64 = cells.iter().filter(|cell| cell.1).map(|cell| cell.2).sum();
    let (mut hits, mut seen) = (0.0, 0.0);
    let point = |tied: &[Cell]| {
        hits += tied
            .iter()
            .filter(|cell| cell.1)
            .map(|cell| cell.2)
            .sum::<f64>();
        seen += tied.iter().map(|cell| cell.2).sum::<f64>();
        CurvePoint {
            threshold: tied[0].0,
            precision: hits / seen,
            recall: hits / support,
        }
    };
    let all: Vec<CurvePoint> = if support > 0.0 {
        cells.chunk_by(|a, b| a.0 == b.0).map(point).collect()
    } else {
        vec![]
    };
    Ok(thinned(all, points.max(2)))
}

/// Scores of a label in `bins` bins of equal width: from 0 to 1 for probabilities, otherwise from
/// the least to the greatest score; nothing without scores.
///
/// # Errors
/// Those of [`Predictions::check`].
pub fn score_histogram(
    predictions: &Predictions,
    label: usize,
    bins: usize,
) -> Result<Option<ScoreHistogram>, EvaluateError> {
    let rows = predictions.check()?;
    let Some(scores) = &predictions.scores else {
        return Ok(None);
    };
    let cells = of_label(predictions, &rows, label);
    let bins = bins.max(1);
    let all = || cells.iter().map(|cell| cell.0);
    let (low, high) = match scores.probabilities {
        true => (0.0, 1.0),
        false => (
            all().fold(f64::INFINITY, f64::min),
            all().fold(f64::NEG_INFINITY, f64::max),
        ),
    };
    if cells.is_empty() {
        return Ok(None);
    }
    let width = if high > low {
        (high - low) / bins as f64
    } else {
        1.0
    };
    let edges = (0..=bins).map(|edge| low + edge as f64 * width).collect();
    let mut histogram = ScoreHistogram {
        edges,
        positive: vec![0.0; bins],
        negative: vec![0.0; bins],
    };
    for (score, holds, weight) in cells {
        let bin = (((score - low) / width) as usize).min(bins - 1);
        let side = if holds {
            &mut histogram.positive
        } else {
            &mut histogram.negative
        };
        side[bin] += weight;
    }
    Ok(Some(histogram))
}

fn of_label(predictions: &Predictions, rows: &[usize], label: usize) -> Vec<Cell> {
    let cell = |&row: &usize| {
        Some((
            score(predictions, row, label),
            predictions.truth(row, label)?,
            predictions.weight(row),
        ))
    };
    rows.iter().filter_map(cell).collect()
}

fn of_head(predictions: &Predictions, rows: &[usize]) -> Vec<Cell> {
    match &predictions.outcomes {
        Outcomes::Independent { .. } => (0..predictions.labels.len())
            .flat_map(|label| of_label(predictions, rows, label))
            .collect(),
        Outcomes::Exclusive { truth, predicted } => {
            let top = |&row: &usize| {
                let p = score(predictions, row, predicted[row] as usize);
                (p, truth[row] == predicted[row], predictions.weight(row))
            };
            rows.iter().map(top).collect()
        }
    }
}

/// Cuts sorted cells into bins of equal number; equal scores stay together.
fn equal_mass(cells: &[Cell], bins: usize) -> Vec<&[Cell]> {
    let mut out = Vec::new();
    let mut start = 0;
    for bin in 1..=bins {
        let mut end = (cells.len() * bin / bins).max(start);
        while end > start && end < cells.len() && cells[end].0 == cells[end - 1].0 {
            end += 1;
        }
        if end > start {
            out.push(&cells[start..end]);
        }
        start = end;
    }
    out
}

impl ReliabilityBin {
    fn of(cells: &[Cell]) -> ReliabilityBin {
        let sum = |of: fn(&Cell) -> f64| cells.iter().map(of).sum::<f64>();
        let weight = sum(|cell| cell.2);
        ReliabilityBin {
            low: cells.first().map_or(0.0, |cell| cell.0),
            high: cells.last().map_or(0.0, |cell| cell.0),
            weight,
            confidence: sum(|cell| cell.2 * cell.0) / weight,
            share: sum(|cell| if cell.1 { cell.2 } else { 0.0 }) / weight,
        }
    }
}

fn thinned(points: Vec<CurvePoint>, most: usize) -> Vec<CurvePoint> {
    if points.len() <= most {
        return points;
    }
    (0..most)
        .map(|at| points[at * (points.len() - 1) / (most - 1)])
        .collect()
}
