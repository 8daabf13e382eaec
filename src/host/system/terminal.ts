/** What the commands tell the person at the terminal. */

// deno-lint-ignore-file no-console -- This is the one place that writes to the terminal.

import { getBuiltinModule } from "node:process";
import type { LogOutput } from "../../observability/log/log.ts";

const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;
const encoder = new TextEncoder();

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

/**
 * Writes a piece of a result as it is. What a model says may hold sequences that command a terminal; there they
 * are shown instead.
 */
export function write(text: string): void {
  writeTo(Deno.stdout, Deno.stdout.isTerminal() ? withoutCommands(text) : text);
}

/** Writes a piece of what is no result: between the result's pieces on a terminal, else to stderr. */
export function showAside(text: string): void {
  writeTo(Deno.stdout.isTerminal() ? Deno.stdout : Deno.stderr, text);
}

function writeTo(output: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = encoder.encode(text);
  try {
    for (let written = 0; written < bytes.length;) {
      written += output.writeSync(bytes.subarray(written));
    }
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.BrokenPipe)) throw thrown;
  }
}

function withoutCommands(text: string): string {
  // deno-lint-ignore no-control-regex -- These are what is shown instead of being obeyed.
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

/** Lines of a person at the terminal, until the input ends. */
export async function* readLines(prompt: string): AsyncGenerator<string> {
  let rest = "";
  writeTo(Deno.stderr, prompt);
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      yield line;
      writeTo(Deno.stderr, prompt);
    }
  }
  writeTo(Deno.stderr, "\n");
  if (rest !== "") yield rest;
}

/** All of the input as one text, which is cut where it is longer than that. */
export async function* readAll(maxCharacters: number): AsyncGenerator<string> {
  let text = "";
  for await (const more of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    text += more;
    if (text.length > maxCharacters) break;
  }
  yield text.slice(0, maxCharacters);
}

/** Text that is not what was asked for; it is for a terminal alone. */
export function dimmed(text: string): string {
  return styled(withoutCommands(text), "dim");
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

/** Text for stderr that must not be missed. */
export function loud(text: string): string {
  if (Deno.noColor || !Deno.stderr.isTerminal()) return text;
  return `\x1b[${STYLES.bold};${STYLES.yellow}m${text}\x1b[0m`;
}

export function heading(text: string): string {
  return styled(`${text}:`, "bold");
}
