/**
 * What a call costs by the API that its client and its provider speak, in processor time of the gateway:
 * `deno task bench:formats` (Linux).
 *
 * One gateway in front of one fake LLM, which speaks all of them; the cases take turns within each round, and
 * ratios are those of medians. 1 is the exit code where a promise is broken.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { cpuMicroseconds } from "../tests/soak/process.ts";
import { startProgram } from "../tests/support/program.ts";
import { quartilesOf } from "./quartiles.ts";

const ROUNDS = Number(Deno.args[0] ?? 15);
const CALLS_A_ROUND = 300;
const WARM_UP_CALLS = 3_000;
const AT_ONCE = 10;
const TOKENS = 200;

/** Of any kind; the fake LLM asks for none, and the providers of these APIs are on where there is one. */
const KEY = "a-key-that-everybody-here-knows-of";

const CLIENTS = {
  chat: "/v1/chat/completions",
  messages: "/v1/messages",
  responses: "/v1/responses",
} as const;

interface Case {
  readonly client: keyof typeof CLIENTS;
  readonly provider: "openai" | "anthropic" | "local";
  readonly stream: boolean;
  /** What it is compared with, and the most that it may cost of that. */
  readonly promise?: { readonly of: string; readonly atMost: number };
}

const CASES: Readonly<Record<string, Case>> = {
  "chat": { client: "chat", provider: "openai", stream: false },
  "messages": whole("messages", "anthropic"),
  "responses": whole("responses", "openai"),
  "chat, watched": { client: "chat", provider: "openai", stream: true },
  "messages, watched": watched("messages", "anthropic"),
  "responses, watched": watched("responses", "openai"),
  "messages at chat": translated("messages", "local"),
  "responses at chat": translated("responses", "local"),
  "chat at messages": translated("chat", "anthropic"),
  "responses at messages": translated("responses", "anthropic"),
};

function whole(client: Case["client"], provider: Case["provider"]): Case {
  return { client, provider, stream: false, promise: { of: "chat", atMost: 1.15 } };
}

function watched(client: Case["client"], provider: Case["provider"]): Case {
  return { client, provider, stream: true, promise: { of: "chat, watched", atMost: 1.15 } };
}

function translated(client: Case["client"], provider: Case["provider"]): Case {
  const of = `${client}, watched`;
  return { client, provider, stream: true, promise: { of, atMost: 2 } };
}

function bodyOf({ client, provider, stream }: Case): string {
  const model = `${provider}/any-model`;
  const content = `[tokens=${stream ? TOKENS : 20}]`;
  if (client === "responses") return JSON.stringify({ model, stream, input: content });
  const messages = [{ role: "user", content }];
  return JSON.stringify({ model, stream, messages, max_tokens: 1_000 });
}

async function callOften(url: string, asked: Case, calls: number): Promise<void> {
  const body = bodyOf(asked);
  let left = calls;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (left-- > 0) {
      const response = await fetch(url + CLIENTS[asked.client], {
        method: "POST",
        headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
        body,
      });
      const text = await response.text();
      if (response.status !== 200) throw new Error(`Answered ${response.status} ${text}`);
    }
  }));
}

await using fake = await startProgram({ args: ["fake"] });
await using weir = await startProgram({
  env: {
    OPENAI_API_KEY: KEY,
    OPENAI_BASE_URL: fake.url,
    ANTHROPIC_API_KEY: KEY,
    ANTHROPIC_BASE_URL: fake.url,
    UPSTREAM_LOCAL_BASE_URL: fake.url,
    RATE_LIMIT_V1_MAX_REQUESTS: "0",
  },
});
for (const asked of Object.values(CASES)) await callOften(weir.url, asked, WARM_UP_CALLS / 10);

const costsUs: Record<string, number[]> = {};
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, asked] of Object.entries(CASES)) {
    const beforeUs = await cpuMicroseconds(weir.pid);
    await callOften(weir.url, asked, CALLS_A_ROUND);
    const us = (await cpuMicroseconds(weir.pid) - beforeUs) / CALLS_A_ROUND;
    (costsUs[name] ??= []).push(us);
  }
}

const medianOf = (name: string): number => quartilesOf(costsUs[name] ?? []).median;
for (const [name, { promise }] of Object.entries(CASES)) {
  const { lower, median, upper } = quartilesOf(costsUs[name] ?? []);
  let ratio = "";
  if (promise !== undefined) {
    const times = median / medianOf(promise.of);
    const isKept = times <= promise.atMost;
    if (!isKept) Deno.exitCode = 1;
    ratio = `, ${times.toFixed(2)} of ${promise.of}, ${
      isKept ? "" : "NOT "
    }within ${promise.atMost}`;
  }
  console.log(
    `${name.padEnd(22)} ${median.toFixed(0).padStart(6)} µs a call (half of all from ` +
      `${lower.toFixed(0)} to ${upper.toFixed(0)})${ratio}`,
  );
}
