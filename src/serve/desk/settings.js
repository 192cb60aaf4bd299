// What the page remembers: settings in this browser, the token until the window closes.

const PREFIX = 'standpoint.';

const DEFAULTS = {
  annotator: '',
  language: '',
  theme: 'auto',
  showFirst: false,
  learn: true,
  goOn: false,
  keys: true,
  strategy: '',
  head: '',
};

// Storage may be forbidden; the page then remembers until it is closed.
const unsaved = new Map();

const read = (storage, key) => {
  if (unsaved.has(key)) return unsaved.get(key);
  try {
    return storage().getItem(PREFIX + key);
  } catch {
    return null;
  }
};

const write = (storage, key, value) => {
  try {
    storage().setItem(PREFIX + key, value);
    unsaved.delete(key);
  } catch {
    unsaved.set(key, value);
  }
};

// Whether a setting would be lost with the window.
export const isUnsaved = (name) => unsaved.has(name);

const local = () => localStorage;
const session = () => sessionStorage;

const parsed = (text, fallback) => {
  try {
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback;
  }
};

export const setting = (name) => parsed(read(local, name), DEFAULTS[name]);

export const set = (name, value) => write(local, name, JSON.stringify(value));

export const token = () => read(session, 'token');

export const setToken = (value) => write(session, 'token', value);
