/** Makes calls through a gateway and compares what its log says of their cost with the books of their providers. */

import { type LoggedCall, startLogged } from "./logged_gateway.ts";
import { type Charge, sumOf } from "./books.ts";
import { ALIASES, type Kind, KINDS, makeCall, type Seen } from "./calls.ts";
import { type ChargingProviders, startChargingProviders } from "./charging_provider.ts";
import { isPaced, type Plan, randomOf } from "./plan.ts";

const LANES = 24;
/** To the last digit that is told. */
const MAX_DIFFERENCE_USD = 1e-9;
const MICRO = 1e6;
const KEY = "sk-of-nobody-in-the-charges";

/** What is said of calls of one sort by both sides, in US dollars. */
export interface Sum {
  calls: number;
  usd: number;
  charged: number;
}

export interface ChargesResult {
  readonly exact: Sum;
  readonly estimated: Sum;
  readonly unknown: Sum;
  /** Of the estimated and the unknown, by the sort of the call. */
  readonly listed: ReadonlyMap<string, number>;
  readonly problems: readonly string[];
  /** By the ledger, of all calls whose cost is known. */
  readonly ledgerUsd: number | undefined;
}

interface Made {
  readonly kind: Kind;
  readonly plan: Plan;
  readonly seen: Seen;
}

export async function runCharges(
  calls: number,
  seed: number,
  drains: boolean,
): Promise<ChargesResult> {
  await using providers = startChargingProviders();
  await using gateway = await startLogged(settingsFor(providers.origin, drains));
  const random = randomOf(seed);
  const made: Made[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < calls) {
      const kind = KINDS[next % KINDS.length] ?? KINDS[0]!;
      const plan: Plan = {
        call: `charge-${next++}-of-${seed}`,
        mode: kind.modes[Math.floor(random() * kind.modes.length)] ?? "well",
        seed: Math.floor(random() * 1e9),
      };
      const leaves = kind.stream && isPaced(plan) && random() < 0.5;
      const seen = await makeCall(gateway.url, kind, plan, leaves);
      made.push({ kind, plan, seen });
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  await gateway.logged(made.length);
  await providers.idle();
  return compare(made, gateway.lines, providers, await gateway.ledgerUsd());
}

export function settingsFor(origin: string, drains: boolean): Readonly<Record<string, string>> {
  return {
    OPENAI_BASE_URL: `${origin}/openai/v1`,
    OPENAI_API_KEY: KEY,
    ANTHROPIC_BASE_URL: `${origin}/anthropic`,
    ANTHROPIC_API_KEY: KEY,
    GEMINI_BASE_URL: `${origin}/gemini`,
    GEMINI_API_KEY: KEY,
    OPENROUTER_BASE_URL: `${origin}/openrouter/api/v1`,
    OPENROUTER_API_KEY: KEY,
    UPSTREAM_MINE_BASE_URL: `${origin}/mine/v1`,
    DEFAULT_UPSTREAM: "openai",
    MODEL_ALIASES: ALIASES,
    ON_DISCONNECT: drains ? "drain" : "cancel",
    HEDGE: "on",
    HEDGE_MIN_SAMPLES: "2",
    HEDGE_MIN_DELAY_MS: "100",
    HEDGE_MAX_DELAY_MS: "150",
    HEDGE_MAX_EXTRA_PERCENT: "100",
    COOLDOWN: "off",
    BASE_RETRY_DELAY: "0.01",
    RATE_LIMIT_MAX_REQUESTS: "0",
    RATE_LIMIT_INFERENCE_MAX_REQUESTS: "0",
    RATE_LIMIT_V1_MAX_REQUESTS: "0",
  };
}

function compare(
  made: readonly Made[],
  lines: ReadonlyMap<string, LoggedCall>,
  { books }: ChargingProviders,
  ledgerUsd: number | undefined,
): ChargesResult {
  const none = (): Sum => ({ calls: 0, usd: 0, charged: 0 });
  const [exact, estimated, unknown] = [none(), none(), none()];
  const listed = new Map<string, number>();
  const problems: string[] = [];
  for (const call of made) {
    const { kind, plan, seen } = call;
    const line = lines.get(plan.call);
    const charges = books.of(plan.call);
    const told = `${kind.name}, ${plan.mode}${seen.hasLeft ? ", left" : ""}`;
    if (line?.cost === undefined) {
      problems.push(`${plan.call} (${told}): no cost in its line ${JSON.stringify(line)}`);
      continue;
    }
    const charged = sumOf(charges);
    const sum = line.cost === null ? unknown : line.cost_estimated === true ? estimated : exact;
    sum.calls += 1;
    sum.usd += line.cost ?? 0;
    sum.charged += charged ?? 0;
    const problem = problemOf(line, call, charges, charged);
    if (problem !== undefined) {
      problems.push(`${plan.call} (${told}): ${problem}; ${JSON.stringify({ line, charges })}`);
    }
    if (sum !== exact) {
      const name = `${sum === unknown ? "unknown" : "estimated"}: ${told}`;
      listed.set(name, (listed.get(name) ?? 0) + 1);
    }
  }
  const [mine, theirs] = [exact.usd, exact.charged].map((usd) => Math.round(usd * MICRO));
  if (mine !== theirs) problems.push(`${mine} micro-dollars in the log, ${theirs} in the books`);
  return { exact, estimated, unknown, listed, problems, ledgerUsd };
}

function problemOf(
  { cost, cost_estimated: isEstimated, outcome, attempts }: LoggedCall,
  { kind, plan: { mode }, seen: { cost: header, hasLeft, status } }: Made,
  charges: readonly Charge[],
  charged: number | null,
): string | undefined {
  const isTold = charges.every(({ isTold }) => isTold);
  if (cost === null) return charged === null ? undefined : "its price is known";
  if (cost === undefined || charged === null) return "nobody knows its price";
  if (isEstimated === true) {
    // Of two that were asked at once one was given up, and tells nobody what it charges: not even that it refuses.
    const isHedged = kind.mayBeHedged && attempts > 1;
    return isTold && !hasLeft && !isHedged && attempts === (mode === "failing" ? 2 : 1)
      ? `estimated, though all was told (${outcome})`
      : undefined;
  }
  if (!isTold) return "not all was told, and yet it is no estimate";
  if (Math.abs(cost - charged) > MAX_DIFFERENCE_USD) return "another cost than the books have";
  if (header === null || status !== 200) return undefined;
  return Math.abs(Number(header) - cost) > MAX_DIFFERENCE_USD
    ? `${header} in its header`
    : undefined;
}
