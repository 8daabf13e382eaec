/** Short texts that this installation knows as its own when they come back. */

import { timingSafeEqual } from "node:crypto";
import { hmacSha256 } from "../../core/hmac_sha256.ts";

export interface Signature {
  /** Of a text, in letters that cookies and headers carry. */
  readonly of: (text: string) => string;
  /** Takes the same time wherever two of the same length differ. */
  readonly isOf: (text: string, offered: string) => boolean;
}

/**
 * @param secret Of the installation.
 * @param purposes What is signed and for whom: a signature for other ones is none.
 */
export function createSignature(
  secret: Uint8Array<ArrayBuffer>,
  ...purposes: readonly string[]
): Signature {
  const key = hmacSha256(secret, JSON.stringify(purposes));
  const of = (text: string): string => hmacSha256(key, text).toString("base64url");
  return {
    of,
    isOf: (text, offered) => {
      const expected = new TextEncoder().encode(of(text));
      const given = new TextEncoder().encode(offered);
      return expected.length === given.length && timingSafeEqual(expected, given);
    },
  };
}
