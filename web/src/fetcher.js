// Sends operations to the address of this page, which is the graph's own, and turns whatever goes wrong into a readable error.
const headers = {
  'content-type': 'application/json',
  accept: 'application/graphql-response+json, application/json',
};

const failure = (message) => ({ errors: [{ message }] });

const unreadable = (response) => failure(`The server answered with status ${response.status} and something other than a GraphQL response.`);

async function ask(params, options, signal) {
  const body = JSON.stringify(params);
  const response = await fetch(location.pathname, { method: 'POST', headers: { ...headers, ...options?.headers }, body, signal });
  return response.json().catch(() => unreadable(response));
}

// An observable rather than a promise: stopping a query aborts its request, so the server can stop working on it.
export const fetcher = (params, options) => ({
  subscribe({ next, complete }) {
    const controller = new AbortController();
    ask(params, options, controller.signal)
      .catch((error) => failure(`The server could not be reached: ${error.message}.`))
      .then((result) => {
        if (controller.signal.aborted) return;
        next(result);
        complete();
      });
    return { unsubscribe: () => controller.abort() };
  },
});
