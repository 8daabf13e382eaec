/** How long it takes from the start of the process until somebody can use the page. */

import type { Request } from "playwright-core";
import type { Browser } from "../../browser/browser.ts";
import { startProgram } from "../../support/program.ts";
import { isLive } from "./viewer.ts";

export interface ColdStart {
  /** Until the program names its address. */
  readonly startMs: number;
  /** From there until the page Now is live. */
  readonly pageMs: number;
  readonly requests: number;
  /** Of the bodies of all answers that have ended, packed as they came. */
  readonly bytes: number;
}

/** Without a key, as on the machine of whoever tries it. */
export async function measureColdStart(browser: Browser): Promise<ColdStart> {
  const page = await browser.visit("about:blank");
  const ended: Request[] = [];
  let requests = 0;
  page.on("request", () => requests++);
  page.on("requestfinished", (request) => ended.push(request));
  const beforeMs = performance.now();
  await using weir = await startProgram();
  const startedMs = performance.now();
  await page.goto(`${weir.url}/`);
  await isLive(page);
  await page.getByRole("heading", { name: "The last ones" }).waitFor();
  const usableMs = performance.now();
  const sizes = await Promise.all(ended.map((request) => request.sizes()));
  const bytes = sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
  await page.context().close();
  return { startMs: startedMs - beforeMs, pageMs: usableMs - startedMs, requests, bytes };
}
