//! The few functions of probability theory that tests need.

/// ln n!, from Stirling's series, to about 15 digits.
fn ln_factorial(n: usize) -> f64 {
    if n < 20 {
        return (2..=n).map(|k| (k as f64).ln()).sum();
    }
    let x = n as f64;
    let series = 1.0 / (12.0 * x) - 1.0 / (360.0 * x.powi(3)) + 1.0 / (1260.0 * x.powi(5));
    x * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI * x).ln() + series
}

/// The probability of at most `k` heads in `n` throws of a fair coin.
pub(in crate::evaluate) fn binomial_half(k: usize, n: usize) -> f64 {
    if 2 * k + 1 == n {
        return 0.5;
    }
    let greatest =
        ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k) - n as f64 * std::f64::consts::LN_2;
    let (mut term, mut sum) = (1.0, 1.0);
    for fewer in (0..k).rev() {
        term *= (fewer + 1) as f64 / (n - fewer) as f64;
        sum += term;
        if term < sum * f64::EPSILON {
            break;
        }
    }
    (greatest.exp() * sum).min(1.0)
}

/// The standard normal distribution function, by its series around 0 (Marsaglia 2004, *Evaluating
/// the normal distribution*, Journal of Statistical Software 11(4)).
pub(in crate::evaluate) fn normal(x: f64) -> f64 {
    if x.abs() > 8.0 {
        return if x > 0.0 { 1.0 } else { 0.0 };
    }
    let (mut term, mut sum, mut odd) = (x, x, 1.0);
    while term.abs() > f64::EPSILON * f64::EPSILON {
        odd += 2.0;
        term *= x * x / odd;
        sum += term;
    }
    0.5 + sum * (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// The x with a share of the standard normal distribution below it, by bisection.
pub(in crate::evaluate) fn normal_quantile(share: f64) -> f64 {
    root(-8.0, 8.0, |x| share - normal(x))
}

/// The root of a falling function between two places, by bisection.
pub(in crate::evaluate) fn root(mut low: f64, mut high: f64, falling: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if falling(middle) > 0.0 {
            low = middle
        } else {
            high = middle
        }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coin_is_fair() {
        assert_eq!(binomial_half(0, 1), 0.5);
        assert!((binomial_half(1, 4) - 5.0 / 16.0).abs() < 1e-15);
        assert!((binomial_half(10, 10) - 1.0).abs() < 1e-14);
        // SciPy's binom.cdf
        assert!((binomial_half(400, 1000) / 1.364_232_078_032_973_5e-10 - 1.0).abs() < 1e-9);
        assert!((binomial_half(499_999, 1_000_000) / 0.499_601_057_819_334_6 - 1.0).abs() < 1e-8);
    }

    #[test]
    fn normal_quantiles_are_the_known_ones() {
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-12);
        assert!((normal_quantile(0.8) - 0.841_621_233_572_914_3).abs() < 1e-12);
        assert!(normal_quantile(0.5).abs() < 1e-12);
    }
}
