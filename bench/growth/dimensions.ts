/** What grows, to what size, and what is expected of a call's cost. */

import { hashOf } from "../../src/access/keys/key_form.ts";
import { type Program, startProgram } from "../../tests/support/program.ts";
import { workingDirectory } from "../../tests/support/working_directory.ts";
import type { Subject } from "./measure.ts";
import type { Growth } from "./slopes.ts";
import { type GrowthProvider, modelName } from "./upstream.ts";

/** A part of the work that may grow. */
export interface Dimension {
  /** What is called, and what of it grows. */
  readonly name: string;
  /** What the sizes count. */
  readonly unit: string;
  readonly sizes: readonly number[];
  readonly expected: Growth;
  /** Why it is what it is. */
  readonly why: string;
  /** Starts a gateway; what has to end with it goes on `stack`. */
  start(size: number, provider: GrowthProvider, stack: AsyncDisposableStack): Promise<Subject>;
}

type Env = Readonly<Record<string, string>>;

const AT_ONCE = 20;
const CALLS = 1_000;
const NO_LIMITS = {
  RATE_LIMIT_V1_MAX_REQUESTS: "0",
  RATE_LIMIT_MAX_REQUESTS: "0",
  // For a thousand connections at once.
  MAX_CONCURRENT_REQUESTS: "2000",
  MAX_IDLE_CONNECTIONS_PER_UPSTREAM: "2000",
  CONNECT_TIMEOUT_MS: "60000",
};

/** Connections are kept, one for each call at once. */
const client = Deno.createHttpClient({ poolMaxIdlePerHost: 1_000 });

function startWeir(env: Env, stack: AsyncDisposableStack, cwd?: string): Promise<Program> {
  const given = { OPENAI_API_KEY: "sk-upstream", LOG_LEVEL: "warn", ...NO_LIMITS, ...env };
  const options = cwd === undefined ? { env: given } : { env: given, cwd };
  return startProgram(options).then((weir) => stack.use(weir));
}

/** Reads an answer to its end. */
async function ask(url: string, init: RequestInit = {}, end = "}"): Promise<void> {
  const response = await fetch(url, { ...init, client });
  let tail = new Uint8Array();
  for await (const chunk of response.body ?? []) tail = chunk;
  const text = new TextDecoder().decode(tail.subarray(-100)).trimEnd();
  if (response.status !== 200 || !text.endsWith(end)) {
    throw new Error(`${url} was answered ${response.status}: ${text}`);
  }
}

function chat(model: string, content = "hello", stream = false): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, stream, messages: [{ role: "user", content }] }),
  };
}

/** Fewer of what is larger, so that the rounds of all sizes take about as long. */
function callsFor(size: number, unitsARound: number): number {
  return Math.max(4, Math.min(CALLS, Math.round(unitsARound / size)));
}

const connections: Dimension = {
  name: "JSON call, connections open at once",
  unit: "connections",
  sizes: [1, 10, 100, 1_000],
  expected: "flat",
  why:
    "Up to a hundred it falls, because requests that are there together share the wake-ups of the event loop. At a thousand it rises: what so many calls hold outlives the young part of the heap (16 MB), whose collections then copy it each time.",
  start: async (size, provider, stack) => {
    const weir = await startWeir({ OPENAI_BASE_URL: provider.baseUrl("json", 300) }, stack);
    const url = `${weir.url}/v1/chat/completions`;
    const request = chat("m");
    return { size, weir, calls: 2 * CALLS, atOnce: size, call: () => ask(url, request) };
  },
};

const BYTES = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];

const requestBody: Dimension = {
  name: "JSON call, body of the request",
  unit: "bytes",
  sizes: BYTES,
  expected: "linear",
  why:
    "A fixed part, then a share for each byte: it is read, measured, parsed and sent on as it came.",
  start: async (size, provider, stack) => {
    const weir = await startWeir({ OPENAI_BASE_URL: provider.baseUrl("json", 300) }, stack);
    const url = `${weir.url}/v1/chat/completions`;
    const request = chat("m", "word ".repeat(size / 5));
    return { size, weir, calls: callsFor(size, 20e6), atOnce: 2, call: () => ask(url, request) };
  },
};

const answerBody: Dimension = {
  name: "JSON call, body of the answer",
  unit: "bytes",
  sizes: BYTES,
  expected: "linear",
  why:
    "A fixed part, then a share for each byte: it is read, looked into for a fault, and handed on as it came. From 1 KiB to 256 KiB it is compressed as well, for this client asks for that, which is most of the cost there.",
  start: async (size, provider, stack) => {
    const weir = await startWeir({ OPENAI_BASE_URL: provider.baseUrl("json", size) }, stack);
    const url = `${weir.url}/v1/chat/completions`;
    const request = chat("m");
    return { size, weir, calls: callsFor(size, 20e6), atOnce: 2, call: () => ask(url, request) };
  },
};

function streams(name: string, env: Env): Dimension {
  return {
    name,
    unit: "chunks",
    sizes: [10, 100, 1_000, 10_000, 100_000],
    expected: "linear",
    why: "A fixed part, then a share for each chunk.",
    start: async (size, provider, stack) => {
      const base = { OPENAI_BASE_URL: provider.baseUrl("chunks", size) };
      const weir = await startWeir({ ...base, ...env }, stack);
      const url = `${weir.url}/v1/chat/completions`;
      const request = chat("m", "hello", true);
      const call = () => ask(url, request, "data: [DONE]");
      return { size, weir, calls: callsFor(size, 200_000), atOnce: 2, call };
    },
  };
}

/** Two upstreams that list the same, so that a name has to be looked up. */
async function startWithModels(
  size: number,
  provider: GrowthProvider,
  stack: AsyncDisposableStack,
): Promise<Program> {
  return await startWeir({
    OPENAI_BASE_URL: provider.baseUrl("models", 1),
    UPSTREAM_TWO_BASE_URL: provider.baseUrl("models", size),
  }, stack);
}

function models(
  name: string,
  expected: Growth,
  why: string,
  callOf: (url: string, model: string) => Promise<void>,
  unitsARound = Infinity,
): Dimension {
  return {
    name,
    unit: "models",
    sizes: [10, 100, 1_000, 10_000],
    expected,
    why,
    start: async (size, provider, stack) => {
      const weir = await startWithModels(size, provider, stack);
      const call = (index: number) => callOf(weir.url, modelName(index * 7_919 % size));
      return { size, weir, calls: callsFor(size, unitsARound), atOnce: AT_ONCE, call };
    },
  };
}

const aliases: Dimension = {
  name: "JSON call, aliases in the configuration",
  unit: "aliases",
  sizes: [1, 10, 100, 1_000],
  expected: "flat",
  why: "A look into a map of all of them.",
  start: async (size, provider, stack) => {
    const names = Array.from({ length: size }, (_, index) => `alias-${index}=openai/m`).join(",");
    const env = { OPENAI_BASE_URL: provider.baseUrl("json", 300), MODEL_ALIASES: names };
    const weir = await startWeir(env, stack);
    const url = `${weir.url}/v1/chat/completions`;
    const call = (index: number) => ask(url, chat(`alias-${index * 7_919 % size}`));
    return { size, weir, calls: CALLS, atOnce: AT_ONCE, call };
  },
};

const keys: Dimension = {
  name: "JSON call, keys in the configuration, each with limits of its own",
  unit: "keys",
  sizes: [1, 10, 100, 1_000, 10_000, 100_000],
  expected: "flat",
  why:
    "A look into a table by the hash of the key, and one into the table of limits. Memory grows by about 4 KB a key: the configuration and what is made of it.",
  start: async (size, provider, stack) => {
    const entries = Array.from({ length: size }, (_, index) => ({
      name: `key-${index}`,
      hash: hashOf(keyOf(index)),
      limits: { v1: 1_000_000 },
    }));
    const config = JSON.stringify({ auth: { keys: entries } });
    const directory = stack.use(await workingDirectory({ "weir.jsonc": config }));
    const env = { OPENAI_BASE_URL: provider.baseUrl("json", 300) };
    const weir = await startWeir(env, stack, directory.path);
    const url = `${weir.url}/v1/chat/completions`;
    const { headers, ...request } = chat("m");
    // On and on, so that every round meets keys that none before it did.
    let next = 0;
    const call = () => {
      const authorization = `Bearer ${keyOf(next++ * 7_919 % size)}`;
      return ask(url, { ...request, headers: { ...headers, authorization } });
    };
    return { size, weir, calls: 2 * CALLS, atOnce: AT_ONCE, call };
  },
};

function keyOf(index: number): string {
  return `weir_${String(index).padStart(43, "0")}`;
}

export const DIMENSIONS: readonly Dimension[] = [
  connections,
  requestBody,
  answerBody,
  streams("stream handed on as it came, chunks of 250 bytes", {}),
  streams("stream written anew, chunks of 250 bytes", { REPAIR: "on" }),
  models(
    "JSON call, models listed upstream",
    "flat",
    "A look into the set of each upstream's names.",
    (url, model) => ask(`${url}/v1/chat/completions`, chat(model)),
  ),
  models(
    "GET /v1/models",
    "linear",
    "The answer is as long as there are models.",
    (url) => ask(`${url}/v1/models`),
    200_000,
  ),
  models(
    "GET /v1/models/ID",
    "linear",
    "A fixed part, then a look at each model: whether the caller may have it, and whether it is the one.",
    (url, model) => ask(`${url}/v1/models/${model}`),
    400_000,
  ),
  aliases,
  keys,
];
