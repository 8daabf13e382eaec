/**
 * Holds the documents together: their tables against the code, their links against what is there, and
 * README against what fits on a page and into two minutes.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type VariableRow, variableTable } from "../src/config/variable_table.ts";
import { TAGS } from "../src/fake/tags.ts";
import { PRESET_VARIABLES } from "../src/providers/presets/preset_kind.ts";
import denoJson from "../deno.json" with { type: "json" };
import { holdPart, markdownTable } from "./support/generated_part.ts";

const ROOT = new URL("../", import.meta.url);
const README_BYTES = 8_192;
/** What is read aloud in two minutes, at 165 words a minute. */
const README_WORDS = 330;
const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "examples/README.md",
  "src/README.md",
];

const read = (path: string): Promise<string> => Deno.readTextFile(new URL(path, ROOT));
const code = (text: string): string => text === "" ? "" : `\`${text}\``;

async function pages(): Promise<readonly string[]> {
  const docs = await Array.fromAsync(Deno.readDir(new URL("docs/", ROOT)));
  return [
    ...PAGES,
    ...docs.filter(({ name }) => name.endsWith(".md")).map(({ name }) => `docs/${name}`).sort(),
  ];
}

/** A table for each section of the configuration file, in the order of its schema. */
function variables(): string {
  // Those of presets have a page of their own.
  const rows = variableTable().filter(({ name }) => !PRESET_VARIABLES.has(name));
  const sections = Map.groupBy(rows, ({ option }) => option.split(".")[0] ?? "");
  return [...sections].map(([section, of]) =>
    section === "" ? tableOf(of) : `### \`${section}\`\n\n${tableOf(of)}`
  ).join("\n\n");
}

function tableOf(rows: readonly VariableRow[]): string {
  return markdownTable([
    ["variable", "option", "default", "values", "meaning"],
    ...rows.map((row) => [
      code(row.name),
      code(row.option),
      code(row.defaultText),
      row.values,
      row.meaning,
    ]),
  ]);
}

Deno.test("the tables of variables are those of the code", async () => {
  await holdPart(new URL("docs/configuration.md", ROOT), "variables", variables());
});

Deno.test("the table of tags is the one of the code", async () => {
  const rows = TAGS.map(({ form, range, meaning }) => [code(form), range, meaning]);
  const table = markdownTable([["tag", "values", "meaning"], ...rows]);
  await holdPart(new URL("docs/fake.md", ROOT), "tags", table);
});

Deno.test("README fits on a page, and is read aloud in two minutes", async () => {
  const readme = await read("README.md");
  assert(new TextEncoder().encode(readme).length <= README_BYTES);
  // Nobody reads code aloud, nor the list of pages at the end.
  const [spoken = ""] = readme.replaceAll(/^```[^]*?^```$/gm, "").split("\n## Read on\n");
  const words =
    spoken.replaceAll(/!\[.*?\]\(.*?\)|\]\([^)]*\)|[|#*`\[]|---/g, " ").match(/\S*\w\S*/g) ?? [];
  assert(words.length > 200 && words.length <= README_WORDS, `${words.length} words`);
});

Deno.test("every link within the documents leads to what is there, and README reaches each page", async () => {
  const broken: string[] = [];
  const linked = new Set<string>();
  for (const page of await pages()) {
    for (const [, link = ""] of withoutCode(await read(page)).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(link)) continue;
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? page : new URL(path, new URL(page, ROOT)).pathname
        .slice(ROOT.pathname.length);
      if (page === "README.md") linked.add(target);
      const text = await read(target).catch(() => undefined);
      const isThere = text !== undefined && (anchor === undefined || anchorsOf(text).has(anchor));
      if (!isThere) broken.push(`${page}: ${link}`);
    }
  }
  assertEquals(broken, []);
  assertEquals((await pages()).filter((page) => page !== "README.md" && !linked.has(page)), []);
});

function withoutCode(text: string): string {
  return text.replaceAll(/^```[^]*?^```$/gm, "").replaceAll(/`[^`\n]*`/g, "");
}

/** As GitHub makes them of headings. */
function anchorsOf(text: string): ReadonlySet<string> {
  return new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
      heading.toLowerCase().replaceAll(/[^\w\- ]/g, "").replaceAll(" ", "-")
    ),
  );
}

Deno.test("CONTRIBUTING names every task, and no other", async () => {
  const [, table = ""] = (await read("CONTRIBUTING.md")).split("\n## Tasks\n");
  const named = [...table.matchAll(/^\| ([^|]*) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`deno task ([\w:-]+)/g)].map(([, name = ""]) => name)
  );
  assertEquals(named.toSorted(), Object.keys(denoJson.tasks).sort());
});
