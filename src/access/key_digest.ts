/**
 * Digests of API keys: what of a key is kept, and how two of them are compared.
 *
 * A plain SHA-256 and no slow hash: a key has 256 random bits, which nobody tries out, and the digest
 * is made anew for every request.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** SHA-256 of a key in 64 hexadecimal digits. */
export function digestKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** Takes the same time wherever the two digests differ. */
export function isSameDigest(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let index = 0; index < right.length; index++) {
    difference |= left.charCodeAt(index) ^ right.charCodeAt(index);
  }
  return difference === 0;
}
