//! Rows that are added to a corpus in memory.

use super::collection::{Corpus, Head, hash};
use super::targets::Targets;
use crate::text::Texts;
use crate::{Error, Result};
use std::collections::{HashMap, HashSet};

impl Corpus {
    /// Adds the documents of another corpus with the same heads, so that a corpus can be kept between
    /// trainings and grow. Labels are sorted if they were, and else new ones come last, so that the
    /// result is that of all rows read at once. A document of an independent head whose labels were
    /// all known has none of the labels that only the other corpus has; elsewhere they are unknown.
    ///
    /// ```
    /// use standpoint::Corpus;
    /// use standpoint::corpus::HeadKind;
    /// let corpus = |id: &str, label: &str| {
    ///     let mut builder = Corpus::builder();
    ///     builder.head("topic", HeadKind::Exclusive);
    ///     builder.document(id, "a text", &[&[label]]);
    ///     builder.finish()
    /// };
    /// let mut kept = corpus("a", "sport")?;
    /// kept.append(&corpus("b", "conflict")?)?;
    /// assert_eq!(kept.heads[0].labels, ["conflict", "sport"]);
    /// assert_eq!((kept.len(), kept.heads[0].targets.holds(0, 1)), (2, Some(true)));
    /// # Ok::<(), standpoint::Error>(())
    /// ```
    ///
    /// # Errors
    /// A usage error if names or kinds of heads differ, or if one of both holds the words of its
    /// texts alone; nothing is added then.
    pub fn append(&mut self, other: &Corpus) -> Result<()> {
        if self.texts.tokenized().is_some() || other.texts.tokenized().is_some() {
            return Err(Error::usage("rows cannot be added to parts of a corpus")
                .help("make a part of them, too, and join all parts"));
        }
        self.append_documents(other)?;
        other.texts.iter().for_each(|text| self.texts.push(text));
        self.hash = hash(&self.texts, &self.heads, self.weights.as_deref());
        Ok(())
    }

    /// Joins corpora with the same heads, whose texts are given apart.
    ///
    /// # Errors
    /// A usage error if names or kinds of heads differ, and without a corpus.
    pub(crate) fn concat(mut parts: Vec<Corpus>, texts: Texts) -> Result<Corpus> {
        // Neighbours are joined in turn, so that no document is copied more often than there are
        // rounds.
        while parts.len() > 1 {
            let mut rest = parts.into_iter();
            let mut joined = Vec::new();
            while let Some(mut part) = rest.next() {
                rest.next()
                    .map_or(Ok(()), |next| part.append_documents(&next))?;
                joined.push(part);
            }
            parts = joined;
        }
        let whole = parts
            .pop()
            .ok_or_else(|| Error::usage("there is no corpus"))?;
        Ok(Corpus {
            hash: hash(&texts, &whole.heads, whole.weights.as_deref()),
            texts,
            ..whole
        })
    }

    /// Adds all of the documents but their texts.
    fn append_documents(&mut self, other: &Corpus) -> Result<()> {
        let kinds = |corpus: &Corpus| -> Vec<_> {
            let heads = corpus.heads.iter();
            heads
                .map(|head| (head.name.clone(), head.targets.kind()))
                .collect()
        };
        if kinds(self) != kinds(other) {
            return Err(Error::usage("the rows to be added have other heads")
                .help("give them the same heads, in the same order"));
        }
        let (before, added) = (self.ids.len(), other.ids.len());
        let heads = self.heads.iter().zip(&other.heads);
        let documents = [before, added];
        self.heads = heads
            .map(|(own, other)| joined([own, other], documents))
            .collect();
        other.ids.iter().for_each(|id| self.ids.push(id));
        extend(
            &mut self.integer_ids,
            &other.integer_ids,
            before,
            added,
            false,
        );
        extend(&mut self.dates, &other.dates, before, added, None);
        extend(&mut self.sources, &other.sources, before, added, None);
        if self.weights.is_some() || other.weights.is_some() {
            let ones = || vec![1.0; before];
            let weights = self.weights.get_or_insert_with(ones);
            match &other.weights {
                Some(more) => weights.extend(more),
                None => weights.resize(before + added, 1.0),
            }
        }
        Ok(())
    }
}

/// Adds values that are empty where no document has any.
fn extend<T: Clone>(own: &mut Vec<T>, other: &[T], before: usize, added: usize, lacking: T) {
    if own.is_empty() && other.is_empty() {
        return;
    }
    own.resize(before, lacking.clone());
    own.extend_from_slice(other);
    own.resize(before + added, lacking);
}

/// Joins the answers of two corpora, of so many documents each, to one head.
fn joined([own, other]: [&Head; 2], documents: [usize; 2]) -> Head {
    let mut labels = own.labels.clone();
    let known: HashSet<&String> = own.labels.iter().collect();
    let new = other.labels.iter().filter(|label| !known.contains(label));
    labels.extend(new.cloned());
    if own.labels.is_sorted() {
        labels.sort();
    }
    let numbered = labels.iter().enumerate();
    let numbers: HashMap<&String, usize> = numbered.map(|(at, label)| (label, at)).collect();
    let places =
        |of: &Head| -> Vec<usize> { of.labels.iter().map(|label| numbers[label]).collect() };
    let parts = [
        (own, places(own), documents[0]),
        (other, places(other), documents[1]),
    ];
    let targets = match own.targets {
        Targets::Exclusive { .. } => Targets::Exclusive {
            labels: labels.len(),
            of: parts
                .iter()
                .flat_map(|(head, places, _)| exclusive(&head.targets, places))
                .collect(),
        },
        Targets::Independent { .. } => Targets::Independent {
            labels: labels.len(),
            cells: parts
                .iter()
                .flat_map(|(head, places, documents)| {
                    let rows = 0..*documents;
                    rows.flat_map(|document| {
                        independent(&head.targets, places, labels.len(), document)
                    })
                })
                .collect(),
        },
    };
    Head {
        name: own.name.clone(),
        labels,
        targets,
    }
}

fn exclusive(targets: &Targets, places: &[usize]) -> Vec<Option<u32>> {
    let Targets::Exclusive { of, .. } = targets else {
        return Vec::new();
    };
    let place = |label: u32| places[label as usize] as u32;
    of.iter().map(|label| label.map(place)).collect()
}

fn independent(
    targets: &Targets,
    places: &[usize],
    labels: usize,
    document: usize,
) -> Vec<Option<bool>> {
    let answers: Vec<Option<bool>> = (0..places.len())
        .map(|label| targets.holds(document, label))
        .collect();
    let all_known = answers.iter().all(Option::is_some);
    let mut row = vec![all_known.then_some(false); labels];
    for (&place, answer) in places.iter().zip(answers) {
        row[place] = answer;
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::HeadKind;

    fn corpus(rows: &[(&str, &str, &[&str])]) -> Corpus {
        let mut builder = Corpus::builder();
        builder.head("topic", HeadKind::Exclusive);
        builder.head("stance", HeadKind::Independent);
        for (at, (text, topic, stance)) in rows.iter().enumerate() {
            builder.document(&at.to_string(), text, &[&[topic], stance]);
        }
        builder.finish().unwrap()
    }

    #[test]
    fn a_corpus_that_grew_is_that_of_all_rows() {
        let rows: [(&str, &str, &[&str]); 4] = [
            ("one", "y", &["q"]),
            ("two", "z", &[]),
            ("three", "x", &["p", "r"]),
            ("four", "y", &["q"]),
        ];
        let mut grown = corpus(&rows[..2]);
        grown.append(&corpus(&rows[2..])).unwrap();
        let whole = corpus(&rows);
        assert_eq!(grown.hash, whole.hash);
        assert_eq!(grown.label_names(), whole.label_names());
        assert_eq!(grown.heads[1].targets, whole.heads[1].targets);
    }

    #[test]
    fn other_heads_are_refused() {
        let mut other = Corpus::builder();
        other.head("topic", HeadKind::Exclusive);
        other.document("a", "text", &[&["x"]]);
        let mut own = corpus(&[("one", "y", &["q"])]);
        assert!(own.append(&other.finish().unwrap()).is_err());
        assert_eq!(own.len(), 1);
    }
}
