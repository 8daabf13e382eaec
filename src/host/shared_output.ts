/** Lets several write to one stream without their lines running into each other. */

import type { LogOutput } from "../observability/log/log.ts";

export interface SharedOutput {
  /** For the log of this thread. */
  readonly output: LogOutput;
  /** Writes whole lines; resolves once they are written. */
  readonly write: (lines: Uint8Array) => Promise<void>;
}

/** What is written leaves in one piece, one after the other. */
export function shareOutput({ stream, ...terminal }: LogOutput): SharedOutput {
  const writer = stream.getWriter();
  const write = (lines: Uint8Array): Promise<void> => writer.write(lines);
  return { output: { ...terminal, stream: new WritableStream({ write }) }, write };
}
