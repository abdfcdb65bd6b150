import { createLocalStorage } from '@graphiql/toolkit';

// What the page keeps lives in the browser under a name of its own: another GraphiQL on this host keeps other tabs.
export const storage = createLocalStorage({ namespace: `crewgraph${location.pathname}` });
