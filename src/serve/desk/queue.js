// The queue on the left.

import { element, find } from './dom.js';
import { isAnswered, lastAnswer, list, open, state, step } from './work.js';
import { labelNames, words } from './words.js';

const EXCERPT = 70;

// A short first line with more below it is a headline, too.
const LINE = 160;

export const headline = ({ title, text }) => {
  if (title) return title;
  const [first, ...others] = text.trimStart().split('\n');
  return first.length <= LINE && others.some((line) => line.trim()) ? first : '';
};

export const heading = ({ title, text, id }) => {
  const line = headline({ title, text });
  if (line) return line;
  const start = text.trim().slice(0, EXCERPT);
  return start ? `${start}${text.trim().length > EXCERPT ? ' …' : ''}` : id;
};

const mark = (one) => {
  if (isAnswered(one)) return `✓ ${labelNames(lastAnswer(one).labels)}`;
  return one.isSkipped ? words('queueSkipped') : '';
};

const entry = (one, isCurrent) => {
  const { source, date } = one.article;
  const below = mark(one) || [source, date].filter(Boolean).join(' · ');
  const button = element('button', {
    type: 'button', 'aria-current': isCurrent ? 'true' : null, class: isAnswered(one) ? 'is-answered' : null,
    on: { click: () => { open(one); find('#article').focus({ preventScroll: true }); } },
  }, element('span', { class: 'title', text: heading(one.article) }),
  below ? element('span', { class: 'below', text: below }) : null);
  return element('li', {}, button);
};

export const showQueue = () => {
  const of = list();
  const had = find('#queue').contains(document.activeElement);
  find('#waiting').textContent = of?.waiting == null ? '' : words('waiting', { count: of.waiting });
  find('#queue').replaceChildren(...(of?.items ?? []).map((one) => entry(one, one === of.current)));
  find('#queue-note').textContent = note(of);
  const now = find('#queue [aria-current]');
  if (had) now?.focus();
  if (now) reveal(now);
};

// Scrolls the list alone, never the page.
const reveal = (button) => {
  const box = [find('#queue'), find('.queue')].find((of) => of.scrollHeight > of.clientHeight + 1);
  if (!box || getComputedStyle(box).overflowY !== 'auto') return;
  const [outer, inner] = [box.getBoundingClientRect(), button.getBoundingClientRect()];
  // The heading of the list stays above it.
  const top = box.id ? outer.top : outer.top + find('.queue summary').offsetHeight;
  if (inner.top < top) box.scrollTop -= top - inner.top;
  else if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom;
};

const note = (of) => {
  if (!state.hasQueue) return words('noQueue');
  const hasMore = of?.items.some((one) => !isAnswered(one) && !one.isSkipped);
  return of && !hasMore && !of.filling ? words('queueEmpty') : '';
};

// In the list itself, the upright arrows move, too.
find('#queue').addEventListener('keydown', (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  step(by);
});
