// A text cut into pieces by the spans of terms, each with what the terms add there. A term that
// occurs several times adds an equal part at each place; where terms overlap, they add up.

import { places } from './offsets.js';

// Returns `[{ from, to, level, terms: [{ shown, contribution }] }]` for all of the text.
export const pieces = (text, contributions, terms) => {
  const at = places(text);
  const changes = new Map([[0, []], [text.length, []]]);
  for (const { term, contribution } of contributions) {
    const { shown, spans } = terms[term] ?? { spans: [] };
    for (const [start, end] of spans) {
      const part = { term, shown, contribution: contribution / spans.length };
      note(changes, at[start], { begins: part });
      note(changes, at[end], { ends: part });
    }
  }
  return between(changes);
};

const note = (changes, place, change) => {
  if (!changes.has(place)) changes.set(place, []);
  changes.get(place).push(change);
};

const between = (changes) => {
  const sorted = [...changes.keys()].sort((a, b) => a - b);
  const open = new Set();
  const cut = [];
  sorted.forEach((from, index) => {
    for (const { begins, ends } of changes.get(from)) {
      if (begins) open.add(begins);
      else open.delete(ends);
    }
    const to = sorted[index + 1];
    if (to === undefined) return;
    const level = [...open].reduce((sum, part) => sum + part.contribution, 0);
    cut.push({ from, to, level, terms: [...open] });
  });
  return cut;
};

// The pieces of a part of the text, cut at its ends.
export const within = (all, from, to) => all
  .filter((piece) => piece.to > from && piece.from < to)
  .map((piece) => ({ ...piece, from: Math.max(piece.from, from), to: Math.min(piece.to, to) }));
