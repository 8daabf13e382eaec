/** Tells of providers that are down, and of those that answer again. */

import type { ProviderWatch } from "../../core/provider/provider_watch.ts";
import type { LedgerEvent } from "../../core/ledger/ledger.ts";
import type { JsonObject } from "../../core/text/json.ts";

/** Failures in a row: one or two are retried, and nobody's business. */
const DOWN_FAILURES = 3;
/** Providers are the operator's; the bound is for many reloads. */
const MAX_PROVIDERS = 1_000;

/** What a thread has seen of each provider, by its name. It outlives a configuration. */
export type FailuresInRow = Map<string, number>;

export type PublishHealth = (type: "provider.down" | "provider.up", data: JsonObject) => void;

/** The same watch, which tells besides. What a thread sees alone is told once for all by the hub. */
export function watchHealth(
  watch: ProviderWatch,
  failures: FailuresInRow,
  publish: PublishHealth,
): ProviderWatch {
  const failed = (provider: string, code: string): void => {
    const count = (failures.get(provider) ?? 0) + 1;
    if (count === 1 && failures.size >= MAX_PROVIDERS) return;
    failures.set(provider, count);
    if (count === DOWN_FAILURES) publish("provider.down", { provider, code });
  };
  return {
    ...watch,
    answered: (provider) => {
      watch.answered(provider);
      const { name } = provider;
      const count = failures.get(name);
      if (count === undefined) return;
      failures.delete(name);
      if (count >= DOWN_FAILURES) publish("provider.up", { provider: name });
    },
    failed: (request) => {
      watch.failed(request);
      failed(request.provider.name, request.error.code);
    },
    brokeOff: (provider, code) => {
      watch.brokeOff(provider, code);
      failed(provider.name, code);
    },
  };
}

/** Told again after that: the thread that saw it go down may be no more, and tell nobody that it is up. */
const STALE_MS = 900_000;

/** Passes on what changes: two threads see the same provider go down, each by itself. */
export class HealthOfAll {
  readonly #downSinceMs = new Map<string, number>();

  /** Whether it is news. */
  isNews({ type, atMs, data }: LedgerEvent): boolean {
    const provider = String(data["provider"]);
    if (type === "provider.up") return this.#downSinceMs.delete(provider);
    if (type !== "provider.down") return true;
    const sinceMs = this.#downSinceMs.get(provider);
    if (sinceMs !== undefined && atMs - sinceMs < STALE_MS) return false;
    if (this.#downSinceMs.size < MAX_PROVIDERS) this.#downSinceMs.set(provider, atMs);
    return true;
  }
}
