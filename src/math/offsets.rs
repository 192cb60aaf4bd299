//! Ends of consecutive ranges: item `i` spans `ends[i - 1]..ends[i]`, the first from 0.

use std::ops::Range;

/// Integer type of a list of ends.
pub(crate) trait Offset: Copy {
    /// Returns the offset as an index.
    fn index(self) -> usize;
}

impl Offset for u32 {
    #[inline]
    fn index(self) -> usize {
        self as usize
    }
}

impl Offset for u64 {
    #[inline]
    fn index(self) -> usize {
        self as usize
    }
}

impl Offset for usize {
    #[inline]
    fn index(self) -> usize {
        self
    }
}

/// Returns the start of item `item`, which is the end of the item before it.
#[inline]
pub(crate) fn start<T: Offset>(ends: &[T], item: usize) -> usize {
    match item.checked_sub(1) {
        Some(before) => ends[before].index(),
        None => 0,
    }
}

/// Returns the range of item `item`.
#[inline]
pub(crate) fn range<T: Offset>(ends: &[T], item: usize) -> Range<usize> {
    start(ends, item)..ends[item].index()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_follow_each_other() {
        let ends = [2u64, 2, 5];
        assert_eq!(
            (range(&ends, 0), range(&ends, 1), range(&ends, 2)),
            (0..2, 2..2, 2..5)
        );
        assert_eq!(start(&[] as &[u32], 0), 0);
    }
}
