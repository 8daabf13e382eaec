/** The body of an answer that is handed through, on its way to the client. */

import type { CancelTimer } from "../../core/clock.ts";
import { clientGone, type GatewayError, toGatewayError } from "../../core/gateway_error.ts";
import type { AnswerSink, StreamedAnswer } from "../../core/http.ts";
import type { ByteSource } from "../../core/transport.ts";
import type { Attempt } from "../tries/attempt.ts";

export interface ForwardedBodyParts {
  readonly source: ByteSource;
  readonly attempt: Attempt;
  /** Called once, with how many bytes were handed on and what went wrong. */
  readonly settle: (bytes: number, error: GatewayError | null) => void;
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
  #cancelWait: CancelTimer;

  constructor(parts: ForwardedBodyParts) {
    this.#parts = parts;
    if (parts.lengthBytes !== undefined) this.lengthBytes = parts.lengthBytes;
    this.#cancelWait = parts.waitForClient();
    // The client may be slow, and no read on its way to learn of it.
    parts.attempt.onAbort = (reason) => this.#breakOff(reason);
  }

  start(sink: AnswerSink): void {
    this.#sink = sink;
    if (this.#isSettled) sink.abort();
    else void this.#pump(sink);
  }

  cancel(): void {
    if (this.#isSettled) return;
    const { attempt, source } = this.#parts;
    attempt.onAbort = undefined;
    attempt.abort(clientGone());
    source.cancel();
    this.#settle(clientGone());
  }

  /** Never rejects. */
  async #pump(sink: AnswerSink): Promise<void> {
    const { source, attempt, waitForClient } = this.#parts;
    while (!this.#isSettled) {
      this.#cancelWait();
      let bytes;
      try {
        bytes = await source.read();
      } catch (thrown) {
        if (!attempt.signal.aborted) this.#breakOff(toGatewayError(thrown));
        return;
      }
      if (this.#isSettled) return;
      if (bytes === null) {
        sink.end();
        this.#settle(null);
        return;
      }
      this.#sentBytes += bytes.length;
      const behind = sink.write(bytes);
      if (behind === undefined) continue;
      this.#cancelWait = waitForClient();
      await behind;
    }
  }

  #breakOff(error: GatewayError): void {
    if (this.#isSettled) return;
    this.#sink?.abort();
    this.#settle(error);
  }

  #settle(error: GatewayError | null): void {
    this.#isSettled = true;
    this.#cancelWait();
    this.#parts.settle(this.#sentBytes, error);
  }
}
