import { assertEquals, assertThrows } from "@std/assert";
import type { ChatRequest, Message, Part } from "../../../../src/core/chat/chat.ts";
import { GatewayError } from "../../../../src/core/gateway_error.ts";
import type { JsonObject, JsonValue } from "../../../../src/core/text/json.ts";
import { openaiChat, openaiChatFor } from "../../../../src/formats/openai_chat/mod.ts";
import type { RequestVariant } from "../../../../src/formats/openai_chat/request/variant.ts";
import { BODY, REQUEST } from "./whole_request.ts";

const USER: Message = { role: "user", parts: [{ type: "text", text: "Hi" }] };
const SEAL = { value: "c2ln", issuer: "anthropic_messages" };
const OWN_SEAL = { value: "b3du", issuer: "openai_chat" };
const IMAGE = {
  type: "media",
  kind: "image",
  source: { type: "inline", mediaType: "image/png", data: "AA==" },
} as const;

function encode(change: Partial<ChatRequest>, variant: RequestVariant = "common") {
  const request = { model: "m", messages: [USER], stream: false, natives: [], ...change };
  return openaiChatFor(variant).encodeRequest(request);
}

function encodeMessages(messages: readonly Message[], variant?: RequestVariant) {
  const { body, warnings } = encode({ messages }, variant);
  return { messages: body["messages"] as JsonValue, warnings };
}

function assistant(...parts: readonly Part[]): Message {
  return { role: "assistant", parts };
}

function result(parts: readonly Part[], isError = false): Message {
  return { role: "tool", parts: [{ type: "tool_result", callId: "a", parts, isError }] };
}

Deno.test("encodeRequest() writes what decodeRequest() read, and has nothing to warn of", () => {
  assertEquals(openaiChat.encodeRequest(REQUEST), { body: withFunctions(BODY), warnings: [] });
});

/** Tools whose input is a text, and calls of them, as whoever knows functions alone is told of them. */
function withFunctions(body: JsonObject): JsonObject {
  const parameters = {
    type: "object",
    properties: { input: { type: "string" } },
    required: ["input"],
  };
  return JSON.parse(JSON.stringify(body), (_, value) => {
    if (value?.type !== "custom") return value;
    const { custom: { name, input }, ...rest } = value;
    return {
      ...rest,
      type: "function",
      function: input === undefined
        ? { name, parameters }
        : { name, arguments: JSON.stringify({ input }) },
    };
  });
}

Deno.test("encodeRequest() sends reasoning back as far as its provider takes it (T64)", () => {
  const message = assistant(
    { type: "reasoning", text: "Hm", seal: SEAL },
    { type: "sealed", seal: OWN_SEAL },
    { type: "text", text: "Hi" },
  );
  const foreign = "What anthropic_messages has signed of the reasoning is left out: " +
    "nobody else can check it";
  const own = "What is signed of the reasoning is left out: the provider does not take it back";
  assertEquals(encodeMessages([message], "openrouter"), {
    messages: [{
      role: "assistant",
      content: "Hi",
      reasoning_details: [
        { type: "reasoning.text", text: "Hm", index: 0 },
        { type: "reasoning.encrypted", data: "b3du", format: "unknown", index: 1 },
      ],
    }],
    warnings: [foreign],
  });
  assertEquals(encodeMessages([message], "common"), {
    messages: [{ role: "assistant", content: "Hi", reasoning_content: "Hm" }],
    warnings: [foreign, own],
  });
  assertEquals(encodeMessages([message], "openai"), {
    messages: [{ role: "assistant", content: "Hi" }],
    warnings: [
      foreign,
      own,
      "Reasoning in earlier answers is left out: the provider does not take it back",
    ],
  });
});

Deno.test("encodeRequest() tells of a tool's result what it can, and of the rest behind all results", () => {
  const text: Part = { type: "text", text: "A cat." };
  assertEquals(encodeMessages([result([text, IMAGE]), result([text], true), USER]), {
    messages: [
      { role: "tool", tool_call_id: "a", content: "A cat.\nThe rest of the result follows." },
      { role: "tool", tool_call_id: "a", content: "Error:\nA cat." },
      {
        role: "user",
        content: [
          { type: "text", text: "What else the tool call a has resulted in:" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
        ],
      },
      { role: "user", content: "Hi" },
    ],
    warnings: [
      "What is no text in a tool's result follows as the user's: openai_chat takes text alone there",
      "That a tool failed is told in the text of its result: openai_chat has no word for it",
    ],
  });
  assertEquals(encodeMessages([result([])]).messages, [
    { role: "tool", tool_call_id: "a", content: "" },
  ]);
});

Deno.test("encodeRequest() writes marks of what is to be cached where they have a place", () => {
  const marked: Message = {
    role: "system",
    parts: [{ type: "text", text: "Be brief.", cache: { ttl: "1h" } }],
  };
  assertEquals(encodeMessages([marked], "openrouter"), {
    messages: [{
      role: "system",
      content: [{
        type: "text",
        text: "Be brief.",
        cache_control: { type: "ephemeral", ttl: "1h" },
      }],
    }],
    warnings: [],
  });
  assertEquals(encodeMessages([marked]), {
    messages: [{ role: "system", content: "Be brief." }],
    warnings: ["Marks of what is to be cached are left out: openai_chat has no word for them"],
  });
});

Deno.test("encodeRequest() names what is another format's alone and leaves it out", () => {
  const { body, warnings } = encode({
    messages: [{
      role: "user",
      parts: [
        { type: "text", text: "Hi" },
        { type: "native", format: "anthropic_messages", name: "container_upload", value: {} },
      ],
    }],
    tools: [
      {
        kind: "native",
        name: "web_search_20250305",
        native: { format: "anthropic_messages", value: {} },
      },
      {
        kind: "function",
        name: "f",
        native: { format: "anthropic_messages", value: { defer_loading: true } },
      },
    ],
    natives: [{ format: "anthropic_messages", name: "context_management", value: {} }],
  });
  assertEquals(body, {
    model: "m",
    messages: [{ role: "user", content: "Hi" }],
    tools: [{ type: "function", function: { name: "f" } }],
  });
  assertEquals(warnings, [
    `A part of type "container_upload" is left out: openai_chat has no word for what is ` +
    `anthropic_messages's`,
    `"context_management" is left out: openai_chat has no word for what is anthropic_messages's`,
    `The tool "web_search_20250305" is left out: anthropic_messages runs it, nobody else can`,
    `Of the tool "f", what only anthropic_messages has words for is left out`,
  ]);
});

Deno.test("encodeRequest() refuses what would be another question", () => {
  const native = { format: "anthropic_messages", value: {} };
  const file = { type: "file", id: "file_1", issuer: "anthropic_messages" } as const;
  const refused: readonly (readonly [Partial<ChatRequest>, string])[] = [
    [{ messages: [] }, "messages"],
    [{ messages: [{ role: "user", parts: [{ ...IMAGE, source: file }] }] }, "messages"],
    [{ tools: [{ kind: "native", name: "web", native }], toolChoice: "required" }, "tool_choice"],
    [{ messages: [{ role: "user", parts: [{ type: "sealed", seal: SEAL }] }] }, "messages"],
    [
      {
        messages: [{
          role: "user",
          parts: [{
            type: "media",
            kind: "audio",
            source: { type: "url", url: "https://a.example/" },
          }],
        }],
      },
      "messages",
    ],
  ];
  for (const [change, param] of refused) {
    const error = assertThrows(() => encode(change), GatewayError);
    assertEquals([error.kind, error.param], ["invalid_request", param]);
  }
});

Deno.test("encodeRequest() says how much to reason in the provider's words", () => {
  const wishes: readonly (readonly [ChatRequest["reasoning"], JsonValue, JsonValue])[] = [
    [{ effort: "high" }, "high", { effort: "high" }],
    [{ mode: "off" }, "none", { enabled: false }],
    [{ mode: "on", maxTokens: 4_000 }, "low", { max_tokens: 4_000 }],
    [{ mode: "on", maxTokens: 40_000 }, "high", { max_tokens: 40_000 }],
    [{ mode: "adaptive", isHidden: true }, null, { enabled: true, exclude: true }],
  ];
  for (const [reasoning, effort, object] of wishes) {
    const change = reasoning === undefined ? {} : { reasoning };
    assertEquals(encode(change).body["reasoning_effort"] ?? null, effort);
    assertEquals(encode(change, "openrouter").body["reasoning"] ?? null, object);
  }
});

Deno.test("encodeRequest() names a user in a few characters, and keeps users apart", () => {
  assertEquals(encode({ endUser: "ann" }).body["user"], "ann");
  const [first, second] = ["a", "b"].map((name) =>
    encode({ endUser: name.repeat(65) }, "openai").body["safety_identifier"]
  );
  assertEquals([String(first).length, String(second).length, first === second], [64, 64, false]);
});

Deno.test("encodeRequest() leaves out what OpenAI refuses", () => {
  assertEquals(encode({ topK: 3 }, "openai"), {
    body: { model: "m", messages: [{ role: "user", content: "Hi" }] },
    warnings: [`"top_k" is left out: the provider does not take it`],
  });
});

Deno.test("encodeRequest() says nothing of tools where there are none: OpenAI refuses it", () => {
  const { body } = encode({ tools: [], toolChoice: "none", parallelToolCalls: false });
  assertEquals(body, { model: "m", messages: [{ role: "user", content: "Hi" }] });
});
