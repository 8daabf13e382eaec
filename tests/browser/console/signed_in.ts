/** Somebody who looks at the console, and what their browser complains of. */

import { assertEquals } from "@std/assert";
import axe from "axe-core";
import type { BrowserContextOptions, Page } from "playwright-core";
import type { Browser } from "../browser.ts";

export const ADMIN_KEY = "the-admin-key";
export const READ_KEY = "the-reading-key";
export const CLIENT_KEY = "a-clients-key";

export const ENV: Readonly<Record<string, string>> = {
  ADMIN_API_KEY: ADMIN_KEY,
  ADMIN_READ_API_KEY: READ_KEY,
  PROXY_API_KEY: CLIENT_KEY,
  KEEP_BODIES: "*",
  MAX_RETRIES: "0",
};

/** Each page, and what stands on it once its answers have come. */
const SIGNS = {
  Now: "canvas",
  Calls: "table, .empty",
  Usage: ".figures",
  Keys: "table, .empty",
  Providers: "table",
  Playground: "textarea",
  Connect: "pre",
  Configuration: "table",
} as const;

export type PageName = keyof typeof SIGNS;
export const PAGES = Object.keys(SIGNS) as readonly PageName[];

export interface SignedIn {
  readonly page: Page;
  /** Errors of scripts, of the console and of the page's policy so far. */
  readonly complaints: readonly string[];
  readonly goTo: (name: PageName) => Promise<void>;
}

/** Opens the address without a path and signs in there, by the keyboard. */
export async function signIn(
  browser: Browser,
  weir: { readonly url: string },
  key = ADMIN_KEY,
  options: BrowserContextOptions = {},
): Promise<SignedIn> {
  const page = await browser.visit("about:blank", options);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error.stack)));
  await page.goto(`${weir.url}/`);
  await page.locator("input[type=password]").fill(key);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Now", exact: true }).waitFor();
  const goTo: SignedIn["goTo"] = async (name) => {
    await page.getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { name, exact: true, level: 1 }).waitFor();
    await page.locator("main").locator(SIGNS[name]).first().waitFor();
  };
  return { page, complaints, goTo };
}

/** What axe-core finds that keeps somebody from using the page. */
export async function barriers(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run: () => Promise<Found> } };
    interface Found {
      readonly violations: readonly {
        readonly id: string;
        readonly impact: string;
        readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
      }[];
    }
    const { violations } = await axe.run();
    return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
  });
}

/** Nothing may stick out at the side. */
export async function assertFits(page: Page): Promise<void> {
  const [needed, there] = await page.evaluate<[number, number]>(
    "[document.documentElement.scrollWidth, innerWidth]",
  );
  assertEquals(Math.max(needed, there), there, "The page is wider than its window");
}
