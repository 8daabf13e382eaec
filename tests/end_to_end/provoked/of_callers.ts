/** Keys and limits: what callers may, and how much. */

import { formatKey, hashOf, KEY_BYTES } from "../../../src/access/keys/key_form.ts";
import type { ProvokedError } from "./provoked_error.ts";

const keyOf = (fill: number): string => formatKey(new Uint8Array(KEY_BYTES).fill(fill));
const KEYS = {
  good: keyOf(1),
  expired: keyOf(2),
  disabled: keyOf(3),
  narrow: keyOf(4),
  few: keyOf(5),
  short: keyOf(6),
};

/** The configuration that knows them. */
export const CALLERS_CONFIG = {
  auth: {
    maxFailuresPerMinute: 3,
    keys: [
      { name: "good", hash: hashOf(KEYS.good) },
      { name: "expired", hash: hashOf(KEYS.expired), expires: "2020-01-31" },
      { name: "disabled", hash: hashOf(KEYS.disabled), disabled: true },
      { name: "narrow", hash: hashOf(KEYS.narrow), models: ["gpt-*"] },
      { name: "few", hash: hashOf(KEYS.few), limits: { v1: 1 } },
      { name: "short", hash: hashOf(KEYS.short), limits: { tokensPerMinute: 10 } },
    ],
  },
};

function as(key: string): { readonly headers: Readonly<Record<string, string>> } {
  return { headers: { authorization: `Bearer ${key}` } };
}

/** In this order: some use up what the next is refused for. */
export const OF_CALLERS: readonly ProvokedError[] = [
  { title: "No key is sent", actor: "caller", status: 401, code: "missing_api_key" },
  {
    title: "A provider's own key is sent to Weir",
    actor: "caller",
    ...as("sk-ant-api03-another"),
    status: 401,
    code: "invalid_api_key",
  },
  {
    title: "The key has expired",
    actor: "operator",
    ...as(KEYS.expired),
    status: 401,
    code: "api_key_expired",
  },
  {
    title: "The key is disabled",
    actor: "operator",
    ...as(KEYS.disabled),
    status: 401,
    code: "api_key_disabled",
  },
  {
    title: "Two keys that differ are sent",
    actor: "caller",
    headers: { authorization: `Bearer ${KEYS.good}`, "x-api-key": KEYS.few },
    status: 400,
    code: "conflicting_api_keys",
  },
  {
    title: "The key is not for this model",
    actor: "caller",
    ...as(KEYS.narrow),
    model: "claude-5",
    status: 403,
    code: "model_not_allowed",
  },
  {
    title: "A key for certain models hands a request through",
    actor: "caller",
    ...as(KEYS.narrow),
    path: "/v1/files",
    method: "GET",
    status: 403,
    code: "model_not_allowed",
  },
  {
    title: "The request alone needs more tokens than a minute has",
    actor: "caller",
    ...as(KEYS.short),
    status: 429,
    code: "too_many_tokens",
  },
  {
    title: "The key's requests of this minute are used up",
    actor: "caller",
    ...as(KEYS.few),
    status: 429,
    code: "rate_limit_exceeded",
  },
  {
    title: "Wrong keys come from one address again and again",
    actor: "caller",
    ...as("guessed"),
    status: 429,
    code: "too_many_failed_attempts",
  },
];

/** What must have happened before one of them. */
export const BEFORE: Readonly<Record<string, readonly string[]>> = {
  rate_limit_exceeded: [KEYS.few],
  too_many_failed_attempts: ["guess-1", "guess-2", "guess-3", "guess-4"],
};
