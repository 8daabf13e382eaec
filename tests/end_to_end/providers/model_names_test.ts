/** Where names of models lead with several upstreams: the listed, the misspelt, and beside a list that hangs. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parseJsonObject } from "../../../src/core/text/json.ts";
import { type Program, startProgram } from "../../support/program.ts";
import { startPlain } from "../../support/providers/plain.ts";
import type { StandIn } from "../../support/providers/stand_in.ts";
import { openSocket } from "../../support/socket_client.ts";

interface Listing extends AsyncDisposable {
  readonly baseUrl: string;
  /** Models that were asked for, in the order of the calls. */
  readonly called: string[];
}

/** A provider with a list of its own, which answers every call; `list: undefined` never answers for it. */
function startListing(list: unknown): Listing {
  const called: string[] = [];
  const hanging = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      if (request.method === "GET") {
        if (list !== undefined) return Response.json(list);
        await new Promise((resolve) => hanging.signal.addEventListener("abort", resolve));
        return new Response(null, { status: 503 });
      }
      const { model, stream, input } = parseJsonObject(await request.text()) ?? {};
      called.push(String(model));
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
      if (input !== undefined) {
        return Response.json({
          object: "list",
          data: [{ index: 0, embedding: [1] }],
          model,
          usage,
        });
      }
      if (stream !== true) {
        const message = { role: "assistant", content: "hello" };
        const choices = [{ index: 0, message, finish_reason: "stop" }];
        return Response.json({
          id: "c",
          object: "chat.completion",
          created: 1,
          model,
          choices,
          usage,
        });
      }
      const chunk = (delta: object, finish_reason: string | null) =>
        `data: ${
          JSON.stringify({
            id: "c",
            object: "chat.completion.chunk",
            created: 1,
            model,
            choices: [{ index: 0, delta, finish_reason }],
          })
        }\n\n`;
      return new Response(
        `${chunk({ role: "assistant", content: "hello" }, null)}${
          chunk({}, "stop")
        }data: [DONE]\n\n`,
        { headers: { "content-type": "text/event-stream" } },
      );
    },
  );
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    called,
    [Symbol.asyncDispose]: async () => {
      hanging.abort();
      await server.shutdown();
    },
  };
}

const listOf = (...ids: readonly string[]) => ({ object: "list", data: ids.map((id) => ({ id })) });

async function post(weir: Program, path: string, body: object) {
  const response = await fetch(weir.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    warning: response.headers.get("x-weir-warning"),
    upstream: response.headers.get("x-weir-upstream"),
    text: await response.text(),
  };
}

const messages = [{ role: "user", content: "hi" }];
const chat = (weir: Program, model: string) =>
  post(weir, "/v1/chat/completions", { model, messages });

/** Asks for a model on every surface, whole and streamed. */
async function askEverywhere(weir: Program, model: string): Promise<void> {
  for (const path of ["/v1/chat/completions", "/api/v1/inference"]) {
    for (const stream of [false, true]) await post(weir, path, { model, messages, stream });
  }
  await post(weir, "/api/v1/inference/stream", { model, messages });
  await post(weir, "/v1/embeddings", { model, input: "hi" });
  await using client = await openSocket(weir.url);
  client.ask("whole", "hi", { model, stream: false });
  client.ask("streamed", "hi", { model });
  await Promise.all([client.ended("whole"), client.ended("streamed")]);
}
const SURFACES = 8;

Deno.test("a model that one upstream lists goes there, though its name begins like another one's", async () => {
  await using openai = startListing(listOf("gpt-4o"));
  await using local = startListing(listOf("openai/gpt-oss-20b", "openai/gpt-4o"));
  await using weir = await startProgram({
    env: {
      OPENAI_API_KEY: "sk-upstream",
      OPENAI_BASE_URL: openai.baseUrl,
      UPSTREAM_LOCAL_BASE_URL: local.baseUrl,
    },
  });
  await askEverywhere(weir, "openai/gpt-oss-20b");
  assertEquals(openai.called, []);
  assertEquals(local.called, Array(SURFACES).fill("openai/gpt-oss-20b"));
  await askEverywhere(weir, "openai/gpt-4o");
  assertEquals(openai.called, Array(SURFACES).fill("gpt-4o"), "OpenAI lists what follows its name");
  assertEquals(local.called.length, SURFACES);
  const unlisted = await chat(weir, "openai/gpt-new");
  assertEquals([unlisted.upstream, openai.called.at(-1)], ["openai", "gpt-new"]);
  assertStringIncludes(unlisted.warning ?? "", "sent to openai, which it begins with");
});

Deno.test("a misspelt name goes to the default with a warning in the answer and the log", async () => {
  await using first = startListing(listOf("llama-3"));
  await using second = startListing(listOf("qwen-3"));
  await using weir = await startProgram({
    env: { UPSTREAM_A_BASE_URL: first.baseUrl, UPSTREAM_B_BASE_URL: second.baseUrl },
  });
  const listed = await chat(weir, "qwen-3");
  assertEquals([listed.upstream, listed.warning], ["b", null]);
  const misspelt = await chat(weir, "qwenn-3 \u00fc");
  assertEquals([misspelt.status, misspelt.upstream], [200, "a"]);
  assertEquals(
    misspelt.warning,
    'No list of models has "qwenn-3 ?", so it was sent to a, the default',
  );
  await weir.printed(/"warnings":"No list of models has [^\n]*, so it was sent to a, the default"/);
  await askEverywhere(weir, "llma-3");
  assertEquals(first.called.length, 1 + SURFACES);
});

Deno.test("UNKNOWN_MODELS=refuse refuses it on every surface, of one upstream too", async () => {
  await using first = startListing(listOf("llama-3"));
  await using second = startListing({ models: [{ name: "qwen-3" }] });
  const UNKNOWN_MODELS = "refuse";
  const env = { UPSTREAM_A_BASE_URL: first.baseUrl, UNKNOWN_MODELS };
  for (const more of [{}, { UPSTREAM_B_BASE_URL: second.baseUrl }]) {
    await using weir = await startProgram({ env: { ...env, ...more } });
    const { status, text } = await chat(weir, "llma-3");
    assertEquals([status, JSON.parse(text).error.code], [404, "model_not_found"]);
    assertMatch(text, /the nearest names are \\"llama-3\\"/);
    await askEverywhere(weir, "llma-3");
    assertEquals(first.called, []);
    assertEquals((await chat(weir, "a/llama-3")).status, 200);
    assertEquals((await chat(weir, "llama-3")).status, 200);
    assertEquals(first.called.splice(0), ["llama-3", "llama-3"]);
  }
  assertEquals(second.called, []);
});

Deno.test("a list that hangs delays a call for a second at the most, and no second list", async () => {
  await using dead = startListing(undefined);
  await using good = startListing(listOf("llama-3"));
  await using weir = await startProgram({
    env: {
      UPSTREAM_DEAD_BASE_URL: dead.baseUrl,
      UPSTREAM_GOOD_BASE_URL: good.baseUrl,
      DEFAULT_UPSTREAM: "dead",
      MODEL_ALIASES: "fast=dead/model|good/llama-3",
      MODELS_TIMEOUT_MS: "5000",
      MODELS_CACHE_TTL_MS: "0",
    },
  });
  const timed = async (work: Promise<unknown>): Promise<number> => {
    const sinceMs = performance.now();
    await work;
    return performance.now() - sinceMs;
  };
  // It hangs for five seconds: what takes less has not waited for it.
  const firstMs = await timed(chat(weir, "llama-3"));
  assert(firstMs < 4_500, `${firstMs} ms`);
  await chat(weir, "fast");
  const list = await (await fetch(`${weir.url}/v1/models`)).json();
  assertEquals(list.data.map(({ id }: { id: string }) => id), ["fast", "llama-3"]);
  for (let times = 0; times < 3; times++) {
    const laterMs = await timed(Promise.all([
      fetch(`${weir.url}/v1/models`).then((response) => response.body?.cancel()),
      fetch(`${weir.url}/api/v1/models`).then((response) => response.body?.cancel()),
      chat(weir, "llama-3"),
      chat(weir, "fast"),
    ]));
    assert(laterMs < 4_500, `${laterMs} ms`);
  }
});

Deno.test("several OpenAI-compatible upstreams serve at once, each under its name", async () => {
  await using alpha = startPlain();
  await using beta = startPlain();
  await using weir = await startProgram({
    env: { UPSTREAM_ALPHA_BASE_URL: alpha.origin, UPSTREAM_BETA_BASE_URL: `${beta.origin}/v1/` },
  });
  for (const model of ["alpha/m", "beta/n", "o"]) {
    const response = await fetch(`${weir.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }] }),
    });
    assertEquals(response.status, 200);
    await response.body?.cancel();
  }
  const modelsOf = (standIn: StandIn) =>
    standIn.received("/v1/chat/completions").map(({ json }) => json["model"]);
  assertEquals([modelsOf(alpha), modelsOf(beta)], [["m", "o"], ["n"]]);
});
