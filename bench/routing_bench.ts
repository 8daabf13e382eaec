/**
 * From a path to an endpoint and from a model's name to its upstream: `deno bench bench/routing_bench.ts`.
 *
 * Each group has what is mostly done instead. An iteration is one request; what each contender finds is
 * compared before it is measured.
 *
 * @module
 */

import findMyWay from "npm:find-my-way@^9.10.1";
import { Hono } from "hono";
import { ANONYMOUS } from "../src/core/principal.ts";
import type { Provider, VisibleModel } from "../src/core/provider/provider.ts";
import { openaiChat } from "../src/formats/openai_chat/mod.ts";
import { openaiCompletions } from "../src/formats/openai_completions/mod.ts";
import { openaiEmbeddings } from "../src/formats/openai_embeddings/mod.ts";
import { routingOptions } from "../src/routing/options.ts";
import { RouteTable } from "../src/routing/route_table.ts";
import { RuntimeRequest, toResponse } from "../tests/support/runtime_adapter.ts";
import { systemClock } from "../src/host/runtime.ts";
import { openaiRows, openaiSurface } from "../src/surfaces/openai/openai.ts";
import { PathTable } from "../src/surfaces/path_table.ts";
import type { RequestContext } from "../src/surfaces/request/request_context.ts";

const PREFIXES = ["", "/v1", "/v1/v1", "/openai/v1"];
const ENDPOINTS = ["/chat/completions", "/completions", "/embeddings", "/models"];
const REQUEST = new Request("http://localhost:3000/openai/v1/models/gpt-4.1-mini");
const PLAIN_REQUEST = new RuntimeRequest(REQUEST);

const context: RequestContext = {
  id: "bench",
  peerAddress: "127.0.0.1",
  principal: ANONYMOUS,
  account: "",
  arrivedMs: 0,
  headers: [],
  call: undefined,
  error: undefined,
};

function modelOf(id: string): VisibleModel {
  return { id, object: "model", created: 0, owned_by: "bench", facts: {} };
}

const refuse = () => Promise.reject(new Error("No call is made here"));
const surface = openaiSurface({
  exchange: refuse,
  formats: { chat: openaiChat, completions: openaiCompletions, embeddings: openaiEmbeddings },
  listModels: refuse,
  findModel: (id) => Promise.resolve(modelOf(id)),
  listWarnings: () => [],
  bodyLimits: {
    maxBodyBytes: 1_000,
    bodyTimeoutMs: 1_000,
    bodyIdleTimeoutMs: 1_000,
    maxJsonDepth: 10,
    maxJsonKeys: 10,
    maxJsonValues: 10,
    clock: systemClock,
  },
});
const table = new PathTable(openaiRows(surface, "/api/v1"), surface);

const app = new Hono();
const ways = findMyWay<findMyWay.HTTPVersion.V1>();
const patterns: { readonly method: string; readonly pattern: URLPattern }[] = [];
for (const prefix of PREFIXES) {
  for (const endpoint of ENDPOINTS) {
    app.post(`${prefix}${endpoint}`, refuse);
    ways.on("POST", `${prefix}${endpoint}`, refuse);
    patterns.push({ method: "POST", pattern: new URLPattern({ pathname: prefix + endpoint }) });
  }
  const path = `${prefix}/models/:id`;
  app.get(path, (context) => context.json(modelOf(context.req.param("id") ?? "")));
  ways.on("GET", path, refuse);
  patterns.push({ method: "GET", pattern: new URLPattern({ pathname: path }) });
}

type Find = (request: Request) => Promise<Response> | Response;

const finders: readonly (readonly [name: string, find: Find])[] = [
  ["Weir's table", async () => {
    const { surface, place } = table.find(PLAIN_REQUEST);
    return toResponse(await surface.answer(PLAIN_REQUEST, context, place));
  }],
  ["Hono with a route for each prefix", (request) => app.fetch(request)],
  ["find-my-way with a route for each prefix", ({ method, url }) => {
    const found = ways.find(method as "GET", new URL(url).pathname);
    return Response.json(modelOf(found?.params["id"] ?? ""));
  }],
  ["a URLPattern for each route, in order", ({ method, url }) => {
    const found = patterns.find((route) => route.method === method && route.pattern.test(url));
    const groups = found?.pattern.exec(url)?.pathname.groups;
    return Response.json(modelOf(groups?.["id"] ?? ""));
  }],
];

for (const [name, find] of finders) {
  const { id } = await (await find(REQUEST)).json();
  if (id !== "gpt-4.1-mini") throw new Error(`${name} finds ${id}`);
  Deno.bench({
    name: `path · ${name}`,
    group: "path to endpoint",
    baseline: name.startsWith("Weir"),
    // An async function, for only such is waited for.
    fn: async () => {
      await find(REQUEST);
    },
  });
}

const providers = ["first", "second"].map((name) => ({ name, hasClosedList: true }) as Provider);

for (const count of [10, 10_000]) {
  const names = providers.map(({ name }) =>
    Array.from({ length: count }, (_, index) => `${name}-model-${index}`)
  );
  const lists = new Map(providers.map((provider, index) => [provider, new Set(names[index])]));
  const aliases = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, index) => [`alias-${index}`, [`second/model-${index}`]]),
  );
  const routes = new RouteTable(
    providers,
    routingOptions.parse({ aliases }),
    (provider) => Promise.resolve(lists.get(provider)),
    Math.random,
  );
  const find = async (model: string) =>
    (await routes.route({ id: "bench", model, principal: ANONYMOUS })[0]?.())?.provider;
  const whole = new Map(
    providers.flatMap((provider, index) => (names[index] ?? []).map((name) => [name, provider])),
  );
  const last = `second-model-${count - 1}`;
  const findings = {
    "Weir · a listed name": () => find(last),
    "Weir · an alias of a thousand": () => find("alias-999"),
    "each list from its beginning": () =>
      providers[names.findIndex((list) => list.some((name) => name === last))],
    "one map of all names": () => whole.get(last),
  };
  for (const [name, find] of Object.entries(findings)) {
    if ((await find())?.name !== "second") throw new Error(`${name} finds another upstream`);
    Deno.bench({
      name: `${name} · ${count} models`,
      group: `model to upstream · ${count} models`,
      baseline: name === "Weir · a listed name",
      fn: async () => {
        await find();
      },
    });
  }
}
