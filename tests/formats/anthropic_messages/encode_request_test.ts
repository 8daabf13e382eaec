/** Requests in neutral form, written for a provider of Messages. */

import { assertEquals, assertThrows } from "@std/assert";
import type { ChatRequest, Message, Part } from "../../../src/core/chat.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { JsonObject, JsonValue } from "../../../src/core/json.ts";
import {
  anthropicMessages,
  anthropicMessagesWith,
} from "../../../src/formats/anthropic_messages/mod.ts";
import { traitsOf } from "../../../src/formats/anthropic_messages/model_traits.ts";

const OWN = "anthropic_messages";
const SONNET_4_5 = "claude-sonnet-4-5-20250929";
const OPUS_5_5 = "claude-opus-5-5";

function text(words: string): Part {
  return { type: "text", text: words };
}

function say(role: string, ...parts: (string | Part)[]): Message {
  return { role, parts: parts.map((part) => typeof part === "string" ? text(part) : part) };
}

function call(callId: string, input: string, kind: "function" | "custom" = "function"): Part {
  return { type: "tool_call", callId, kind, name: "get", input };
}

function result(callId: string, ...parts: Part[]): Part {
  return { type: "tool_result", callId, parts, isError: false };
}

function encode(fields: Partial<ChatRequest>): ReturnType<typeof anthropicMessages.encodeRequest> {
  return anthropicMessages.encodeRequest({
    model: SONNET_4_5,
    messages: [say("user", "Hi")],
    stream: false,
    natives: [],
    ...fields,
  });
}

/** The body's field alone, as it is asked for. */
function fieldOf(fields: Partial<ChatRequest>, name: string): JsonValue | undefined {
  return encode(fields).body[name];
}

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

Deno.test("encodeRequest() joins what the system says first, and leaves later words in place", () => {
  const messages = [
    say("system", "One"),
    { role: "system", parts: [{ ...text("Two"), cache: { ttl: "1h" as const } }] },
    say("user", "Hi"),
    say("assistant", "Yes?"),
    say("system", "Be brief"),
    say("user", "Go"),
  ];
  const older = encode({ messages }).body;
  assertEquals(older["system"], [
    { type: "text", text: "One" },
    { type: "text", text: "Two", cache_control: { type: "ephemeral", ttl: "1h" } },
  ]);
  assertEquals(older["messages"], [
    { role: "user", content: [{ type: "text", text: "Hi" }] },
    { role: "assistant", content: [{ type: "text", text: "Yes?" }] },
    {
      role: "user",
      content: [
        { type: "text", text: "<system-reminder>\nBe brief\n</system-reminder>" },
        { type: "text", text: "Go" },
      ],
    },
  ]);
  assertEquals((fieldOf({ messages, model: OPUS_5_5 }, "messages") as JsonObject[])[2], {
    role: "system",
    content: [{ type: "text", text: "Be brief" }],
  });
});

Deno.test("encodeRequest() writes results of tools into one turn, before anything else", () => {
  const messages = [
    say("user", "Weather?"),
    say("assistant", "", call("call:1", `{"city":"Rome"}`), call("call_2", "")),
    say("tool", result("call:1", text("sunny"), text(""))),
    say("tool", { ...result("call_2"), isError: true } as Part),
    say("user", "Well?"),
  ];
  const expected = [
    { role: "user", content: [{ type: "text", text: "Weather?" }] },
    {
      role: "assistant",
      content: [
        { type: "tool_use", id: "call_3a1", name: "get", input: { city: "Rome" } },
        { type: "tool_use", id: "call_2", name: "get", input: {} },
      ],
    },
    {
      role: "user",
      content: [
        {
          type: "tool_result",
          tool_use_id: "call_3a1",
          content: [{ type: "text", text: "sunny" }],
        },
        { type: "tool_result", tool_use_id: "call_2", is_error: true },
        { type: "text", text: "Well?" },
      ],
    },
  ];
  assertEquals(fieldOf({ messages }, "messages"), expected);
});

for (const model of [SONNET_4_5, OPUS_5_5]) {
  Deno.test(`encodeRequest() lets nothing come between calls and results for ${model}`, () => {
    const turns = fieldOf({
      model,
      messages: [
        say("user", "Weather?"),
        say("assistant", call("c1", "{}"), call("c2", "{}")),
        say("tool", result("c1", text("a"))),
        say("system", "Careful"),
        say("tool", result("c2", text("b"))),
      ],
    }, "messages") as { role: string; content: JsonObject[] }[];
    assertEquals(turns[2]?.content.slice(0, 2).map(({ tool_use_id: id }) => id), ["c1", "c2"]);
    assertEquals(turns.map(({ role }) => role).slice(0, 3), ["user", "assistant", "user"]);
  });
}

Deno.test("encodeRequest() keeps its own seals and drops all others", () => {
  const { body, warnings } = encode({
    messages: [
      say("user", "Hi"),
      say(
        "assistant",
        { type: "reasoning", text: "Hm", seal: { value: "s1", issuer: OWN } },
        { type: "sealed", seal: { value: "d1", issuer: OWN } },
        { type: "reasoning", text: "Foreign", seal: { value: "s2", issuer: "gemini" } },
        { type: "sealed", seal: { value: "d2", issuer: "openai_responses" } },
        { type: "reasoning", text: "Unsigned" },
        "Yes",
      ),
      say("user", "Go"),
    ],
  });
  assertEquals((body["messages"] as JsonObject[])[1]?.["content"], [
    { type: "thinking", thinking: "Hm", signature: "s1" },
    { type: "redacted_thinking", data: "d1" },
    { type: "text", text: "Yes" },
  ]);
  assertEquals(warnings.map((warning) => /gemini|openai_responses|without/.exec(warning)?.[0]), [
    "gemini",
    "openai_responses",
    "without",
  ]);
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

const MEDIA: readonly (readonly [what: string, part: Part, block: JsonObject])[] = [
  ["an address", image({ type: "url", url: "https://example.com/a.png" }), {
    type: "image",
    source: { type: "url", url: "https://example.com/a.png" },
  }],
  ["a data: URL", image({ type: "url", url: "data:image/jpg;base64,QUI=" }), {
    type: "image",
    source: { type: "base64", media_type: "image/jpeg", data: "QUI=" },
  }],
  ["a PDF", document({ type: "inline", mediaType: "application/pdf", data: "QUI=" }, "a.pdf"), {
    type: "document",
    source: { type: "base64", media_type: "application/pdf", data: "QUI=" },
    title: "a.pdf",
  }],
  ["a text file", document({ type: "inline", mediaType: "text/csv", data: "w6k=" }), {
    type: "document",
    source: { type: "text", media_type: "text/plain", data: "é" },
  }],
  ["a file of its own", document({ type: "file", id: "file_1", issuer: OWN }), {
    type: "document",
    source: { type: "file", file_id: "file_1" },
  }],
];

type Source = Extract<Part, { readonly type: "media" }>["source"];

function image(source: Source): Part {
  return { type: "media", kind: "image", source };
}

function document(source: Source, name?: string): Part {
  return { type: "media", kind: "document", source, ...(name !== undefined && { name }) };
}

for (const [what, part, block] of MEDIA) {
  Deno.test(`encodeRequest() writes ${what}`, () => {
    const [turn] = fieldOf({ messages: [say("user", part)] }, "messages") as JsonObject[];
    assertEquals(turn?.["content"], [block]);
  });
}

const REFUSED: readonly (readonly [what: string, fields: Partial<ChatRequest>])[] = [
  ["several choices", { choices: 2 }],
  ["logprobs", { logprobs: true }],
  ["nothing to answer", { messages: [say("system", "Hi")] }],
  ["a role that nobody knows", { messages: [say("narrator", "Hi")] }],
  ["sound", {
    messages: [say("user", {
      type: "media",
      kind: "audio",
      source: { type: "inline", mediaType: "audio/wav", data: "" },
    })],
  }],
  ["a file of another provider", {
    messages: [say("user", document({ type: "file", id: "f", issuer: "openai_chat" }))],
  }],
  ["a document that it cannot read", {
    messages: [say("user", document({ type: "inline", mediaType: "application/zip", data: "" }))],
  }],
];

for (const [what, fields] of REFUSED) {
  Deno.test(`encodeRequest() refuses ${what}`, () => {
    const error = assertThrows(() => encode(fields), GatewayError);
    assertEquals(error.kind, "invalid_request");
  });
}

Deno.test("encodeRequest() sends arguments as an object, whatever a model wrote", () => {
  const inputs: readonly (readonly [Part, JsonValue])[] = [
    [call("c", ""), {}],
    [call("c", " "), {}],
    [call("c", `{"a":1}`), { a: 1 }],
    [call("c", `{"a":`), { input: `{"a":` }],
    [call("c", `[1]`), { input: `[1]` }],
    [call("c", `*** Begin`, "custom"), { input: "*** Begin" }],
  ];
  for (const [part, input] of inputs) {
    const turns = fieldOf({
      messages: [say("user", "Hi"), say("assistant", part), say("tool", result("c"))],
    }, "messages") as { content: JsonObject[] }[];
    assertEquals(turns[1]?.content[0]?.["input"], input);
  }
});

const TOOLS = [{ kind: "function", name: "get", parameters: {} }] as const;

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

const REASONING: readonly (readonly [
  what: string,
  fields: Partial<ChatRequest>,
  expected: JsonObject,
  warned?: number,
])[] = [
  ["nothing", {}, { max_tokens: 16_384 }],
  ["none", { reasoning: { effort: "none" } }, {
    thinking: { type: "disabled" },
    max_tokens: 16_384,
  }],
  ["an effort as a budget", { reasoning: { effort: "low" } }, {
    thinking: { type: "enabled", budget_tokens: 4_096 },
    max_tokens: 20_480,
  }],
  ["a number", { reasoning: { maxTokens: 3_000 }, maxOutputTokens: 4_000 }, {
    thinking: { type: "enabled", budget_tokens: 3_000 },
    max_tokens: 4_000,
  }],
  ["a number above the bound", { reasoning: { maxTokens: 9_000 }, maxOutputTokens: 4_000 }, {
    thinking: { type: "enabled", budget_tokens: 3_200 },
    max_tokens: 4_000,
  }],
  ["an effort within a small bound", { reasoning: { effort: "high" }, maxOutputTokens: 100 }, {
    max_tokens: 100,
  }, 1],
  ["an effort of a newer model", { model: OPUS_5_5, reasoning: { effort: "minimal" } }, {
    thinking: { type: "adaptive", display: "summarized" },
    output_config: { effort: "low" },
    max_tokens: 16_384,
  }, 1],
  ["a number of a newer model", { model: OPUS_5_5, reasoning: { mode: "on", maxTokens: 9_000 } }, {
    thinking: { type: "adaptive", display: "summarized" },
    output_config: { effort: "medium" },
    max_tokens: 16_384,
  }, 1],
  ["xhigh where it is not known", {
    model: "claude-opus-4-6",
    reasoning: { effort: "xhigh", isHidden: true },
  }, {
    thinking: { type: "adaptive", display: "omitted" },
    output_config: { effort: "high" },
    max_tokens: 16_384,
  }, 1],
  ["a number where either is known", {
    model: "claude-sonnet-4-6",
    reasoning: { maxTokens: 2_000, isHidden: true },
  }, {
    thinking: { type: "enabled", budget_tokens: 2_000, display: "omitted" },
    max_tokens: 18_384,
  }],
  ["hidden where it cannot be", { model: "kimi-k3", reasoning: { mode: "on", isHidden: true } }, {
    thinking: { type: "enabled", budget_tokens: 6_553 },
    max_tokens: 8_192,
  }, 1],
  [
    "thinking where a tool is forced",
    {
      reasoning: { effort: "high" },
      tools: TOOLS,
      toolChoice: "required",
    },
    { max_tokens: 16_384 },
    1,
  ],
  [
    "thinking after calls without it",
    {
      reasoning: { effort: "high" },
      messages: [say("user", "Hi"), say("assistant", call("c", "{}")), say("tool", result("c"))],
    },
    { max_tokens: 16_384 },
    1,
  ],
  [
    "thinking of a model that has none",
    {
      model: "claude-3-haiku-20240307",
      reasoning: { effort: "high" },
    },
    { max_tokens: 4_096 },
    1,
  ],
];

for (const [what, fields, expected, warned = 0] of REASONING) {
  Deno.test(`encodeRequest() asks for reasoning: ${what}`, () => {
    const { body, warnings } = encode(fields);
    const { thinking, output_config, max_tokens } = body;
    assertEquals(JSON.parse(JSON.stringify({ thinking, output_config, max_tokens })), expected);
    assertEquals(warnings.length, warned, warnings.join("\n"));
  });
}

Deno.test("encodeRequest() keeps a budget below the bound, whatever is asked", () => {
  for (const maxOutputTokens of [undefined, 1, 1_024, 1_281, 5_000, 70_000]) {
    for (const maxTokens of [undefined, 1, 1_024, 5_000, 64_000, 1_000_000]) {
      for (const effort of [undefined, "minimal", "max", "own-word"]) {
        const { body } = encode({
          reasoning: {
            mode: "on",
            ...(maxTokens !== undefined && { maxTokens }),
            ...(effort !== undefined && { effort }),
          },
          ...(maxOutputTokens !== undefined && { maxOutputTokens }),
        });
        const budget = (body["thinking"] as JsonObject | undefined)?.["budget_tokens"];
        if (budget === undefined) continue;
        assertEquals(Number(budget) < Number(body["max_tokens"]), true);
        assertEquals(Number(budget) >= 1_024, true);
      }
    }
  }
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

Deno.test("traitsOf() knows models by the names that clouds give them", () => {
  const names: readonly (readonly [string, number, string])[] = [
    ["claude-3-opus-20240229", 4_096, "none"],
    ["claude-3-5-sonnet-latest", 8_192, "none"],
    ["claude-3-7-sonnet-20250219", 64_000, "budget"],
    ["claude-opus-4-20250514", 32_000, "budget"],
    ["claude-opus-4-1-20250805", 32_000, "budget"],
    ["us.anthropic.claude-haiku-4-5-20251001-v1:0", 64_000, "budget"],
    ["anthropic/claude-sonnet-4.6", 64_000, "either"],
    ["claude-opus-4-6@20260101", 128_000, "either"],
    ["claude-fable-5", 128_000, "adaptive"],
    ["claude-latest", 128_000, "adaptive"],
    ["kimi-k3", 8_192, "budget"],
  ];
  for (const [name, maxOutputTokens, thinking] of names) {
    const traits = traitsOf(name);
    assertEquals([name, traits.maxOutputTokens, traits.thinking], [
      name,
      maxOutputTokens,
      thinking,
    ]);
  }
});
