//! Sentences on a comparison, as all reports write them.

use crate::evaluate::{ComparisonReport, SystemReport};

/// The most labels that a sentence names.
const LABELS_NAMED: usize = 5;

/// Returns a sentence, and the remedy where there is one, for each system that never predicts a
/// label of the head; baselines are not meant to.
pub(super) fn never_predicted(report: &ComparisonReport) -> Vec<String> {
    let systems = report.systems.iter();
    systems
        .filter(|system| !system.baseline && !system.never_predicted.is_empty())
        .map(|system| sentence(&report.head, system))
        .collect()
}

fn sentence(head: &str, system: &SystemReport) -> String {
    let labels = &system.never_predicted;
    let mut named: Vec<String> = labels
        .iter()
        .take(LABELS_NAMED)
        .map(|label| format!("`{label}`"))
        .collect();
    if labels.len() > LABELS_NAMED {
        named.push(format!("{} more", labels.len() - LABELS_NAMED));
    }
    let named = match named.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => named.concat(),
    };
    let remedy = system.remedy.as_deref();
    let remedy = remedy.map_or_else(String::new, |remedy| format!(": {remedy}"));
    format!(
        "{} never predicts {named} of head `{head}`{remedy}",
        system.name
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{Bootstrap, Metric, Predictions, System, compare_systems};

    /// A report on as many labels, all true of one document, of which the system predicts the
    /// first alone.
    fn report(labels: u32) -> ComparisonReport {
        let names = (0..labels).map(|label| format!("l{label}")).collect();
        let all = (0..labels).collect();
        let system = System {
            name: "nb".to_string(),
            predictions: Predictions::exclusive(names, all, vec![0; labels as usize]),
            resources: None,
        };
        let shares = vec![1.0 / f64::from(labels); labels as usize];
        let bootstrap = Bootstrap::none();
        compare_systems("h", &[system], 0, &shares, Metric::MacroF1, &bootstrap).unwrap()
    }

    #[test]
    fn a_few_labels_are_named_and_the_others_counted() {
        assert!(never_predicted(&report(1)).is_empty());
        let two = never_predicted(&report(3));
        assert_eq!(two, ["nb never predicts `l1` and `l2` of head `h`"]);
        let mut many = report(9);
        many.systems[0].remedy = Some("take more rows".to_string());
        assert_eq!(
            never_predicted(&many),
            [
                "nb never predicts `l1`, `l2`, `l3`, `l4`, `l5` and 3 more of head `h`: take more rows"
            ]
        );
    }
}
