//! Agreement of annotators beyond chance.

mod annotation;
mod distance;

pub use annotation::Annotation;

use crate::evaluate::metrics::units::Units;
use crate::evaluate::resample::bootstrap::{Bootstrap, Estimate};
use crate::evaluate::{EvaluateError, check_labels, check_length};
use distance::WholeAnswers;
use serde::Serialize;

/// Agreement of annotators on the labels of documents.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Agreement {
    /// Documents with at least two answers; others tell nothing.
    pub documents: usize,
    /// The answers to them.
    pub answers: usize,
    /// Krippendorff's alpha of whole answers, which are the same or not; `None` where all are the
    /// same.
    pub alpha: Option<Estimate>,
    /// Alpha of answers as sets of labels; `None` where every answer is one label, and alpha says
    /// the same.
    pub sets: Option<SetAgreement>,
    /// Alpha of each label, yes or no, and how often it was given.
    pub labels: Vec<LabelAgreement>,
}

/// Krippendorff's alpha of sets, by distances that grow with what two sets do not share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SetAgreement {
    /// By the Jaccard distance.
    pub jaccard: Option<Estimate>,
    /// By the MASI distance.
    pub masi: Option<Estimate>,
}

/// Agreement of annotators on one label.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LabelAgreement {
    /// The label's name.
    pub label: String,
    /// The number of times that it was given to documents with at least two answers.
    pub answers: usize,
    /// Alpha of this label or not; `None` where it is given never or always.
    pub alpha: Option<Estimate>,
}

/// Krippendorff's alpha for labels without order (nominal), any number of annotators and missing
/// answers (Krippendorff 2011, *Computing Krippendorff's alpha-reliability*; Hayes & Krippendorff
/// 2007, *Answering the call for a standard reliability measure for coding data*, Communication
/// Methods and Measures 1(1)).
///
/// `documents` has a list for each document: the labels that annotators gave it, by number, `None`
/// where one gave none. α = 1 − D_o / D_e: with m_u labels in document u, n in all, n_uk in
/// document u and n_k in all of label k, D_o = Σ_u Σ_k n_uk (m_u − n_uk) / (m_u − 1) and D_e = Σ_k
/// n_k (n − n_k) / (n − 1). A document with fewer than two labels tells nothing. 1 is perfect, 0 is
/// chance. `None` where less than two labels are used: then nothing tells agreement from habit.
///
/// ```
/// use standpoint::evaluate::krippendorff_alpha;
/// let documents = [vec![Some(0), Some(0), None], vec![Some(1), Some(1), Some(1)], vec![Some(0), Some(1), None]];
/// let alpha = krippendorff_alpha(&documents).unwrap();
/// // D_o = 2 × 1 × 1 / 1 = 2, D_e = (3 × 4 + 4 × 3) / 6 = 4
/// assert!((alpha - 0.5).abs() < 1e-12);
/// ```
pub fn krippendorff_alpha(documents: &[Vec<Option<u32>>]) -> Option<f64> {
    let given = documents
        .iter()
        .map(|answers| counted(answers.iter().flatten().copied().collect()));
    let counted: Vec<Counted> = given.filter(|counts| total(counts) > 1).collect();
    defined(alpha(&counted, &vec![1.0; counted.len()]))
}

/// Krippendorff's alpha of whole answers, of answers as sets by the Jaccard and the MASI distance,
/// and of each label, yes or no, with bootstrap intervals over documents, or over groups of them
/// where each document has the number of one.
///
/// `documents` has a list for each document: the annotation of every annotator, `None` where one
/// gave no answer. Answers with an unknown label count for the other labels alone. The Jaccard
/// distance of two sets is 1 − |A ∩ B| / |A ∪ B|; MASI (Passonneau 2006, *Measuring Agreement on
/// Set-valued Items (MASI) for Semantic and Pragmatic Annotation*, LREC) is 1 − M |A ∩ B| / |A ∪ B|
/// with M = 1 for equal sets, 2/3 where one holds the other, 1/3 where they overlap, and 0
/// elsewhere. Two empty sets are equal.
///
/// If more than two million pairs of different sets share labels, the expected disagreement in
/// resamples is a linear approximation around that of all documents, whose error falls with their
/// number. Sets that share labels in too many pairs to be looked through have no alpha by distance.
///
/// # Errors
/// Label names that are missing or repeated, a number without a label, groups that are not one a
/// document, a level that is not between 0 and 1, no document with two answers.
pub fn agreement(
    labels: &[String],
    documents: &[Vec<Option<Annotation>>],
    groups: Option<&[u32]>,
    bootstrap: &Bootstrap,
) -> Result<Agreement, EvaluateError> {
    check_labels(labels)?;
    bootstrap.check()?;
    for (row, answers) in documents.iter().enumerate() {
        for annotation in answers.iter().flatten() {
            for numbers in [&annotation.holds, &annotation.unknown] {
                crate::evaluate::validate::check_indices("annotated", numbers, labels.len())
                    .map_err(|e| e.in_row(row))?;
            }
        }
    }
    if let Some(groups) = groups {
        check_length("group numbers", groups.len(), documents.len())?;
    }
    let answered = |answers: &[Option<Annotation>]| answers.iter().flatten().count();
    let kept: Vec<usize> = (0..documents.len())
        .filter(|&row| answered(&documents[row]) > 1)
        .collect();
    if kept.is_empty() {
        return Err(EvaluateError::NoDocuments);
    }
    let groups = groups.map(|groups| kept.iter().map(|&row| groups[row]).collect());
    let units = Units::new(vec![1.0; kept.len()], groups);
    let documents: Vec<Vec<&Annotation>> = kept
        .iter()
        .map(|&row| documents[row].iter().flatten().collect())
        .collect();
    let answers = WholeAnswers::new(&documents);
    let given = given(labels.len(), &documents);
    let estimates = estimates(&answers, &given, &documents, &units, bootstrap);
    let (whole, of_labels) = estimates.split_at(WHOLE);
    let sets = SetAgreement {
        jaccard: whole[1],
        masi: whole[2],
    };
    let label =
        |((label, given), alpha): ((&String, &Vec<Given>), &Option<Estimate>)| LabelAgreement {
            label: label.clone(),
            answers: given.iter().map(|given| given.yes as usize).sum(),
            alpha: *alpha,
        };
    Ok(Agreement {
        documents: documents.len(),
        answers: documents.iter().map(Vec::len).sum(),
        alpha: whole[0],
        sets: answers.are_sets().then_some(sets),
        labels: labels
            .iter()
            .zip(&given)
            .zip(of_labels)
            .map(label)
            .collect(),
    })
}

/// The number of estimates of whole answers: alpha by equality, Jaccard and MASI distance.
const WHOLE: usize = 3;

/// So many values of resamples are held at once.
const MAX_HELD_DRAWS: usize = 1 << 24;

/// Alpha of whole answers and then of each label, in time and memory that grow with the answers and
/// not with the labels times them.
fn estimates(
    answers: &WholeAnswers,
    labels: &[Vec<Given>],
    documents: &[Vec<&Annotation>],
    units: &Units,
    bootstrap: &Bootstrap,
) -> Vec<Option<Estimate>> {
    let sizes: Vec<f64> = documents
        .iter()
        .map(|answers| answers.len() as f64)
        .collect();
    let measure = |first: bool, labels: &[Vec<Given>], weights: &[f64]| -> Vec<f64> {
        let all: f64 = sizes
            .iter()
            .zip(weights)
            .map(|(size, weight)| size * weight)
            .sum();
        let whole = if first {
            answers.alphas(weights).to_vec()
        } else {
            Vec::new()
        };
        whole
            .into_iter()
            .chain(labels.iter().map(|given| of_label(given, all, weights)))
            .collect()
    };
    let block = (MAX_HELD_DRAWS / bootstrap.resamples.max(1)).max(1);
    let mut estimates = Vec::with_capacity(labels.len() + WHOLE);
    for from in (0..labels.len().max(1)).step_by(block) {
        let own = &labels[from..labels.len().min(from + block)];
        let values = measure(from == 0, own, units.weights());
        let draws = bootstrap.draw(units, |weights| measure(from == 0, own, weights));
        let estimate = |(at, value): (usize, f64)| {
            Some(bootstrap.coefficient(
                defined(value)?,
                draws.iter().map(|draw| draw[at]),
                units.count(),
            ))
        };
        estimates.extend(values.into_iter().enumerate().map(estimate));
    }
    estimates
}

/// Each answer to a document, by number, and the number of times that it was given.
type Counted = Vec<(u32, usize)>;

fn counted(mut given: Vec<u32>) -> Counted {
    given.sort_unstable();
    given
        .chunk_by(|a, b| a == b)
        .map(|same| (same[0], same.len()))
        .collect()
}

fn total(counts: &Counted) -> usize {
    counts.iter().map(|(_, count)| count).sum()
}

/// Alpha with each document counted so often; NaN with fewer than two labels. Documents with fewer
/// than two answers do not count.
fn alpha(documents: &[Counted], weights: &[f64]) -> f64 {
    let labels = documents
        .iter()
        .flatten()
        .map(|(label, _)| *label as usize + 1)
        .max()
        .unwrap_or(0);
    let mut totals = vec![0.0; labels];
    let mut seen = 0.0;
    for (counts, weight) in documents.iter().zip(weights) {
        let given = total(counts);
        if given < 2 {
            continue;
        }
        let apart: usize = counts
            .iter()
            .map(|(_, count)| count * (given - count))
            .sum();
        seen += weight * apart as f64 / (given - 1) as f64;
        counts
            .iter()
            .for_each(|&(label, count)| totals[label as usize] += weight * count as f64);
    }
    let all: f64 = totals.iter().sum();
    let expected = totals
        .iter()
        .map(|total| total * (all - total))
        .sum::<f64>()
        / (all - 1.0);
    1.0 - seen / expected
}

fn defined(alpha: f64) -> Option<f64> {
    alpha.is_finite().then_some(alpha)
}

/// A document in which a label is given, or unknown to an annotator.
struct Given {
    document: u32,
    /// The annotators that gave the label; 0 where fewer than two say yes or no.
    yes: u32,
    /// The answers that do not count for the label.
    lost: u32,
    /// The observed disagreement.
    apart: f64,
}

/// The documents of each label.
fn given(labels: usize, documents: &[Vec<&Annotation>]) -> Vec<Vec<Given>> {
    let mut all: Vec<Vec<Given>> = (0..labels).map(|_| Vec::new()).collect();
    for (document, answers) in documents.iter().enumerate() {
        let mut add = |label: u32, yes: u32, lost: u32| {
            let of_label = &mut all[label as usize];
            let document = document as u32;
            if of_label.last().is_none_or(|last| last.document != document) {
                of_label.push(Given {
                    document,
                    yes: 0,
                    lost: 0,
                    apart: 0.0,
                });
            }
            if let Some(last) = of_label.last_mut() {
                (last.yes, last.lost) = (last.yes + yes, last.lost + lost);
            }
        };
        for annotation in answers {
            annotation.holds.iter().for_each(|&label| add(label, 1, 0));
            annotation
                .unknown
                .iter()
                .for_each(|&label| add(label, 0, 1));
        }
    }
    for given in all.iter_mut().flatten() {
        let answers = documents[given.document as usize].len() as u32;
        let known = answers.saturating_sub(given.lost);
        if known < 2 {
            (given.yes, given.lost) = (0, answers);
        } else {
            given.apart =
                f64::from(given.yes) * f64::from(known - given.yes) / f64::from(known - 1);
        }
    }
    all
}

/// Alpha of one label; `all` is the weighted number of answers to all documents.
fn of_label(given: &[Given], mut all: f64, weights: &[f64]) -> f64 {
    let (mut yes, mut seen) = (0.0, 0.0);
    for given in given {
        let weight = weights[given.document as usize];
        all -= weight * f64::from(given.lost);
        yes += weight * f64::from(given.yes);
        seen += weight * given.apart;
    }
    1.0 - seen / (yes * (all - yes) / (all - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn annotation(holds: &[u32]) -> Option<Annotation> {
        Some(Annotation {
            holds: holds.to_vec(),
            unknown: Vec::new(),
        })
    }

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|at| at.to_string()).collect()
    }

    #[test]
    fn alpha_of_a_label_is_that_of_yes_and_no() {
        let documents = [
            vec![annotation(&[0]), annotation(&[1]), None],
            vec![annotation(&[0, 2]), annotation(&[0]), annotation(&[])],
            vec![annotation(&[2]), annotation(&[2]), annotation(&[2])],
            vec![annotation(&[1]), None, None],
        ];
        let found = agreement(&names(3), &documents, None, &Bootstrap::none()).unwrap();
        assert_eq!((found.documents, found.answers), (3, 8));
        for label in 0..3u32 {
            let holds = |annotation: &Option<Annotation>| {
                Some(u32::from(annotation.as_ref()?.holds.contains(&label)))
            };
            let of_label: Vec<Vec<Option<u32>>> = documents
                .iter()
                .map(|answers| answers.iter().map(holds).collect())
                .collect();
            let expected = krippendorff_alpha(&of_label).unwrap();
            let value = found.labels[label as usize].alpha.unwrap().value;
            assert!(
                (value - expected).abs() < 1e-12,
                "{label}: {value} {expected}"
            );
        }
    }

    #[test]
    fn an_unknown_label_counts_for_the_others_alone() {
        let unknown = Some(Annotation {
            holds: vec![0],
            unknown: vec![1],
        });
        let documents = [
            vec![unknown.clone(), annotation(&[0, 1])],
            vec![annotation(&[1]), annotation(&[1])],
            vec![annotation(&[0]), annotation(&[0])],
        ];
        let found = agreement(&names(2), &documents, None, &Bootstrap::none()).unwrap();
        let values: Vec<f64> = found
            .labels
            .iter()
            .map(|label| label.alpha.unwrap().value)
            .collect();
        assert_eq!(values, [1.0, 1.0]);
        assert_eq!(found.labels[1].answers, 2);
        assert_eq!(found.alpha.unwrap().value, 1.0);
    }

    #[test]
    fn single_labels_need_no_distance_and_blocks_do_not_show() {
        let documents: Vec<Vec<Option<Annotation>>> = (0..40)
            .map(|row| vec![annotation(&[row % 3]), annotation(&[row % 3 * (row % 2)])])
            .collect();
        let found = agreement(&names(3), &documents, None, &Bootstrap::default()).unwrap();
        assert_eq!(found.sets, None);
        let old: Vec<Vec<Option<u32>>> = documents
            .iter()
            .map(|row| row.iter().map(|m| Some(m.as_ref()?.holds[0])).collect())
            .collect();
        assert_eq!(
            found.alpha.map(|alpha| alpha.value),
            krippendorff_alpha(&old)
        );
    }
}
