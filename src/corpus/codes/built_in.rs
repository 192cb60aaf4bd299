//! The maps that are compiled in.

use super::CodeMap;
use crate::{Error, Result};

const MAPS: [(&str, &str); 6] = [
    ("acled", include_str!("../../../datasets/maps/acled.csv")),
    ("cameo", include_str!("../../../datasets/maps/cameo.csv")),
    ("iptc", include_str!("../../../datasets/maps/iptc.csv")),
    ("plover", include_str!("../../../datasets/maps/plover.csv")),
    (
        "stances",
        include_str!("../../../datasets/maps/stances.csv"),
    ),
    ("topics", include_str!("../../../datasets/maps/topics.csv")),
];

impl CodeMap {
    /// Returns the names of the maps that are compiled in.
    pub fn built_in_names() -> impl Iterator<Item = &'static str> {
        MAPS.iter().map(|(name, _)| *name)
    }

    /// Reads a map that is compiled in: `acled`, `cameo`, `iptc` or `plover` from codes to labels,
    /// `stances` or `topics` from labels to codes.
    ///
    /// # Errors
    /// A usage error for another name.
    pub fn built_in(name: &str) -> Result<CodeMap> {
        match MAPS.iter().find(|(known, _)| *known == name) {
            Some((name, text)) => CodeMap::read(text, name),
            None => {
                let names: Vec<&str> = Self::built_in_names().collect();
                Err(Error::usage(format!("there is no map `{name}`"))
                    .help(format!("name a file, or one of {}", names.join(", "))))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The labels in a column of a map, each once.
    fn labels(map: &CodeMap, column: &str) -> Vec<String> {
        let column = map.column(column).unwrap();
        let mut labels: Vec<String> = map
            .all()
            .filter_map(|code| map.labels(code, column))
            .flatten()
            .cloned()
            .collect();
        labels.sort();
        labels.dedup();
        labels
    }

    #[test]
    fn labels_are_those_of_the_code_book() {
        for name in ["acled", "cameo", "plover"] {
            let map = CodeMap::built_in(name).unwrap();
            let stances = ["diplomacy", "escalation", "military_aid"];
            assert!(
                labels(&map, "stance")
                    .iter()
                    .all(|label| stances.contains(&label.as_str())),
                "{name}"
            );
            let quads = [
                "material conflict",
                "material cooperation",
                "verbal conflict",
                "verbal cooperation",
            ];
            assert!(
                labels(&map, "quad_class")
                    .iter()
                    .all(|quad| quads.contains(&quad.as_str())),
                "{name}"
            );
        }
        let topics = labels(&CodeMap::built_in("iptc").unwrap(), "topic");
        let named = CodeMap::built_in("topics").unwrap();
        assert_eq!(topics.len(), 10);
        assert!(topics.iter().all(|topic| named.find(topic).is_some()));
    }

    #[test]
    fn cameo_is_whole_and_its_digits_are_its_hierarchy() {
        let map = CodeMap::built_in("cameo").unwrap();
        let roots: Vec<String> = (1..=20).map(|root| format!("{root:02}")).collect();
        assert!(roots.iter().all(|root| map.find(root).is_some()));
        for code in map.all() {
            let above: Vec<&str> = map.ancestors(code).map(|code| map.code(code)).collect();
            let digits = map.code(code);
            let expected: Vec<&str> = (2..=digits.len()).rev().map(|end| &digits[..end]).collect();
            assert_eq!(above, expected);
        }
    }

    #[test]
    fn codes_of_labels_are_codes_of_the_maps() {
        let stances = CodeMap::built_in("stances").unwrap();
        for name in ["plover", "cameo"] {
            let (map, column) = (
                CodeMap::built_in(name).unwrap(),
                stances.column(name).unwrap(),
            );
            let stance = map.column("stance").unwrap();
            for label in stances.all() {
                for code in stances.labels(label, column).unwrap() {
                    let found = map.labels(map.find(code).unwrap(), stance).unwrap();
                    assert!(
                        found.iter().any(|found| found == stances.code(label)),
                        "{name} {code}"
                    );
                }
            }
        }
    }
}
