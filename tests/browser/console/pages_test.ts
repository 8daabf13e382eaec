/**
 * Every page with traffic of all surfaces and their faults, in both colour schemes, wide and narrow.
 *
 * With `UPDATE_SCREENSHOTS` set, what is seen is kept for docs/console.md.
 */

import { assert, assertEquals } from "@std/assert";
import { startProgram } from "../../support/program.ts";
import { startBrowser } from "../browser.ts";
import { assertFits, barriers, CLIENT_KEY, ENV, PAGES, signIn } from "./signed_in.ts";
import { sendTraffic } from "./traffic.ts";

const PICTURES = new URL("../../../docs/console/", import.meta.url);
/** What docs/console.md shows, of all that is seen. */
const SHOWN = [
  "now-light-1440",
  "calls-dark-1440",
  "call-light-1440",
  "usage-light-1440",
  "keys-dark-390",
  "providers-light-390",
  "playground-dark-1440",
  "connect-light-390",
  "configuration-light-1440",
];

const MAX_HEIGHT = 680;

/** Both schemes and both widths are searched for barriers once. */
const VIEWS = [
  { colorScheme: "light", width: 1440, isSearched: true },
  { colorScheme: "dark", width: 1440, isSearched: false },
  { colorScheme: "light", width: 390, isSearched: false },
  { colorScheme: "dark", width: 390, isSearched: true },
] as const;

/** So that it is usable where every answer takes its time. */
const MAX_REQUESTS = 8;

Deno.test("the page asks nobody but Weir, and not often", async () => {
  await using browser = await startBrowser();
  await using weir = await startProgram({ env: ENV });
  const { page } = await signIn(browser, weir);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.reload();
  await page.getByText("live", { exact: true }).waitFor();
  assertEquals(asked.filter((url) => !url.startsWith(`${weir.url}/`)), []);
  assert(asked.length <= MAX_REQUESTS, asked.join("\n"));
});

Deno.test("providers, models and aliases are shown while the ledger is away", async () => {
  await using browser = await startBrowser();
  await using weir = await startProgram({ env: { ...ENV, MODEL_ALIASES: "swift=fake-model" } });
  const { page, complaints, goTo } = await signIn(browser, weir);
  await page.route("**/admin/v1/providers", async (route) => {
    const response = await route.fetch();
    const { data, ...rest } = await response.json();
    const withoutRecent = data.map((provider: object) => ({ ...provider, recent: null }));
    await route.fulfill({ response, json: { ...rest, data: withoutRecent } });
  });
  await goTo("Providers");
  await page.getByRole("heading", { name: "fake", exact: true }).waitFor();
  const alias = page.getByRole("table", { name: "Aliases" }).getByRole("row").nth(1);
  assertEquals(await alias.textContent(), "swiftfake-model");
  await page.getByRole("table", { name: "Models" }).waitFor();
  assertEquals(complaints, []);
});

Deno.test("every page is whole, without a complaint or a barrier", async (test) => {
  await using browser = await startBrowser();
  await using weir = await startProgram({ env: ENV });
  await sendTraffic(weir, CLIENT_KEY);
  for (const { colorScheme, width, isSearched } of VIEWS) {
    await test.step(`${colorScheme} at ${width}`, async () => {
      const viewport = { width, height: width > 1000 ? 900 : 844 };
      const { page, complaints, goTo } = await signIn(browser, weir, undefined, {
        colorScheme,
        viewport,
      });
      const look = async (name: string): Promise<void> => {
        await assertFits(page);
        if (isSearched) assertEquals(await barriers(page), [], name);
        const picture = `${name.toLowerCase()}-${colorScheme}-${width}`;
        if (!Deno.env.has("UPDATE_SCREENSHOTS") || !SHOWN.includes(picture)) return;
        await Deno.mkdir(PICTURES, { recursive: true });
        const path = new URL(`${picture}.png`, PICTURES).pathname;
        await page.screenshot({ path, clip: { x: 0, y: 0, width, height: MAX_HEIGHT } });
      };
      for (const name of PAGES) {
        await goTo(name);
        if (name === "Now") {
          await sendTraffic(weir, CLIENT_KEY);
          await page.getByRole("row").nth(5).waitFor();
        }
        if (name === "Playground") {
          await page.getByRole("textbox", { name: "Prompt" }).fill("[reasoning=A greeting.] Hi.");
          await page.getByRole("button", { name: "Send" }).click();
          await page.locator(".turn.assistant").filter({ hasText: /took/ }).waitFor();
        }
        await look(name);
      }
      await goTo("Calls");
      await page.getByRole("row").nth(1).getByRole("link").click();
      await page.getByRole("heading", { name: "How it went" }).waitFor();
      await look("Call");
      assertEquals(complaints, []);
      await page.context().close();
    });
  }
});
