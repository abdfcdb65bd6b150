// Apollo's gateway over the supergraph on the first line of stdin: prints its address and serves until stdin ends.
import { createInterface } from "node:readline/promises";
import { ApolloGateway } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";

const input = createInterface({ input: process.stdin });
input.once("line", async (line) => {
  const gateway = new ApolloGateway({ supergraphSdl: JSON.parse(line) });
  const server = new ApolloServer({ gateway });
  const { url } = await startStandaloneServer(server, { listen: { host: "127.0.0.1", port: 0 } });
  input.once("close", () => server.stop());
  console.log(url);
});
