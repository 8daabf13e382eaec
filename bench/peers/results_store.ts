/** Results of earlier runs, so that one kind of work can be measured anew by itself. */

import type { Result } from "./result.ts";
import { WORK_FOLDER, writeWorkFile } from "./work_folder.ts";

export async function keepResult(result: Result): Promise<void> {
  await writeWorkFile(`results/${result.item}.json`, JSON.stringify(result));
}

/** The last result of each kind of work, by its name. */
export async function readResults(names: readonly string[]): Promise<Map<string, Result>> {
  const results = new Map<string, Result>();
  for (const name of names) {
    try {
      const text = await Deno.readTextFile(`${WORK_FOLDER}/results/${name}.json`);
      results.set(name, JSON.parse(text));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return results;
}
