//! Trains a model on labelled JSON lines, saves it, and scores a text with it.

use standpoint::prelude::*;

pub fn main() -> Result<()> {
    let news = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/news.jsonl");
    let schema = Schema::new(["title", "text"])
        .head("topic", HeadKind::Exclusive)
        .head("stance", HeadKind::Independent);
    let mapping = ColumnMapping::new(schema);
    let inputs = find_inputs(&[news.to_string()], &Silent)?;
    let corpus = CorpusReader::new(inputs, ReadOptions::default(), &mapping).read()?;

    let trainer = Trainer::default();
    let model = trainer.train(&corpus)?;
    let path = std::env::temp_dir().join(format!("example-{}.model", std::process::id()));
    model.save(&path, true)?;

    let loaded = Model::load(&path)?;
    std::fs::remove_file(&path).map_err(|error| Error::io("remove the model", error))?;
    let scores = loaded.score("Shelling resumed along the front before the talks");
    println!(
        "{:?} {:?}",
        scores.heads[0].label(),
        scores.heads[1].labels()
    );
    Ok(())
}
