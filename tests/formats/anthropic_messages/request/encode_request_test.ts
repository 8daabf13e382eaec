/** Requests in neutral form, written for a provider of Messages. */

import { assertEquals } from "@std/assert";
import type { ChatRequest } from "../../../../src/core/chat/chat.ts";
import type { JsonObject, JsonValue } from "../../../../src/core/text/json.ts";
import { anthropicMessagesWith } from "../../../../src/formats/anthropic_messages/mod.ts";
import { encode, fieldOf, OPUS_5_5, OWN, say, SONNET_4_5, TOOLS } from "./neutral_requests.ts";

Deno.test("encodeRequest() writes a plain request, and no more than it must", () => {
  assertEquals(encode({}), {
    body: {
      model: SONNET_4_5,
      max_tokens: 16_384,
      messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
    },
    warnings: [],
  });
});

Deno.test("encodeRequest() names each native of another format that it leaves out", () => {
  const { body, warnings } = encode({
    messages: [
      say("user", "Hi", { type: "native", format: "openai_chat", name: "input_x", value: {} }),
    ],
    tools: [
      {
        kind: "native",
        name: "web_search",
        native: { format: "openai_responses", value: { type: "web_search" } },
      },
      { kind: "custom", name: "patch", native: { format: "openai_chat", value: { grammar: "g" } } },
    ],
    natives: [
      { format: "openai_chat", name: "logit_bias", value: { 1: 2 } },
      { format: OWN, name: "service_tier", value: "auto" },
      { format: OWN, name: "output_config.task_budget", value: { total: 1 } },
      { format: OWN, name: "metadata.tag", value: "t" },
      { format: OWN, name: "messages.0.content.0.context", value: "c" },
    ],
    endUser: "u1",
    seed: 1,
  });
  assertEquals(body, {
    service_tier: "auto",
    model: SONNET_4_5,
    max_tokens: 16_384,
    messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
    tools: [{
      name: "patch",
      input_schema: {
        type: "object",
        properties: { input: { type: "string" } },
        required: ["input"],
      },
    }],
    output_config: { task_budget: { total: 1 } },
    metadata: { tag: "t", user_id: "u1" },
  });
  const named = ["input_x", "messages.0.content.0.context", "logit_bias", "seed", "web_search"];
  for (const name of [...named, "patch"]) {
    assertEquals(warnings.filter((warning) => warning.includes(`"${name}"`)).length, 1, name);
  }
});

Deno.test("encodeRequest() writes tools and the choice of one", () => {
  assertEquals(fieldOf({ tools: [{ ...TOOLS[0], strict: true, cache: {} }] }, "tools"), [{
    name: "get",
    input_schema: { type: "object", properties: {} },
    strict: true,
    cache_control: { type: "ephemeral" },
  }]);
  const choices: readonly (readonly [Partial<ChatRequest>, JsonValue | undefined])[] = [
    [{}, undefined],
    [{ toolChoice: "auto" }, { type: "auto" }],
    [{ toolChoice: "none", parallelToolCalls: false }, { type: "none" }],
    [{ toolChoice: "required" }, { type: "any" }],
    [{ toolChoice: { name: "get" } }, { type: "tool", name: "get" }],
    [{ parallelToolCalls: false }, { type: "auto", disable_parallel_tool_use: true }],
    [{ parallelToolCalls: true }, undefined],
    [{ toolChoice: "required", parallelToolCalls: false }, {
      type: "any",
      disable_parallel_tool_use: true,
    }],
  ];
  for (const [fields, choice] of choices) {
    assertEquals(fieldOf({ tools: TOOLS, ...fields }, "tool_choice"), choice);
  }
  assertEquals(fieldOf({ toolChoice: "required" }, "tool_choice"), undefined);
});

Deno.test("encodeRequest() asks for a form of the answer as the model takes it", () => {
  const outputFormat = { type: "json_schema", schema: { type: "object" } } as const;
  assertEquals(fieldOf({ outputFormat }, "output_config"), {
    format: { type: "json_schema", schema: { type: "object" } },
  });
  const older = encode({ outputFormat, model: "claude-3-5-haiku-20241022" });
  assertEquals(older.body["output_config"], undefined);
  assertEquals(older.warnings.length, 1);
  const loose = encode({ outputFormat: { type: "json_object" } });
  assertEquals((loose.body["system"] as JsonObject[]).length, 1);
  assertEquals(loose.warnings.length, 1);
});

Deno.test("encodeRequest() leaves out what of sampling the model refuses", () => {
  const all = { temperature: 1.5, topP: 0.9, topK: 40 };
  const cases: readonly (readonly [string, JsonObject, number])[] = [
    ["some-other-model", { temperature: 1, top_p: 0.9, top_k: 40 }, 1],
    [SONNET_4_5, { temperature: 1, top_k: 40 }, 2],
    [OPUS_5_5, {}, 3],
  ];
  for (const [model, expected, warned] of cases) {
    const { body, warnings } = encode({ model, ...all });
    const { temperature, top_p, top_k } = body;
    assertEquals(JSON.parse(JSON.stringify({ temperature, top_p, top_k })), expected);
    assertEquals(warnings.length, warned, warnings.join("\n"));
  }
  const thinking = encode({ temperature: 0.2, reasoning: { mode: "on" } });
  assertEquals(thinking.body["temperature"], undefined);
  assertEquals(thinking.warnings.length, 1);
});

Deno.test("encodeRequest() takes the operator's bound where the client gives none", () => {
  const format = anthropicMessagesWith({ maxOutputTokens: 2_000 });
  const request = { model: SONNET_4_5, messages: [say("user", "Hi")], stream: true, natives: [] };
  assertEquals(format.encodeRequest(request).body["max_tokens"], 2_000);
  assertEquals(format.encodeRequest(request).body["stream"], true);
  const asked = { ...request, maxOutputTokens: 50 };
  assertEquals(format.encodeRequest(asked).body["max_tokens"], 50);
});

Deno.test("encodeRequest() leaves out stop sequences that the API refuses", () => {
  const { body, warnings } = encode({ stop: ["END", "", "\n"] });
  assertEquals(body["stop_sequences"], ["END"]);
  assertEquals(warnings.length, 1);
});
