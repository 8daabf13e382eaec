/** Folders for `STATE` that are filled before a gateway starts, since by calls it would take hours. */

import type { LedgerStore } from "../../src/core/ledger/ledger_store.ts";
import { ledgerOptions } from "../../src/state/ledger/options.ts";
import { openDatabase } from "../../src/state/ledger/sqlite/open_database.ts";
import { LEDGER_FILE, SqliteStore } from "../../src/state/ledger/sqlite/sqlite_store.ts";
import { fillLedger, WRITTEN_FAST } from "../../tests/soak/ledger/fill_ledger.ts";
import { realClock } from "../../tests/support/real_clock.ts";
import { workingDirectory } from "../../tests/support/working_directory.ts";

/** None gets so old while it is measured that it is dropped. */
const DAYS_MS = 29 * 86_400_000;

/** A folder with a ledger in which is what `fill` puts there. */
export async function filledFolder(
  fill: (store: LedgerStore) => Promise<void>,
  stack: AsyncDisposableStack,
): Promise<string> {
  const { path } = stack.use(await workingDirectory({}));
  const database = openDatabase(`${path}/${LEDGER_FILE}`, "normal");
  database.execute(WRITTEN_FAST);
  const store = new SqliteStore(database, ledgerOptions.parse(undefined), realClock);
  try {
    await fill(store);
  } finally {
    await store.close();
  }
  return path;
}

/** Ledgers with so many calls, each filled once for all that is measured with it. */
export class FilledLedgers implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly #folders = new Map<number, string>();

  /** For one gateway at a time, whose own calls are added. */
  async folderWith(calls: number): Promise<string> {
    const known = this.#folders.get(calls);
    if (known !== undefined) return known;
    const untilMs = Date.now();
    const window = { fromMs: untilMs - DAYS_MS, untilMs };
    const folder = await filledFolder((store) => fillLedger(store, calls, window), this.#stack);
    this.#folders.set(calls, folder);
    return folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
