/** What the commands tell the person at the terminal. */

// deno-lint-ignore-file no-console -- This is the one place that writes to the terminal.

/** Writes a result to stdout. */
export function print(text: string): void {
  console.log(text);
}

/** Writes what is not a result to stderr: a banner, a failure. */
export function notify(text: string): void {
  console.error(text);
}
