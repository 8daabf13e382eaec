/** Which target is tried when, and what is answered where none answers. */

import { assertEquals } from "@std/assert";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { playCall, type PlayedTarget, targetsOf } from "./play_call.ts";
import {
  type Answer,
  closed,
  delta,
  error,
  limited,
  OK,
  okStream,
  refused,
  silent,
  sse,
} from "./retry_cases.ts";

interface Row {
  readonly title: string;
  /** What the targets a, b, ... answer, try by try. */
  readonly answers: readonly (readonly Answer[])[];
  readonly stream?: boolean;
  readonly idempotent?: boolean;
  readonly maxRetries?: number;
  readonly tries: string;
  readonly waits?: readonly number[];
  readonly reply: string;
}

const FAULT = `{"error":{"message":"Busy","code":503}}`;

const ROWS: readonly Row[] = [
  { title: "200", answers: [[OK], [OK]], tries: "a", reply: "200" },
  ...[401, 402, 403, 404, 408, 425, 429, 500, 501, 502, 503, 504, 529].map((status) => ({
    title: String(status),
    answers: [[error(status, "no")], [OK]],
    tries: "a b",
    reply: "200",
  })),
  ...[400, 409, 413, 415, 422].map((status) => ({
    title: `${status} is the request's own fault`,
    answers: [[error(status, "no")], [OK]],
    tries: "a",
    reply: String(status),
  })),
  { title: "unreachable", answers: [[refused], [OK]], tries: "a b", reply: "200" },
  { title: "closed before the headers", answers: [[closed], [OK]], tries: "a b", reply: "200" },
  { title: "no headers in time", answers: [[silent], [OK]], tries: "a b", reply: "200" },
  {
    title: "no money",
    answers: [[error(429, "insufficient_quota")], [OK]],
    tries: "a b",
    reply: "200",
  },
  {
    title: "x-should-retry: false is said of one target",
    answers: [[limited({ "x-should-retry": "false" })], [OK]],
    tries: "a b",
    reply: "200",
  },
  {
    title: "a wait that the upstream asks for is not waited while there is another target",
    answers: [[limited({ "retry-after": "20" })], [OK]],
    tries: "a b",
    reply: "200",
  },
  { title: "empty 200", answers: [[{ body: "" }], [OK]], tries: "a b", reply: "200" },
  { title: "broken JSON", answers: [[{ body: "{" }], [OK]], tries: "a b", reply: "200" },
  { title: "error with 200", answers: [[{ body: FAULT }], [OK]], tries: "a b", reply: "200" },
  {
    title: "stream: empty 200",
    stream: true,
    answers: [[sse()], [okStream]],
    tries: "a b",
    reply: "200",
  },
  {
    title: "stream: error first",
    stream: true,
    answers: [[sse(FAULT)], [okStream]],
    tries: "a b",
    reply: "200",
  },
  {
    title: "stream: cut before content",
    stream: true,
    answers: [[{ ...sse(), breaks: true }], [okStream]],
    tries: "a b",
    reply: "200",
  },
  {
    title: "stream: cut after content (T16)",
    stream: true,
    answers: [[{ ...sse(delta), breaks: true }], [okStream]],
    tries: "a",
    reply: "200",
  },
  {
    title: "three targets",
    answers: [[refused], [error(500, "no")], [OK]],
    tries: "a b c",
    reply: "200",
  },
  {
    title: "a later target finds fault with the request",
    answers: [[error(500, "no")], [error(400, "bad")], [OK]],
    tries: "a b",
    reply: "400",
  },
  {
    title: "no retries, but the next target",
    maxRetries: 0,
    answers: [[error(500, "no")], [OK]],
    tries: "a b",
    reply: "200",
  },
  {
    title: "both fail once: the first is tried again after its wait",
    answers: [[error(500, "no"), OK], [error(500, "no")]],
    tries: "a b a",
    waits: [500],
    reply: "200",
  },
  {
    title: "both are rate limited: the one that may be asked first",
    answers: [[limited({ "retry-after": "20" }), OK], [limited({ "retry-after": "3" }), OK]],
    tries: "a b b",
    waits: [3000],
    reply: "200",
  },
  {
    title: "what a repetition cannot mend is not tried again",
    answers: [[error(401, "no")], [error(503, "no"), OK]],
    tries: "a b b",
    waits: [500],
    reply: "200",
  },
  {
    title: "time-outs are never tried again on the same target (T17)",
    answers: [[silent], [silent]],
    tries: "a b",
    reply: "504",
  },
  {
    title: "all fail for ever: the retries are the call's, not each target's",
    answers: [[error(500, "no")], [error(503, "no")]],
    tries: "a b a b a b a",
    // Each waits from its own failure on, so that the waits run side by side.
    waits: [500, 0, 1000, 1000, 3000],
    reply: "500 false",
  },
  {
    title: "the error that may pass is told, not the wrong key",
    maxRetries: 0,
    answers: [[limited({ "x-should-retry": "true" })], [error(401, "no")]],
    tries: "a b",
    reply: "429 false",
  },
  {
    title: "a wait beyond the budget is handed on",
    answers: [[limited({ "retry-after": "3600" })], [error(404, "no")]],
    tries: "a b",
    reply: "429 after 3600",
  },
  {
    title: "all refuse the key: the last says so",
    answers: [[error(401, "no")], [error(403, "no")]],
    tries: "a b",
    reply: "403",
  },
];

for (const { title, answers, tries, waits = [], reply, ...options } of ROWS) {
  Deno.test(`failover: ${title}`, async () => {
    const played = await playCall({ ...options, targets: targetsOf(answers) });
    assertEquals([played.tries, played.waits, played.reply], [tries, waits, reply]);
    assertEquals(played.trace.attempts, tries.split(" ").length);
  });
}

Deno.test("failover: the trace names the upstream that answered, and those that failed", async () => {
  const { trace } = await playCall({ targets: targetsOf([[refused], [error(500, "busy")], [OK]]) });
  assertEquals(trace.upstream, "c");
  assertEquals(trace.failedTargets, ["a/m 502 upstream_unreachable", "b/m 500 busy"]);
});

Deno.test("failover: a target that cannot take the call is left out, and what it says is the last resort", async () => {
  const chatOnly = { provider: { formats: { chat: [openaiChat] } } };
  const embeddings = { body: JSON.stringify({ object: "list", data: [], model: "m" }) };
  const targets = (b: Answer): PlayedTarget[] => [
    { name: "a", answers: [OK], ...chatOnly },
    { name: "b", answers: [b] },
  ];
  const served = await playCall({ operation: "embeddings", targets: targets(embeddings) });
  assertEquals([served.tries, served.reply], ["b", "200"]);
  const failed = await playCall({
    operation: "embeddings",
    targets: targets(error(500, "no")),
    maxRetries: 0,
  });
  assertEquals([failed.tries, failed.reply], ["b", "500 false"]);
  const refusedByAll = await playCall({
    operation: "embeddings",
    targets: [{ name: "a", answers: [OK], ...chatOnly }, { name: "b", answers: [OK], ...chatOnly }],
  });
  assertEquals([refusedByAll.tries, refusedByAll.error?.code], ["", "unsupported_operation"]);
});
