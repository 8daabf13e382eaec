/** The upstream: a small C program, because it must cost less than every server that is measured. */

import {
  freePort,
  listening,
  LOAD_CORE,
  type PinnedProcess,
  startPinned,
} from "./pinned_process.ts";
import { WORK_FOLDER, writeWorkFile } from "./work_folder.ts";

export interface RunningProvider {
  readonly port: number;
  readonly process: PinnedProcess;
}

/** A piece of the answer each so many milliseconds. */
export interface Pace {
  readonly pieces: number;
  readonly intervalMs: number;
}

export async function startProvider(answer: string, pace?: Pace): Promise<RunningProvider> {
  const port = freePort();
  const answerPath = await writeWorkFile(`answer-${port}`, answer);
  const paceArguments = pace === undefined ? [] : [pace.pieces, pace.intervalMs].map(String);
  const process = startPinned({
    command: [`${WORK_FOLDER}/upstream`, String(port), answerPath, ...paceArguments],
    core: LOAD_CORE,
    outputPath: `${WORK_FOLDER}/upstream.log`,
  });
  await listening(port);
  return { port, process };
}
