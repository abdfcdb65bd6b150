// Sends operations to the address of this page, which is the graph's own, and turns whatever goes wrong into a readable error.
import { split } from './trace/answer.js';
import { finish, tracing } from './trace/store.js';

const headers = {
  'content-type': 'application/json',
  accept: 'application/graphql-response+json, application/json',
};
const asking = { 'x-crewgraph-trace': '1' };

const failure = (message) => ({ errors: [{ message }] });

const unreadable = (response) => failure(`The server answered with status ${response.status} and something other than a GraphQL response.`);

// GraphiQL's own question about the schema is none of the reader's, so it is neither traced nor shown as a run.
const introspects = (params) => params.operationName === 'IntrospectionQuery';

async function ask(params, extra, signal) {
  const body = JSON.stringify(params);
  const response = await fetch(location.pathname, { method: 'POST', headers: { ...headers, ...extra }, body, signal });
  return response.json().catch(() => unreadable(response));
}

// The answer as the result pane shows it: a trace that was asked for goes to the panel instead.
function untangle(params, traced, result) {
  const { answer, trace } = traced ? split(result) : { answer: result };
  if (!introspects(params)) finish({ name: params.operationName, traced, executed: 'data' in result, trace });
  return answer;
}

// An observable rather than a promise: stopping a query aborts its request, so the server can stop working on it.
export const fetcher = (params, options) => ({
  subscribe({ next, complete }) {
    const controller = new AbortController();
    const traced = tracing() && !introspects(params);
    ask(params, { ...(traced && asking), ...options?.headers }, controller.signal)
      .catch((error) => failure(`The server could not be reached: ${error.message}.`))
      .then((result) => {
        if (controller.signal.aborted) return;
        next(untangle(params, traced, result));
        complete();
      });
    return { unsubscribe: () => controller.abort() };
  },
});
