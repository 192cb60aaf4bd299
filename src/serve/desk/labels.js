// The labels on the right: the editor's answer, and beside it the model's once it may be seen.

import { whyOf } from './api.js';
import { element, find, setAttribute } from './dom.js';
import {
  answer, choose, draftLabels, isAnswered, isDirty, isVisible, lastAnswer, mark, markedLabel, saidLabels, skip, state,
  step, toggle, undo,
} from './work.js';
import { language, labelName, labelNames, number, percent, words } from './words.js';

// Keys of labels: digits, and letters that mean nothing else where there are many labels.
export const KEYS = '1234567890qertyiopadfgzxcvbm';

let built = '';
const rows = new Map();

export const showHeads = () => {
  const button = (head) => element('button', {
    type: 'button', 'aria-pressed': String(head === state.head), text: labelName(head.name),
    on: { click: () => choose(head) },
  });
  const box = find('#heads');
  box.setAttribute('aria-label', words('question'));
  const focused = [...box.children].indexOf(document.activeElement);
  box.replaceChildren(...state.heads.map(button));
  if (focused >= 0) box.children[focused]?.focus();
};

export const showLabels = (one) => {
  const head = state.head;
  if (!head) return;
  build(head);
  const isOpen = Boolean(one) && isVisible(one);
  find('#how').textContent = words(head.kind);
  for (const [label, row] of rows) showRow(row, label, one, isOpen);
  find('#labels').classList.toggle('is-open', Boolean(isOpen && one.said));
  find('#verdict').replaceChildren(...(one ? verdict(one, isOpen) : []));
  showActions(one);
};

// Rows are made once for a head and changed in place, so that the focus stays where it is.
const build = (head) => {
  const now = JSON.stringify([head.name, head.labels, language()]);
  if (now === built) return;
  built = now;
  rows.clear();
  head.labels.forEach((label, index) => rows.set(label, makeRow(head, label, KEYS[index])));
  find('#labels').replaceChildren(...[...rows.values()].map(({ box }) => box));
};

const makeRow = (head, label, key) => {
  const keyShown = key ? element('kbd', { text: key, 'aria-hidden': 'true' }) : null;
  const name = element('span', { class: 'name', text: labelName(label) });
  const tags = element('span', { class: 'tags' });
  const made = head.kind === 'exclusive'
    ? exclusive(label, key, [keyShown, name, tags]) : independent(label, key, [keyShown, name, tags]);
  const [fill, was, tick] = ['fill', 'was', 'tick'].map((kind) => element('i', { class: kind }));
  const why = element('button', { type: 'button', class: 'why', on: { click: () => mark(label) } });
  const track = element('span', { class: 'track', 'aria-hidden': 'true' }, fill, was, tick);
  const limit = element('span', { class: 'limit' });
  const box = element('div', { class: 'label' }, made.outer, why, track, limit);
  return { box, ...made, tags, fill, was, tick, why, limit, threshold: thresholdOf(head, label) };
};

const thresholdOf = (head, label) => head.thresholds?.[head.labels.indexOf(label)];

const exclusive = (label, key, parts) => {
  const input = element('button', {
    type: 'button', class: 'choice', 'aria-pressed': 'false', 'aria-keyshortcuts': key,
    on: { click: () => answer([label]) },
  }, parts);
  return { outer: input, input, press: (is) => input.setAttribute('aria-pressed', String(is)) };
};

const independent = (label, key, parts) => {
  const input = element('input', { type: 'checkbox', 'aria-keyshortcuts': key, on: { change: () => toggle(label) } });
  return { outer: element('label', { class: 'choice' }, input, parts), input, press: (is) => { input.checked = is; } };
};

const showRow = (row, label, one, isOpen) => {
  row.input.disabled = !one;
  row.press(Boolean(one) && (one.head.kind === 'exclusive' ? lastAnswer(one)?.labels[0] === label : one.draft.has(label)));
  const head = isOpen && one.said ? one.said.heads[one.head.name] : null;
  row.why.hidden = !head;
  row.limit.textContent = head && row.threshold !== undefined
    ? words('threshold', { value: shown(head)(row.threshold) }) : '';
  row.tags.replaceChildren(...(head ? tags(one, head, label) : []));
  if (head) showWhy(row.why, label, one, head);
  showBar(row, label, head, one);
};

// The probability is the button that shows where it comes from.
const showWhy = (why, label, one, head) => {
  const now = odds(head, label, one.before?.scores);
  why.textContent = now;
  setAttribute(why, 'aria-label', `${now}: ${words('reasonsFor', { label: labelName(label) })}`);
  setAttribute(why, 'title', words('reasonsFor', { label: labelName(label) }));
  setAttribute(why, 'aria-pressed', String(markedLabel(one) === label));
};

const showBar = ({ fill, was, tick, threshold }, label, head, one) => {
  const isShare = head?.probabilities;
  const before = one?.before?.scores[label];
  fill.style.width = isShare ? `${head.scores[label] * 100}%` : '0';
  tick.hidden = !(isShare && threshold !== undefined);
  tick.style.left = `${(threshold ?? 0) * 100}%`;
  was.hidden = !(isShare && before !== undefined && percent(before) !== percent(head.scores[label]));
  was.style.left = `${(before ?? 0) * 100}%`;
};

const shown = (head) => head.probabilities ? percent : (value) => number(value, 2);

const odds = (head, label, before) => {
  const now = shown(head)(head.scores[label]);
  const then = before ? shown(head)(before[label]) : now;
  return then === now ? now : `${then.replace(/\s*%$/, '')} → ${now}`;
};

const tags = (one, head, label) => [
  saidLabels(head).includes(label) ? element('span', { class: 'tag', text: words('models_answer') }) : null,
  one.said.undecided[one.head.name]?.includes(label) ? element('span', { class: 'tag open', text: words('undecided') }) : null,
].filter(Boolean);

const verdict = (one, isOpen) => {
  const line = (text, name) => element('span', { text, class: name });
  if (!isOpen) return [line(words('hidden'), 'faint')];
  if (one.failure && !one.said) return [line(words('modelFails', { why: whyOf(one.failure) }), 'faint')];
  if (!one.said) return [line(words('loading'), 'faint')];
  const said = saidLabels(one.said.heads[one.head.name]);
  const former = one.before ? saidLabels(one.before) : said;
  const mine = lastAnswer(one)?.labels;
  return [
    line(mine && !isSame(former, said) ? words('modelSaid', { labels: labelNames(former) }) : saying(one, said)),
    mine ? line(words(isSame(mine, former) ? 'agree' : 'disagree')) : null,
    mine && !isSame(former, said) ? line(words('modelNow', { labels: labelNames(said) })) : null,
    mine && one.article.reason === 'random' ? line(words('testArticle'), 'faint') : null,
  ].filter(Boolean);
};

const isSame = (some, others) => some.length === others.length && some.every((label) => others.includes(label));

const saying = (one, said) => {
  const open = one.said.undecided[one.head.name] ?? [];
  if (!open.length) return words('modelSays', { labels: labelNames(said) });
  return one.head.kind === 'exclusive' ? words('modelUndecided', { labels: labelNames(open) })
    : words('modelUndecidedOf', { labels: labelNames(said), others: labelNames(open) });
};

const action = (text, key, act, isMain = false) => element('button', {
  type: 'button', class: isMain ? 'main' : null, 'aria-keyshortcuts': key, on: { click: act },
}, `${text} `, element('kbd', { text: key === 'Enter' ? '↵' : key, 'aria-hidden': 'true' }));

let actionsShown = '';

const showActions = (one) => {
  const savesFirst = one && one.head.kind === 'independent' && isDirty(one);
  const canGoOn = one && isAnswered(one) && !savesFirst;
  const labels = savesFirst ? labelNames(draftLabels(one)) : '';
  const now = JSON.stringify([language(), Boolean(one), savesFirst, canGoOn, labels]);
  if (now === actionsShown) return;
  actionsShown = now;
  const box = find('#actions');
  const focused = [...box.children].indexOf(document.activeElement);
  box.replaceChildren(...[
    savesFirst ? action(words('save', { labels }), 'Enter', () => answer(draftLabels(one)), true) : null,
    canGoOn ? action(words('next'), 'Enter', () => step(1), true) : null,
    one && !canGoOn ? action(words('skip'), 's', skip) : null,
    action(words('undo'), 'u', undo),
  ].filter(Boolean));
  if (focused >= 0) box.children[Math.min(focused, box.children.length - 1)].focus();
};
