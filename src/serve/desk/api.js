// Requests to the service. A route that asks for a token is asked again once the editor gave one.

import { setToken, token } from './settings.js';
import { words } from './words.js';

// A refusal of the service (RFC 9457).
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `HTTP ${status}`);
    this.status = status;
  }

  // Another attempt may succeed: too busy, a failure of the service, or a token that is missing.
  get isPassing() {
    return this.status >= 500 || [401, 403, 408, 429].includes(this.status);
  }
}

// No answer came.
export class NoConnection extends Error {}

export const whyOf = (error) => error instanceof NoConnection ? words('unreachable') : error.message;

let ask = async () => null;
let asking = null;

// Sets what asks the editor for a token: a function of the reason, to the token or null.
export const askForTokensBy = (how) => { ask = how; };

const askOnce = (reason) => {
  asking ??= ask(reason).finally(() => { asking = null; });
  return asking;
};

const headers = (body, type) => ({
  ...(token() ? { Authorization: `Bearer ${token()}` } : {}),
  ...(body === undefined ? {} : { 'Content-Type': type }),
});

const attempt = async (path, { method, body, type, signal }) => {
  try {
    const sent = type === JSON_TYPE && body !== undefined ? JSON.stringify(body) : body;
    return await fetch(path, { method, body: sent, signal, headers: headers(body, type) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new NoConnection(error.message);
  }
};

const JSON_TYPE = 'application/json';

const problem = async (response) => {
  const body = await response.json().catch(() => ({}));
  return new Refusal(response.status, body ?? {});
};

// Sends a request and returns the response, which is a success.
export const send = async (path, options = {}) => {
  const { body, method = body === undefined ? 'GET' : 'POST', type = JSON_TYPE, signal } = options;
  for (;;) {
    const used = token();
    const response = await attempt(path, { method, body, type, signal });
    if (response.ok) return response;
    if (response.status !== 401) throw await problem(response);
    // Another request may have got a token meanwhile.
    if (token() !== used) continue;
    const given = await askOnce(used ? 'wrong' : 'missing');
    if (!given) throw await problem(response);
    setToken(given);
  }
};

export const get = async (path, parameters = {}) => {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams(given).toString();
  return read(await send(query ? `${path}?${query}` : path));
};

export const post = async (path, body) => read(await send(path, { body }));

const read = async (response) => {
  try {
    return await response.json();
  } catch (error) {
    throw new NoConnection(error.message);
  }
};
