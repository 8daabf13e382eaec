/** How long it takes from the start of the process until somebody can use the page. */

import type { Browser } from "../../browser/browser.ts";
import { startProgram } from "../../support/program.ts";
import { isLive } from "./viewer.ts";

export interface ColdStart {
  /** Until the program names its address. */
  readonly startMs: number;
  /** From there until the page Now is live. */
  readonly pageMs: number;
  readonly requests: number;
  /** As they came over the connection, heads included. */
  readonly bytes: number;
}

/** Without a key, as on the machine of whoever tries it. */
export async function measureColdStart(browser: Browser): Promise<ColdStart> {
  const page = await browser.visit("about:blank");
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  let [requests, bytes] = [0, 0];
  session.on("Network.requestWillBeSent", () => requests++);
  session.on("Network.loadingFinished", ({ encodedDataLength }) => bytes += encodedDataLength);
  const beforeMs = performance.now();
  await using weir = await startProgram();
  const startedMs = performance.now();
  await page.goto(`${weir.url}/`);
  await isLive(page);
  await page.getByRole("heading", { name: "The last ones" }).waitFor();
  const usableMs = performance.now();
  await page.context().close();
  return { startMs: startedMs - beforeMs, pageMs: usableMs - startedMs, requests, bytes };
}
