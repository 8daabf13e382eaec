/** The page that is embedded: built of the sources that stand beside it, small, and without a way for markup. */

import { assert, assertEquals } from "@std/assert";
import { PAGE } from "../../src/surfaces/console/page.ts";
import { buildPageModule, PAGE_MODULE } from "./build_page.ts";

const MAX_BYTES = 60_000;

/** Bundlers of other versions write the same program in other words. */
const BUNDLER = "2.9.6";

Deno.test({
  name: "the page is what src/console is built to",
  ignore: Deno.version.deno !== BUNDLER,
  fn: async () => {
    const built = await buildPageModule();
    assert(
      built === await Deno.readTextFile(PAGE_MODULE),
      "src/console was changed, and the page was not built: run `deno task console`",
    );
  },
});

Deno.test("the page has at most 60 KB when it is packed", async () => {
  const packed = new Blob([PAGE]).stream().pipeThrough(new CompressionStream("gzip"));
  const { byteLength } = await new Response(packed).arrayBuffer();
  assert(byteLength <= MAX_BYTES, `It has ${byteLength} bytes`);
});

Deno.test("the page asks no other host for anything", () => {
  const hosts = [...PAGE.matchAll(/\b(?:https?:)?\/\/[\w.-]+\.\w+/g)].map(([address]) => address);
  assertEquals(hosts.filter((address) => !address.includes("www.w3.org")), []);
});

Deno.test("nothing of the console makes markup of a text", async () => {
  const ways =
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|createContextualFragment|javascript:|\beval\b|new Function\b/;
  const found = (await textsBelow("src/console/")).filter(([, text]) => ways.test(text));
  assertEquals(found.map(([path]) => path), []);
});

Deno.test("the page has no handler and no style that its policy would have to let through", () => {
  const frame = PAGE.replace(/<script type="module">.*?<\/script>/s, "")
    .replace(/<style>.*?<\/style>/s, "");
  assertEquals(/\son\w+=|\sstyle=|<script|<style|javascript:/.exec(frame), null);
  assert(PAGE.includes('<div id="root">'));
});

async function textsBelow(folder: string): Promise<(readonly [path: string, text: string])[]> {
  const texts: (readonly [string, string])[] = [];
  const root = new URL("../../", import.meta.url);
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    if (isDirectory) texts.push(...await textsBelow(`${folder}${name}/`));
    else texts.push([folder + name, await Deno.readTextFile(new URL(folder + name, root))]);
  }
  return texts;
}
