// {composer, subgraphs: [{name, url, sdl}]} on stdin, {errors, hints, supergraph, api} on stdout.
import { text } from "node:stream/consumers";
import { parse, printSchema } from "graphql";

const lines = (problems = []) => problems.map((problem) => problem.message);
const parsed = (subgraphs) => subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) }));

const composers = {
  async apollo(subgraphs) {
    const { composeServices } = await import("@apollo/composition");
    const { errors, hints, schema, supergraphSdl } = composeServices(parsed(subgraphs));
    const warnings = hints?.filter((hint) => hint.definition.level.name !== "DEBUG");
    const api = schema && printSchema(schema.toAPISchema().toGraphQLJSSchema());
    return { errors: lines(errors), hints: lines(warnings), supergraph: supergraphSdl, api };
  },

  async guild(subgraphs) {
    const { composeServices, transformSupergraphToPublicSchema } = await import("@theguild/federation-composition");
    const { errors, supergraphSdl } = composeServices(parsed(subgraphs));
    const { print } = await import("graphql");
    const api = supergraphSdl && print(transformSupergraphToPublicSchema(parse(supergraphSdl)));
    return { errors: lines(errors), hints: [], supergraph: supergraphSdl, api };
  },

  async wundergraph(subgraphs) {
    const { federateSubgraphs } = await import("@wundergraph/composition");
    const definitions = subgraphs.map(({ name, url, sdl }) => ({ name, url, definitions: parse(sdl) }));
    const { errors, warnings, federatedGraphClientSchema } = federateSubgraphs({ subgraphs: definitions });
    return { errors: lines(errors), hints: lines(warnings), api: federatedGraphClientSchema && printSchema(federatedGraphClientSchema) };
  },
};

const { composer, subgraphs } = JSON.parse(await text(process.stdin));
console.log(JSON.stringify(await composers[composer](subgraphs)));
