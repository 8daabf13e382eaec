/** The layers and habits of the design, held against the real tree and against planted breaches. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { importViolations } from "./architecture/import_rules.ts";
import { layerOf, MAY_IMPORT } from "./architecture/import_table.ts";
import { CLEAN_FILES, PLANTED_VIOLATIONS } from "./architecture/planted_violations.ts";
import {
  formatViolation,
  importsByPath,
  readSourceFiles,
  type SourceFile,
  type Violation,
} from "./architecture/source_file.ts";
import { syntaxViolations } from "./architecture/syntax_rules.ts";

const ROOT = new URL("../", import.meta.url);

function violationsOf(files: readonly SourceFile[]): Violation[] {
  return [...importViolations(files), ...files.flatMap(syntaxViolations)];
}

Deno.test("the tree keeps the architecture's rules", async () => {
  const files = await readSourceFiles(ROOT);
  assertEquals(violationsOf(files).map(formatViolation), []);
});

Deno.test("the rules see every layer of the tree and what it imports", async () => {
  const files = await readSourceFiles(ROOT);
  const seen = new Set(
    files.filter(({ imports }) => imports.length > 0).map(({ path }) => layerOf(path)),
  );
  assertEquals(Object.keys(MAY_IMPORT).filter((layer) => !seen.has(layer)), []);
});

Deno.test("src/README.md shows the layers as they are enforced", async () => {
  const readme = await Deno.readTextFile(new URL("src/README.md", ROOT));
  const shown = [...readme.matchAll(/^\| `([a-z.]+)` +\|.*\| (.+?) +\|$/gm)]
    .map(([, layer = "", mayImport = ""]) => [layer, mayImport.split(", ").sort().join(", ")]);
  const enforced = Object.entries(MAY_IMPORT)
    .filter(([layer]) => layer !== "main.ts")
    .map(([layer, { ours, typesOfOurs = [] }]) => [layer, inWords(ours, typesOfOurs)]);
  assertEquals(Object.fromEntries(shown), Object.fromEntries(enforced));
});

/** The README's words for a list of layers. */
function inWords(ours: readonly string[], typesOfOurs: readonly string[]): string {
  if (typesOfOurs.length > 0) {
    return [...ours, ...typesOfOurs.map((layer) => `types of ${layer}`)].sort().join(", ");
  }
  if (ours.length === 0) return "nothing of ours";
  const all = Object.keys(MAY_IMPORT);
  return all.slice(0, ours.length).every((layer, index) => layer === ours[index]) && ours.length > 8
    ? "all above it"
    : [...ours].sort().join(", ");
}

for (const [rule, breaches] of Object.entries(PLANTED_VIOLATIONS)) {
  for (const { breach, files, at, advice } of breaches) {
    Deno.test(`rule ${rule} reports ${breach}`, () => {
      const violations = violationsOf(files);
      assertEquals([...new Set(violations.map((violation) => violation.rule))], [rule]);
      const report = violations.map(formatViolation).find((text) => text.startsWith(`${at}: `));
      assertStringIncludes(report ?? "", advice);
    });
  }
}

Deno.test("the rules let pass what only looks like a breach", () => {
  assertEquals(violationsOf(CLEAN_FILES).map(formatViolation), []);
});

Deno.test("importsByPath() names packages, tells types from code and keeps to the project", () => {
  const graph = {
    modules: [
      {
        specifier: "file:///weir/main.ts",
        dependencies: [
          { specifier: "./src/a.ts", code: { specifier: "file:///weir/src/a.ts" } },
          { specifier: "./src/b.ts", type: { specifier: "file:///weir/src/b.ts" } },
          { specifier: "hono/cors", code: { specifier: "npm:/hono@^4.0.0/cors" } },
          { specifier: "@scope/name", type: { specifier: "npm:@scope/name@^1.0.0" } },
          { specifier: "node:util", code: { specifier: "node:util" } },
          { specifier: "https://example.com/x.ts", code: {} },
        ],
      },
      { specifier: "npm:/hono@4.0.0" },
    ],
  };
  assertEquals([...importsByPath(graph, new URL("file:///weir/"))], [["main.ts", [
    { target: "src/a.ts", isOurs: true, isTypeOnly: false },
    { target: "src/b.ts", isOurs: true, isTypeOnly: true },
    { target: "hono", isOurs: false, isTypeOnly: false },
    { target: "@scope/name", isOurs: false, isTypeOnly: true },
    { target: "node:util", isOurs: false, isTypeOnly: false },
    { target: "https://example.com/x.ts", isOurs: false, isTypeOnly: false },
  ]]]);
});
