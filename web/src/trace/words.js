// Numbers, times and calls in words.
const UPSTREAMS = { checkins: 'Check-ins', workforce: 'Workforce' };
const SOURCES = {
  network: 'from the network',
  cache: 'from memory',
  stale: 'from memory, which is being renewed',
  shared: 'from the shared cache',
  joined: 'by joining another request',
};

const upstream = ({ upstream: name }) => UPSTREAMS[name] ?? name;

const source = (call) => SOURCES[call.source] ?? call.source;

export const number = (value) => value.toLocaleString('en');

export const count = (value, noun) => `${number(value)} ${noun}${value === 1 ? '' : 's'}`;

export function time(milliseconds) {
  if (milliseconds >= 1000) return `${Number((milliseconds / 1000).toFixed(2))} s`;
  return `${Number(milliseconds.toFixed(milliseconds < 10 ? 1 : 0))} ms`;
}

// UNIQUE_NAME -> unique name
export const plain = (constant) => constant.toLowerCase().replaceAll('_', ' ');

const present = (parts) => parts.filter(Boolean).join(', ');

// Where the answer came from, and what is unusual about that.
const fate = (call) => [
  source(call),
  call.attempt > 1 && `attempt ${call.attempt}`,
  call.outcome !== 'ok' && `failed with ${call.outcome}`,
];

// A call, and a fold of many, in one sentence each: the names of their rows.
export const callWords = (call) =>
  present([
    `${upstream(call)} ${call.route}`,
    count(call.keys, 'key'),
    `${time(call.duration)} from ${time(call.start)}`,
    call.waited > 0 && `${time(call.waited)} of it waiting to be sent`,
    ...fate(call),
  ]);

export const foldWords = ({ calls, start, end, peak }) =>
  present([
    `${count(calls.length, 'call')} of ${upstream(calls[0])} ${calls[0].route}`,
    `${time(end - start)} from ${time(start)}`,
    `at most ${number(peak)} at once`,
    ...fate(calls[0]),
  ]);

// The same as names and values, for pointing at.
const shared = (call) => [['Answered', source(call)], ['Attempt', number(call.attempt)], ['Outcome', call.outcome]];

const where = (call) => [['Upstream', upstream(call)], ['Route', call.route]];

export const callFacts = (call) => [
  ...where(call),
  ['Answers', count(call.keys, 'key')],
  ['Asked at', time(call.start)],
  ['Took', present([time(call.duration), call.waited > 0 && `${time(call.waited)} of it waiting to be sent`])],
  ...shared(call),
];

export const foldFacts = ({ calls, start, end, peak }) => [
  ...where(calls[0]),
  ['Calls', `${number(calls.length)}, at most ${number(peak)} at once`],
  ['Asked from', time(start)],
  ['Took', `${time(end - start)}, the longest ${time(Math.max(...calls.map((call) => call.duration)))}`],
  ...shared(calls[0]),
];
