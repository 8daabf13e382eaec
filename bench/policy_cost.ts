/**
 * What each policy adds to a call, in processor time of the gateway: `deno task bench:policies` (Linux).
 *
 * One gateway for each policy beside one without any, in front of one fake LLM, both at work at the same
 * time, so that whatever else the machine does meets both alike. The median of the differences is printed;
 * 1 is the exit code where a promise is broken.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { cpuMicroseconds } from "../tests/soak/process.ts";
import { type Program, startProgram } from "../tests/support/program.ts";
import { quartilesOf } from "./quartiles.ts";

const ROUNDS = Number(Deno.args[0] ?? 12);
const CALLS_A_ROUND = 2_000;
const WARM_UP_CALLS = 15_000;
const AT_ONCE = 10;

const KEY = "a-key-that-everybody-here-knows-of";
const ORIGIN = "https://app.example";

const NOTHING: Readonly<Record<string, string>> = {
  RATE_LIMIT_V1_MAX_REQUESTS: "0",
  MAX_CONCURRENT_REQUESTS: "1000",
  LOG_LEVEL: "error",
  METRICS: "off",
};
const POLICIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "an API key": { PROXY_API_KEY: KEY },
  "requests a minute": { RATE_LIMIT_V1_MAX_REQUESTS: "1000000" },
  "tokens a minute": { RATE_LIMIT_TOKENS_PER_MINUTE: "1000000000" },
  "calls at once of a key": { MAX_CONCURRENT_REQUESTS_PER_KEY: "1000" },
  "pages of one origin": { CORS_ORIGINS: ORIGIN },
};
const OBSERVED = { LOG_LEVEL: "info", METRICS: "on" };
const ALL = Object.assign({}, ...Object.values(POLICIES)) as Readonly<Record<string, string>>;

/** Without any policy, log or metrics. */
const BARE: Variant = { name: "none", settings: {} };

interface Variant {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Microseconds a call that it may add; none where nothing is promised. */
  readonly promisedUs?: number;
}

const VARIANTS: readonly Variant[] = [
  ...Object.entries(POLICIES).map(([name, settings]) => ({ name, settings })),
  { name: "all of these", settings: ALL, promisedUs: 15 },
  { name: "log and metrics", settings: OBSERVED, promisedUs: 10 },
  { name: "all, log and metrics", settings: { ...ALL, ...OBSERVED } },
];

function bodyOf(stream: boolean): string {
  const messages = [{ role: "user", content: "[tokens=20]" }];
  return JSON.stringify({ model: "any-model", stream, messages });
}

const BODIES = [bodyOf(false), bodyOf(true)];

interface Gateway {
  readonly variant: Variant;
  readonly weir: Program;
}

async function call({ variant: { settings }, weir }: Gateway, body: string): Promise<void> {
  const response = await fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "authorization": `Bearer ${KEY}`,
      // Where no page may call, one that tries is refused.
      ...("CORS_ORIGINS" in settings && { origin: ORIGIN }),
    },
    body,
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`A call was answered ${response.status} ${text}`);
}

/** So many calls, half of them streams. */
async function callOften(gateway: Gateway, calls: number): Promise<void> {
  let left = calls;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (left > 0) await call(gateway, BODIES[left-- % 2]!);
  }));
}

/** Microseconds of the processor for each call of each gateway, all at work at the same time. */
async function measure(gateways: readonly Gateway[]): Promise<readonly number[]> {
  const cpuUs = () => Promise.all(gateways.map(({ weir }) => cpuMicroseconds(weir.pid)));
  const beforeUs = await cpuUs();
  await Promise.all(gateways.map((gateway) => callOften(gateway, CALLS_A_ROUND)));
  const afterUs = await cpuUs();
  return afterUs.map((us, index) => (us - (beforeUs[index] ?? NaN)) / CALLS_A_ROUND);
}

await using fake = await startProgram({ args: ["fake"] });
const provider = { OPENAI_API_KEY: "sk-upstream", OPENAI_BASE_URL: fake.url };
function start({ settings }: Variant): Promise<Program> {
  return startProgram({ env: { ...provider, ...NOTHING, ...settings } });
}

for (const variant of VARIANTS) {
  await using weir = await start(variant);
  await using bareWeir = await start(BARE);
  const pair = [{ variant: BARE, weir: bareWeir }, { variant, weir }];
  await Promise.all(pair.map((gateway) => callOften(gateway, WARM_UP_CALLS)));
  const rounds: (readonly number[])[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(pair));
  report(variant, rounds);
}

function report({ name, promisedUs }: Variant, rounds: readonly (readonly number[])[]): void {
  const addedUs = rounds.map(([without = NaN, cost = NaN]) => cost - without);
  const { lower, median, upper } = quartilesOf(addedUs);
  const isKept = promisedUs === undefined || median <= promisedUs;
  const promise = promisedUs === undefined
    ? ""
    : `, ${isKept ? "within" : "NOT within"} ${promisedUs}`;
  const { median: withoutUs } = quartilesOf(rounds.map(([without = NaN]) => without));
  console.log(
    `${name.padEnd(24)} adds ${median.toFixed(1)} µs (half of all from ${lower.toFixed(1)} to ` +
      `${upper.toFixed(1)}) to ${withoutUs.toFixed(0)}${promise}`,
  );
  if (!isKept) Deno.exitCode = 1;
}
