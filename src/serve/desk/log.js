// The strip at the foot: what happened, the newest first.

import { element, find } from './dom.js';
import { language } from './words.js';

const MOST = 60;

const now = () => new Intl.DateTimeFormat(language(), { timeStyle: 'short' }).format(new Date());

// Shows a line and returns it; further parts may be a list of flips or a button.
export const say = (text, ...further) => {
  const line = element('div', { class: 'line' }, element('time', { text: now() }), ' ',
    element('span', { text }), ...further);
  put(line);
  return line;
};

const put = (line) => {
  const log = find('#log');
  log.querySelector('.hint')?.remove();
  log.prepend(line);
  while (log.children.length > MOST) log.lastChild.remove();
  log.scrollTop = 0;
};

export const hint = (text) => {
  const log = find('#log');
  if (!log.children.length || log.querySelector('.hint')) {
    log.replaceChildren(element('div', { class: 'line hint', text }));
  }
};
