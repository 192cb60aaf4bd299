// Shows /openapi.json. Text is set as text, so that nothing in it becomes markup.

const element = (name, text, ...children) => {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
};

const table = (heads, rows) => {
  const cells = (name, texts) => element('tr', '', ...texts.map((text) => element(name, text)));
  const body = rows.map((row) => cells('td', row));
  return element('table', '', element('thead', '', cells('th', heads)), element('tbody', '', ...body));
};

const typeOf = (schema) => {
  if (!schema) return '';
  if (schema.$ref) return schema.$ref.split('/').pop();
  for (const kind of ['oneOf', 'anyOf']) {
    if (schema[kind]) return schema[kind].map(typeOf).filter(Boolean).join(' or ');
  }
  const type = [schema.type ?? ''].flat().join(' or ');
  return schema.items ? `${type} of ${typeOf(schema.items)}` : type;
};

const section = (title, ...parts) => parts.length ? [element('h3', title), ...parts] : [];

const bodies = (content = {}) => Object.entries(content).map(([type, { schema }]) =>
  `${type}${schema ? ` (${typeOf(schema)})` : ''}`).join(', ');

const operation = (path, method, about) => {
  const parameters = (about.parameters ?? []).map((of) =>
    [of.name, of.in, typeOf(of.schema), of.description ?? '']);
  const responses = Object.entries(about.responses).map(([status, of]) =>
    [status, of.description ?? '', bodies(of.content)]);
  const verb = element('span', method.toUpperCase());
  verb.className = 'method';
  const summary = element('summary', '', verb, element('code', path), ` ${about.summary ?? ''}`);
  const inside = element('div', '', element('p', about.description ?? ''),
    ...section('Parameters', ...(parameters.length ? [table(['Name', 'In', 'Type', ''], parameters)] : [])),
    ...section('Body', ...(about.requestBody ? [element('p', bodies(about.requestBody.content))] : [])),
    ...section('Answers', table(['Status', '', 'Body'], responses)));
  return element('details', '', summary, inside);
};

const show = (description) => {
  document.querySelector('#about').prepend(`${description.info.description} `);
  const first = ([path]) => path.startsWith('/v1/') ? 0 : 1;
  const paths = Object.entries(description.paths).sort((a, b) => first(a) - first(b));
  const operations = paths.flatMap(([path, item]) =>
    Object.entries(item).map(([method, about]) => operation(path, method, about)));
  document.querySelector('#routes').replaceChildren(element('h2', 'Routes'), ...operations);
  const schemas = Object.entries(description.components.schemas).map(([name, schema]) =>
    element('details', '', element('summary', name),
      element('div', '', element('pre', JSON.stringify(schema, null, 2)))));
  document.querySelector('#schemas').replaceChildren(...schemas);
};

fetch('/openapi.json').then((answer) => answer.json()).then(show).catch((error) => {
  document.querySelector('#routes').textContent = `The description could not be loaded: ${error}`;
});
