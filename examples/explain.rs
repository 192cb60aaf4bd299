//! Takes a score apart: the bias and the terms of the text add up to the decision value.

use standpoint::prelude::*;

pub fn main() -> Result<()> {
    let model = Model::embedded()?;
    let text = "The government sent air-defence batteries to its ally after the shelling.";
    let explanation = model.explain(text);
    let head = &explanation.heads[0];
    let reasons = explanation.reasons(0, head.best());
    let sum: f64 = reasons
        .contributions
        .iter()
        .map(|term| term.contribution)
        .sum();
    assert!((reasons.bias + sum - reasons.decision).abs() < 1e-9);

    println!("{:?}: {:.3}", head.label(), reasons.decision);
    for term in reasons.strongest(5) {
        println!(
            "{:>8.3} {} at {:?}",
            term.contribution, term.shown, term.spans
        );
    }
    Ok(())
}
