import { assert, assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import { openaiChat } from "../../../src/formats/openai_chat/mod.ts";
import { redactor } from "../../support/redactor.ts";
import { answerOf } from "../expected_answer.ts";
import { concat, decodeAll, decoderOf, ENCODE_OPTIONS } from "../stream_cases.ts";
import { content, decodeText, FINISH, observer, USAGE, utf8 } from "./text_observer.ts";

Deno.test("StreamObserver holds the end mark back for close()", () => {
  const observed = observer();
  assertEquals(observed.push(content("a") + FINISH + "data: [DONE]\n\n"), content("a") + FINISH);
  assertEquals(observed.progress.hasEnded, true);
  assertEquals(observed.push(content("late")), "");
  assertEquals(observed.complete(), "data: [DONE]\n\n");
});

Deno.test("StreamObserver takes out the event that only tells usage, where told to", () => {
  const usageEvent = `data: {"id":"c1","choices":[],${USAGE}}\n\n`;
  const withCount = content("a", `,"count":null`);
  const inChoice = content("b", `,${USAGE}`);
  const filters = `data: {"choices":[],"prompt_filter_results":[]}\n\n`;
  const passed = filters + withCount + inChoice + FINISH;
  for (const dropUsageEvent of [true, false]) {
    const observed = observer({ dropUsageEvent });
    const body = observed.push(passed + usageEvent + "data: [DONE]\n\n");
    assertEquals(body, dropUsageEvent ? passed : passed + usageEvent);
    assertEquals(observed.progress.usage?.totalTokens, 3);
  }
});

Deno.test("StreamObserver hands chunks on without a copy where nothing is taken out", () => {
  const observed = openaiChat.answer.streamObserver({
    choices: 1,
    maxEventBytes: 1_024,
    dropUsageEvent: true,
    dropNullUsage: true,
    redact: redactor.forClient,
    encode: ENCODE_OPTIONS,
  });
  const chunk = utf8.encode(content("a") + content("b"));
  assert(observed.push(chunk) === chunk);
});

Deno.test("StreamObserver leaves an error with a key in it to be written anew (T57)", () => {
  const error = `data: {"error":{"message":"no sk-12345678","code":502}}\n\n`;
  const observed = observer();
  assertEquals(observed.push(content("a") + error), content("a"));
  assertEquals(observed.progress.fault, { message: "no sk-12345678", status: 502 });
  assertEquals(JSON.parse(observed.fail().slice("data: ".length)).error.message, "It broke off");
});

Deno.test("StreamObserver says nothing after an error that the client got from the upstream", () => {
  const error = `data: {"error":{"message":"boom","code":502}}\n\n`;
  const observed = observer();
  assertEquals(observed.push(content("a") + error + "data: [DONE]\n\n"), content("a") + error);
  assertEquals(observed.progress.fault, { message: "boom", status: 502 });
  assertEquals(observed.fail(), "");
});

Deno.test("StreamObserver replaces an error that clients would not see", () => {
  const errors = [
    `data: {"object":"error","message":"boom","code":500}\n\n`,
    `event: error\ndata: {"message":"boom"}\n\n`,
    `event: error\ndata: boom\n\n`,
  ];
  for (const error of errors) {
    const observed = observer();
    assertEquals(observed.push(content("a") + error + content("b")), content("a"), error);
    assert(observed.progress.fault !== undefined, error);
    assert(observed.fail().startsWith(`data: {"error":{"message":"It broke off"`));
  }
});

Deno.test("StreamObserver passes half an event on to nobody", () => {
  const observed = observer();
  assertEquals(observed.push(content("a") + content("b").slice(0, 40)), content("a"));
  assertEquals(observed.flush(), "");
  assert(observed.fail().startsWith("data: {"));
});

Deno.test("StreamObserver frames a last event whose blank line never came", () => {
  const observed = observer();
  observed.push(content("a") + FINISH.trimEnd());
  assertEquals(observed.progress.isFinished, false);
  assertEquals(observed.flush(), FINISH);
  assertEquals(observed.progress.isFinished, true);
});

Deno.test("StreamObserver lets an event that is too long to hold through unread", () => {
  const observed = observer();
  const long = content("x".repeat(5_000));
  const parts = [long.slice(0, 2_000), long.slice(2_000, 4_000), long.slice(4_000)];
  assertEquals(observed.push(parts[0]!), parts[0]);
  assertEquals(observed.progress.hasOutput, true);
  assertEquals(observed.keepAlive("comment"), "");
  assertEquals(observed.push(parts[1]!), parts[1]);
  assertEquals(observed.push(parts[2]! + FINISH), parts[2] + FINISH);
  assertEquals(observed.progress.isFinished, true);
  assertEquals(observed.keepAlive("comment"), ": keep-alive\n");
});

Deno.test("StreamObserver ends an event that broke off half sent before it writes its own", () => {
  const observed = observer();
  observed.push(content("x".repeat(5_000)).slice(0, 2_000));
  assert(observed.fail().startsWith(`\n\ndata: {"error":`));
});

Deno.test("StreamObserver takes out what SDKs fail at and no answer needs (T10, T22)", () => {
  const harmful = [
    "data: : keepalive\n\n",
    "data:\n\n",
    "event: ping\n\n",
    "id: 7\n\n",
    "data: oops\n\n",
    `data: {"cut":\n\n`,
  ];
  const harmless = [": OPENROUTER PROCESSING\n\n", ":\n\n", "\n", content("b")];
  const observed = observer();
  observed.push(content("a"));
  for (const event of harmful) assertEquals(observed.push(event), "", event);
  for (const event of harmless) assertEquals(observed.push(event), event, event);
  assertEquals(observed.progress.malformedEvents, 2);
});

Deno.test("StreamObserver knows the stream's id when it keeps it alive", () => {
  const observed = observer();
  observed.push(content("a"));
  assert(observed.keepAlive("chunk").startsWith(`data: {"id":"c1",`));
});

Deno.test("StreamObserver counts a choice that finishes twice once", () => {
  const observed = observer({ choices: 2 });
  observed.push(FINISH + FINISH);
  assertEquals(observed.progress.isFinished, false);
  observed.push(FINISH.replace(`"index":0`, `"index":1`));
  assertEquals(observed.progress.isFinished, true);
});

Deno.test("StreamObserver passes on an event that outgrows the bound in one chunk as in many", () => {
  const long = content("x".repeat(5_000));
  const whole = observer();
  const inBytes = openaiChat.answer.streamObserver({
    choices: 1,
    maxEventBytes: 1_024,
    dropUsageEvent: false,
    dropNullUsage: false,
    redact: redactor.forClient,
    encode: ENCODE_OPTIONS,
  });
  const pieces = [...utf8.encode(long)].map((byte) => inBytes.push(new Uint8Array([byte])));
  assertEquals(whole.push(long), decodeText(concat(pieces)));
});

Deno.test("StreamObserver streams an answer that its upstream did not stream", () => {
  const answer = {
    id: "c1",
    choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  };
  const observed = observer();
  const [head, tail] = [JSON.stringify(answer).slice(0, 50), JSON.stringify(answer).slice(50)];
  assertEquals(observed.push(head) + observed.push(tail), "");
  const body = observed.flush();
  assertEquals(observed.progress.isFinished, true);
  const { choices, usage } = answerOf(
    decodeAll(decoderOf({ dialect: "openai_chat" }), [utf8.encode(body + observed.complete())]),
  );
  assertEquals(choices, [{ index: 0, text: "Hi", finish: { reason: "stop", raw: "stop" } }]);
  assertEquals(usage, answer.usage);
});

Deno.test("StreamObserver bounds a body that is no event stream", () => {
  const observed = observer();
  observed.push(`{"p":"${"x".repeat(1_000)}`);
  assertThrows(() => observed.push("x".repeat(1_000)), GatewayError);
  assertThrows(() => observed.push("x".repeat(1_000)), GatewayError);
});
