/**
 * The numbers of RFC 6455.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6455#section-5.2}
 * @module
 */

export const OPCODES = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

/** Set in the opcode of each frame that does not carry a message. */
export const CONTROL_BIT = 0x8;

export const MAX_CONTROL_BYTES = 125;

/** The first frame size that the first byte of the length cannot say, and the first that two more cannot. */
export const MIN_LENGTHS = { two: 126, eight: 65_536 } as const;

/** What the first byte of the length says where more follow. */
export const LENGTH_MARKS = { two: 126, eight: 127 } as const;

export const CLOSE_CODES = {
  protocolError: 1002,
  /** Of a close frame that has no code; never sent. */
  none: 1005,
  /** Of a connection that ended without a close frame; never sent. */
  abnormal: 1006,
  invalidText: 1007,
  tooBig: 1009,
  internalError: 1011,
} as const;

/** Codes that close frames may carry: those that have been given a meaning, and those that are for all to use. */
export function isSendableCode(code: number): boolean {
  if (code >= 3_000) return code <= 4_999;
  return code >= 1_000 && code <= 1_014 && code !== 1_004 && code !== CLOSE_CODES.none &&
    code !== CLOSE_CODES.abnormal;
}
