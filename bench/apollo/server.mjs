// The same walk with Apollo Server 5 and DataLoader: one upstream call a key, names taken on trust.
//
// CLIENT is `undici` for the faster of Node's two HTTP clients; without it, it is the usual one, fetch.
// REMEMBER says what outlives a request: nothing, `records` (the loaders are the process's) or `answers` (Apollo's response cache).
import { ApolloServer } from "@apollo/server";
import responseCache from "@apollo/server-plugin-response-cache";
import { ApolloServerPluginCacheControl } from "@apollo/server/plugin/cacheControl";
import { startStandaloneServer } from "@apollo/server/standalone";
import { buildSubgraphSchema } from "@apollo/subgraph";
import DataLoader from "dataloader";
import { parse } from "graphql";
import { request } from "undici";

const { PORT, UPSTREAM, CLIENT, REMEMBER } = process.env;

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { project(id: ID!): Project }
  type Project @key(fields: "id") { id: ID! name: String! people: [Person!]! }
  type Person @key(fields: "id") { id: ID! name: String! checkIns(first: Int!): CheckIns! }
  type CheckIns { nodes: [CheckIn!]! }
  type CheckIn { id: ID! deadline: String! submittedAt: String responses: [Response!]! }
  type Response { id: ID! personName: String! }
`);

async function fetched(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the upstream answered ${response.status}`);
  return response.json();
}

async function requested(url) {
  const { statusCode, body } = await request(url);
  if (statusCode !== 200) throw new Error(`the upstream answered ${statusCode}`);
  return body.json();
}

const read = CLIENT === "undici" ? requested : fetched;
const get = (path, query) => read(`${UPSTREAM}${path}${query ? `?${new URLSearchParams(query)}` : ""}`);

function bookings(whose, id) {
  const start = new Date(Date.now() - 364 * 86_400_000).toISOString().slice(0, 10);
  return get(`/v2/companies/sandbox/${whose}/${encodeURIComponent(id)}/assignments`, { startDay: `${start}T00:00:00+00:00`, dayRange: 365 });
}

const loader = (fetchOne, options) => new DataLoader((keys) => Promise.all(keys.map(fetchOne)), options);

const loaders = () => ({
  projects: loader((id) => bookings("projects", id)),
  people: loader((id) => bookings("people", id)),
  checkIns: loader(({ name, first }) => get("/api/v2/checkins/", { person_name: name, limit: first }), {
    cacheKeyFn: ({ name, first }) => `${first} ${name}`,
  }),
  details: loader((id) => get(`/api/v2/checkins/${encodeURIComponent(id)}/`)),
});

const person = (row) => ({ id: row.person_id, name: row.person_name });

const resolvers = {
  Query: {
    async project(_, { id }, { projects }) {
      const rows = await projects.load(id);
      return rows.length ? { id, name: rows[0].project_name } : null;
    },
  },
  Project: {
    async people({ id }, _, { projects }) {
      const found = new Map((await projects.load(id)).map((row) => [row.person_id, person(row)]));
      return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
    },
  },
  Person: {
    async __resolveReference({ id }, { people }) {
      const rows = await people.load(id);
      return rows.length ? person(rows[0]) : null;
    },
    async checkIns({ name }, { first }, { checkIns }) {
      return { nodes: (await checkIns.load({ name, first })).results };
    },
  },
  CheckIn: {
    id: (row) => row.api_id,
    deadline: (row) => row.deadline_date,
    submittedAt: (row) => row.submission_date,
    responses: async (row, _, { details }) => (await details.load(row.api_id)).responses,
  },
  Response: {
    id: (row) => row.api_id,
    personName: (row) => row.person_name,
  },
};

const lasting = REMEMBER === "records" ? loaders() : null;
const caching = [responseCache(), ApolloServerPluginCacheControl({ defaultMaxAge: 3600 })];
const server = new ApolloServer({
  schema: buildSubgraphSchema([{ typeDefs, resolvers }]),
  plugins: REMEMBER === "answers" ? caching : [],
});
await startStandaloneServer(server, { listen: { port: Number(PORT), host: "127.0.0.1" }, context: async () => lasting ?? loaders() });
