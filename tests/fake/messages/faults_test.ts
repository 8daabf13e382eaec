/** Failures that tags ask for in Anthropic's API, and requests that it refuses. */

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { REFUSALS } from "../../../src/fake/errors.ts";
import { type Frame, readFrames } from "../../formats/anthropic_messages/sse_frames.ts";
import { checkMessagesStream } from "../../formats/anthropic_messages/stream_checker.ts";
import { FakeServer, readBroken } from "../fake_server.ts";

const STREAM = { stream: true };

const HELLO_WORLD = [
  "message_start",
  "content_block_start",
  "content_block_delta",
  "content_block_delta",
  "content_block_stop",
  "message_delta",
  "message_stop",
];

function framesOf(text: string): readonly Frame[] {
  const { frames, unfinished } = readFrames(text);
  assertEquals(unfinished, "");
  return frames;
}

function namesOf(text: string): readonly (string | undefined)[] {
  return framesOf(text).map(({ event }) => event);
}

Deno.test("fake messages: each error tag has its status, its type and its request's id", async () => {
  await using server = new FakeServer();
  const types: Readonly<Record<number, string>> = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    408: "invalid_request_error",
    413: "request_too_large",
    422: "invalid_request_error",
    429: "rate_limit_error",
    500: "api_error",
    502: "api_error",
    503: "overloaded_error",
    504: "timeout_error",
    529: "overloaded_error",
  };
  for (const [name, { status }] of Object.entries(REFUSALS)) {
    for (const body of [{}, STREAM]) {
      const response = await server.message(`Reply with [${name}] please`, body);
      assertEquals([response.status, response.headers.get("content-type")], [
        status,
        "application/json",
      ]);
      const { type, error, request_id: requestId } = await response.json();
      assertEquals([type, error.type], ["error", types[status]], name);
      assertMatch(error.message, /\S/);
      assertEquals(requestId, response.headers.get("request-id"));
      const expected = name === "429" || name === "503" ? "1" : null;
      assertEquals(response.headers.get("retry-after"), expected, name);
      const code = name === "quota" ? "enforced_spend_limit_reached" : undefined;
      assertEquals(error.details?.error_code, code);
    }
  }
  const later = await server.message("[529] [retry-after=30]");
  assertEquals(later.headers.get("retry-after"), "30");
  await later.body?.cancel();
  const page = await server.message("[502] [html]");
  assertEquals(page.headers.get("content-type"), "text/html");
  assertMatch(await page.text(), /^<html>/);
});

Deno.test("fake messages: [cut=N] and [stall=N] deliver N events, then break or go silent", async () => {
  await using server = new FakeServer({ isInstant: true });
  for (const tag of ["cut", "stall"]) {
    for (let count = 0; count <= HELLO_WORLD.length + 1; count++) {
      const { text, ended } = await readBroken(await server.message(`[${tag}=${count}]`, STREAM));
      assertEquals(namesOf(text), HELLO_WORLD.slice(0, count));
      assertEquals(ended, count > HELLO_WORLD.length);
    }
    const { text, ended } = await readBroken(await server.message(`[${tag}=1]`));
    assertEquals(ended, false);
    assertThrows(() => JSON.parse(text), SyntaxError);
  }
  assertEquals(new Set(server.delaysMs.filter((delayMs) => delayMs > 1000)), new Set([600_000]));
});

Deno.test("fake messages: [error=N] ends a stream with an error event", async () => {
  await using server = new FakeServer();
  for (let count = 0; count <= HELLO_WORLD.length; count++) {
    const response = await server.message(`[error=${count}]`, STREAM);
    const frames = framesOf(await response.text());
    assertEquals(frames.map(({ event }) => event), [...HELLO_WORLD.slice(0, count), "error"]);
    const error = JSON.parse(frames.at(-1)?.data ?? "");
    assertEquals([error.type, error.error.type], ["error", "api_error"]);
    assertEquals(error.request_id, response.headers.get("request-id"));
  }
  const whole = await server.message("[error=1]");
  assertEquals([whole.status, (await whole.json()).type], [200, "error"]);
});

Deno.test("fake messages: [malformed=N] breaks the data of the Nth event, whose name it keeps", async () => {
  await using server = new FakeServer();
  for (let nth = 1; nth <= HELLO_WORLD.length; nth++) {
    const frames = framesOf(await (await server.message(`[malformed=${nth}]`, STREAM)).text());
    assertEquals(frames.map(({ event }) => event), HELLO_WORLD);
    for (const [index, { data }] of frames.entries()) {
      if (index === nth - 1) assertThrows(() => JSON.parse(data), SyntaxError);
      else assertEquals(JSON.parse(data).type, HELLO_WORLD[index]);
    }
  }
  const whole = await (await server.message("[malformed=1]")).text();
  assertThrows(() => JSON.parse(whole), SyntaxError);
});

Deno.test("fake messages: [nofinish], [nodone] and [empty] leave out what they say", async () => {
  await using server = new FakeServer();
  const cases = [
    ["[nofinish]", HELLO_WORLD.filter((name) => name !== "message_delta")],
    ["[nodone]", HELLO_WORLD.slice(0, -1)],
    ["[nofinish] [nodone]", HELLO_WORLD.slice(0, -2)],
    ["[empty]", []],
  ] as const;
  for (const [tags, names] of cases) {
    const text = await (await server.message(tags, STREAM)).text();
    assertEquals(namesOf(text), names);
    assertEquals(checkMessagesStream(text).length > 0, true);
  }
  assertEquals(await (await server.message("[empty]")).text(), "");
});

Deno.test("fake messages: [slow=MS] waits once, [pace=MS] between events and pings", async () => {
  await using server = new FakeServer({ isInstant: true });
  const prompt = "[slow=3000] [pace=200] [comments=2]";
  const text = await (await server.message(prompt, STREAM)).text();
  assertEquals(namesOf(text), ["ping", "ping", ...HELLO_WORLD]);
  assertEquals(server.delaysMs, [3000, 200, 200, ...Array(HELLO_WORLD.length - 1).fill(200)]);
});

const USER = { role: "user", content: "hi" };
const CALL = { type: "tool_use", id: "toolu_1", name: "Bash", input: {} };
const RESULT = { type: "tool_result", tool_use_id: "toolu_1", content: "ok" };
const CALLED = { role: "assistant", content: [CALL] };

/** Fields that replace those of a good request; `undefined` leaves one out. */
const REFUSED: readonly (readonly [body: Record<string, unknown>, message: string])[] = [
  [{ model: undefined }, "model: Field required"],
  [{ max_tokens: undefined }, "max_tokens: Field required"],
  [{ messages: undefined }, "messages: Field required"],
  [{ messages: [] }, "messages: at least one message is required"],
  [{ messages: [{ role: "user" }] }, "messages.0.content: Field required"],
  [
    { messages: [{ role: "tool", content: "hi" }] },
    "messages.0.role: Input should be 'user' or 'assistant'",
  ],
  [{ max_tokens: -1 }, "max_tokens: "],
  [{ stop_sequences: [" "] }, "stop_sequences.0: each stop sequence must contain non-whitespace"],
  [{ thinking: { type: "enabled", budget_tokens: 1000 } }, "thinking.budget_tokens: "],
  [{ output_config: { format: { type: "json_schema" } } }, "output_config.format.schema: Field"],
  [{ tools: [{}] }, "tools.0.name: Field required"],
  [
    { messages: [{ role: "user", content: [{ type: "text", text: "" }] }] },
    "messages.0.content.0: text content blocks must be non-empty",
  ],
  [
    { messages: [{ role: "user", content: [{ type: "text" }] }] },
    "messages.0.content.0.text: Field required",
  ],
  [{ system: [{ type: "text", text: "" }] }, "system.0: text content blocks must be non-empty"],
  [
    { messages: [{ role: "user", content: [RESULT] }] },
    "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_1.",
  ],
  [
    {
      messages: [USER, CALLED, { role: "user", content: [RESULT] }, {
        role: "user",
        content: [RESULT],
      }],
    },
    "messages.3.content.0: unexpected `tool_use_id`",
  ],
  [
    { messages: [USER, CALLED, USER] },
    "messages.2: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1.",
  ],
  [{ messages: [USER, CALLED] }, "messages.1: `tool_use` ids were found without `tool_result`"],
  [
    { messages: [USER, { role: "assistant", content: [CALL, CALL] }] },
    "messages.1.content.1.tool_use: `tool_use` ids must be unique",
  ],
  [
    { messages: [USER, { role: "assistant", content: [{ ...CALL, input: "{}" }] }] },
    "messages.1.content.0.tool_use.input: Input should be a valid dictionary",
  ],
  [{ messages: [{ role: "user", content: "[slow=x]" }] }, "[slow=MS] takes a whole number"],
];

Deno.test("fake messages: what the real API refuses is refused in its words", async () => {
  await using server = new FakeServer();
  for (const [body, message] of REFUSED) {
    const response = await server.message("hi", body);
    const { type, error, request_id: requestId } = await response.json();
    assertEquals([response.status, type, error.type], [400, "error", "invalid_request_error"]);
    assertEquals(error.message.slice(0, message.length), message);
    assertEquals(requestId, response.headers.get("request-id"));
  }
  for (const body of ["{", "[]"]) {
    const response = await server.post("/v1/messages", body);
    assertEquals([response.status, (await response.json()).type], [400, "error"]);
  }
});

Deno.test("fake messages: a wrong method and an unknown path answer in the client's form", async () => {
  await using server = new FakeServer();
  const headers = { "anthropic-version": "2023-06-01" };
  const cases = [
    ["/v1/messages", "GET", {}, 405, "invalid_request_error"],
    ["/v1/messages/batches", "GET", {}, 404, "not_found_error"],
    ["/v1/nothing", "GET", headers, 404, "not_found_error"],
    ["/v1/models", "POST", headers, 405, "invalid_request_error"],
  ] as const;
  for (const [path, method, sent, status, type] of cases) {
    const response = await fetch(`${server.origin}${path}`, { method, headers: sent });
    assertEquals([response.status, (await response.json()).error.type], [status, type], path);
  }
});
