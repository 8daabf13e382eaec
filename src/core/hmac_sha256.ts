/** RFC 2104 with SHA-256. */

import type { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

/** Of SHA-256. */
const HASH_BLOCK_BYTES = 64;

/**
 * Not Node's `createHmac`, which warns of itself on stderr under Deno 2.4: where that is closed, the
 * warning ends the process.
 *
 * @param text Its pieces, one after the other.
 */
export function hmacSha256(
  key: Uint8Array | string,
  ...text: readonly (Uint8Array | string)[]
): Buffer {
  const bytes = typeof key === "string" ? new TextEncoder().encode(key) : key;
  const short = bytes.length > HASH_BLOCK_BYTES
    ? createHash("sha256").update(bytes).digest()
    : bytes;
  const padded = (pad: number): Uint8Array => {
    const block = new Uint8Array(HASH_BLOCK_BYTES).fill(pad);
    short.forEach((byte, index) => block[index] = byte ^ pad);
    return block;
  };
  const inner = createHash("sha256").update(padded(0x36));
  for (const piece of text) inner.update(piece);
  return createHash("sha256").update(padded(0x5c)).update(inner.digest()).digest();
}
