/** Which calls an answer that was kept is an answer to. */

import { assertEquals } from "@std/assert";
import type { Call, Reply } from "../../../src/core/call.ts";
import { AnswerHeaders } from "../../../src/core/http/answer_headers.ts";
import { ANONYMOUS } from "../../../src/core/principal.ts";
import { ParsedBody } from "../../../src/core/http/parsed_body.ts";
import { openaiChat } from "../../../src/formats/openai_chat/mod.ts";
import { AnswerCache } from "../../../src/gateway/sharing/answer_cache.ts";
import { MemoryAnswerStore } from "../../../src/gateway/sharing/answer_store.ts";
import { cacheOptions } from "../../../src/gateway/sharing/cache_options.ts";
import { coalesceOptions, shareCalls } from "../../../src/gateway/sharing/share_calls.ts";
import { ManualClock } from "../../transport/manual_clock.ts";

const BODY = { model: "m", messages: [] };

/** How many requests the calls have become, one after the other. */
async function requestsOf(...changes: readonly Partial<Call>[]): Promise<number> {
  const clock = new ManualClock();
  const generation = new Int32Array(1);
  const store = new MemoryAnswerStore({
    clock,
    ttlMs: 60_000,
    maxBytes: 1_000_000,
    generation,
    onDropped: () => {},
  });
  let requests = 0;
  const answer = shareCalls({
    coalesce: coalesceOptions.parse({}),
    cache: new AnswerCache({
      options: cacheOptions.parse({ enabled: "on" }),
      store,
      clock,
      count: () => {},
    }),
    place: "",
    clock,
  })(() => {
    requests++;
    const headers = new AnswerHeaders([["content-type", "application/json"]]);
    const reply: Reply = {
      answer: { status: 200, headers, body: new Uint8Array(2) },
      outcome: Promise.resolve({ kind: "complete", status: 200, bytes: 2 }),
    };
    return Promise.resolve(reply);
  });
  for (const changed of changes) {
    const { outcome } = await answer({
      id: "id",
      operation: "chat",
      principal: ANONYMOUS,
      account: "203.0.113.7",
      surface: "openai",
      formats: openaiChat,
      model: "m",
      wantsStream: false,
      body: new ParsedBody(BODY),
      bytes: new TextEncoder().encode(JSON.stringify(BODY)),
      headers: [],
      cacheWish: "on",
      signal: new AbortController().signal,
      arrivedMs: 0,
      trace: { upstream: undefined, attempts: 0, warnings: [] },
      ...changed,
    });
    await outcome;
  }
  return requests;
}

Deno.test("what a header makes another answer is not kept for those without it", async () => {
  assertEquals(await requestsOf({}, {}), 1);
  assertEquals(await requestsOf({}, { headers: [["openai-beta", "new=v1"]] }), 2);
  const once = (key: string): Partial<Call> => ({ headers: [["idempotency-key", key]] });
  assertEquals(await requestsOf(once("1"), once("2"), {}), 1);
});

Deno.test("an answer of a surface without a guard is none of one that has it", async () => {
  assertEquals(await requestsOf({ surface: "azure" }, { surface: "openai" }), 2);
});

Deno.test("an answer is one caller's alone", async () => {
  const alice = { name: "203.0.113.7", hasKey: true, limits: {}, models: undefined };
  assertEquals(await requestsOf({}, { account: "203.0.113.8" }), 2);
  assertEquals(await requestsOf({}, { principal: alice, account: "key:203.0.113.7" }), 2);
});
