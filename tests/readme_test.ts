/**
 * Holds README's tables against the code they describe.
 *
 * `deno task docs` runs this with `UPDATE_README=1`, which writes the tables anew instead.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { variableTable } from "../src/config/variable_table.ts";
import { PRESET_VARIABLES } from "../src/providers/presets/preset_kind.ts";
import { TAGS } from "../src/fake/tags.ts";

const README = new URL("../README.md", import.meta.url);

const code = (text: string): string => text === "" ? "" : `\`${text}\``;

const TABLES: Readonly<Record<string, () => readonly (readonly string[])[]>> = {
  variables: () => [
    ["variable", "default", "values", "meaning"],
    // Those of presets have a document of their own.
    ...variableTable().filter(({ name }) => !PRESET_VARIABLES.has(name)).map((
      { name, defaultText, values, meaning },
    ) => [
      code(name),
      code(defaultText),
      values,
      meaning,
    ]),
  ],
  tags: () => [
    ["tag", "values", "meaning"],
    ...TAGS.map(({ form, range, meaning }) => [code(form), range, meaning]),
  ],
};

function markdown([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Without `deno task docs` the variable may not even be read. */
function isUpdate(): boolean {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "UPDATE_README" });
  return state === "granted" && Deno.env.get("UPDATE_README") === "1";
}

for (const [name, rows] of Object.entries(TABLES)) {
  Deno.test(`README's table of ${name} is the one of the code`, async () => {
    const readme = await Deno.readTextFile(README);
    const [before = "", rest = ""] = readme.split(`<!-- ${name} -->\n`);
    const [table = "", after = ""] = rest.split(`\n<!-- /${name} -->`);
    const expected = markdown(rows());
    if (isUpdate()) {
      const text = `${before}<!-- ${name} -->\n${expected}\n<!-- /${name} -->${after}`;
      await Deno.writeTextFile(README, text);
    } else {
      assertEquals(table, expected, "run `deno task docs`");
    }
  });
}
