/** The clients of README and docs, run as they stand there but for the port. */

import { assertEquals } from "@std/assert";
import { startProgram } from "../support/program.ts";
import { workingDirectory } from "../support/working_directory.ts";

const ROOT = new URL("../../", import.meta.url);
const PAGES = { "README.md": 3, "docs/getting-started.md": 1, "docs/api.md": 1 };
/** What the fake LLM says, and the end of an answer in pieces. */
const DONE = /hello world|"finish_reason":"stop"/;

/** Resolves with what a script prints up to the end of its answer; the WebSocket's ends by no other means. */
async function outputOf(path: string): Promise<string> {
  await using child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-env", "--allow-net=127.0.0.1", "--allow-read", "--allow-sys", path],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (DONE.test(text)) break;
  }
  return text;
}

const nameOf = (index: number): string => `client${index}.mjs`;

for (const [page, count] of Object.entries(PAGES)) {
  Deno.test(`the clients of ${page} are answered`, async () => {
    await using weir = await startProgram({ env: { PROXY_API_KEY: "choose-one" } });
    const text = await Deno.readTextFile(new URL(page, ROOT));
    const blocks = [...text.matchAll(/^```js ignore\n([^]*?)^```/gm)].map(([, code = ""]) => code);
    assertEquals(blocks.length, count);
    const { host } = new URL(weir.url);
    await using folder = await workingDirectory(Object.fromEntries(
      blocks.map((code, index) => [nameOf(index), code.replaceAll("127.0.0.1:3000", host)]),
    ));
    for (const [index, code] of blocks.entries()) {
      assertEquals(DONE.exec(await outputOf(`${folder.path}/${nameOf(index)}`))?.length, 1, code);
    }
  });
}
