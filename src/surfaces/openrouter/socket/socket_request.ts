/**
 * One request on a socket, from its message to the one that ends it: a final response, an error, or the
 * word that it was cancelled.
 *
 * @module
 */

import type { Call, Exchange } from "../../../core/call.ts";
import type { ErrorFormat } from "../../../core/format.ts";
import { GatewayError, toGatewayError } from "../../../core/gateway_error.ts";
import {
  type AnswerSink,
  type HttpAnswer,
  isStreamed,
  type StreamedAnswer,
} from "../../../core/http.ts";
import { SocketLineReader } from "../../../formats/openrouter_socket/lines.ts";
import { cancelledMessage, errorMessage, responseMessage } from "./server_messages.ts";
import type { Outbox } from "./outbox.ts";

const NOTHING = new Uint8Array(0);

export interface SocketRequestParts {
  readonly id: string;
  /** Of its call. */
  readonly callId: string;
  readonly errorFormat: ErrorFormat;
  readonly outbox: Outbox;
  /** Called once, before the message that ends it is sent: its id is free again. */
  readonly onEnd: () => void;
}

export class SocketRequest implements AnswerSink {
  readonly #parts: SocketRequestParts;
  readonly #controller = new AbortController();
  readonly #lines = new SocketLineReader();
  #streamed: StreamedAnswer | undefined;
  #isEnded = false;

  constructor(parts: SocketRequestParts) {
    this.#parts = parts;
  }

  /** `Call.signal` of its call. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Sends what the call is answered with, and why where there is none. */
  run(makeCall: () => Promise<Call>, exchange: Exchange): void {
    // The call, which may be large, is let go of once its answer has begun.
    this.#relay(makeCall, exchange).catch((thrown) => this.#fail(toGatewayError(thrown)));
  }

  /** A piece of the streamed answer. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void> | undefined {
    const { id, outbox } = this.#parts;
    for (const { kind, json } of this.#lines.push(bytes)) {
      if (this.#isEnded) return undefined;
      if (kind === "piece") outbox.send(responseMessage(id, json));
      else this.#end(kind === "error" ? errorMessage(id, json) : responseMessage(id, json));
    }
    return outbox.whenReady();
  }

  end(): void {
    this.abort();
  }

  /** Of an answer that has said how it ended nothing is lost. */
  abort(): void {
    if (!this.#isEnded) void this.#fail(endedEarly());
  }

  /** Ends it by the client's wish, or with its connection. */
  cancel(): void {
    if (this.#isEnded) return;
    this.#end(cancelledMessage(this.#parts.id));
    this.#controller.abort();
    this.#leave();
  }

  async #relay(makeCall: () => Promise<Call>, exchange: Exchange): Promise<void> {
    const { id, outbox } = this.#parts;
    const { wantsStream, body } = await this.#begin(makeCall, exchange);
    await outbox.whenReady();
    if (isStreamed(body)) {
      this.#streamed = body;
      // Cancelled in the moment in which the answer began.
      if (this.#isEnded) body.cancel();
      else body.start(this);
      return;
    }
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
    if (!wantsStream) {
      return this.#end(responseMessage(id, new TextDecoder().decode(bytes ?? NOTHING)));
    }
    this.write(bytes ?? NOTHING);
    this.end();
  }

  async #begin(
    makeCall: () => Promise<Call>,
    exchange: Exchange,
  ): Promise<{ readonly wantsStream: boolean; readonly body: HttpAnswer["body"] }> {
    const call = await makeCall();
    const { answer: { body } } = await exchange(call);
    return { wantsStream: call.wantsStream, body };
  }

  async #fail(error: GatewayError): Promise<void> {
    if (this.#isEnded) return;
    const { id, callId, errorFormat, outbox } = this.#parts;
    await outbox.whenReady();
    this.#end(errorMessage(id, JSON.stringify(errorFormat.encode(error, callId).error)));
    this.#leave();
  }

  /** The first end stands. */
  #end(message: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#parts.onEnd();
    this.#parts.outbox.send(message);
  }

  /** Cancels what is left of the answer, and its upstream with it. */
  #leave(): void {
    this.#streamed?.cancel();
  }
}

function endedEarly(): GatewayError {
  return new GatewayError("upstream_truncated", "The answer ended before it was whole");
}
