/** Calls from 50 connections, each as soon as the last one is answered. */

import { LOAD_CORE } from "../pinned_process.ts";
import type { Header } from "../servers/server.ts";
import { writeWorkFile } from "../work_folder.ts";
import { runPinned } from "./run_pinned.ts";

const CONNECTIONS = 50;

export interface WrkCalls {
  readonly url: string;
  readonly headers: readonly Header[];
  /** Posted; got where left out. */
  readonly body?: string;
}

export interface Answered {
  readonly calls: number;
  readonly seconds: number;
}

/** The same calls every time. Throws where any of them failed. */
export async function runWrk(calls: WrkCalls, seconds: number): Promise<Answered> {
  const output = await runPinned(LOAD_CORE, await wrkCommand(calls, seconds));
  return readAnswered(output, calls);
}

export async function wrkCommand(calls: WrkCalls, seconds: number): Promise<readonly string[]> {
  const script = await writeWorkFile("wrk.lua", scriptFor(calls));
  return [
    "wrk",
    "-t1",
    `-c${CONNECTIONS}`,
    "--timeout=30s",
    `-d${seconds}s`,
    "-s",
    script,
    calls.url,
  ];
}

/** What `wrkCommand` printed. Throws where any call failed. */
export function readAnswered(output: string, { url }: WrkCalls): Answered {
  const [, answered, us, failed] = /^answered (\d+) in (\d+) us, failed (\d+)$/m.exec(output) ?? [];
  if (answered === undefined) throw new Error(`wrk said:\n${output}`);
  if (failed !== "0") throw new Error(`${failed} of ${answered} calls of ${url} failed`);
  return { calls: Number(answered), seconds: Number(us) / 1e6 };
}

function scriptFor({ headers, body }: WrkCalls): string {
  const lines = headers.map(([name, value]) => `wrk.headers["${name}"] = "${value}"`);
  if (body !== undefined) {
    lines.push('wrk.method = "POST"', `wrk.body = [==[${body}]==]`);
    lines.push('wrk.headers["content-type"] = "application/json"');
  }
  return `${lines.join("\n")}
function done(summary)
  local e = summary.errors
  local failed = e.connect + e.read + e.write + e.status + e.timeout
  print(string.format("answered %d in %d us, failed %d", summary.requests, summary.duration, failed))
end
`;
}
