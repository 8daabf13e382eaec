/**
 * Splits a byte stream into the messages of AWS's event stream, and writes them: lengths, headers, a payload
 * and two checksums.
 *
 * Push-based and synchronous, as the other decoders are.
 *
 * @see {@link https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html}
 * @module
 */

import { HeldBytes } from "../bytes/held_bytes.ts";
import { GatewayError } from "../core/gateway_error.ts";
import { crc32 } from "./crc32.ts";

/** One message. */
export interface AwsMessage {
  /** Headers whose values are texts; those of other types say nothing that is read. */
  readonly headers: ReadonlyMap<string, string>;
  /** Valid until the next call of the decoder. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** Media type of a body in this form. */
export const AWS_EVENT_STREAM = "application/vnd.amazon.eventstream";

/** Two lengths and their checksum. */
const PRELUDE_BYTES = 12;
/** The least that a message has: the prelude and the checksum of the whole. */
const MIN_MESSAGE_BYTES = PRELUDE_BYTES + 4;
/** As AWS's own clients have it. */
const MAX_HEADER_BYTES = 131_072;

const BYTES = 6;
const TEXT = 7;
/** Of values whose length follows from their type: true, false, integers, a moment, a UUID. */
const VALUE_BYTES: Readonly<Record<number, number>> = {
  0: 0,
  1: 0,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  8: 8,
  9: 16,
};

const utf8 = new TextDecoder();
const encoder = new TextEncoder();

/** Decodes one stream; create one per response. */
export class AwsEventStreamDecoder {
  readonly #maxMessageBytes: number;
  /** A message whose end has not arrived. Empty exactly between messages. */
  readonly #held = new HeldBytes();
  /** What was broken; what follows has no known beginning. */
  #failure: GatewayError | undefined;

  constructor(options: { readonly maxMessageBytes: number }) {
    this.#maxMessageBytes = options.maxMessageBytes;
  }

  /**
   * Takes a chunk and returns the messages it completes.
   *
   * Throws `GatewayError` at a message that is broken or over `maxMessageBytes`, and at every later call.
   * Messages that the same chunk completed before it are returned first and the next call throws, so that
   * the outcome does not depend on the cut.
   */
  push(chunk: Uint8Array<ArrayBuffer>): AwsMessage[] {
    if (this.#failure !== undefined) throw this.#failure;
    let bytes = chunk;
    if (this.#held.length > 0) {
      this.#held.append(chunk, 0, chunk.length);
      const isWhole = this.#isHeldWhole();
      if (this.#failure !== undefined) throw this.#failure;
      if (!isWhole) return [];
      // A copy, because what is left over is held anew in the same place.
      bytes = this.#held.view().slice();
      this.#held.clear();
    }
    const messages: AwsMessage[] = [];
    let from = 0;
    while (this.#failure === undefined && from < bytes.length) {
      const length = this.#lengthOf(bytes, from);
      if (length === undefined || from + length > bytes.length) {
        if (this.#failure === undefined) this.#held.append(bytes, from, bytes.length);
        break;
      }
      const message = this.#read(bytes.subarray(from, from + length));
      if (message !== undefined) messages.push(message);
      from += length;
    }
    if (this.#failure !== undefined && messages.length === 0) throw this.#failure;
    return messages;
  }

  /** The body has ended. Throws what `push` would throw at its next call. */
  flush(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Whether a whole message is held, or so much that it is known to be none. */
  #isHeldWhole(): boolean {
    const length = this.#lengthOf(this.#held.view(), 0);
    return length !== undefined && this.#held.length >= length;
  }

  /** Of the message that begins at `from`; `undefined` where that is not known yet, or it is none. */
  #lengthOf(bytes: Uint8Array<ArrayBuffer>, from: number): number | undefined {
    if (bytes.length - from < PRELUDE_BYTES) return undefined;
    const view = viewOf(bytes.subarray(from));
    const length = view.getUint32(0);
    const headerBytes = view.getUint32(4);
    if (view.getUint32(8) !== crc32(bytes.subarray(from, from + 8))) {
      return this.#fail("has a wrong checksum", "event_checksum");
    }
    if (
      length < MIN_MESSAGE_BYTES || headerBytes > length - MIN_MESSAGE_BYTES ||
      headerBytes > MAX_HEADER_BYTES
    ) return this.#fail("has lengths that cannot be", "event_length");
    if (length > this.#maxMessageBytes) {
      return this.#fail(`has more than ${this.#maxMessageBytes} bytes`, "event_too_large");
    }
    return length;
  }

  #read(bytes: Uint8Array<ArrayBuffer>): AwsMessage | undefined {
    const view = viewOf(bytes);
    const end = bytes.length - 4;
    if (view.getUint32(end) !== crc32(bytes.subarray(0, end))) {
      return this.#fail("has a wrong checksum", "event_checksum");
    }
    const payloadAt = PRELUDE_BYTES + view.getUint32(4);
    const headers = readHeaders(bytes.subarray(PRELUDE_BYTES, payloadAt));
    if (headers === undefined) return this.#fail("has broken headers", "event_headers");
    return { headers, payload: bytes.subarray(payloadAt, end) };
  }

  #fail(what: string, code: string): undefined {
    this.#failure = new GatewayError(
      "upstream_invalid_response",
      `The upstream's stream cannot be read: a message of it ${what}`,
      { code },
    );
  }
}

/** `undefined` where they are broken. */
function readHeaders(bytes: Uint8Array<ArrayBuffer>): ReadonlyMap<string, string> | undefined {
  const headers = new Map<string, string>();
  const view = viewOf(bytes);
  let at = 0;
  while (at < bytes.length) {
    const nameEnd = at + 1 + bytes[at]!;
    const type = bytes[nameEnd];
    if (type === undefined) return undefined;
    const isLong = type === TEXT || type === BYTES;
    const start = nameEnd + (isLong ? 3 : 1);
    if (start > bytes.length) return undefined;
    const length = isLong ? view.getUint16(nameEnd + 1) : VALUE_BYTES[type];
    if (length === undefined || start + length > bytes.length) return undefined;
    if (type === TEXT) {
      const name = utf8.decode(bytes.subarray(at + 1, nameEnd));
      headers.set(name, utf8.decode(bytes.subarray(start, start + length)));
    }
    at = start + length;
  }
  return headers;
}

/** Writes one message. Names and values must be shorter than the lengths that the form has for them. */
export function encodeAwsMessage(
  headers: Readonly<Record<string, string>>,
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const parts = Object.entries(headers).map(([name, value]) => encodeHeader(name, value));
  const headerBytes = parts.reduce((sum, { length }) => sum + length, 0);
  const length = MIN_MESSAGE_BYTES + headerBytes + payload.length;
  const message = new Uint8Array(length);
  const view = viewOf(message);
  view.setUint32(0, length);
  view.setUint32(4, headerBytes);
  view.setUint32(8, crc32(message.subarray(0, 8)));
  let at = PRELUDE_BYTES;
  for (const part of [...parts, payload]) {
    message.set(part, at);
    at += part.length;
  }
  view.setUint32(at, crc32(message.subarray(0, at)));
  return message;
}

function encodeHeader(name: string, value: string): Uint8Array<ArrayBuffer> {
  const nameBytes = encoder.encode(name);
  const valueBytes = encoder.encode(value);
  const header = new Uint8Array(4 + nameBytes.length + valueBytes.length);
  header[0] = nameBytes.length;
  header.set(nameBytes, 1);
  header[1 + nameBytes.length] = TEXT;
  viewOf(header).setUint16(2 + nameBytes.length, valueBytes.length);
  header.set(valueBytes, 4 + nameBytes.length);
  return header;
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
