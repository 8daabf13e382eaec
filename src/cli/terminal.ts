/** What the commands tell the person at the terminal. */

// deno-lint-ignore-file no-console -- This is the one place that writes to the terminal.

import type { LogOutput } from "../observability/log.ts";

const STYLES = { bold: 1, red: 31, green: 32, yellow: 33 } as const;

/** Writes a result to stdout. */
export function print(text: string): void {
  console.log(text);
}

/** Writes what is not a result to stderr: a banner, a failure. */
export function notify(text: string): void {
  console.error(text);
}

/** Stdout as a log writes to it. */
export function stdoutOutput(): LogOutput {
  const isTerminal = Deno.stdout.isTerminal();
  return { stream: Deno.stdout.writable, isTerminal, hasColor: isTerminal && !Deno.noColor };
}

/** Text for stdout: styled on a terminal, unless `NO_COLOR` is set. */
export function styled(text: string, style: keyof typeof STYLES): string {
  if (Deno.noColor || !Deno.stdout.isTerminal()) return text;
  return `\x1b[${STYLES[style]}m${text}\x1b[0m`;
}

export function heading(text: string): string {
  return styled(`${text}:`, "bold");
}
