/** A browser that has the page Now open, and what its scripts take. */

import type { CDPSession, Page } from "playwright-core";
import type { Browser } from "../../browser/browser.ts";
import { signIn } from "../../browser/console/signed_in.ts";

export interface Viewer {
  readonly look: () => Promise<void>;
  readonly lookAway: () => Promise<void>;
  /** Milliseconds that scripts took in each frame while something was done. */
  readonly framesDuring: (work: () => Promise<void>) => Promise<readonly number[]>;
  /** Bytes of the page's heap, once what nobody needs is thrown away. */
  readonly heapBytes: () => Promise<number>;
}

export async function openViewer(
  browser: Browser,
  weir: { readonly url: string },
): Promise<Viewer> {
  const { page } = await signIn(browser, weir);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  await session.send("HeapProfiler.enable");
  return {
    look: async () => {
      await page.goto(`${weir.url}/console#/now`);
      await isLive(page);
    },
    lookAway: async () => {
      await page.goto("about:blank");
    },
    framesDuring: (work) => framesDuring(page, work),
    heapBytes: () => heapBytes(session),
  };
}

/** Resolves once events reach the page. */
export async function isLive(page: Page): Promise<void> {
  await page.getByText("live", { exact: true }).waitFor();
}

async function heapBytes(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "JSHeapUsedSize")?.value ?? NaN;
}

/** An entry of Chromium's trace; times are microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  /** On a processor; the machine may have given it to somebody else meanwhile. */
  readonly tdur?: number;
}

const FRAME = "FireAnimationFrame";
/** Everything that runs the page's code, or cleans up after it. */
const SCRIPTS: ReadonlySet<string> = new Set([
  FRAME,
  "FunctionCall",
  "EvaluateScript",
  "EventDispatch",
  "RunMicrotasks",
  "TimerFire",
  "MinorGC",
  "MajorGC",
]);

async function framesDuring(page: Page, work: () => Promise<void>): Promise<readonly number[]> {
  const chromium = page.context().browser();
  if (chromium === null) throw new Error("The page is of no browser");
  await chromium.startTracing(page, { categories: ["devtools.timeline", "v8"] });
  await work();
  const trace = JSON.parse((await chromium.stopTracing()).toString("utf8"));
  return scriptMsOfFrames(trace.traceEvents);
}

/** From one frame to the next; what is called by what counts already is not counted again. */
function scriptMsOfFrames(trace: readonly TraceEvent[]): readonly number[] {
  const { pid, tid } = trace.find(({ name }) => name === FRAME) ?? {};
  const scripts = trace
    .filter((event) => event.ph === "X" && event.pid === pid && event.tid === tid)
    .filter(({ name }) => SCRIPTS.has(name))
    .toSorted((left, right) => left.ts - right.ts || (right.dur ?? 0) - (left.dur ?? 0));
  const frames: number[] = [];
  let endUs = 0;
  for (const { name, ts, dur = 0, tdur = dur } of scripts) {
    if (ts < endUs) continue;
    endUs = ts + dur;
    if (name === FRAME) frames.push(0);
    // What ran before the first frame belongs to none.
    if (frames.length > 0) frames[frames.length - 1]! += tdur / 1_000;
  }
  return frames;
}
