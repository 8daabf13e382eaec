/** Whether the strict stand-ins refuse what they are there to refuse: what a gateway got wrong. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { checkMessagesStream } from "../../formats/anthropic_messages/stream_checker.ts";
import { COMMAND_OUTPUT } from "./agent_tools.ts";
import { ANTHROPIC_KEY, startAnthropic } from "./anthropic.ts";
import { CHAT_KEY, startStrictChat } from "./strict_chat.ts";

const HELLO = { role: "user", content: "Hi" };
const SCHEMA = { type: "object", properties: {} };

const MESSAGES_CALL = { type: "tool_use", id: "toolu_1", name: "Bash", input: {} };
const MESSAGES_RESULT = { type: "tool_result", tool_use_id: "toolu_1", content: COMMAND_OUTPUT };
const MESSAGES_TURNS = [
  HELLO,
  { role: "assistant", content: [MESSAGES_CALL] },
  { role: "user", content: [MESSAGES_RESULT] },
];

function askMessages(
  origin: string,
  body: JsonObject,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${origin}/v1/messages?beta=true`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "anthropic-version": "2023-06-01",
      "x-api-key": ANTHROPIC_KEY,
      ...headers,
    },
    body: JSON.stringify({ model: "m", max_tokens: 9, messages: [HELLO], ...body }),
  });
}

/** Bodies and headers, with what the sentence of the refusal must hold. */
const MESSAGES_REFUSED: Readonly<
  Record<string, readonly [body: JsonObject, says: string, headers?: Record<string, string>]>
> = {
  "a version that does not exist": [{}, "anthropic-version", { "anthropic-version": "2020-01-01" }],
  "a field of another API": [{ reasoning_effort: "low" }, "Extra inputs are not permitted"],
  "a field whose beta was lost": [{ context_management: {} }, "Extra inputs are not permitted"],
  "an effort of a message whose beta was lost": [
    { messages: [{ ...HELLO, output_config: { effort: "low" } }] },
    "Extra inputs are not permitted",
  ],
  "a field that the newer version no longer has": [
    { temperature: 1 },
    "Extra inputs are not permitted",
    { "anthropic-version": "2026-10-21" },
  ],
  "a billing block that is not the first": [
    {
      system: [
        { type: "text", text: "Be kind." },
        { type: "text", text: "x-anthropic-billing-header: cc_version=1;" },
      ],
    },
    "system.1",
  ],
  "a tool without a schema": [{ tools: [{ name: "Bash" }] }, "input_schema"],
  "a result that nobody asked for": [
    { messages: [{ role: "user", content: [MESSAGES_RESULT] }] },
    "unexpected `tool_use_id`",
  ],
  "a call without its result": [{ messages: [...MESSAGES_TURNS.slice(0, 2), HELLO] }, "without"],
  "a call at the end": [{ messages: MESSAGES_TURNS.slice(0, 2) }, "without"],
  "a call whose input is text": [
    { messages: [{ role: "assistant", content: [{ ...MESSAGES_CALL, input: "{}" }] }] },
    "valid dictionary",
  ],
  "text that is empty": [
    { messages: [{ role: "user", content: [{ type: "text", text: "" }] }] },
    "non-empty",
  ],
  "thinking with a foreign signature": [
    {
      messages: [HELLO, {
        role: "assistant",
        content: [{ type: "thinking", thinking: "Hm.", signature: "" }],
      }],
    },
    "Invalid `signature`",
  ],
  "a role of another API": [{ messages: [{ role: "tool", content: "42" }] }, "role"],
};

Deno.test("the Messages stand-in answers what is right, and each stream is", async () => {
  await using standIn = startAnthropic();
  const whole = await askMessages(standIn.origin, { messages: MESSAGES_TURNS });
  assertStringIncludes(await whole.text(), `The tool said: ${COMMAND_OUTPUT}`);
  const tools = [{ name: "Read", input_schema: SCHEMA }, { name: "Bash", input_schema: SCHEMA }];
  for (const tag of ["[tool]", "[parallel]", "[think]", "[stream error]", ""]) {
    const messages = [{ role: "user", content: `Hi ${tag}` }];
    const response = await askMessages(standIn.origin, { messages, tools, stream: true });
    const stream = await response.bytes();
    assertEquals(checkMessagesStream(stream), [], tag);
    const isCall = tag === "[tool]" || tag === "[parallel]";
    assertEquals(new TextDecoder().decode(stream).includes('"name":"Bash"'), isCall);
  }
});

Deno.test("the Messages stand-in refuses", async (test) => {
  await using standIn = startAnthropic();
  for (const [what, [body, says, headers]] of Object.entries(MESSAGES_REFUSED)) {
    await test.step(what, async () => {
      const response = await askMessages(standIn.origin, body, headers);
      const { type, error } = await response.json();
      assertEquals([response.status, type, error.type], [400, "error", "invalid_request_error"]);
      assertStringIncludes(error.message, says);
    });
  }
  await test.step("another key", async () => {
    const response = await askMessages(standIn.origin, {}, { "x-api-key": "another" });
    await response.body?.cancel();
    assertEquals(response.status, 401);
  });
});

const CHAT_CALL = {
  role: "assistant",
  content: null,
  tool_calls: [{ id: "call_1", type: "function", function: { name: "Bash", arguments: "{}" } }],
};
const CHAT_RESULT = { role: "tool", tool_call_id: "call_1", content: COMMAND_OUTPUT };
const CHAT_TOOL = { type: "function", function: { name: "Bash", parameters: SCHEMA } };

function askChat(origin: string, body: JsonObject): Promise<Response> {
  return fetch(`${origin}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "authorization": `Bearer ${CHAT_KEY}` },
    body: JSON.stringify({ model: "m", messages: [HELLO], ...body }),
  });
}

const CHAT_REFUSED: Readonly<Record<string, readonly [body: JsonObject, says: string]>> = {
  "a field of another API": [{ thinking: { type: "adaptive" } }, "thinking"],
  "a cache mark within a part": [
    {
      messages: [{
        role: "user",
        content: [{ type: "text", text: "Hi", cache_control: { type: "ephemeral" } }],
      }],
    },
    "cache_control",
  ],
  "a tool of another API": [{ tools: [{ name: "Bash", input_schema: SCHEMA }] }, "tools"],
  "a result that nobody asked for": [{ messages: [HELLO, CHAT_RESULT] }, "preceding"],
  "a result after something else was said": [
    { messages: [HELLO, CHAT_CALL, HELLO, CHAT_RESULT] },
    "followed by tool messages",
  ],
  "a call without its result": [{ messages: [HELLO, CHAT_CALL] }, "call_1"],
  "an answer that says nothing": [
    { messages: [HELLO, { role: "assistant", content: null }, HELLO] },
    "expected a string",
  ],
  "a choice of tools without tools": [{ tool_choice: "auto" }, "only allowed when"],
  "options of a stream that is none": [{ stream_options: {} }, "only allowed when"],
};

Deno.test("the chat stand-in answers what is right", async () => {
  await using standIn = startStrictChat();
  const tools = [{ type: "function", function: { name: "Read" } }, CHAT_TOOL];
  const answered = await askChat(standIn.origin, { messages: [HELLO, CHAT_CALL, CHAT_RESULT] });
  assertStringIncludes(await answered.text(), `The tool said: ${COMMAND_OUTPUT}`);
  const messages = [{ role: "user", content: "Hi [tool]" }];
  const asked = await askChat(standIn.origin, { messages, tools });
  assertEquals((await asked.json()).choices[0].message.tool_calls[0].function.name, "Bash");
  const streamed = await askChat(standIn.origin, { messages, tools, stream: true });
  assertStringIncludes(await streamed.text(), '"finish_reason":"tool_calls"');
});

Deno.test("the chat stand-in refuses", async (test) => {
  await using standIn = startStrictChat();
  for (const [what, [body, says]] of Object.entries(CHAT_REFUSED)) {
    await test.step(what, async () => {
      const response = await askChat(standIn.origin, body);
      const { error } = await response.json();
      assertEquals([response.status, error.type], [400, "invalid_request_error"]);
      assertStringIncludes(error.message, says);
    });
  }
});
