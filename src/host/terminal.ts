/** What the commands tell the person at the terminal. */

// deno-lint-ignore-file no-console -- This is the one place that writes to the terminal.

import { getBuiltinModule } from "node:process";
import type { LogOutput } from "../observability/log/log.ts";

const STYLES = { bold: 1, red: 31, green: 32, yellow: 33 } as const;

/** Writes a result to stdout. Throws where it cannot be written, such as to a full disk. */
export function print(text: string): void {
  try {
    console.log(text);
  } catch (thrown) {
    // Whoever reads has seen enough, as `weir models | head -1` does.
    if (!(thrown instanceof Deno.errors.BrokenPipe)) throw thrown;
  }
}

/** Writes what is not a result to stderr: a banner, a failure. Where that is gone, there is nobody to tell. */
export function notify(text: string): void {
  try {
    console.error(text);
  } catch {
    // That must not keep anything from running, nor from ending.
  }
}

/** Stdout as a log writes to it. */
export function stdoutOutput(): LogOutput {
  const isTerminal = Deno.stdout.isTerminal();
  return {
    stream: Deno.stdout.writable,
    isTerminal,
    hasColor: isTerminal && !Deno.noColor,
    isJournal: isJournal(1, Deno.env.get("JOURNAL_STREAM")),
  };
}

/**
 * Whether a descriptor leads to the journal. The variable alone does not tell: whatever a service starts
 * inherits it, also where the output of that goes to a file.
 *
 * @param journalStream Device and inode of what systemd has connected to the journal, with a colon between.
 * @see {@link https://www.freedesktop.org/software/systemd/man/252/systemd.exec.html#%24JOURNAL_STREAM}
 */
function isJournal(descriptor: number, journalStream: string | undefined): boolean {
  if (journalStream === undefined) return false;
  try {
    // Not Deno's own `stat`, which has no descriptors and may not look at what is below /proc. And not imported:
    // that takes a start a tenth of its time.
    const { dev, ino } = getBuiltinModule("node:fs").fstatSync(descriptor);
    return journalStream === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

/** Text for stdout: styled on a terminal, unless `NO_COLOR` is set. */
export function styled(text: string, style: keyof typeof STYLES): string {
  if (Deno.noColor || !Deno.stdout.isTerminal()) return text;
  return `\x1b[${STYLES[style]}m${text}\x1b[0m`;
}

export function heading(text: string): string {
  return styled(`${text}:`, "bold");
}
