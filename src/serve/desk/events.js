// Events of the service. EventSource cannot send a token, so the stream is read by `fetch`.

import { NoConnection, Refusal, send } from './api.js';

const LONGEST_WAIT = 15_000;
// The service sends a comment every 15 seconds; without any, the connection is dead.
const SILENCE = 40_000;

// Splits what came into whole events and the rest.
export const parse = (text) => {
  const blocks = text.replaceAll('\r\n', '\n').split('\n\n');
  const rest = blocks.pop();
  return { events: blocks.map(event).filter(Boolean), rest };
};

const event = (block) => {
  const fields = { event: 'message', data: [] };
  for (const line of block.split('\n')) {
    const [, name, value] = line.match(/^([^:]*):? ?(.*)$/);
    if (name === 'data') fields.data.push(value);
    else if (name === 'event') fields.event = value;
  }
  if (!fields.data.length) return null;
  try {
    return { name: fields.event, data: JSON.parse(fields.data.join('\n')) };
  } catch {
    return null;
  }
};

const pause = (milliseconds) => new Promise((resume) => setTimeout(resume, milliseconds));

// Reads events and calls `on.event(name, data)`, and `on.connected(true | false)` when that
// changes. Ends where the service has no events.
export const listen = async (on) => {
  let wait = 500;
  for (;;) {
    await untilSeen();
    try {
      await follow(on, () => { wait = 500; });
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) return;
      if (error instanceof Refusal && !error.isPassing) return;
      if (error instanceof NoConnection || error instanceof Refusal) on.connected(false);
    }
    await pause(wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }
};

// Browsers open six connections to a service; windows that nobody sees leave theirs to others.
const untilSeen = () => new Promise((resume) => {
  if (!document.hidden) return resume();
  document.addEventListener('visibilitychange', () => resume(untilSeen()), { once: true });
});

const follow = async (on, begun) => {
  const control = new AbortController();
  const abort = () => control.abort();
  const hide = () => { if (document.hidden) abort(); };
  document.addEventListener('visibilitychange', hide);
  let watch = setTimeout(abort, SILENCE);
  try {
    const response = await send('/v1/events', { signal: control.signal });
    begun();
    on.connected(true);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      clearTimeout(watch);
      watch = setTimeout(abort, SILENCE);
      const read = parse(rest + value);
      rest = read.rest;
      read.events.forEach(({ name, data }) => on.event(name, data));
    }
  } finally {
    clearTimeout(watch);
    document.removeEventListener('visibilitychange', hide);
  }
};
