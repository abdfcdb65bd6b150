import 'graphiql/setup-workers/vite';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './page.css';

import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { examples } from './examples.js';
import { fetcher } from './fetcher.js';
import icon from './icon.svg';
import { EXAMPLES_PLUGIN } from './panel.jsx';
import { storage } from './storage.js';
import { TRACE_PLUGIN } from './trace/panel.jsx';

// Headers are kept only for the tab's life unless the reader asks for more in the settings: they carry credentials.
createRoot(document.getElementById('page')).render(
  <GraphiQL
    fetcher={fetcher}
    storage={storage}
    defaultTabs={examples}
    plugins={[EXAMPLES_PLUGIN, TRACE_PLUGIN, HISTORY_PLUGIN]}
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
