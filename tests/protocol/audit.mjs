// The GraphQL-over-HTTP audit of the server whose address is on stdin: [{id, name, status, reason}] on stdout.
import { json } from "node:stream/consumers";
import { auditServer } from "graphql-http";

const results = await auditServer({ url: await json(process.stdin) });
console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
