//! Fits a solver on a sparse matrix of one's own features.

use standpoint::corpus::Targets;
use standpoint::prelude::*;

pub fn main() -> Result<()> {
    let texts: Texts = [
        "shells hit the town",
        "the goal came late",
        "shells and mines",
    ]
    .into_iter()
    .collect();
    let mut options = TfIdfOptions::default();
    options.min_df = DocumentFrequency::Count(1);
    let (tfidf, rows) = TfIdf::fit_transform(&options, &texts, &Silent)?;
    let targets = Targets::Exclusive {
        labels: 2,
        of: vec![Some(0), Some(1), Some(0)],
    };
    let classifier: Classifier = LinearSvm::default().into();
    let model: LinearModel = classifier.fit_rows(&rows, &targets, None, &Silent)?;
    println!(
        "{} terms, biases {:?}",
        tfidf.vocabulary().len(),
        model.bias()
    );
    Ok(())
}
