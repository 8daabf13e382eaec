/**
 * Builds the console: scripts and styles in one file, and the hashes by which a browser may be told to
 * run these and nothing else.
 *
 * @module
 */

const SOURCE = new URL("../../src/console/", import.meta.url);

export const PAGE_MODULE = new URL("../../src/surfaces/console/page.ts", import.meta.url);

/** The text of the module that holds the page. */
export async function buildPageModule(): Promise<string> {
  const style = await bundledStyle();
  const script = await bundledScript();
  const frame = await Deno.readTextFile(new URL("page.html", SOURCE));
  // What is put in may hold a `$`, which means something in a text that replaces.
  const page = frame.replaceAll(/\n\s*/g, "").replace("<style>", () => `<style>${style}`)
    .replace('<script type="module">', (tag) => tag + script);
  return [
    "/** The console, built of src/console by `deno task console`; a test builds it again. */",
    "",
    "// deno-fmt-ignore-file",
    `export const PAGE: string = ${JSON.stringify(page)};`,
    `export const SCRIPT_HASH = "${await hashOf(script)}";`,
    `export const STYLE_HASH = "${await hashOf(style)}";`,
    "",
  ].join("\n");
}

async function bundledScript(): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform=browser", "--minify", "main.ts"],
    cwd: SOURCE,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  // It would end the element that the script stands in.
  return new TextDecoder().decode(stdout).trim().replaceAll("</script", "<\\/script");
}

async function bundledStyle(): Promise<string> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(new URL("style/", SOURCE))) names.push(name);
  const texts = await Promise.all(
    names.sort().map((name) => Deno.readTextFile(new URL(`style/${name}`, SOURCE))),
  );
  return texts.join("")
    .replaceAll(/\/\*.*?\*\//gs, "")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/ ?([{};,>]) ?/g, "$1")
    .replaceAll(/: /g, ":")
    .replaceAll(";}", "}")
    .trim();
}

/** As `Content-Security-Policy` has it. */
async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}

if (import.meta.main) await Deno.writeTextFile(PAGE_MODULE, await buildPageModule());
