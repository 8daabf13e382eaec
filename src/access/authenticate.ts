/** Lets a request in by its API key. */

import * as z from "zod";
import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/gateway_error.ts";
import { ANONYMOUS, type Principal } from "../core/principal.ts";
import { SECRET } from "../core/text/secret.ts";
import {
  type ApiKey,
  createKeyTable,
  DEFAULT_KEY_NAME,
  keyListOptions,
  type KeyOptions,
} from "./api_keys.ts";
import { digestKey, isSameDigest } from "./key_form.ts";

export const authenticateOptions = z.strictObject({
  apiKey: z.string().regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces").max(4_096)
    .meta(SECRET).optional().describe(
      "When set, every request but health checks and preflights needs it, or a key of `auth.keys`, as `Authorization: Bearer`, `x-api-key`, `api-key` or `x-goog-api-key`, or as `?key=`, which is not handed on.",
    ).meta({ variable: "PROXY_API_KEY" }),
  keys: keyListOptions,
  maxFailuresPerMinute: z.int().min(0).max(1_000_000).default(10).describe(
    "Wrong API keys from one address in a minute; more are answered with 429. A valid key always passes. 0 is no limit.",
  ).meta({ variable: "AUTH_MAX_FAILURES_PER_MINUTE" }),
}).prefault({});

export type AuthenticateOptions = z.output<typeof authenticateOptions>;

/** Code of the failure that guessing meets. */
export const WRONG_KEY = "invalid_api_key";

/**
 * Names who calls. Throws `unauthenticated`.
 *
 * @param readOffered What `readOfferedKey` says; asked only where a key is needed.
 */
export type Authenticate = (readOffered: () => string | undefined) => Principal;

/** Whether a request needs a key at all. */
export function needsKey({ apiKey, keys }: Pick<AuthenticateOptions, "apiKey" | "keys">): boolean {
  return apiKey !== undefined || keys.length > 0;
}

/** Without any key everybody is anonymous, whatever is offered. */
export function createAuthenticate(options: AuthenticateOptions, clock: Clock): Authenticate {
  if (!needsKey(options)) return () => ANONYMOUS;
  const findKey = createFindKey(options.apiKey, options.keys);
  return (readOffered) => {
    const offered = readOffered();
    if (offered === undefined) {
      throw refuse(
        "missing_api_key",
        'No API key in the request; send it as "Authorization: Bearer KEY" or "x-api-key: KEY"',
      );
    }
    const key = findKey(offered);
    if (key === undefined) {
      throw refuse(
        WRONG_KEY,
        "The API key is not valid here; send a key of this gateway, not one of a provider's",
      );
    }
    if (key.isDisabled) {
      throw refuse("api_key_disabled", "The API key is disabled; ask for it to be enabled");
    }
    if (key.expiresMs !== undefined && clock.epochMs() >= key.expiresMs) {
      throw refuse("api_key_expired", "The API key has expired; ask for a new one");
    }
    return key.principal;
  };
}

function refuse(code: string, message: string): GatewayError {
  return new GatewayError("unauthenticated", message, { code });
}

/** `undefined` for a key that is none. */
type FindKey = (offered: string) => ApiKey | undefined;

/** Valid keys that are known as they are offered: to make a digest of one takes 1 µs. */
const MAX_KNOWN_KEYS = 4_096;

/**
 * A lookup by digest may take longer where more of a digest is right, which says nothing of the key: what
 * is known of a digest leads to no key with 256 random bits. The one key that people choose themselves
 * may have fewer, so it is compared in constant time.
 */
export function createFindKey(apiKey: string | undefined, keys: readonly KeyOptions[]): FindKey {
  const find = createFindByDigest(apiKey, keys);
  // No more than there are keys, since only those that are valid come in.
  const known = new Map<string, ApiKey>();
  return (offered) => {
    const key = known.get(offered) ?? find(offered);
    if (key !== undefined && known.size < MAX_KNOWN_KEYS) known.set(offered, key);
    return key;
  };
}

function createFindByDigest(apiKey: string | undefined, keys: readonly KeyOptions[]): FindKey {
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
