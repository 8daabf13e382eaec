/**
 * Rows as CSV, for spreadsheets.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc4180}
 * @module
 */

type Row = Readonly<Record<string, string | number | null>>;

/** With a line of the names first; what is not known is empty. */
export function csvOf(names: readonly string[], rows: readonly Row[]): string {
  const lines = rows.map((row) => names.map((name) => fieldOf(row[name] ?? "")));
  return [names.map(fieldOf), ...lines].map((fields) => `${fields.join(",")}\r\n`).join("");
}

/** Names are callers' own words: a spreadsheet would calculate what begins like a formula. */
function fieldOf(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
