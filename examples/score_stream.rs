//! Scores a file of any size in constant memory, in the order of its rows.

use standpoint::prelude::*;

pub fn main() -> Result<()> {
    let news = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/news.jsonl");
    let model = Model::embedded()?;
    let mut scorer = model.scorer();
    let mapping = ColumnMapping::new(Schema::new(["title", "text"]));
    let inputs = find_inputs(&[news.to_string()], &Silent)?;
    let mut conflicts = 0;
    CorpusReader::new(inputs, ReadOptions::default(), &mapping).for_each(|document| {
        let scores = scorer.score(&document.text);
        conflicts += usize::from(scores.heads[0].label() == Some("conflict"));
        Ok(())
    })?;
    println!("{conflicts} articles on conflicts");
    Ok(())
}
