// What the views beside the desk share: they load, show, and say what failed.

import { NoConnection, Refusal, whyOf } from './api.js';
import { element, find } from './dom.js';
import { words } from './words.js';

let newest = 0;

// Loads a view and shows it, unless another was asked for meanwhile.
export const show = async (title, load) => {
  const mine = newest += 1;
  const box = find('#other');
  const heading = element('h1', { tabindex: '-1', text: title });
  if (box.querySelector('h1')?.textContent !== title) {
    box.replaceChildren(heading, element('p', { class: 'faint', text: words('loading') }));
  }
  const parts = await load().catch((error) => [failure(error, () => show(title, load))]);
  if (mine === newest) box.replaceChildren(heading, ...parts);
};

const failure = (error, retry) => {
  if (!(error instanceof NoConnection || error instanceof Refusal)) throw error;
  return element('div', {}, element('p', { text: words('failed', { why: whyOf(error) }) }),
    element('button', { type: 'button', text: words('again'), on: { click: retry } }));
};
