//! Exact and near duplicates among texts.
//!
//! *Exact* duplicates have the same normal form: composed characters (NFC), lower case, and
//! one blank for every run of characters that are neither letters nor digits.
//!
//! *Near* duplicates share most of their shingles, which are runs of [`shingle`](NearDuplicates::shingle)
//! words of the normal form. With the sets A and B of shingles of two texts, their resemblance is
//! the Jaccard index |A ∩ B| / |A ∪ B| (Broder, "On the Resemblance and Containment of Documents",
//! Compression and Complexity of Sequences 1997). Of a random order of all shingles, two sets have
//! the same least element with just this probability; several such orders make a signature.
//! Signatures are cut into bands, and texts that agree in all of a band are candidates (Leskovec,
//! Rajaraman and Ullman, *Mining of Massive Datasets*, chapter 3). The resemblance of candidates is
//! then counted, so no pair below the threshold is joined; pairs at the threshold are overlooked at
//! most with probability [`miss`](NearDuplicates::miss), and those above it far less often. Groups
//! are connected pairs, so two texts of a group may resemble each other less than the threshold.
//!
//! ```
//! use standpoint::dedup::{NearDuplicates, near_duplicates};
//! use standpoint::text::Texts;
//!
//! let texts: Texts = [
//!     "Talks on the border resumed in the capital on Monday",
//!     "The final ended with a late goal",
//!     "Talks on the border resumed in the capital on Monday: report",
//!     "The final ended – with a late goal!",
//! ]
//! .into_iter()
//! .collect();
//! let groups = near_duplicates(&texts, &NearDuplicates::default());
//! assert_eq!(groups.of, [0, 1, 0, 1]);
//! ```

mod groups;
mod minhash;
mod near;
mod normal;
mod options;

pub use groups::Groups;
pub(crate) use normal::Normal;
#[cfg(test)]
pub(crate) use normal::normal_form;
pub use options::NearDuplicates;

use crate::math::hash::Keys;
use crate::math::numbering::DisjointSets;
use crate::text::Texts;
use rayon::prelude::*;

/// Finds the groups of texts with the same normal form.
///
/// Texts without a letter, digit or emoji are the same only where they are so character by
/// character, but for blanks around them.
pub fn exact_duplicates(texts: &Texts) -> Groups {
    // 128 bits, so that no two texts of a corpus share them by chance, and secret, so that none do
    // on purpose.
    let hashes = [Keys::secret(), Keys::secret()];
    let keys: Vec<[u64; 2]> = (0..texts.len())
        .into_par_iter()
        .map_init(Normal::default, |normal, at| {
            let bytes = compared(normal, texts.get(at)).as_bytes();
            hashes.map(|keys| keys.of_bytes(bytes))
        })
        .collect();
    Groups::of_keys(keys.into_iter())
}

/// Returns the normal form of a text, or, where there is none, the text.
fn compared<'n>(normal: &'n mut Normal, text: &'n str) -> &'n str {
    normal.read(text);
    if normal.as_str().is_empty() {
        text.trim()
    } else {
        normal.as_str()
    }
}

/// Finds the groups of texts that exact or near duplicates connect; the same ones for any number of
/// threads.
///
/// Among more than 100 candidates of one band, a text is compared with the 100 before it.
pub fn near_duplicates(texts: &Texts, options: &NearDuplicates) -> Groups {
    with_near(texts, &exact_duplicates(texts), options)
}

/// As [`near_duplicates`], where the exact ones are known.
pub(crate) fn with_near(texts: &Texts, exact: &Groups, options: &NearDuplicates) -> Groups {
    let firsts = exact.firsts();
    let mut sets = DisjointSets::new(texts.len());
    exact
        .of
        .iter()
        .enumerate()
        .for_each(|(at, &group)| sets.join(firsts[group as usize], at as u32));
    near::join(texts, &firsts, options, &mut sets);
    Groups::of_sets(&sets)
}

#[cfg(test)]
mod tests;
