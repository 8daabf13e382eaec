/** How keys look that Weir makes, and what the configuration has in place of one. */

import { digestKey } from "./key_digest.ts";

/** As many random bytes go into a key. */
export const KEY_BYTES = 32;

/** `weir_` and 43 characters; the beginning lets scanners of repositories and logs know it for a key. */
export function formatKey(random: Uint8Array<ArrayBuffer>): string {
  const base64 = btoa(String.fromCharCode(...random));
  return `weir_${base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/** What the configuration has in place of a key. */
export function hashOf(key: string): string {
  return `sha256:${digestKey(key)}`;
}
