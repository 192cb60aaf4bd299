//! Plots as plain shapes, which a template writes as SVG.
//!
//! Shapes have classes and no colours, so that one style sheet serves dark, light and print. A
//! [`Frame`] turns values into places, and keeps every shape inside.

use serde::Serialize;

/// A plot.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Drawing {
    /// The title.
    pub title: String,
    /// The description, for those who do not see it.
    pub description: String,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// The shapes, in order.
    pub shapes: Vec<Shape>,
}

/// A part of a plot; places are counted from the upper left corner.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "shape", rename_all = "snake_case")]
pub enum Shape {
    /// A line through points.
    Line {
        /// The points, two numbers each.
        points: Vec<[f64; 2]>,
        /// The class, which the style sheet colours.
        class: &'static str,
    },
    /// A rectangle.
    Rect {
        /// Left edge.
        x: f64,
        /// Upper edge.
        y: f64,
        /// From left to right.
        width: f64,
        /// From top to bottom.
        height: f64,
        /// The class, which the style sheet colours.
        class: &'static str,
    },
    /// A dot.
    Dot {
        /// Its centre.
        x: f64,
        /// Its centre.
        y: f64,
        /// Its radius.
        radius: f64,
        /// The class, which the style sheet colours.
        class: &'static str,
    },
    /// Words.
    Text {
        /// The anchor of the text.
        x: f64,
        /// Their base line.
        y: f64,
        /// `start`, `middle` or `end`.
        anchor: &'static str,
        /// The words.
        text: String,
    },
}

/// The plane between two axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    x: [f64; 2],
    y: [f64; 2],
}

const WIDTH: f64 = 260.0;
const HEIGHT: f64 = 212.0;
const LEFT: f64 = 38.0;
const RIGHT: f64 = 10.0;
const TOP: f64 = 8.0;
const BOTTOM: f64 = 36.0;
const TICKS: usize = 5;
/// About the width of a digit.
const LETTER: f64 = 6.0;
/// Greater numbers are written with an exponent.
const PLAIN: f64 = 1e6;
/// More characters than these do not fit beside the upright axis.
const MAX_LABEL_CHARS: usize = 7;

impl Frame {
    /// Axes from the first to the second value of each; an empty range becomes one of length 1.
    pub fn new(x: [f64; 2], y: [f64; 2]) -> Frame {
        Frame {
            x: proper(x),
            y: proper(y),
        }
    }

    /// Axes from 0 to 1.
    pub fn unit() -> Frame {
        Frame::new([0.0, 1.0], [0.0, 1.0])
    }

    /// Returns the place of a value; one beyond the axes is at their end.
    pub fn at(&self, x: f64, y: f64) -> [f64; 2] {
        let across = share(x, self.x) * (WIDTH - LEFT - RIGHT);
        let up = share(y, self.y) * (HEIGHT - TOP - BOTTOM);
        [rounded(LEFT + across), rounded(HEIGHT - BOTTOM - up)]
    }

    /// A line through values.
    pub fn line(&self, values: &[[f64; 2]], class: &'static str) -> Shape {
        Shape::Line {
            points: values.iter().map(|[x, y]| self.at(*x, *y)).collect(),
            class,
        }
    }

    /// A rectangle between two corners.
    pub fn rect(&self, from: [f64; 2], to: [f64; 2], class: &'static str) -> Shape {
        let ([x1, y1], [x2, y2]) = (self.at(from[0], from[1]), self.at(to[0], to[1]));
        let (width, height) = (rounded((x2 - x1).abs()), rounded((y2 - y1).abs()));
        Shape::Rect {
            x: x1.min(x2),
            y: y1.min(y2),
            width,
            height,
            class,
        }
    }

    /// A dot at a value.
    pub fn dot(&self, x: f64, y: f64, radius: f64, class: &'static str) -> Shape {
        let [x, y] = self.at(x, y);
        Shape::Dot {
            x,
            y,
            radius: rounded(radius),
            class,
        }
    }

    /// A drawing on the axes, with numbers at both and names.
    pub fn drawing(
        &self,
        title: &str,
        description: String,
        names: [&str; 2],
        shapes: Vec<Shape>,
    ) -> Drawing {
        let labels = std::array::from_fn(|tick| tick_label(between(self.y, part(tick)), self.y));
        self.drawing_labelled(title, description, names, labels, shapes)
    }

    /// As [`drawing`](Self::drawing), with other numbers on the upright axis, from below.
    pub(crate) fn drawing_labelled(
        &self,
        title: &str,
        description: String,
        names: [&str; 2],
        labels: [String; TICKS],
        shapes: Vec<Shape>,
    ) -> Drawing {
        let mut all = self.axes(names, labels);
        all.extend(shapes);
        Drawing {
            title: title.to_string(),
            description,
            width: WIDTH,
            height: HEIGHT,
            shapes: all,
        }
    }

    fn axes(&self, [x_name, y_name]: [&str; 2], labels: [String; TICKS]) -> Vec<Shape> {
        let mut shapes = Vec::new();
        for (tick, label) in labels.into_iter().enumerate() {
            let (x, y) = (between(self.x, part(tick)), between(self.y, part(tick)));
            shapes.push(self.line(&[[x, self.y[0]], [x, self.y[1]]], "grid"));
            shapes.push(self.line(&[[self.x[0], y], [self.x[1], y]], "grid"));
            let ([across, _], [_, down]) = (self.at(x, self.y[0]), self.at(self.x[0], y));
            shapes.push(upright(across, tick_label(x, self.x)));
            shapes.push(text(LEFT - 4.0, down + 3.5, "end", label));
        }
        shapes.push(text(
            WIDTH - RIGHT,
            HEIGHT - 6.0,
            "end",
            format!("{x_name} →"),
        ));
        shapes.push(text(2.0, HEIGHT - 6.0, "start", format!("↑ {y_name}")));
        shapes
    }
}

/// The number under a tick, in the middle where the drawing has room for both halves.
fn upright(across: f64, label: String) -> Shape {
    let half = label.chars().count() as f64 * LETTER / 2.0;
    let (x, anchor) = if across + half > WIDTH {
        (WIDTH, "end")
    } else {
        (across, "middle")
    };
    text(x, HEIGHT - BOTTOM + 13.0, anchor, label)
}

/// The place of a tick on its axis.
fn part(tick: usize) -> f64 {
    tick as f64 / (TICKS - 1) as f64
}

fn text(x: f64, y: f64, anchor: &'static str, text: String) -> Shape {
    Shape::Text {
        x: rounded(x),
        y: rounded(y),
        anchor,
        text,
    }
}

fn proper([low, high]: [f64; 2]) -> [f64; 2] {
    let low = if low.is_finite() { low } else { 0.0 };
    if high.is_finite() && high > low && (high - low).is_finite() {
        [low, high]
    } else {
        [low, low + 1.0]
    }
}

fn share(value: f64, [low, high]: [f64; 2]) -> f64 {
    let share = (value - low) / (high - low);
    if share.is_nan() {
        0.0
    } else {
        share.clamp(0.0, 1.0)
    }
}

fn between([low, high]: [f64; 2], part: f64) -> f64 {
    low + (high - low) * part
}

/// Returns a tick's label: the decimal places that tell the ticks apart, fewer where they would
/// leave the drawing, and an exponent where even a whole number would.
fn tick_label(value: f64, [low, high]: [f64; 2]) -> String {
    let greatest = low.abs().max(high.abs());
    // Beside a greatest value of this size a small one is zero.
    if value.abs() < greatest * 1e-9 || value == 0.0 {
        return "0".to_string();
    }
    let step = (high - low) / (TICKS - 1) as f64;
    let places = match step {
        s if s >= 10.0 => 0,
        s if s >= 1.0 => 1,
        s if s >= 0.05 => 2,
        _ => 3,
    };
    let fixed = (0..=places)
        .rev()
        .map(|places| without_zeros(format!("{value:.places$}")));
    let exponent = (0..=1).rev().map(|digits| format!("{value:.digits$e}"));
    let fits = |label: &String| label.len() <= MAX_LABEL_CHARS;
    let label = match greatest < PLAIN {
        true => fixed.chain(exponent).find(fits),
        false => exponent.into_iter().find(fits),
    };
    label
        .unwrap_or_else(|| format!("{value:.0e}"))
        .replace('-', "\u{2212}")
}

/// Removes the zeros behind a number's last decimal place that says something.
fn without_zeros(label: String) -> String {
    match label.contains('.') {
        true => label
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_string(),
        false => label,
    }
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn inside(drawing: &Drawing) -> bool {
        let within = |x: f64, y: f64| {
            (0.0..=drawing.width).contains(&x) && (0.0..=drawing.height).contains(&y)
        };
        drawing.shapes.iter().all(|shape| match shape {
            Shape::Line { points, .. } => points.iter().all(|[x, y]| within(*x, *y)),
            Shape::Rect {
                x,
                y,
                width,
                height,
                ..
            } => {
                within(*x, *y)
                    && within(x + width - 0.01, y + height - 0.01)
                    && *width >= 0.0
                    && *height >= 0.0
            }
            Shape::Dot { x, y, radius, .. } => within(*x, *y) && radius.is_finite(),
            Shape::Text { x, y, anchor, text } => {
                let long = text.chars().count() as f64 * 5.0;
                let [left, right] = match *anchor {
                    "start" => [*x, x + long],
                    "middle" => [x - long / 2.0, x + long / 2.0],
                    _ => [x - long, *x],
                };
                within(*x, *y) && left >= -1.0 && right <= drawing.width + 1.0
            }
        })
    }

    proptest! {
        #[test]
        fn any_values_stay_inside_the_frame(
            ends in any::<[f64; 4]>(),
            values in prop::collection::vec(any::<[f64; 2]>(), 0..20),
        ) {
            let frame = Frame::new([ends[0], ends[1]], [ends[2], ends[3]]);
            let mut shapes = vec![frame.line(&values, "a")];
            shapes.extend(values.windows(2).map(|pair| frame.rect(pair[0], pair[1], "b")));
            shapes.extend(values.iter().map(|[x, y]| frame.dot(*x, *y, 3.0, "c")));
            let drawing = frame.drawing("", String::new(), ["x", "y"], shapes);
            prop_assert!(inside(&drawing), "{drawing:?}");
        }
    }

    #[test]
    fn long_ticks_fit_beside_the_axis() {
        let labels =
            |range: [f64; 2]| [0.0, 0.25, 1.0].map(|part| tick_label(between(range, part), range));
        assert_eq!(
            labels([67_854.428, 67_855.428]),
            ["67854.4", "67854.7", "67855.4"]
        );
        assert_eq!(
            labels([-999_999.9, 0.0]),
            ["\u{2212}1.0e6", "\u{2212}750000", "0"]
        );
        assert_eq!(
            labels([-9.96e99, 0.0]),
            ["\u{2212}1e100", "\u{2212}7.5e99", "0"]
        );
    }

    #[test]
    fn ticks_are_told_apart() {
        let labels =
            |range: [f64; 2]| [0.0, 0.25, 1.0].map(|part| tick_label(between(range, part), range));
        assert_eq!(labels([0.0, 1.0]), ["0", "0.25", "1"]);
        assert_eq!(labels([-2.0, 2.0]), ["\u{2212}2", "\u{2212}1", "2"]);
        assert_eq!(labels([0.0, 0.1]), ["0", "0.025", "0.1"]);
        assert_eq!(labels([0.0, 400.0]), ["0", "100", "400"]);
    }
}
