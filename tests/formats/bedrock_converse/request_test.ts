/** Requests of clients of each format, written for Converse. */

import { assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { anthropicMessages } from "../../../src/formats/anthropic_messages/mod.ts";
import { bedrockConverse } from "../../../src/formats/bedrock_converse/mod.ts";
import { openaiChat } from "../../../src/formats/openai_chat/mod.ts";

const NOVA = "us.amazon.nova-2-lite-v1:0";
const CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const HI = [{ role: "user", content: "Hi" }];
const SAID = [{ role: "user", content: [{ text: "Hi" }] }];
const PNG = "iVBORw0KGgo=";

function fromChat(body: JsonObject, model = NOVA) {
  const decoded = openaiChat.request.decode({ model, messages: HI, ...body });
  return bedrockConverse.encodeRequest(decoded);
}

function fromMessages(body: JsonObject, model = NOVA) {
  const decoded = anthropicMessages.request.decode({
    model,
    max_tokens: 100,
    messages: HI,
    ...body,
  });
  return bedrockConverse.encodeRequest(decoded);
}

interface Case {
  readonly chat: JsonObject;
  readonly model?: string;
  /** Members that are written beside `messages`, or in its place. */
  readonly written: JsonObject;
  /** How the warnings begin. */
  readonly warned?: readonly string[];
}

const call = (id: string) => ({
  role: "assistant",
  content: null,
  tool_calls: [{ id, type: "function", function: { name: "get", arguments: '{"a":1}' } }],
});
const result = (id: string) => ({ role: "tool", tool_call_id: id, content: "seen" });
const TOOL = { type: "function", function: { name: "get", parameters: { type: "object" } } };
const SPEC = { toolSpec: { name: "get", inputSchema: { json: { type: "object" } } } };
const LONG_ID = `call_${"x".repeat(80)}`;

const CASES: Readonly<Record<string, Case>> = {
  "system prompts, and one in the middle": {
    chat: {
      messages: [
        { role: "system", content: "Be brief" },
        ...HI,
        { role: "assistant", content: "Hello" },
        { role: "system", content: "Be kind" },
      ],
    },
    written: {
      system: [{ text: "Be brief" }],
      messages: [
        ...SAID,
        { role: "assistant", content: [{ text: "Hello" }] },
        {
          role: "user",
          content: [{ text: "<system-reminder>\nBe kind\n</system-reminder>" }],
        },
      ],
    },
  },
  "messages of one role in a row, and empty texts": {
    chat: { messages: [...HI, { role: "user", content: "" }, { role: "user", content: "Well?" }] },
    written: { messages: [{ role: "user", content: [{ text: "Hi" }, { text: "Well?" }] }] },
  },
  "sampling": {
    chat: { max_tokens: 7, temperature: 1.5, top_p: 0.5, stop: ["a", ""], seed: 1 },
    written: {
      inferenceConfig: { maxTokens: 7, temperature: 1, topP: 0.5, stopSequences: ["a"] },
    },
    warned: ["Stop sequences that are empty", '"seed" is left out', '"temperature" 1.5'],
  },
  "top_k, where Nova and where Claude has it": {
    chat: { top_k: 3 },
    written: { additionalModelRequestFields: { inferenceConfig: { topK: 3 } } },
  },
  "tools and a choice": {
    chat: { tools: [TOOL], tool_choice: "required" },
    written: { toolConfig: { tools: [SPEC], toolChoice: { any: {} } } },
  },
  "calls of tools that are not declared any more": {
    chat: { messages: [...HI, call("call_1"), result("call_1")] },
    written: {
      messages: [
        ...SAID,
        {
          role: "assistant",
          content: [{ toolUse: { toolUseId: "call_1", name: "get", input: { a: 1 } } }],
        },
        {
          role: "user",
          content: [{ toolResult: { toolUseId: "call_1", content: [{ text: "seen" }] } }],
        },
      ],
      toolConfig: {
        tools: [{
          toolSpec: {
            name: "get",
            description: "Not available any more",
            inputSchema: { json: { type: "object", properties: {} } },
          },
        }],
      },
    },
  },
  "no choice of a tool": { chat: { tools: [TOOL], tool_choice: "none" }, written: {} },
  "an image": {
    chat: {
      messages: [{
        role: "user",
        content: [{ type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }],
      }],
    },
    written: {
      messages: [{
        role: "user",
        content: [{ image: { format: "png", source: { bytes: PNG } } }],
      }],
    },
  },
  "a schema of the answer, where it is promised": {
    chat: {
      response_format: { type: "json_schema", json_schema: { name: "n", schema: { a: 1 } } },
    },
    model: CLAUDE,
    written: {
      outputConfig: {
        textFormat: {
          type: "json_schema",
          structure: { jsonSchema: { schema: '{"a":1}', name: "n" } },
        },
      },
    },
  },
  "reasoning of Nova": {
    chat: { reasoning_effort: "minimal" },
    written: {
      additionalModelRequestFields: {
        reasoningConfig: { type: "enabled", maxReasoningEffort: "low" },
      },
    },
  },
  "reasoning of gpt-oss": {
    chat: { reasoning_effort: "high" },
    model: "openai.gpt-oss-120b-1:0",
    written: { additionalModelRequestFields: { reasoning_effort: "high" } },
  },
  "reasoning of Claude": {
    chat: { reasoning_effort: "low", max_tokens: 8_192 },
    model: CLAUDE,
    written: {
      inferenceConfig: { maxTokens: 8_192 },
      additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 4_096 } },
    },
  },
  "reasoning of a model without a word for it": {
    chat: { reasoning_effort: "high" },
    model: "meta.llama4-scout-v1:0",
    written: {},
    warned: ["The reasoning that was asked for is left out"],
  },
};

for (const [name, { chat, model, written, warned = [] }] of Object.entries(CASES)) {
  Deno.test(`Converse is asked for ${name}`, () => {
    const { body, warnings } = fromChat(chat, model);
    assertEquals(body, { messages: SAID, ...written });
    assertEquals(
      warnings.map((warning, at) => warning.slice(0, warned[at]?.length)),
      warned,
    );
  });
}

Deno.test("a name of a call is the same in the call and in its result, and one that Bedrock takes", () => {
  for (const id of ["call:1", LONG_ID, "ä"]) {
    const { body } = fromChat({ messages: [...HI, call(id), result(id)] });
    const [, made, answered] = body["messages"] as readonly { content: JsonObject[] }[];
    const [used, given] = [made?.content[0]?.["toolUse"], answered?.content[0]?.["toolResult"]]
      .map((part) => (part as JsonObject)["toolUseId"]);
    assertEquals(used, given);
    assertEquals(/^[a-zA-Z0-9_-]{1,64}$/.test(String(used)), true, String(used));
  }
});

Deno.test("what would make another question of a request is refused", () => {
  const refused: readonly (readonly [JsonObject, string])[] = [
    [{ n: 2 }, '"n" must be 1'],
    [{ logprobs: true }, '"logprobs" must not'],
    [
      {
        messages: [{
          role: "user",
          content: [{ type: "image_url", image_url: { url: "https://a.example/b.png" } }],
        }],
      },
      "names an address",
    ],
    [{ messages: [{ role: "narrator", content: "Hi" }] }, "has no meaning here"],
  ];
  for (const [chat, message] of refused) {
    assertThrows(() => fromChat(chat), GatewayError, message);
  }
});

Deno.test("marks of caches stand behind what they are of, where the model knows them", () => {
  const cache = { type: "ephemeral" };
  const body = {
    system: [{ type: "text", text: "Be brief", cache_control: { ...cache, ttl: "1h" } }],
    tools: [{ name: "get", input_schema: { type: "object" }, cache_control: cache }],
  };
  const marked = fromMessages(body).body;
  assertEquals(marked["system"], [
    { text: "Be brief" },
    { cachePoint: { type: "default", ttl: "1h" } },
  ]);
  const { toolConfig } = fromMessages(body, CLAUDE).body;
  assertEquals(toolConfig, { tools: [SPEC, { cachePoint: { type: "default" } }] });
  assertEquals(marked["toolConfig"], { tools: [SPEC] });
  const plain = fromMessages(body, "meta.llama4-scout-v1:0");
  assertEquals(plain.body["system"], [{ text: "Be brief" }]);
  assertEquals(plain.warnings, [
    "Marks of what is to be cached are left out: the model takes none, or none in that place",
  ]);
});

Deno.test("reasoning is told in the model's words, and that it cannot be switched off", () => {
  const effortOf = (tokens: number): unknown =>
    fromChat({ reasoning: { max_tokens: tokens } }).body["additionalModelRequestFields"];
  for (const [tokens, effort] of [[2_000, "low"], [8_000, "medium"], [30_000, "high"]] as const) {
    const reasoningConfig = { type: "enabled", maxReasoningEffort: effort };
    assertEquals(effortOf(tokens), { reasoningConfig });
  }
  const off = fromChat({ reasoning_effort: "none" }, "openai.gpt-oss-120b-1:0");
  assertEquals(off.body["additionalModelRequestFields"], { reasoning_effort: "low" });
  assertEquals(off.warnings.length, 1);
});

Deno.test("reasoning goes back to Bedrock with its own signature, and with nobody else's", () => {
  const turns = (signature: string, issuer: string) =>
    bedrockConverse.encodeRequest({
      model: CLAUDE,
      stream: false,
      natives: [],
      messages: [
        { role: "user", parts: [{ type: "text", text: "Hi" }] },
        {
          role: "assistant",
          parts: [
            { type: "reasoning", text: "Hm", seal: { value: signature, issuer } },
            { type: "text", text: "Hello" },
          ],
        },
        { role: "user", parts: [{ type: "text", text: "Well?" }] },
      ],
    });
  const own = turns("s", "bedrock_converse");
  assertEquals((own.body["messages"] as JsonObject[])[1]?.["content"], [
    { reasoningContent: { reasoningText: { text: "Hm", signature: "s" } } },
    { text: "Hello" },
  ]);
  const foreign = turns("s", "anthropic_messages");
  assertEquals((foreign.body["messages"] as JsonObject[])[1]?.["content"], [{ text: "Hello" }]);
  assertEquals(foreign.warnings.length, 1);
});
