//! Hashes of texts.

use std::hash::Hasher;
use twox_hash::XxHash3_64;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Returns the fingerprint of a text, by which copies of it are recognised: the XXH3-64 (seed 0) of
/// its words as white space separates them, each in Unicode's form NFC and followed by a blank.
/// `None` for a text without words, which is like any other such.
pub(crate) fn fingerprint(text: &str) -> Option<u64> {
    let mut hash = XxHash3_64::with_seed(0);
    let mut any = false;
    for word in text.split_whitespace() {
        any = true;
        if is_nfc(word) {
            hash.write(word.as_bytes());
        } else {
            hash.write(word.nfc().collect::<String>().as_bytes());
        }
        hash.write(b" ");
    }
    any.then(|| hash.finish())
}

/// Returns the XXH3-64 (seed 0) of the bytes of a text.
pub(crate) fn digest(text: &str) -> u64 {
    XxHash3_64::oneshot(text.as_bytes())
}
