/**
 * What logging and metrics add to a call, in processor time of the gateway: `deno task cost` (Linux).
 *
 * Two gateways in front of one fake LLM: one as shipped, one that writes no lines and counts nothing. Both
 * get the same calls in short rounds that alternate, so that whatever else the machine does meets both. The
 * median of the differences is printed; 1 is the exit code where it is above the promise of 10 µs.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { type Program, startProgram } from "../tests/support/program.ts";
import { cpuMicroseconds } from "../tests/soak/process.ts";

const PAIRS = Number(Deno.args[0] ?? 100);
const CALLS_A_ROUND = 1_000;
const WARM_UP_CALLS = 5_000;
const AT_ONCE = 10;
const PROMISED_US = 10;

const QUIET = { LOG_LEVEL: "error", METRICS: "off" };

function bodyOf(stream: boolean): string {
  const messages = [{ role: "user", content: "[tokens=20]" }];
  return JSON.stringify({ model: "any-model", stream, messages });
}

const BODIES = [bodyOf(false), bodyOf(true)];

/** Half of the calls are streams. */
async function call(weir: Program, calls: number): Promise<void> {
  let begun = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (begun < calls) {
      const body = BODIES[begun++ % 2]!;
      const response = await fetch(`${weir.url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      await response.arrayBuffer();
      if (response.status !== 200) throw new Error(`A call was answered ${response.status}`);
    }
  }));
}

/** Microseconds of the processor for each call. */
async function round(weir: Program): Promise<number> {
  const beforeUs = await cpuMicroseconds(weir.pid);
  await call(weir, CALLS_A_ROUND);
  return (await cpuMicroseconds(weir.pid) - beforeUs) / CALLS_A_ROUND;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? NaN;
}

await using fake = await startProgram({ args: ["fake"] });
const env = {
  OPENAI_API_KEY: "sk-upstream",
  OPENAI_BASE_URL: fake.url,
  RATE_LIMIT_V1_MAX_REQUESTS: "0",
};
await using shipped = await startProgram({ env });
await using quiet = await startProgram({ env: { ...env, ...QUIET } });
for (const weir of [shipped, quiet]) await call(weir, WARM_UP_CALLS);

const shippedUs: number[] = [];
const quietUs: number[] = [];
for (let pair = 0; pair < PAIRS; pair++) {
  const order = [[shipped, shippedUs], [quiet, quietUs]] as const;
  for (const [weir, costs] of pair % 2 === 0 ? order : order.toReversed()) {
    costs.push(await round(weir));
  }
}
const differences = shippedUs.map((us, pair) => us - (quietUs[pair] ?? NaN));
const cost = median(differences);
console.log(
  `a call as shipped ${median(shippedUs).toFixed(1)} µs, without ${
    median(quietUs).toFixed(1)
  } µs; ` +
    `median of ${PAIRS} differences: ${cost.toFixed(1)} µs`,
);
if (cost > PROMISED_US) Deno.exitCode = 1;
