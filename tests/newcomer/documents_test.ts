/** What the documents say of operating, held against the program. */

import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../src/cli/commands.ts";
import { variableTable } from "../../src/config/variable_table.ts";
import { startProgram } from "../support/program.ts";
import { post } from "../support/two_targets.ts";

const ROOT = new URL("../../", import.meta.url);
const page = (path: string): Promise<string> => Deno.readTextFile(new URL(path, ROOT));

/** What people write and read; what is generated of the code names nothing else. */
const PAGES = (await Promise.all(
  [
    "README.md",
    "docs/api.md",
    "docs/configuration.md",
    "docs/fake.md",
    "docs/getting-started.md",
    "docs/operate.md",
    "docs/providers.md",
  ].map(page),
)).join("\n");
const OPERATE = await page("docs/operate.md");

/** Read by the runtime, by commands that call a gateway, and by agents that are told of Weir. */
const OTHERS = [
  "WEIR_KEY",
  "NO_COLOR",
  "ANTHROPIC_BEDROCK_BASE_URL",
  "ANTHROPIC_CUSTOM_HEADERS",
  "ANTHROPIC_VERTEX_BASE_URL",
  "CLAUDE_CODE_SKIP_VERTEX_AUTH",
  "CLAUDE_CODE_USE_BEDROCK",
  "CLAUDE_CODE_USE_VERTEX",
  "GOOGLE_GEMINI_BASE_URL",
];

/** The text below a heading of docs/operate.md, up to the next one of its kind or above. */
function section(heading: string): string {
  const [level = ""] = /^#+/.exec(heading) ?? [];
  const [, text = ""] = OPERATE.split(`\n${heading}\n`);
  return text.split(new RegExp(`^#{2,${level.length}} `, "m"))[0] ?? "";
}

/** What stands in the first column of the first table, or in all of the text, as code. */
function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
}

function firstColumn(text: string): string[] {
  return [...text.matchAll(/^\| (`[^|]*)\|/gm)].flatMap(([, cell = ""]) => codeIn(cell));
}

Deno.test("the documents name no variable that does not exist", () => {
  const known = new Set([...variableTable().map(({ name }) => name), ...OTHERS]);
  const forms = [...known].filter((name) => name.includes("<NAME>"))
    .map((name) => new RegExp(`^${name.replace("<NAME>", "[A-Z]+")}$`));
  const code = [...codeIn(PAGES), ...PAGES.matchAll(/^```[^]*?^```/gm)].join("\n");
  const named = [...code.matchAll(/(?<![\w<$.{/])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?![\w>*])/g)]
    .map(([, name = ""]) => name);
  assert(named.length > 50, "none were found");
  const unknown = new Set(
    named.filter((name) => !known.has(name) && !forms.some((form) => form.test(name))),
  );
  assertEquals([...unknown], []);
});

Deno.test("docs/operate.md names every command, and no other", () => {
  const named = firstColumn(section("## One executable")).map((code) => code.split(" ")[1]);
  assertEquals(
    [...new Set(named.filter((name) => name !== undefined))].sort(),
    COMMANDS.map(({ name }) => name).sort(),
  );
});

Deno.test("docs/operate.md names every metric, and no other", async () => {
  await using weir = await startProgram({ env: { WORKERS: "2" } });
  const text = await (await fetch(`${weir.url}/metrics`)).text();
  const metrics = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  assertEquals(firstColumn(section("### Metrics")).sort(), metrics.sort());
});

Deno.test("docs/operate.md names every field of a call's line, and no other", async () => {
  const source = new URL("../../src/observability/log/log_call.ts", import.meta.url);
  const [, body = ""] = /function fieldsOf\([^]*?return \{\n([^]*?)\n {2}\};/.exec(
    await Deno.readTextFile(source),
  ) ?? [];
  const fields = [...body.matchAll(/^ {4}(\w+)[:,]/gm)].map(([, name = ""]) => name);
  assertEquals(firstColumn(section("### Logs")).sort(), fields.toSorted());
  await using weir = await startProgram();
  await (await post(weir, { model: "m", content: "hi", stream: true })).text();
  const [line] = await weir.printed(/.*"message":"call".*/);
  const of = ["@timestamp", "level", "message", "logger"];
  assertEquals(Object.keys(JSON.parse(line)).filter((name) => !fields.includes(name)), of);
});
