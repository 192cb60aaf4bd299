//! Abstention: the coverage of sets of answers, and the share that they leave undecided.

use serde::Serialize;

/// Coverage and indecision of one head.
///
/// A document, or the answer to one label of it, is decided where one answer is left. No field is
/// NaN: what has nothing to divide by is 0, and coverage 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AbstentionReport {
    /// The error that was asked for: the share of true answers that may be missing.
    pub max_error: f64,
    /// Share of answers whose set holds the true one.
    pub coverage: f64,
    /// Mean number of answers in a set, 1 or more: labels of an exclusive head, yes and no of an
    /// independent label.
    pub mean_set_size: f64,
    /// Share of answers that are not decided.
    pub undecided: f64,
    /// Share of wrong ones among the decided.
    pub error_decided: f64,
    /// Share of all answers that are decided and wrong; at most 1 − coverage.
    pub error: f64,
    /// The same for each label.
    pub labels: Vec<LabelAbstention>,
}

/// Coverage and indecision of one label.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LabelAbstention {
    /// The label's name.
    pub label: String,
    /// Weight of the documents that truly have it.
    #[serde(serialize_with = "crate::evaluate::numbers::serialize_count")]
    pub support: f64,
    /// Share of them whose set holds it.
    pub coverage: f64,
    /// Of an independent label: share of the documents that have it not whose set holds the no.
    pub coverage_no: Option<f64>,
    /// Share that is undecided: of the documents that truly have an exclusive label, of all
    /// documents for an independent one.
    pub undecided: f64,
    /// Share of wrong ones among the documents decided as this exclusive label, or decided at all
    /// about this independent one.
    pub error_decided: f64,
}

#[derive(Debug, Clone, Copy, Default)]
struct AbstentionCounts {
    all: f64,
    covered: f64,
    answers: f64,
    undecided: f64,
    wrong: f64,
}

impl AbstentionCounts {
    fn add(&mut self, weight: f64, covered: bool, answers: usize) {
        let share = |holds: bool| if holds { weight } else { 0.0 };
        self.all += weight;
        self.covered += share(covered);
        self.answers += weight * answers as f64;
        self.undecided += share(answers != 1);
        self.wrong += share(answers == 1 && !covered);
    }

    fn coverage(&self) -> f64 {
        if self.all > 0.0 {
            self.covered / self.all
        } else {
            1.0
        }
    }

    fn report(&self, max_error: f64, labels: Vec<LabelAbstention>) -> AbstentionReport {
        AbstentionReport {
            max_error,
            coverage: self.coverage(),
            mean_set_size: ratio(self.answers, self.all),
            undecided: ratio(self.undecided, self.all),
            error_decided: ratio(self.wrong, self.all - self.undecided),
            error: ratio(self.wrong, self.all),
            labels,
        }
    }
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// Judges sets of an exclusive head: the true label, the set and the weight of each document.
///
/// ```
/// use standpoint::evaluate::abstention_of_sets;
/// let labels = ["war".to_string(), "sport".to_string()];
/// let sets: [(usize, &[usize], f64); 4] = [(0, &[0], 1.0), (0, &[0, 1], 1.0), (1, &[0], 1.0), (1, &[1], 1.0)];
/// let report = abstention_of_sets(&labels, sets, 0.1);
/// assert_eq!((report.coverage, report.mean_set_size, report.undecided), (0.75, 1.25, 0.25));
/// assert_eq!((report.labels[1].coverage, report.labels[0].error_decided), (0.5, 0.5));
/// ```
pub fn abstention_of_sets<'a>(
    labels: &[String],
    documents: impl IntoIterator<Item = (usize, &'a [usize], f64)>,
    max_error: f64,
) -> AbstentionReport {
    let mut all = AbstentionCounts::default();
    let mut of_truth = vec![AbstentionCounts::default(); labels.len()];
    let mut decided_as = vec![AbstentionCounts::default(); labels.len()];
    for (truth, set, weight) in documents {
        let covered = set.contains(&truth);
        all.add(weight, covered, set.len());
        of_truth[truth].add(weight, covered, set.len());
        if let [only] = set {
            decided_as[*only].add(weight, covered, 1);
        }
    }
    let label = |(label, (own, decided)): (&String, (&AbstentionCounts, &AbstentionCounts))| {
        LabelAbstention {
            label: label.clone(),
            support: own.all,
            coverage: own.coverage(),
            coverage_no: None,
            undecided: ratio(own.undecided, own.all),
            error_decided: ratio(decided.wrong, decided.all),
        }
    };
    all.report(
        max_error,
        labels
            .iter()
            .zip(of_truth.iter().zip(&decided_as))
            .map(label)
            .collect(),
    )
}

/// Judges verdicts on independent labels: the label, the truth, what is said of it (none where
/// undecided) and the weight of the document.
///
/// ```
/// use standpoint::evaluate::abstention_of_verdicts;
/// let labels = ["aid".to_string()];
/// let verdicts = [(0, true, Some(true), 1.0), (0, true, None, 1.0), (0, false, Some(true), 1.0), (0, false, Some(false), 1.0)];
/// let report = abstention_of_verdicts(&labels, verdicts, 0.1);
/// assert_eq!((report.labels[0].coverage, report.labels[0].coverage_no), (1.0, Some(0.5)));
/// assert_eq!((report.undecided, report.error), (0.25, 0.25));
/// ```
pub fn abstention_of_verdicts(
    labels: &[String],
    verdicts: impl IntoIterator<Item = (usize, bool, Option<bool>, f64)>,
    max_error: f64,
) -> AbstentionReport {
    let mut all = AbstentionCounts::default();
    let mut by_truth = vec![[AbstentionCounts::default(); 2]; labels.len()];
    for (label, truth, said, weight) in verdicts {
        let (covered, answers) = (
            said.is_none_or(|said| said == truth),
            if said.is_none() { 2 } else { 1 },
        );
        all.add(weight, covered, answers);
        by_truth[label][usize::from(truth)].add(weight, covered, answers);
    }
    let label = |(label, [no, yes]): (&String, &[AbstentionCounts; 2])| {
        let (known, undecided) = (no.all + yes.all, no.undecided + yes.undecided);
        LabelAbstention {
            label: label.clone(),
            support: yes.all,
            coverage: yes.coverage(),
            coverage_no: Some(no.coverage()),
            undecided: ratio(undecided, known),
            error_decided: ratio(no.wrong + yes.wrong, known - undecided),
        }
    };
    all.report(max_error, labels.iter().zip(&by_truth).map(label).collect())
}
