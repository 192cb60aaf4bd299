//! Sources of texts: memory, or files that are read as often as needed.

use crate::corpus::{CorpusReader, CorpusSource, Rejects};
use crate::io::Progress;
use crate::text::Texts;
use crate::{Error, Result};

/// Texts that are passed over several times.
pub(super) enum TextPasses<'a> {
    Memory(&'a Texts),
    Files {
        source: &'a CorpusSource,
        rejects: Option<&'a mut Rejects>,
        /// True where broken rows are left out; the first pass lists them.
        skips: bool,
        /// A hash of all texts, from the first pass on.
        seen: Option<u64>,
    },
}

/// Bytes of a batch of texts.
const BATCH_BYTES: usize = 8 << 20;

impl TextPasses<'_> {
    /// Calls `each` with all texts in order, batch by batch.
    pub(super) fn each(
        &mut self,
        stage: &str,
        progress: &dyn Progress,
        mut each: impl FnMut(&Texts) -> Result<()>,
    ) -> Result<()> {
        progress.stage(stage, 0);
        let mut each = |texts: &Texts| {
            progress.advance(texts.len() as u64);
            each(texts)
        };
        match self {
            TextPasses::Memory(texts) => {
                for range in texts.chunks(BATCH_BYTES) {
                    each(&range.map(|at| texts.get(at)).collect())?;
                }
                Ok(())
            }
            TextPasses::Files {
                source,
                rejects,
                skips,
                seen,
            } => {
                let found = match seen {
                    None => {
                        let reader = source.reader().rejects(rejects.take());
                        each_batch(reader.progress(progress), &mut each)?
                    }
                    Some(_) if *skips => each_batch(source.reader().skip_broken(), &mut each)?,
                    Some(_) => each_batch(source.reader(), &mut each)?,
                };
                match seen.replace(found).is_some_and(|before| before != found) {
                    true => Err(Error::data("the inputs have changed while they were read")
                        .help("learn from files that nothing else writes to")),
                    false => Ok(()),
                }
            }
        }
    }
}

/// Calls `each` with the texts of all files; returns a hash of them.
fn each_batch(reader: CorpusReader<'_>, each: &mut dyn FnMut(&Texts) -> Result<()>) -> Result<u64> {
    let mut batches = reader.batches();
    let (mut texts, mut hash) = (Texts::default(), 0u64);
    while let Some(batch) = batches.next()? {
        hash = hash.rotate_left(1) ^ batch.hash;
        batch.texts.iter().for_each(|text| texts.push(text));
        if texts.bytes() >= BATCH_BYTES {
            each(&std::mem::take(&mut texts))?;
        }
    }
    each(&texts)?;
    batches.finish()?;
    Ok(hash)
}
