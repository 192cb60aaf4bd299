//! Laws of metrics, intervals and paired tests.

use proptest::prelude::*;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use standpoint::evaluate::baseline::{
    expected_accuracy, expected_random, majority, shares, stratified_random,
};
use standpoint::evaluate::{
    Bootstrap, McNemar, Measurements, Metric, Outcomes, Predictions, compare, exclusive, holm,
    independent, krippendorff_alpha, measure,
};

const FEW: Bootstrap = Bootstrap {
    resamples: 60,
    level: 0.9,
    seed: 7,
};

fn names(labels: usize) -> Vec<String> {
    (0..labels).map(|label| format!("label {label}")).collect()
}

fn of_cells(labels: usize, exclusive: bool, cells: Vec<(u32, u32, u8, f64)>) -> Predictions {
    let rows = cells.len() / labels;
    let scores = cells[..rows * labels]
        .iter()
        .map(|cell| (cell.3 * 20.0).round() / 20.0)
        .collect();
    let predictions = if exclusive {
        let label = |of: fn(&(u32, u32, u8, f64)) -> u32| {
            cells[..rows]
                .iter()
                .map(|cell| of(cell) % labels as u32)
                .collect()
        };
        Predictions::exclusive(names(labels), label(|cell| cell.0), label(|cell| cell.1))
    } else {
        let cells = &cells[..rows * labels];
        let truth = cells
            .iter()
            .map(|cell| (cell.2 != 0).then_some(cell.0.is_multiple_of(3)))
            .collect();
        Predictions::independent(
            names(labels),
            truth,
            cells.iter().map(|cell| cell.1.is_multiple_of(3)).collect(),
        )
    };
    predictions.with_scores(scores, true)
}

/// Heads of both kinds with tied scores; some cells of independent heads are unknown.
fn heads() -> impl Strategy<Value = Predictions> {
    let cell = (0..60u32, 0..60u32, 0..6u8, 0.0..=1.0f64);
    (
        1..5usize,
        any::<bool>(),
        prop::collection::vec(cell, 20..120),
    )
        .prop_map(|(labels, exclusive, cells)| of_cells(labels, exclusive, cells))
        .prop_filter("something is known", |head| head.check().is_ok())
}

/// The documents `rows` names, in that order.
fn picked(head: &Predictions, rows: &[usize]) -> Predictions {
    let labels = head.labels.len();
    let cells: Vec<usize> = rows
        .iter()
        .flat_map(|row| row * labels..(row + 1) * labels)
        .collect();
    let outcomes = match &head.outcomes {
        Outcomes::Exclusive { truth, predicted } => Outcomes::Exclusive {
            truth: rows.iter().map(|&row| truth[row]).collect(),
            predicted: rows.iter().map(|&row| predicted[row]).collect(),
        },
        Outcomes::Independent { truth, predicted } => Outcomes::Independent {
            truth: cells.iter().map(|&cell| truth[cell]).collect(),
            predicted: cells.iter().map(|&cell| predicted[cell]).collect(),
        },
    };
    let values = &head.scores.as_ref().unwrap().values;
    let scores = cells.iter().map(|&cell| values[cell]).collect();
    Predictions {
        outcomes,
        ..head.clone()
    }
    .with_scores(scores, true)
}

fn values(measured: &Measurements) -> Vec<Option<f64>> {
    measured
        .metrics
        .iter()
        .map(|m| m.estimate.map(|estimate| estimate.value))
        .collect()
}

fn assert_same(a: &Measurements, b: &Measurements) {
    for (at, (x, y)) in values(a).into_iter().zip(values(b)).enumerate() {
        let near = (x.unwrap_or(0.0) - y.unwrap_or(0.0)).abs() < 1e-9;
        assert!(
            x.is_some() == y.is_some() && near,
            "{:?}: {x:?}, {y:?}",
            a.metrics[at]
        );
    }
}

/// Truth said again with full certainty.
fn perfect(head: &Predictions) -> Predictions {
    let labels = head.labels.len();
    let outcomes = match &head.outcomes {
        Outcomes::Exclusive { truth, .. } => Outcomes::Exclusive {
            truth: truth.clone(),
            predicted: truth.clone(),
        },
        Outcomes::Independent { truth, .. } => Outcomes::Independent {
            truth: truth.clone(),
            predicted: truth.iter().map(|&cell| cell == Some(true)).collect(),
        },
    };
    let sure = |cell: usize| {
        if head.truth(cell / labels, cell % labels) == Some(true) {
            1.0
        } else {
            0.0
        }
    };
    let scores = (0..head.documents() * labels).map(sure).collect();
    Predictions {
        outcomes,
        ..head.clone()
    }
    .with_scores(scores, true)
}

/// The metric of labels of which a macro average is the mean.
fn of_labels(metric: Metric) -> Option<Metric> {
    match metric {
        Metric::MacroPrecision => Some(Metric::Precision),
        Metric::MacroRecall => Some(Metric::Recall),
        Metric::MacroF1 => Some(Metric::F1),
        Metric::RocAuc | Metric::AveragePrecision => Some(metric),
        _ => None,
    }
}

/// Three labels of which everything is certain, and the wrong one: an error of 1 for each.
#[test]
fn the_brier_score_of_probabilities_that_do_not_sum_to_one_may_exceed_two() {
    let head = Predictions::exclusive(names(3), vec![0, 1, 2], vec![1, 2, 0]);
    let scores = vec![0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0];
    let measured = measure(&head.with_scores(scores, true), &FEW).unwrap();
    let brier = measured.get(Metric::Brier, None).unwrap();
    assert_eq!(brier.value, 3.0);
    let [low, high] = brier.interval.unwrap();
    assert!(0.0 < low && low < 3.0 && high == 3.0, "{low} {high}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn every_figure_is_a_number_inside_its_interval(head in heads()) {
        let measured = measure(&head, &FEW).unwrap();
        for m in &measured.metrics {
            if let Some(estimate) = m.estimate {
                let Some([low, high]) = estimate.interval else { continue };
                prop_assert!(low <= estimate.value && estimate.value <= high && (high - low).is_finite(), "{m:?}");
                // An end is the value only where nothing is beyond it: a mean of labels of which
                // one is undefined, and 0 by convention, ends where the others end.
                let is_settled = match of_labels(m.metric).filter(|_| m.label.is_none()) {
                    Some(metric) => measured.metrics.iter().all(|label| {
                        let of_label = label.label.is_some() && label.metric == metric;
                        !of_label || label.estimate.is_none_or(|estimate| [0.0, 1.0].contains(&estimate.value))
                    }),
                    None => [0.0, 1.0].contains(&estimate.value) || m.metric == Metric::Ece,
                };
                let is_inside = low < estimate.value && estimate.value < high;
                prop_assert!(is_settled || estimate.value <= 0.0 || estimate.value >= 1.0 || is_inside, "{m:?}");
                let least = if matches!(m.metric, Metric::Mcc | Metric::Kappa) { -1.0 } else { 0.0 };
                let most = match m.metric {
                    Metric::LogLoss => f64::INFINITY,
                    // The generated probabilities of a document do not sum to 1.
                    Metric::Brier => head.labels.len().max(2) as f64,
                    _ => 1.0,
                };
                prop_assert!(least <= low && high <= most, "{m:?}");
            }
        }
    }

    #[test]
    fn metrics_are_those_of_the_reports(head in heads()) {
        let measured = measure(&head, &Bootstrap::none()).unwrap();
        let (averages, labels) = match &head.outcomes {
            Outcomes::Exclusive { truth, predicted } => {
                let report = exclusive(&head.labels, truth, predicted, None).unwrap();
                (report.to_json(), report.labels)
            }
            Outcomes::Independent { truth, predicted } => {
                let report = independent(&head.labels, truth, predicted, None).unwrap();
                (report.to_json(), report.labels)
            }
        };
        for m in measured.of(None) {
            if let Some(expected) = averages[m.metric.name()].as_f64() {
                prop_assert!((m.estimate.unwrap().value - expected).abs() < 1e-12, "{m:?}, not {expected}");
            }
        }
        for (at, label) in labels.iter().enumerate() {
            for (metric, value) in [(Metric::Precision, label.precision), (Metric::Recall, label.recall), (Metric::F1, label.f1)] {
                prop_assert!((measured.get(metric, Some(at)).unwrap().value - value).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn weight_two_is_the_document_twice_and_weight_zero_none(head in heads(), weights in prop::collection::vec(0..3u8, 120)) {
        let weights = &weights[..head.documents()];
        let rows: Vec<usize> = (0..head.documents()).flat_map(|row| vec![row; usize::from(weights[row])]).collect();
        let repeated = picked(&head, &rows);
        let weighted = head.with_weights(weights.iter().map(|&weight| f64::from(weight)).collect());
        prop_assume!(weighted.check().is_ok());
        assert_same(&measure(&weighted, &Bootstrap::none()).unwrap(), &measure(&repeated, &Bootstrap::none()).unwrap());
    }

    #[test]
    fn the_order_of_documents_does_not_matter(head in heads()) {
        let rows: Vec<usize> = (0..head.documents()).rev().collect();
        let turned = measure(&picked(&head, &rows), &Bootstrap::none()).unwrap();
        assert_same(&measure(&head, &Bootstrap::none()).unwrap(), &turned);
    }

    #[test]
    fn perfect_answers_are_best_and_leave_the_doubt_of_their_number(head in heads()) {
        let head = perfect(&head);
        let occurs = |label: usize| (0..head.documents()).any(|row| head.truth(row, label) == Some(true));
        let all = (0..head.labels.len()).all(occurs);
        let empty_zero = |metric: Metric| metric == Metric::ExampleF1EmptyZero;
        for m in measure(&head, &FEW).unwrap().metrics.into_iter().filter(|m| !empty_zero(m.metric)) {
            let Some(estimate) = m.estimate else { continue };
            // A label that nowhere occurs has an F1 of 0 by convention, and the correlation none
            // but 0.
            if estimate.value == 0.0 && m.metric.greater_is_better() || !all && m.label.is_none() {
                continue;
            }
            let best = if m.metric.greater_is_better() { 1.0 } else { 0.0 };
            let far = |value: f64| (value - best).abs() > 1e-9;
            prop_assert!(!far(estimate.value), "{m:?}");
            if let Some([low, high]) = estimate.interval {
                let [end, other] = if m.metric.greater_is_better() { [high, low] } else { [low, high] };
                // Losses of what is certain and right vary by rounding alone.
                let told = far(other) || matches!(m.metric, Metric::Ece | Metric::LogLoss);
                prop_assert!(!far(end) && told, "{m:?}");
            }
        }
    }

    #[test]
    fn a_system_does_not_differ_from_itself(head in heads()) {
        let compared = compare(&head, &head, &FEW).unwrap();
        for d in &compared.differences {
            // Of a rare label there may be no interval, or no resample in which the metric is
            // defined.
            let interval = d.difference.interval.is_none_or(|interval| interval == [0.0, 0.0]);
            let same = interval && d.p.is_none_or(|p| p == 1.0) && !d.p_is_bound;
            prop_assert!(d.difference.value == 0.0 && same, "{d:?}");
        }
        prop_assert!(compared.mcnemar.iter().all(|test| test.p == 1.0 && test.detectable.is_none()));
    }

    #[test]
    fn groups_of_one_are_documents(head in heads()) {
        let single = head.clone().with_groups((0..head.documents() as u32).map(|row| row * 7).collect());
        prop_assert_eq!(measure(&head, &FEW).unwrap(), measure(&single, &FEW).unwrap());
    }

    #[test]
    fn holm_keeps_the_order_and_only_raises(p in prop::collection::vec(0.0..=1.0f64, 1..20)) {
        let corrected = holm(&p);
        for (a, b) in p.iter().zip(&corrected) {
            prop_assert!(a <= b && *b <= 1.0 && *b <= (a * p.len() as f64).max(*b));
            prop_assert!(p.iter().zip(&corrected).all(|(c, d)| a > c || b <= d));
        }
    }

    #[test]
    fn mcnemar_is_the_same_for_both(b in 0..500usize, c in 0..500usize) {
        let (one, other) = (McNemar::of_counts(1000, b, c), McNemar::of_counts(1000, c, b));
        prop_assert!(one.p == other.p && one.p > 0.0 && one.p <= 1.0 && one.difference() == -other.difference());
    }
}

#[test]
fn the_number_of_threads_does_not_show() {
    let cells = (0..4000u32)
        .map(|at| {
            (
                at * 7919 % 61,
                at * 104_729 % 59,
                1,
                f64::from(at % 17) / 17.0,
            )
        })
        .collect();
    let head = of_cells(4, false, cells);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            (
                measure(&head, &FEW).unwrap(),
                compare(&head, &perfect(&head), &FEW).unwrap(),
            )
        })
    };
    assert_eq!(on(1), on(3));
}

fn coin(random: &mut Xoshiro256PlusPlus, share: f64) -> bool {
    ((random.next_u64() >> 11) as f64) < share * (1u64 << 53) as f64
}

/// Answers of which a share is right, two labels being equally frequent.
fn simulated(random: &mut Xoshiro256PlusPlus, rows: usize, share: f64) -> Predictions {
    let truth: Vec<u32> = (0..rows).map(|_| u32::from(coin(random, 0.5))).collect();
    let predicted = truth
        .iter()
        .map(|&label| {
            if coin(random, share) {
                label
            } else {
                1 - label
            }
        })
        .collect();
    Predictions::exclusive(names(2), truth, predicted)
}

#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(11);
    let bootstrap = Bootstrap {
        resamples: 200,
        level: 0.9,
        seed: 1,
    };
    let held = (0..300).filter(|_| {
        let measured = measure(&simulated(&mut random, 150, 0.8), &bootstrap).unwrap();
        let holds = |metric| {
            let [low, high] = measured.get(metric, None).unwrap().interval.unwrap();
            low <= 0.8 && 0.8 <= high
        };
        holds(Metric::Accuracy) && holds(Metric::MacroF1)
    });
    let share = held.count() as f64 / 300.0;
    assert!((0.83..0.95).contains(&share), "{share}");
}

#[test]
fn documents_of_one_group_make_wider_intervals() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
    let few = simulated(&mut random, 60, 0.7);
    let Outcomes::Exclusive { truth, predicted } = &few.outcomes else {
        unreachable!()
    };
    let ten = |list: &[u32]| {
        list.iter()
            .flat_map(|&label| [label; 10])
            .collect::<Vec<u32>>()
    };
    let copies = Predictions::exclusive(names(2), ten(truth), ten(predicted));
    let width = |head: &Predictions| {
        let measured = measure(head, &Bootstrap::default()).unwrap();
        let [low, high] = measured
            .get(Metric::Accuracy, None)
            .unwrap()
            .interval
            .unwrap();
        (high - low, measured.units)
    };
    let grouped = copies
        .clone()
        .with_groups((0..600).map(|row| row / 10).collect());
    // Copies tell nothing: the interval is that of the documents, but for the variance, which is
    // estimated.
    assert_eq!(width(&grouped).1, width(&few).1);
    assert!((width(&grouped).0 / width(&few).0 - 1.0).abs() < 0.08);
    assert!(width(&copies).0 < 0.5 * width(&grouped).0);
}

#[test]
fn a_test_finds_a_difference_and_says_what_it_could_have_found() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(9);
    let good = simulated(&mut random, 800, 0.9);
    let Outcomes::Exclusive { truth, .. } = &good.outcomes else {
        unreachable!()
    };
    let spoilt = truth
        .iter()
        .map(|&label| {
            if coin(&mut random, 0.75) {
                label
            } else {
                1 - label
            }
        })
        .collect();
    let bad = Predictions::exclusive(names(2), truth.clone(), spoilt);
    let compared = compare(&good, &bad, &Bootstrap::default()).unwrap();
    let accuracy = compared.differences[0];
    assert!(accuracy.difference.value > 0.1 && accuracy.p.unwrap() < 0.01);
    assert!(compared.mcnemar[0].p < 1e-6);
    let [by_draws, by_formula] = [
        accuracy.detectable.unwrap(),
        compared.mcnemar[0].detectable.unwrap(),
    ];
    assert!(
        (by_draws / by_formula - 1.0).abs() < 0.1,
        "{by_draws}, {by_formula}"
    );
    // Connor's formula, solved for the number of documents.
    let share = (compared.mcnemar[0].only_first + compared.mcnemar[0].only_second) as f64 / 800.0;
    let root = 1.959964 * share.sqrt() + 0.841621 * (share - by_formula * by_formula).sqrt();
    assert!(((root / by_formula).powi(2) - 800.0).abs() < 0.01);
}

#[test]
fn chance_is_not_found_more_often_than_the_level_says() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(2);
    let bootstrap = Bootstrap {
        resamples: 200,
        ..Bootstrap::default()
    };
    let mut found = [0, 0];
    for _ in 0..300 {
        let first = simulated(&mut random, 150, 0.8);
        let Outcomes::Exclusive { truth, .. } = &first.outcomes else {
            unreachable!()
        };
        let predicted = truth
            .iter()
            .map(|&l| if coin(&mut random, 0.8) { l } else { 1 - l })
            .collect();
        let second = Predictions::exclusive(names(2), truth.clone(), predicted);
        let compared = compare(&first, &second, &bootstrap).unwrap();
        found[0] += usize::from(compared.differences[0].p.unwrap() <= 0.05);
        found[1] += usize::from(compared.mcnemar[0].p <= 0.05);
    }
    assert!(found[0] <= 25 && found[1] <= 20, "{found:?}");
}

#[test]
fn baselines_know_frequencies_only() {
    let truth = vec![0, 0, 0, 1, 2, 0, 1, 0];
    let head = Predictions::exclusive(names(3), truth.clone(), truth);
    let shares = shares(&head).unwrap();
    assert_eq!(shares, [0.625, 0.25, 0.125]);
    let value = |head: &Predictions, metric| {
        measure(head, &Bootstrap::none())
            .unwrap()
            .get(metric, None)
            .unwrap()
            .value
    };
    assert_eq!(
        value(&majority(&head, &shares).unwrap(), Metric::Accuracy),
        0.625
    );
    let exact = expected_accuracy(&head, &shares).unwrap();
    assert_eq!(exact, 0.625f64.powi(2) + 0.25f64.powi(2) + 0.125f64.powi(2));
    let drawn = expected_random(&head, &shares, 2000, 1).unwrap();
    assert!(
        drawn[0].0 == Metric::Accuracy && (drawn[0].2 - exact).abs() < 0.02,
        "{:?}",
        drawn[0]
    );
    assert_eq!(
        stratified_random(&head, &shares, 4).unwrap(),
        stratified_random(&head, &shares, 4).unwrap()
    );
    majority(&head, &[0.5]).unwrap_err();
    majority(&head, &[0.5, 0.5, 1.5]).unwrap_err();
}

#[test]
fn bad_input_is_a_clear_error() {
    let head = simulated(&mut Xoshiro256PlusPlus::seed_from_u64(1), 10, 0.5);
    let said = |head: Predictions| measure(&head, &FEW).unwrap_err().to_string();
    assert_eq!(
        said(head.clone().with_scores(vec![0.5; 19], true)),
        "lengths differ: 19 scores, but the truth calls for 20"
    );
    let mut scores = vec![0.5; 20];
    scores[5] = 1.5;
    assert_eq!(
        said(head.clone().with_scores(scores, true)),
        "score 1.5 of document 2, label 1, is not a probability from 0 to 1"
    );
    assert!(
        said(head.clone().with_scores(vec![f64::NAN; 20], false))
            .ends_with("is not a finite number")
    );
    assert!(said(head.clone().with_groups(vec![0])).contains("1 group numbers"));
    let wrong = Bootstrap { level: 1.0, ..FEW };
    assert!(
        measure(&head, &wrong)
            .unwrap_err()
            .to_string()
            .starts_with("level 1 is not between 0 and 1")
    );
    let other = simulated(&mut Xoshiro256PlusPlus::seed_from_u64(2), 10, 0.5);
    assert!(
        compare(&head, &other, &FEW)
            .unwrap_err()
            .to_string()
            .ends_with("their truth differ")
    );
}

/// Four documents tell little, but alpha is never below −1.
#[test]
fn alpha_of_few_documents_has_an_interval_on_its_scale() {
    let answers = [["1", "2"], ["2", "1"], ["1", "1"], ["2", "3"]];
    let table: String = answers.iter().map(|[a, b]| format!("{a},{b}\n")).collect();
    let folder = crate::support::Folder::new();
    let path = folder.write("a.csv", format!("anna,ben\n{table}"));
    let report =
        &crate::support::run(&["agree", &path, "--annotators", "anna,ben", "--json"]).json()[0];
    let text = report.to_string();
    assert!(text.contains("\"interval\":[-1.0,"), "{text}");
    assert!(
        !text.contains("[-1.1") && !text.contains("[-2") && !text.contains("[-3"),
        "{text}"
    );
}

#[test]
fn alpha_is_one_for_perfect_agreement_and_absent_without_variety() {
    let units =
        |labels: &[[Option<u32>; 2]]| labels.iter().map(|unit| unit.to_vec()).collect::<Vec<_>>();
    assert_eq!(
        krippendorff_alpha(&units(&[[Some(0); 2], [Some(1); 2], [Some(1), None]])),
        Some(1.0)
    );
    assert_eq!(
        krippendorff_alpha(&units(&[[Some(0); 2], [Some(0); 2]])),
        None
    );
    assert_eq!(
        krippendorff_alpha(&units(&[[Some(0), None], [None, None]])),
        None
    );
    assert!(krippendorff_alpha(&units(&[[Some(0), Some(1)], [Some(1), Some(0)]])).unwrap() < 0.0);
}
