/**
 * How much of a provider's limits is used at steady overload, and how often it has to refuse: with pacing and
 * without, for a provider whose limits are windows and for one whose are buckets, where requests are what is scarce
 * and where tokens are.
 *
 * deno task bench:pacing [minutes] [seconds of a minute]
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { startLimitedProvider } from "../tests/support/limited_provider.ts";
import { startProgram } from "../tests/support/program.ts";
import { sendSteadily } from "../tests/support/steady_load.ts";

const [minutes = 30, minuteSeconds = 2] = Deno.args.map(Number);
const LIMITS = { requests: 60, tokens: 10_000, delayMs: 20, minuteMs: minuteSeconds * 1_000 };
const OVERLOAD = 1.5;
const LOADS = {
  requests: { promptCharacters: 200, maxTokens: 60, calls: 60 },
  tokens: { promptCharacters: 800, maxTokens: 200, calls: 32 },
} as const;

async function measure(
  kind: "window" | "bucket",
  scarce: keyof typeof LOADS,
  pacing: "on" | "off",
): Promise<void> {
  await using provider = startLimitedProvider({ kind, ...LIMITS });
  await using weir = await startProgram({
    env: {
      PACING: pacing,
      UPSTREAM_LIMITED_BASE_URL: provider.baseUrl,
      RATE_LIMIT_V1_MAX_REQUESTS: "0",
      MAX_CONCURRENT_REQUESTS: "1000",
      LOG_LEVEL: "error",
      WORKERS: "2",
    },
  });
  const { calls, ...load } = LOADS[scarce];
  const { statuses, slowestMs } = await sendSteadily({
    url: weir.url,
    model: "limited/model",
    callsPerSecond: OVERLOAD * calls / minuteSeconds,
    durationMs: minutes * LIMITS.minuteMs,
    ...load,
  });
  const { sent, refused } = provider;
  console.log(
    `${kind}, ${scarce} scarce, pacing ${pacing}:`.padEnd(40) +
      `${sent} sent, ${refused} refused (${(100 * refused / sent).toFixed(2)} %), ` +
      `${(100 * provider.used()).toFixed(1)} % used, clients got ${JSON.stringify(statuses)}, ` +
      `the slowest in ${(slowestMs / 1_000).toFixed(1)} s`,
  );
}

for (const kind of ["window", "bucket"] as const) {
  for (const scarce of ["requests", "tokens"] as const) {
    for (const pacing of ["on", "off"] as const) await measure(kind, scarce, pacing);
  }
}
