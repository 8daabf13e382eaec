/**
 * Debian's Chromium, and the web pages that it shows.
 *
 * @module
 */

import { type BrowserContextOptions, chromium, type Page } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";

/** So that it asks no host on the internet for anything, and runs as root. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** What pages can import, and the file that it is; bundled where it imports others. */
const SCRIPTS: Readonly<Record<string, URL>> = {
  "/service_examples.js": new URL("../end_to_end/service/service_examples.js", import.meta.url),
  "/openai.js": new URL("openai_page.js", import.meta.url),
};

/** A browser, and a site whose pages it shows; `await using` ends both with the test. */
export interface Browser extends AsyncDisposable {
  /** Where the pages are that the tests let in. */
  readonly origin: string;
  /** The same pages on another host, and so of another origin. */
  readonly otherOrigin: string;
  /** Shows the site's page at an origin, by default the one that is let in. */
  open(origin?: string): Promise<Page>;
  /** Shows any address to somebody of their own: nothing is kept of others. */
  visit(address: string, options?: BrowserContextOptions): Promise<Page>;
}

/** Throws where there is no browser. */
export async function startBrowser(): Promise<Browser> {
  await Deno.stat(CHROMIUM).catch((cause) => {
    const remedy = "apt-get install --no-install-recommends chromium";
    throw new Error(`There is no ${CHROMIUM}; install it with "${remedy}"`, { cause });
  });
  const site = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answerPage);
  const origin = `http://localhost:${site.addr.port}`;
  const chrome = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  return {
    origin,
    otherOrigin: `http://127.0.0.1:${site.addr.port}`,
    open: async (from = origin) => {
      const page = await (await chrome.newContext()).newPage();
      await page.goto(`${from}/`);
      return page;
    },
    visit: async (address, options = {}) => {
      const page = await (await chrome.newContext(options)).newPage();
      await page.goto(address);
      return page;
    },
    [Symbol.asyncDispose]: async () => {
      await chrome.close();
      await site.shutdown();
    },
  };
}

async function answerPage(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const script = SCRIPTS[pathname];
  if (script !== undefined) {
    return new Response(await bundle(script), { headers: { "content-type": "text/javascript" } });
  }
  return new Response("<!doctype html><title>A page</title>", {
    status: pathname === "/" ? 200 : 404,
    headers: { "content-type": "text/html" },
  });
}

async function bundle(script: URL): Promise<Uint8Array<ArrayBuffer>> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform=browser", script.href],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return stdout;
}
