// The page for editors: starts it, and binds its parts together.

import { agreement } from './agreement.js';
import { askForTokensBy, get, NoConnection, Refusal, whyOf } from './api.js';
import { showArticle } from './article.js';
import { decided, save } from './decided.js';
import { askName, askToken, showHelp, showSettings } from './dialogs.js';
import { element, find } from './dom.js';
import { evaluation } from './evaluation.js';
import { listen } from './events.js';
import { listenToKeys } from './keys.js';
import { showHeads, showLabels } from './labels.js';
import { isLearning, learn, showLearning } from './learning.js';
import { hint, say } from './log.js';
import { models } from './models.js';
import * as outbox from './outbox.js';
import { showQueue } from './queue.js';
import { set, setting } from './settings.js';
import { show } from './view.js';
import * as work from './work.js';
import { labelNames, language, words } from './words.js';

const VIEWS = {
  desk: null,
  evaluation,
  agreement,
  decided,
  models: () => models(showView),
};

let view = 'desk';
let isConnected = true;
let wasFollowed = false;
let blocked = null;

const showView = () => {
  const wanted = location.hash.slice(1) || 'desk';
  if (!(wanted in VIEWS)) return;
  view = wanted;
  find('#desk').hidden = view !== 'desk';
  find('#other').hidden = view === 'desk';
  showViews();
  if (VIEWS[view]) show(words(view), VIEWS[view]);
};

const showViews = () => {
  const link = (name) => element('a', {
    href: `#${name}`, text: words(name), 'aria-current': name === view ? 'page' : null,
  });
  find('#views').setAttribute('aria-label', words('views'));
  find('#views').replaceChildren(...Object.keys(VIEWS).map(link));
};

const showDesk = () => {
  const one = work.current();
  showQueue();
  showArticle(one);
  showLabels(one);
  showNote(one);
  showLearning();
  showTitle();
};

const showTitle = () => {
  const waiting = work.list()?.waiting;
  document.title = `${waiting ? `(${waiting}) ` : ''}${words(view)} – Standpoint`;
};

const showNote = (one) => {
  const note = find('#note');
  note.disabled = !one;
  if (document.activeElement !== note || note.dataset.of !== noteOf(one)) note.value = one?.note ?? '';
  note.dataset.of = noteOf(one);
  showSaveNote(one);
};

const noteOf = (one) => one ? `${one.head.name} ${one.article.number ?? one.article.id}` : '';

const showSaveNote = (one) => {
  find('#save-note').hidden = !(one && work.isAnswered(one) && work.lastAnswer(one).note !== one.note);
};

const bindNote = () => {
  const note = find('#note');
  note.addEventListener('input', () => {
    work.setNote(note.value);
    showSaveNote(work.current());
  });
  note.addEventListener('keydown', (event) => {
    const isDone = event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey));
    if (!isDone) return;
    event.preventDefault();
    find('#article').focus({ preventScroll: true });
  });
  find('#save-note').addEventListener('click', () => work.answer(work.lastAnswer(work.current()).labels));
};

// Texts that stand in the page from the start.
const showWords = () => {
  document.documentElement.lang = language();
  for (const of of document.querySelectorAll('[data-words]')) of.textContent = words(of.dataset.words);
  find('#note').placeholder = words('noteHint');
  find('#who').textContent = setting('annotator');
  hint(words('learningHint'));
};

const showTheme = () => {
  document.documentElement.dataset.theme = setting('theme');
};

// The connection, and the answers that wait for it.
const showConnection = () => {
  const isLost = !isConnected;
  find('#connection').className = isLost ? 'is-lost' : '';
  find('#connection').replaceChildren(element('span', { text: words(isLost ? 'lost' : 'connected') }));
  const count = outbox.waiting().length;
  const trouble = [
    isLost && count ? words('kept', { count }) : '',
    !isLost && count && blocked ? words('notAccepted', { why: blocked }) : '',
  ].filter(Boolean);
  showTrouble(trouble.join(' '), outbox.refused());
};

let troubleShown = '';

// An alert is read whenever it changes, so it changes only with its content.
const showTrouble = (text, refused) => {
  const now = JSON.stringify([text, refused.length, language()]);
  if (now === troubleShown) return;
  troubleShown = now;
  const button = (key, act) => element('button', { type: 'button', text: words(key), on: { click: act } });
  find('#trouble').replaceChildren(...[
    text, ...(refused.length ? [
      `${text ? ' ' : ''}${words('refusedAnswers', { count: refused.length })} `,
      button('download', () => save(new Blob([JSON.stringify(refused, null, 1)]), 'refused-answers.json')), ' ',
      button('discard', outbox.forgetRefused),
    ] : []),
  ].filter(Boolean));
};

const connected = (is) => {
  if (is && !isConnected) say(words('back'));
  isConnected = is;
  showConnection();
  if (is) outbox.flush();
};

// Events that came while the stream was closed were missed.
const reconnected = (is) => {
  connected(is);
  if (is && wasFollowed) refresh();
  wasFollowed ||= is;
};

// What may have changed while nobody told.
const refresh = async () => {
  try {
    await loadServing();
    if (!work.state.head) return await begin();
    work.queueChanged();
    if (work.current()) work.explain(work.current());
  } catch (error) {
    if (!(error instanceof NoConnection || error instanceof Refusal)) throw error;
  }
};

const loadServing = async () => {
  const { serving, models: all } = await get('/v1/history');
  work.served({ number: serving, hash: all.find((model) => model.number === serving)?.hash ?? work.state.model.hash });
};

const bindOutbox = () => outbox.tell({
  changed: showConnection,
  sent: (entry) => {
    blocked = null;
    const model = work.saidBefore(entry);
    dispatchEvent(new Event('standpoint:sent'));
    if (entry.kind === 'answer') sayAnswered(entry.body.labels, model);
    if (entry.kind !== 'skip' && setting('learn')) learn();
    if (!isConnected) connected(true);
  },
  refused: (entry, error) => {
    work.rejected(entry);
    say(words('refusedAnswer', { why: error.message }));
  },
  failed: (error) => {
    blocked = error instanceof Refusal ? error.message : null;
    if (error instanceof NoConnection) connected(false);
    else showConnection();
  },
});

const sayAnswered = (labels, model) => say([
  words('answered', { labels: labelNames(labels) }), model && `${words('modelSaid', { labels: labelNames(model) })}.`,
].filter(Boolean).join(' '));

const others = new Map();

const eventCame = (name, data) => {
  if (name === 'model') modelCame(data);
  if (name === 'queue') work.queueChanged();
  if (name === 'correction' && data.annotator !== setting('annotator')) answeredElsewhere(data.annotator);
};

// What this window asked for is told with its gains when the answer comes.
const modelCame = (model) => {
  if (model.number !== work.state.model.number && !isLearning()) {
    say(words('otherModel', { number: String(model.number) }));
  }
  work.served(model);
};

// Answers of others are counted in one line each, so that they do not push out one's own.
const answeredElsewhere = (annotator) => {
  const { count, line } = others.get(annotator) ?? { count: 0 };
  line?.remove();
  others.set(annotator, {
    count: count + 1, line: say(words('otherAnswer', { annotator, count: count + 1 })),
  });
};

const settingChanged = (name) => {
  if (name === 'theme') showTheme();
  if (name === 'annotator') work.rename();
  if (name === 'strategy') work.restart();
  if (name === 'token') begin().then(outbox.flush);
  showAll();
};

const showAll = () => {
  showWords();
  showViews();
  showHeads();
  showArticle(work.current(), true);
  showDesk();
  showConnection();
  if (VIEWS[view]) showView();
};

const said = (key, { labels, ...values } = {}) => {
  say(words(key, labels ? { labels: labelNames(labels), ...values } : values));
};

const begin = async () => {
  try {
    await work.begin();
    await loadServing().catch(ignoreMissing);
  } catch (error) {
    if (error instanceof NoConnection) connected(false);
    else if (error instanceof Refusal) say(words('failed', { why: whyOf(error) }));
    else throw error;
  }
};

// A service of an older version has no history.
const ignoreMissing = (error) => {
  if (!(error instanceof Refusal && error.status === 404)) throw error;
};

const start = async () => {
  showTheme();
  showWords();
  askForTokensBy(askToken);
  let headsShown = '';
  work.tell({
    changed: () => {
      const now = JSON.stringify([work.state.heads.map(({ name }) => name), work.state.head?.name]);
      if (now !== headsShown) showHeads();
      headsShown = now;
      showDesk();
    },
    said,
  });
  bindOutbox();
  bindNote();
  find('#help-button').addEventListener('click', showHelp);
  find('#settings-button').addEventListener('click', () => showSettings(settingChanged));
  listenToKeys({ help: showHelp, isDesk: () => view === 'desk' });
  // A narrow window shows the article first.
  const wide = matchMedia('(min-width: 70rem)');
  const fold = () => { find('#queue-fold').open = wide.matches; };
  fold();
  wide.addEventListener('change', fold);
  addEventListener('hashchange', showView);
  showView();
  showConnection();
  while (!setting('annotator')) set('annotator', await askName());
  showWords();
  await begin();
  outbox.flush();
  listen({ event: eventCame, connected: reconnected });
};

start();
