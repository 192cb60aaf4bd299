// The agreement of those who answered the same articles.

import { get } from './api.js';
import { element } from './dom.js';
import { whisker } from './plot.js';
import { interval, labelName, number, words } from './words.js';

// Krippendorff, Content Analysis: reliable from the second on, tentative from the first.
const TICKS = [0, 0.667, 0.8, 1];

export const agreement = async () => {
  const { heads } = await get('/v1/agreement');
  return [
    element('p', { class: 'intro', text: words('agreementIntro') }),
    element('p', { class: 'faint', text: words('agreementTicks') }),
    ...heads.map(section),
  ];
};

const section = ({ name, articles, annotators, alpha, interval: ends }) => element('section', { class: 'head' },
  element('h2', {}, labelName(name), ' ', element('small', { text: words('sharedArticles', { count: articles }) })),
  ...(articles ? [
    element('p', { class: 'faint', text: words('annotators', { names: annotators.join(', ') }) }),
    alpha === null ? element('p', { text: words('tooFew') }) : row(labelName(name), alpha, ends),
  ] : [element('p', { text: words('agreementNone') })]));

const row = (name, alpha, ends) => element('div', { class: 'rows' }, element('div', { class: 'row' },
  element('span', { class: 'name', text: 'α' }),
  element('span', { class: 'plot' }, whisker({
    value: alpha, interval: ends, range: [Math.min(0, ends?.[0] ?? 0), 1], ticks: TICKS,
    label: `${name}: α ${number(alpha)} ${interval(ends)}`,
  })),
  element('span', { class: 'figure' }, element('strong', { text: number(alpha) }), ' ', element('span', { class: 'faint', text: interval(ends) }))));
