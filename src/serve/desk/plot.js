// Plots as SVG. Places are in percent and texts stand beside them, so that a narrow window makes
// them narrower and not smaller.

import { drawn } from './dom.js';

const HEIGHT = 22;

const share = (value, [least, most]) => Math.min(100, Math.max(0, (value - least) / (most - least) * 100));

const at = (value, range) => `${share(value, range).toFixed(2)}%`;

const upright = (value, range, name) =>
  drawn('line', { class: name, x1: at(value, range), x2: at(value, range), y1: 0, y2: HEIGHT });

// A value with its interval in a range; `ticks` are upright lines, the one at 0 stronger.
export const whisker = ({ value, interval, range, ticks = [], label }) => {
  const middle = HEIGHT / 2;
  return drawn('svg', { class: 'whisker', role: 'img', 'aria-label': label, height: HEIGHT, width: '100%' },
    drawn('line', { class: 'axis', x1: 0, x2: '100%', y1: middle, y2: middle }),
    ticks.map((tick) => upright(tick, range, tick === 0 ? 'zero' : 'tick')),
    interval ? drawn('line', { class: 'reach', x1: at(interval[0], range), x2: at(interval[1], range), y1: middle, y2: middle }) : null,
    value === null ? null : drawn('circle', { class: 'point', cx: at(value, range), cy: middle, r: 4.5 }));
};

// How much of something is there.
export const gauge = ({ have, need, label }) => drawn('svg', { class: 'gauge', role: 'img', 'aria-label': label, height: 10, width: '100%' },
  drawn('rect', { class: 'whole', x: 0, y: 0, width: '100%', height: 10, rx: 5 }),
  drawn('rect', { class: 'part', x: 0, y: 0, width: at(have, [0, need]), height: 10, rx: 5 }));

const CELL = 25;
// About the width of a letter, and the slant of the names above.
const LETTER = 6.6;
const SLANT = 50;

// A square of counts: rows are the truth, columns the answers.
export const matrix = ({ labels, counts, label, cellLabel }) => {
  const place = places(labels);
  const cells = counts.flatMap((row, truth) => {
    const sum = row.reduce((all, count) => all + count, 0);
    return row.map((count, answer) => cell(count, sum, place(answer, truth), truth === answer, cellLabel(truth, answer, count)));
  });
  const names = labels.map((name, index) => [rowName(name, place(0, index)), columnName(name, place(index, 0))]);
  return drawn('svg', { class: 'matrix', role: 'img', 'aria-label': label, ...place.size }, names, cells);
};

// Where the cells stand, beside names as long as these.
const places = (labels) => {
  const longest = Math.max(...labels.map((name) => name.length)) * LETTER;
  const [side, top] = [longest + 10, longest * Math.sin(SLANT * Math.PI / 180) + 16];
  const over = labels.at(-1).length * LETTER * Math.cos(SLANT * Math.PI / 180);
  const place = (column, row) => [side + column * CELL, top + row * CELL];
  const long = labels.length * CELL;
  place.size = { width: Math.ceil(side + long + over), height: Math.ceil(top + long) };
  return place;
};

const cell = (count, sum, [x, y], isRight, title) => drawn('g', { class: isRight ? 'right' : 'wrong' },
  drawn('title', { text: title }),
  drawn('rect', {
    x: x + 1, y: y + 1, width: CELL - 2, height: CELL - 2, rx: 2, style: { '--share': sum ? (count / sum).toFixed(3) : '0' },
  }),
  drawn('text', { class: count ? null : 'zero', x: x + CELL / 2, y: y + CELL / 2, text: count }));

const rowName = (name, [x, y]) => drawn('text', { class: 'row', x: x - 6, y: y + CELL / 2, text: name });

const columnName = (name, [x, y]) => {
  const [middle, above] = [x + CELL / 2, y - 6];
  return drawn('text', { class: 'column', x: middle, y: above, transform: `rotate(-${SLANT} ${middle} ${above})`, text: name });
};
