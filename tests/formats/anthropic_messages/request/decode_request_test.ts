/** Requests of Anthropic's clients, read. */

import { assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../../src/core/text/json.ts";
import { anthropicMessages } from "../../../../src/formats/anthropic_messages/mod.ts";

const { decode, facts } = anthropicMessages.request;
const FORMAT = "anthropic_messages";

function request(fields: JsonObject): JsonObject {
  return {
    model: "claude",
    max_tokens: 100,
    messages: [{ role: "user", content: "Hi" }],
    ...fields,
  };
}

Deno.test("decode() reads what a plain request says", () => {
  assertEquals(decode(request({ stream: true })), {
    model: "claude",
    messages: [{ role: "user", parts: [{ type: "text", text: "Hi" }] }],
    stream: true,
    maxOutputTokens: 100,
    natives: [],
  });
});

Deno.test("decode() reads what Claude Code sends", () => {
  const decoded = decode({
    model: "alias",
    max_tokens: 32_000,
    stream: true,
    system: [
      { type: "text", text: "x-anthropic-billing-header: cc_version=2; cc_entrypoint=cli;" },
      { type: "text", text: "You help.", cache_control: { type: "ephemeral", ttl: "1h" } },
    ],
    messages: [
      { role: "user", content: [{ type: "text", text: "Go" }] },
      {
        role: "system",
        content: [{ type: "text", text: "Be brief", cache_control: { type: "ephemeral" } }],
        output_config: { effort: "high" },
      },
    ],
    thinking: { type: "adaptive", display: "omitted" },
    output_config: { effort: "medium", task_budget: { total: 5 } },
    context_management: { edits: [] },
    metadata: { user_id: "{}" },
    tools: [
      { name: "Bash", description: "Runs", input_schema: { type: "object" }, strict: true },
      { name: "Later", input_schema: { type: "object" }, defer_loading: true },
      { type: "web_search_20250305", name: "web_search", max_uses: 2 },
    ],
  });
  assertEquals(decoded, {
    model: "alias",
    messages: [
      { role: "system", parts: [{ type: "text", text: "You help.", cache: { ttl: "1h" } }] },
      { role: "user", parts: [{ type: "text", text: "Go" }] },
      { role: "system", parts: [{ type: "text", text: "Be brief", cache: {} }] },
    ],
    stream: true,
    maxOutputTokens: 32_000,
    tools: [
      {
        kind: "function",
        name: "Bash",
        description: "Runs",
        parameters: { type: "object" },
        strict: true,
      },
      {
        kind: "function",
        name: "Later",
        parameters: { type: "object" },
        native: { format: FORMAT, value: { defer_loading: true } },
      },
      {
        kind: "native",
        name: "web_search_20250305",
        native: {
          format: FORMAT,
          value: { type: "web_search_20250305", name: "web_search", max_uses: 2 },
        },
      },
    ],
    reasoning: { mode: "adaptive", effort: "high", isHidden: true },
    endUser: "{}",
    natives: [
      { format: FORMAT, name: "context_management", value: { edits: [] } },
      { format: FORMAT, name: "output_config.task_budget", value: { total: 5 } },
    ],
  });
});

const WISHES: readonly (readonly [what: string, fields: JsonObject, read: JsonObject])[] = [
  ["a budget", { thinking: { type: "enabled", budget_tokens: 2_048 } }, {
    reasoning: { mode: "on", maxTokens: 2_048 },
  }],
  ["no thinking", { thinking: { type: "disabled" } }, { reasoning: { mode: "off" } }],
  ["an effort alone", { output_config: { effort: "max" } }, { reasoning: { effort: "max" } }],
  ["a schema", { output_config: { format: { type: "json_schema", schema: {} } } }, {
    outputFormat: { type: "json_schema", schema: {} },
  }],
  ["any tool", { tool_choice: { type: "any" } }, { toolChoice: "required" }],
  ["one tool", { tool_choice: { type: "tool", name: "get" } }, { toolChoice: { name: "get" } }],
  ["one call at a time", { tool_choice: { type: "auto", disable_parallel_tool_use: true } }, {
    toolChoice: "auto",
    parallelToolCalls: false,
  }],
  ["sampling", { temperature: 0.5, top_p: 0.9, top_k: 40 }, {
    temperature: 0.5,
    topP: 0.9,
    topK: 40,
  }],
  ["ends", { stop_sequences: ["END"] }, { stop: ["END"] }],
  ["nulls", { thinking: null, tools: null, metadata: null, service_tier: null }, {}],
];

for (const [what, fields, read] of WISHES) {
  Deno.test(`decode() reads ${what}`, () => {
    const { model: _model, messages: _messages, stream: _stream, natives, ...rest } = decode(
      request(fields),
    );
    assertEquals<unknown>(rest, { maxOutputTokens: 100, ...read });
    assertEquals(natives, []);
  });
}

const FAULTS: readonly (readonly [fields: JsonObject, path: string])[] = [
  [{ model: undefined }, "model"],
  [{ model: "" }, "model"],
  [{ messages: undefined }, "messages"],
  [{ messages: [] }, "messages"],
  [{ messages: ["Hi"] }, "messages.0"],
  [{ messages: [{ content: "Hi" }] }, "messages.0.role"],
  [{ messages: [{ role: "tool", content: "Hi" }] }, "messages.0.role"],
  [{ messages: [{ role: "user" }] }, "messages.0.content"],
  [{ messages: [{ role: "user", content: 7 }] }, "messages.0.content"],
  [{ messages: [{ role: "user", content: [{ type: "text" }] }] }, "messages.0.content.0.text"],
  [{ messages: [{ role: "user", content: [{ text: "a" }] }] }, "messages.0.content.0.type"],
  [
    { messages: [{ role: "user", content: [{ type: "image", source: { type: "x" } }] }] },
    "messages.0.content.0.source.type",
  ],
  [{ max_tokens: 0 }, "max_tokens"],
  [{ max_tokens: "many" }, "max_tokens"],
  [{ stream: "yes" }, "stream"],
  [{ temperature: 2 }, "temperature"],
  [{ tools: [{ description: "nameless" }] }, "tools.0.name"],
  [{ tools: [{ name: "a", input_schema: "x" }] }, "tools.0.input_schema"],
  [{ tool_choice: { type: "sometimes" } }, "tool_choice.type"],
  [{ tool_choice: { type: "tool" } }, "tool_choice.name"],
  [{ thinking: "yes" }, "thinking"],
  [{ stop_sequences: [1] }, "stop_sequences.0"],
  [{ system: 1 }, "system"],
  [{ output_config: { format: { type: "xml" } } }, "output_config.format.type"],
];

for (const [fields, path] of FAULTS) {
  Deno.test(`decode() names ${path} in ${JSON.stringify(fields)}`, () => {
    const error = assertThrows(() => decode(request(fields)), GatewayError);
    assertEquals(error.kind, "invalid_request");
    assertEquals(error.param, path);
    assertEquals(error.message.startsWith(`${path}: `), true, error.message);
  });
}

Deno.test("facts() judges nothing", () => {
  const messages = [{ role: "user", content: "Hi" }];
  assertEquals(
    facts({ model: "m", max_tokens: 7, messages, system: "Be brief.", temperature: 0 }),
    {
      model: "m",
      wantsStream: false,
      choices: 1,
      maxOutputTokens: 7,
      includeUsage: true,
      isDeterministic: true,
      prompt: ["Be brief.", messages],
      session: undefined,
      beginning: ["Be brief.", ...messages],
    },
  );
  assertEquals(facts({ model: 7, stream: "x" }).model, "");
  assertEquals(facts({ max_tokens: "x" }).maxOutputTokens, undefined);
});
