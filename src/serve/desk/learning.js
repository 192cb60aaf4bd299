// Learning from the answers, one retraining at a time: those that come meanwhile are one more.

import { NoConnection, post } from './api.js';
import { element, find } from './dom.js';
import { say } from './log.js';
import { served, state } from './work.js';
import {
  labelName, labelNames, metricName, number, pointInterval, points, words,
} from './words.js';

let isRunning = false;
let isWanted = false;

export const isLearning = () => isRunning;

export const learn = async (body = {}) => {
  if (isRunning) {
    isWanted = true;
    return;
  }
  isRunning = true;
  showLearning();
  try {
    const former = state.model.number;
    report(await post('/v1/retrain', body), former);
  } catch (error) {
    // The answers wait in the outbox, and learning begins again when the first is sent.
    if (!(error instanceof NoConnection)) say(words('learnFailed', { why: error.message }));
  } finally {
    isRunning = false;
    showLearning();
  }
  if (isWanted) {
    isWanted = false;
    learn();
  }
};

export const showLearning = () => {
  const { number: model } = state.model;
  find('#model').textContent = model === null ? '' : words('modelOf', { number: String(model) });
  const button = element('button', {
    type: 'button', text: words(isRunning ? 'learningNow' : 'learnNow'), 'aria-disabled': isRunning ? 'true' : null,
    on: { click: () => learn() },
  });
  const had = find('#learn').contains(document.activeElement);
  find('#learn').replaceChildren(button);
  if (had) button.focus();
};

// Shows what a model brought, and that it is in service or why not.
const report = (result, former) => {
  if (result.number === former) {
    say(words('nothingNew'));
  } else if (result.in_service) {
    served(result);
    const values = { number: String(result.number), count: result.corrections, seconds: number(result.seconds, 2) };
    say(`${words('learnt', values)} ${gaps(result.heads)}`, ' ', flips(result.flipped));
  } else {
    say(`${words('notServed', { number: String(result.number), why: result.refused ?? '' })} ${gaps(result.heads)}`, ' ',
      element('button', { type: 'button', text: words('serveAnyway'), on: { click: () => learn({ force: true }) } }));
  }
};

const gaps = (heads) => heads.map(gap).join(' ');

const gap = ({ name, metric, articles, difference, interval }) => {
  const head = labelName(name);
  return difference === null ? words('gapUnknown', { head, count: articles }) : words('gap', {
    head, metric: metricName(metric), difference: points(difference), interval: pointInterval(interval), count: articles,
  });
};

export const flips = ({ articles, of, shown }) => {
  if (!articles) return element('span', { class: 'faint', text: words('noFlips') });
  const line = (flip) => element('li', { text: words('flip', {
    title: flip.title ?? flip.id, before: labelNames(flip.before), after: labelNames(flip.after),
  }) });
  const text = words('flipped', { count: articles, of });
  if (!shown.length) return element('span', { text });
  return element('details', { class: 'flips' }, element('summary', { text }), element('ul', {}, shown.map(line)));
};
