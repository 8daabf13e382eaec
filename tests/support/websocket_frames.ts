/**
 * Frames of WebSockets written by hand, right and wrong ones, and read again.
 *
 * @module
 */

export interface FrameParts {
  readonly opcode: number;
  readonly payload?: Uint8Array | string;
  /** `true` by default, as is `isMasked`. */
  readonly isFinal?: boolean;
  readonly isMasked?: boolean;
  readonly mask?: readonly number[];
  /** The three bits behind the first. */
  readonly reserved?: number;
  /** How many bytes write the length; the fewest by default. */
  readonly lengthBytes?: 1 | 3 | 9;
  /** What is said instead of the length of the payload. */
  readonly length?: bigint;
}

const MASK = [0x37, 0xfa, 0x21, 0x3d];
const utf8 = new TextEncoder();

/** A frame as a client sends it. */
export function clientFrame(parts: FrameParts): Uint8Array<ArrayBuffer> {
  const { opcode, isFinal = true, isMasked = true, mask = MASK, reserved = 0 } = parts;
  const payload = typeof parts.payload === "string"
    ? utf8.encode(parts.payload)
    : parts.payload ?? new Uint8Array(0);
  const length = parts.length ?? BigInt(payload.length);
  const { lengthBytes = length < 126n ? 1 : length < 65_536n ? 3 : 9 } = parts;
  const head = [(isFinal ? 0x80 : 0) | (reserved << 4) | opcode];
  const maskBit = isMasked ? 0x80 : 0;
  if (lengthBytes === 1) head.push(maskBit | Number(length));
  else head.push(maskBit | (lengthBytes === 3 ? 126 : 127));
  for (let left = lengthBytes - 2; left >= 0; left--) {
    head.push(Number((length >> BigInt(8 * left)) & 0xffn));
  }
  if (isMasked) head.push(...mask);
  const frame = new Uint8Array(head.length + payload.length);
  frame.set(head);
  for (const [index, byte] of payload.entries()) {
    frame[head.length + index] = isMasked ? byte ^ mask[index % 4]! : byte;
  }
  return frame;
}

export interface ServerFrame {
  readonly opcode: number;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** The frames that a server has sent, and what is left behind the last whole one. Throws at a wrong one. */
export function readServerFrames(
  bytes: Uint8Array<ArrayBuffer>,
): { readonly frames: readonly ServerFrame[]; readonly rest: Uint8Array<ArrayBuffer> } {
  const frames: ServerFrame[] = [];
  let rest = bytes;
  while (rest.length >= 2) {
    const [first = 0, second = 0] = rest;
    if ((first & 0xf0) !== 0x80) throw new Error(`A frame that begins with ${first}`);
    if (second > 127) throw new Error("A frame of the server is masked");
    const lengthBytes = second < 126 ? 0 : second === 126 ? 2 : 8;
    if (rest.length < 2 + lengthBytes) break;
    let length = second;
    if (lengthBytes > 0) {
      length = rest.subarray(2, 2 + lengthBytes).reduce((sum, byte) => sum * 256 + byte, 0);
      if (length < (lengthBytes === 2 ? 126 : 65_536)) {
        throw new Error("A length that is not minimal");
      }
    }
    const start = 2 + lengthBytes;
    if (rest.length < start + length) break;
    frames.push({ opcode: first & 0x0f, payload: rest.slice(start, start + length) });
    rest = rest.subarray(start + length);
  }
  return { frames, rest };
}

/** Joins pieces of bytes. */
export function join(...pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const piece of pieces) {
    joined.set(piece, position);
    position += piece.length;
  }
  return joined;
}
