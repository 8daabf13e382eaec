/** What the fake server says in Anthropic's API, whole and streamed. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readFrames } from "../../formats/anthropic_messages/sse_frames.ts";
import { checkMessagesStream } from "../../formats/anthropic_messages/stream_checker.ts";
import { FakeServer } from "../fake_server.ts";

const STREAM = { stream: true };

const SCHEMA = {
  type: "object",
  properties: { city: { type: "string" }, degrees: { type: "integer", minimum: 3 } },
  required: ["city", "degrees"],
  additionalProperties: false,
};

/** Each is answered whole and as a stream, which must say the same. */
const HEALTHY: readonly (readonly [prompt: string, body?: Record<string, unknown>])[] = [
  ["Say something"],
  ["[tokens=0]"],
  ["[tokens=1]"],
  ["[tokens=500]"],
  ["[echo] Grüße, 世界 🌍"],
  ["[length]"],
  ["[comments=3]"],
  ["[cache-read=7] [cache-write=5]"],
  ["[reasoning=let me see]"],
  ["[tool=get_weather]"],
  [`[tool=get_weather {"city":"Köln","days":[1,2]}] [tool=get_time {"at":"🌍"}]`],
  [`[reasoning=let me see] [tokens=3] [tool=get_weather {"city":"Köln"}]`],
  ["Broken off", { max_tokens: 1 }],
  ["Only a cache is to be warmed", { max_tokens: 0 }],
  ["[reasoning=let me see]", { max_tokens: 2 }],
  ["Stopped", { stop_sequences: ["never", "wor", "hello world"] }],
  ["Stopped", { stop_sequences: ["ld", "wor"] }],
  ["Stopped too late", { stop_sequences: ["ld"], max_tokens: 1 }],
  ["As JSON", { output_config: { format: { type: "json_schema", schema: SCHEMA } } }],
];

function eventsOf(text: string) {
  const { frames, unfinished } = readFrames(text);
  assertEquals(unfinished, "");
  return frames.map(({ data }) => JSON.parse(data));
}

/** The message that a client puts together from a stream. */
function messageOf(text: string) {
  const message: Record<string, unknown> = {};
  // deno-lint-ignore no-explicit-any -- The events are what is tested.
  const content: any[] = [];
  for (const event of eventsOf(text)) {
    if (event.type === "message_start") Object.assign(message, event.message);
    if (event.type === "content_block_start") content.push({ ...event.content_block, json: "" });
    const block = content[event.index];
    if (event.type === "content_block_delta") {
      const { text = "", thinking = "", signature = "", partial_json: json = "" } = event.delta;
      if (block.type === "text") block.text += text;
      if (block.type === "thinking") block.thinking += thinking;
      if (block.type === "thinking") block.signature += signature;
      block.json += json;
    }
    if (event.type === "message_delta") {
      Object.assign(message, event.delta, { usage: event.usage });
    }
  }
  return {
    ...message,
    content: content.map(({ json, ...block }) =>
      block.type === "tool_use" ? { ...block, input: JSON.parse(json) } : block
    ),
  };
}

Deno.test("fake messages: a message is answered with and without /v1, whatever the query", async () => {
  await using server = new FakeServer();
  const messages = [{ role: "user", content: [{ type: "text", text: "Your prompt here" }] }];
  for (const path of ["/v1/messages", "/messages", "/v1/messages?beta=true"]) {
    const response = await server.post(path, { model: "any-model", max_tokens: 10, messages });
    assertEquals([response.status, response.headers.get("content-type")], [
      200,
      "application/json",
    ]);
    assertMatch(response.headers.get("request-id") ?? "", /^req_\d+$/);
    assertEquals(response.headers.get("x-request-id"), null);
    const { id, ...rest } = await response.json();
    assertMatch(id, /^msg_\d+$/);
    assertEquals(rest, {
      type: "message",
      role: "assistant",
      model: "fake-model",
      content: [{ type: "text", text: "hello world" }],
      stop_reason: "end_turn",
      stop_sequence: null,
      stop_details: null,
      usage: {
        input_tokens: 4,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
        output_tokens: 2,
        service_tier: "standard",
      },
    });
  }
  assertEquals(server.events, ["open", "done", "open", "done", "open", "done"]);
});

for (const [prompt, body = {}] of HEALTHY) {
  const name = `${prompt} ${Object.keys(body).join(" ")}`.trim();
  Deno.test(`fake messages: a stream is faultless and says what a whole answer says: ${name}`, async () => {
    await using server = new FakeServer();
    const response = await server.message(prompt, { ...body, ...STREAM });
    assertEquals(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
    assertMatch(response.headers.get("request-id") ?? "", /^req_\d+$/);
    const text = await response.text();
    assertEquals(checkMessagesStream(text), []);
    if (prompt.includes("[echo]")) return; // The two bodies differ.
    const whole = await (await server.message(prompt, body)).json();
    const withoutIds = (message: unknown) =>
      JSON.parse(JSON.stringify(message).replace(/"(msg|toolu)_\d+"/g, '"ID"'));
    assertEquals(withoutIds(messageOf(text)), withoutIds(whole));
  });
}

Deno.test("fake messages: the events of a stream come in the real order, each with its name", async () => {
  await using server = new FakeServer();
  const prompt = "[comments=2] [reasoning=let me] [tokens=1] [tool=get_time]";
  const { frames } = readFrames(await (await server.message(prompt, STREAM)).text());
  assertEquals(frames.map(({ event, data }) => [event, JSON.parse(data).delta?.type ?? ""]), [
    ["ping", ""],
    ["ping", ""],
    ["message_start", ""],
    ["content_block_start", ""],
    ["content_block_delta", "thinking_delta"],
    ["content_block_delta", "thinking_delta"],
    ["content_block_delta", "signature_delta"],
    ["content_block_stop", ""],
    ["content_block_start", ""],
    ["content_block_delta", "text_delta"],
    ["content_block_stop", ""],
    ["content_block_start", ""],
    ["content_block_delta", "input_json_delta"],
    ["content_block_stop", ""],
    ["message_delta", ""],
    ["message_stop", ""],
  ]);
});

Deno.test("fake messages: why an answer ends, and what it has until then", async () => {
  await using server = new FakeServer();
  const cases = [
    ["hi", {}, "end_turn", null, ["hello world"]],
    ["[length]", {}, "max_tokens", null, ["hello world"]],
    ["[nofinish]", {}, null, null, ["hello world"]],
    ["hi", { max_tokens: 1 }, "max_tokens", null, ["hello"]],
    ["hi", { max_tokens: 2 }, "end_turn", null, ["hello world"]],
    ["hi", { max_tokens: 0 }, "max_tokens", null, []],
    ["hi", { stop_sequences: ["ld", "wor"] }, "stop_sequence", "wor", ["hello "]],
    ["hi", { stop_sequences: ["hello"] }, "stop_sequence", "hello", []],
    ["hi", { stop_sequences: ["HELLO"] }, "end_turn", null, ["hello world"]],
    ["[length]", { stop_sequences: ["o w"] }, "max_tokens", null, ["hell"]],
    ["[tool=get_time]", {}, "tool_use", null, [{}]],
    ["[tool=get_time] [length]", {}, "max_tokens", null, [{}]],
    [`[tool=a {"b":"a long argument"}]`, { max_tokens: 1 }, "max_tokens", null, [{}]],
    ["[tool=a] [tool=b]", { max_tokens: 1 }, "max_tokens", null, [{}]],
    ["[reasoning=a b c]", { max_tokens: 2 }, "max_tokens", null, ["a b"]],
  ] as const;
  for (const [prompt, body, reason, sequence, said] of cases) {
    const message = await (await server.message(prompt, body)).json();
    const blocks = message.content.map((block: Record<string, unknown>) =>
      block.text ?? block.thinking ?? block.input
    );
    const name = `${prompt} ${JSON.stringify(body)}`;
    assertEquals(
      [message.stop_reason, message.stop_sequence, blocks],
      [reason, sequence, said],
      name,
    );
  }
});

Deno.test("fake messages: a call that is broken off shows half of its input in a stream", async () => {
  await using server = new FakeServer();
  const prompt = `[tool=a {"b":"a long argument"}]`;
  const text = await (await server.message(prompt, { ...STREAM, max_tokens: 2 })).text();
  assertEquals(checkMessagesStream(text), []);
  const json = eventsOf(text).map(({ delta }) => delta?.partial_json ?? "").join("");
  assertEquals(json, `{"b":"a long`);
  assertEquals(eventsOf(text).at(-2).delta.stop_reason, "max_tokens");
});

Deno.test("fake messages: thinking has a signature, the same for the same thoughts", async () => {
  await using server = new FakeServer();
  const think = async (text: string) =>
    (await (await server.message(`[reasoning=${text}]`)).json()).content[0];
  const first = await think("let me see");
  assertEquals([first.type, first.thinking], ["thinking", "let me see"]);
  assertMatch(atob(first.signature), /^fake-signature-\d+$/);
  assertEquals((await think("let me see")).signature, first.signature);
  assert((await think("let me be")).signature !== first.signature);
});

Deno.test("fake messages: usage tells of the cache beside the input, and of thinking", async () => {
  await using server = new FakeServer();
  const prompt = "[cache-read=7] [cache-write=5] [reasoning=a b]";
  const { usage } = await (await server.message(prompt)).json();
  assertEquals(usage, {
    input_tokens: Math.ceil(prompt.length / 4),
    cache_creation_input_tokens: 5,
    cache_read_input_tokens: 7,
    cache_creation: { ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 0 },
    output_tokens: 4,
    output_tokens_details: { thinking_tokens: 2 },
    service_tier: "standard",
  });
  const [start] = eventsOf(await (await server.message(prompt, STREAM)).text());
  const { output_tokens_details: _, ...counted } = usage;
  assertEquals(start.message.usage, { ...counted, output_tokens: 1 });
});

Deno.test("fake messages: JSON that was asked for fits its schema, in both spellings", async () => {
  await using server = new FakeServer();
  const format = { type: "json_schema", schema: SCHEMA };
  for (const body of [{ output_config: { format } }, { output_format: format }]) {
    const { content } = await (await server.message("As JSON", body)).json();
    const value = JSON.parse(content[0].text);
    assertEquals([typeof value.city, value.degrees >= 3], ["string", true]);
  }
  const impossible = { type: "json_schema", schema: { type: "no such type" } };
  const refused = await server.message("As JSON", { output_config: { format: impossible } });
  assertEquals(refused.status, 400);
  assertStringIncludes((await refused.json()).error.message, "output_config.format.schema: ");
});

const CALL = { type: "tool_use", id: "toolu_1", name: "Bash", input: {} };
const RESULT = { type: "tool_result", tool_use_id: "toolu_1", content: "[500] is what it printed" };

Deno.test("fake messages: a tool is called once, its result gets a text", async () => {
  await using server = new FakeServer();
  const prompt = { role: "user", content: `[tool=Bash {"command":"ls"}]` };
  const called = { role: "assistant", content: [CALL] };
  const answered = { role: "user", content: [RESULT] };
  const hint = { role: "system", content: "[429] A hint" };
  const hintBlock = { type: "text", text: "<system-reminder>Go on</system-reminder>" };
  const again = { type: "text", text: "[tool=Read]" };
  const cases = [
    [[prompt], "tool_use"],
    [[prompt, hint], "tool_use"],
    [[prompt, { role: "assistant", content: "I" }], "tool_use"],
    [[prompt, called, answered], "end_turn"],
    [[prompt, hint, called, answered, hint], "end_turn"],
    [[prompt, called, { role: "user", content: [RESULT, hintBlock] }], "end_turn"],
    [[prompt, called, { role: "user", content: [RESULT, again] }], "tool_use"],
    [[prompt, called, answered, { role: "assistant", content: "ok" }, prompt], "tool_use"],
  ] as const;
  for (const [messages, reason] of cases) {
    const message = await (await server.message("", { messages })).json();
    assertEquals(message.stop_reason, reason, JSON.stringify(messages));
  }
});

Deno.test("fake messages: tokens are counted as the usage of a message tells them", async () => {
  await using server = new FakeServer();
  const question = {
    model: "any-model",
    system: [{ type: "text", text: "You are a fake." }],
    tools: [{ name: "Bash", input_schema: { type: "object" } }],
    messages: [
      { role: "user", content: "What is this?" },
      { role: "assistant", content: [{ ...CALL, input: { command: "ls" } }] },
      {
        role: "user",
        content: [
          { ...RESULT, content: [{ type: "text", text: "a file" }] },
          {
            type: "image",
            source: { type: "base64", media_type: "image/png", data: "A".repeat(99) },
          },
        ],
      },
    ],
  };
  const said = "You are a fake." + `[{"name":"Bash","input_schema":{"type":"object"}}]` +
    "What is this?" + `{"command":"ls"}` + "a file";
  for (const path of ["/v1/messages/count_tokens", "/messages/count_tokens?beta=true"]) {
    const counted = await server.post(path, question);
    assert(counted.headers.has("request-id"));
    assertEquals(await counted.json(), { input_tokens: Math.ceil(said.length / 4) });
  }
  const { usage } = await (await server.message("", question)).json();
  assertEquals(usage.input_tokens, Math.ceil(said.length / 4));
  const refused = await server.post("/v1/messages/count_tokens", {
    model: "any-model",
    messages: [{ role: "user", content: "[529]" }],
  });
  assertEquals([refused.status, (await refused.json()).error.type], [529, "overloaded_error"]);
});
