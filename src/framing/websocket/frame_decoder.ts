/**
 * Reads what the other end sends over a WebSocket: its messages, put together of their fragments, and the frames
 * between them.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6455#section-5}
 * @module
 */

import { copyBytes } from "../../bytes/byte_slab.ts";
import {
  CLOSE_CODES,
  CONTROL_BIT,
  isSendableCode,
  LENGTH_MARKS,
  MAX_CONTROL_BYTES,
  MIN_LENGTHS,
  OPCODES,
} from "./frame.ts";
import { GatheredBytes } from "./gathered_bytes.ts";
import { unmask } from "./unmask.ts";
import { Utf8Validator } from "./utf8_validator.ts";

/** A text is UTF-8. */
export interface ClientMessage {
  readonly type: "message";
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly isText: boolean;
}

export type ClientEvent =
  | ClientMessage
  /** A message over the bound has ended; nothing of it was kept. */
  | { readonly type: "oversized" }
  | { readonly type: "ping"; readonly payload: Uint8Array<ArrayBuffer> }
  | { readonly type: "pong" }
  /** The last event: the client says goodbye. */
  | { readonly type: "close"; readonly code: number; readonly reason: string }
  /** The last event: the client broke the protocol, and this is to be said to it. */
  | { readonly type: "fault"; readonly code: number; readonly reason: string };

/** What the next byte is part of. */
type Part = "first" | "second" | "length" | "mask" | "payload";

/** What a message may go on beyond the bound before it ends the connection: it costs time, and no memory. */
const MAX_SKIPPED_BYTES = 16_777_216;

const FIN_BIT = 0x80;
const RESERVED_BITS = 0x70;
const MASK_BIT = 0x80;
const MASK_BYTES = 4;
const CODE_BYTES = 2;

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A message whose end has not come. */
interface Message {
  readonly isText: boolean;
  /** Of its frames so far, that of the last one included, whether or not it has come. */
  announcedBytes: number;
  /** Made for the first bytes that have to wait for others. `undefined` as well once it is oversized. */
  pieces: GatheredBytes | undefined;
  readonly validator: Utf8Validator;
}

/** Decodes one connection. A push may end anywhere; what it yields does not depend on where. */
export class FrameDecoder {
  readonly #maxMessageBytes: number;
  readonly #isFromClient: boolean;
  #part: Part = "first";
  #opcode = 0;
  #isFinal = false;
  /** Of the payload; while the length is read, what is known of it. */
  #length = 0;
  /** Bytes of the part that are still to come. */
  #missing = 0;
  #hasLongLength = false;
  #mask = 0;
  #message: Message | undefined;
  /** Of a control frame, which may stand between the fragments of a message. */
  #control: GatheredBytes | undefined;
  #isOver = false;

  /** @param isFromClient Whose frames are masked, as a server's never are. */
  constructor(maxMessageBytes: number, isFromClient: boolean) {
    this.#maxMessageBytes = maxMessageBytes;
    this.#isFromClient = isFromClient;
  }

  /** Held of a message that has not come whole. */
  get heldBytes(): number {
    return this.#message?.pieces?.length ?? 0;
  }

  /** Takes the next bytes, which it unmasks where they lie. After the last event it takes no notice of any. */
  push(bytes: Uint8Array<ArrayBuffer>): readonly ClientEvent[] {
    const events: ClientEvent[] = [];
    try {
      for (let position = 0; position < bytes.length && !this.#isOver;) {
        if (this.#part === "payload") {
          position = this.#takePayload(bytes, position, events);
        } else {
          this.#takeHead(bytes[position++]!);
          // A payload of no bytes is over before there is another one to be looked at.
          if (this.#isAtPayload && this.#missing === 0) this.#takePayload(bytes, position, events);
        }
      }
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      this.#isOver = true;
      this.#message = undefined;
      events.push({ type: "fault", code: thrown.code, reason: thrown.message });
    }
    return events;
  }

  get #isAtPayload(): boolean {
    return this.#part === "payload";
  }

  #takeHead(byte: number): void {
    switch (this.#part) {
      case "first":
        return this.#takeFirst(byte);
      case "second":
        return this.#takeSecond(byte);
      case "length":
        if (this.#missing === 8 && byte > 0x7f) throw broken("A length is negative");
        this.#length = this.#length * 256 + byte;
        if (--this.#missing === 0) this.#endLength();
        return;
      case "mask":
        this.#mask = (this.#mask << 8) | byte;
        if (--this.#missing > 0) return;
        this.#part = "payload";
        this.#missing = this.#length;
        return;
    }
  }

  #takeFirst(byte: number): void {
    if ((byte & RESERVED_BITS) !== 0) {
      throw broken("A reserved bit is set, and no extension uses it");
    }
    this.#opcode = byte & 0x0f;
    this.#isFinal = (byte & FIN_BIT) !== 0;
    switch (this.#opcode) {
      case OPCODES.continuation:
        if (this.#message === undefined) throw broken("There is no message to be continued");
        break;
      case OPCODES.text:
      case OPCODES.binary:
        if (this.#message !== undefined) throw broken("A message began before the last one ended");
        break;
      case OPCODES.close:
      case OPCODES.ping:
      case OPCODES.pong:
        if (!this.#isFinal) throw broken("A control frame is fragmented");
        break;
      default:
        throw broken(`The opcode ${this.#opcode} has no meaning`);
    }
    this.#part = "second";
  }

  #takeSecond(byte: number): void {
    const isMasked = (byte & MASK_BIT) !== 0;
    if (isMasked !== this.#isFromClient) {
      throw broken(
        isMasked ? "A frame of a server is masked" : "A frame of a client is not masked",
      );
    }
    this.#length = byte & ~MASK_BIT;
    if (this.#isControl && this.#length > MAX_CONTROL_BYTES) {
      throw broken(`A control frame has more than ${MAX_CONTROL_BYTES} bytes`);
    }
    if (this.#length < LENGTH_MARKS.two) return this.#endLength();
    this.#hasLongLength = this.#length === LENGTH_MARKS.eight;
    this.#missing = this.#hasLongLength ? 8 : 2;
    this.#length = 0;
    this.#part = "length";
  }

  #endLength(): void {
    if (this.#part === "length") {
      const shortest = this.#hasLongLength ? MIN_LENGTHS.eight : MIN_LENGTHS.two;
      if (this.#length < shortest) throw broken("A length is written longer than it has to be");
    }
    if (!this.#isControl) this.#announce();
    this.#mask = 0;
    this.#part = this.#isFromClient ? "mask" : "payload";
    this.#missing = this.#isFromClient ? MASK_BYTES : this.#length;
  }

  get #isControl(): boolean {
    return (this.#opcode & CONTROL_BIT) !== 0;
  }

  /** Counts a frame of a message before its payload comes. */
  #announce(): void {
    const message = this.#message ??= {
      isText: this.#opcode === OPCODES.text,
      announcedBytes: 0,
      pieces: undefined,
      validator: new Utf8Validator(),
    };
    message.announcedBytes += this.#length;
    if (message.announcedBytes <= this.#maxMessageBytes) return;
    message.pieces = undefined;
    if (message.announcedBytes > this.#maxMessageBytes + MAX_SKIPPED_BYTES) {
      throw new Fault(CLOSE_CODES.tooBig, `A message may have ${this.#maxMessageBytes} bytes`);
    }
  }

  /** Returns where the payload of the frame, or what there is of it, ends. */
  #takePayload(bytes: Uint8Array<ArrayBuffer>, start: number, events: ClientEvent[]): number {
    const end = Math.min(start + this.#missing, bytes.length);
    this.#mask = unmask(bytes, start, end, this.#mask);
    this.#missing -= end - start;
    if (this.#isControl) this.#takeControl(bytes, start, end, events);
    else this.#takeData(bytes, start, end, events);
    if (this.#missing === 0) this.#part = "first";
    return end;
  }

  #takeData(bytes: Uint8Array, start: number, end: number, events: ClientEvent[]): void {
    const message = this.#message;
    if (message === undefined) return;
    const isWhole = this.#isFinal && this.#missing === 0;
    if (isWhole) this.#message = undefined;
    if (message.announcedBytes > this.#maxMessageBytes) {
      if (isWhole) events.push({ type: "oversized" });
      return;
    }
    const { isText, validator } = message;
    if (isText && !validator.push(bytes, start, end)) throw noText();
    if (isWhole && isText && !validator.isWhole) throw noText();
    if (!isWhole || message.pieces !== undefined) {
      message.pieces ??= new GatheredBytes();
      message.pieces.add(bytes.subarray(start, end), message.announcedBytes);
      if (!isWhole) return;
    }
    const whole = message.pieces?.take() ?? copyBytes(bytes, start, end);
    events.push({ type: "message", bytes: whole, isText });
  }

  #takeControl(bytes: Uint8Array, start: number, end: number, events: ClientEvent[]): void {
    if (this.#missing > 0 || this.#control !== undefined) {
      this.#control ??= new GatheredBytes();
      this.#control.add(bytes.subarray(start, end), this.#length);
      if (this.#missing > 0) return;
    }
    const payload = this.#control?.take() ?? copyBytes(bytes, start, end);
    this.#control = undefined;
    if (this.#opcode === OPCODES.ping) events.push({ type: "ping", payload });
    else if (this.#opcode === OPCODES.pong) events.push({ type: "pong" });
    else events.push(this.#readClose(payload));
  }

  #readClose(payload: Uint8Array): ClientEvent {
    const [high, low] = payload;
    let code: number = CLOSE_CODES.none;
    if (high !== undefined) {
      if (low === undefined) throw broken("A close frame has half a code");
      code = high * 256 + low;
      if (!isSendableCode(code)) throw broken(`No close frame may have the code ${code}`);
    }
    const reason = decodeReason(payload.subarray(CODE_BYTES));
    this.#isOver = true;
    this.#message = undefined;
    return { type: "close", code, reason };
  }
}

/** Why a connection is closed. */
class Fault extends Error {
  readonly code: number;

  constructor(code: number, reason: string) {
    super(reason);
    this.code = code;
  }
}

function broken(reason: string): Fault {
  return new Fault(CLOSE_CODES.protocolError, reason);
}

function noText(): Fault {
  return new Fault(CLOSE_CODES.invalidText, "A text is not UTF-8");
}

function decodeReason(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw noText();
  }
}
