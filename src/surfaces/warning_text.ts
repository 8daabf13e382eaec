/** Warnings as the value of a header. */

const MAX_CHARACTERS = 1_000;
const MORE = "...";

/** What they name may be any text and come from anybody, and a header's value is one line of ASCII. */
export function warningText(warnings: readonly string[]): string {
  const text = warnings.join(", ");
  // Hardly any has to be looked through for more than it is.
  const line = /[^\x20-\x7e]/.test(text) ? text.replace(/[^\x20-\x7e]+/g, "?") : text;
  return line.length > MAX_CHARACTERS ? line.slice(0, MAX_CHARACTERS - MORE.length) + MORE : line;
}
