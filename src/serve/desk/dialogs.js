// Dialogs: the editor's name, a token, the keys, the settings.

import { element } from './dom.js';
import { set, setting, setToken, token } from './settings.js';
import { language, setLanguage, words } from './words.js';

let count = 0;

// Opens a dialog; `onClose` hears the value that it was closed with, or '' after Esc.
const show = (title, parts, { onClose = () => {}, isFirm = false } = {}) => {
  const id = `dialog-${count += 1}`;
  const dialog = element('dialog', { 'aria-labelledby': id }, element('h2', { id, text: title }), parts);
  // A browser may close it all the same; who asked then asks again.
  dialog.addEventListener('cancel', (event) => { if (isFirm) event.preventDefault(); });
  dialog.addEventListener('close', () => {
    dialog.remove();
    onClose(dialog.returnValue);
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
};

const closing = (text = words('close')) =>
  element('form', { method: 'dialog', class: 'end' }, element('button', { text }));

// Asks for one line of text; resolves to it, or to null.
const askLine = ({ title, why, label, value = '', type = 'text', button, isFirm = false }) => new Promise((resolve) => {
  const input = element('input', {
    type, required: true, maxlength: '200', autocomplete: 'off', spellcheck: 'false', id: 'asked',
  });
  input.value = value;
  const form = element('form', { class: 'ask' },
    element('label', { for: 'asked', text: label }), input,
    element('div', { class: 'end' },
      isFirm ? null : element('button', { type: 'button', text: words('cancel'), on: { click: () => dialog.close('') } }),
      element('button', { class: 'main', text: button })));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (input.value.trim()) dialog.close(input.value.trim());
  });
  const dialog = show(title, [element('p', { text: why }), form], { isFirm, onClose: (text) => resolve(text || null) });
  input.focus();
});

export const askName = () => askLine({
  title: words('whoAreYou'), why: words('annotatorWhy'), label: words('annotator'), value: setting('annotator'),
  button: words('begin'), isFirm: !setting('annotator'),
});

// What waits for the token cannot go on without it, unless the editor asked for this dialog.
export const askToken = (reason, isFirm = true) => askLine({
  title: words('token'), why: words(reason === 'wrong' ? 'tokenWrong' : 'tokenMissing'), label: words('token'),
  type: 'password', button: words('send'), isFirm,
});

const KEYS = [
  ['1 … 9, 0', 'keyDigits'], ['↵', 'keyEnter'], ['← →', 'keyArrows'], ['u', 'keyUndo'], ['s', 'keySkip'],
  ['n', 'keyNote'], ['w', 'keyWhy'], [', .', 'keyMarks'], ['h', 'keyHead'], ['?', 'keyHelp'],
];

export const showHelp = () => {
  const rows = KEYS.map(([key, text]) => [element('dt', {}, key.split(' ').map((one) => element('kbd', { text: one }))),
    element('dd', { text: words(text) })]);
  show(words('help'), [element('dl', { class: 'keys' }, rows), element('p', { class: 'faint', text: words('keysNote') }), closing()]);
};

const flag = (name, text, why, changed) => {
  const input = element('input', { type: 'checkbox', role: 'switch' });
  input.checked = setting(name);
  input.addEventListener('change', () => {
    set(name, input.checked);
    changed(name);
  });
  return element('label', { class: 'flag' }, input, element('span', {}, words(text), why ? element('small', { text: words(why) }) : null));
};

const choice = (text, value, options, choose) => {
  const select = element('select', { on: { change: () => choose(select.value) } },
    options.map(([name, shown]) => element('option', { value: name, text: shown })));
  select.value = value;
  return element('label', { class: 'choice-of' }, element('span', { text: words(text) }), select);
};

const of = (prefix, names) => names.map((name) => [name, words(`${prefix}.${name}`)]);

// Opens the settings; `changed(name)` hears of each that changed.
export const showSettings = (changed) => {
  const choose = (name) => (value) => {
    set(name, value);
    changed(name);
  };
  const changeLanguage = (name) => {
    setLanguage(name);
    changed('language');
    dialog.close();
    showSettings(changed);
  };
  const rename = async () => {
    const name = await askName();
    if (name && name !== setting('annotator')) choose('annotator')(name);
  };
  const retoken = async () => {
    const given = await askToken('missing', false);
    if (given) setToken(given);
    changed('token');
  };
  const button = (text, act) => element('button', { type: 'button', text: words(text), on: { click: () => { dialog.close(); act(); } } });
  const dialog = show(words('settings'), [
    element('p', { class: 'who' }, `${words('annotator')}: `, element('strong', { text: setting('annotator') })),
    flag('showFirst', 'showFirst', 'showFirstWhy', changed),
    flag('learn', 'learn', null, changed),
    flag('goOn', 'goOn', null, changed),
    flag('keys', 'keysOn', null, changed),
    choice('order', setting('strategy'), of('strategy', ['', 'margin', 'entropy', 'shuffled']), choose('strategy')),
    choice('language', language(), [['en', 'English'], ['de', 'Deutsch']], changeLanguage),
    choice('theme', setting('theme'), of('theme', ['auto', 'light', 'dark']), choose('theme')),
    element('div', { class: 'end' }, button('changeName', rename), token() ? button('changeToken', retoken) : null),
    closing(),
  ]);
};
