//! The plots of an evaluation.

use super::plot::{Drawing, Frame};
use crate::evaluate::curves::{CurvePoint, ReliabilityBin, ScoreHistogram};

/// A curve has no more steps along its width.
const CURVE_STEPS: f64 = 250.0;

/// Precision at every recall, the point at which the model answers, and the share of documents that
/// have the label, which is the precision of guessing.
pub(crate) fn precision_recall(
    title: &str,
    points: &[CurvePoint],
    answered: Option<[f64; 2]>,
    share: f64,
    summary: String,
) -> Drawing {
    let frame = Frame::unit();
    let points = told_apart(points);
    let start = points.first().map(|first| [0.0, first.precision]);
    let steps = points.windows(2).flat_map(|pair| {
        let [from, to] = [&pair[0], &pair[1]];
        [[from.recall, from.precision], [from.recall, to.precision]]
    });
    let end = points.last().map(|last| [last.recall, last.precision]);
    let curve: Vec<[f64; 2]> = start.into_iter().chain(steps).chain(end).collect();
    let mut shapes = vec![
        frame.line(&[[0.0, share], [1.0, share]], "guess"),
        frame.line(&curve, "curve"),
    ];
    shapes.extend(answered.map(|[recall, precision]| frame.dot(recall, precision, 4.0, "answer")));
    frame.drawing(title, summary, ["recall", "precision"], shapes)
}

/// The points that the width of a plot can tell apart.
fn told_apart(points: &[CurvePoint]) -> Vec<CurvePoint> {
    let mut kept: Vec<CurvePoint> = Vec::new();
    for (at, point) in points.iter().enumerate() {
        let new = kept
            .last()
            .is_none_or(|last| point.recall - last.recall > 1.0 / CURVE_STEPS);
        if new || at + 1 == points.len() {
            kept.push(*point);
        }
    }
    kept
}

/// The reliability diagram: the share that came true by probability; dots are larger where
/// documents are more.
pub fn reliability(title: &str, bins: &[ReliabilityBin], summary: String) -> Drawing {
    let frame = Frame::unit();
    let most = bins.iter().map(|bin| bin.weight).fold(0.0, f64::max);
    let mut shapes = vec![frame.line(&[[0.0, 0.0], [1.0, 1.0]], "guess")];
    let gap = |bin: &ReliabilityBin| {
        frame.line(
            &[
                [bin.confidence, bin.confidence],
                [bin.confidence, bin.share],
            ],
            "gap",
        )
    };
    shapes.extend(bins.iter().map(gap));
    let line: Vec<[f64; 2]> = bins.iter().map(|bin| [bin.confidence, bin.share]).collect();
    shapes.push(frame.line(&line, "curve"));
    let radius = |bin: &ReliabilityBin| {
        if most > 0.0 {
            2.0 + 4.0 * (bin.weight / most).sqrt()
        } else {
            2.0
        }
    };
    shapes.extend(
        bins.iter()
            .map(|bin| frame.dot(bin.confidence, bin.share, radius(bin), "bin")),
    );
    frame.drawing(
        title,
        summary,
        ["probability", "share that came true"],
        shapes,
    )
}

/// Scores where the label holds, upwards, and where it does not, downwards: shares of each side, on
/// a scale of its own, because the two are often very unlike.
pub fn histogram(title: &str, scores: &ScoreHistogram, summary: String) -> Drawing {
    let bins = scores.positive.len().min(scores.negative.len());
    let ends = [
        scores.edges.first().copied().unwrap_or(0.0),
        scores.edges.last().copied().unwrap_or(1.0),
    ];
    let frame = Frame::new(ends, [-1.0, 1.0]);
    let ([yes, most_yes], [no, most_no]) = (side(&scores.positive), side(&scores.negative));
    let bar = |at: usize, share: f64, to: f64, class| {
        (share > 0.0)
            .then(|| frame.rect([scores.edges[at], 0.0], [scores.edges[at + 1], to], class))
    };
    let mut shapes = Vec::new();
    for at in 0..bins {
        let (up, down) = (scores.positive[at] / yes, scores.negative[at] / no);
        shapes.extend(bar(at, up, up / most_yes, "yes"));
        shapes.extend(bar(at, down, -down / most_no, "no"));
    }
    shapes.push(frame.line(&[[ends[0], 0.0], [ends[1], 0.0]], "zero"));
    let labels = [most_no, most_no / 2.0, 0.0, most_yes / 2.0, most_yes].map(percent);
    frame.drawing_labelled(
        title,
        summary,
        ["score", "label holds, ↓ does not"],
        labels,
        shapes,
    )
}

/// The sum of a side, and its greatest share.
fn side(weights: &[f64]) -> [f64; 2] {
    let sum: f64 = weights.iter().sum();
    let most = weights.iter().copied().fold(0.0, f64::max);
    if sum > 0.0 {
        [sum, most / sum]
    } else {
        [1.0, 1.0]
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::super::plot::Shape;
    use super::*;
    use proptest::prelude::*;

    fn rects(drawing: &Drawing) -> Vec<(f64, f64, &'static str)> {
        let rect = |shape: &Shape| match shape {
            Shape::Rect {
                y, height, class, ..
            } => Some((*y, *height, *class)),
            _ => None,
        };
        drawing.shapes.iter().filter_map(rect).collect()
    }

    proptest! {
        #[test]
        fn bars_stand_on_one_line(counts in prop::collection::vec((0u32..50, 0u32..50), 1..20)) {
            let scores = ScoreHistogram {
                edges: (0..=counts.len()).map(|edge| edge as f64 / counts.len() as f64).collect(),
                positive: counts.iter().map(|(yes, _)| f64::from(*yes)).collect(),
                negative: counts.iter().map(|(_, no)| f64::from(*no)).collect(),
            };
            let drawing = histogram("", &scores, String::new());
            let bars = rects(&drawing);
            let some = counts.iter().map(|(yes, no)| u32::from(*yes > 0) + u32::from(*no > 0)).sum::<u32>();
            prop_assert_eq!(bars.len(), some as usize);
            let lines: Vec<f64> =
                bars.iter().map(|(y, height, class)| if *class == "yes" { y + height } else { *y }).collect();
            prop_assert!(lines.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 0.02), "{lines:?}");
        }
    }

    #[test]
    fn nothing_to_plot_is_an_empty_plot() {
        let empty = ScoreHistogram {
            edges: vec![],
            positive: vec![],
            negative: vec![],
        };
        assert!(rects(&histogram("", &empty, String::new())).is_empty());
        precision_recall("", &[], None, f64::NAN, String::new());
        reliability("", &[], String::new());
    }
}
