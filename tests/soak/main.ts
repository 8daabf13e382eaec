/**
 * Thousands of streams through one gateway: `deno task soak`. Exit code 1 when memory grows or an
 * upstream connection stays open.
 *
 * Linux only: memory and connections are read from /proc.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { type Program, startProgram } from "../support/program.ts";
import { connectionsTo, residentBytes } from "./process.ts";

const STREAMS = 10_000;
const AT_ONCE = 20;
const MAX_GROWTH = 0.1;
/** Read at full speed first, so that the heap has the size that work gives it. */
const READ_BEFORE_STALL_BYTES = 150_000_000;
const STALL_MS = 10_000;
const STALLS = 3;
const MAX_STALL_GROWTH_BYTES = 5_000_000;
const MEBIBYTE = 1_048_576;

let failures = 0;

function report(isGood: boolean, text: string): void {
  if (!isGood) failures++;
  console.log(`${isGood ? "ok  " : "FAIL"} ${text}`);
}

function openStream(weir: Program, prompt: string, signal: AbortSignal | null = null) {
  return fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "any-model",
      stream: true,
      messages: [{ role: "user", content: prompt }],
    }),
    signal,
  });
}

async function completeStream(weir: Program): Promise<void> {
  const text = await (await openStream(weir, "[tokens=20]")).text();
  if (!text.endsWith("data: [DONE]\n\n")) throw new Error(`Not complete: ${text.slice(-200)}`);
}

async function abortStream(weir: Program): Promise<void> {
  const controller = new AbortController();
  const response = await openStream(weir, "[tokens=100000] [pace=1]", controller.signal);
  await response.body?.getReader().read();
  controller.abort();
}

/** Runs them `AT_ONCE` at a time; returns the memory after each thousand. */
async function run(weir: Program, stream: (weir: Program) => Promise<void>): Promise<number[]> {
  const memory: number[] = [];
  let started = 0;
  let ended = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (started < STREAMS) {
      started++;
      await stream(weir);
      if (++ended % 1_000 === 0) memory.push(await residentBytes(weir.pid));
    }
  }));
  return memory;
}

async function soak(): Promise<void> {
  await using fake = await startProgram({ args: ["fake"] });
  await using weir = await startProgram({
    env: {
      OPENAI_API_KEY: "sk-upstream",
      OPENAI_BASE_URL: fake.url,
      IDLE_CONNECTION_MS: "500",
      LOG_LEVEL: "warn",
      RATE_LIMIT_V1_MAX_REQUESTS: "0",
    },
  });
  const fakePort = Number(new URL(fake.url).port);
  for (const [name, stream] of [["aborted", abortStream], ["complete", completeStream]] as const) {
    const startedMs = performance.now();
    const memory = await run(weir, stream);
    const seconds = (performance.now() - startedMs) / 1000;
    const [second = 0, last = 0] = [memory[1], memory.at(-1)];
    const growth = (last - second) / second;
    report(
      growth < MAX_GROWTH,
      `${STREAMS} ${name} streams in ${seconds.toFixed(0)} s: memory after each thousand ` +
        `${memory.map((bytes) => (bytes / MEBIBYTE).toFixed(0)).join(" ")} MiB, ` +
        `${(growth * 100).toFixed(1)} % from the second to the last`,
    );
  }
  report(await allClosed(fakePort), "no upstream connection is left open");
}

/** Idle connections close by themselves after half a second. */
async function allClosed(port: number): Promise<boolean> {
  for (let look = 0; look < 50; look++) {
    if (await connectionsTo(port) === 0) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

/**
 * A client that stops reading an endless stream must make the upstream wait.
 *
 * The median of several: what one shows also depends on how long ago garbage was collected.
 */
async function stalls(): Promise<void> {
  const grown: number[] = [];
  for (let stall = 0; stall < STALLS; stall++) grown.push(await stallOnce());
  const megabytes = grown.map((bytes) => (bytes / 1_000_000).toFixed(1)).join(", ");
  const median = grown.toSorted((left, right) => left - right)[Math.floor(STALLS / 2)] ?? Infinity;
  report(
    median < MAX_STALL_GROWTH_BYTES,
    `a client that stops reading for ${STALL_MS / 1000} s: memory grows by ${megabytes} MB`,
  );
}

async function stallOnce(): Promise<number> {
  await using fake = await startProgram({ args: ["fake"] });
  await using weir = await startProgram({
    env: { OPENAI_API_KEY: "sk-upstream", OPENAI_BASE_URL: fake.url, LOG_LEVEL: "warn" },
  });
  await completeStream(weir);
  const body = JSON.stringify({
    model: "any-model",
    stream: true,
    messages: [{ role: "user", content: "[tokens=1000000]" }],
  });
  using connection = await Deno.connect({
    hostname: "127.0.0.1",
    port: Number(new URL(weir.url).port),
  });
  await connection.write(
    new TextEncoder().encode(
      "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n" +
        `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    ),
  );
  const buffer = new Uint8Array(65_536);
  for (let read = 0; read < READ_BEFORE_STALL_BYTES;) read += await connection.read(buffer) ?? 0;
  const before = await residentBytes(weir.pid);
  await new Promise((resolve) => setTimeout(resolve, STALL_MS));
  return await residentBytes(weir.pid) - before;
}

if (import.meta.main) {
  await soak();
  await stalls();
  Deno.exit(failures === 0 ? 0 : 1);
}
