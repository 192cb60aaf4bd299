//! How far annotators agree beyond chance.

use std::collections::BTreeMap;

/// Krippendorff's alpha for labels without order (nominal), any number of annotators and missing answers
/// (Krippendorff 2011, *Computing Krippendorff's alpha-reliability*; Hayes & Krippendorff 2007,
/// Communication Methods and Measures 1(1)).
///
/// `units` has a list for each document: the labels that annotators gave it, by number, `None`
/// where one gave none. α = 1 − D_o / D_e, with the disagreement seen within documents and the one
/// expected if all labels were dealt out anew. A document with fewer than two labels tells nothing. 1 is
/// perfect, 0 is chance. `None` where less than two labels are used: then nothing tells agreement from habit.
///
/// ```
/// use standpoint::evaluate::krippendorff_alpha;
/// let units = [vec![Some(0), Some(0), None], vec![Some(1), Some(1), Some(1)], vec![Some(0), Some(1), None]];
/// let alpha = krippendorff_alpha(&units).unwrap();
/// assert!((alpha - 0.5).abs() < 1e-12);
/// ```
pub fn krippendorff_alpha(units: &[Vec<Option<u32>>]) -> Option<f64> {
    let mut totals: BTreeMap<u32, f64> = BTreeMap::new();
    let (mut seen, mut values) = (0.0, 0.0);
    for unit in units {
        let mut counts: BTreeMap<u32, f64> = BTreeMap::new();
        unit.iter().flatten().for_each(|&label| *counts.entry(label).or_default() += 1.0);
        let given: f64 = counts.values().sum();
        if given < 2.0 {
            continue;
        }
        let same: f64 = counts.values().map(|count| count * (count - 1.0)).sum();
        seen += given - same / (given - 1.0);
        values += given;
        counts.into_iter().for_each(|(label, count)| *totals.entry(label).or_default() += count);
    }
    let same: f64 = totals.values().map(|count| count * (count - 1.0)).sum();
    let expected = values - same / (values - 1.0);
    (totals.len() > 1).then(|| 1.0 - seen / expected)
}
