//! Coverage of the intervals of `eval` and `compare`, by simulation.
//!
//! ```sh
//! cargo bench --bench coverage -- 400     # test sets of each kind; a few minutes
//! ```
//!
//! Each population has a label for every document, scores that are normal around it, and
//! probabilities by Bayes' rule, so that the true value of every metric is known from 200,000
//! documents of it. Test sets are drawn from the population, and a line says in how many of them
//! the 95 % interval holds the true value, how often it lies below and above it, how wide it is,
//! and how often its end is the value itself. A table of all coverages, with those of the
//! difference of two systems in brackets, comes last.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use standpoint::evaluate::{Bootstrap, Estimate, Metric, Predictions, compare, measure};

/// A population of documents.
struct Population {
    name: &'static str,
    /// Share of the documents with each label.
    shares: Vec<f64>,
    /// Distance of the score of the true label above the others.
    strength: f64,
    /// Factor by which scores are too sure: 1 gives right probabilities.
    sureness: f64,
    /// Several labels a document, each for itself.
    independent: bool,
    documents: usize,
}

fn zipf(labels: usize) -> Vec<f64> {
    let sum: f64 = (1..=labels).map(|rank| 1.0 / rank as f64).sum();
    (1..=labels).map(|rank| 1.0 / rank as f64 / sum).collect()
}

fn populations() -> Vec<Population> {
    let population = |name, shares, strength, sureness, independent, documents| Population {
        name,
        shares,
        strength,
        sureness,
        independent,
        documents,
    };
    vec![
        population("30 labels, Zipf", zipf(30), 3.0, 1.0, false, 500),
        population("30 labels, Zipf, too sure", zipf(30), 3.0, 2.5, false, 500),
        population("5 of 500 documents", vec![0.99, 0.01], 2.0, 1.0, false, 500),
        population("30 independent labels", zipf(30), 3.0, 1.0, true, 500),
        population(
            "3 labels, 60 documents",
            vec![0.5, 0.3, 0.2],
            1.5,
            1.0,
            false,
            60,
        ),
    ]
}

struct Random(Xoshiro256PlusPlus);

impl Random {
    fn uniform(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Box and Muller's transformation.
    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

impl Population {
    /// Returns the rarest label, or the head.
    fn label(&self, of_label: bool) -> Option<usize> {
        of_label.then_some(self.shares.len() - 1)
    }

    /// So many documents, as two systems see them.
    fn draw(&self, random: &mut Random, documents: usize) -> [Predictions; 2] {
        let labels = self.shares.len();
        let mut truth = vec![false; documents * labels];
        for row in truth.chunks_mut(labels) {
            if self.independent {
                row.iter_mut()
                    .zip(&self.shares)
                    .for_each(|(holds, share)| *holds = random.uniform() < *share);
            } else {
                let mut left = random.uniform();
                let drawn = self.shares.iter().position(|share| {
                    left -= share;
                    left < 0.0
                });
                row[drawn.unwrap_or(0)] = true;
            }
        }
        // Both systems err on the same documents in part.
        let shared: Vec<f64> = truth.iter().map(|_| random.normal()).collect();
        [1.0, 0.93].map(|quality| {
            let mut see = |(at, noise): (usize, &f64)| {
                let seen = 0.7 * noise + 0.51f64.sqrt() * random.normal();
                let strength = quality * self.strength;
                let shift = if truth[at] { strength } else { 0.0 };
                let prior = self.shares[at % labels];
                let odds = if self.independent {
                    (prior / (1.0 - prior)).ln() - strength * strength / 2.0
                } else {
                    prior.ln()
                };
                self.sureness * (strength * (seen + shift) + odds)
            };
            let decisions: Vec<f64> = shared.iter().enumerate().map(&mut see).collect();
            self.answer(&truth, &decisions)
        })
    }

    fn answer(&self, truth: &[bool], decisions: &[f64]) -> Predictions {
        let labels = self.shares.len();
        let names: Vec<String> = (0..labels).map(|label| format!("label {label}")).collect();
        if self.independent {
            let scores: Vec<f64> = decisions.iter().map(|d| 1.0 / (1.0 + (-d).exp())).collect();
            let predicted = scores.iter().map(|p| *p > 0.5).collect();
            let truth = truth.iter().map(|&holds| Some(holds)).collect();
            return Predictions::independent(names, truth, predicted).with_scores(scores, true);
        }
        let best = |row: &[f64]| {
            (0..labels)
                .max_by(|&a, &b| row[a].total_cmp(&row[b]))
                .unwrap_or(0) as u32
        };
        let softmax = |row: &[f64]| {
            let most = row[best(row) as usize];
            let sum: f64 = row.iter().map(|d| (d - most).exp()).sum();
            row.iter()
                .map(|d| (d - most).exp() / sum)
                .collect::<Vec<f64>>()
        };
        let predicted = decisions.chunks(labels).map(best).collect();
        let truth = truth
            .chunks(labels)
            .map(|row| row.iter().position(|h| *h).unwrap_or(0) as u32)
            .collect();
        let scores = decisions.chunks(labels).flat_map(softmax).collect();
        Predictions::exclusive(names, truth, predicted).with_scores(scores, true)
    }
}

/// Metrics of the head, and of the rarest label (true).
const METRICS: [(Metric, bool); 11] = [
    (Metric::Accuracy, false),
    (Metric::MicroF1, false),
    (Metric::MacroPrecision, false),
    (Metric::MacroRecall, false),
    (Metric::MacroF1, false),
    (Metric::AveragePrecision, false),
    (Metric::RocAuc, false),
    (Metric::Brier, false),
    (Metric::LogLoss, false),
    (Metric::Ece, false),
    (Metric::F1, true),
];

/// Numbers of intervals that hold the truth, miss it, or are not there.
#[derive(Default)]
struct Tally {
    all: usize,
    none: usize,
    below: usize,
    above: usize,
    ends: usize,
    width: f64,
}

impl Tally {
    fn add(&mut self, estimate: Estimate, truth: f64) {
        let Some([low, high]) = estimate.interval else {
            self.none += 1;
            return;
        };
        self.all += 1;
        self.below += usize::from(high < truth);
        self.above += usize::from(low > truth);
        self.ends += usize::from((low == estimate.value || high == estimate.value) && low != high);
        self.width += high - low;
    }

    /// The share of the intervals that hold the true value.
    fn coverage(&self) -> f64 {
        1.0 - (self.below + self.above) as f64 / self.all.max(1) as f64
    }

    fn show(&self, name: &str, truth: f64) {
        let share = |count: usize| count as f64 / self.all.max(1) as f64;
        println!(
            "  {name:24} {truth:>7.3} {:>9.3} {:>7.3} {:>7.3} {:>7.3} {:>7.3} {:>5}",
            self.coverage(),
            share(self.below),
            share(self.above),
            self.width / self.all.max(1) as f64,
            share(self.ends),
            self.none
        );
    }
}

fn title((metric, of_rarest): (Metric, bool)) -> String {
    let of = if of_rarest { " of the rarest" } else { "" };
    format!("{metric}{of}")
}

/// A Markdown table of coverages: metrics by populations, of a difference in brackets.
#[derive(Default)]
struct Table {
    populations: Vec<&'static str>,
    rows: Vec<(String, Vec<String>)>,
}

impl Table {
    /// Adds the cell of a metric in the last population.
    fn add(&mut self, key: (Metric, bool), [alone, difference]: &[Tally; 2]) {
        let cell = if alone.all == 0 {
            "–".to_string()
        } else {
            format!("{:.2} ({:.2})", alone.coverage(), difference.coverage())
        };
        let name = title(key);
        match self.rows.iter_mut().find(|(known, _)| *known == name) {
            Some((_, cells)) => cells.push(cell),
            None => self.rows.push((name, vec![cell])),
        }
    }

    fn print(&self) {
        println!("\n| metric | {} |", self.populations.join(" | "));
        println!("|---{}|", "|---".repeat(self.populations.len()));
        for (name, cells) in &self.rows {
            println!("| {name} | {} |", cells.join(" | "));
        }
    }
}

/// Values of one metric: of each system on the population.
type Truths = [Option<[f64; 2]>; METRICS.len()];

/// Returns the metrics of both systems on so many documents that they count as the truth.
fn truths(
    population: &Population,
    random: &mut Random,
) -> Result<Truths, Box<dyn std::error::Error>> {
    let whole = population.draw(random, 200_000);
    let [first, second] = whole.each_ref().map(|of| measure(of, &Bootstrap::none()));
    let (first, second) = (first?, second?);
    Ok(METRICS.map(|(metric, of_label)| {
        let label = population.label(of_label);
        let [a, b] = [&first, &second].map(|of| of.get(metric, label));
        Some([a?.value, b?.value])
    }))
}

/// Returns for each metric the intervals of the first system and of the difference.
fn tallies(
    population: &Population,
    truths: &Truths,
    sets: usize,
    random: &mut Random,
) -> Result<Vec<[Tally; 2]>, Box<dyn std::error::Error>> {
    let bootstrap = Bootstrap {
        resamples: 300,
        ..Bootstrap::default()
    };
    let mut tallies: Vec<[Tally; 2]> = METRICS.map(|_| Default::default()).into();
    for _ in 0..sets {
        let [a, b] = population.draw(random, population.documents);
        let measured = measure(&a, &bootstrap)?;
        let compared = compare(&a, &b, &bootstrap)?;
        for ((tallies, (metric, of_label)), truth) in tallies.iter_mut().zip(METRICS).zip(truths) {
            let Some([x, y]) = *truth else { continue };
            let label = population.label(of_label);
            if let Some(estimate) = measured.get(metric, label) {
                tallies[0].add(estimate, x);
            }
            if let Some(found) = compared.get(metric, label) {
                tallies[1].add(found.difference, x - y);
            }
        }
    }
    Ok(tallies)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(sets) = std::env::args().find_map(|argument| argument.parse().ok()) else {
        // `cargo bench` starts every bench.
        println!("coverage: cargo bench --bench coverage -- SETS");
        return Ok(());
    };
    let mut table = Table::default();
    for population in populations() {
        table.populations.push(population.name);
        println!(
            "{}, {} documents, {sets} test sets",
            population.name, population.documents
        );
        println!(
            "  metric                     truth  coverage   below   above   width  at end  none"
        );
        let mut random = Random(Xoshiro256PlusPlus::seed_from_u64(1));
        let truths = truths(&population, &mut random)?;
        let tallies = tallies(&population, &truths, sets, &mut random)?;
        for (tallies, key) in tallies.iter().zip(METRICS) {
            table.add(key, tallies);
        }
        for (at, name) in [(0, ""), (1, "Δ ")] {
            for ((tallies, key), truth) in tallies.iter().zip(METRICS).zip(truths) {
                let Some([x, y]) = truth else { continue };
                let truth = if at == 0 { x } else { x - y };
                tallies[at].show(&format!("{name}{}", title(key)), truth);
            }
        }
    }
    table.print();
    Ok(())
}
