/** Writes batches of calls into the ledger of a folder until it is killed, and says after each how many calls that is. */

import { openSqliteStore } from "../../../src/state/ledger/sqlite/sqlite_store.ts";
import { realClock } from "../../support/real_clock.ts";
import { optionsWith } from "./recorded_calls.ts";
import { batchFrom } from "./written_batches.ts";

const [folder = "", first = "0"] = Deno.args;
const store = openSqliteStore(folder, optionsWith(), realClock);
const encoder = new TextEncoder();
for (let count = Number(first);;) {
  const batch = batchFrom(count);
  await store.append(batch);
  count += batch.length;
  await Deno.stdout.write(encoder.encode(`${count}\n`));
}
