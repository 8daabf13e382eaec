/** Remembers which files a configuration was read from, and tells when one is no longer as it was then. */

import { type ReadFile, readSmallFile } from "../../config/sources/read_small_file.ts";
import { systemClock } from "../runtime.ts";

const ABSENT = "absent";

export class ReadFiles {
  /** By path. */
  readonly #stamps = new Map<string, string>();

  /** Begins anew: what is read from now on is what counts. */
  clear(): void {
    this.#stamps.clear();
  }

  /** Remembers a file that is read elsewhere, or whose absence matters; to be called before it is read. */
  note(path: string): void {
    this.#stamps.set(path, stampNow(path));
  }

  readonly read: ReadFile = (path, maxBytes) => {
    this.note(path);
    return readSmallFile(path, maxBytes);
  };

  /** The files that are not as they were read, as they are now; empty where there are none. */
  async changes(): Promise<string> {
    const paths = [...this.#stamps];
    const stamps = await Promise.all(paths.map(([path]) => stampLater(path)));
    return paths.flatMap(([path, stamp], index) => {
      const now = stamps[index] ?? ABSENT;
      return now === stamp ? [] : [`${path} ${now}`];
    }).join("\n");
  }
}

function stampNow(path: string): string {
  try {
    return stampOf(Deno.statSync(path));
  } catch {
    return ABSENT;
  }
}

async function stampLater(path: string): Promise<string> {
  try {
    return stampOf(await Deno.stat(path));
  } catch {
    return ABSENT;
  }
}

/** An editor may write a file in place, or put another in its place. */
function stampOf({ mtime, size, ino }: Deno.FileInfo): string {
  return `${mtime?.getTime()} ${size} ${ino}`;
}

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
