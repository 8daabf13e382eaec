/** What grows, to what size, and what is expected of a call's cost. */

import { type Program, type ProgramOptions, startProgram } from "../../tests/support/program.ts";
import type { Subject } from "./measure.ts";
import type { Growth } from "./slopes.ts";
import type { FilledLedgers } from "./filled_ledgers.ts";
import type { GrowthProvider } from "./upstream.ts";

/** What gateways of all sizes are put in front of. */
export interface Surroundings {
  readonly provider: GrowthProvider;
  readonly ledgers: FilledLedgers;
}

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
  start(
    size: number,
    surroundings: Surroundings,
    stack: AsyncDisposableStack,
  ): Promise<Subject>;
}

export const AT_ONCE = 20;
export const CALLS = 1_000;
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

/** Ends with `stack`, before whatever is on it already. */
export async function startWeir(
  { env, cwd }: Pick<ProgramOptions, "env" | "cwd">,
  stack: AsyncDisposableStack,
): Promise<Program> {
  const given = { OPENAI_API_KEY: "sk-upstream", LOG_LEVEL: "warn", ...NO_LIMITS, ...env };
  return stack.use(await startProgram({ env: given, ...(cwd !== undefined && { cwd }) }));
}

/** Reads an answer to its end. */
export async function ask(url: string, init: RequestInit = {}, end = "}"): Promise<void> {
  const response = await fetch(url, { ...init, client });
  let tail = new Uint8Array();
  for await (const chunk of response.body ?? []) tail = chunk;
  const text = new TextDecoder().decode(tail.subarray(-100)).trimEnd();
  if (response.status !== 200 || !text.endsWith(end)) {
    throw new Error(`${url} was answered ${response.status}: ${text}`);
  }
}

export function chat(model: string, content = "hello", stream = false): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, stream, messages: [{ role: "user", content }] }),
  };
}

/** Fewer of what is larger, so that the rounds of all sizes take about as long. */
export function callsFor(size: number, unitsARound: number): number {
  return Math.max(4, Math.min(CALLS, Math.round(unitsARound / size)));
}
