/** Processes that are killed while they write: the database opens, and what was written is there once. */

import { assert, assertEquals } from "@std/assert";
import { seededRandom } from "../../framing/cuts.ts";
import { openDatabase } from "../../../src/state/ledger/sqlite/open_database.ts";
import { openSqliteStore } from "../../../src/state/ledger/sqlite/sqlite_store.ts";
import { FIRST_SEED, FUZZES } from "../../support/fuzzing.ts";
import { realClock } from "../../support/real_clock.ts";
import { workingDirectory } from "../../support/working_directory.ts";
import { HOUR_MS, NOW_MS, optionsWith } from "./recorded_calls.ts";
import { batchFrom } from "./written_batches.ts";

const KILLS = FUZZES ? 100 : 10;
const MAX_BATCHES = 6;
const clock = { ...realClock, epochMs: () => NOW_MS + HOUR_MS };

/** Kills a writer after some of its batches, and says how many calls it has told of. */
async function killedWriter(folder: string, first: number, batches: number): Promise<number> {
  const script = new URL("./endless_writer.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--allow-read",
      `--allow-write=${folder}`,
      script,
      folder,
      `${first}`,
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let told = first;
  let text = "";
  let seen = 0;
  let isKilled = false;
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (text + part).split("\n");
    text = lines.pop() ?? "";
    if (lines.length > 0) told = Number(lines.at(-1));
    seen += lines.length;
    // It is in the middle of another one by now; what it still tells is read to its end.
    if (seen < batches || isKilled) continue;
    isKilled = true;
    child.kill("SIGKILL");
  }
  assertEquals((await child.status).signal, "SIGKILL");
  return told;
}

Deno.test("of a writer that is killed, what it said to be written is there, and once", async () => {
  await using folder = await workingDirectory({});
  const random = seededRandom(FIRST_SEED);
  let written = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const label = `kill ${kill}, seed ${FIRST_SEED}`;
    const told = await killedWriter(folder.path, written, 1 + Math.floor(random() * MAX_BATCHES));
    const store = openSqliteStore(folder.path, optionsWith(), clock);
    assertEquals(store.unclosedSinceMs?.length, 1, label);
    const [sums] = await store.usage({ groups: [], timeZone: "UTC" });
    // The last batch is there whole, or not at all.
    const last = batchFrom(told);
    const found = sums?.calls ?? 0;
    assert(found === told || found === told + last.length, `${label}: ${found} of ${told}`);
    // As by a process that does not know what became of it.
    await store.append(last);
    await store.append(last);
    written = told + last.length;
    const rows = await store.usage({ groups: ["key"], timeZone: "UTC" });
    const totals = rows.reduce((sum, { calls, costUsd }) => [sum[0]! + calls, sum[1]! + costUsd], [
      0,
      0,
    ]);
    assertEquals(totals, [written, written / 4], label);
    await store.close();
  }
  const database = openDatabase(`${folder.path}/ledger.sqlite`, "normal");
  assertEquals(database.get("PRAGMA integrity_check"), { integrity_check: "ok" });
  assertEquals(database.number("SELECT count(*) FROM records"), written);
  assertEquals(database.number("SELECT count(*) FROM calls"), written);
  database.close();
  const names = (await Array.fromAsync(Deno.readDir(folder.path))).map(({ name }) => name);
  assertEquals(names, ["ledger.sqlite"]);
});
