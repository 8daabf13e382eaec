/** Where the service's catalog lies among the other routes, and how its list is kept. */

import OpenAI from "openai";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { startEcho, startWeir } from "../../support/forwarding.ts";
import { type Program, startProgram } from "../../support/program.ts";
import { OPENROUTER_KEY, startOpenrouter } from "../../support/providers/openrouter.ts";
import type { StandIn } from "../../support/providers/stand_in.ts";
import { endedWith, together } from "../../support/together.ts";

const startFor = (standIn: StandIn, env = {}) =>
  startProgram({
    env: { OPENROUTER_API_KEY: OPENROUTER_KEY, OPENROUTER_BASE_URL: standIn.origin, ...env },
  });

const test = together("the catalog of one OpenRouter", async () => {
  const standIn = startOpenrouter();
  return endedWith({ standIn, weir: await startFor(standIn) });
});

const get = (weir: Program, path: string, init: RequestInit = {}) => fetch(weir.url + path, init);

Deno.test("the service's routes win over the forwarded prefix, and take nothing else from it", async () => {
  await using provider = startEcho();
  await using weir = await startWeir(provider.origin);
  for (const path of ["/inference/x", "/models2", "/completions/x", "/generation?id=1"]) {
    assertEquals((await (await get(weir, `/api/v1${path}`)).json()).target, `/v1${path}`);
  }
  const seen = provider.requests.length;
  for (const path of ["/inference", "/inference/stream", "/models/a/b/c"]) {
    const response = await get(weir, `/api/v1${path}`, { method: "PATCH" });
    assertEquals([response.status, (await response.json()).error.type], [405, "validation"]);
  }
  assertEquals(provider.requests.length, seen);
});

Deno.test("with another prefix its models are in OpenAI's form, and the service stays where it is", async () => {
  await using weir = await startProgram({ env: { PROXY_PATH_PREFIX: "/own" } });
  const formOf = async (path: string) => Object.keys(await (await get(weir, path)).json()).sort();
  assertEquals(await formOf("/own/models"), ["data", "object"]);
  assertEquals(await formOf("/v1/models"), ["data", "object"]);
  assertEquals(await formOf("/api/v1/models"), ["data", "object", "pagination"]);
  assertEquals(await formOf("/own/models/fake-model"), ["created", "id", "object", "owned_by"]);
  const inference = await get(weir, "/own/inference", { method: "POST" });
  assertEquals(inference.status, 404);
  await inference.body?.cancel();
});

Deno.test("what OpenRouter answers below its models is handed through to it, and its links lead there", async () => {
  await using standIn = startOpenrouter();
  await using openai = startEcho();
  // Also where another upstream is the default.
  const env = { OPENAI_API_KEY: "sk-upstream", OPENAI_BASE_URL: `${openai.origin}/v1` };
  await using weir = await startFor(standIn, env);
  const listed = await (await get(weir, "/api/v1/models/openai/gpt-4o")).json();
  const { details } = listed.data.links;
  for (
    const path of [
      details,
      "/api/v1/models/count",
      "/api/v1/models/user?category=programming",
      "/api/v1/models/meta-llama/llama-3.3-70b-instruct/endpoints",
    ]
  ) {
    const response = await get(weir, path);
    assertEquals([path, response.status], [path, 200]);
    assertEquals((await response.json()).data.asked, path);
    const head = await get(weir, path, { method: "HEAD" });
    await head.body?.cancel();
    assertEquals(standIn.requests.at(-1)?.path, path);
  }
  const posted = await get(weir, details, { method: "POST", body: "x" });
  assertEquals([posted.status, (await posted.json()).error.type], [405, "validation"]);
  const up = await get(weir, "/api/v1/models/a%2f%2e%2e/endpoints");
  assertEquals([up.status, (await up.json()).error.type], [400, "validation"]);
  const asked = openai.requests.filter(({ target }) => target !== "/v1/models");
  assertEquals(asked, [], "Nothing of it reached the default");
});

Deno.test("without OpenRouter those words are names of models", async () => {
  await using provider = startEcho();
  await using weir = await startWeir(provider.origin);
  for (const path of ["count", "user", "a/b/endpoints"]) {
    await (await get(weir, `/api/v1/models/${path}`)).body?.cancel();
  }
  assertEquals(new Set(provider.requests.map(({ target }) => target)), new Set(["/v1/models"]));
});

test("OpenAI's client reads the catalog as well", async ({ weir }) => {
  const client = new OpenAI({ baseURL: `${weir.url}/api/v1`, apiKey: "any" });
  const ids: string[] = [];
  for await (const model of client.models.list()) {
    assertEquals([model.object, model.owned_by], ["model", "openrouter"]);
    ids.push(model.id);
  }
  assertEquals(ids, [
    "openai/gpt-4o",
    "meta-llama/llama-3.3-70b-instruct:free",
    "openrouter/auto",
  ]);
  const model = await client.models.retrieve("openai/gpt-4o");
  assertEquals([model.id, model.object], ["openai/gpt-4o", "model"]);
});

test("ids with slashes and suffixes are found over the wire, raw and encoded", async ({ weir }) => {
  const free = "meta-llama/llama-3.3-70b-instruct:free";
  const cases = [
    ["openai/gpt-4o", "openai/gpt-4o"],
    ["openai%2Fgpt-4o", "openai/gpt-4o"],
    ["openai/gpt-4o:nitro", "openai/gpt-4o"],
    [free, free],
    [encodeURIComponent(free), free],
    ["openrouter/auto", "openrouter/auto"],
  ] as const;
  for (const [path, id] of cases) {
    const model = await (await get(weir, `/api/v1/models/${path}`)).json();
    assertEquals([path, model.data.id], [path, id]);
    const prices = await (await get(weir, `/api/v1/models/${path}/pricing`)).json();
    assertEquals(prices.data, { model: id, pricing: model.data.pricing });
  }
  for (const path of ["openai/gpt-4", "openai%2Fgpt-4", "openai/gpt-4o:free"]) {
    const response = await get(weir, `/api/v1/models/${path}`);
    assertEquals([path, response.status], [path, 404]);
    assertMatch((await response.json()).error.message, /nearest names are "openai\/gpt-4o"/);
  }
});

test("a router's price is not known, and is neither -1 nor 0", async ({ weir }) => {
  const { data } = await (await get(weir, "/api/v1/models/openrouter/auto/pricing")).json();
  assertEquals(data.pricing, { prompt: null, completion: null });
  assert(!(await (await get(weir, "/api/v1/models")).text()).includes(`"-1"`));
});

Deno.test("the catalog is asked for once, kept, and asked for again when CATALOG_CACHE_TTL_MS says so", async () => {
  await using standIn = startOpenrouter();
  for (const [ttlMs, asked] of [["300000", 1], ["0", 3]] as const) {
    const before = standIn.received("/api/v1/models").length;
    await using weir = await startFor(standIn, { CATALOG_CACHE_TTL_MS: ttlMs });
    for (const path of ["", "/top", "/providers"]) {
      await (await get(weir, `/api/v1/models${path}`)).body?.cancel();
    }
    assertEquals(standIn.received("/api/v1/models").length - before, asked);
  }
});

test("a client that has the list gets 304 for it, and HEAD has its headers", async ({ weir }) => {
  const first = await get(weir, "/api/v1/models");
  const etag = first.headers.get("etag") ?? "";
  const length = String((await first.bytes()).length);
  const second = await get(weir, "/api/v1/models", { headers: { "if-none-match": etag } });
  assertEquals([second.status, await second.text()], [304, ""]);
  assertEquals(second.headers.get("etag"), etag);
  assert(second.headers.has("x-request-id"));
  // Of a body that would be compressed the length is not known beforehand.
  const headers = { "accept-encoding": "identity" };
  const head = await get(weir, "/api/v1/models", { method: "HEAD", headers });
  assertEquals([head.status, await head.text()], [200, ""]);
  assertEquals([head.headers.get("etag"), head.headers.get("content-length")], [etag, length]);
});
