// The picture: a row for each call, in bands of waves that depend on one another, over one time axis.
import './waterfall.css';

import { extent, ticks, waves, within } from './figures.js';
import { Rows } from './rows.jsx';
import { count, time } from './words.js';

const MOVES = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

// The table is one stop of the Tab key; the arrow keys walk its rows.
function walk(event) {
  const move = MOVES[event.key];
  if (!move) return;
  event.preventDefault();
  const rows = [...event.currentTarget.querySelectorAll('tr[tabindex]')];
  const place = rows.indexOf(document.activeElement) + move;
  rows[Math.max(0, Math.min(rows.length - 1, place))].focus();
}

const Axis = ({ whole }) => (
  <thead>
    <tr>
      <th scope="col">Call</th>
      <th scope="col" className="took">Took</th>
      <th scope="col" className="plot" aria-label={`Time, from 0 to ${time(whole)}`}>
        <div>
          {ticks(whole).map((tick) => (
            <span key={tick} className="tick" style={{ width: `${(100 * tick) / whole}%` }}>{time(tick)}</span>
          ))}
        </div>
      </th>
    </tr>
  </thead>
);

function Wave({ wave, calls, start, end, whole }) {
  const band = within(whole, start, end);
  const words = `Wave ${wave}: ${count(calls.length, 'call')}, ${time(end - start)} from ${time(start)}`;
  return (
    <tbody style={{ '--left': band.left, '--width': band.width }}>
      <tr className="wave" tabIndex={-1} aria-level={1} aria-label={words}>
        <th scope="rowgroup">Wave {wave} <small>{count(calls.length, 'call')}</small></th>
        <td className="took">{time(end - start)}</td>
        <td className="plot" />
      </tr>
      <Rows calls={calls} whole={whole} />
    </tbody>
  );
}

export function Waterfall({ trace }) {
  const whole = extent(trace);
  const step = `${(100 * ticks(whole)[0]) / whole}%`;
  return (
    <table
      className="waterfall"
      role="treegrid"
      aria-label="Upstream calls over time"
      tabIndex={0}
      onKeyDown={walk}
      style={{ '--step': step }}
    >
      <Axis whole={whole} />
      {waves(trace).map((wave) => (
        <Wave key={wave.wave} {...wave} whole={whole} />
      ))}
    </table>
  );
}
