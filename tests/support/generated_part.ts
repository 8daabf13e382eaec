/**
 * What documents hold that is made of the code: `deno task docs` writes it, every other run compares.
 *
 * @module
 */

import { assertEquals } from "@std/assert";

/** Whether `deno task docs` runs; without it the variable may not even be read. */
export function isUpdate(): boolean {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "UPDATE_DOCS" });
  return state === "granted" && Deno.env.get("UPDATE_DOCS") === "1";
}

/** Holds what stands in a page between `<!-- name -->` and `<!-- /name -->`, or writes it. */
export async function holdPart(page: URL, name: string, expected: string): Promise<void> {
  const text = await Deno.readTextFile(page);
  const [before = "", rest = ""] = text.split(`<!-- ${name} -->\n`);
  const [part = "", after = ""] = rest.split(`\n<!-- /${name} -->`);
  if (!isUpdate()) return assertEquals(part, expected, "run `deno task docs`");
  await Deno.writeTextFile(
    page,
    `${before}<!-- ${name} -->\n${expected}\n<!-- /${name} -->${after}`,
  );
}

/** A table of Markdown; its first row is the head. */
export function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
