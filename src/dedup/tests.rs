//! Laws of duplicates.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn jaccard(a: &str, b: &str, shingle: usize) -> f64 {
    let sets = [a, b].map(|text| {
        let form = normal_form(text);
        let words: Vec<String> = form
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(str::to_string)
            .collect();
        let length = shingle.clamp(1, words.len().max(1));
        words
            .windows(length)
            .map(<[String]>::to_vec)
            .collect::<BTreeSet<_>>()
    });
    let both = sets[0].intersection(&sets[1]).count();
    both as f64 / (sets[0].len() + sets[1].len() - both).max(1) as f64
}

/// Every pair, compared by its words.
fn brute_force(texts: &Texts, options: &NearDuplicates) -> Groups {
    let mut sets = DisjointSets::new(texts.len());
    for a in 0..texts.len() {
        for b in 0..a {
            let same = normal_form(texts.get(a)) == normal_form(texts.get(b))
                && (!normal_form(texts.get(a)).is_empty()
                    || texts.get(a).trim() == texts.get(b).trim());
            if same
                || jaccard(texts.get(a), texts.get(b), options.shingle) >= options.threshold - 1e-12
            {
                sets.join(a as u32, b as u32);
            }
        }
    }
    Groups::of_sets(&sets)
}

/// Texts of a few words, so that many resemble each other.
fn corpus() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(
        prop::collection::vec("[abc]", 0..12).prop_map(|words| words.join(" ")),
        0..40,
    )
}

proptest! {
    #[test]
    fn comparing_every_pair_is_brute_force(lines in corpus(), shingle in 1..4usize, tenths in 1..=10u32) {
        let texts: Texts = lines.iter().collect();
        let options = NearDuplicates { shingle, threshold: f64::from(tenths) / 10.0, miss: 0.0 };
        prop_assert_eq!(near_duplicates(&texts, &options), brute_force(&texts, &options));
    }

    /// Bands never find more pairs than there are, and with a small `miss` hardly ever fewer.
    #[test]
    fn bands_join_no_others(lines in corpus(), shingle in 1..4usize, tenths in 3..=10u32) {
        let texts: Texts = lines.iter().collect();
        let options = NearDuplicates { shingle, threshold: f64::from(tenths) / 10.0, miss: 1e-3 };
        let (found, all) = (near_duplicates(&texts, &options), brute_force(&texts, &options));
        prop_assert!(found.count >= all.count);
        for (document, &group) in found.of.iter().enumerate() {
            let first = found.firsts()[group as usize] as usize;
            prop_assert_eq!(all.of[document], all.of[first]);
        }
    }

    #[test]
    fn any_text_is_its_own_duplicate(lines in prop::collection::vec(any::<String>(), 0..20), shingle in 0..5usize) {
        let texts: Texts = lines.iter().chain(&lines).collect();
        let options = NearDuplicates { shingle, threshold: 0.9, ..NearDuplicates::default() };
        for groups in [near_duplicates(&texts, &options), exact_duplicates(&texts)] {
            prop_assert_eq!(&groups.of[..lines.len()], &groups.of[lines.len()..]);
            prop_assert_eq!(groups.firsts().len(), groups.count as usize);
        }
    }

    #[test]
    fn the_order_of_texts_does_not_matter(lines in corpus()) {
        let texts: Texts = lines.iter().collect();
        let turned: Texts = lines.iter().rev().collect();
        let (there, back) =
            (near_duplicates(&texts, &NearDuplicates::default()), near_duplicates(&turned, &NearDuplicates::default()));
        prop_assert_eq!(there.count, back.count);
        let last = lines.len();
        for a in 0..last {
            for b in 0..a {
                prop_assert_eq!(there.of[a] == there.of[b], back.of[last - 1 - a] == back.of[last - 1 - b]);
            }
        }
    }
}

fn variations(count: usize) -> Texts {
    let word = |n: usize| format!("w{}", n * 2654435761 % 1009);
    let text = |at: usize| {
        let words: Vec<String> = (0..30).map(|k| word(at / 2 * 31 + k)).collect();
        let changed = if at % 2 == 1 {
            [&words[..28], &["changed".to_string()]].concat()
        } else {
            words
        };
        changed.join(" ")
    };
    (0..count).map(text).collect()
}

#[test]
fn hardly_a_pair_is_overlooked() {
    let texts = variations(2000);
    let groups = near_duplicates(&texts, &NearDuplicates::default());
    let together = (0..1000)
        .filter(|pair| groups.of[2 * pair] == groups.of[2 * pair + 1])
        .count();
    assert!(together >= 999, "{together}");
}

#[test]
fn threads_do_not_matter() {
    let texts = variations(600);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            near_duplicates(
                &texts,
                &NearDuplicates {
                    threshold: 0.3,
                    ..Default::default()
                },
            )
        })
    };
    assert_eq!(with(1), with(3));
}

/// Many copies that differ in a word each are one group, in reasonable time.
#[test]
fn a_form_letter_is_one_group() {
    let texts: Texts = (0..3000)
        .map(|n| {
            format!(
                "the ministry announced on monday that troops had crossed the border near town number {n}"
            )
        })
        .collect();
    assert_eq!(near_duplicates(&texts, &NearDuplicates::default()).count, 1);
}

#[test]
fn values_outside_the_range_are_taken_as_the_nearest() {
    let texts: Texts = ["a b c", "a b c d", "", "!", "x"].into_iter().collect();
    for threshold in [f64::NAN, -1.0, 0.0, 2.0, f64::INFINITY] {
        for miss in [f64::NAN, -1.0, 0.0, 1.0, 7.0] {
            let groups = near_duplicates(
                &texts,
                &NearDuplicates {
                    shingle: 0,
                    threshold,
                    miss,
                },
            );
            assert_eq!(groups.of.len(), texts.len(), "{threshold} {miss}");
        }
    }
}
