/** Reasoning that somebody has sealed, on its way to others (T87). */

import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../src/core/text/json.ts";
import { anthropicMessages } from "../../src/formats/anthropic_messages/mod.ts";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { createOpenaiResponses } from "../../src/formats/openai_responses/mod.ts";
import { plainEnvelopes } from "../formats/openai_responses/request/plain_envelopes.ts";
import { playCall, type PlayedTarget } from "./play_call.ts";
import { error, OK } from "./retry_cases.ts";

const RESPONSES = createOpenaiResponses({ envelopes: plainEnvelopes });

const MESSAGE = {
  body: JSON.stringify({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "m",
    content: [{ type: "text", text: "ok" }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  }),
};
const RESPONSE = {
  body: JSON.stringify({ id: "resp_1", object: "response", status: "completed", output: [] }),
};

function reasoning(provider: string, seal = "sig"): JsonObject {
  const encrypted = plainEnvelopes.seal(JSON.stringify({ text: "Hm", seal }), {
    format: "anthropic_messages",
    provider,
    model: "m",
  });
  return { type: "reasoning", id: "rs_1", summary: [], encrypted_content: encrypted };
}

function target(
  name: string,
  format: typeof anthropicMessages,
  answers: PlayedTarget["answers"],
): PlayedTarget {
  return { name, answers, provider: { name, formats: { chat: [format] } } };
}

function play(targets: readonly PlayedTarget[], ...items: readonly JsonObject[]) {
  const input = [
    { role: "user", content: "Hi" },
    ...items,
    { role: "assistant", content: "Ho" },
    { role: "user", content: "Well?" },
  ];
  return playCall({ targets, formats: RESPONSES, body: { input, messages: null } });
}

function thoughtOf(body: JsonObject | undefined): unknown {
  const text = JSON.stringify(body);
  return [text.includes("Hm"), text.includes("sig"), text.includes("weir1.")];
}

Deno.test("seals: what a provider has signed goes back to it and to nobody else", async () => {
  const own = await play([target("a", anthropicMessages, [MESSAGE])], reasoning("a"));
  assertEquals([own.reply, thoughtOf(own.sent[0])], ["200", [true, true, false]]);
  assertEquals(own.trace.warnings, []);
  const other = await play([target("b", anthropicMessages, [MESSAGE])], reasoning("a"));
  assertEquals([other.reply, thoughtOf(other.sent[0])], ["200", [false, false, false]]);
  assertEquals(other.trace.warnings, [
    "What a/m has sealed of earlier reasoning is left out: nobody else can check it",
    "Reasoning without a signature is left out: anthropic_messages takes back what it has signed",
  ]);
  // Its text has a place in a chat.
  const chat = await play([target("c", openaiChat, [OK])], reasoning("a"));
  assertEquals([chat.reply, thoughtOf(chat.sent[0])], ["200", [true, false, false]]);
});

Deno.test("seals: an envelope is never sent to a provider that speaks Responses itself", async () => {
  const foreign = { type: "reasoning", id: "rs_2", summary: [], encrypted_content: "gAAA" };
  const played = await play([target("a", RESPONSES, [RESPONSE])], reasoning("b"), foreign);
  assertEquals([played.tries, played.reply], ["a", "200"]);
  const [, ...items] = played.sent[0]!["input"] as readonly JsonObject[];
  assertEquals(items[0], foreign, "what may be its own goes as it came");
  assertEquals(items.length, 3);
  assertEquals(played.trace.warnings, [
    "Reasoning of another provider is left out: nobody else can check it",
  ]);
});

Deno.test("seals: what a provider cannot check is left out, once, beside all retries", async () => {
  const foreign = { type: "reasoning", id: "rs_2", summary: [], encrypted_content: "gAAA" };
  const refusal = error(400, "The encrypted content gAAA could not be verified");
  const mended = await play([target("a", RESPONSES, [refusal, RESPONSE])], foreign);
  assertEquals([mended.tries, mended.reply, mended.waits], ["a a", "200", []]);
  assertEquals((mended.sent[1]!["input"] as readonly JsonObject[]).length, 3);
  assertEquals(mended.trace.warnings, [
    "Reasoning that the provider could not check is left out",
  ]);
  const refused = await play([target("a", RESPONSES, [refusal])], foreign);
  assertEquals([refused.tries, refused.reply], ["a a", "400"]);
  const signature = error(400, "messages.1.content.0: Invalid `signature` in `thinking` block");
  const signed = await play([target("a", anthropicMessages, [signature, MESSAGE])], reasoning("a"));
  assertEquals([signed.tries, signed.reply, thoughtOf(signed.sent[1])], [
    "a a",
    "200",
    [false, false, false],
  ]);
  const none = await play([target("a", RESPONSES, [refusal])]);
  assertEquals([none.tries, none.reply], ["a", "400"], "there is nothing to leave out");
});

Deno.test("seals: a summary that Weir has written says the same to everybody", async () => {
  const compaction = {
    type: "compaction",
    encrypted_content: plainEnvelopes.seal("What was said", { format: "weir" }),
  };
  for (const [format, answer] of [[RESPONSES, RESPONSE], [openaiChat, OK]] as const) {
    const played = await play([target("a", format, [answer])], compaction);
    assertEquals(played.reply, "200");
    assertEquals(JSON.stringify(played.sent[0]).includes("What was said"), true);
    assertEquals(played.trace.warnings, []);
  }
});
