/** Makes the store of responses that the configuration asks for. */

import type { Clock } from "../../core/clock.ts";
import { makeStateFolder, stateError } from "../installation_secret.ts";
import { failedAnswer, LocalResponseStore } from "./local_response_store.ts";
import { MemoryShelf } from "./memory_shelf.ts";
import type { ResponsesOptions } from "./options.ts";

const FILE = "responses.sqlite";

/**
 * @param folder See `StateOptions`; the configuration has it where the store is to be there.
 * @throws `StateError`
 */
export async function createResponseStore(
  options: ResponsesOptions,
  folder: string | undefined,
  clock: Clock,
): Promise<LocalResponseStore> {
  if (options.store !== "state" || folder === undefined) {
    return new LocalResponseStore(new MemoryShelf(options, clock), options, clock);
  }
  makeStateFolder(folder);
  // Read by those who ask for it.
  const { SqliteShelf } = await import("./sqlite_shelf.ts");
  const path = `${folder}/${FILE}`;
  try {
    const shelf = new SqliteShelf(path, options, clock);
    for (const response of shelf.running()) {
      const answer = new TextEncoder().encode(JSON.stringify(failedAnswer(response.answer)));
      shelf.put({ ...response, answer }, false);
    }
    return new LocalResponseStore(shelf, options, clock);
  } catch (thrown) {
    throw stateError(path, "opened", thrown);
  }
}
