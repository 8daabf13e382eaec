/** Finds what is known of an offered key. */

import type { Principal } from "../core/principal.ts";
import { type ApiKey, createKeyTable, DEFAULT_KEY_NAME, type KeyOptions } from "./api_keys.ts";
import { digestKey, isSameDigest } from "./key_digest.ts";

/** `undefined` for a key that is none. */
export type FindKey = (offered: string) => ApiKey | undefined;

/**
 * A lookup by digest may take longer where more of a digest is right, which says nothing of the key: what
 * is known of a digest leads to no key with 256 random bits. The one key that people choose themselves
 * may have fewer, so it is compared in constant time.
 */
export function createFindKey(apiKey: string | undefined, keys: readonly KeyOptions[]): FindKey {
  const table = createKeyTable(keys);
  if (apiKey === undefined) return (offered) => table.get(digestKey(offered));
  const expected = digestKey(apiKey);
  const principal: Principal = {
    name: DEFAULT_KEY_NAME,
    hasKey: true,
    limits: {},
    models: undefined,
  };
  const own: ApiKey = { principal, expiresMs: undefined, isDisabled: false };
  return (offered) => {
    const digest = digestKey(offered);
    return isSameDigest(digest, expected) ? own : table.get(digest);
  };
}
