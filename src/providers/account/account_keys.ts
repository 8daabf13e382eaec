/** The keys of an account, and how requests carry them. */

import { createHash } from "node:crypto";
import * as z from "zod";
import type { ProviderKey } from "../../core/provider/provider_key.ts";
import type { HeaderList, ProviderRequest } from "../../core/provider/transport.ts";
import { SECRET } from "../../core/text/secret.ts";

/** A key, which is sent in a header; one that is pasted with a space in it is not the whole key, or two. */
export const keyText = z.string().min(1).max(1_024).regex(/^[\x21-\x7e]+$/, {
  error: "must be printable ASCII without spaces: it is sent in a header",
});

const MAX_KEYS = 100;

const namedKey = z.strictObject({
  key: keyText.meta(SECRET).describe("The key."),
  weight: z.int().min(1).max(1_000).default(1).describe(
    "How often its turn comes, beside the others' weights.",
  ),
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, {
    error: "must be letters, digits, _, . and -, 64 at the most",
  }).optional().describe(
    "What the log, metrics and `/health` call it; `key1`, `key2` and so on by its place if not set.",
  ),
});

/** Several keys of an account, each by itself or with what is said of it. */
export const keyList = z.array(z.union([keyText.meta(SECRET), namedKey])).min(1).max(MAX_KEYS)
  .superRefine((keys, { addIssue }) => {
    const seen = new Set<string>();
    for (const [at, key] of keys.entries()) {
      const { key: text, name } = typeof key === "string" ? { key, name: undefined } : key;
      for (const value of [`the key ${text}`, `the name ${name ?? `key${at + 1}`}`]) {
        if (seen.has(value)) {
          const what = value.startsWith("the key") ? "the key" : value;
          addIssue({ code: "custom", path: [at], message: `has ${what} of one before it` });
        }
        seen.add(value);
      }
    }
  });

export interface AccountKeys {
  readonly apiKey?: string | undefined;
  readonly apiKeys?: z.output<typeof keyList> | undefined;
}

/** How a request carries a key. */
export type KeyForm = "bearer" | { readonly header: string } | { readonly query: string };

/** What a provider has of its account's keys. */
export interface Credentials {
  /** Of one key that goes into headers; empty where there is none, or `keys` has them. */
  readonly headers: HeaderList;
  readonly keys?: readonly ProviderKey[];
  readonly isMetered: boolean;
}

interface NamedKey {
  readonly key: string;
  readonly weight: number;
  readonly name: string;
}

/** The keys of an account with the form in which its provider takes them. */
export function credentialsOf(account: AccountKeys, form: KeyForm = "bearer"): Credentials {
  const keys = keysOf(account);
  const [only] = keys;
  if (only === undefined) return { headers: [], isMetered: false };
  if (keys.length === 1 && (form === "bearer" || "header" in form)) {
    return { headers: headersOf(only.key, form), isMetered: true };
  }
  return { headers: [], keys: keys.map((key) => providerKey(key, form)), isMetered: true };
}

/** One key that a request carries as `authorize` says, for providers with a form of their own. */
export function providerKey(
  { key, weight, name }: NamedKey,
  form: KeyForm | ((request: ProviderRequest, key: string) => ProviderRequest),
): ProviderKey {
  const authorize = typeof form === "function"
    ? (request: ProviderRequest) => form(request, key)
    : form !== "bearer" && "query" in form
    ? (request: ProviderRequest) => ({ ...request, url: withQuery(request.url, form.query, key) })
    : (request: ProviderRequest) => ({
      ...request,
      headers: [...request.headers, ...headersOf(key, form)],
    });
  return { name, weight, identity: createHash("sha256").update(key).digest("base64"), authorize };
}

/** `apiKey` first, then the list. */
export function keysOf({ apiKey, apiKeys = [] }: AccountKeys): readonly NamedKey[] {
  const all = [...(apiKey === undefined ? [] : [apiKey]), ...apiKeys];
  const keys = all.map((given, at): NamedKey =>
    typeof given === "string"
      ? { key: given, weight: 1, name: `key${at + 1}` }
      : { ...given, name: given.name ?? `key${at + 1}` }
  );
  // The same key in both is one.
  return keys.filter(({ key }, at) => keys.findIndex((other) => other.key === key) === at);
}

function headersOf(key: string, form: Exclude<KeyForm, { query: string }>): HeaderList {
  return form === "bearer" ? [["authorization", `Bearer ${key}`]] : [[form.header, key]];
}

function withQuery(url: URL, name: string, key: string): URL {
  const authorized = new URL(url);
  authorized.searchParams.set(name, key);
  return authorized;
}
