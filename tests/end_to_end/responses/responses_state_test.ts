/** Responses that Weir keeps, because their provider keeps none. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startProgram } from "../../support/program.ts";
import { serveStandIn, type StandIn } from "../../support/providers/stand_in.ts";
import { ask, failure, json, keyOf, keysNamed, outputText } from "../../support/responses.ts";
import { endedWith, together } from "../../support/together.ts";
import { workingDirectory } from "../../support/working_directory.ts";

/** Answers with the texts of all messages that it was sent, one after the other. */
function startEcho(): StandIn {
  return serveStandIn(({ json: { messages, model } }) => {
    const said = (messages as readonly { role: string; content: unknown }[]).map(
      ({ role, content }) => `${role[0]}:${textOf(content)}`,
    );
    const message = { role: "assistant", content: said.join(" ") };
    return Response.json({
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1,
      model,
      choices: [{ index: 0, message, finish_reason: "stop" }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    });
  });
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return (content as readonly { text?: string }[]).map(({ text }) => text ?? "").join("");
}

function providerOf(echo: StandIn): Record<string, unknown> {
  return { upstreams: { compatible: { echo: { baseUrl: `${echo.origin}/v1` } } } };
}

function envOf(echo: StandIn, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { UPSTREAM_ECHO_BASE_URL: `${echo.origin}/v1`, ...more };
}

const test = together("responses that one gateway keeps in memory", async () => {
  const echo = startEcho();
  return endedWith({ echo, weir: await startProgram({ env: envOf(echo) }) });
});

test("a response can be retrieved, listed, gone on from and deleted", async ({ weir }) => {
  const first = await json(ask(weir, "/responses", { body: { model: "m", input: "one" } }));
  assertMatch(first.id, /^resp_[0-9a-f]{48}$/);
  assertEquals([first.status, first.store], ["completed", true]);
  assertEquals(await json(ask(weir, `/responses/${first.id}`)), first);

  const body = { model: "m", input: "two", previous_response_id: first.id };
  const second = await json(ask(weir, "/responses", { body }));
  assertEquals(outputText(second), "u:one a:u:one u:two");
  assertEquals(second.previous_response_id, first.id);

  const third = await json(ask(weir, "/responses", {
    body: {
      model: "m",
      instructions: "be brief",
      previous_response_id: second.id,
      input: [{ role: "user", content: [{ type: "input_text", text: "three" }] }],
    },
  }));
  assertEquals(outputText(third), "s:be brief u:one a:u:one u:two a:u:one a:u:one u:two u:three");

  const list = await json(ask(weir, `/responses/${third.id}/input_items?order=asc`));
  assertEquals(list.object, "list");
  assertEquals(
    list.data.map(({ content }: { content: unknown }) => textOf(content)),
    ["one", "u:one", "two", "u:one a:u:one u:two", "three"],
  );
  const ids = list.data.map(({ id }: { id: string }) => id);
  assertEquals(new Set(ids).size, 5);
  assertEquals([list.first_id, list.last_id, list.has_more], [ids[0], ids[4], false]);
  const path = `/responses/${third.id}/input_items`;
  const page = await json(ask(weir, `${path}?order=asc&limit=2&after=${ids[0]}`));
  assertEquals(page.data.map(({ id }: { id: string }) => id), ids.slice(1, 3));
  assertEquals(page.has_more, true);
  const newest = await json(ask(weir, `${path}?limit=1`));
  assertEquals(newest.data[0].id, ids[4]);
  assertEquals(await failure(ask(weir, `${path}?limit=101`)), "400 invalid_value");
  assertEquals(await failure(ask(weir, `${path}?after=none`)), "400 invalid_value");

  const deleted = await json(ask(weir, `/responses/${first.id}`, { method: "DELETE" }));
  assertEquals(deleted, { id: first.id, object: "response", deleted: true });
  assertEquals(await failure(ask(weir, `/responses/${first.id}`)), "404 response_not_found");
  assertEquals(await failure(ask(weir, "/responses", { body })), "400 previous_response_not_found");
});

test("an item that is referred to stands in its place", async ({ weir }) => {
  const first = await json(ask(weir, "/responses", { body: { model: "m", input: "one" } }));
  const input = [
    { role: "user", content: "before" },
    { type: "item_reference", id: first.output[0].id },
    { id: first.output[0].id },
    { role: "user", content: "after" },
  ];
  const answer = await json(ask(weir, "/responses", { body: { model: "m", input } }));
  assertEquals(outputText(answer), "u:before a:u:one a:u:one u:after");
  const lost = [{ type: "item_reference", id: first.output[0].id.replace(/_0$/, "_7") }];
  const response = await ask(weir, "/responses", { body: { model: "m", input: lost } });
  const { error } = await response.json();
  assertEquals([response.status, error.code, error.param], [400, "item_not_found", "input[0]"]);
});

Deno.test("what is kept belongs to the key that made it", async () => {
  await using echo = startEcho();
  const auth = keysNamed("alice", "bob");
  await using directory = await workingDirectory({
    "weir.jsonc": JSON.stringify({ ...providerOf(echo), auth }),
  });
  await using weir = await startProgram({ cwd: directory.path });
  const alice = keyOf("alice");
  const bob = keyOf("bob");
  const body = { model: "m", input: "secret" };
  const { id, output } = await json(ask(weir, "/responses", { key: alice, body }));
  assertEquals((await json(ask(weir, `/responses/${id}`, { key: alice }))).id, id);
  for (
    const [method, path] of [["GET", ""], ["GET", "/input_items"], ["GET", "?stream=true"], [
      "POST",
      "/cancel",
    ], ["DELETE", ""]] as const
  ) {
    const answered = failure(ask(weir, `/responses/${id}${path}`, { key: bob, method }));
    assertEquals(await answered, "404 response_not_found", path);
  }
  const chained = { ...body, previous_response_id: id };
  assertEquals(
    await failure(ask(weir, "/responses", { key: bob, body: chained })),
    "400 previous_response_not_found",
  );
  const referred = { model: "m", input: [{ type: "item_reference", id: output[0].id }] };
  assertEquals(
    await failure(ask(weir, "/responses", { key: bob, body: referred })),
    "400 item_not_found",
  );
  assertEquals((await json(ask(weir, `/responses/${id}`, { key: alice }))).id, id);
});

test("store: false keeps nothing", async ({ weir }) => {
  const body = { model: "m", input: "one", store: false };
  const { id, store } = await json(ask(weir, "/responses", { body }));
  assertEquals(store, false);
  assertEquals(await failure(ask(weir, `/responses/${id}`)), "404 response_not_found");
});

Deno.test("where nothing is kept, answers say so, and only what would need it is refused", async () => {
  await using echo = startEcho();
  await using weir = await startProgram({ env: envOf(echo, { RESPONSES_STORE: "off" }) });
  const { id, store } = await json(ask(weir, "/responses", { body: { model: "m", input: "one" } }));
  assertEquals(store, false);
  assertEquals(await failure(ask(weir, `/responses/${id}`)), "404 response_not_found");
  for (
    const [body, code] of [
      [{ previous_response_id: id }, "previous_response_not_found"],
      [{ background: true }, "unsupported_parameter"],
      [{ input: [{ type: "item_reference", id: `msg_${id.slice(5)}_0` }] }, "item_not_found"],
    ] as const
  ) {
    const response = await ask(weir, "/responses", { body: { model: "m", input: "a", ...body } });
    const { error } = await response.json();
    assertEquals([response.status, error.code], [400, code]);
    if (code !== "item_not_found") assertStringIncludes(error.message, "RESPONSES_STORE is off");
  }
});

Deno.test("what is kept in a folder outlives the process, whichever thread is asked", async () => {
  await using echo = startEcho();
  await using directory = await workingDirectory({});
  const env = envOf(echo, {
    STATE: "state",
    RESPONSES_STORE: "state",
    WORKERS: "2",
  });
  let id: string;
  {
    await using weir = await startProgram({ env, cwd: directory.path });
    const made = await json(ask(weir, "/responses", { body: { model: "m", input: "one" } }));
    id = made.id;
    // Connections go to either thread.
    for (let turn = 0; turn < 8; turn++) {
      assertEquals((await json(ask(weir, `/responses/${id}`))).id, id);
    }
    await weir.stop();
  }
  await using weir = await startProgram({ env, cwd: directory.path });
  const body = { model: "m", input: "two", previous_response_id: id };
  const answer = await json(ask(weir, "/responses", { body }));
  assertEquals(outputText(answer), "u:one a:u:one u:two");
  assert(answer.store);
});

Deno.test("a store in a folder without a folder is refused at the start", async () => {
  const started = startProgram({ env: { FAKE_LLM: "on", RESPONSES_STORE: "state" } });
  const output = await started.then(() => "", (error) => String(error));
  assertStringIncludes(output, "set STATE");
});
