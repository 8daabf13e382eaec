/**
 * What each policy adds to a call, in processor time of the gateway: `deno task bench:policies` (Linux).
 *
 * One gateway for each policy, and one without any, in front of one fake LLM. All get the same calls in
 * short rounds, in turn, so that whatever else the machine does meets all of them. The median of the
 * differences to the gateway without is printed; 1 is the exit code where a promise is broken.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { cpuMicroseconds } from "../tests/soak/process.ts";
import { type Program, startProgram } from "../tests/support/program.ts";

const ROUNDS = Number(Deno.args[0] ?? 40);
const CALLS_A_ROUND = 500;
const WARM_UP_CALLS = 2_000;
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
  readonly weir: Program;
  readonly headers: Readonly<Record<string, string>>;
}

/** Half of the calls are streams. */
async function call({ weir, headers }: Gateway, calls: number): Promise<void> {
  let begun = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (begun < calls) {
      const body = BODIES[begun++ % 2]!;
      const response = await fetch(`${weir.url}/v1/chat/completions`, {
        method: "POST",
        headers,
        body,
      });
      const text = await response.text();
      if (response.status !== 200) {
        throw new Error(`A call was answered ${response.status} ${text}`);
      }
    }
  }));
}

/** Microseconds of the processor for each call. */
async function measure(gateway: Gateway): Promise<number> {
  const beforeUs = await cpuMicroseconds(gateway.weir.pid);
  await call(gateway, CALLS_A_ROUND);
  return (await cpuMicroseconds(gateway.weir.pid) - beforeUs) / CALLS_A_ROUND;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length * share)] ?? NaN;
}

await using programs = new AsyncDisposableStack();
const fake = programs.use(await startProgram({ args: ["fake"] }));
async function start(settings: Readonly<Record<string, string>>): Promise<Gateway> {
  const upstream = { OPENAI_API_KEY: "sk-upstream", OPENAI_BASE_URL: fake.url };
  const weir = programs.use(await startProgram({ env: { ...upstream, ...NOTHING, ...settings } }));
  const headers = {
    "content-type": "application/json",
    "authorization": `Bearer ${KEY}`,
    // Where no page may call, one that tries is refused.
    ...("CORS_ORIGINS" in settings && { origin: ORIGIN }),
  };
  await call({ weir, headers }, WARM_UP_CALLS);
  return { weir, headers };
}

const bare = await start({});
interface Measured {
  readonly variant: Variant;
  readonly gateway: Gateway;
  readonly addedUs: number[];
}
const measured: Measured[] = [];
for (const variant of VARIANTS) {
  measured.push({ variant, gateway: await start(variant.settings), addedUs: [] });
}
const bareUs: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const withoutUs = await measure(bare);
  bareUs.push(withoutUs);
  for (const { gateway, addedUs } of round % 2 === 0 ? measured : measured.toReversed()) {
    addedUs.push(await measure(gateway) - withoutUs);
  }
}

console.log(`a call without any: ${quantile(bareUs, 0.5).toFixed(0)} µs; ${ROUNDS} rounds; added:`);
for (const { variant: { name, promisedUs }, addedUs } of measured) {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(addedUs, share));
  const isKept = promisedUs === undefined || (middle ?? NaN) <= promisedUs;
  const promise = promisedUs === undefined
    ? ""
    : `, ${isKept ? "within" : "NOT within"} ${promisedUs}`;
  console.log(
    `  ${name.padEnd(24)} ${middle?.toFixed(1)} µs (half of all from ${low?.toFixed(1)} to ` +
      `${high?.toFixed(1)})${promise}`,
  );
  if (!isKept) Deno.exitCode = 1;
}
