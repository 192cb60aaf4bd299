// Elements of the page. Texts are set as texts, so that nothing in an article becomes markup.

const SVG = 'http://www.w3.org/2000/svg';

const fill = (made, { text, on = {}, style = {}, ...attributes }, children) => {
  if (text !== undefined) made.textContent = text;
  for (const [event, handler] of Object.entries(on)) made.addEventListener(event, handler);
  // The content policy refuses style attributes, and allows this.
  for (const [property, value] of Object.entries(style)) made.style.setProperty(property, value);
  for (const [name, value] of Object.entries(attributes)) setAttribute(made, name, value);
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
};

// Sets an attribute; `false` and null remove it, `true` sets it without a value.
export const setAttribute = (of, name, value) => {
  if (value === false || value === null || value === undefined) of.removeAttribute(name);
  else of.setAttribute(name, value === true ? '' : value);
};

export const element = (name, attributes = {}, ...children) =>
  fill(document.createElement(name), attributes, children);

export const drawn = (name, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG, name), attributes, children);

export const find = (selector) => document.querySelector(selector);

// A part that scrolls by itself is reached by the keyboard, and has a name.
export const scrolling = (label, ...children) =>
  element('div', { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': label }, ...children);

export const table = (caption, heads, rows) => {
  const cell = (name, of) => of instanceof Node ? element(name, {}, of) : element(name, { text: of ?? '' });
  const head = heads.map((of) => fill(cell('th', of), { scope: 'col' }, []));
  const body = rows.map(([first, ...others]) => element('tr', {},
    fill(cell('th', first), { scope: 'row' }, []), others.map((of) => cell('td', of))));
  return element('table', {}, element('caption', { class: 'unseen', text: caption }),
    element('thead', {}, element('tr', {}, head)), element('tbody', {}, body));
};
