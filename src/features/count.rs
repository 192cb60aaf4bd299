//! Counts the n-grams of one text: a small open-addressing table that is emptied, not freed,
//! between texts.

use super::grams::{Gram, Origin};

/// One distinct n-gram of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    pub key: u64,
    pub count: u32,
    pub origin: Origin,
}

/// Distinct n-grams in the order of their first occurrence.
#[derive(Debug, Clone)]
pub(super) struct Counter {
    /// Index into `entries` plus one, tagged with the round in which it was written.
    slots: Vec<(u32, u32)>,
    round: u32,
    entries: Vec<Counted>,
}

impl Default for Counter {
    fn default() -> Self {
        Counter { slots: vec![(0, 0); 1024], round: 1, entries: Vec::new() }
    }
}

impl Counter {
    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.slots.fill((0, 0));
            self.round = 1;
        }
    }

    pub(super) fn add(&mut self, gram: Gram) {
        let slot = self.find(gram.key);
        match self.slots[slot] {
            (round, entry) if round == self.round => self.entries[entry as usize].count += 1,
            _ => self.insert(slot, gram),
        }
    }

    pub(super) fn entries(&self) -> &[Counted] {
        &self.entries
    }

    /// The slot that holds `key`, or the empty one where it belongs.
    fn find(&self, key: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = key as usize & mask;
        loop {
            let (round, entry) = self.slots[slot];
            if round != self.round || self.entries[entry as usize].key == key {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
    }

    fn insert(&mut self, slot: usize, gram: Gram) {
        self.slots[slot] = (self.round, self.entries.len() as u32);
        self.entries.push(Counted { key: gram.key, count: 1, origin: gram.origin });
        if self.entries.len() * 2 > self.slots.len() {
            self.grow();
        }
    }

    fn grow(&mut self) {
        self.slots = vec![(0, 0); self.slots.len() * 2];
        self.round = 1;
        for entry in 0..self.entries.len() {
            let slot = self.find(self.entries[entry].key);
            self.slots[slot] = (self.round, entry as u32);
        }
    }
}
