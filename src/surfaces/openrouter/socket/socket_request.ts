/**
 * One request on a socket, from its message to the one that ends it: a final response, an error, or the
 * word that it was cancelled.
 *
 * @module
 */

import type { Call, Exchange } from "../../../core/call.ts";
import type { ErrorFormat } from "../../../core/format.ts";
import { GatewayError, toGatewayError } from "../../../core/gateway_error.ts";
import { SocketLineReader } from "../../../formats/openrouter_socket/lines.ts";
import { cancelledMessage, errorMessage, responseMessage } from "./server_messages.ts";
import type { Outbox } from "./outbox.ts";

export interface SocketRequestParts {
  readonly id: string;
  /** Of its call. */
  readonly callId: string;
  readonly errorFormat: ErrorFormat;
  readonly outbox: Outbox;
  /** Called once, before the message that ends it is sent: its id is free again. */
  readonly onEnd: () => void;
}

export class SocketRequest {
  readonly #parts: SocketRequestParts;
  readonly #controller = new AbortController();
  #body: ReadableStreamDefaultReader<Uint8Array> | undefined;
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
    this.#begin(makeCall, exchange)
      .then((isStream) => isStream ? this.#relayStream() : this.#relayWhole())
      .catch((thrown) => this.#fail(toGatewayError(thrown)));
  }

  /** Ends it by the client's wish, or with its connection. */
  cancel(): void {
    if (this.#isEnded) return;
    this.#end(cancelledMessage(this.#parts.id));
    this.#controller.abort();
    this.#leave();
  }

  /** Resolves with whether the answer is streamed. */
  async #begin(makeCall: () => Promise<Call>, exchange: Exchange): Promise<boolean> {
    const call = await makeCall();
    const { response: { body } } = await exchange(call);
    this.#body = body?.getReader();
    // Cancelled in the same moment in which the answer began.
    if (this.#isEnded) this.#leave();
    return call.wantsStream;
  }

  async #relayStream(): Promise<void> {
    const { id, outbox } = this.#parts;
    const lines = new SocketLineReader();
    while (!this.#isEnded) {
      const ready = outbox.whenReady();
      if (ready !== undefined) await ready;
      const chunk = (await this.#body?.read())?.value;
      if (chunk === undefined) throw endedEarly();
      for (const { kind, json } of lines.push(chunk)) {
        if (this.#isEnded) return;
        if (kind === "piece") outbox.send(responseMessage(id, json));
        else this.#end(kind === "error" ? errorMessage(id, json) : responseMessage(id, json));
      }
    }
    // Nothing follows, but only a body that is read to its end is known to be over.
    await this.#body?.read();
  }

  async #relayWhole(): Promise<void> {
    const { id, outbox } = this.#parts;
    const utf8 = new TextDecoder();
    const pieces: string[] = [];
    for (let chunk = await this.#body?.read(); chunk?.value; chunk = await this.#body?.read()) {
      pieces.push(utf8.decode(chunk.value, { stream: true }));
    }
    await outbox.whenReady();
    this.#end(responseMessage(id, pieces.join("")));
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
    // A body that has failed says so here once more.
    this.#body?.cancel().catch(() => {});
  }
}

function endedEarly(): GatewayError {
  return new GatewayError("upstream_truncated", "The answer ended before it was whole");
}
