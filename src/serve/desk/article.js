// The article in the middle, with the terms of a label marked in the strength of what they add.

import { element, find, scrolling, table } from './dom.js';
import { pieces, within } from './pieces.js';
import { heading, headline } from './queue.js';
import { follow, hideTip, pieceOf } from './tip.js';
import { isVisible, markedLabel } from './work.js';
import { labelName, number, signed, time, words } from './words.js';

// Weaker pieces than this share of the strongest stay unmarked.
const FAINTEST = 0.02;
const TERMS = 12;

let shown = '';

// The article is drawn anew only where something in it changed, so that the reading is not
// disturbed.
export const showArticle = (one, isForced = false) => {
  const label = one?.said && isVisible(one) ? markedLabel(one) : null;
  const now = JSON.stringify([one?.article.number, one?.article.text.length, one?.article.id, label, label && one.said.hash]);
  if (now === shown && !isForced) return;
  const isOther = JSON.parse(shown || '[]')[0] !== one?.article.number;
  shown = now;
  hideTip();
  const box = find('#article');
  const isOpen = box.querySelector('details')?.open;
  const focused = isOther ? null : pieceOf.get(document.activeElement);
  box.replaceChildren(...(one ? parts(one, label) : [element('p', { class: 'faint', text: words('noArticle') })]));
  const reasons = box.querySelector('details');
  if (reasons && isOpen) reasons.open = true;
  if (focused) focusAgain(box, focused);
  if (isOther) toTop(box);
};

// A new model marks the text anew; the word that had the focus keeps it.
const focusAgain = (box, { from }) => {
  const at = (mark) => pieceOf.get(mark).from;
  const nearest = [...box.querySelectorAll('mark')].reduce((best, mark) =>
    !best || Math.abs(at(mark) - from) < Math.abs(at(best) - from) ? mark : best, null);
  (nearest ?? box).focus({ preventScroll: true });
};

const toTop = (box) => {
  box.scrollTop = 0;
  if (box.getBoundingClientRect().top < 0) box.scrollIntoView();
};

const parts = (one, label) => {
  const { article, said } = one;
  const cut = label ? pieces(said.text, said.heads[one.head.name].explanation[label].contributions, said.terms) : [];
  const text = label ? said.text : [article.title, article.text].filter(Boolean).join('\n');
  const most = Math.max(...cut.map(({ level }) => Math.abs(level)), Number.MIN_VALUE);
  const draw = (from, to) => marked(text, within(cut, from, to), from, to, most);
  const [end, start] = halves(text, article);
  const title = end ? draw(0, end) : [element('span', { class: 'unseen', text: heading(article) })];
  const body = paragraphs(text, start).map(([from, to]) => element('p', {}, draw(from, to)));
  const box = element('div', { class: 'body' }, body);
  const whole = element('div', { class: 'text' }, meta(article), element('h1', { id: 'article-title' }, title), box);
  if (label) follow(whole);
  return [whole, label ? reasons(one, label) : null].filter(Boolean);
};

// Where the title ends and where the text begins.
const halves = (text, { title, text: body }) => {
  const line = headline({ title, text: body });
  if (!line || !text.startsWith(line)) return [0, 0];
  const start = title ? text.indexOf(body, line.length) : line.length;
  return [line.length, start < 0 ? line.length : start];
};

const paragraphs = (text, start) => {
  const found = [];
  for (const match of text.slice(start).matchAll(/[^\n]+/g)) {
    if (match[0].trim()) found.push([start + match.index, start + match.index + match[0].length]);
  }
  return found;
};

const marked = (text, cut, from, to, most) => {
  if (!cut.length) return [text.slice(from, to)];
  return cut.map((piece) => {
    const strength = Math.abs(piece.level) / most;
    const part = text.slice(piece.from, piece.to);
    if (strength < FAINTEST || !part.trim()) return part;
    const made = element('mark', {
      class: piece.level > 0 ? 'for' : 'against', tabindex: '-1', text: part,
      style: { '--strength': strength.toFixed(3) },
    });
    pieceOf.set(made, piece);
    return made;
  });
};

const meta = ({ source, date, id }) => element('p', { class: 'meta', text: [source, date && day(date), id].filter(Boolean).join(' · ') });

const day = (date) => /T/.test(date) ? time(date) : date;

// The same in numbers, for those who do not point.
const reasons = (one, label) => {
  const { decision, bias, contributions, rest, rounding = 0 } = one.said.heads[one.head.name].explanation[label];
  const name = labelName(label);
  const strongest = contributions.slice(0, TERMS);
  const rows = strongest.map(({ term, contribution }) =>
    [one.said.terms[term]?.shown ?? term, signed(contribution, 3)]);
  const further = contributions.length - strongest.length + (rest?.terms ?? 0);
  return element('details', { class: 'reasons' },
    element('summary', { text: words('reasons', { label: name }) }),
    element('p', { class: 'faint', text: words('reasonsSum', {
      decision: number(decision, 3), bias: number(bias, 3), terms: signed(decision - bias - rounding, 3),
    }) }),
    scrolling(words('reasons', { label: name }), table(words('reasons', { label: name }), [words('term'), words('contribution')], rows)),
    further > 0 ? element('p', { class: 'faint', text: words('moreTerms', { count: further }) }) : null);
};
