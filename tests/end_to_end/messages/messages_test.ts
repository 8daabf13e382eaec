/** Anthropic's API in front of Anthropic: what a client sends and reads passes byte for byte. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Program, startProgram } from "../../support/program.ts";
import {
  ANTHROPIC_KEY,
  ANTHROPIC_TEXT,
  startAnthropic,
} from "../../support/providers/anthropic.ts";
import { serveStandIn, type StandIn } from "../../support/providers/stand_in.ts";
import { endedWith, together } from "../../support/together.ts";

const OWN_KEY = "sk-weir-of-messages";
const VERSION = { "anthropic-version": "2023-06-01" };

/** With what no two writers of JSON agree on, and with what nobody knows. */
const BODY = `{ "x_future": {"big": 12345678901234567890, "e": 1E2},\n "model": "claude-a", ` +
  `"max_tokens": 16, "system": [{"type":"text","text":"x-anthropic-billing-header: a;"}], ` +
  `"messages": [{"role": "user", "content": "hi", "x": "\\u0041"}] }`;
const ANSWER = `{ "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-a",\n` +
  ` "content": [{"type": "x_future", "big": 12345678901234567890}, {"type":"text","text":"\\u0041"}],` +
  ` "stop_reason": "end_turn", "stop_sequence": null, "usage": {"input_tokens":1,"output_tokens":2} }`;
const STREAM = [
  `event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-a","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}}\n\n`,
  `event: ping\ndata: {"type": "ping"}\n\n`,
  `event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n`,
  `event: x_future\ndata: {"type":"x_future", "big": 12345678901234567890}\n\n`,
  `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Gr\\u00fcße"}   }\n\n`,
  `event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n`,
  `event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":9}}\n\n`,
  `event: message_stop\ndata: {"type":"message_stop"  }\n\n`,
].join("");

const ANSWER_HEADERS = {
  "request-id": "req_of_the_provider",
  "anthropic-organization-id": "org-of-the-operator",
  "anthropic-ratelimit-tokens-remaining": "1000",
  "anthropic-priority-input-tokens-limit": "7",
  "set-cookie": "a=b",
};

function startScripted(): StandIn {
  return serveStandIn(({ path, json }) => {
    const isStream = json.stream === true;
    const type = isStream ? "text/event-stream; charset=utf-8" : "application/json";
    const body = path.startsWith("/v1/messages/count_tokens")
      ? `{ "input_tokens": 14 }`
      : isStream
      ? STREAM
      : ANSWER;
    return new Response(body, { headers: { ...ANSWER_HEADERS, "content-type": type } });
  });
}

function behind(standIn: StandIn, env: Readonly<Record<string, string>> = {}): Promise<Program> {
  return startProgram({
    env: { ANTHROPIC_API_KEY: ANTHROPIC_KEY, ANTHROPIC_BASE_URL: standIn.origin, ...env },
  });
}

const testScripted = together("before a provider that says the same to each", async () => {
  const standIn = startScripted();
  const weir = await behind(standIn, { MODEL_ALIASES: "fast=anthropic/claude-b" });
  return endedWith({ standIn, weir });
});

const testHeld = together("before a provider that keeps a stream open", async () => {
  const standIn = startAnthropic();
  return endedWith({ standIn, weir: await behind(standIn, { KEEP_ALIVE_INTERVAL_MS: "50" }) });
});

function post(
  weir: Program,
  body: string | object,
  path = "/v1/messages",
  headers: HeadersInit = VERSION,
): Promise<Response> {
  return fetch(weir.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...Object.fromEntries(new Headers(headers)) },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

Deno.test("body, query and Anthropic's headers arrive as they were sent, credentials do not", async () => {
  await using standIn = startScripted();
  await using weir = await behind(standIn, { PROXY_API_KEY: OWN_KEY });
  const response = await post(weir, BODY, "/v1/messages?beta=true&x=%20y&key=" + OWN_KEY, {
    "x-api-key": OWN_KEY,
    "anthropic-version": "2026-10-21",
    "anthropic-beta": "claude-code-20250219,effort-2025-11-24",
    "anthropic-x-future": "1",
    "anthropic-of-this-hop": "1",
    "idempotency-key": "once",
    "x-app": "cli",
    cookie: "a=b",
  });
  assertEquals(await response.text(), ANSWER);
  const [received] = standIn.requests;
  assertEquals(received?.path, "/v1/messages?beta=true&x=%20y");
  assertEquals(new TextDecoder().decode(received?.body), BODY);
  const headers = received?.headers ?? new Headers();
  assertEquals(headers.get("x-api-key"), ANTHROPIC_KEY);
  assertEquals(headers.get("authorization"), null);
  assertEquals(headers.get("anthropic-version"), "2026-10-21");
  assertEquals(headers.get("anthropic-beta"), "claude-code-20250219,effort-2025-11-24");
  assertEquals(headers.get("anthropic-x-future"), "1");
  assertEquals(headers.get("idempotency-key"), "once");
  assertEquals([headers.get("cookie"), headers.get("x-app")], [null, null]);
});

testScripted(
  "a stream passes byte for byte, and so do the provider's headers but its account's",
  async ({ weir, standIn }) => {
    const body = BODY.replace("{", `{"stream": true,`);
    const response = await post(weir, body, "/v1/messages", {});
    assertEquals(await response.text(), STREAM);
    const { headers } = response;
    assertEquals(headers.get("content-type"), "text/event-stream; charset=utf-8");
    assertEquals(headers.get("anthropic-ratelimit-tokens-remaining"), "1000");
    assertEquals(headers.get("anthropic-priority-input-tokens-limit"), "7");
    assertEquals(headers.get("anthropic-organization-id"), null);
    assertEquals(headers.get("set-cookie"), null);
    assertEquals(headers.get("request-id"), headers.get("x-request-id"));
    assertEquals(headers.get("x-weir-upstream-request-id"), "req_of_the_provider");
    // What a client does not say, its provider needs all the same.
    assertEquals(standIn.requests.at(-1)?.headers.get("anthropic-version"), "2023-06-01");
    await weir.printed(/"outcome":"complete".*"input_tokens":1,"output_tokens":9/);
  },
);

testScripted("an alias changes the model's name and nothing else", async ({ weir, standIn }) => {
  const response = await post(weir, BODY.replace(`"claude-a"`, `"fast"`));
  assertEquals(await response.text(), ANSWER);
  assertEquals(
    new TextDecoder().decode(standIn.requests.at(-1)?.body),
    BODY.replace(`"claude-a"`, `"claude-b"`),
  );
});

testScripted("tokens are counted by the provider", async ({ weir, standIn }) => {
  const response = await post(weir, BODY, "/v1/messages/count_tokens?beta=true");
  assertEquals(await response.text(), `{ "input_tokens": 14 }`);
  assertEquals(standIn.requests.at(-1)?.path, "/v1/messages/count_tokens?beta=true");
  assertEquals(new TextDecoder().decode(standIn.requests.at(-1)?.body), BODY);
  assertEquals(response.headers.get("anthropic-ratelimit-tokens-remaining"), "1000");
});

Deno.test("the API lies below every prefix that its clients are given", async () => {
  await using standIn = startScripted();
  await using weir = await behind(standIn, { PROXY_PATH_PREFIX: "/own/prefix" });
  const paths = [
    "/v1/messages",
    "/v1/messages/",
    "//v1//messages",
    "/messages",
    "/v1/v1/messages",
    "/anthropic/v1/messages",
    "/anthropic/messages",
    "/api/v1/messages",
    "/own/prefix/messages",
    "/v1/%6dessages",
  ];
  for (const path of paths) {
    const response = await post(weir, BODY, path);
    assertEquals([path, response.status, await response.text()], [path, 200, ANSWER]);
    const count = await post(weir, BODY, `${path.replace(/\/$/, "")}/count_tokens`);
    assertEquals([path, await count.text()], [path, `{ "input_tokens": 14 }`]);
  }
  assertEquals(standIn.requests.length, 2 * paths.length);
});

Deno.test("either kind of credentials is sent as its name says, to either form of the address", async () => {
  await using standIn = startScripted();
  const cases = [
    [{ ANTHROPIC_API_KEY: "sk-a" }, "sk-a", null],
    [{ ANTHROPIC_AUTH_TOKEN: "sk-b" }, null, "Bearer sk-b"],
    [{ ANTHROPIC_API_KEY: "sk-a", ANTHROPIC_AUTH_TOKEN: "sk-b" }, "sk-a", "Bearer sk-b"],
  ] as const;
  for (const [env, key, authorization] of cases) {
    await using weir = await startProgram({
      env: { ...env, ANTHROPIC_BASE_URL: `${standIn.origin}/v1/` },
    });
    await (await post(weir, BODY)).body?.cancel();
    const received = standIn.requests.at(-1);
    assertEquals(received?.path, "/v1/messages");
    assertEquals(received?.headers.get("x-api-key"), key);
    assertEquals(received?.headers.get("authorization"), authorization);
  }
});

testHeld("a client that leaves takes its stream with it", async ({ weir, standIn }) => {
  const controller = new AbortController();
  const response = await fetch(`${weir.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", ...VERSION },
    body: JSON.stringify({
      model: "claude-a",
      max_tokens: 9,
      stream: true,
      messages: [{ role: "user", content: "[hold]" }],
    }),
    signal: controller.signal,
  });
  const reader = response.body?.getReader();
  assert((await reader?.read())?.value !== undefined);
  controller.abort();
  await standIn.givenUp();
  await weir.printed(/"outcome":"client_gone"/);
});

testHeld("a silent stream is pinged", async ({ weir }) => {
  const body = { model: "claude-a", max_tokens: 9, stream: true };
  const messages = [{ role: "user", content: "[hold]" }];
  const response = await post(weir, { ...body, messages });
  let text = "";
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    if (text.split("event: ping").length > 2) break;
  }
  assertStringIncludes(text, `event: ping\ndata: {"type":"ping"}\n\n`);
});

Deno.test("a key keeps to its models, and limits count, as on every other API", async () => {
  await using standIn = startAnthropic();
  await using weir = await behind(standIn, {
    RATE_LIMIT_V1_MAX_REQUESTS: "2",
    RATE_LIMIT_V1_WINDOW_MS: "86400000",
  });
  const body = { model: "claude-a", max_tokens: 9, messages: [{ role: "user", content: "hi" }] };
  const first = await post(weir, body);
  assertEquals((await first.json()).content[0].text, ANTHROPIC_TEXT);
  assertEquals(first.headers.get("x-ratelimit-remaining"), "1");
  await (await post(weir, body, "/v1/messages/count_tokens")).body?.cancel();
  const refused = await post(weir, body);
  assertEquals(refused.status, 429);
  assertMatch(refused.headers.get("retry-after") ?? "", /^\d+$/);
  assertEquals((await refused.json()).error.type, "rate_limit_error");
});
