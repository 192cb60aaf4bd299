//! Cells of numbers as pages write them.

use crate::evaluate::Estimate;
use crate::report::count;
use crate::report::numbers::p_value;
use crate::report::table::{Bar, Cell};

impl Cell {
    /// A number with three places.
    pub fn number(value: f64) -> Cell {
        Cell::text(number(value))
    }

    /// A count, which weights may have made a fraction.
    pub fn count(value: f64) -> Cell {
        Cell::text(count(value))
    }

    /// An estimate with its interval; a dash where it is not defined.
    pub fn estimate(estimate: Option<Estimate>) -> Cell {
        let Some(Estimate { value, interval }) = estimate else {
            return Cell::text("–");
        };
        let interval = interval.map(|[low, high]| format!("[{}, {}]", number(low), number(high)));
        Cell {
            text: number(value),
            interval,
            ..Cell::default()
        }
    }

    /// An estimate from 0 to 1 with its interval, and both as a bar.
    pub(crate) fn barred(estimate: Option<Estimate>) -> Cell {
        Cell {
            bar: estimate.map(bar),
            ..Cell::estimate(estimate)
        }
    }

    /// A number, or a dash.
    pub(crate) fn optional(value: Option<f64>) -> Cell {
        value.map_or_else(|| Cell::text("–"), Cell::number)
    }

    /// A p-value.
    pub(crate) fn p_value(p: Option<f64>) -> Cell {
        p.map_or_else(|| Cell::text("–"), |p| Cell::text(p_value(p, false)))
    }

    /// A p-value that may be only the most that it can be.
    pub(crate) fn bounded_p_value(p: Option<f64>, is_bound: bool) -> Cell {
        p.map_or_else(|| Cell::text("–"), |p| Cell::text(p_value(p, is_bound)))
    }
}

fn bar(Estimate { value, interval }: Estimate) -> Bar {
    let percent = |value: f64| (value.clamp(0.0, 1.0) * 1000.0).round() / 10.0;
    let [low, high] = interval.unwrap_or([value, value]).map(percent);
    Bar {
        value: percent(value),
        low,
        width: ((high - low) * 10.0).round() / 10.0,
    }
}

/// With three places and a proper minus sign.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    if text == "-0.000" {
        "0.000".to_string()
    } else {
        text.replace('-', "\u{2212}")
    }
}

/// With its sign.
pub(super) fn signed(value: f64) -> String {
    let text = number(value);
    if text.starts_with('\u{2212}') || text == "0.000" {
        text
    } else {
        format!("+{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bars_stay_in_their_frame(value in any::<f64>(), low in any::<f64>(), high in any::<f64>()) {
            let (low, high) = (low.min(high), low.max(high));
            let bar = bar(Estimate { value, interval: Some([low, high]) });
            let inside = |value: f64| (0.0..=100.0).contains(&value);
            prop_assert!(value.is_nan() || inside(bar.value));
            prop_assert!(inside(bar.low) && bar.width >= 0.0 && bar.low + bar.width <= 100.1);
        }
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(
            [number(-0.0001), number(-0.5), signed(0.25), signed(0.0)],
            ["0.000", "−0.500", "+0.250", "0.000"]
        );
        assert_eq!([count(3.0), count(2.25)], ["3", "2.25"]);
        assert_eq!(Cell::p_value(Some(1e-9)).text, "< 0.0001");
        assert_eq!(
            Cell::bounded_p_value(Some(1.0 / 1001.0), true).text,
            "≤ 0.0010"
        );
        assert_eq!(
            Cell::bounded_p_value(Some(15.0 / 1001.0), true).text,
            "≤ 0.0150"
        );
        assert_eq!(Cell::bounded_p_value(Some(1.0), true).text, "1.0000");
        let estimate = Estimate {
            value: 0.5,
            interval: Some([0.25, 0.75]),
        };
        assert_eq!(
            Cell::estimate(Some(estimate)).interval.as_deref(),
            Some("[0.250, 0.750]")
        );
    }
}
