// The models: each one that was trained, and which answers.

import { get, post, whyOf } from './api.js';
import { element, scrolling, table } from './dom.js';
import { flips } from './learning.js';
import { say } from './log.js';
import { setting } from './settings.js';
import { served } from './work.js';
import { number, time, words } from './words.js';

// Returns the view; `reload` shows it anew.
export const models = async (reload) => {
  const { serving, models: all } = await get('/v1/history');
  const rows = withFirst(all).toReversed().map((model) => row(model, serving, reload));
  const heads = [words('model'), '', words('time'), words('learntArticles'), words('hash')];
  return [
    element('p', { class: 'intro', text: words('modelsIntro') }),
    scrolling(words('models'), table(words('models'), heads, rows)),
  ];
};

// The model as it came may have no entry of its own.
const withFirst = (all) => all.some(({ number: of }) => of === 0) ? all : [{ number: 0, hash: '' }, ...all];

const row = (model, serving, reload) => [
  String(model.number),
  model.number === serving ? element('span', { class: 'tag', text: words('serving') }) : button(model, serving, reload),
  model.number === 0 ? words('modelFirst') : time(model.at),
  number(model.articles ?? 0, 0),
  element('code', { text: model.hash }),
];

const button = (model, serving, reload) => element('button', {
  type: 'button', text: words(model.number < serving ? 'backTo' : 'forthTo', { number: String(model.number) }),
  on: { click: () => serve(model, reload) },
});

const serve = async (model, reload) => {
  try {
    const result = await post(`/v1/history/${model.number}/serve`, { annotator: setting('annotator') });
    served(result);
    say(words('servedNow', { number: String(result.number) }), ' ', flips(result.flipped));
  } catch (error) {
    say(words('failed', { why: whyOf(error) }));
  }
  reload();
};
