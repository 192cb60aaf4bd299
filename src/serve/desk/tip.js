// What a marked word adds, shown beside it when it is pointed at or has the focus.

import { element, find } from './dom.js';
import { signed, words } from './words.js';

const TERMS = 6;
const GAP = 6;

// The piece of the text that a mark shows.
export const pieceOf = new WeakMap();

export const hideTip = () => {
  const tip = find('#tip');
  if (tip.hidden) return;
  tip.hidden = true;
  document.querySelector('[aria-describedby=tip]')?.removeAttribute('aria-describedby');
};

const showTip = (mark) => {
  const piece = pieceOf.get(mark);
  if (!piece) return;
  const tip = find('#tip');
  hideTip();
  tip.replaceChildren(...lines(piece));
  tip.hidden = false;
  mark.setAttribute('aria-describedby', 'tip');
  place(tip, mark);
};

const lines = ({ level, terms }) => {
  const strongest = terms.toSorted((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  const side = words(level > 0 ? 'speaksFor' : 'speaksAgainst');
  const line = ({ term, contribution }) => element('div', {},
    element('span', { text: term }), element('span', { class: 'number', text: signed(contribution, 3) }));
  const further = terms.length - TERMS;
  return [
    element('div', { class: 'sum' }, element('span', { text: side }), element('span', { class: 'number', text: signed(level, 3) })),
    ...strongest.slice(0, TERMS).map(line),
    ...(further > 0 ? [element('div', { class: 'faint', text: words('moreTerms', { count: further }) })] : []),
  ];
};

// Below the word, or above where there is no room.
const place = (tip, mark) => {
  const { left, top, bottom } = mark.getClientRects()[0];
  const right = document.documentElement.clientWidth - tip.offsetWidth - GAP;
  const isLow = bottom + tip.offsetHeight + GAP > innerHeight;
  tip.style.left = `${Math.max(GAP, Math.min(left, right))}px`;
  tip.style.top = `${isLow ? top - tip.offsetHeight - GAP : bottom + GAP}px`;
};

const marksOf = (text) => [...text.querySelectorAll('mark')];

// One mark of the text is reached by Tab, the strongest; from there, keys go on to the others.
export const follow = (text) => {
  const marks = marksOf(text);
  const strength = (mark) => Number(mark.style.getPropertyValue('--strength'));
  const first = marks.reduce((most, mark) => !most || strength(mark) > strength(most) ? mark : most, null);
  if (first) first.tabIndex = 0;
  text.addEventListener('pointerover', ({ target }) => target.matches('mark') ? showTip(target) : hideTip());
  text.addEventListener('pointerleave', hideTip);
  text.addEventListener('focusin', ({ target }) => { if (target.matches('mark')) showTip(target); });
  text.addEventListener('focusout', hideTip);
  text.addEventListener('keydown', (event) => move(event, marks));
};

const move = (event, marks) => {
  const by = { '.': 1, ',': -1 }[event.key];
  const at = marks.indexOf(event.target);
  if (!by || at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const next = marks[at + by];
  if (!next) return;
  event.target.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
};

addEventListener('keydown', ({ key }) => { if (key === 'Escape') hideTip(); });
addEventListener('scroll', hideTip, { passive: true, capture: true });
