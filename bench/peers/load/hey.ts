/** 1,000 calls from 50 connections that are opened for them, several times. */

import { LOAD_CORE } from "../pinned_process.ts";
import { runPinned } from "./run_pinned.ts";
import type { Answered } from "./wrk.ts";

const CALLS = 1_000;
const TIMES = 10;

export async function runHey(url: string): Promise<Answered> {
  let seconds = 0;
  for (let time = 0; time < TIMES; time++) {
    const output = await runPinned(LOAD_CORE, ["hey", "-n", String(CALLS), "-c", "50", url]);
    const took = /^ +Total:\s+([\d.]+) secs$/m.exec(output)?.[1];
    const answered = /^ +\[200\]\s+(\d+) responses$/m.exec(output)?.[1];
    if (took === undefined || Number(answered) !== CALLS) throw new Error(`hey said:\n${output}`);
    seconds += Number(took);
  }
  return { calls: CALLS * TIMES, seconds };
}
