/**
 * Does what README and docs/getting-started say, line by line as written, in an empty folder with an empty home:
 * with Node and the npm registry, and nothing else. Prints what became of each line, and how long it took to the
 * first answer.
 *
 * `deno task first-hour` plays all of it, and `--quick` ends the line that runs all tests once they run. Where a line has
 * a provider's key, a stand-in of the provider is asked, since the key is none.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { Shell } from "./shell.ts";
import { type PageLine, pageLines } from "./page_lines.ts";

const ROOT = new URL("../../", import.meta.url);
const PAGES = ["README.md", "docs/getting-started.md"];
const isQuick = Deno.args.includes("--quick");

/** How a line is run; the first whose pattern fits is taken. */
const WAYS: readonly (readonly [pattern: RegExp, run: (line: string) => Promise<string>])[] = [
  [/ task serve$/, (line) => shell.serve(line)],
  [/ task test$/, (line) => isQuick ? shell.runUntil(line, /\.\.\. ok/) : shell.run(line)],
  [/ task weir chat /, (line) => shell.run(line, "Say hello.\n")],
  // Which agents there are is the reader's affair; without one it says what to install.
  [/ task weir launch /, (line) => shell.run(line, "", [0, 1])],
  // It fetches the runtime of the executable, which is not at the registry; without it, it says what to do.
  [/ task compile$/, (line) => shell.run(line, "", [0, 1])],
  [/^npm install /, (line) => shell.runBeside(line)],
  [/^(curl|npx|[A-Z_]+=\S* )/, (line) => shell.run(line)],
];

const path = await Deno.makeTempDir({ prefix: "weir-first-hour-" });
const shell = new Shell(path);
let failed = 0;
try {
  await shell.prepare(ROOT);
  const lines: PageLine[] = [];
  for (const page of PAGES) {
    lines.push(...pageLines(page, await Deno.readTextFile(new URL(page, ROOT))));
  }
  // Nobody waits for the tests before the first answer.
  let spentMs = 0;
  let firstAnswerMs: number | undefined;
  for (const { page, kind, text } of lines) {
    const startMs = performance.now();
    const shown = kind === "js" ? `node (${text.split("\n")[0]})` : text;
    try {
      const said = await (kind === "js" ? shell.node(text) : way(text)(text));
      if (!text.endsWith(" task test")) spentMs += performance.now() - startMs;
      if (/hello/.test(said) && text.startsWith("curl")) firstAnswerMs ??= spentMs;
      report("ok", page, shown, startMs, said);
    } catch (error) {
      failed++;
      report("FAILED", page, shown, startMs, error instanceof Error ? error.message : `${error}`);
    }
  }
  console.log(`\n${lines.length} lines, ${failed} failed`);
  console.log(
    `The first answer came ${
      ((firstAnswerMs ?? NaN) / 1000).toFixed(1)
    } s after the first line, without the tests`,
  );
} finally {
  await shell.close();
  await Deno.remove(path, { recursive: true });
}
Deno.exit(failed > 0 ? 1 : 0);

function way(line: string): (line: string) => Promise<string> {
  const found = WAYS.find(([pattern]) => pattern.test(line));
  if (found === undefined) throw new Error("Nobody said how to run this line");
  return found[1];
}

function report(end: string, page: string, line: string, startMs: number, said: string): void {
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  console.log(`${end} ${seconds} s  ${page}: ${line}`);
  const last = said.trim().split("\n").at(-1) ?? "";
  console.log(`    ${last.slice(0, 160)}`);
}
