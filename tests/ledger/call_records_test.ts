import { assertEquals } from "@std/assert";
import type { Call, FinishedCall, Reply } from "../../src/core/call.ts";
import { AnswerHeaders } from "../../src/core/http/answer_headers.ts";
import type { StreamedAnswer } from "../../src/core/http/http.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import { ANONYMOUS, type Principal } from "../../src/core/principal.ts";
import { createCallRecordOf } from "../../src/ledger/call_record_of.ts";
import { keepBodies } from "../../src/ledger/call_bodies.ts";
import { createReadBodyTags, createReadHeaderTags } from "../../src/ledger/tags.ts";
import { ledgerOptions } from "../../src/state/ledger/options.ts";

const OUTCOME: Outcome = { kind: "complete", status: 200, bytes: 3 };
const encoder = new TextEncoder();

function masked(text: string): string {
  return text.replaceAll("secret", "***");
}

function finished(trace: Partial<FinishedCall["trace"]>, principal: Principal = ANONYMOUS) {
  // Only what a record has is given.
  const call = {
    principal,
    trace: { upstream: undefined, attempts: 0, warnings: [], ...trace },
  } as FinishedCall;
  return { call, outcome: OUTCOME, endedMs: 5 };
}

Deno.test("a record has a name of its own, whose call it was, and what it cost", () => {
  const recordOf = createCallRecordOf("thread", masked);
  const attempt = {
    provider: "p",
    model: "m",
    sentMs: 1,
    endedMs: 2,
    outcome: "upstream_error",
    cause: "said secret",
    cost: { usd: 0.25, isEstimated: true },
  };
  const cost = { usd: 0.25, isEstimated: true };
  const team: Principal = { ...ANONYMOUS, team: "red" };
  const record = recordOf(finished({ attempts: 1, tries: [attempt], cost }, team), { model: "m" });
  assertEquals(record, {
    uid: "00000005-thread-0",
    endedMs: 5,
    line: { model: "m" },
    team: "red",
    attempts: [{ ...attempt, cause: "said ***" }],
    costUsd: 0.25,
    isEstimated: true,
  });
  assertEquals(recordOf(finished({}), {}).uid, "00000005-thread-1");
});

Deno.test("what nobody was asked for costs nothing, and what was sent at an unknown price is unknown", () => {
  const recordOf = createCallRecordOf("thread", masked);
  assertEquals(recordOf(finished({ attempts: 0 }), {}).costUsd, 0);
  assertEquals(recordOf(finished({ attempts: 1 }), {}).costUsd, null);
});

Deno.test("tags are read from headers and from metadata, where these are short texts or numbers", () => {
  const { tags } = ledgerOptions.parse({
    tags: { project: "X-Project", feature: "metadata.feature", run: "metadata.run" },
  });
  const ofHeaders = createReadHeaderTags(tags);
  assertEquals(ofHeaders?.(new Headers({ "x-project": "apollo" })), { project: "apollo" });
  assertEquals(ofHeaders?.(new Headers()), {});
  const ofBody = createReadBodyTags(tags);
  assertEquals(ofBody?.({ metadata: { feature: "chat", run: 7 } }), { feature: "chat", run: "7" });
  assertEquals(ofBody?.({ metadata: { feature: { deep: 1 }, run: "" } }), {});
  assertEquals(ofBody?.({ metadata: "text" }), {});
  assertEquals(ofBody?.({ metadata: { feature: "x".repeat(500) } })?.["feature"]?.length, 200);
  assertEquals(createReadHeaderTags({}), undefined);
  assertEquals(createReadBodyTags({ project: "x-project" }), undefined);
});

Deno.test("what lets somebody in is no tag", () => {
  for (const source of ["Authorization", "cookie", "x-api-key", "X-Weir-Key", "two words"]) {
    assertEquals(ledgerOptions.safeParse({ tags: { t: source } }).success, false, source);
  }
});

function callOf(name: string, request: string): Call {
  // Only what is kept of a call is given.
  return {
    principal: { ...ANONYMOUS, name },
    bytes: encoder.encode(request),
    trace: { upstream: undefined, attempts: 0, warnings: [] },
  } as unknown as Call;
}

function reply(body: Reply["answer"]["body"]): Promise<Reply> {
  const answer = { status: 200, headers: new AnswerHeaders([]), body };
  return Promise.resolve({ answer, outcome: Promise.resolve(OUTCOME) });
}

Deno.test("bodies are kept of the keys that are named, bounded and without secrets", async () => {
  const options = { keepBodies: ["team-*"], keepBodiesMaxBytes: 10 };
  const exchange = keepBodies(options, masked, (call) => {
    call.trace.bodies?.forwarded(encoder.encode("forwarded"));
    return reply("the secret is long");
  });
  const kept = callOf("team-a", "a request of 21 bytes");
  await exchange(kept);
  assertEquals(kept.trace.bodies?.kept(), {
    request: "a request …",
    forwarded: "forwarded",
    answer: "the *** is…",
  });
  // Escapes hide nothing.
  const escaped = callOf("team-a", '["\\u0073ecret"]');
  await exchange(escaped);
  assertEquals(escaped.trace.bodies?.kept().request, '["***"]');
  const other = callOf("other", "x");
  await exchange(other);
  assertEquals(other.trace.bodies, undefined);
});

Deno.test("a stream is kept as it is written, and reaches its client unchanged", async () => {
  const written: string[] = [];
  const streamed: StreamedAnswer = {
    start: (sink) => {
      sink.write(encoder.encode("data: é"));
      sink.write(encoder.encode("nd"));
      sink.end();
    },
    cancel: () => written.push("cancelled"),
  };
  const options = { keepBodies: ["*"], keepBodiesMaxBytes: 100 };
  const exchange = keepBodies(options, masked, () => reply(streamed));
  const call = callOf("anna", "{}");
  const { answer: { body } } = await exchange(call);
  const answer = body as StreamedAnswer;
  answer.start({
    write: (bytes) => {
      written.push(new TextDecoder().decode(bytes));
      return undefined;
    },
    end: () => written.push("end"),
    abort: () => {},
  });
  answer.cancel();
  assertEquals(written, ["data: é", "nd", "end", "cancelled"]);
  assertEquals(call.trace.bodies?.kept().answer, "data: énd");
});

Deno.test("where no key is named the exchange is the same function", () => {
  const exchange = () => reply(null);
  const { keepBodies: names, keepBodiesMaxBytes } = ledgerOptions.parse({});
  const same = keepBodies({ keepBodies: names, keepBodiesMaxBytes }, masked, exchange);
  assertEquals(same === exchange, true);
});
