/** Short texts that this installation knows as its own when they come back. */

import { createHmac, timingSafeEqual } from "node:crypto";

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
  const key = createHmac("sha256", secret).update(JSON.stringify(purposes)).digest();
  const of = (text: string): string => createHmac("sha256", key).update(text).digest("base64url");
  return {
    of,
    isOf: (text, offered) => {
      const expected = new TextEncoder().encode(of(text));
      const given = new TextEncoder().encode(offered);
      return expected.length === given.length && timingSafeEqual(expected, given);
    },
  };
}
