// The evaluation: how good the model in service is on the articles that were kept apart.

import { get } from './api.js';
import { element, scrolling, table } from './dom.js';
import { gauge, matrix, whisker } from './plot.js';
import {
  interval, labelName, metricName, number, percent, pointInterval, points, words,
} from './words.js';

export const evaluation = async () => {
  const { model, share, heads } = await get('/v1/evaluation');
  return [
    element('p', { class: 'intro', text: words('evaluationIntro', { share: percent(share) }) }),
    element('p', { class: 'faint', text: `${words('modelOf', { number: String(model.number) })} · ${model.hash}` }),
    ...(heads.length ? heads.map(section) : [element('p', { text: words('tooFewLong') })]),
  ];
};

const section = (head) => element('section', { class: 'head' },
  element('h2', {}, labelName(head.name), ' ', element('small', { text: words('testArticles', { count: head.articles }) })),
  head.metrics.length ? [
    metrics(head), learnt(head), byLabel(head), head.confusion ? confusion(head) : null,
  ] : [element('p', { text: words('tooFewLong') }), learnt(head)]);

// The metrics that are drawn, all of them shares of 1; the others stand in the table.
const DRAWN = ['accuracy', 'subset_accuracy', 'macro_f1', 'micro_f1', 'macro_precision', 'macro_recall'];

// Where one label holds, micro F1 is the accuracy again.
const isDrawn = (kind) => ({ metric, value }) =>
  value !== null && DRAWN.includes(metric) && !(kind === 'exclusive' && metric === 'micro_f1');

const metrics = ({ name, kind, metrics: all }) => element('div', { class: 'plots' },
  element('div', { class: 'rows' }, all.filter(isDrawn(kind)).map(metricRow)),
  details(words('asTable'), table(`${labelName(name)}: ${words('metric')}`, [words('metric'), words('value'), words('interval')],
    all.map((of) => [metricName(of.metric), of.value === null ? '–' : number(of.value), interval(of.interval)]))));

const details = (title, content) => element('details', {}, element('summary', { text: title }), scrolling(title, content));

const row = (name, plot, figure, aside = '') => element('div', { class: 'row' },
  element('span', { class: 'name', text: name }), element('span', { class: 'plot' }, plot),
  element('span', { class: 'figure' }, element('strong', { text: figure }), ' ', element('span', { class: 'faint', text: aside })));

const metricRow = ({ metric, value, interval: ends }) => {
  const name = metricName(metric);
  const plot = whisker({ value, interval: ends, range: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1], label: `${name}: ${number(value)} ${interval(ends)}` });
  return row(name, plot, number(value), interval(ends));
};

const learnt = (head) => element('div', { class: 'rows' },
  difference(words('againstFirst'), head.against_first),
  difference(words('lastHundred', { count: head.last_hundred?.corrections ?? 100 }), head.last_hundred),
  needed(head));

const difference = (name, of) => {
  if (!of || of.difference === null) return row(name, '', '–', words('tooFew'));
  const reach = Math.max(0.05, Math.abs(of.difference), ...(of.interval ?? []).map(Math.abs)) * 1.1;
  const figure = [points(of.difference), pointInterval(of.interval)];
  const plot = whisker({
    value: of.difference, interval: of.interval, range: [-reach, reach], ticks: [0], label: `${name}: ${figure.join(' ')}`,
  });
  return row(name, plot, figure[0], [of.metric && metricName(of.metric), figure[1]].filter(Boolean).join(' '));
};

const needed = ({ articles, rows_for_two_points: need }) => {
  const name = words('rowsNeeded');
  if (need === null) return row(name, '', '–', words('tooFew'));
  const text = words('rowsNeededOf', { have: articles, need });
  return row(name, gauge({ have: articles, need, label: `${name}: ${text}` }), text);
};

// Without articles a share is none, and not 0.
const cellOf = (value, count) => count && value !== null ? number(value) : '–';

const byLabel = ({ name, labels }) => {
  const title = `${labelName(name)}: ${words('byLabel')}`;
  const heads = ['label', 'articles', 'precision', 'recall', 'f1'].map((key) => words(key));
  const rows = labels.map(({ label, support, predicted, precision, recall, f1 }) => [
    labelName(label), number(support, 0), cellOf(precision, predicted), cellOf(recall, support),
    cellOf(f1, support + predicted),
  ]);
  return element('div', {}, element('h3', { text: words('byLabel') }), scrolling(title, table(title, heads, rows)));
};

const confusion = ({ name, confusion: { labels, counts } }) => {
  const names = labels.map(labelName);
  const title = `${labelName(name)}: ${words('confusion')}`;
  const cellLabel = (truth, answer, count) => words('confusionCell', { truth: names[truth], answer: names[answer], count });
  const rows = counts.map((line, index) => [names[index], ...line.map((count) => number(count, 0))]);
  return element('div', {}, element('h3', { text: words('confusion') }),
    element('p', { class: 'faint', text: words('confusionWhy') }),
    scrolling(title, matrix({ labels: names, counts, label: title, cellLabel })),
    details(words('asTable'), table(title, ['', ...names], rows)));
};
