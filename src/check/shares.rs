//! Shares of labels over time and by source, and labels predicted by the source alone.

use super::context::CheckContext;
use super::finding::Finding;
use crate::corpus::{Categories, Date, Head, RefusedValue, Targets};
use serde::Serialize;

/// The distribution of a head's labels in each period or source.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HeadDistribution {
    /// The head; empty where the corpus has no labels.
    pub head: String,
    /// Its labels.
    pub labels: Vec<String>,
    /// Periods in their order, or sources from the one with the most documents on.
    pub rows: Vec<CategoryShares>,
}

/// The labels of one period or source.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CategoryShares {
    /// The period or source; empty for documents without one.
    pub name: String,
    /// The number of its documents.
    pub documents: u64,
    /// The documents of each label that has any, and their share of those with an answer.
    pub labels: Vec<LabelShare>,
    /// Half the sum of the differences between these shares and those of the whole corpus, where
    /// labels exclude each other: the total variation distance, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance: Option<f64>,
}

/// A label and how often it holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LabelShare {
    /// The label.
    pub label: String,
    /// The number of documents that hold it.
    pub documents: u64,
    /// Their share.
    pub share: f64,
}

/// The accuracy of predicting a document's label by the most frequent label of the other documents
/// of its source.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Predictability {
    /// The head.
    pub head: String,
    /// The share of documents that have the most frequent label of the other documents of their
    /// source.
    pub by_source: f64,
    /// The share of documents that have the most frequent label of all.
    pub majority: f64,
    /// The number of sources with several documents.
    pub sources: u64,
    /// The number of these sources that have one label only.
    pub of_one_label: u64,
}

/// Returns the year of a date, as [`Date`] reads it everywhere; `None` for a text that is no date.
pub fn year(date: &str) -> Option<String> {
    date.parse()
        .ok()
        .map(|date: Date| format!("{:04}", date.year()))
}

/// Returns the month of a date, `2021-03`, or the year where the date names no more; `None` for a
/// text that is no date.
pub fn month(date: &str) -> Option<String> {
    let date: Date = date.parse().ok()?;
    let month = date
        .month()
        .map(|month| format!("-{month:02}"))
        .unwrap_or_default();
    Some(format!("{:04}{month}", date.year()))
}

/// Returns documents whose date no command understands.
pub(super) fn unreadable_dates(context: &CheckContext<'_>, field: usize) -> Finding {
    let refused = context
        .raw_corpus
        .refused
        .iter()
        .filter(|refused| refused.field == field);
    let noted = |refused: &RefusedValue| match refused.value.as_str() {
        "" => (refused.document, "no date".to_string()),
        value => (refused.document, format!("`{value}`")),
    };
    let found: Vec<(usize, String)> = refused.map(noted).collect();
    let what = "documents without a date that is understood, such as 2021-05-09".to_string();
    context.documents(
        "unreadable-dates",
        what,
        &found,
        context.raw_corpus.corpus.len(),
    )
}

/// Returns the distribution of each head's labels, or of the documents where there is no head.
pub(super) fn shares(context: &CheckContext<'_>, field: usize) -> Vec<HeadDistribution> {
    let categories = &context.raw_corpus.fields[field];
    let by_time = context.options.date == Some(field);
    let heads = &context.raw_corpus.corpus.heads;
    let distribution = |head: &Head| HeadDistribution {
        head: head.name.clone(),
        labels: head.labels.clone(),
        rows: CategoryCounts::of_head(categories, head).rows(by_time),
    };
    if heads.is_empty() {
        return vec![HeadDistribution {
            head: String::new(),
            labels: Vec::new(),
            rows: CategoryCounts::without_labels(categories).rows(by_time),
        }];
    }
    heads.iter().map(distribution).collect()
}

/// Returns documents by category and label.
fn counts(categories: &Categories, head: &Head) -> Vec<Vec<u64>> {
    let mut counts = vec![vec![0; head.labels.len()]; categories.names.len()];
    for (document, &category) in categories.of.iter().enumerate() {
        head.each_held(document, |label| counts[category as usize][label] += 1);
    }
    counts
}

fn is_answered(targets: &Targets, document: usize) -> bool {
    match targets {
        Targets::Exclusive { of, .. } => of[document].is_some(),
        Targets::Independent { labels, cells } => cells[document * labels..(document + 1) * labels]
            .iter()
            .any(Option::is_some),
    }
}

/// The documents of each category.
struct CategoryCounts<'a> {
    categories: &'a Categories,
    labels: &'a [String],
    /// True where labels exclude each other.
    exclusive: bool,
    /// By category, all documents.
    documents: Vec<u64>,
    /// By category, the documents with a known label.
    answered: Vec<u64>,
    /// By category and label, the documents that hold the label.
    counts: Vec<Vec<u64>>,
}

impl<'a> CategoryCounts<'a> {
    fn without_labels(categories: &'a Categories) -> Self {
        let mut documents = vec![0; categories.names.len()];
        for &category in &categories.of {
            documents[category as usize] += 1;
        }
        CategoryCounts {
            categories,
            labels: &[],
            exclusive: false,
            answered: vec![0; documents.len()],
            counts: vec![Vec::new(); documents.len()],
            documents,
        }
    }

    fn of_head(categories: &'a Categories, head: &'a Head) -> Self {
        let mut answered = vec![0; categories.names.len()];
        for (document, &category) in categories.of.iter().enumerate() {
            answered[category as usize] += u64::from(is_answered(&head.targets, document));
        }
        CategoryCounts {
            labels: &head.labels,
            exclusive: matches!(head.targets, Targets::Exclusive { .. }),
            answered,
            counts: counts(categories, head),
            ..Self::without_labels(categories)
        }
    }

    /// Returns the categories that have documents: by name where names are times, and otherwise
    /// from the largest on.
    fn order(&self, by_time: bool) -> Vec<usize> {
        let (names, documents) = (&self.categories.names, &self.documents);
        let mut order: Vec<usize> = (0..names.len()).filter(|&at| documents[at] > 0).collect();
        order.sort_by(|&a, &b| match by_time {
            true => names[a].cmp(&names[b]),
            false => documents[b]
                .cmp(&documents[a])
                .then(names[a].cmp(&names[b])),
        });
        order
    }

    fn rows(&self, by_time: bool) -> Vec<CategoryShares> {
        let sum = |label: usize| self.counts.iter().map(|counts| counts[label]).sum();
        let all: Vec<u64> = (0..self.labels.len()).map(sum).collect();
        let order = self.order(by_time).into_iter();
        order.map(|category| self.row(category, &all)).collect()
    }

    /// Returns one category's row; `all` are the documents of each label in all categories.
    fn row(&self, category: usize, all: &[u64]) -> CategoryShares {
        let (counts, answered) = (&self.counts[category], self.answered[category]);
        let all_answered = self.answered.iter().sum();
        let held = self
            .labels
            .iter()
            .zip(counts)
            .filter(|(_, count)| **count > 0);
        let label = |(label, &count): (&String, &u64)| LabelShare {
            label: label.clone(),
            documents: count,
            share: share(count, answered),
        };
        let difference =
            |label: usize| (share(counts[label], answered) - share(all[label], all_answered)).abs();
        let has_distance = self.exclusive && answered > 0;
        CategoryShares {
            name: self.categories.names[category].clone(),
            documents: self.documents[category],
            labels: held.map(label).collect(),
            distance: has_distance
                .then(|| (0..self.labels.len()).map(difference).sum::<f64>() / 2.0),
        }
    }
}

fn share(count: u64, of: u64) -> f64 {
    if of == 0 {
        0.0
    } else {
        count as f64 / of as f64
    }
}

pub(super) fn predictable(context: &CheckContext<'_>, field: usize) -> Vec<Predictability> {
    let categories = &context.raw_corpus.fields[field];
    let heads = context.raw_corpus.corpus.heads.iter();
    heads
        .filter_map(|head| match &head.targets {
            Targets::Exclusive { of, .. } => Some(predictability(categories, head, of)),
            Targets::Independent { .. } => None,
        })
        .collect()
}

/// Predicts each label by the other documents of its source; where there are none, the most
/// frequent label of all stands in.
fn predictability(categories: &Categories, head: &Head, of: &[Option<u32>]) -> Predictability {
    let counts = counts(categories, head);
    let all: Vec<u64> = (0..head.labels.len())
        .map(|label| counts.iter().map(|c| c[label]).sum())
        .collect();
    let documents: u64 = all.iter().sum();
    let right = |source: u32, label: u32| {
        let mut others = counts[source as usize].clone();
        others[label as usize] -= 1;
        let votes = if others.iter().sum::<u64>() == 0 {
            &all
        } else {
            &others
        };
        most_frequent(votes) == label as usize
    };
    let known = of
        .iter()
        .zip(&categories.of)
        .filter_map(|(label, &source)| Some((source, (*label)?)));
    let right = known
        .filter(|&(source, label)| right(source, label))
        .count();
    let several = || {
        counts
            .iter()
            .filter(|counts| counts.iter().sum::<u64>() > 1)
    };
    let one_label = |counts: &&Vec<u64>| counts.iter().filter(|count| **count > 0).count() == 1;
    Predictability {
        head: head.name.clone(),
        by_source: share(right as u64, documents),
        majority: share(all.iter().copied().max().unwrap_or(0), documents),
        sources: several().count() as u64,
        of_one_label: several().filter(one_label).count() as u64,
    }
}

/// Returns the number of the greatest count, the first of several.
fn most_frequent(counts: &[u64]) -> usize {
    (0..counts.len())
        .max_by_key(|&at| (counts[at], std::cmp::Reverse(at)))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_become_periods() {
        for date in [
            "2021-03-01T10:00",
            "20210301",
            "1.3.2021",
            "26-MAR-2021 15:01:01.79",
            "March 3, 2021",
        ] {
            let found = (year(date), month(date));
            assert_eq!(
                found,
                (Some("2021".to_string()), Some("2021-03".to_string())),
                "{date}"
            );
        }
        assert_eq!(month("2021"), Some("2021".to_string()));
        for odd in [
            "",
            "2021-13",
            "x",
            "20é1",
            "2021é",
            "2011/12",
            "3/4/2021",
            "99999999é",
            "0.0.2021",
        ] {
            assert_eq!(month(odd), None, "{odd}");
        }
    }
}
