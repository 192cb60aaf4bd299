//! Times each step for each choice of n-grams, on one thread and on all, with criterion.
//!
//! ```sh
//! cargo bench --bench steps                   # all, about four minutes
//! cargo bench --bench steps -- transform/w12  # some
//! STANDPOINT_BENCH_CORPUS=file.tsv cargo bench --bench steps
//! ```
//!
//! Counts are compared in every round; a checksum of everything is compared between one thread, all
//! threads and, where there is one, another way to the same result.

#[allow(dead_code, reason = "each bench uses its part")]
mod support;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use rayon::ThreadPool;
use standpoint::Model;
use std::time::Duration;
use support::corpus::{Labelled, Shape};
use support::steps::{CHOICES, Choice, Cut, Ready, Step, Work, pool, train};

fn steps(criterion: &mut Criterion) {
    let pools = [("1 thread", pool(1)), ("all threads", pool(0))];
    let corpus = Labelled::given_or(Shape::default());
    for choice in CHOICES {
        let ready = ready(&corpus, choice, Cut::Comparable);
        // The bound is the same for all n-grams.
        for step in Step::ALL
            .into_iter()
            .filter(|&step| step != Step::Bound || choice.name == "w1")
        {
            measure(
                criterion,
                &format!("{}/{}", step.name(), choice.name),
                &ready,
                step,
                &pools,
            );
        }
    }
    let ready = ready(&corpus, CHOICES[1], Cut::Defaults);
    for step in Step::ALL {
        measure(
            criterion,
            &format!("{}/w12 with stems and compounds", step.name()),
            &ready,
            step,
            &pools,
        );
    }
}

fn ready(corpus: &Labelled, choice: Choice, cut: Cut) -> Ready<'_> {
    let options = choice.features(cut);
    let copy = Labelled {
        texts: corpus.texts.clone(),
        labels: corpus.labels.clone(),
        names: corpus.names.clone(),
    };
    let model: Model = train(&copy.into_corpus(), &options);
    Ready::new(corpus, options, model)
}

fn measure(
    criterion: &mut Criterion,
    name: &str,
    ready: &Ready<'_>,
    step: Step,
    pools: &[(&str, ThreadPool); 2],
) {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(ready.corpus.texts.bytes() as u64));
    let mut expected = None;
    for (threads, pool) in pools {
        time(&mut group, threads, pool, ready, step, &mut expected);
    }
}

/// Measures a step; the expected work is found only where criterion wants this step, because it
/// may be filtered out.
fn time(
    group: &mut BenchmarkGroup<'_, WallTime>,
    threads: &str,
    pool: &ThreadPool,
    ready: &Ready<'_>,
    step: Step,
    expected: &mut Option<Work>,
) {
    group.bench_function(threads, |bencher| {
        let expected = *expected.get_or_insert_with(|| ready.expected(step));
        let made = pool.install(|| ready.run(step));
        assert_eq!(
            made.work(),
            expected,
            "{} has not done its work",
            step.name()
        );
        let counts = made.counts();
        bencher.iter_with_large_drop(|| {
            let made = pool.install(|| ready.run(step));
            assert_eq!(made.counts(), counts);
            made
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2));
    targets = steps
}
criterion_main!(benches);
