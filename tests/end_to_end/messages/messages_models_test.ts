/** Lists of models in Anthropic's shape, and Anthropic's models in the others. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { digestKey } from "../../../src/access/keys/key_form.ts";
import { type Program, startProgram } from "../../support/program.ts";
import { ANTHROPIC_KEY, startAnthropic } from "../../support/providers/anthropic.ts";
import { serveStandIn } from "../../support/providers/stand_in.ts";
import { workingDirectory } from "../../support/working_directory.ts";
import { CHAT_KEY, startStrictChat } from "../../support/providers/strict_chat.ts";

const VERSION = { "anthropic-version": "2023-06-01" };

async function get(weir: Program, path: string, headers: HeadersInit = VERSION) {
  const response = await fetch(weir.url + path, { headers });
  return { response, json: await response.json() };
}

Deno.test("models of all providers come in Anthropic's shape to whoever names its version", async () => {
  await using anthropic = startAnthropic();
  await using chat = startStrictChat();
  await using weir = await startProgram({
    env: {
      ANTHROPIC_API_KEY: ANTHROPIC_KEY,
      ANTHROPIC_BASE_URL: anthropic.origin,
      OPENAI_API_KEY: CHAT_KEY,
      OPENAI_BASE_URL: chat.origin,
      MODEL_ALIASES: "fast=anthropic/claude-stand-in-0",
    },
  });
  const ids = [
    "fast",
    "gpt-stand-in",
    "claude-stand-in-0",
    "claude-stand-in-1",
    "claude-stand-in-2",
  ];
  for (const path of ["/v1/models", "/models", "/anthropic/v1/models/", "/api/v1/models"]) {
    const { response, json } = await get(weir, `${path}?limit=1000`);
    assertEquals(json.data.map(({ id }: { id: string }) => id), ids, path);
    assertEquals([json.has_more, json.first_id, json.last_id], [false, ids[0], ids.at(-1)]);
    assertEquals(response.headers.get("request-id"), response.headers.get("x-request-id"));
  }
  const { json: { data } } = await get(weir, "/v1/models?limit=3");
  assertEquals(data, [
    {
      type: "model",
      id: "fast",
      display_name: "fast",
      created_at: "1970-01-01T00:00:00Z",
      max_input_tokens: 200_000,
      max_tokens: 64_000,
    },
    {
      type: "model",
      id: "gpt-stand-in",
      display_name: "gpt-stand-in",
      created_at: "1970-01-01T00:00:01Z",
    },
    {
      type: "model",
      id: "claude-stand-in-0",
      display_name: "Stand-in: claude-stand-in-0",
      created_at: "2026-05-01T00:00:00Z",
      max_input_tokens: 200_000,
      max_tokens: 64_000,
    },
  ]);
  for (const path of ["/v1/models/claude-stand-in-0", "/anthropic/models/claude-stand-in-0"]) {
    assertEquals((await get(weir, path)).json, data[2]);
  }
  const { response, json } = await get(weir, "/v1/models/claude-nothing");
  assertEquals([response.status, json.type, json.error.type], [404, "error", "not_found_error"]);
  // A key alone says nothing: other clients send theirs so as well.
  const openai = await get(weir, "/v1/models", { "x-api-key": "k" });
  assertEquals([openai.json.object, openai.json.data.length], ["list", ids.length]);
  assertEquals(openai.json.data.at(-1).owned_by, "anthropic");
  await weir.printed(/"path":"\/v1\/models\/claude-nothing"/);
});

Deno.test("a list has pages, in both directions, and says what is wrong with a question", async () => {
  await using anthropic = startAnthropic();
  await using weir = await startProgram({
    env: { ANTHROPIC_API_KEY: ANTHROPIC_KEY, ANTHROPIC_BASE_URL: anthropic.origin },
  });
  const page = async (query: string) => {
    const { data, has_more: hasMore } = (await get(weir, `/v1/models?${query}`)).json;
    return [data.map(({ id }: { id: string }) => id.slice(-1)).join(""), hasMore];
  };
  assertEquals(await page("limit=2"), ["01", true]);
  assertEquals(await page("limit=2&after_id=claude-stand-in-1"), ["2", false]);
  assertEquals(await page("limit=1&before_id=claude-stand-in-2"), ["1", true]);
  assertEquals(await page("limit=2&before_id=claude-stand-in-2"), ["01", false]);
  assertEquals(await page("after_id=claude-stand-in-2"), ["", false]);
  for (
    const query of [
      "limit=0",
      "limit=1001",
      "limit=x",
      "after_id=nothing",
      "after_id=claude-stand-in-0&before_id=claude-stand-in-1",
    ]
  ) {
    const { response, json } = await get(weir, `/v1/models?${query}`);
    assertEquals([response.status, json.error.type], [400, "invalid_request_error"], query);
  }
  const post = await fetch(`${weir.url}/v1/models`, { method: "POST", headers: VERSION });
  assertEquals([post.status, (await post.json()).type], [405, "error"]);
});

Deno.test("a provider's list is read to its last page, and names may lack their date", async () => {
  const all = Array.from(
    { length: 5 },
    (_, at) => ({ type: "model", id: `claude-${at}-20260101` }),
  );
  await using standIn = serveStandIn(({ path, json }) => {
    const { searchParams } = new URL(path, "http://stand-in");
    if (!path.startsWith("/v1/models")) {
      return Response.json({ type: "error", error: { type: "x", message: String(json.model) } }, {
        status: 400,
      });
    }
    const from = all.findIndex(({ id }) => id === searchParams.get("after_id")) + 1;
    const data = all.slice(from, from + 2);
    return Response.json({ data, has_more: from + 2 < all.length, last_id: data.at(-1)?.id });
  });
  await using other = startStrictChat();
  await using weir = await startProgram({
    env: {
      ANTHROPIC_API_KEY: ANTHROPIC_KEY,
      ANTHROPIC_BASE_URL: standIn.origin,
      OPENAI_API_KEY: CHAT_KEY,
      OPENAI_BASE_URL: other.origin,
    },
  });
  const { json } = await get(weir, "/v1/models");
  assertEquals(json.data.length, 1 + all.length);
  assertEquals(standIn.requests.map(({ path }) => path), [
    "/v1/models?limit=1000",
    "/v1/models?limit=1000&after_id=claude-1-20260101",
    "/v1/models?limit=1000&after_id=claude-3-20260101",
  ]);
  const ask = async (model: string) => {
    const response = await fetch(`${weir.url}/v1/messages`, {
      method: "POST",
      headers: { "content-type": "application/json", ...VERSION },
      body: JSON.stringify({ model, max_tokens: 9, messages: [{ role: "user", content: "hi" }] }),
    });
    return [response.headers.get("x-weir-upstream"), (await response.json()).error.message];
  };
  for (const model of ["claude-4", "claude-4-latest", "claude-4-0", "claude-4-20260101"]) {
    assertEquals(await ask(model), ["anthropic", model]);
  }
  const [provider, message] = await ask("claude-5");
  assertEquals(provider, null);
  assertStringIncludes(message, `No model "claude-5" is served here`);
});

Deno.test("a key sees its models alone", async () => {
  await using standIn = startAnthropic();
  const hash = `sha256:${digestKey("weir_of_one")}`;
  const keys = [{ name: "one", hash, models: ["claude-stand-in-1"] }];
  await using directory = await workingDirectory({
    "weir.jsonc": JSON.stringify({ auth: { keys } }),
  });
  await using weir = await startProgram({
    cwd: directory.path,
    env: { ANTHROPIC_API_KEY: ANTHROPIC_KEY, ANTHROPIC_BASE_URL: standIn.origin },
  });
  const key = { ...VERSION, "x-api-key": "weir_of_one" };
  const { json } = await get(weir, "/v1/models", key);
  assertEquals(json.data.map(({ id }: { id: string }) => id), ["claude-stand-in-1"]);
  const refused = await fetch(`${weir.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", ...key },
    body: JSON.stringify({ model: "claude-a", max_tokens: 1, messages: [{}] }),
  });
  assertEquals(refused.status, 403);
  assertMatch((await refused.json()).error.type, /^permission_error$/);
  const batches = await get(weir, "/v1/messages/batches", key);
  assertEquals([batches.response.status, batches.json.error.type], [403, "permission_error"]);
  assert(!standIn.requests.some(({ path }) => path.startsWith("/v1/messages")));
});
