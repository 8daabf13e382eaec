/**
 * What an answer that is given again adds to a call, in processor time: `deno task bench:cache`.
 *
 * Calls whose answer is kept, in turns with calls that something answers which costs nothing, in one thread: what
 * surrounds both (connection, key, limits, log) is left out, and no provider is asked. The median of the differences
 * is printed; 1 is the exit code where the promise is broken.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import process from "node:process";
import type { Call, Exchange } from "../src/core/call.ts";
import { AnswerHeaders } from "../src/core/http/answer_headers.ts";
import { parseJsonObject } from "../src/core/text/json.ts";
import { ParsedBody } from "../src/core/http/parsed_body.ts";
import { openaiChat } from "../src/formats/openai_chat/mod.ts";
import { AnswerCache } from "../src/gateway/sharing/answer_cache.ts";
import { MemoryAnswerStore } from "../src/gateway/sharing/answer_store.ts";
import { cacheOptions } from "../src/gateway/sharing/cache_options.ts";
import { coalesceOptions, shareCalls } from "../src/gateway/sharing/share_calls.ts";
import { realClock } from "../tests/support/real_clock.ts";
import { quartilesOf } from "./quartiles.ts";

const PROMISED_US = 20;
const ROUNDS = Number(Deno.args[0] ?? 40);
const CALLS_A_ROUND = 2_000;
const WARM_UP_ROUNDS = 5;

const SIZES: Readonly<
  Record<string, { readonly characters: number; readonly promisedUs?: number }>
> = {
  "a request of 0.5 KB": { characters: 400, promisedUs: PROMISED_US },
  "a request of 5 KB": { characters: 5_000 },
  "a request of 50 KB": { characters: 50_000 },
};

const ANSWER = new TextEncoder().encode(`{"choices":"${"x".repeat(1_000)}"}`);

const answerAtOnce: Exchange = () =>
  Promise.resolve({
    answer: {
      status: 200,
      headers: new AnswerHeaders([["content-type", "application/json"]]),
      body: ANSWER.slice(),
    },
    outcome: Promise.resolve({ kind: "complete", status: 200, bytes: ANSWER.length }),
  });

function callOf(text: string): Call {
  return {
    id: "id",
    operation: "chat",
    principal: { name: "a", hasKey: true, limits: {}, models: undefined },
    account: "key:a",
    surface: "openai",
    formats: openaiChat,
    model: "any-model",
    wantsStream: false,
    body: new ParsedBody(parseJsonObject(text)!),
    bytes: new TextEncoder().encode(text),
    headers: [],
    signal: new AbortController().signal,
    arrivedMs: 0,
    trace: { upstream: undefined, attempts: 0, warnings: [] },
  };
}

function textOf(characters: number): string {
  const messages = [
    { role: "system", content: "You are a helpful assistant." },
    { role: "user", content: "hello you ".repeat(characters / 10) },
  ];
  return JSON.stringify({ model: "any-model", stream: false, temperature: 0.7, messages });
}

function createShared(): Exchange {
  const options = cacheOptions.parse({ enabled: "on", models: ["*"] });
  const { ttlMs, maxBytes } = options;
  const store = new MemoryAnswerStore({
    clock: realClock,
    ttlMs,
    maxBytes,
    generation: new Int32Array(1),
    onDropped: () => {},
  });
  const cache = new AnswerCache({ options, store, clock: realClock, count: () => {} });
  const place = "p".repeat(43);
  const coalesce = coalesceOptions.parse({});
  return shareCalls({ coalesce, cache, place, clock: realClock })(answerAtOnce);
}

/** Microseconds of the processor for each call. */
async function measure(exchange: Exchange, text: string): Promise<number> {
  const calls = Array.from({ length: CALLS_A_ROUND }, () => callOf(text));
  const before = process.cpuUsage();
  for (const call of calls) await (await exchange(call)).outcome;
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS_A_ROUND;
}

for (const [name, { characters, promisedUs }] of Object.entries(SIZES)) {
  const text = textOf(characters);
  const shared = createShared();
  await (await shared(callOf(text))).outcome;
  const addedUs: number[] = [];
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    const [withoutUs, withUs] = [await measure(answerAtOnce, text), await measure(shared, text)];
    if (round >= 0) addedUs.push(withUs - withoutUs);
  }
  const { lower, median, upper } = quartilesOf(addedUs);
  const isKept = promisedUs === undefined || median <= promisedUs;
  console.log(
    `${name.padEnd(20)} ${median.toFixed(1)} µs (half of all from ${lower.toFixed(1)} to ` +
      `${upper.toFixed(1)})${
        promisedUs === undefined ? "" : `, ${isKept ? "within" : "NOT within"} ${promisedUs}`
      }`,
  );
  if (!isKept) Deno.exitCode = 1;
}
