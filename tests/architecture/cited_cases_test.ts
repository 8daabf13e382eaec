/** The numbers of known failures that code and tests cite, held against the page that lists them. */

import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

async function textsOf(folder: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    if (isDirectory) texts.push(...await textsOf(`${folder}${name}/`));
    else if (name.endsWith(".ts")) {
      texts.push(await Deno.readTextFile(new URL(folder + name, ROOT)));
    }
  }
  return texts;
}

Deno.test("every number of a failure that is cited stands in docs/failures.md, once", async () => {
  const page = await Deno.readTextFile(new URL("docs/failures.md", ROOT));
  const listed = [...page.matchAll(/^\| (T\d{2,3}) \|/gm)].map(([, number = ""]) => number);
  assertEquals(listed.length, new Set(listed).size);
  const texts = [...await textsOf("src/"), ...await textsOf("tests/")].join("\n");
  const cited = new Set([...texts.matchAll(/\bT(\d{2,3})\b/g)].map(([number]) => number));
  assert(cited.size > 40, `Only ${cited.size} are cited`);
  assertEquals([...cited].filter((number) => !listed.includes(number)), []);
});
