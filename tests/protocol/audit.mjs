// The GraphQL-over-HTTP audit of the server whose address is on stdin: [{id, name, status, reason}] on stdout.
import { json } from "node:stream/consumers";
import { auditServer } from "graphql-http";

// The audit's GETs are bare; this server wants of every GET a header that browsers do not send to other sites unasked.
const fetchFn = (url, { headers, ...rest } = {}) => fetch(url, { ...rest, headers: { ...headers, 'apollo-require-preflight': 'true' } });
const results = await auditServer({ url: await json(process.stdin), fetchFn });
console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
