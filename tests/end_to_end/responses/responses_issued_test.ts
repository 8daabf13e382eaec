/** Responses that a provider keeps: their bytes pass, and what refers to them goes back to it. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Program, startProgram } from "../../support/program.ts";
import {
  responseId,
  RESPONSES_KEY,
  RESPONSES_MODEL,
  startResponses,
} from "../../support/providers/responses.ts";
import { serveStandIn, type StandIn } from "../../support/providers/stand_in.ts";
import { CHAT_KEY, startStrictChat } from "../../support/providers/strict_chat.ts";
import { ask, eventsOf, failure, json, keyOf, keysNamed } from "../../support/responses.ts";
import { workingDirectory } from "../../support/working_directory.ts";

const model = RESPONSES_MODEL;

function before(standIn: StandIn, env: Readonly<Record<string, string>> = {}): Promise<Program> {
  return startProgram({
    env: {
      OPENAI_API_KEY: RESPONSES_KEY,
      OPENAI_BASE_URL: `${standIn.origin}/v1`,
      ...env,
    },
  });
}

Deno.test("requests and answers pass as they come, whatever the base", async () => {
  await using provider = startResponses();
  await using weir = await before(provider);
  const body = `{ "model": "${model}",  "input": "h\\u0069", "x_future": 12345678901234567890 }`;
  for (const base of ["/v1", "", "/openai/v1", "/api/v1"]) {
    const response = await fetch(`${weir.url}${base}/responses`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    assertEquals(response.status, 200, base);
    const { id } = await response.json();
    assert(id.startsWith("resp_0"));
    const arrived = provider.received("/v1/responses").at(-1);
    assertEquals(new TextDecoder().decode(arrived?.body), body);
    const found = await fetch(`${weir.url}${base}/responses/${id}?include[]=a`);
    assertEquals((await found.json()).id, id);
    assertEquals(provider.requests.at(-1)?.path, `/v1/responses/${id}?include[]=a`);
  }
});

Deno.test("a stream passes as it comes, and is remembered", async () => {
  await using provider = startResponses();
  await using weir = await before(provider);
  const body = { model, input: "hi", stream: true };
  const direct = await fetch(`${provider.origin}/v1/responses`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${RESPONSES_KEY}` },
    body: JSON.stringify(body),
  });
  const expected = (await direct.text()).replaceAll(responseId(1), responseId(2));
  const text = await (await ask(weir, "/responses", { body })).text();
  assertEquals(text, expected);
  const id = eventsOf(text)[0]?.response.id;
  const next = { model, input: "more", previous_response_id: id };
  assertEquals((await json(ask(weir, "/responses", { body: next }))).previous_response_id, id);
  assertEquals(provider.requests.at(-1)?.json.previous_response_id, id);
});

Deno.test("background, counts and compactions are the provider's own", async () => {
  await using provider = startResponses();
  await using weir = await before(provider);
  const body = { model, input: "hi", background: true };
  const begun = await json(ask(weir, "/responses", { body }));
  assertEquals(begun.status, "queued");
  assertEquals(provider.requests.at(-1)?.json.background, true);
  const cancelled = await json(ask(weir, `/responses/${begun.id}/cancel`, { method: "POST" }));
  assertEquals(cancelled.status, "cancelled");
  assertEquals((await json(ask(weir, `/responses/${begun.id}/input_items`))).object, "list");
  const count = await json(ask(weir, "/responses/input_tokens", { body: { model, input: "hi" } }));
  assertEquals(count, { object: "response.input_tokens", input_tokens: 14 });
  const packed = await json(ask(weir, "/responses/compact", { body: { model, input: "hi" } }));
  assertEquals(packed.output[0].type, "compaction");
  await weir.printed(/"input_tokens":43,"output_tokens":15/);
});

Deno.test("a response belongs to the key that made it, whichever thread is asked", async () => {
  await using provider = startResponses();
  const config = {
    upstreams: { openai: { apiKey: RESPONSES_KEY, baseUrl: `${provider.origin}/v1` } },
    auth: keysNamed("alice", "bob"),
  };
  await using directory = await workingDirectory({ "weir.jsonc": JSON.stringify(config) });
  await using weir = await startProgram({ cwd: directory.path, env: { WORKERS: "2" } });
  const alice = { key: keyOf("alice") };
  const bob = { key: keyOf("bob") };
  const { id } = await json(ask(weir, "/responses", { ...alice, body: { model, input: "hi" } }));
  for (let turn = 0; turn < 6; turn++) {
    assertEquals((await json(ask(weir, `/responses/${id}`, alice))).id, id);
    assertEquals(await failure(ask(weir, `/responses/${id}`, bob)), "404 response_not_found");
  }
  const arrived = provider.requests.length;
  const chained = { model, input: "hi", previous_response_id: id };
  assertEquals(
    await failure(ask(weir, "/responses", { ...bob, body: chained })),
    "400 previous_response_not_found",
  );
  const deleted = ask(weir, `/responses/${id}`, { ...bob, method: "DELETE" });
  assertEquals(await failure(deleted), "404 response_not_found");
  const unknown = ask(weir, "/responses/resp_of_somebody", alice);
  assertEquals(await failure(unknown), "404 response_not_found");
  assertEquals(provider.requests.length, arrived, "nothing of that may reach the provider");
  await json(ask(weir, `/responses/${id}`, { ...alice, method: "DELETE" }));
  assertEquals(await failure(ask(weir, `/responses/${id}`, alice)), "404 response_not_found");
  assertEquals(provider.requests.length, arrived + 1);
});

Deno.test("what goes on from a response goes to the provider that keeps it, or nowhere", async () => {
  await using provider = startResponses();
  await using chat = startStrictChat();
  await using weir = await before(provider, {
    UPSTREAM_CHAT_API_KEY: CHAT_KEY,
    UPSTREAM_CHAT_BASE_URL: `${chat.origin}/v1`,
  });
  const { id } = await json(ask(weir, "/responses", { body: { model, input: "hi" } }));
  const body = { model: "chat/gpt-stand-in", input: "more", previous_response_id: id };
  const response = await ask(weir, "/responses", { body });
  const { error } = await response.json();
  assertEquals([response.status, error.code], [400, "previous_response_not_found"]);
  assertStringIncludes(error.message, 'kept by the upstream "openai"');
  // What Weir keeps itself is sent to whoever is asked.
  const own = await json(
    ask(weir, "/responses", { body: { ...body, previous_response_id: null } }),
  );
  const crossed = { model, input: "on", previous_response_id: own.id };
  const answer = await json(ask(weir, "/responses", { body: crossed }));
  assert(answer.id.startsWith("resp_0"));
  const { input, previous_response_id: previous } = provider.requests.at(-1)?.json ?? {};
  assertEquals(previous, undefined);
  assertEquals((input as readonly unknown[]).length, 3);
});

Deno.test("a server that has no address for Responses is asked for a chat, and Weir keeps it", async () => {
  await using chat = startStrictChat();
  await using weir = await startProgram({
    env: { OPENAI_API_KEY: CHAT_KEY, OPENAI_BASE_URL: `${chat.origin}/v1` },
  });
  const first = { model: "gpt-stand-in", input: "hi" };
  const { id } = await json(ask(weir, "/responses", { body: first }));
  assertEquals((await json(ask(weir, `/responses/${id}`))).id, id);
  const body = { ...first, background: true };
  assertEquals((await json(ask(weir, "/responses", { body }))).status, "queued");
});

Deno.test("the first response in the background of such a server runs, too", async () => {
  await using chat = startStrictChat();
  await using weir = await startProgram({
    env: { OPENAI_API_KEY: CHAT_KEY, OPENAI_BASE_URL: `${chat.origin}/v1` },
  });
  const body = { model: "gpt-stand-in", input: "hi", background: true };
  const { id, status } = await json(ask(weir, "/responses", { body }));
  assertEquals(status, "queued");
  const events = eventsOf(await (await ask(weir, `/responses/${id}?stream=true`)).text());
  assertEquals(events.at(-1)?.type, "response.completed");
});

Deno.test("an id that nobody remembers goes to the one provider that keeps any, where there are no keys", async () => {
  await using provider = startResponses();
  let id = "";
  {
    await using weir = await before(provider);
    id = (await json(ask(weir, "/responses", { body: { model, input: "hi" } }))).id;
  }
  await using weir = await before(provider);
  assertEquals((await json(ask(weir, `/responses/${id}`))).id, id);
  const body = { model, input: "more", previous_response_id: id };
  assertEquals((await json(ask(weir, "/responses", { body }))).previous_response_id, id);
});

Deno.test("an error of the provider passes as it came", async () => {
  const error = '{ "error": {"message":"no","type":"x","param":null,"code":"y"} }';
  await using provider = serveStandIn(() =>
    new Response(error, { status: 422, headers: { "content-type": "application/json" } })
  );
  await using weir = await before(provider);
  const response = await ask(weir, "/responses", { body: { model: "m", input: "hi" } });
  assertEquals([response.status, await response.text()], [422, error]);
});
