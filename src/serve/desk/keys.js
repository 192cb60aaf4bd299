// Single keys. They do nothing while the editor writes, or while a dialog is open.

import { find } from './dom.js';
import { KEYS } from './labels.js';
import { setting } from './settings.js';
import {
  answer, chooseNext, current, draftLabels, isAnswered, isDirty, markNext, skip, step, toggle, undo,
} from './work.js';

const WRITES = 'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]';
const ACTS = 'button, a, summary';

const pick = (label) => {
  if (!label) return;
  if (current().head.kind === 'exclusive') answer([label]);
  else toggle(label);
};

const enter = () => {
  const one = current();
  if (!one) return;
  if (one.head.kind === 'independent' && isDirty(one)) answer(draftLabels(one));
  else if (isAnswered(one)) step(1);
};

const ON_DESK = {
  Enter: enter,
  ArrowRight: () => step(1),
  ArrowLeft: () => step(-1),
  u: undo,
  s: skip,
  n: () => find('#note').focus(),
  w: markNext,
  h: chooseNext,
};

const onDesk = (key) => {
  if (ON_DESK[key]) return ON_DESK[key];
  const at = key.length === 1 ? KEYS.indexOf(key) : -1;
  return at >= 0 && (() => pick(current()?.head.labels[at]));
};

// Keys that come while a question is being loaded mean the article that will be there.
let former = Promise.resolve();
const inTurn = (act) => { former = former.then(act).catch(reportError); };

const acts = (event) => !event.defaultPrevented && !event.isComposing
  && !event.ctrlKey && !event.metaKey && !event.altKey
  && !event.target.closest?.(WRITES) && !document.querySelector('dialog[open]');

// Calls `help` for the question mark, and the rest where `isDesk` says that the desk is in view.
export const listenToKeys = ({ help, isDesk }) => addEventListener('keydown', (event) => {
  if (!setting('keys') || !acts(event)) return;
  if (event.key === 'Enter' && event.target.closest?.(ACTS)) return;
  const act = event.key === '?' ? help : isDesk() && onDesk(event.key);
  if (!act) return;
  event.preventDefault();
  // A key that is held answers one article, not all of them.
  if (!event.repeat || event.key.startsWith('Arrow')) inTurn(act);
});
