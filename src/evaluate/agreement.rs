//! How far annotators agree beyond chance.

use super::bootstrap::{Bootstrap, Figure, Units};
use super::{EvaluateError, check_labels, check_length};
use serde::Serialize;

/// How far annotators agree on a document's label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Agreement {
    /// Documents with at least two answers; others tell nothing.
    pub documents: usize,
    /// The answers to them.
    pub answers: usize,
    /// Krippendorff's alpha; `None` where less than two labels are used.
    pub alpha: Option<Figure>,
    /// Alpha of each label against all others, and how often it was given.
    pub labels: Vec<LabelAgreement>,
}

/// How far annotators agree on one label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelAgreement {
    /// The label's name.
    pub label: String,
    /// How often it was given to documents with at least two answers.
    pub answers: usize,
    /// Alpha of this label or another; `None` where it is given never or always.
    pub alpha: Option<Figure>,
}

/// Krippendorff's alpha for labels without order (nominal), any number of annotators and missing answers
/// (Krippendorff 2011, *Computing Krippendorff's alpha-reliability*; Hayes & Krippendorff 2007, *Answering the
/// call for a standard reliability measure for coding data*, Communication Methods and Measures 1(1)).
///
/// `documents` has a list for each document: the labels that annotators gave it, by number, `None`
/// where one gave none. α = 1 − D_o / D_e: with m_u labels in document u, n in all, n_uk in document u and n_k
/// in all of label k, D_o = Σ_u Σ_k n_uk (m_u − n_uk) / (m_u − 1) and D_e = Σ_k n_k (n − n_k) / (n − 1). A document
/// with fewer than two labels tells nothing. 1 is perfect, 0 is chance. `None` where less than two labels are
/// used: then nothing tells agreement from habit.
///
/// ```
/// use standpoint::evaluate::krippendorff_alpha;
/// let documents = [vec![Some(0), Some(0), None], vec![Some(1), Some(1), Some(1)], vec![Some(0), Some(1), None]];
/// let alpha = krippendorff_alpha(&documents).unwrap();
/// // D_o = 2 × 1 × 1 / 1 = 2, D_e = (3 × 4 + 4 × 3) / 6 = 4
/// assert!((alpha - 0.5).abs() < 1e-12);
/// ```
pub fn krippendorff_alpha(documents: &[Vec<Option<u32>>]) -> Option<f64> {
    let counted = counted(documents);
    defined(alpha(&counted, &vec![1.0; counted.len()]))
}

/// [`krippendorff_alpha`] over all labels and of each against the others, with bootstrap intervals over
/// documents, or over groups of them where each document has the number of one.
///
/// # Errors
/// Label names that are missing or repeated, a number without a label, groups that are not one a document, a
/// level that is not between 0 and 1, no document with two labels.
pub fn agreement(
    labels: &[String],
    documents: &[Vec<Option<u32>>],
    groups: Option<&[u32]>,
    bootstrap: &Bootstrap,
) -> Result<Agreement, EvaluateError> {
    check_labels(labels)?;
    bootstrap.check()?;
    for (row, answers) in documents.iter().enumerate() {
        let given: Vec<u32> = answers.iter().flatten().copied().collect();
        super::exclusive::check_indices("annotated", &given, labels.len()).map_err(|e| e.in_row(row))?;
    }
    if let Some(groups) = groups {
        check_length("group numbers", groups.len(), documents.len())?;
    }
    let counted = counted(documents);
    if counted.is_empty() {
        return Err(EvaluateError::NoDocuments);
    }
    let groups = groups.map(|groups| {
        let kept = documents.iter().zip(groups).filter(|(answers, _)| is_counted(answers));
        kept.map(|(_, group)| *group).collect()
    });
    let units = Units::new(vec![1.0; counted.len()], groups);
    let figure = |documents: &[Counted]| {
        let value = defined(alpha(documents, units.weights()))?;
        let draws = bootstrap.draw(&units, |weights| alpha(documents, weights));
        Some(bootstrap.figure(value, draws.into_iter()))
    };
    let of_label = |(at, label): (usize, &String)| LabelAgreement {
        label: label.clone(),
        answers: counted.iter().flatten().filter(|(given, _)| *given == at as u32).map(|(_, n)| *n).sum(),
        alpha: figure(&against_others(&counted, at as u32)),
    };
    Ok(Agreement {
        documents: counted.len(),
        answers: counted.iter().flatten().map(|(_, count)| count).sum(),
        alpha: figure(&counted),
        labels: labels.iter().enumerate().map(of_label).collect(),
    })
}

/// How often each label was given to a document.
type Counted = Vec<(u32, usize)>;

/// The counts of documents with at least two labels.
fn counted(documents: &[Vec<Option<u32>>]) -> Vec<Counted> {
    let count = |answers: &Vec<Option<u32>>| {
        let mut given: Vec<u32> = answers.iter().flatten().copied().collect();
        given.sort_unstable();
        let counts = given.chunk_by(|a, b| a == b).map(|same| (same[0], same.len())).collect();
        is_counted(answers).then_some(counts)
    };
    documents.iter().filter_map(count).collect()
}

fn is_counted(answers: &[Option<u32>]) -> bool {
    answers.iter().flatten().count() > 1
}

fn against_others(documents: &[Counted], label: u32) -> Vec<Counted> {
    let two = |counts: &Counted| {
        let [mut yes, mut no] = [0, 0];
        counts.iter().for_each(|(given, count)| *(if *given == label { &mut yes } else { &mut no }) += count);
        [(0, no), (1, yes)].into_iter().filter(|(_, count)| *count > 0).collect()
    };
    documents.iter().map(two).collect()
}

/// Alpha with each document counted so often; NaN with fewer than two labels.
fn alpha(documents: &[Counted], weights: &[f64]) -> f64 {
    let labels = documents.iter().flatten().map(|(label, _)| *label as usize + 1).max().unwrap_or(0);
    let mut totals = vec![0.0; labels];
    let mut seen = 0.0;
    for (counts, weight) in documents.iter().zip(weights) {
        let given: usize = counts.iter().map(|(_, count)| count).sum();
        let apart: usize = counts.iter().map(|(_, count)| count * (given - count)).sum();
        seen += weight * apart as f64 / (given - 1) as f64;
        counts.iter().for_each(|&(label, count)| totals[label as usize] += weight * count as f64);
    }
    let all: f64 = totals.iter().sum();
    let expected = totals.iter().map(|total| total * (all - total)).sum::<f64>() / (all - 1.0);
    1.0 - seen / expected
}

fn defined(alpha: f64) -> Option<f64> {
    alpha.is_finite().then_some(alpha)
}
