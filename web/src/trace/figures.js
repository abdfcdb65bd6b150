// The arithmetic of the picture: which calls make a wave, which a fold, and where on the time axis each lies.
const MANY = 20;

const MEMORIES = ['cache', 'stale', 'shared'];

export const remembered = (call) => MEMORIES.includes(call.source);

export const failed = (call) => call.outcome !== 'ok';

const end = (call) => call.start + call.duration;

export function grouped(items, key) {
  const groups = new Map();
  for (const item of items) {
    const name = key(item);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(item);
  }
  return groups;
}

const span = (calls) => ({ calls, start: Math.min(...calls.map((call) => call.start)), end: Math.max(...calls.map(end)) });

export const waves = ({ calls }) =>
  [...grouped(calls, (call) => call.wave)].map(([wave, members]) => ({ wave, ...span(members) })).sort((a, b) => a.wave - b.wave);

// The server's precision: sums of its tenths must meet where its calls do.
const tenth = (milliseconds) => Math.round(milliseconds * 10) / 10;

// How many calls were under way, counted from `begin`, as [time, calls] at each moment when that changed; every call takes a tenth.
function levels(calls, begin) {
  const moves = calls.flatMap((call) => [[tenth(begin(call)), 1], [tenth(Math.max(end(call), begin(call) + 0.1)), -1]]);
  let level = 0;
  return moves.sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([moment, move]) => [moment, (level += move)]);
}

const highest = (steps) => Math.max(...steps.map(([, level]) => level));

// Calls that differ only in their times are one row when they are many: how many were asked for, and how many sent, at each moment.
function fold(calls) {
  const asked = levels(calls, (call) => call.start);
  const sent = levels(calls, (call) => call.start + call.waited);
  return { ...span(calls), asked, sent, peak: highest(sent) };
}

const likeness = (call) => [call.upstream, call.route, call.source, call.attempt, call.outcome].join(' ');

// The rows of a wave in the order of their starts: calls, and folds of calls, which alone have `calls`.
export const rows = (calls) =>
  [...grouped(calls, likeness).values()]
    .flatMap((alike) => (alike.length > MANY ? fold(alike) : alike))
    .sort((a, b) => a.start - b.start);

// The outline of a fold's `steps`: as high at each moment as there were calls under way.
export function outline({ start, end: stop, asked }, steps) {
  const across = (moment) => `${(100 * (moment - start)) / (stop - start || 1)}%`;
  const down = (level) => `${100 - (100 * level) / highest(asked)}%`;
  const corners = steps.flatMap(([moment, level], index) => [
    `${across(moment)} ${down(steps[index - 1]?.[1] ?? 0)}`,
    `${across(moment)} ${down(level)}`,
  ]);
  return `polygon(${corners.join(', ')})`;
}

// The whole axis: the operation, and any call that outlived it.
export const extent = ({ milliseconds, calls }) => Math.max(milliseconds, 1, ...calls.map(end));

// One to four round moments, so that their words fit: 1, 2 or 5 of some power of ten apart.
export function ticks(whole) {
  const power = 10 ** Math.floor(Math.log10(whole / 4));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= whole / 4);
  return Array.from({ length: Math.floor(whole / step) }, (_, index) => (index + 1) * step);
}

// What happens at the very end still shows: the last eight pixels are one place.
export const within = (whole, start, stop) => ({
  left: `min(${(100 * start) / whole}%, calc(100% - 8px))`,
  width: `${(100 * (stop - start)) / whole}%`,
});
