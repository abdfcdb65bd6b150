import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { examples } from './examples.js';

const Icon = () => (
  <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round">
    <path d="M4 5h11M4 12h7M4 19h11M15 9l5 3-5 3z" />
  </svg>
);

function Content() {
  const { addTab } = useGraphiQLActions();
  const queries = useGraphiQL((state) => state.queryEditor);
  const variables = useGraphiQL((state) => state.variableEditor);
  const open = (example) => {
    addTab();
    queries.setValue(example.query);
    variables.setValue(example.variables);
  };
  return (
    <section aria-label="Examples">
      <h2 className="examples-title">Examples</h2>
      <p className="examples-lead">Each opens in a new tab, ready to run.</p>
      {examples.map((example) => (
        <button key={example.name} type="button" className="example" onClick={() => open(example)}>
          <strong>{example.name}</strong>
          <span>{example.about}</span>
        </button>
      ))}
    </section>
  );
}

export const EXAMPLES_PLUGIN = { title: 'Examples', icon: Icon, content: Content };
