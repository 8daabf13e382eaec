import { assertEquals, assertRejects } from "@std/assert";
import type { Call, Exchange, Reply } from "../../../src/core/call.ts";
import { AnswerHeaders } from "../../../src/core/http/answer_headers.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { Outcome } from "../../../src/core/outcome.ts";
import { ANONYMOUS } from "../../../src/core/principal.ts";
import { ParsedBody } from "../../../src/core/http/parsed_body.ts";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { gemini, geminiArray } from "../../../src/formats/gemini/mod.ts";
import { openaiChat } from "../../../src/formats/openai_chat/mod.ts";
import { openaiEmbeddings } from "../../../src/formats/openai_embeddings/mod.ts";
import { coalesceOptions, shareCalls } from "../../../src/gateway/sharing/share_calls.ts";
import { ManualClock } from "../../transport/manual_clock.ts";

const USAGE = { inputTokens: 1, outputTokens: 2, totalTokens: 3 };
const COMPLETE: Outcome = { kind: "complete", status: 200, bytes: 2, usage: USAGE };

/** Calls that reach the upstream wait to be answered by hand. */
function start() {
  const sent: { readonly call: Call; readonly answer: PromiseWithResolvers<Reply> }[] = [];
  const layer = shareCalls({
    coalesce: coalesceOptions.parse({ enabled: "on" }),
    cache: undefined,
    place: "",
    clock: new ManualClock(),
  });
  const exchange = layer((call) => {
    const answer = Promise.withResolvers<Reply>();
    sent.push({ call, answer });
    call.signal.addEventListener(
      "abort",
      () => answer.reject(new GatewayError("client_closed", "Left")),
    );
    call.trace.attempts += 1;
    call.trace.upstream = "test";
    return answer.promise;
  });
  return { sent, exchange };
}

function callOf(fields: Readonly<Record<string, unknown>> = {}, changes: Partial<Call> = {}): Call {
  const json = { model: "m", temperature: 0, ...fields } as JsonObject;
  return {
    id: "id",
    operation: "chat",
    principal: ANONYMOUS,
    account: "203.0.113.7",
    surface: "test",
    formats: openaiChat,
    model: "m",
    wantsStream: false,
    body: new ParsedBody(json),
    bytes: new TextEncoder().encode(JSON.stringify(json)),
    headers: [],
    signal: new AbortController().signal,
    arrivedMs: 0,
    trace: { upstream: undefined, attempts: 0, warnings: [] },
    ...changes,
  };
}

/** Waits for so many calls to reach the upstream. */
async function untilSent(sent: readonly unknown[], count: number): Promise<void> {
  for (let turn = 0; turn < 10_000 && sent.length < count; turn++) {
    await new Promise((resolve) => setTimeout(resolve));
  }
  assertEquals(sent.length, count);
}

/** Resolves when the call waits for an answer: from then on it watches its client. */
function joined({ signal }: Call): Promise<void> {
  return new Promise((resolve) => {
    const listen = signal.addEventListener.bind(signal);
    signal.addEventListener = (type, listener) => {
      listen(type, listener);
      resolve();
    };
  });
}

/** Makes calls and waits until each of them waits. */
async function join(exchange: Exchange, calls: readonly Call[]): Promise<Promise<Reply>[]> {
  const joining = Promise.all(calls.map(joined));
  const replies = calls.map((call) => exchange(call));
  for (const pending of replies) pending.catch(() => {});
  await joining;
  return replies;
}

const reply = (text: string): Reply => ({
  answer: { status: 200, headers: new AnswerHeaders([["x-from", "upstream"]]), body: text },
  outcome: Promise.resolve(COMPLETE),
});

Deno.test("coalesce() answers identical calls with one, and reports its usage once", async () => {
  const { sent, exchange } = start();
  const calls = [callOf(), callOf(), callOf()];
  const replies = await join(exchange, calls);
  assertEquals(sent.length, 1);
  sent[0]?.answer.resolve(reply("ok"));
  const outcomes: Outcome[] = [];
  for (const pending of replies) {
    const { answer, outcome } = await pending;
    assertEquals([answer.body, answer.headers.get("x-from")], ["ok", "upstream"]);
    outcomes.push(await outcome);
  }
  assertEquals(outcomes.filter(({ usage }) => usage !== undefined).length, 1);
  assertEquals(calls.map(({ trace }) => trace.attempts).toSorted(), [0, 0, 1]);
  assertEquals(calls.map(({ trace }) => trace.upstream), ["test", "test", "test"]);
  // Answers are not kept.
  const again = exchange(callOf());
  await untilSent(sent, 2);
  sent[1]?.answer.resolve(reply("again"));
  assertEquals((await again).answer.body, "again");
});

Deno.test("coalesce() shares an error", async () => {
  const { sent, exchange } = start();
  const replies = await join(exchange, [callOf(), callOf()]);
  sent[0]?.answer.reject(new GatewayError("upstream_timeout", "Slow"));
  for (const pending of replies) await assertRejects(() => pending, GatewayError, "Slow");
  assertEquals(sent.length, 1);
  exchange(callOf()).catch(() => {});
  await untilSent(sent, 2);
});

Deno.test("coalesce() keeps apart whatever is not the same call of the same principal", async () => {
  const { sent, exchange } = start();
  const different = [
    callOf(),
    callOf({ user: "b" }),
    callOf({}, { operation: "completions" }),
    callOf({}, { principal: { ...ANONYMOUS, name: "other" } }),
    callOf({}, { principal: { ...ANONYMOUS, hasKey: true } }),
    callOf({}, { headers: [["idempotency-key", "1"]] }),
    callOf({}, { headers: [["idempotency-key", "2"]] }),
    callOf({}, { timeoutMs: 1 }),
    callOf({}, { formats: { ...openaiChat, answer: { ...openaiChat.answer, name: "other" } } }),
    // What stands in the address, and not in the body.
    callOf({}, { model: "n" }),
    callOf({}, { wantsStream: true }),
    callOf({}, { formats: { ...openaiChat, answer: gemini.answer } }),
    callOf({}, { formats: { ...openaiChat, answer: geminiArray } }),
    callOf({ temperature: 0.5 }),
    callOf({ temperature: 0.5 }),
  ];
  for (const call of different) exchange(call).catch(() => {});
  await untilSent(sent, different.length);
});

Deno.test("coalesce() joins embeddings and calls with a seed", async () => {
  const { sent, exchange } = start();
  const seeded = { temperature: 1, seed: 7 };
  const embeddings = { operation: "embeddings", formats: openaiEmbeddings } as const;
  const calls = [
    ...[callOf(seeded), callOf(seeded)],
    ...[callOf({ temperature: null }, embeddings), callOf({ temperature: null }, embeddings)],
  ];
  await join(exchange, calls);
  assertEquals(sent.length, 2);
});

Deno.test("coalesce() cancels a call only when all its clients have left", async () => {
  const { sent, exchange } = start();
  const clients = [new AbortController(), new AbortController()];
  const replies = await join(exchange, clients.map(({ signal }) => callOf({}, { signal })));
  clients[0]?.abort();
  await assertRejects(() => replies[0]!, GatewayError, "closed");
  assertEquals(sent[0]?.call.signal.aborted, false);
  clients[1]?.abort();
  await assertRejects(() => replies[1]!, GatewayError, "closed");
  assertEquals(sent[0]?.call.signal.aborted, true);
});
