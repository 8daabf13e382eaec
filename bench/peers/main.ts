/**
 * Weir beside its peers: `deno task bench:peers --only json,sse --servers nginx,Weir --rounds 3`.
 *
 * Without `--only` and `--servers` it measures all, which takes an hour. With `--write` it makes
 * `bench/README.md` of the last results of each kind of work; `--only ""` measures nothing anew.
 * `--priority 12`, or `realtime` for what leaves the processors idle, lets it go before others on the
 * machine, as root. The exit code is 1 where a ratio could not be reported.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { install } from "./install.ts";
import { readOptions } from "./options.ts";
import { goFirst } from "./pinned_process.ts";
import { limitText, PROMISES, reachedText } from "./promises.ts";
import { writeReport } from "./report.ts";
import { hasWideRatio } from "./result.ts";
import { keepResult, readResults } from "./results_store.ts";
import { runRounds } from "./rounds.ts";
import { tableOf } from "./table.ts";
import { lockWorkFolder } from "./work_folder.ts";
import { WORK } from "./work/registry.ts";
import type { WorkItem } from "./work/work_item.ts";

/** Fewer have no spread, and do not come into the report. */
const FEWEST_ROUNDS = 3;

async function measure(item: WorkItem): Promise<void> {
  const result = await runRounds(item, options);
  console.log(`\n${item.title}\n\n${tableOf(item, result)}`);
  for (const promise of PROMISES.filter((promise) => promise.item === item.name)) {
    const { text, peer = "by itself" } = promise;
    const value = reachedText(promise, new Map([[item.name, result]]));
    console.log(`${text}, ${peer}: ${value}, promised ${limitText(promise)}`);
  }
  if (hasWideRatio(item, result)) Deno.exitCode = 1;
  if (options.isWhole && result.rounds.length >= FEWEST_ROUNDS) await keepResult(result);
}

const options = readOptions(Deno.args);
if (options.priority !== 0) await goFirst(options.priority);
if (options.items.length > 0) {
  using _lock = await lockWorkFolder();
  await install();
  for (const item of options.items) await measure(item);
}
if (options.writes) await writeReport(await readResults(WORK.map(({ name }) => name)));
