/** What every store of the ledger promises, wherever it keeps it. */

import type { Clock } from "../../../src/core/clock.ts";
import type { LedgerStore } from "../../../src/core/ledger/ledger_store.ts";
import type { LedgerOptions } from "../../../src/state/ledger/options.ts";
import { realClock } from "../../support/real_clock.ts";
import { testCalls, testFoundCalls } from "./contract/calls.ts";
import {
  testAudit,
  testEntities,
  testLateChanges,
  testPruning,
  testSpending,
} from "./contract/kept.ts";
import type { Test } from "./contract/test.ts";
import { testBounds, testUsage } from "./contract/usage.ts";
import { NOW_MS, optionsWith } from "./recorded_calls.ts";

const testClock: Clock = { ...realClock, epochMs: () => NOW_MS };

/** Makes an empty store; disposing closes it and removes what it kept. */
export type OpenStore = (
  options: LedgerOptions,
  clock: Clock,
) => Promise<{ readonly store: LedgerStore } & AsyncDisposable>;

export function testLedgerStore(where: string, open: OpenStore): void {
  const test: Test = (name, body, given = {}) =>
    Deno.test(`${where}: ${name}`, async () => {
      await using opened = await open(optionsWith(given), testClock);
      await body(opened.store);
    });
  testCalls(test);
  testFoundCalls(test);
  testUsage(test);
  testBounds(test);
  testSpending(test);
  testEntities(test);
  testLateChanges(test);
  testAudit(test);
  testPruning(test);
}
