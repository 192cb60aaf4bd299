//! Counting of the keys of one text, in an open-addressing table that is emptied, not freed,
//! between texts, and sorting of the counts. Keys are secret, so that no text can be prepared whose
//! keys crowd the table.

/// Counts of keys, in the order of their first occurrence; cleared before its first use.
#[derive(Debug, Clone, Default)]
pub(super) struct Counter {
    slots: Vec<Slot>,
    /// Number of the slots that are used for this text, less one: few for a short text, so that
    /// they stay in the cache whatever the length of the text before.
    mask: usize,
    keys: Vec<u64>,
    counts: Vec<u32>,
    /// Number of the text; slots of other rounds are empty.
    round: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    key: u64,
    number: u32,
    round: u32,
}

/// Keys that room is made for at most: more than the distinct words of nearly every text; for more
/// of them the table grows.
const MAX_EXPECTED_KEYS: usize = 1 << 14;

impl Counter {
    /// Removes all keys and makes room for about `expected` of them.
    pub(super) fn clear(&mut self, expected: usize) {
        self.keys.clear();
        self.counts.clear();
        self.make_room(expected.min(MAX_EXPECTED_KEYS));
    }

    fn make_room(&mut self, expected: usize) {
        let size = (2 * expected).next_power_of_two().max(64);
        self.mask = size - 1;
        if self.slots.len() < size {
            self.slots.resize(size, Slot::default());
        }
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.slots.fill(Slot::default());
            self.round = 1;
        }
    }

    /// Counts `key`; returns its number, which is the greatest if it is new.
    #[inline]
    pub(super) fn add(&mut self, key: u64) -> u32 {
        let slot = self.slot(key);
        let found = self.slots[slot];
        if found.round == self.round {
            self.counts[found.number as usize] += 1;
            return found.number;
        }
        let number = self.keys.len() as u32;
        self.slots[slot] = Slot {
            key,
            number,
            round: self.round,
        };
        self.keys.push(key);
        self.counts.push(1);
        if self.keys.len() * 2 > self.mask {
            self.grow();
        }
        number
    }

    /// Returns the slot of `key`, or the empty one in its place.
    #[inline]
    fn slot(&self, key: u64) -> usize {
        let mut at = key as usize & self.mask;
        loop {
            let slot = &self.slots[at];
            if slot.round != self.round || slot.key == key {
                return at;
            }
            at = (at + 1) & self.mask;
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        self.keys.iter().copied().zip(self.counts.iter().copied())
    }

    #[cold]
    fn grow(&mut self) {
        self.make_room(self.mask + 1);
        for number in 0..self.keys.len() {
            let (key, slot) = (self.keys[number], self.slot(self.keys[number]));
            self.slots[slot] = Slot {
                key,
                number: number as u32,
                round: self.round,
            };
        }
    }
}

/// Packs a column and a value into one number that sorts by column.
pub(super) fn pack(column: u32, value: u32) -> u64 {
    u64::from(column) << 32 | u64::from(value)
}

/// Returns the column and the value of a packed number.
pub(super) fn unpack(packed: u64) -> (u32, u32) {
    ((packed >> 32) as u32, packed as u32)
}

/// Sorts packed numbers of columns below `columns`: they are distributed into about as many buckets
/// as there are numbers, after which hardly any is far from its place.
pub(super) fn sort_packed(
    packed: &mut Vec<u64>,
    columns: usize,
    spare: &mut Vec<u64>,
    ends: &mut Vec<u32>,
) {
    // Below this the general sort is faster than the passes over the buckets.
    const FEW: usize = 48;
    if packed.len() <= FEW {
        return packed.sort_unstable();
    }
    let buckets = packed.len().next_power_of_two();
    let width = columns.max(2).next_power_of_two();
    let shift = 32 + (width.trailing_zeros()).saturating_sub(buckets.trailing_zeros());
    let bucket = |number: u64| (number >> shift) as usize & (2 * buckets - 1);
    ends.clear();
    ends.resize(2 * buckets + 1, 0);
    packed
        .iter()
        .for_each(|&number| ends[bucket(number) + 1] += 1);
    let mut sum = 0;
    for end in ends.iter_mut() {
        sum += *end;
        *end = sum;
    }
    // Every place is written below, so that what was there need not be cleared.
    spare.resize(packed.len(), 0);
    for &number in packed.iter() {
        let place = &mut ends[bucket(number)];
        spare[*place as usize] = number;
        *place += 1;
    }
    std::mem::swap(packed, spare);
    insertion_sort(packed);
}

/// Sorts nearly sorted numbers; if they are not, the general sort takes over.
fn insertion_sort(numbers: &mut [u64]) {
    let mut moves = 8 * numbers.len();
    for at in 1..numbers.len() {
        let (number, mut hole) = (numbers[at], at);
        while hole > 0 && numbers[hole - 1] > number {
            numbers[hole] = numbers[hole - 1];
            hole -= 1;
        }
        numbers[hole] = number;
        moves = moves.saturating_sub(at - hole);
        if moves == 0 {
            return numbers.sort_unstable();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::hash::{Keys, attack};
    use proptest::prelude::*;

    impl Counter {
        /// Returns the number of slots that are compared to find `key`.
        fn probes(&self, key: u64) -> usize {
            (self.slot(key).wrapping_sub(key as usize) & self.mask) + 1
        }
    }

    /// The most probes for any of `words`, and how many for all.
    fn probes(words: &[String], keys: Keys) -> (usize, usize) {
        let mut counter = Counter::default();
        counter.clear(words.len());
        let key = |word: &String| keys.of_word(word.as_bytes());
        words.iter().for_each(|word| {
            counter.add(key(word));
        });
        let each = words.iter().map(|word| counter.probes(key(word)));
        (each.clone().max().unwrap_or(0), each.sum())
    }

    /// Under public keys these words all begin in one slot; under secret ones they do not.
    #[test]
    fn prepared_words_take_few_probes() {
        let words = attack::words(0, 12, 1 << 10);
        let all = words.len();
        assert_eq!(probes(&words, Keys::public(0)), (all, all * (all + 1) / 2));
        for _ in 0..20 {
            let (most, sum) = probes(&words, Keys::secret());
            assert!(most < 60 && sum < 3 * all, "{most} at most, {sum} in all");
        }
    }

    /// The same for columns, which whoever has the model knows.
    #[test]
    fn prepared_columns_take_few_probes() {
        const OLD: u32 = 0x9E37_79B9;
        let columns: Vec<u32> = (0..1u32 << 22)
            .filter(|column| column.wrapping_mul(OLD) << 20 == 0)
            .take(1000)
            .collect();
        let mut counter = Counter::default();
        counter.clear(columns.len());
        let keys = Keys::secret();
        let key = |column: u32| u64::from(column) << 32 | u64::from(keys.scatter(column));
        columns.iter().for_each(|&column| {
            counter.add(key(column));
        });
        let sum: usize = columns
            .iter()
            .map(|&column| counter.probes(key(column)))
            .sum();
        assert!(sum < 20 * columns.len(), "{sum}");
    }

    #[test]
    fn a_long_text_gets_room_as_it_needs_it() {
        let mut counter = Counter::default();
        counter.clear(1 << 40);
        assert_eq!(counter.slots.len(), 2 * MAX_EXPECTED_KEYS);
        let keys = Keys::secret();
        let key = |number: u32| keys.of_word(&number.to_le_bytes());
        let numbers: Vec<u32> = (0..50_000).map(|number| counter.add(key(number))).collect();
        assert!(numbers.iter().copied().eq(0..50_000) && counter.add(key(7)) == 7);
    }

    proptest! {
        #[test]
        fn packed_numbers_are_sorted(columns in 1..3_000_000u32, seeds in prop::collection::vec(any::<(u32, u32)>(), 0..400)) {
            let mut packed: Vec<u64> = seeds.iter().map(|&(c, v)| pack(c % columns, v)).collect();
            let mut expected = packed.clone();
            expected.sort_unstable();
            sort_packed(&mut packed, columns as usize, &mut Vec::new(), &mut Vec::new());
            prop_assert_eq!(packed, expected);
        }

        #[test]
        fn counts_are_those_of_a_map(keys in prop::collection::vec(0..2000u64, 0..3000)) {
            let mut counter = Counter::default();
            for round in 0..2 {
                counter.clear(round * 700);
                let mut expected: Vec<(u64, u32)> = Vec::new();
                for &key in keys.iter().skip(round) {
                    let key = key << 20;
                    counter.add(key);
                    match expected.iter_mut().find(|(known, _)| *known == key) {
                        Some((_, count)) => *count += 1,
                        None => expected.push((key, 1)),
                    }
                }
                prop_assert_eq!(counter.iter().collect::<Vec<_>>(), expected);
            }
        }
    }
}
