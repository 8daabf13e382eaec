/** Calls at a fixed rate, whether or not the last ones are answered. */

import type { Api, Asked } from "../apis/api.ts";
import { LOAD_CORE } from "../pinned_process.ts";
import type { RunningServer } from "../servers/server.ts";
import { WORK_FOLDER, writeWorkFile } from "../work_folder.ts";
import { runPinned } from "./run_pinned.ts";

/** Microseconds. */
export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
}

/** From when a call was due. */
export interface OpenLoopTimes {
  readonly firstByte: Percentiles;
  readonly whole: Percentiles;
  /** To the first event that tells when it was sent. */
  readonly firstContent: Percentiles;
  /** From when the upstream sent an event to when it is here. */
  readonly chunk: Percentiles;
}

export interface OpenLoop {
  readonly api: Api;
  readonly asked: Asked;
  readonly callsPerSecond: number;
  readonly calls: number;
}

/** Throws where a call failed. */
export async function runOpenLoop(server: RunningServer, load: OpenLoop): Promise<OpenLoopTimes> {
  const request = await writeWorkFile("request", requestTo(server, load));
  const output = await runPinned(LOAD_CORE, [
    `${WORK_FOLDER}/load`,
    ...[String(server.port), request, String(load.callsPerSecond), String(load.calls)],
  ]);
  const { failed, ...times } = JSON.parse(output);
  if (failed !== 0) throw new Error(`${failed} of ${load.calls} calls of ${server.name} failed`);
  return times;
}

function requestTo({ port, headers }: RunningServer, { api, asked }: OpenLoop): string {
  const body = api.body(asked);
  const lines = [
    `POST ${api.path(asked)} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    ...[...headers, ...api.headers].map(([name, value]) => `${name}: ${value}`),
    "content-type: application/json",
    `content-length: ${body.length}`,
  ];
  return [...lines, "", body].join("\r\n");
}
