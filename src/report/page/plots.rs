//! Which plots there are.

use super::plot::{Drawing, Frame, Shape};
use crate::evaluate::curves::{CurvePoint, ReliabilityBin, ScoreHistogram};

/// Precision at every recall, the point at which the model answers, and the share of documents that
/// have the label, which is the precision of guessing.
pub fn precision_recall(
    title: &str,
    points: &[CurvePoint],
    answered: Option<[f64; 2]>,
    share: f64,
    summary: String,
) -> Drawing {
    let frame = Frame::unit();
    let start = points.first().map(|first| [0.0, first.precision]);
    let steps = points.windows(2).flat_map(|pair| {
        let [from, to] = [&pair[0], &pair[1]];
        [[from.recall, from.precision], [from.recall, to.precision]]
    });
    let end = points.last().map(|last| [last.recall, last.precision]);
    let curve: Vec<[f64; 2]> = start.into_iter().chain(steps).chain(end).collect();
    let mut shapes =
        vec![frame.line(&[[0.0, share], [1.0, share]], "guess"), frame.line(&curve, "curve")];
    shapes.extend(answered.map(|[recall, precision]| frame.dot(recall, precision, 4.0, "answer")));
    frame.drawing(title, summary, ["recall", "precision"], shapes)
}

/// How often what was said with some probability came true; dots are larger where documents are more.
pub fn reliability(title: &str, bins: &[ReliabilityBin], summary: String) -> Drawing {
    let frame = Frame::unit();
    let most = bins.iter().map(|bin| bin.weight).fold(0.0, f64::max);
    let mut shapes = vec![frame.line(&[[0.0, 0.0], [1.0, 1.0]], "guess")];
    let gap = |bin: &ReliabilityBin| {
        frame.line(&[[bin.confidence, bin.confidence], [bin.confidence, bin.share]], "gap")
    };
    shapes.extend(bins.iter().map(gap));
    let line: Vec<[f64; 2]> = bins.iter().map(|bin| [bin.confidence, bin.share]).collect();
    shapes.push(frame.line(&line, "curve"));
    let radius = |bin: &ReliabilityBin| if most > 0.0 { 2.0 + 4.0 * (bin.weight / most).sqrt() } else { 2.0 };
    shapes.extend(bins.iter().map(|bin| frame.dot(bin.confidence, bin.share, radius(bin), "bin")));
    frame.drawing(title, summary, ["probability", "share that came true"], shapes)
}

/// Scores where the label holds, upwards, and where it does not, downwards; each side's bars add up
/// to 1.
pub fn histogram(title: &str, scores: &ScoreHistogram, summary: String) -> Drawing {
    let share = |side: &[f64], at: usize| {
        let all: f64 = side.iter().sum();
        if all > 0.0 { side[at] / all } else { 0.0 }
    };
    let bins = 0..scores.positive.len().min(scores.negative.len());
    let sides = |at: usize| [share(&scores.positive, at), share(&scores.negative, at)];
    let most = bins.clone().flat_map(sides).fold(0.0, f64::max);
    let most = if most > 0.0 { most } else { 1.0 };
    let ends = [scores.edges.first().copied().unwrap_or(0.0), scores.edges.last().copied().unwrap_or(1.0)];
    let frame = Frame::new(ends, [-most, most]);
    let mut shapes = Vec::new();
    for at in bins {
        let [up, down] = sides(at);
        let [low, high] = [scores.edges[at], scores.edges[at + 1]];
        let bars = [(up, up, "yes"), (down, -down, "no")];
        let bars = bars.into_iter().filter(|(size, ..)| *size > 0.0);
        shapes.extend(bars.map(|(_, to, class)| frame.rect([low, 0.0], [high, to], class)));
    }
    shapes.push(frame.line(&[[ends[0], 0.0], [ends[1], 0.0]], "zero"));
    let mut drawing = frame.drawing(title, summary, ["score", "label holds, ↓ does not"], shapes);
    // Shares downwards are no less than nothing.
    drawing.shapes.iter_mut().for_each(without_sign);
    drawing
}

fn without_sign(shape: &mut Shape) {
    if let Shape::Text { text, anchor: "end", .. } = shape
        && let Some(share) = text.strip_prefix('\u{2212}')
    {
        *text = share.to_string();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rects(drawing: &Drawing) -> Vec<(f64, f64, &'static str)> {
        let rect = |shape: &Shape| match shape {
            Shape::Rect { y, height, class, .. } => Some((*y, *height, *class)),
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
        let empty = ScoreHistogram { edges: vec![], positive: vec![], negative: vec![] };
        assert!(rects(&histogram("", &empty, String::new())).is_empty());
        precision_recall("", &[], None, f64::NAN, String::new());
        reliability("", &[], String::new());
    }
}
