/**
 * The body of a request on its way in.
 *
 * @module
 */

import { allocateBytes, copyBytes } from "../../bytes/byte_slab.ts";
import { joinBehind } from "../../bytes/gathered_pieces.ts";
import { GatewayError, toGatewayError } from "../../core/gateway_error.ts";
import type { RequestBody } from "../../core/http/http.ts";
import { ChunkedDecoder } from "../../framing/http1/chunked_decoder.ts";
import { Spans } from "../../framing/http1/spans.ts";
import type { HeadLimits } from "../head/request_parser.ts";
import { malformedRequest } from "../refusals.ts";

const NOTHING = new Uint8Array(0);
const CHUNKED_RULES = { malformed: malformedRequest, allowsPaddedSize: false };
/** Of the push that is under way; there is one at a time. */
const SPANS = new Spans();
/** What is kept of a body before it is read; then the connection is not read either. */
const MAX_KEPT_BYTES = 65_536;

/** What a body needs of its connection. */
export interface BodyWatcher {
  /** The body is asked for, and not all of it is there. */
  bodyWanted(): void;
}

interface Reading {
  readonly resolve: (bytes: Uint8Array<ArrayBuffer> | null) => void;
  readonly reject: (failure: GatewayError) => void;
}

/**
 * Pushed into as bytes arrive, and read from by whoever answers the request.
 *
 * @example A body that came with its head
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const limits = { maxHeadBytes: 1024, maxHeadFields: 16, maxTargetBytes: 256 };
 * const body = new ReceivedBody({ bodyWanted: () => {} }, 2, limits);
 * assertEquals(body.push(new TextEncoder().encode("hi, and more"), 0), 2);
 * assertEquals(new TextDecoder().decode(body.takeWhole()), "hi");
 * ```
 */
export class ReceivedBody implements RequestBody {
  /** Its last byte has come. */
  isComplete = false;
  /** Why it cannot be read on. */
  failure: GatewayError | undefined;
  /** Bytes that have come. */
  receivedBytes = 0;
  /** Nobody reads it any more: what comes is thrown away, and counted. */
  isDiscarded = false;
  discardedBytes = 0;
  /** It was asked for before it was there. */
  wasWanted = false;
  /** Bytes still to come where its length was stated. */
  #leftBytes: number;
  readonly #chunked: ChunkedDecoder | undefined;
  readonly #watcher: BodyWatcher;
  #kept: Uint8Array<ArrayBuffer>[] = [];
  #keptBytes = 0;
  /** Memory for the rest of a body that is not long, so that its pieces lie behind one another. */
  #room: Uint8Array<ArrayBuffer> | undefined;
  #reading: Reading | undefined;

  /** `lengthBytes` is `undefined` where it is chunked. */
  constructor(watcher: BodyWatcher, lengthBytes: number | undefined, limits: HeadLimits) {
    this.#watcher = watcher;
    this.#leftBytes = lengthBytes ?? 0;
    if (lengthBytes === undefined) {
      const { maxHeadBytes, maxHeadFields } = limits;
      this.#chunked = new ChunkedDecoder(
        { maxHeaderBytes: maxHeadBytes, maxHeaders: maxHeadFields },
        CHUNKED_RULES,
      );
    }
  }

  /** So much of it waits to be read that no more should be received. */
  get isFull(): boolean {
    return this.#keptBytes >= MAX_KEPT_BYTES;
  }

  /** How much is known to be still to come: nothing of one that is chunked. */
  get leftBytes(): number {
    return this.#leftBytes;
  }

  /** Takes what belongs to the body from `start` on, and returns where that ends. */
  push(bytes: Uint8Array, start: number): number {
    if (this.failure !== undefined) return bytes.length;
    if (this.#chunked !== undefined) return this.#pushChunks(this.#chunked, bytes, start);
    const end = Math.min(bytes.length, start + this.#leftBytes);
    const payload = this.isDiscarded ? NOTHING : this.#copy(bytes, start, end);
    this.#leftBytes -= end - start;
    this.isComplete = this.#leftBytes === 0;
    this.#arrive(payload, end - start);
    return end;
  }

  /** It breaks off. */
  fail(failure: GatewayError): void {
    if (this.isComplete || this.failure !== undefined) return;
    this.failure = failure;
    this.#reading?.reject(failure);
    this.#reading = undefined;
  }

  /** What has come, or comes, goes nowhere. */
  discard(): void {
    this.isDiscarded = true;
    this.#kept = [];
    this.#keptBytes = 0;
    this.#reading?.reject(givenUp());
    this.#reading = undefined;
  }

  takeWhole(): Uint8Array<ArrayBuffer> | undefined {
    if (this.isComplete && !this.isDiscarded) return this.#takeKept();
    this.#want();
    return undefined;
  }

  read(): Promise<Uint8Array<ArrayBuffer> | null> {
    if (this.isDiscarded) return Promise.reject(givenUp());
    if (this.#keptBytes > 0) {
      const bytes = this.#takeKept();
      this.#watcher.bodyWanted();
      return Promise.resolve(bytes);
    }
    if (this.isComplete) return Promise.resolve(null);
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.#reading = { resolve, reject };
      this.#want();
    });
  }

  cancel(): void {
    if (this.isDiscarded) return;
    this.discard();
    this.#watcher.bodyWanted();
  }

  #copy(bytes: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
    const length = end - start;
    const isWhole = length === this.#leftBytes && this.#room === undefined;
    if (isWhole || this.#leftBytes > MAX_KEPT_BYTES) return copyBytes(bytes, start, end);
    const room = this.#room ?? new Uint8Array(this.#leftBytes);
    room.set(bytes.subarray(start, end));
    this.#room = room.subarray(length);
    return room.subarray(0, length);
  }

  #want(): void {
    this.wasWanted = true;
    this.#watcher.bodyWanted();
  }

  #pushChunks(chunked: ChunkedDecoder, bytes: Uint8Array, start: number): number {
    SPANS.clear();
    let end = bytes.length;
    let failure: GatewayError | undefined;
    try {
      end = chunked.push(bytes, start, SPANS);
    } catch (thrown) {
      failure = toGatewayError(thrown);
    }
    this.isComplete = chunked.isComplete && failure === undefined;
    // What came before a failure is good, also where both came in one push.
    this.#arrive(SPANS.copyFrom(bytes), end - start);
    if (failure !== undefined) this.fail(failure);
    return end;
  }

  #arrive(payload: Uint8Array<ArrayBuffer>, receivedBytes: number): void {
    this.receivedBytes += receivedBytes;
    if (this.isDiscarded) {
      this.discardedBytes += receivedBytes;
      return;
    }
    const reading = this.#reading;
    if (payload.length > 0 && reading === undefined) {
      const last = this.#kept.at(-1);
      const joined = last && joinBehind(last, payload);
      if (joined === undefined) this.#kept.push(payload);
      else this.#kept[this.#kept.length - 1] = joined;
      this.#keptBytes += payload.length;
    }
    if (reading === undefined || (payload.length === 0 && !this.isComplete)) return;
    this.#reading = undefined;
    reading.resolve(payload.length > 0 ? payload : null);
  }

  #takeKept(): Uint8Array<ArrayBuffer> {
    const kept = this.#kept;
    this.#kept = [];
    const length = this.#keptBytes;
    this.#keptBytes = 0;
    if (kept.length === 1 && kept[0] !== undefined) return kept[0];
    const whole = allocateBytes(length);
    let position = 0;
    for (const part of kept) {
      whole.set(part, position);
      position += part.length;
    }
    return whole;
  }
}

function givenUp(): GatewayError {
  return new GatewayError("client_closed", "The body was given up before it was read");
}
