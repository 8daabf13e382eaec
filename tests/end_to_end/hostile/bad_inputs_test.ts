/**
 * Hundreds of bad inputs: each has its answer, the gateway lives on in bounded memory, and good calls
 * are served all the while.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { exchange } from "../../attack/exchange.ts";
import { peakResidentBytes } from "../../soak/process.ts";
import { startCanary } from "../../support/canary.ts";
import { startWeir } from "../../support/forwarding.ts";
import type { Program } from "../../support/program.ts";
import { type BadInput, CHAT, GOOD_BODY } from "./bad_input.ts";
import { badAddresses } from "./bad_inputs_ssrf.ts";
import { badBodies, MAX_BODY_BYTES, slowBodies } from "./bad_inputs_bodies.ts";
import { badFields } from "./bad_inputs_fields.ts";
import { badHeads } from "./bad_inputs_heads.ts";
import { badJson } from "./bad_inputs_json.ts";
import type { Attack } from "./hostile_request.ts";

const UPSTREAM_KEY = "sk-planted-upstream-77d0";
const CLIENT_KEY = "weir-planted-client-c3b1";
/** At a time; their bodies together are what the gateway has to hold. */
const SENDERS = 16;
const MAX_RESIDENT_BYTES = 512 * 1024 * 1024;
/** An answer is waited for this long, and only so long where there may be none. */
const ANSWER_MS = 30_000;
const SILENCE_MS = 1_500;
const TRICKLE_EVERY_MS = 50;
/** Longest answer to a bad input, its headers included: nothing is repeated at length. */
const MAX_ANSWER_CHARACTERS = 4_096;
const MAX_LOG_LINE_CHARACTERS = 4_096;
/** What tells of the machine: stack traces, files, and the upstream's address. */
const REVEALING = /\n\s+at |file:\/\/|\.ts:\d|ext:|node:|Error:|127\.0\.0\.1|localhost/;

const COMPLETION = JSON.stringify({
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "ok" }, finish_reason: "stop" }],
});

/** An upstream that takes everything, and nothing amiss. */
function startProvider() {
  const wrongKeys: string[] = [];
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }), // A body that breaks off.
  }, async (request) => {
    const values = [...request.headers.values()].join("\n");
    if (values.includes(CLIENT_KEY) || !values.includes(UPSTREAM_KEY)) wrongKeys.push(values);
    await request.bytes();
    const isList = request.method === "GET" && request.url.endsWith("/v1/models");
    const body = isList ? `{"object":"list","data":[{"id":"m","object":"model"}]}` : COMPLETION;
    return new Response(body, { headers: { "content-type": "application/json" } });
  });
  return { server, wrongKeys, origin: `http://127.0.0.1:${server.addr.port}` };
}

/** All of an input, and what trickles behind it, as often as it is asked for. */
async function* piecesOf({ request, trickle = "" }: BadInput, attack: Attack) {
  yield request(attack);
  for (let at = 0; trickle !== ""; at = (at + 1) % trickle.length) {
    yield trickle.charAt(at);
    await new Promise((resolve) => setTimeout(resolve, TRICKLE_EVERY_MS));
  }
}

/** Sends an input and reads its answer. */
async function answerOf({ url }: Program, input: BadInput, attack: Attack): Promise<string> {
  const waitMs = input.statuses.includes(0) ? SILENCE_MS : ANSWER_MS;
  return (await exchange(url, piecesOf(input, attack), waitMs)).answer;
}

function judge(input: BadInput, answer: string, { evil }: Attack): void {
  const told = `${input.name}: ${answer.slice(0, 400)}`;
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
  assert(input.statuses.includes(status), told);
  if (status === 200) return;
  if (input.code !== undefined) assertEquals(/"code":"(\w+)"/.exec(answer)?.[1], input.code, told);
  assert(answer.length < MAX_ANSWER_CHARACTERS, told);
  // An error may repeat what the client itself has said.
  assert(!REVEALING.test(answer.replaceAll(evil, "")), told);
  assert(!answer.includes(UPSTREAM_KEY) && !answer.includes(CLIENT_KEY), told);
}

/** Good calls, one after the other, until it is told to stop; returns how many there were. */
function keepCalling(weir: Program) {
  let isOver = false;
  const calls = (async () => {
    let count = 0;
    while (!isOver) {
      const response = await fetch(weir.url + CHAT, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${CLIENT_KEY}` },
        body: GOOD_BODY,
      });
      assertEquals([response.status, await response.text()], [200, COMPLETION]);
      count++;
    }
    return count;
  })();
  return () => {
    isOver = true;
    return calls;
  };
}

function judgeLog(output: string): void {
  assert(!output.includes(UPSTREAM_KEY) && !output.includes(CLIENT_KEY), "A key is in the log");
  const lines = output.split("\n").filter((line) => line.startsWith("{"));
  for (const line of lines) {
    assert(line.length < MAX_LOG_LINE_CHARACTERS, line);
    // deno-lint-ignore no-control-regex -- They are what a terminal would act upon.
    assert(!/[\x00-\x1f\x7f-\x9f]/.test(line), line);
    const entry: { readonly logger?: string; readonly message?: string } = JSON.parse(line);
    assertEquals(entry.logger, "weir");
    assert(entry.message !== "forged", line);
  }
}

async function sendAll(inputs: readonly BadInput[], env: Readonly<Record<string, string>>) {
  assertEquals(new Set(inputs.map(({ name }) => name)).size, inputs.length, "Two have one name");
  const provider = startProvider();
  const canary = startCanary();
  const weir = await startWeir(provider.origin, {
    OPENAI_API_KEY: UPSTREAM_KEY,
    PROXY_API_KEY: CLIENT_KEY,
    AUTH_MAX_FAILURES_PER_MINUTE: "0",
    LOG_SAMPLE: "0", // The lines of good calls would push those of the bad ones out.
    RATE_LIMIT_MAX_REQUESTS: "0",
    RATE_LIMIT_INFERENCE_MAX_REQUESTS: "0",
    RATE_LIMIT_V1_MAX_REQUESTS: "0",
    ...env,
  });
  const attack: Attack = { key: CLIENT_KEY, evil: canary.host, pseudonym: "weir" };
  const stopCalling = keepCalling(weir);
  const waiting = [...inputs];
  const failures: unknown[] = [];
  await Promise.all(Array.from({ length: SENDERS }, async () => {
    for (let input; (input = waiting.shift()) !== undefined;) {
      try {
        judge(input, await answerOf(weir, input, attack), attack);
      } catch (error) {
        failures.push(error);
      }
    }
  }));
  const goodCalls = await stopCalling();
  const peakBytes = Deno.build.os === "linux" ? await peakResidentBytes(weir.pid) : 0;
  await weir.stop();
  const output = weir.output();
  await provider.server.shutdown();
  await canary.stop();
  if (failures.length > 0) throw new AggregateError(failures, failures.join("\n\n"));
  assert(goodCalls > 0);
  assertEquals(canary.connections(), 0);
  assertEquals(provider.wrongKeys, []);
  assert(peakBytes < MAX_RESIDENT_BYTES, `${peakBytes} bytes were resident`);
  judgeLog(output);
  await weir[Symbol.asyncDispose]();
}

const BAD_INPUTS = [...badJson, ...badFields, ...badBodies, ...badHeads, ...badAddresses];

Deno.test("there are more than 200 bad inputs, each once", () => {
  const inputs = [...BAD_INPUTS, ...slowBodies];
  assert(inputs.length > 200, `There are ${inputs.length}`);
  assertEquals(new Set(inputs.map(({ name }) => name)).size, inputs.length);
});

Deno.test("bad inputs have their answers and harm nobody", async () => {
  await sendAll(BAD_INPUTS, {
    MAX_BODY_BYTES: String(MAX_BODY_BYTES),
  });
});

Deno.test("bodies that come too slowly are given up and harm nobody", async () => {
  await sendAll(slowBodies, { BODY_IDLE_TIMEOUT_MS: "1000", BODY_TIMEOUT_MS: "2000" });
});
