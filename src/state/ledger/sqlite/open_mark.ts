/**
 * Tells whether a process that had the ledger has ended without closing it: the calls of its last moments may be
 * missing then.
 *
 * Each leaves a file beside the database, which it holds a lock on and removes when it closes. Who finds one that
 * nobody holds knows that its process is no more. The lock is SQLite's, since the runtime's older versions
 * cannot try one without waiting for it.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";

const SUFFIX = ".open-";

export interface OpenMark {
  readonly release: () => void;
}

/**
 * @param path Of the database.
 * @returns When those began that have ended without closing it; they are told of once.
 */
export function findUnclosed(path: string): readonly number[] {
  const cut = path.lastIndexOf("/") + 1;
  const [folder, prefix] = [path.slice(0, cut), `${path.slice(cut)}${SUFFIX}`];
  const found: number[] = [];
  for (const { name } of Deno.readDirSync(folder === "" ? "." : folder)) {
    const [, startedMs] = /^(\d{1,15})-\d+$/.exec(name.slice(prefix.length)) ?? [];
    if (!name.startsWith(prefix) || startedMs === undefined) continue;
    if (!takeOver(`${folder}${name}`)) continue;
    found.push(Number(startedMs));
  }
  return found.sort((left, right) => left - right);
}

/** False where somebody holds it. */
function takeOver(path: string): boolean {
  try {
    hold(path).release();
    return true;
  } catch {
    return false;
  }
}

export function leaveMark(path: string, nowMs: number): OpenMark {
  // Several of one process have each their own.
  for (let count = 0;; count++) {
    const mark = `${path}${SUFFIX}${Math.floor(nowMs)}-${Deno.pid}${count}`;
    if (!isThere(mark)) return hold(mark);
  }
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw thrown;
  }
}

/** Throws where somebody else holds it. */
function hold(path: string): OpenMark {
  const connection = new DatabaseSync(path);
  try {
    connection.exec(
      "PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE",
    );
  } catch (thrown) {
    connection.close();
    throw thrown;
  }
  return {
    release: () => {
      // Before it is let go, so that nobody finds it free.
      Deno.removeSync(path);
      connection.close();
    },
  };
}
