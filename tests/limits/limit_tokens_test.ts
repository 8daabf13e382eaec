import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Call, Reservation } from "../../src/core/call.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { failedOutcome, type Outcome } from "../../src/core/outcome.ts";
import { ANONYMOUS, type Principal } from "../../src/core/principal.ts";
import { anthropicMessages } from "../../src/formats/anthropic_messages/mod.ts";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { openaiCompletions } from "../../src/formats/openai_completions/mod.ts";
import { openaiEmbeddings } from "../../src/formats/openai_embeddings/mod.ts";
import type { JsonObject, JsonValue } from "../../src/core/text/json.ts";
import { ParsedBody } from "../../src/core/http/parsed_body.ts";
import { estimateCall, estimateTokens } from "../../src/limits/estimate_tokens.ts";
import { limitOptions } from "../../src/limits/limit_rate.ts";
import { createReserveTokens } from "../../src/limits/limit_tokens.ts";
import { createLimitMemory, MemoryLimitStore } from "../../src/limits/memory/memory_limit_store.ts";
import { ManualClock } from "../transport/manual_clock.ts";

const COMPLETE: Outcome = { kind: "complete", status: 200, bytes: 10 };

function callOf(maxTokens: number, principal: Principal = ANONYMOUS): Call {
  return {
    id: "call",
    operation: "chat",
    principal,
    account: "203.0.113.7",
    surface: "openai",
    formats: openaiChat,
    model: "m",
    wantsStream: true,
    body: new ParsedBody({ messages: [], max_tokens: maxTokens }),
    bytes: new Uint8Array(0),
    headers: [],
    signal: new AbortController().signal,
    arrivedMs: 0,
    trace: { upstream: undefined, attempts: 0, warnings: [] },
  };
}

function start(tokensPerMinute: number) {
  const clock = new ManualClock();
  const store = new MemoryLimitStore(createLimitMemory(1_000, [1, 2, 3, 4]), clock);
  const reserved: (Reservation | undefined)[] = [];
  const reserve = createReserveTokens(store, limitOptions.parse({ tokensPerMinute }));
  /** Makes a call and returns what is left of the limit after it. */
  const make = async (maxTokens: number, principal?: Principal): Promise<number> => {
    const call = callOf(maxTokens, principal);
    reserved.push(await reserve(call));
    const headers = new Headers([...call.trace.headers ?? []] as [string, string][]);
    return Number(headers.get("x-ratelimit-remaining-tokens"));
  };
  const end = (outcome: Outcome): void => reserved.shift()?.settle(outcome);
  return { clock, make, end };
}

Deno.test("Tokens are reserved when a call comes and settled when it ends", async () => {
  const { make, end } = start(1_000);
  assertEquals(await make(600), 400);
  end({ ...COMPLETE, usage: { inputTokens: 20, outputTokens: 80, totalTokens: 100 } });
  assertEquals(await make(0), 900);
});

Deno.test("A call that used more than it reserved is charged for it", async () => {
  const { make, end, clock } = start(1_000);
  await make(100);
  end({ ...COMPLETE, usage: { inputTokens: 1_500, outputTokens: 500, totalTokens: 2_000 } });
  const error = await assertRejects(() => make(1), GatewayError);
  assertEquals([error.status, error.code], [429, "token_limit_exceeded"]);
  assertEquals(error.retryAfterMs, 60_060);
  clock.advance(60_060);
  assertEquals(await make(1), 0);
});

Deno.test("An upstream that counts parts of tokens is rounded up", async () => {
  const { make, end } = start(1_000);
  assertEquals(await make(600), 400);
  end({ ...COMPLETE, usage: { inputTokens: 1.5, outputTokens: 2.25, totalTokens: 3.75 } });
  assertEquals(await make(0), 996);
});

Deno.test("What failed before any answer costs nothing; what broke off costs its estimate", async () => {
  const { make, end } = start(1_000);
  assertEquals(await make(600), 400);
  end(failedOutcome(new GatewayError("upstream_error", "It failed"), 502));
  assertEquals(await make(600), 400);
  end({ kind: "upstream_error", status: 200, bytes: 0 });
  assertEquals(await make(600), 400);
  end({ kind: "client_gone", status: 200, bytes: 30 });
  assertEquals(await make(0), 400);
});

Deno.test("More than the limit ever holds is told apart from later", async () => {
  const { make } = start(1_000);
  const error = await assertRejects(() => make(1_001), GatewayError);
  assertEquals([error.status, error.code, error.shouldRetry], [429, "too_many_tokens", false]);
  assertEquals(error.retryAfterMs, undefined);
  assertEquals(await make(1_000), 0);
});

Deno.test("A key's own limit stands in place of the one for all", async () => {
  const { make } = start(0);
  const holder: Principal = {
    name: "alice",
    hasKey: true,
    limits: { tokensPerMinute: 50 },
    models: undefined,
  };
  assertEquals(await make(20, holder), 30);
  assert(Number.isInteger(await make(1_000_000)), "nobody else is limited");
});

Deno.test("The estimate counts prompts by their length and media by their number", () => {
  const estimate = (json: JsonObject, formats: Call["formats"] = openaiChat) =>
    estimateTokens({ formats, body: new ParsedBody(json) }, 1_000);
  assertEquals(estimate({ messages: [{ role: "user", content: "x".repeat(396) }] }), 1_100);
  assertEquals(estimate({ messages: [], max_tokens: 5 }), 5);
  assertEquals(estimate({ messages: [], max_tokens: 5, max_completion_tokens: 7, n: 3 }), 21);
  assertEquals(estimate({ messages: [], max_tokens: "many" }), 1_000);
  const url = `data:image/png;base64,${"A".repeat(1_000_000)}`;
  assertEquals(estimate({ messages: [{ image_url: { url } }], max_tokens: 0 }), 1_000);
  assertEquals(estimate({ messages: [{ data: "A".repeat(1_000_000) }], max_tokens: 0 }), 1_000);
  assertEquals(estimate({ input: [[1, 2, 3], [4]] }, openaiEmbeddings), 4);
  assertEquals(estimate({ prompt: "one two three.", max_tokens: 0 }, openaiCompletions), 4);
});

Deno.test("The estimate takes for a medium only what has the place and the form of one", () => {
  const ofContent = (content: JsonValue) => {
    const body = new ParsedBody({ messages: [{ content }], max_tokens: 0 });
    return estimateTokens({ formats: openaiChat, body }, 0);
  };
  const chinese = "\u4f60\u597d\uff0c\u4e16\u754c".repeat(64_000); // 960 KB without a blank
  const japanese = "\u3053\u3093\u306b\u3061\u306f".repeat(100);
  const base64 = "A".repeat(400_000);
  const image = `data:image/png;base64,${base64}`;
  const tests: readonly (readonly [string, JsonValue, number])[] = [
    ["Chinese", chinese, 240_000],
    ["Japanese", japanese, 375],
    ["Cyrillic", "\u043f".repeat(4_000), 2_000],
    ["emoji", "\u{1F600}".repeat(100), 100],
    ["a text without blanks", "x".repeat(960_000), 240_000],
    ["minified code", "a=1;".repeat(1_000), 1_000],
    ["a text that looks like an address", `data:,${"x".repeat(3_994)}`, 1_000],
    ["a text that is an address", image, image.length / 4],
    ["a part of text", [{ type: "text", text: image }], 1 + image.length / 4],
    ["an image", [{ type: "image_url", image_url: { url: image } }], 9 / 4 + 1_000],
    [
      "an image, short",
      [{ image_url: { url: "data:image/gif;base64,R0lGODlhAQABAAAAACw=" } }],
      1_000,
    ],
    ["an image, plainly", [{ image_url: image }], 1_000],
    ["an image's address", [{ image_url: { url: "https://example.com/image.png" } }], 29 / 4],
    ["a sound", [{ input_audio: { data: base64, format: "wav" } }], 1_000 + 3 / 4],
    ["a file", [{ file: { file_data: `data:application/pdf;base64,${base64}` } }], 1_000],
    ["a file of text", [{ file: { file_data: `data:text/plain;base64,${base64}` } }], 75_005],
    ["Chinese in place of an image", [{ image_url: { url: chinese } }], 240_000],
    [
      "Chinese behind a header",
      [{ image_url: { url: `data:image/png;base64,${chinese}` } }],
      240_006,
    ],
    ["words in place of a sound", [{ data: "word ".repeat(2_000) }], 2_500],
  ];
  for (const [name, content, expected] of tests) {
    assertEquals(ofContent(content), Math.ceil(expected), name);
  }
});

Deno.test("The estimate counts all that the model reads", () => {
  const text = "x".repeat(4_000);
  const members = [
    [openaiChat, ["messages", "functions", "tools", "response_format"]],
    [openaiCompletions, ["prompt", "suffix"]],
    [openaiEmbeddings, ["input"]],
    [anthropicMessages, ["system", "messages", "tools"]],
  ] as const;
  for (const [formats, names] of members) {
    for (const name of names) {
      const body = new ParsedBody({ [name]: [{ description: text }], max_tokens: 0 });
      assertEquals(estimateTokens({ formats, body }, 0), 1_000, `${formats.name} ${name}`);
    }
  }
});

Deno.test("an answer is estimated by the largest bound that a provider may heed, and all that are made", () => {
  const most = (json: JsonObject) =>
    estimateCall({ formats: openaiChat, body: new ParsedBody(json) }, 7).maxOutput;
  assertEquals(most({ max_completion_tokens: 1, max_tokens: 1_000 }), 1_000);
  assertEquals(most({ max_completion_tokens: 1_000, max_tokens: 1 }), 1_000);
  assertEquals(most({ prompt: "a", max_tokens: 10, best_of: 20 }), 200);
  assertEquals(most({ prompt: ["a", "b"], max_tokens: 10, n: 2, best_of: 20 }), 400);
  assertEquals(most({ max_tokens: 10, best_of: -5, n: -5 }), 10);
  assertEquals(most({ best_of: 20 }), 7);
});
