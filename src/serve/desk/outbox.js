// Answers on their way to the service. They are kept in this browser until the service has
// acknowledged them, and sent one after the other, so that an undo never overtakes its answer.

import { NoConnection, post, Refusal } from './api.js';
import { isUnsaved, set, setting } from './settings.js';

const LONGEST_WAIT = 15_000;
// Numbers of so many answers are remembered, to undo them.
const KEPT = 500;

const on = { sent: () => {}, refused: () => {}, changed: () => {}, failed: () => {} };
let timer = null;
let wait = 1000;
let sending = false;

// Sets who is told: `sent(entry, reply)`, `refused(entry, error)`, `failed(error)`, `changed()`.
export const tell = (handlers) => Object.assign(on, handlers);

// The entries in order: `{ key, kind, path, body, of, tried }`. They are read anew each time,
// because another window may have changed them.
export const waiting = () => setting('outbox') ?? [];

// Entries that the service refused for good, which the editor may copy.
export const refused = () => setting('refused') ?? [];

export const forgetRefused = () => { set('refused', []); on.changed(); };

const keep = (entries) => {
  set('outbox', entries);
  on.changed();
};

export const newKey = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

export const add = (entry) => {
  keep([...waiting(), { key: newKey(), ...entry }]);
  flush();
};

// Takes back what was never sent; says whether it was there.
export const withdraw = (key) => {
  const entries = waiting();
  const found = entries.find((entry) => entry.key === key && !entry.tried);
  if (found) keep(entries.filter((entry) => entry !== found));
  return Boolean(found);
};

// Sends what waits. Windows share the outbox; one of them sends at a time.
export const flush = async () => {
  if (sending) return;
  sending = true;
  clearTimeout(timer);
  try {
    await alone(sendAll);
  } finally {
    sending = false;
  }
};

const alone = (work) => navigator.locks ? navigator.locks.request('standpoint.outbox', work) : work();

const sendAll = async () => {
  for (let entry = waiting()[0]; entry; entry = waiting()[0]) {
    mark(entry.key);
    try {
      const reply = await post(pathOf(entry), entry.body);
      wait = 1000;
      done(entry, reply);
    } catch (error) {
      if (error instanceof Refusal && !error.isPassing) {
        refuse(entry, error);
      } else if (error instanceof Refusal || error instanceof NoConnection) {
        again(error);
        return;
      } else {
        throw error;
      }
    }
  }
};

const pathOf = ({ path, number, of }) => path.replace('{number}', number ?? numberOf(of) ?? '');

const mark = (key) =>
  keep(waiting().map((entry) => entry.key === key ? { ...entry, tried: true } : entry));

const without = (key) => waiting().filter((entry) => entry.key !== key);

// Another window may have sent an answer, so that its number is kept for all.
export const numberOf = (key) => Object.fromEntries(setting('acknowledged') ?? [])[key];

const done = (entry, reply) => {
  const number = reply.numbers?.[0];
  if (number !== undefined) set('acknowledged', [...(setting('acknowledged') ?? []), [entry.key, number]].slice(-KEPT));
  keep(without(entry.key));
  on.sent(entry, reply);
};

const refuse = (entry, error) => {
  set('refused', [...refused(), { ...entry, why: error.message }]);
  keep(without(entry.key).filter((other) => other.of !== entry.key));
  on.refused(entry, error);
};

const again = (error) => {
  on.failed(error);
  clearTimeout(timer);
  timer = setTimeout(flush, wait);
  wait = Math.min(wait * 2, LONGEST_WAIT);
};

addEventListener('beforeunload', (event) => {
  if (isUnsaved('outbox') && waiting().length) event.preventDefault();
});
addEventListener('online', flush);
addEventListener('storage', () => on.changed());
