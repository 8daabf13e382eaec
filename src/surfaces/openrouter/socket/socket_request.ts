/**
 * One request on a socket, from its message to the one that ends it: a final response, an error, or the
 * word that it was cancelled.
 *
 * @module
 */

import type { Call, Exchange } from "../../../core/call.ts";
import type { ErrorFormat } from "../../../core/format.ts";
import { GatewayError, toGatewayError } from "../../../core/gateway_error.ts";
import { type AnswerSink, isStreamed, type StreamedAnswer } from "../../../core/http/http.ts";
import { cancelledMessage, errorMessage, messageStart } from "./server_messages.ts";
import type { Outbox } from "./outbox.ts";

const LINE_FEED = 0x0a;

const utf8 = new TextEncoder();

export interface SocketRequestParts {
  readonly id: string;
  /** Of its call. */
  readonly callId: string;
  readonly errorFormat: ErrorFormat;
  readonly outbox: Outbox;
  /** Called once, with the message that ends it: its id is free again. */
  readonly onEnd: () => void;
}

/** Takes the answer, and sends each message of it with the id of the request. */
export class SocketRequest implements AnswerSink {
  readonly #parts: SocketRequestParts;
  readonly #controller = new AbortController();
  /** What every message of the answer begins with, in place of its opening brace. */
  readonly #start: Uint8Array;
  #streamed: StreamedAnswer | undefined;
  #isEnded = false;

  constructor(parts: SocketRequestParts) {
    this.#parts = parts;
    this.#start = utf8.encode(messageStart(parts.id));
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

  /** Sends messages, each of which but the last must end with a line feed, and may. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void> | undefined {
    if (this.#isEnded) return undefined;
    const { outbox } = this.#parts;
    let room: Promise<void> | undefined;
    for (let start = 0; start < bytes.length;) {
      const lineFeed = bytes.indexOf(LINE_FEED, start);
      const end = lineFeed === -1 ? bytes.length : lineFeed;
      room = outbox.sendText(this.#start, bytes.subarray(start + 1, end));
      start = end + 1;
    }
    return room;
  }

  /** The last message was one that says so. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#parts.onEnd();
  }

  abort(): void {
    void this.#fail(
      new GatewayError("upstream_truncated", "The answer ended before it was whole"),
    );
  }

  /** Ends it by the client's wish, or with its connection. */
  cancel(): void {
    if (this.#isEnded) return;
    this.#endWith(cancelledMessage(this.#parts.id));
    this.#controller.abort();
    this.#streamed?.cancel();
  }

  async #relay(makeCall: () => Promise<Call>, exchange: Exchange): Promise<void> {
    const { answer: { body } } = await exchange(await makeCall());
    if (isStreamed(body)) {
      // Cancelled in the moment in which the answer began.
      if (this.#isEnded) return body.cancel();
      this.#streamed = body;
    }
    await this.#parts.outbox.whenReady();
    if (this.#isEnded) return;
    if (isStreamed(body)) return body.start(this);
    this.write(typeof body === "string" ? utf8.encode(body) : body ?? new Uint8Array(0));
    this.end();
  }

  async #fail(error: GatewayError): Promise<void> {
    if (this.#isEnded) return;
    const { id, callId, errorFormat, outbox } = this.#parts;
    await outbox.whenReady();
    this.#endWith(errorMessage(id, JSON.stringify(errorFormat.encode(error, callId).error)));
  }

  /** The first end stands. */
  #endWith(message: string): void {
    if (this.#isEnded) return;
    this.#parts.outbox.send(message);
    this.end();
  }
}
