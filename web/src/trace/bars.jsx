// The marks on the time axis, and the legend that explains them.
import './bars.css';

import { failed, outline, remembered, within } from './figures.js';

const kind = (call) => `bar ${call.upstream} ${remembered(call) ? 'cache' : call.source} ${failed(call) ? 'failed' : ''}`;

export const Bar = ({ call, whole }) => (
  <span className={kind(call)} style={within(whole, call.start, call.start + call.duration)}>
    <span className="waiting" style={{ width: `${(100 * call.waited) / (call.duration || 1)}%` }} />
  </span>
);

// The height is the number of calls: those that were asked for, and before them those that were sent.
export const Outlines = ({ fold, whole }) => (
  <span className={kind(fold.calls[0])} style={within(whole, fold.start, fold.end)}>
    <span className="asked" style={{ clipPath: outline(fold, fold.asked) }} />
    <span className="sent" style={{ clipPath: outline(fold, fold.sent) }} />
  </span>
);

const MEANINGS = [
  ['checkins network', 'Check-ins'],
  ['workforce network', 'Workforce'],
  ['network waiting', 'Waiting to be sent'],
  ['cache', 'From a cache'],
  ['joined', 'Joined another request'],
  ['failed', 'Failed'],
];

export const Legend = () => (
  <ul className="legend" aria-label="Legend">
    {MEANINGS.map(([looks, meaning]) => (
      <li key={looks}>
        <span className={`bar ${looks}`} /> {meaning}
      </li>
    ))}
  </ul>
);
