// What was decided: a search, undo, and the export.

import { get, NoConnection, Refusal, send, whyOf } from './api.js';
import { element } from './dom.js';
import { say } from './log.js';
import { heading } from './queue.js';
import { setting } from './settings.js';
import { undoNumber } from './work.js';
import { labelName, labelNames, time, words } from './words.js';

const PAGE = 50;
const EXCERPT = 220;

let search = '';

export const decided = async () => {
  const list = element('ol', { class: 'answers' });
  const found = element('p', { class: 'faint', role: 'status' });
  const more = element('div', { class: 'end' });
  const parts = { list, found, more };
  await fill(parts, PAGE);
  return [bar(() => refill(parts, PAGE)), found, list, more];
};

const refill = (parts, limit) => fill(parts, limit).catch(sayWhy);

const sayWhy = (error) => {
  if (!(error instanceof NoConnection || error instanceof Refusal)) throw error;
  say(words('failed', { why: whyOf(error) }));
};

const bar = (load) => {
  const input = element('input', { type: 'search', id: 'search', autocomplete: 'off', placeholder: words('searchHint') });
  input.value = search;
  const form = element('form', { class: 'search', role: 'search' },
    element('label', { class: 'unseen', for: 'search', text: words('searchHint') }), input,
    element('button', { text: words('search') }),
    element('button', { type: 'button', id: 'export', text: words('export'), on: { click: download } }));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    search = input.value.trim();
    load();
  });
  return form;
};

const fill = async ({ list, found, more }, limit) => {
  // One more than shown tells whether there are more.
  const { corrections } = await get('/v1/corrections', { search, limit: limit + 1 });
  const rows = corrections.slice(0, limit);
  found.textContent = rows.length ? words('found', { count: rows.length }) : words('foundNone');
  list.replaceChildren(...rows.map((row) => entry(row, () => refill({ list, found, more }, limit))));
  more.replaceChildren(...(corrections.length > limit ? [element('button', {
    type: 'button', text: words('more'), on: { click: () => refill({ list, found, more }, limit + PAGE) },
  })] : []));
};

const entry = (row, reload) => {
  const isUndo = row.undoes !== null;
  const state = isUndo ? words('undoRow', { number: String(row.undoes) }) : words(row.in_force ? 'inForce' : 'takenBack');
  return element('li', { class: row.in_force ? null : 'is-past' },
    element('div', { class: 'said' }, element('strong', { text: isUndo ? '' : labelNames(row.labels) }), ' ',
      element('span', { class: 'faint', text: [labelName(row.head), state, row.annotator, row.at && time(row.at)].filter(Boolean).join(' · ') })),
    row.text ? element('p', { class: 'title', text: heading({ title: row.title, text: row.text, id: row.id }) }) : null,
    row.text ? element('p', { class: 'faint', text: excerpt(row.text) }) : null,
    row.note ? element('p', { class: 'remark', text: row.note }) : null,
    isUndo || !row.in_force || row.annotator !== setting('annotator') ? null : undoButton(row, reload));
};

const excerpt = (text) => text.length > EXCERPT ? `${text.slice(0, EXCERPT).replace(/\s+\S*$/, '')} …` : text;

const undoButton = ({ number }, reload) => element('button', {
  type: 'button', text: words('undo'), 'aria-label': words('undoOf', { number: String(number) }),
  on: {
    click: () => {
      undoNumber(number);
      // The outbox sends at once where it can; the list shows what the service has.
      addEventListener('standpoint:sent', reload, { once: true });
    },
  },
});

// The route may ask for a token, which a plain link would not send.
const download = async () => {
  try {
    const response = await send('/v1/export');
    save(await response.blob(), 'standpoint-answers.jsonl');
    say(words('exported'));
  } catch (error) {
    sayWhy(error);
  }
};

export const save = (blob, name) => {
  const url = URL.createObjectURL(blob);
  const link = element('a', { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
};
