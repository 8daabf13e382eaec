/** How keys look that Weir makes, and what the configuration has in place of one. */

import { createHash } from "node:crypto";

/** As many random bytes go into a key. */
export const KEY_BYTES = 32;
const KEY_START = "weir_";

/** `weir_` and 43 characters; the beginning lets scanners of repositories and logs know it for a key. */
export function formatKey(random: Uint8Array<ArrayBuffer>): string {
  return `${KEY_START}${base64urlOf(random)}`;
}

/** Of short bytes, without padding. */
export function base64urlOf(bytes: Uint8Array<ArrayBuffer>): string {
  const base64 = btoa(String.fromCharCode(...bytes));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Whether a text was meant for a key that Weir has made. */
export function isWeirsKey(text: string): boolean {
  return text.startsWith(KEY_START);
}

/** What the configuration has in place of a key. */
export function hashOf(key: string): string {
  return `sha256:${digestKey(key)}`;
}

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
