//! Sources of texts: memory, or files that are read as often as it takes.

use crate::corpus::{ColumnMapping, Input, Parts, ReadOptions, Rejects};
use crate::progress::{Progress, Silent};
use crate::text::Texts;
use crate::{Error, Result};

/// Files with texts, and how they are read.
#[derive(Debug, Clone)]
pub struct BackgroundSource {
    /// Files, which are read several times.
    pub inputs: Vec<Input>,
    /// The way in which they are read.
    pub options: ReadOptions,
    /// The columns that hold the texts; no labels are read.
    pub mapping: ColumnMapping,
}

/// Texts that are gone through several times.
pub(super) enum TextPasses<'a> {
    Memory(&'a Texts),
    Files {
        source: &'a BackgroundSource,
        rejects: Option<&'a mut Rejects>,
        seen: Option<u64>,
    },
}

/// Texts are handed out in batches of about so many bytes.
const BATCH_BYTES: usize = 8 << 20;

impl TextPasses<'_> {
    /// Hands out all texts in order, batch by batch.
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
                seen,
            } => {
                let found =
                    source.each(rejects.as_deref_mut(), seen.is_none(), progress, &mut each)?;
                match seen.replace(found).is_some_and(|before| before != found) {
                    true => Err(Error::data("the inputs have changed while they were read")
                        .help("learn from files that nothing else writes to")),
                    false => Ok(()),
                }
            }
        }
    }
}

impl BackgroundSource {
    /// Hands out the texts of all files; returns a hash of them. Broken rows are listed the first
    /// time.
    fn each(
        &self,
        rejects: Option<&mut Rejects>,
        first: bool,
        progress: &dyn Progress,
        each: &mut dyn FnMut(&Texts) -> Result<()>,
    ) -> Result<u64> {
        let told: &dyn Progress = if first { progress } else { &Silent };
        let mut parts = Parts::new(&self.inputs, &self.options, &self.mapping, &[], told);
        let mut unlisted = rejects
            .is_some()
            .then(|| Rejects::new(Box::new(std::io::sink()), "nowhere"));
        let mut rejects = if first { rejects } else { unlisted.as_mut() };
        let (mut batch, mut documents, mut hash) = (Texts::default(), 0, 0u64);
        while let Some(part) = parts.next(rejects.as_deref_mut())? {
            hash = hash.rotate_left(1) ^ part.hash;
            documents += part.len() as u64;
            part.texts.iter().for_each(|text| batch.push(text));
            if batch.bytes() >= BATCH_BYTES {
                each(&std::mem::take(&mut batch))?;
            }
        }
        each(&batch)?;
        parts.verify(documents, told)?;
        Ok(hash)
    }
}
