// Every file of examples/, in the order of their numbers: a comment of a line or two, then one named operation.
const files = import.meta.glob('../examples/*.graphql', { query: '?raw', import: 'default', eager: true });

// An example about a span of days declares $days, counted from the server's today, so that it never goes stale.
const span = JSON.stringify({ days: 28 }, null, 2);

const read = (text) => ({
  name: text.match(/^query (\w+)/m)[1],
  about: text.match(/^#.*/gm).map((line) => line.slice(1).trim()).join(' '),
  query: text.trimEnd(),
  variables: text.includes('$days') ? span : '',
});

export const examples = Object.keys(files)
  .sort()
  .map((path) => read(files[path]));
