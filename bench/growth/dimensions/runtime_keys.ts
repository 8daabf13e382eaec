/** Keys that are made while the gateway runs, in the ledger of a `STATE` folder. */

import { hashOf } from "../../../src/access/keys/key_form.ts";
import type { LedgerStore } from "../../../src/core/ledger/ledger_store.ts";
import { ADMIN_ENV, adminOf } from "../../../tests/support/admin.ts";
import type { Program } from "../../../tests/support/program.ts";
import { AT_ONCE, CALLS, callsFor, type Dimension, startWeir } from "../dimension.ts";
import { filledFolder } from "../filled_ledgers.ts";
import { callWithKeys, keyOf } from "../many_keys.ts";
import type { Growth } from "../slopes.ts";

interface Work {
  readonly calls: number;
  readonly atOnce: number;
  readonly call: (index: number) => Promise<void>;
}

function runtimeKeys(
  name: string,
  expected: Growth,
  why: string,
  workOf: (weir: Program, size: number) => Work,
): Dimension {
  return {
    name: `${name}, keys made at run time`,
    unit: "keys",
    // The admin API makes no more.
    sizes: [10, 100, 1_000, 10_000, 100_000],
    expected,
    why,
    start: async (size, { provider }, stack) => {
      const env = {
        ...ADMIN_ENV,
        OPENAI_BASE_URL: provider.baseUrl("json", 300),
        STATE: await filledFolder((store) => makeKeys(store, size), stack),
      };
      const weir = await startWeir({ env }, stack);
      return { size, weir, ...workOf(weir, size) };
    },
  };
}

const idOf = (index: number): string => `key_${String(index).padStart(9, "0")}`;

/** As the admin API writes them, which asks for all of them before each. */
async function makeKeys(store: LedgerStore, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const name = `key-${index}`;
    const limits = { v1: 1_000_000 };
    const body = { name, hash: hashOf(keyOf(index)), limits, createdMs: Date.now() };
    const audit = { who: "growth", action: "key.create", target: name, before: null, after: null };
    await store.change({
      kind: "key",
      id: idOf(index),
      body,
      audit: { ...audit, atMs: Date.now() },
    });
  }
}

export const RUNTIME_KEYS: readonly Dimension[] = [
  runtimeKeys(
    "JSON call",
    "flat",
    "A look into a table by the hash of the key, and one into the table of limits.",
    (weir, size) => ({
      calls: 2 * CALLS,
      atOnce: AT_ONCE,
      call: callWithKeys(weir, size),
    }),
  ),
  runtimeKeys(
    "console, Keys",
    "linear",
    "Each of its three questions (keys, budgets, teams) reads all that was made at run time from the store, which takes 7 µs a key.",
    (weir, size) => ({
      calls: callsFor(size, 10_000),
      atOnce: 1,
      call: async () => {
        await Promise.all(["/keys?limit=100", "/budgets?limit=500", "/teams?limit=500"].map(
          (question) => asked(weir, question),
        ));
      },
    }),
  ),
  runtimeKeys(
    "a change of a key",
    "linear",
    "All are read before it, to judge it by what lies in the store, and again after it, to be put into force. Memory is that of two readings at once.",
    (weir, size) => ({
      calls: callsFor(size, 10_000),
      atOnce: 1,
      call: (index) =>
        asked(weir, `/keys/${idOf(index * 7_919 % size)}`, { owner: `owner of round ${index}` }),
    }),
  ),
];

async function asked(weir: Program, path: string, change?: object): Promise<void> {
  const { status, text } = await adminOf(weir)(
    path,
    change && { method: "PATCH", body: change },
  );
  if (status !== 200) throw new Error(`${path} was answered ${status}: ${text}`);
}
