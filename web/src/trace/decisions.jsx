// What the server decided on the way: how to ask, and who is who.
import { grouped } from './figures.js';
import { count, number, plain } from './words.js';

const instead = ({ alternatives }) => alternatives.map(({ choice, calls }) => `${choice}: ${number(calls)}`).join(', ') || 'nothing else';

const Plan = ({ plan }) => (
  <tr>
    <th scope="row">{plan.plan}</th>
    <td>{number(plan.keys)}</td>
    <td>{plan.chosen}</td>
    <td>{number(plan.calls)}</td>
    <td>{instead(plan)}</td>
  </tr>
);

export const Plans = ({ plans }) => (
  <section aria-label="Plans">
    <h3>Plans</h3>
    <table className="plans">
      <thead>
        <tr>
          {['Plan', 'Keys', 'Chosen', 'Calls', 'Instead of'].map((name) => (
            <th key={name} scope="col">{name}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {plans.map((plan, index) => (
          <Plan key={index} plan={plan} />
        ))}
      </tbody>
    </table>
  </section>
);

const decision = ({ status, method }) => plain(status) + (method ? ` by ${plain(method)}` : '');

const Decision = ({ name, people }) => (
  <details>
    <summary>
      {count(people.length, 'person').replace('persons', 'people')} {name}
    </summary>
    <ul>
      {people.map(({ person, remembered }) => (
        <li key={person}>
          <code>{person}</code> {remembered && 'remembered'}
        </li>
      ))}
    </ul>
  </details>
);

export const Identities = ({ identities }) => (
  <section aria-label="Identities">
    <h3>Identities</h3>
    {[...grouped(identities, decision)].map(([name, people]) => (
      <Decision key={name} name={name} people={people} />
    ))}
  </section>
);
