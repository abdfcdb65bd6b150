// The rows of one wave; a fold of many alike calls opens and closes.
import { Tooltip } from '@graphiql/react';
import { useState } from 'react';
import { Bar, Outlines } from './bars.jsx';
import { failed, remembered, rows } from './figures.js';
import { callFacts, callWords, count, foldFacts, foldWords, number, time } from './words.js';

const Facts = ({ facts }) => (
  <dl className="trace-facts">
    {facts.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);

// The end of a route tells it from others, so what does not fit is left out before its last two segments.
function Route({ route }) {
  const cut = route.search(/(\/[^/]+){2}\/?$/);
  return (
    <code className="route">
      <span>{route.slice(0, cut)}</span>
      <span>{route.slice(cut)}</span>
    </code>
  );
}

// What is unusual about a call, under its route.
function Remark({ call }) {
  const again = call.attempt > 1 && `attempt ${call.attempt}`;
  if (failed(call)) return <small className="failure">✕ {[call.outcome, again].filter(Boolean).join(', ')}</small>;
  return again && <small>{again}</small>;
}

// One row: `call` is what it is about or alike to; `before` and `after` stand beside its route, `children` on the time axis.
const Line = ({ call, facts, before, after, took, children, ...row }) => (
  <Tooltip side="right" label={<Facts facts={facts} />}>
    <tr tabIndex={-1} {...row}>
      <th scope="row">
        <div>
          {before}
          <Route route={call.route} />
          {after}
        </div>
        <Remark call={call} />
      </th>
      <td className="took">{remembered(call) ? call.source : time(took)}</td>
      <td className="plot">
        <div>{children}</div>
      </td>
    </tr>
  </Tooltip>
);

function Call({ call, whole, level }) {
  const keys = call.keys > 1 && <small>{count(call.keys, 'key')}</small>;
  return (
    <Line call={call} facts={callFacts(call)} after={keys} took={call.duration} aria-level={level} aria-label={callWords(call)}>
      <Bar call={call} whole={whole} />
    </Line>
  );
}

const KEYS = { Enter: (open) => !open, ' ': (open) => !open, ArrowRight: () => true, ArrowLeft: () => false };

function Fold({ fold, whole }) {
  const [open, setOpen] = useState(false);
  const press = (event) => {
    if (!KEYS[event.key]) return;
    event.preventDefault();
    setOpen(KEYS[event.key]);
  };
  const [first] = fold.calls;
  const times = `${number(fold.calls.length)} ×`;
  const words = { 'aria-label': foldWords(fold), 'aria-level': 2, 'aria-expanded': open };
  const touch = { className: 'fold', onClick: () => setOpen(!open), onKeyDown: press };
  return (
    <>
      <Line call={first} facts={foldFacts(fold)} before={times} took={fold.end - fold.start} {...words} {...touch}>
        {remembered(first) ? <Bar call={first} whole={whole} /> : <Outlines fold={fold} whole={whole} />}
      </Line>
      {open && fold.calls.map((call, index) => <Call key={index} call={call} whole={whole} level={3} />)}
    </>
  );
}

export const Rows = ({ calls, whole }) =>
  rows(calls).map((row, index) =>
    row.calls ? <Fold key={index} fold={row} whole={whole} /> : <Call key={index} call={row} whole={whole} level={2} />,
  );
