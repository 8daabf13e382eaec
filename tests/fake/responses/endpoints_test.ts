/** What the fake server says in Responses, whole and streamed, and the failures that tags ask for. */

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { REFUSALS } from "../../../src/fake/errors.ts";
import { readFrames } from "../../formats/anthropic_messages/sse_frames.ts";
import { checkResponsesStream } from "../../formats/openai_responses/stream_checker.ts";
import { FakeServer, readBroken } from "../fake_server.ts";

const STREAM = { stream: true };

const SCHEMA = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};

/** Each is answered whole and as a stream, which must say the same. */
const HEALTHY: readonly (readonly [prompt: string, body?: Record<string, unknown>])[] = [
  ["Say something"],
  ["[tokens=0]"],
  ["[tokens=500]"],
  ["[length]"],
  ["[comments=3]"],
  ["[cache-read=7] [cache-write=5]"],
  ["[reasoning=let me see]", { reasoning: { summary: "auto" } }],
  ["[tool=get_weather]"],
  [`[tool=get_weather {"city":"Köln"}] [tool=get_time {"at":"🌍"}]`],
  [`[reasoning=let me see] [tokens=3] [tool=get_weather {"city":"Köln"}]`],
  ["Broken off", { max_output_tokens: 1 }],
  [`[tool=a {"b":"a long argument"}]`, { max_output_tokens: 2 }],
  ["As JSON", { text: { format: { type: "json_schema", name: "n", schema: SCHEMA } } }],
  ["In words", { instructions: "Be brief", metadata: { a: "b" } }],
];

const HELLO_WORLD = [
  "response.created",
  "response.in_progress",
  "response.output_item.added",
  "response.content_part.added",
  "response.output_text.delta",
  "response.output_text.delta",
  "response.output_text.done",
  "response.content_part.done",
  "response.output_item.done",
  "response.completed",
];

function eventsOf(text: string) {
  return readFrames(text).frames.map(({ data }) => JSON.parse(data));
}

function namesOf(text: string): readonly (string | undefined)[] {
  return readFrames(text).frames.map(({ event }) => event);
}

for (const [prompt, body = {}] of HEALTHY) {
  const name = `${prompt} ${Object.keys(body).join(" ")}`.trim();
  Deno.test(`fake responses: a stream is faultless and says what a whole answer says: ${name}`, async () => {
    await using server = new FakeServer();
    const text = await (await server.respond(prompt, { ...body, ...STREAM })).text();
    assertEquals(checkResponsesStream(text), []);
    const whole = await (await server.respond(prompt, body)).json();
    const withoutIds = (response: unknown) =>
      JSON.parse(JSON.stringify(response).replace(/_\d{15,}/g, "_ID"));
    assertEquals(withoutIds(eventsOf(text).at(-1).response), withoutIds(whole));
  });
}

Deno.test("fake responses: events come in the real order, with and without /v1", async () => {
  await using server = new FakeServer();
  for (const path of ["/v1/responses", "/responses"]) {
    const text = await (await server.post(path, { input: "hi", ...STREAM })).text();
    assertEquals(namesOf(text), HELLO_WORLD);
  }
});

Deno.test("fake responses: a call comes back in the kind in which its tool was declared", async () => {
  await using server = new FakeServer();
  const tools = [
    { type: "custom", name: "apply_patch" },
    { type: "tool_search", execution: "client" },
    { type: "namespace", name: "N", tools: [{ type: "function", name: "open" }] },
  ];
  const prompt = `[tool=apply_patch {"input":"*** Begin"}] [tool=tool_search {"query":"q"}] ` +
    `[tool=open {"a":1}]`;
  const text = await (await server.respond(prompt, { tools, ...STREAM })).text();
  assertEquals(checkResponsesStream(text), []);
  const [patch, search, open] = eventsOf(text).at(-1).response.output;
  assertEquals([patch.type, patch.name, patch.input], [
    "custom_tool_call",
    "apply_patch",
    "*** Begin",
  ]);
  assertEquals([search.type, search.execution, search.arguments], [
    "tool_search_call",
    "client",
    { query: "q" },
  ]);
  assertEquals([open.type, open.namespace, open.arguments], ["function_call", "N", '{"a":1}']);
  // Declared in the input, as agents do.
  const input = [
    { type: "additional_tools", role: "developer", tools },
    { role: "user", content: "[tool=apply_patch]" },
  ];
  const { output } = await (await server.respond("", { input })).json();
  assertEquals(output[0].type, "custom_tool_call");
});

Deno.test("fake responses: a tool is called once, its result gets a text", async () => {
  await using server = new FakeServer();
  const input = [
    { role: "user", content: [{ type: "input_text", text: "[tool=Bash]" }] },
    { role: "developer", content: "A hint" },
    { type: "function_call", call_id: "call_1", name: "Bash", arguments: "{}" },
    { type: "function_call_output", call_id: "call_1", output: "[500]" },
  ];
  const called = await (await server.respond("", { input: input.slice(0, 2) })).json();
  assertEquals(called.output[0].type, "function_call");
  const answered = await (await server.respond("", { input })).json();
  assertEquals(answered.output[0].content[0].text, "hello world");
});

Deno.test("fake responses: each error tag has its status and OpenAI's words", async () => {
  await using server = new FakeServer();
  for (const [name, { status, message, code }] of Object.entries(REFUSALS)) {
    for (const body of [{}, STREAM]) {
      const response = await server.respond(`Reply with [${name}]`, body);
      assertEquals(response.status, status);
      const { error } = await response.json();
      assertEquals([error.message, error.code], [message, code]);
      assertMatch(response.headers.get("x-request-id") ?? "", /^req_\d+$/);
    }
  }
});

Deno.test("fake responses: [cut=N], [stall=N] and [error=N] break a stream where they say", async () => {
  await using server = new FakeServer({ isInstant: true });
  for (let count = 0; count <= HELLO_WORLD.length; count++) {
    for (const tag of ["cut", "stall"]) {
      const { text, ended } = await readBroken(await server.respond(`[${tag}=${count}]`, STREAM));
      assertEquals([namesOf(text), ended], [HELLO_WORLD.slice(0, count), false]);
    }
    const failed = await (await server.respond(`[error=${count}]`, STREAM)).text();
    assertEquals(namesOf(failed), [...HELLO_WORLD.slice(0, count), "error"]);
    const { type, code, sequence_number: number } = eventsOf(failed).at(-1);
    assertEquals([type, code, number], ["error", null, count]);
  }
  const whole = await server.respond("[error=1]");
  assertEquals([whole.status, Object.keys(await whole.json())], [200, ["error"]]);
});

Deno.test("fake responses: [malformed=N], [nofinish], [nodone] and [empty] do what they say", async () => {
  await using server = new FakeServer();
  const broken = await (await server.respond("[malformed=5]", STREAM)).text();
  assertEquals(namesOf(broken), HELLO_WORLD);
  assertThrows(() => JSON.parse(readFrames(broken).frames[4]!.data), SyntaxError);
  const unfinished = await (await server.respond("[nofinish]", STREAM)).text();
  assertEquals(eventsOf(unfinished).at(-1).response.status, null);
  assertEquals(
    namesOf(await (await server.respond("[nodone]", STREAM)).text()),
    HELLO_WORLD.slice(0, -1),
  );
  assertEquals(await (await server.respond("[empty]", STREAM)).text(), "");
});

Deno.test("fake responses: what the real API refuses is refused in its words", async () => {
  await using server = new FakeServer();
  const output = { type: "function_call_output", call_id: "call_1", output: "1" };
  const call = { type: "function_call", call_id: "call_1", name: "f", arguments: "{}" };
  const cases = [
    [{ input: undefined }, "missing_required_parameter", "Missing required parameter: 'input'."],
    [{ input: [output] }, "invalid_request", "No tool call found for function call output"],
    [{ input: [call] }, "invalid_request", "No tool output found for function call call_1."],
    [
      { previous_response_id: "resp_0" },
      "previous_response_not_found",
      "Previous response with id",
    ],
    [{ max_output_tokens: 0 }, "invalid_value", "Invalid value for 'max_output_tokens'"],
  ] as const;
  for (const [body, code, message] of cases) {
    const response = await server.respond("hi", body);
    const { error } = await response.json();
    assertEquals([response.status, error.code, error.message.slice(0, message.length)], [
      400,
      code,
      message,
    ]);
  }
});

Deno.test("fake responses: input tokens are counted as a response counts them", async () => {
  await using server = new FakeServer();
  const body = { input: "How many?", instructions: "Be brief" };
  const counted = await (await server.post("/v1/responses/input_tokens", body)).json();
  const { usage } = await (await server.post("/v1/responses", body)).json();
  assertEquals(counted, { object: "response.input_tokens", input_tokens: usage.input_tokens });
});
