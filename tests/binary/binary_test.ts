/**
 * What only the compiled file can show: that it is whole, small, quick, and holds nothing else.
 *
 * Runs against the file that `WEIR_BINARY` names (`deno task binary`).
 *
 * @module
 */

// deno-lint-ignore-file no-console -- The figures are part of what these tests tell.

import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import denoJson from "../../deno.json" with { type: "json" };
import { binaryPath, runProgram, startProgram } from "../support/program.ts";
import { embeddedBytes } from "./embedded_bytes.ts";

/** A third is the tables of letters that the automata of guards know, half a megabyte the prices of all models. */
const MAX_EMBEDDED_BYTES = 3.5 * 1024 * 1024;
/** What the compiler adds to the files of the bundle: their names, its settings. */
const MAX_OTHER_BYTES = 128 * 1024;
/** It was 300 before there were Responses and the server: what a start evaluates has grown by a fifth. */
const MAX_START_MS = 530;
const STARTS = 10;
/** What the program is made of beside its own files; all else in deno.json is for tests. */
const SHIPPED_PACKAGES = [
  "@ioredis/commands",
  "@opentelemetry/api",
  "@opentelemetry/context-async-hooks",
  "@opentelemetry/core",
  "@opentelemetry/exporter-trace-otlp-http",
  "@opentelemetry/exporter-trace-otlp-proto",
  "@opentelemetry/otlp-exporter-base",
  "@opentelemetry/otlp-transformer",
  "@opentelemetry/resources",
  "@opentelemetry/sdk-trace",
  "@opentelemetry/semantic-conventions",
  "@pydantic/genai-prices",
  "cluster-key-slot",
  "debug",
  "denque",
  "fastest-levenshtein",
  "hono",
  "ioredis",
  "jsonc-parser",
  "ms",
  "postgres",
  "prom-client",
  "redis-errors",
  "refa",
  "standard-as-callback",
  "yaml",
  "zod",
];

/** What is embedded, and what it was made of: the maps beside it name each file. */
async function readBundle(): Promise<{ readonly text: string; readonly sources: string[] }> {
  const files: string[] = [];
  for await (const { name } of Deno.readDir("dist/bundle")) files.push(`dist/bundle/${name}`);
  const [maps, code] = [files.filter(isMap), files.filter((file) => !isMap(file))];
  const texts = await Promise.all(code.map((file) => Deno.readTextFile(file)));
  const sources = await Promise.all(maps.map(async (file): Promise<string[]> => {
    const { sources }: { readonly sources: string[] } = JSON.parse(await Deno.readTextFile(file));
    return sources.map((path) => path.replace(/^(?:\.\.\/)+/, ""));
  }));
  return { text: texts.join(""), sources: sources.flat() };
}

function isMap(file: string): boolean {
  return file.endsWith(".map");
}

function binaryTest(name: string, run: () => Promise<void>): void {
  const isMissing = binaryPath === undefined;
  const reason = isMissing ? " (not run: WEIR_BINARY names no file; see deno task binary)" : "";
  Deno.test({ name: `weir ${name}${reason}`, ignore: isMissing, fn: run });
}

binaryTest("serves without a command or any setting, and ends cleanly on SIGTERM", async () => {
  await using program = await startProgram({ args: [] });
  const response = await fetch(`${program.url}/healthz`);
  assertEquals(response.status, 200);
  await response.body?.cancel();
  assertEquals((await program.stop("SIGTERM")).code, 0);
});

binaryTest("version prints the version of deno.json", async () => {
  const { code, output } = await runProgram({ args: ["version"] });
  assertEquals({ code, output }, { code: 0, output: `${denoJson.version}\n` });
});

binaryTest("healthcheck exits with 0 while the gateway answers, and not after", async () => {
  await using program = await startProgram();
  const env = { HOST: "127.0.0.1", PORT: new URL(program.url).port };
  assertEquals(await runProgram({ args: ["healthcheck"], env }), { code: 0, output: "" });
  await program.stop();
  const { code, output } = await runProgram({ args: ["healthcheck"], env });
  assertNotEquals(code, 0);
  assertMatch(output, /healthz/);
});

binaryTest("holds its own code and its packages, below 3.5 MiB", async () => {
  const embedded = await embeddedBytes(binaryPath ?? "");
  assert(embedded.length > 0, "nothing is embedded");
  assert(embedded.length < MAX_EMBEDDED_BYTES, `${embedded.length} bytes are embedded`);
  console.log(`embedded: ${(embedded.length / 1024).toFixed(0)} KiB`);
  const { text, sources: paths } = await readBundle();
  const rest = embedded.length - text.length;
  assert(rest >= 0 && rest < MAX_OTHER_BYTES, `${rest} bytes are none of the bundle's`);
  const packages = paths.map((path) =>
    /\/registry\.npmjs\.org\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]
  );
  assertEquals(
    [...new Set(packages)].filter((name) => name !== undefined).sort(),
    SHIPPED_PACKAGES,
  );
  const own = paths.filter((_, index) => packages[index] === undefined);
  assert(own.includes("main.ts"), `no main.ts among ${own}`);
  assertEquals(own.filter((path) => path !== "main.ts" && !path.startsWith("src/")), []);
});

binaryTest(`answers /healthz within ${MAX_START_MS} ms of its start`, async () => {
  const timesMs: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    const startedMs = performance.now();
    await using program = await startProgram();
    const response = await fetch(`${program.url}/healthz`);
    assertEquals(response.status, 200);
    await response.body?.cancel();
    timesMs.push(performance.now() - startedMs);
  }
  const sorted = timesMs.toSorted((a, b) => a - b);
  const medianMs = ((sorted[STARTS / 2 - 1] ?? 0) + (sorted[STARTS / 2] ?? 0)) / 2;
  console.log(`start to /healthz: median ${medianMs.toFixed(0)} ms of ${STARTS} starts`);
  assert(medianMs <= MAX_START_MS, `median ${medianMs} ms, all: ${sorted}`);
});
