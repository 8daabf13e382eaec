/** Targets of several formats behind one name, and what is asked only of those that have a word for it. */

import { assertEquals } from "@std/assert";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/core/text/json.ts";
import { anthropicMessages } from "../../src/formats/anthropic_messages/mod.ts";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { openaiResponses } from "../../src/formats/openai_responses/mod.ts";
import { UnspokenFormats } from "../../src/gateway/tries/sending/unspoken_formats.ts";
import { TargetCooldown } from "../../src/routing/cooldown.ts";
import { JumpingClock } from "./jumping_clock.ts";
import { playCall, type PlayedTarget } from "./play_call.ts";
import { error, limited, NOW_MS, OK, okStream } from "./retry_cases.ts";

const BODY = {
  messages: [{ role: "system", content: "Be brief." }, { role: "user", content: "hi" }],
  max_tokens: 7,
  vendor_field: 1,
};
const MESSAGES_BODY = {
  system: "Be brief.",
  messages: [{ role: "user", content: "hi" }],
  max_tokens: 7,
  vendor_field: 1,
};
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
const COUNT = { body: `{"input_tokens":12}` };
const CHAT: PlayedTarget["provider"] = { formats: { chat: [openaiChat] } };

/** A target that speaks Messages. */
function messagesTarget(
  name: string,
  answers: PlayedTarget["answers"],
  changes: PlayedTarget["provider"] = {},
): PlayedTarget {
  const url = new URL(`http://${name}.test/v1/messages`);
  const provider: PlayedTarget["provider"] = {
    formats: { chat: [anthropicMessages], count_tokens: [anthropicMessages] },
    prepare: ({ body }) => ({ method: "POST", url, headers: [], body }),
    ...changes,
  };
  return { name, answers, provider };
}

function rolesOf(body: JsonObject | undefined): readonly JsonValue[] {
  const messages = Array.isArray(body?.messages) ? body.messages : [];
  return messages.map((message) => isJsonObject(message) ? message.role ?? null : null);
}

Deno.test("formats: each target of a call is sent what it speaks, translated from the request itself", async () => {
  const targets = [
    { name: "a", answers: [error(500, "no")], provider: CHAT },
    messagesTarget("b", [MESSAGE]),
  ];
  const chat = await playCall({ targets, body: BODY });
  assertEquals([chat.tries, chat.reply], ["a b", "200"]);
  assertEquals(chat.sent[0], { model: "m", stream: false, ...BODY });
  const [, translated = {}] = chat.sent;
  assertEquals([translated.max_tokens, rolesOf(translated)], [7, ["user"]]);
  assertEquals(Object.hasOwn(translated, "vendor_field"), false, "foreign words stay out");
  const { object, choices: [choice] } = JSON.parse(chat.body);
  assertEquals(
    [object, choice.message.content, choice.finish_reason],
    ["chat.completion", "ok", "stop"],
  );

  const messages = await playCall({ targets, formats: anthropicMessages, body: MESSAGES_BODY });
  assertEquals([messages.tries, messages.reply], ["a b", "200"]);
  assertEquals(messages.sent[1], { model: "m", stream: false, ...MESSAGES_BODY });
  assertEquals(messages.body, MESSAGE.body, "the bytes pass");
  assertEquals(rolesOf(messages.sent[0]), ["system", "user"]);
});

Deno.test("formats: what a format has no word for is told with the upstream's own warnings", async () => {
  const targets = [messagesTarget("b", [MESSAGE], { warnings: () => ["Its own warning"] })];
  const { trace, reply } = await playCall({ targets, body: { ...BODY, logit_bias: { 1: 2 } } });
  assertEquals(reply, "200");
  assertEquals(trace.warnings.at(-1), "Its own warning");
  assertEquals(trace.warnings.some((warning) => warning.includes("logit_bias")), true);
});

Deno.test("formats: usage of a translated stream is asked for in the words of the target's format", async () => {
  const targets = [{ name: "a", answers: [okStream], provider: CHAT }];
  const asked = { targets, stream: true, formats: anthropicMessages, body: MESSAGES_BODY };
  const { sent: [body] } = await playCall(asked);
  assertEquals(body?.stream_options, { include_usage: true });
  const refusing = { ...CHAT, acceptsStreamUsage: false };
  const unasked = await playCall({
    ...asked,
    targets: [{ name: "a", answers: [okStream], provider: refusing }],
  });
  assertEquals(Object.hasOwn(unasked.sent[0] ?? {}, "stream_options"), false);
});

Deno.test("count_tokens: asked of a target that counts, else it is not found", async () => {
  const chat = { name: "a", answers: [OK], provider: CHAT };
  const counting = messagesTarget("b", [COUNT]);
  const call = { operation: "count_tokens", body: MESSAGES_BODY } as const;
  const counted = await playCall({ ...call, targets: [chat, counting] });
  assertEquals([counted.tries, counted.reply, counted.body], ["b", "200", COUNT.body]);
  assertEquals(counted.sent, [{ model: "m", stream: false, ...MESSAGES_BODY }]);
  const refused = await playCall({ ...call, targets: [chat] });
  assertEquals([refused.tries, refused.reply], ["", "404"]);
  assertEquals([refused.error?.kind, refused.error?.code], ["not_found", "unsupported_operation"]);
});

Deno.test("count_tokens: tells the cooldown nothing, and asks nothing of it", async () => {
  const clock = new JumpingClock(NOW_MS);
  const cooldown = new TargetCooldown({
    enabled: "on",
    windowMs: 60_000,
    minCalls: 1,
    failureRate: 0.5,
    durationMs: 30_000,
  }, new Map());
  const { tries } = await playCall({
    targets: [messagesTarget("a", [limited()]), messagesTarget("b", [COUNT])],
    operation: "count_tokens",
    body: MESSAGES_BODY,
    maxRetries: 0,
    clock,
    cooldown,
  });
  assertEquals(tries, "a b");
  assertEquals(cooldown.snapshot(clock.nowMs()), []);
});

const RESPONSE = {
  body: JSON.stringify({
    id: "resp_1",
    object: "response",
    created_at: 1,
    status: "completed",
    model: "m",
    output: [{
      id: "msg_1",
      type: "message",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text: "ok", annotations: [] }],
    }],
  }),
};
const BOTH: PlayedTarget["provider"] = { formats: { chat: [openaiChat, openaiResponses] } };
const NO_ADDRESS = error(404, "Not Found");

Deno.test("formats: a provider without the address of one is asked in its next, and that is remembered", async () => {
  const clock = new JumpingClock(NOW_MS);
  const unspoken = new UnspokenFormats(clock);
  const play = (answers: PlayedTarget["answers"]) =>
    playCall({
      targets: [{ name: "a", answers, provider: BOTH }],
      formats: openaiResponses,
      body: { input: "hi" },
      clock,
      unspoken,
    });
  const first = await play([NO_ADDRESS, OK]);
  assertEquals([first.tries, first.reply, first.trace.attempts], ["a a", "200", 2]);
  assertEquals(first.sent.map((body) => Object.hasOwn(body, "input")), [true, false]);
  assertEquals(JSON.parse(first.body).object, "response");
  const second = await play([OK]);
  assertEquals([second.tries, second.reply], ["a", "200"]);
  assertEquals(Object.hasOwn(second.sent[0]!, "input"), false);
  // In a while it may be another server.
  clock.pass(600_001);
  const later = await play([RESPONSE]);
  assertEquals([later.tries, later.body], ["a", RESPONSE.body]);
});

Deno.test("formats: a status that may mean more than an address sends nobody elsewhere", async () => {
  const cases = [
    [error(405, "Method Not Allowed"), "a a", "200"],
    [error(501, "Not Implemented"), "a a", "200"],
    [error(404, "The model m does not exist"), "a", "404"],
    [error(400, "Bad"), "a", "400"],
  ] as const;
  for (const [answer, tries, reply] of cases) {
    const targets = [{ name: "a", answers: [answer, OK], provider: BOTH }];
    const played = await playCall({ targets, formats: openaiResponses, body: { input: "hi" } });
    assertEquals([played.tries, played.reply], [tries, reply]);
  }
  const none = await playCall({
    targets: [{ name: "a", answers: [NO_ADDRESS], provider: BOTH }],
    formats: openaiResponses,
    body: { input: "hi" },
  });
  assertEquals([none.tries, none.reply], ["a a", "404"]);
});
