//! Compares two classifiers on held-out documents, with the interval of their difference.

use standpoint::prelude::*;

pub fn main() -> Result<()> {
    let news = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/news.jsonl");
    let mapping =
        ColumnMapping::new(Schema::new(["title", "text"]).head("topic", HeadKind::Exclusive));
    let inputs = find_inputs(&[news.to_string()], &Silent)?;
    let corpus = CorpusReader::new(inputs, ReadOptions::default(), &mapping).read()?;
    let (train, test) = Folds::stratified(&corpus.heads[0].targets, 4, 0).of(0);
    let (train, test) = (corpus.select(&train), corpus.select(&test));

    let predictions = |classifier: Classifier| -> Result<Predictions> {
        let trainer = Trainer {
            classifier,
            ..Trainer::default()
        };
        let model = trainer.train(&train)?;
        Ok(model.predictions(&test)?.remove(0).predictions)
    };
    let svm = predictions(LinearSvm::default().into())?;
    let logistic = predictions(LogisticRegression::default().into())?;
    let comparison = compare(&svm, &logistic, &Bootstrap::default())?;
    if let Some(difference) = comparison.get(Metric::MacroF1, None) {
        println!(
            "macro-F1 of the SVM less that of logistic regression: {:?}",
            difference.difference
        );
    }
    Ok(())
}
