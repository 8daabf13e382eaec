/**
 * The own HTTP/1.1 client against `fetch`, behind the same interface.
 *
 * `deno bench -A bench/transport_bench.ts` measures time; `deno run -A bench/transport_bench.ts cpu`
 * measures the processor time of this process alone, the two interleaved, and prints the medians
 * and their ratio. The upstream is a process of its own.
 *
 * @module
 */

import process from "node:process";
import { createHttp1Transport, type TransportClient } from "../src/transport/http1_transport.ts";
import { createFetchTransport } from "../tests/transport/fetch_transport.ts";
import { transportOptions } from "../src/transport/transport_options.ts";
import { realClock } from "../tests/support/real_clock.ts";

const CHUNKS = 200;
const ROUNDS = 7;

const server = new Deno.Command(Deno.execPath(), {
  args: ["run", "--allow-net", new URL("transport_bench_server.ts", import.meta.url).pathname],
  stdout: "piped",
}).spawn();
addEventListener("unload", () => server.kill());
const port = await firstLine(server.stdout);

const clients = {
  http1: createHttp1Transport(
    transportOptions.parse({}),
    realClock,
    (bytes) => void crypto.getRandomValues(bytes),
  ),
  fetch: createFetchTransport(transportOptions.parse({}), realClock),
};
type ClientName = keyof typeof clients;
const clientNames: readonly ClientName[] = ["http1", "fetch"];

const body = new TextEncoder().encode(JSON.stringify({ model: "m", text: "z".repeat(400) }));
const headers = [
  ["authorization", "Bearer 0123456789abcdef0123456789abcdef"],
  ["content-type", "application/json"],
  ["accept-encoding", "identity"],
  ["user-agent", "bench"],
] as const;

/** One call: everything that it brings is read. */
async function call(client: TransportClient, target: string): Promise<number> {
  const url = new URL(`http://127.0.0.1:${port}${target}`);
  const signal = new AbortController().signal;
  const answer = await client.send({ method: "POST", url, headers, body }, signal);
  let length = 0;
  for (let bytes; (bytes = await answer.body.read()) !== null;) length += bytes.length;
  return length;
}

for (const name of clientNames) {
  Deno.bench({
    name: `${name} · JSON call of 300 B · one after the other`,
    group: "json call",
    baseline: name === "http1",
    fn: async () => void await call(clients[name], "/json"),
  });
  Deno.bench({
    name: `${name} · ${CHUNKS} chunks of 250 B · written at once`,
    group: "stream",
    baseline: name === "http1",
    fn: async () => void await call(clients[name], "/burst"),
  });
}

/** What the processor-time table measures; `units` is what one call counts for. */
const workloads = [
  { name: "JSON call, 32 at once", target: "/json", calls: 6_400, atOnce: 32, units: 1 },
  { name: "chunk, all in one write", target: "/burst", calls: 1_000, atOnce: 4, units: CHUNKS },
  { name: "chunk, a write each", target: "/stream", calls: 200, atOnce: 4, units: CHUNKS },
  {
    name: "chunk, one in 10 ms, 200 streams",
    target: "/stream?gap=10",
    calls: 200,
    atOnce: 200,
    units: CHUNKS,
  },
];

async function cpuMicroseconds(
  client: TransportClient,
  { target, calls, atOnce, units }: (typeof workloads)[number],
): Promise<number> {
  const before = process.cpuUsage();
  let started = 0;
  const lane = async () => {
    while (started++ < calls) await call(client, target);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (calls * units);
}

async function printCpuTable(): Promise<void> {
  await print(`processor time in µs, median of ${ROUNDS} interleaved rounds`);
  for (const workload of workloads) {
    const samples = { http1: [] as number[], fetch: [] as number[] };
    for (const name of clientNames) await cpuMicroseconds(clients[name], workload);
    for (let round = 0; round < ROUNDS; round++) {
      const order = round % 2 === 0 ? clientNames : clientNames.toReversed();
      for (const name of order) {
        samples[name].push(await cpuMicroseconds(clients[name], workload));
      }
    }
    const [own, runtime] = [median(samples.http1), median(samples.fetch)];
    await print(
      `${workload.name.padEnd(34)} http1 ${own.toFixed(2).padStart(7)}` +
        `  fetch ${runtime.toFixed(2).padStart(7)}  ratio ${(runtime / own).toFixed(2)}`,
    );
  }
}

async function print(line: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(`${line}\n`));
}

function median(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[samples.length >> 1] ?? NaN;
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stream.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  return new TextDecoder().decode(value).trim();
}

if (Deno.args.includes("cpu")) {
  await printCpuTable();
  for (const name of clientNames) clients[name].close();
  Deno.exit();
}
