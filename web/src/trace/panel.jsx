import './panel.css';

import { Legend } from './bars.jsx';
import { Identities, Plans } from './decisions.jsx';
import { failed, remembered } from './figures.js';
import { setTracing, useTracing } from './store.js';
import { Waterfall } from './waterfall.jsx';
import { count, number, time } from './words.js';

const Icon = () => (
  <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round">
    <path d="M3 4v16M6 5h6v3H6zM9 10.5h8v3H9zM13 16h8v3h-8z" />
  </svg>
);

// A server without a limit says so with a number that no one would set.
const spent = ({ limit, spent }) => limit <= Number.MAX_SAFE_INTEGER && `budget ${number(spent)} of ${number(limit)}`;

function summary({ calls, omitted, waves, milliseconds, budget }) {
  const [cached, joined, failures] = [remembered, (call) => call.source === 'joined', failed].map((is) => calls.filter(is).length);
  return [
    count(calls.length + omitted, 'call'),
    count(waves, 'wave'),
    time(milliseconds),
    cached > 0 && `${number(cached)} from cache`,
    joined > 0 && `${number(joined)} joined`,
    failures > 0 && `${number(failures)} failed`,
    spent(budget),
  ]
    .filter(Boolean)
    .join(' · ');
}

const Estimate = ({ budget }) =>
  budget.likely !== null && (
    <p className="trace-note">
      Estimated before it ran: at least {count(budget.least, 'call')}, likely {number(budget.likely)}.
    </p>
  );

const Omitted = ({ omitted }) =>
  omitted > 0 && <p className="trace-note">{count(omitted, 'more call')} not shown: the server lists only so many of an operation.</p>;

const Calls = ({ trace }) =>
  trace.calls.length === 0 ? (
    <p className="trace-empty">The operation made no upstream call.</p>
  ) : (
    <>
      <Waterfall trace={trace} />
      <Omitted omitted={trace.omitted} />
      <Legend />
    </>
  );

const Trace = ({ name, trace }) => (
  <>
    <p className="trace-summary" role="status">
      {name && <strong>{name}</strong>} {summary(trace)}
    </p>
    <Calls trace={trace} />
    {trace.plans.length > 0 && <Plans plans={trace.plans} />}
    <Estimate budget={trace.budget} />
    {trace.identities.length > 0 && <Identities identities={trace.identities} />}
  </>
);

// Why there is nothing to show.
function reason({ tracing, run }) {
  if (!run) return `${tracing ? 'Run' : 'Tick the box, then run'} an operation to see its upstream calls here.`;
  if (!run.traced) return 'The last operation ran without tracing.';
  if (!run.executed) return 'The operation was not run, so there is nothing to trace. The result says why.';
  return 'This server does not allow tracing.';
}

function Content() {
  const state = useTracing();
  const { tracing, run } = state;
  return (
    <section aria-label="Trace" className="trace">
      <header>
        <h2>Trace</h2>
        <label>
          <input type="checkbox" checked={tracing} onChange={(event) => setTracing(event.target.checked)} /> Trace what I run
        </label>
      </header>
      {run?.trace ? <Trace key={run.trace} {...run} /> : <p className="trace-empty">{reason(state)}</p>}
    </section>
  );
}

export const TRACE_PLUGIN = { title: 'Trace', icon: Icon, content: Content };
