/**
 * Weir beside its peers: `deno task bench:peers --only json,sse --servers nginx,Weir --rounds 3`.
 *
 * Without `--only` and `--servers` it measures all. With `--write` it makes `bench/README.md` and
 * `bench/METHOD.md` of the last results of each kind of work; `--only ""` measures nothing anew.
 * Rounds go on until what is promised is sure, at most `--rounds` of them and for `--minutes`.
 * `--priority 12`, or `realtime` for what leaves the processors idle, lets it go before others on the
 * machine, as root. The exit code is 1 where a promised ratio did not become sure.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { install } from "./install.ts";
import { readOptions } from "./options.ts";
import { goFirst } from "./pinned_process.ts";
import { isSure, limitText, PROMISES, reached, verdictText } from "./promises.ts";
import { writeReport } from "./report/report.ts";
import { keepResult, readResults } from "./results_store.ts";
import { FEWEST_ROUNDS, runRounds } from "./rounds.ts";
import { tableOf, withMargin } from "./report/table.ts";
import { lockWorkFolder } from "./work_folder.ts";
import { WORK } from "./work/registry.ts";
import type { WorkItem } from "./work/work_item.ts";

async function measure(item: WorkItem): Promise<void> {
  const result = await runRounds(item, options, isSure);
  console.log(`\n${item.title}, ${result.rounds.length} rounds\n\n${tableOf(item, result)}`);
  for (const promise of PROMISES.filter((promise) => promise.item === item.name)) {
    const value = reached(promise, new Map([[item.name, result]]));
    const text = value === undefined ? "" : `${withMargin(value)}, `;
    const { peer = "by itself" } = promise;
    console.log(
      `${promise.text}, ${peer}: ${text}promised ${limitText(promise)}: ${
        verdictText(promise, value)
      }`,
    );
  }
  if (!isSure(result)) Deno.exitCode = 1;
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
