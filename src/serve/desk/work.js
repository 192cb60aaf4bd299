// The editor's work: which articles are before them, what they answered, and what the model says.

import { get, NoConnection, post, Refusal, whyOf } from './api.js';
import * as outbox from './outbox.js';
import { setting, set } from './settings.js';

const PAGE = 20;
// With fewer articles ahead, further ones are asked for.
const AHEAD = 5;
// The error that "undecided" allows, where the model knows how wrong it may be.
const MAX_ERROR = 0.1;

export const state = {
  heads: [],
  head: null,
  // By head: `{ items, current, waiting, isStale, filling }`.
  lists: new Map(),
  // The model in service.
  model: { number: null, hash: null },
  hasQueue: true,
};

const on = { changed: () => {}, said: () => {} };

// Sets who is told: `changed()` to show the state anew, `said(key, values)` for a message.
export const tell = (handlers) => Object.assign(on, handlers);

export const list = () => state.lists.get(state.head?.name);

export const current = () => list()?.current ?? null;

export const isAnswered = (item) => item.answers.length > 0;

export const isVisible = (item) => setting('showFirst') || isAnswered(item);

export const lastAnswer = (item) => item.answers.at(-1) ?? null;

// Answers of this window in their order, to be undone one by one.
const done = [];
let knowsUndecided = true;

const item = (article, head) => ({
  article,
  head,
  answers: [],
  draft: new Set(),
  note: '',
  isSkipped: false,
  // What the model says, and its head's row before it learnt from the answer.
  said: null,
  before: null,
  failure: null,
  // The hash of the model that is being asked.
  asking: null,
  // The label whose reasons are marked; null for the most fitting one.
  marked: null,
});

// Loads the heads and the first articles.
export const begin = async () => {
  const models = await get('/v1/models');
  const model = models.models.find((of) => of.name === models.default) ?? models.models[0];
  state.heads = model.heads;
  state.model.hash ??= model.hash;
  remember();
  const wanted = state.heads.find((head) => head.name === setting('head'));
  await choose(wanted ?? state.heads[0]);
};

// Answers that a former window left in the outbox can be undone.
const remember = () => {
  const waiting = outbox.waiting();
  const isMine = ({ key, kind, body }) => kind === 'answer' && body.annotator === setting('annotator')
    && !waiting.some((entry) => entry.of === key);
  const answers = waiting.filter(isMine);
  done.splice(0, done.length, ...answers.map((entry) => ({
    key: entry.key, article: entry.article, head: entry.body.head, labels: entry.body.labels,
  })));
};

export const choose = async (head) => {
  state.head = head;
  set('head', head.name);
  if (!list()) {
    state.lists.set(head.name, { items: [], current: null, waiting: null, isStale: true, filling: null });
    on.changed();
    await fill(head);
  }
  open(current());
};

export const chooseNext = () => {
  const next = state.heads.indexOf(state.head) + 1;
  return choose(state.heads[next % state.heads.length]);
};

// Another annotator has a queue and answers of their own.
export const rename = async () => {
  state.lists.clear();
  remember();
  if (state.head) await choose(state.head);
};

// The queue is asked for anew, in another order.
export const restart = async () => {
  for (const of of state.lists.values()) of.isStale = true;
  const of = list();
  if (!of) return;
  if (of.current && !isAnswered(of.current) && !of.current.draft.size && !of.current.note) {
    of.items = of.items.filter(isTouched);
    of.current = null;
  }
  await fill(state.head);
  open(current());
};

const isTouched = (of) => isAnswered(of) || of.isSkipped || of.draft.size > 0 || of.note !== '';

// Asks for articles. What the editor has seen stays in its place; what lies ahead is put in the
// order of the model as it is now.
const fill = async (head) => {
  const of = state.lists.get(head.name);
  of.filling ??= ask(of, head).finally(() => { of.filling = null; });
  await of.filling;
  on.changed();
};

const ask = async (of, head) => {
  if (!setting('annotator')) return;
  try {
    const answer = await get('/v1/queue', {
      limit: PAGE, head: head.name, annotator: setting('annotator'), strategy: setting('strategy') || undefined,
    });
    merge(of, head, answer);
    state.hasQueue = true;
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) state.hasQueue = false;
    else if (!(error instanceof NoConnection)) failed(error);
  }
};

const merge = (of, head, { articles, waiting }) => {
  const seen = of.items.indexOf(of.current);
  const kept = of.items.filter((one, index) => index <= seen || isTouched(one));
  const known = new Set([...kept.map((one) => one.article.number), ...underWay(head)]);
  const added = articles.filter(({ number }) => !known.has(number)).map((article) => item(article, head));
  of.items = [...kept, ...added];
  of.current ??= added[0] ?? null;
  of.waiting = Math.max(0, waiting - underWay(head).length);
  of.isStale = false;
};

const underWay = (head) => outbox.waiting()
  .filter((entry) => entry.kind !== 'undo' && entry.head === head.name)
  .map((entry) => entry.article.number);

// Goes to an article, and asks what the model says of it, which is shown when it may be.
export const open = (one) => {
  if (list()) list().current = one;
  on.changed();
  if (one) explain(one);
};

const text = ({ id, title, text: body }) => ({ ...(id ? { id } : {}), ...(title ? { title } : {}), text: body });

export const explain = async (one) => {
  const asked = state.model.hash;
  if (one.asking === asked || one.said?.hash === asked) return;
  one.asking = asked;
  try {
    const said = await post('/v1/explain?top=all', text(one.article));
    one.said = { hash: said.model.hash, ...said, undecided: await undecided(one) };
    one.failure = null;
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof NoConnection)) throw error;
    one.failure = error;
  }
  one.asking = null;
  on.changed();
  // Another model was put into service meanwhile.
  if (state.model.hash !== asked && one === current()) explain(one);
};

// The labels between which the model is undecided, by head.
const undecided = async (one) => {
  if (!knowsUndecided) return {};
  try {
    const { heads } = await post(`/v1/score?max_error=${MAX_ERROR}`, text(one.article));
    return Object.fromEntries(Object.entries(heads).map(([name, head]) => [name, between(head)]));
  } catch (error) {
    if (!(error instanceof Refusal && error.status === 409)) throw error;
    knowsUndecided = false;
    return {};
  }
};

const between = ({ undecided: open, set: labels }) => Array.isArray(open) ? open : open ? labels : [];

export const step = (by) => {
  const of = list();
  if (!of) return;
  const at = of.items.indexOf(of.current);
  const next = of.items[at + by];
  if (next) open(next);
  else on.changed();
  const ahead = of.items.length - of.items.indexOf(of.current) - 1;
  if (by > 0 && (of.isStale || ahead < AHEAD)) fill(state.head).then(() => openFirst(of, next));
};

// Where nothing was ahead, the first article that came is opened.
const openFirst = (of, next) => {
  const at = of.items.indexOf(of.current);
  if (!next && of === list() && of.items[at + 1]) open(of.items[at + 1]);
};

export const answer = (labels) => {
  const one = current();
  const name = setting('annotator');
  if (!one || !name) return;
  const { head, article } = one;
  const key = outbox.newKey();
  if (!isAnswered(one)) count(-1, head);
  one.before ??= one.said?.heads[head.name] ?? null;
  one.answers.push({ key, labels, note: one.note });
  one.isSkipped = false;
  one.draft = new Set(labels);
  done.push({ key, item: one, article, head: head.name, labels });
  outbox.add({
    key, kind: 'answer', path: '/v1/corrections', head: head.name, article,
    body: correction(article, { head: head.name, labels, annotator: name, note: one.note }),
  });
  if (setting('goOn')) step(1);
  else on.changed();
};

// Counts the articles that wait, until the service is asked again.
const count = (by, head) => {
  const of = state.lists.get(head.name);
  if (of?.waiting != null) of.waiting = Math.max(0, of.waiting + by);
};

const correction = ({ id, title, text: body, source, date, reason }, { note, ...of }) => {
  const given = { id: id === undefined ? id : String(id), title, text: body, source, date, reason, note: note.trim() };
  const present = Object.entries(given).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return { ...Object.fromEntries(present), ...of };
};

export const toggle = (label) => {
  const { draft } = current();
  if (!draft.delete(label)) draft.add(label);
  on.changed();
};

// Whether Enter has something to save.
export const isDirty = (one) => {
  const last = lastAnswer(one);
  return !last || last.labels.length !== one.draft.size || last.labels.some((label) => !one.draft.has(label));
};

export const draftLabels = (one) => one.head.labels.filter((label) => one.draft.has(label));

export const skip = () => {
  const one = current();
  if (!one || isAnswered(one)) return step(1);
  one.isSkipped = true;
  outbox.add({
    kind: 'skip', path: `/v1/queue/${one.article.number}/skip`, head: one.head.name, article: one.article,
    body: { annotator: setting('annotator'), head: one.head.name },
  });
  on.said('skipped');
  step(1);
};

// Takes back the last answer of this annotator, and goes back to its article.
export const undo = async () => {
  const last = done.pop() ?? await lastOnService().catch(failed);
  if (last === FAILED) return;
  if (!last) return on.said('nothingToUndo');
  takeBack(last);
  const one = last.item ?? await found(last);
  one.answers.pop();
  const left = lastAnswer(one);
  one.draft = new Set(left?.labels);
  if (!left) reopen(one);
  on.said('undone', { labels: last.labels });
  state.head = one.head;
  open(one);
};

const reopen = (one) => {
  [one.before, one.marked] = [null, null];
  count(1, one.head);
};

const FAILED = Symbol('failed');

const failed = (error) => {
  if (!(error instanceof Refusal || error instanceof NoConnection)) throw error;
  on.said('failed', { why: whyOf(error) });
  return FAILED;
};

const takeBack = ({ key, number }) => {
  if (key && outbox.withdraw(key)) return;
  const known = number ?? outbox.numberOf(key);
  outbox.add({
    kind: 'undo', path: '/v1/corrections/{number}/undo', of: known ? undefined : key, number: known,
    body: { annotator: setting('annotator') },
  });
};

// Undoes one answer of a list.
export const undoNumber = (number) => {
  const at = done.findIndex((of) => outbox.numberOf(of.key) === number);
  if (at >= 0) {
    const [{ item: one, key }] = done.splice(at, 1);
    if (one) one.answers = one.answers.filter((of) => of.key !== key);
  }
  takeBack({ number });
};

const lastOnService = async () => {
  const name = setting('annotator');
  // A search answers with the newest first.
  const { corrections } = await get('/v1/corrections', { search: name, limit: 100 });
  const undoing = outbox.waiting().map((entry) => entry.number ?? outbox.numberOf(entry.of));
  const last = corrections.find((row) => row.annotator === name && row.undoes === null && row.in_force
    && !undoing.includes(row.number));
  return last && { number: last.number, article: { ...last, number: null }, head: last.head, labels: last.labels };
};

// The article of an answer that another window gave; it is put before the one that is open.
const found = async ({ article, head: name }) => {
  const head = state.heads.find((of) => of.name === name) ?? state.head;
  if (!state.lists.has(head.name)) await choose(head);
  const of = state.lists.get(head.name);
  const known = of.items.find((one) => one.article.text === article.text);
  if (known) return known;
  const one = item(article, head);
  of.items.splice(Math.max(0, of.items.indexOf(of.current)), 0, one);
  return one;
};

// Marks the reasons of the next label.
export const markNext = () => {
  const one = current();
  if (!one?.said || !isVisible(one)) return;
  const { labels } = one.head;
  one.marked = labels[(labels.indexOf(markedLabel(one)) + 1) % labels.length];
  on.changed();
};

export const mark = (label) => {
  current().marked = label;
  on.changed();
};

// The label whose reasons are shown: the chosen one, else the editor's, else the model's.
export const markedLabel = (one) => {
  if (one.marked) return one.marked;
  const mine = lastAnswer(one)?.labels[0];
  return mine ?? best(one);
};

const best = (one) => {
  const row = one.said.heads[one.head.name];
  return saidLabels(row)[0] ?? Object.keys(row.scores)[0];
};

// The labels that the model gives, from the row of a head.
export const saidLabels = ({ label, labels }) => labels ?? (label ? [label] : []);

export const setNote = (note) => { if (current()) current().note = note; };

// What the model had said of an answered article, where it is known.
export const saidBefore = (entry) => {
  const before = done.find((of) => of.key === entry.key)?.item?.before;
  return before ? saidLabels(before) : null;
};

// An answer was refused: the article waits again.
export const rejected = (entry) => {
  const at = done.findIndex((of) => of.key === entry.key);
  if (at < 0) return;
  const [{ item: one }] = done.splice(at, 1);
  if (one) one.answers = one.answers.filter((of) => of.key !== entry.key);
  on.changed();
};

// Another model is in service: what it says of the open article is shown, and what lies ahead is
// put in its order when the editor goes on.
export const served = ({ number, hash }) => {
  if (state.model.number === number && state.model.hash === hash) return;
  state.model = { number, hash };
  for (const of of state.lists.values()) of.isStale = true;
  on.changed();
  if (current()) explain(current());
};

// Articles came, or were answered elsewhere.
export const queueChanged = () => {
  for (const of of state.lists.values()) of.isStale = true;
  const of = list();
  if (!of) return;
  const ahead = of.items.length - of.items.indexOf(of.current) - 1;
  if (ahead < AHEAD) fill(state.head).then(() => { if (current()) explain(current()); });
};
