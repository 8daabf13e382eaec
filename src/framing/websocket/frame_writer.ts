/**
 * Writes frames, those that leave together in one piece of memory. A client's are masked, a server's never.
 *
 * @module
 */

import { allocateBytes } from "../../bytes/byte_slab.ts";
import { unmask } from "./unmask.ts";
import { LENGTH_MARKS, MAX_CONTROL_BYTES, MIN_LENGTHS, OPCODES } from "./frame.ts";

const FIN_BIT = 0x80;

/** Texts that certainly fit in it are encoded there: memory of its own would cost more than the text. */
const SCRATCH_BYTES = 16_384;
/** Bytes that a character of a JavaScript string can take in UTF-8. */
const MAX_CHARACTER_BYTES = 3;
const CODE_BYTES = 2;

const utf8 = new TextEncoder();
const scratch = new Uint8Array(SCRATCH_BYTES);
const NOTHING = allocateBytes(0);

const MASK_BIT = 0x80;
const MASK_BYTES = 4;

/** Makes 32 bits that nobody can foretell. */
export type MakeMask = () => number;

/** Collects the frames of one connection until they can leave. */
export class FrameWriter {
  readonly #makeMask: MakeMask | undefined;
  #buffer = NOTHING;
  #length = 0;

  /** @param makeMask Of a client. */
  constructor(makeMask?: MakeMask) {
    this.#makeMask = makeMask;
  }

  /** Bytes since the last `take`. */
  get length(): number {
    return this.#length;
  }

  writeMessage(message: string | Uint8Array): void {
    if (typeof message !== "string") return this.#write(OPCODES.binary, message);
    this.writeText(
      message.length * MAX_CHARACTER_BYTES <= SCRATCH_BYTES
        ? scratch.subarray(0, utf8.encodeInto(message, scratch).written)
        : utf8.encode(message),
    );
  }

  /** @param pieces UTF-8 when they are put together. */
  writeText(...pieces: readonly Uint8Array[]): void {
    this.#write(OPCODES.text, ...pieces);
  }

  writePing(): void {
    this.#write(OPCODES.ping, NOTHING);
  }

  writePong(payload: Uint8Array): void {
    this.#write(OPCODES.pong, payload);
  }

  /** @param reason What does not fit in a frame is left out. */
  writeClose(code: number | undefined, reason: string): void {
    if (code === undefined) return this.#write(OPCODES.close, NOTHING);
    const room = scratch.subarray(CODE_BYTES, MAX_CONTROL_BYTES);
    const { written } = utf8.encodeInto(reason, room);
    scratch[0] = code >>> 8;
    scratch[1] = code & 0xff;
    this.#write(OPCODES.close, scratch.subarray(0, CODE_BYTES + written));
  }

  /** Returns what was written, and begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.#buffer.subarray(0, this.#length);
    // Most connections are silent most of the time, and then hold no memory.
    this.#buffer = NOTHING;
    this.#length = 0;
    return bytes;
  }

  #write(opcode: number, ...pieces: readonly Uint8Array[]): void {
    let length = 0;
    for (const piece of pieces) length += piece.length;
    const headBytes = length < MIN_LENGTHS.two ? 2 : length < MIN_LENGTHS.eight ? 4 : 10;
    const start = this.#length;
    const isMasked = this.#makeMask !== undefined;
    this.#reserve(headBytes + (isMasked ? MASK_BYTES : 0) + length);
    const buffer = this.#buffer;
    buffer[start] = FIN_BIT | opcode;
    if (headBytes === 2) {
      buffer[start + 1] = length;
    } else {
      buffer[start + 1] = headBytes === 4 ? LENGTH_MARKS.two : LENGTH_MARKS.eight;
      let rest = length;
      for (let index = start + headBytes - 1; index > start + 1; index--) {
        buffer[index] = rest % 256;
        rest = Math.floor(rest / 256);
      }
    }
    if (isMasked) buffer[start + 1]! |= MASK_BIT;
    this.#length = start + headBytes;
    const mask = this.#writeMask();
    const payloadStart = this.#length;
    for (const piece of pieces) {
      buffer.set(piece, this.#length);
      this.#length += piece.length;
    }
    unmask(buffer, payloadStart, this.#length, mask);
  }

  /** 0 where there is none, which changes nothing. */
  #writeMask(): number {
    if (this.#makeMask === undefined) return 0;
    const mask = this.#makeMask() | 0;
    for (let shift = 24; shift >= 0; shift -= 8) this.#buffer[this.#length++] = mask >>> shift;
    return mask;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    // A frame alone has as much as it takes.
    const buffer = allocateBytes(this.#length === 0 ? needed : Math.max(needed, 2 * this.#length));
    buffer.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = buffer;
  }
}
