/** Watches the files of a configuration. */

import { systemClock } from "../runtime.ts";
import type { ReadFiles } from "./read_files.ts";

const INTERVAL_MS = 500;

/**
 * Calls `onChange` when a file is no longer as it was read, and has been the same for one interval: editors
 * write in pieces, or put another file in its place. Looking is enough and works where notifications do
 * not: on network and container file systems, and through the links that Kubernetes swaps.
 *
 * The returned function ends it.
 */
export function watchFiles(files: ReadFiles, onChange: () => void): () => void {
  let before = "";
  let isOver = false;
  let cancelTimer = schedule();
  function schedule(): () => void {
    return systemClock.schedule(INTERVAL_MS, () => void look());
  }
  async function look(): Promise<void> {
    const now = await files.changes();
    if (isOver) return;
    const isSettled = now !== "" && now === before;
    before = isSettled ? "" : now;
    if (isSettled) onChange();
    cancelTimer = schedule();
  }
  return () => {
    isOver = true;
    cancelTimer();
  };
}
