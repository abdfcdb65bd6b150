// Apollo Client asks a query twice, by the hash of its text or by the id of a manifest: its requests and answers on stdout.
// stdin: { url, query, get, manifest }
import { createHash } from "node:crypto";
import { json } from "node:stream/consumers";
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { generatePersistedQueryIdsFromManifest } from "@apollo/persisted-query-lists";

const { url, query, get, manifest } = await json(process.stdin);
const requests = [];
const watched = (address, options) => {
  const { searchParams } = new URL(address);
  const sent = options.body ? JSON.parse(options.body) : Object.fromEntries(searchParams);
  requests.push({ method: options.method, text: Boolean(sent.query) });
  return fetch(address, options);
};
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const ids = manifest ? generatePersistedQueryIdsFromManifest({ loadManifest: async () => manifest }) : { sha256 };
const persisted = new PersistedQueryLink({ ...ids, useGETForHashedQueries: get });
const link = ApolloLink.from([persisted, new HttpLink({ uri: url, fetch: watched })]);
const client = new ApolloClient({ link, cache: new InMemoryCache() });
const answers = [];
for (let time = 0; time < 2; time += 1) {
  const { data, error } = await client.query({ query: gql(query), fetchPolicy: "network-only", errorPolicy: "all" });
  answers.push({ data, error: error?.message });
}
console.log(JSON.stringify({ requests, answers }));
