/** The body of an answer that is handed through, on its way to the client. */

import type { CancelTimer } from "../../core/clock.ts";
import { clientGone, type GatewayError, toGatewayError } from "../../core/gateway_error.ts";
import type { AnswerSink, StreamedAnswer } from "../../core/http/http.ts";
import type { ByteSource } from "../../core/provider/transport.ts";
import { type AnswerEnding, assumedEndOf } from "../relay/verdict.ts";
import type { Attempt } from "../tries/attempt.ts";
import type { AnswerReadAlong } from "./read_along.ts";

export interface ForwardedBodyParts {
  readonly source: ByteSource;
  readonly attempt: Attempt;
  /** Told of every byte, and then how the answer is to be judged. */
  readonly along: Pick<AnswerReadAlong, "push" | "judge">;
  /** Called once, with how many bytes were handed on and how it ended. */
  readonly settle: (bytes: number, ending: AnswerEnding) => void;
  /** Begins to wait for the client, which has no room for more. */
  readonly waitForClient: () => CancelTimer;
  readonly lengthBytes: number | undefined;
}

/** What one read brings is one chunk, and the next follows when there is room; what breaks off ends as broken. */
export class ForwardedBody implements StreamedAnswer {
  readonly lengthBytes?: number;
  readonly #parts: ForwardedBodyParts;
  #sink: AnswerSink | undefined;
  #sentBytes = 0;
  #isSettled = false;
  #isWhole = false;
  #cancelWait: CancelTimer;

  constructor(parts: ForwardedBodyParts) {
    this.#parts = parts;
    if (parts.lengthBytes !== undefined) this.lengthBytes = parts.lengthBytes;
    this.#cancelWait = parts.waitForClient();
    // The client may be slow, and no read on its way to learn of it.
    parts.attempt.onAbort = (reason) => this.#end(reason);
  }

  start(sink: AnswerSink): void {
    this.#sink = sink;
    if (this.#isSettled) this.#endSink();
    else void this.#pump(sink);
  }

  cancel(cause = clientGone()): void {
    if (this.#isSettled) return;
    const { attempt, source } = this.#parts;
    attempt.onAbort = undefined;
    attempt.abort(cause);
    source.cancel();
    this.#settle({ verdict: cause });
  }

  /** Never rejects. */
  async #pump(sink: AnswerSink): Promise<void> {
    const { source, attempt, along, waitForClient } = this.#parts;
    while (!this.#isSettled) {
      this.#cancelWait();
      let bytes;
      try {
        bytes = await source.read();
      } catch (thrown) {
        if (!attempt.signal.aborted) this.#end(toGatewayError(thrown));
        return;
      }
      if (this.#isSettled) return;
      if (bytes === null) return this.#end(null);
      along.push(bytes);
      this.#sentBytes += bytes.length;
      const behind = sink.write(bytes);
      if (behind === undefined) continue;
      this.#cancelWait = waitForClient();
      await behind;
    }
  }

  #end(error: GatewayError | null): void {
    if (this.#isSettled) return;
    const verdict = this.#parts.along.judge(error);
    // An error that the upstream told has left already; what was cut off must not look whole.
    this.#isWhole = verdict === null || verdict.kind === "upstream_error";
    this.#endSink();
    const isAssumed = verdict === null && error !== null;
    this.#settle({ verdict, ...(isAssumed && { assumedEnd: assumedEndOf(error) }) });
  }

  #endSink(): void {
    if (this.#isWhole) this.#sink?.end();
    else this.#sink?.abort();
  }

  #settle(ending: AnswerEnding): void {
    this.#isSettled = true;
    this.#cancelWait();
    this.#parts.settle(this.#sentBytes, ending);
  }
}
