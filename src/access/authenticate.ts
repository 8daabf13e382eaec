/** Lets a request in by its API key. */

import * as z from "zod";
import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/gateway_error.ts";
import { once } from "../core/once.ts";
import { ANONYMOUS, type Principal } from "../core/principal.ts";
import { SECRET } from "../core/text/secret.ts";
import {
  type ApiKey,
  apiKeyOf,
  CONSOLE_NAME,
  createKeyTable,
  DEFAULT_KEY_NAME,
  keyListOptions,
  type KeyOptions,
} from "./keys/api_keys.ts";
import type { ConsoleTokens } from "./console/console_tokens.ts";
import { digestKey, isSameDigest, isWeirsKey } from "./keys/key_form.ts";
import { NO_RUNTIME_KEYS, type RuntimeKeys } from "./keys/runtime_keys.ts";

export const authenticateOptions = z.strictObject({
  apiKey: z.string().regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces").max(4_096)
    .meta(SECRET).optional().describe(
      "When set, every request but health checks and preflights needs it, or a key of `auth.keys`, as `Authorization: Bearer`, `x-api-key`, `api-key` or `x-goog-api-key`, or as `?key=`, which is not handed on.",
    ).meta({ variable: "PROXY_API_KEY" }),
  keys: keyListOptions,
  required: z.enum(["auto", "on", "off"]).default("auto").describe(
    "Whether a request needs a key: `auto` where `PROXY_API_KEY` or `auth.keys` is set, or a key was ever made at run time; `on` always; `off` never, and who offers none is `anonymous`.",
  ).meta({ variable: "REQUIRE_API_KEY" }),
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

type NeedOptions = Pick<AuthenticateOptions, "apiKey" | "keys" | "required">;

/**
 * Whether a request needs a key at all. While nobody knows whether there are keys it does: what was closed must
 * not be open because a database is away.
 */
export function needsKey(
  { apiKey, keys, required }: NeedOptions,
  runtimeKeys: Pick<RuntimeKeys, "state">,
): boolean {
  if (required !== "auto") return required === "on";
  return apiKey !== undefined || keys.length > 0 || runtimeKeys.state !== "none";
}

/** Where no key is needed, whoever offers none or one that was never any is anonymous. */
export function createAuthenticate(
  options: AuthenticateOptions,
  clock: Clock,
  runtimeKeys: RuntimeKeys = NO_RUNTIME_KEYS,
  tokens?: ConsoleTokens,
): Authenticate {
  const hasOwn = options.apiKey !== undefined || options.keys.length > 0 || tokens !== undefined;
  const findHolder = tokens && createFindHolder(tokens, options.keys, runtimeKeys);
  const findKey = createFindKey(options.apiKey, options.keys, runtimeKeys);
  return (readOffered) => {
    const isNeeded = needsKey(options, runtimeKeys);
    if (!isNeeded && !hasOwn && runtimeKeys.state === "none") return ANONYMOUS;
    const offered = readOffered();
    if (offered === undefined) {
      if (!isNeeded) return ANONYMOUS;
      // Whether a key is needed is itself not known.
      if (!hasOwn && options.required === "auto" && runtimeKeys.state === "unknown") {
        throw keysUnknown();
      }
      throw refuse(
        "missing_api_key",
        'No API key in the request; send it as "Authorization: Bearer KEY" or "x-api-key: KEY"',
      );
    }
    const key = findHolder?.(offered) ?? findKey(offered);
    if (key !== undefined) return admitted(key, clock.epochMs());
    if (!isNeeded && !isWeirsKey(offered)) return ANONYMOUS;
    if (runtimeKeys.state === "unknown") throw keysUnknown();
    throw refuse(
      WRONG_KEY,
      "The API key is not valid here; send a key of this gateway, not one of a provider's",
    );
  };
}

const CONSOLE: Principal = { name: CONSOLE_NAME, hasKey: true, limits: {}, models: undefined };

/** Who has a token of the console: itself, or the key of that name with all that it may and may not. */
function createFindHolder(
  tokens: ConsoleTokens,
  keys: readonly KeyOptions[],
  runtimeKeys: RuntimeKeys,
): FindKey {
  const named = once(() => new Map(keys.map((key) => [key.name, apiKeyOf(key)])));
  return (offered) => {
    const holder = tokens.read(offered);
    if (holder === undefined) return undefined;
    const { key: name, expiresMs } = holder;
    if (name === undefined) return { principal: CONSOLE, expiresMs, isDisabled: false };
    const key = named().get(name) ?? runtimeKeys.findNamed(name);
    return key && { ...key, expiresMs: Math.min(expiresMs, key.expiresMs ?? expiresMs) };
  };
}

function admitted(
  { principal, isWithdrawn, isDisabled, expiresMs }: ApiKey,
  nowMs: number,
): Principal {
  if (isWithdrawn) throw refuse(WRONG_KEY, "The API key was withdrawn; ask for a new one");
  if (isDisabled) {
    throw refuse("api_key_disabled", "The API key is disabled; ask for it to be enabled");
  }
  if (expiresMs !== undefined && nowMs >= expiresMs) {
    throw refuse("api_key_expired", "The API key has expired; ask for a new one");
  }
  return principal;
}

function keysUnknown(): GatewayError {
  return new GatewayError(
    "overloaded",
    "The keys that were made at run time cannot be read at the moment; send the request again",
    { code: "keys_unknown", retryAfterMs: 1_000 },
  );
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
export function createFindKey(
  apiKey: string | undefined,
  keys: readonly KeyOptions[],
  runtimeKeys: RuntimeKeys = NO_RUNTIME_KEYS,
): FindKey {
  const find = createFindByDigest(apiKey, keys, runtimeKeys);
  // No more than there are keys, since only those that are valid come in.
  const known = new Map<string, ApiKey>();
  let { version } = runtimeKeys;
  return (offered) => {
    if (version !== runtimeKeys.version) {
      known.clear();
      version = runtimeKeys.version;
    }
    const key = known.get(offered) ?? find(offered);
    if (key !== undefined && known.size < MAX_KNOWN_KEYS) known.set(offered, key);
    return key;
  };
}

function createFindByDigest(
  apiKey: string | undefined,
  keys: readonly KeyOptions[],
  runtimeKeys: RuntimeKeys,
): FindKey {
  const table = createKeyTable(keys);
  const names = new Set(keys.map(({ name }) => name));
  const findByDigest = (digest: string): ApiKey | undefined => {
    const own = table.get(digest);
    if (own !== undefined) return own;
    const key = runtimeKeys.find(digest);
    // Two of one name would share limits and sums, so the one of the configuration wins.
    return key !== undefined && names.has(key.principal.name) ? undefined : key;
  };
  if (apiKey === undefined) return (offered) => findByDigest(digestKey(offered));
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
    return isSameDigest(digest, expected) ? own : findByDigest(digest);
  };
}
