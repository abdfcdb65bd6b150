import 'graphiql/setup-workers/vite';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './page.css';

import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { createLocalStorage } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { examples } from './examples.js';
import { fetcher } from './fetcher.js';
import icon from './icon.svg';
import { EXAMPLES_PLUGIN } from './panel.jsx';

// Tabs live in the browser under a name of their own: another GraphiQL on this host keeps other tabs.
const storage = createLocalStorage({ namespace: `crewgraph${location.pathname}` });

// Headers are kept only for the tab's life unless the reader asks for more in the settings: they carry credentials.
createRoot(document.getElementById('page')).render(
  <GraphiQL
    fetcher={fetcher}
    storage={storage}
    defaultTabs={examples}
    plugins={[EXAMPLES_PLUGIN, HISTORY_PLUGIN]}
    inputValueDeprecation
    schemaDescription
    isHeadersEditorEnabled
  >
    <GraphiQL.Logo>
      <img src={icon} alt="" className="logo" />
      Crewgraph
    </GraphiQL.Logo>
  </GraphiQL>,
);
