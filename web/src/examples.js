// Every file of examples/, in the order of their numbers: a comment of a line or two, then one named operation.
const files = import.meta.glob('../examples/*.graphql', { query: '?raw', import: 'default', eager: true });

// An example about a span of days declares $from and $to and is asked about this month, so that it never goes stale.
const today = new Date();
const day = (month, number) => new Date(Date.UTC(today.getFullYear(), month, number)).toISOString().slice(0, 10);
const month = { from: day(today.getMonth(), 1), to: day(today.getMonth() + 1, 0) };

const read = (text) => ({
  name: text.match(/^query (\w+)/m)[1],
  about: text.match(/^#.*/gm).map((line) => line.slice(1).trim()).join(' '),
  query: text.trimEnd(),
  variables: text.includes('$from') ? JSON.stringify(month, null, 2) : '',
});

export const examples = Object.keys(files)
  .sort()
  .map((path) => read(files[path]));
