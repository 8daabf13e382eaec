/** The forms of base URLs that Google's clients are given, and what is asked for below them. */

import { joinSlashes } from "../request/raw_path.ts";
import type { Operation } from "../../core/provider/provider.ts";

/** A call by the name of its method, which stands behind a colon. */
export interface GeminiMethod {
  readonly name: string;
  readonly operation: Extract<Operation, "chat" | "count_tokens" | "embeddings">;
  readonly wantsStream: boolean;
}

export const MODELS = "/models";

const METHODS: readonly GeminiMethod[] = [
  { name: "generateContent", operation: "chat", wantsStream: false },
  { name: "streamGenerateContent", operation: "chat", wantsStream: true },
  { name: "countTokens", operation: "count_tokens", wantsStream: false },
  { name: "embedContent", operation: "embeddings", wantsStream: false },
  { name: "batchEmbedContents", operation: "embeddings", wantsStream: false },
];
const METHOD_BY_NAME: ReadonlyMap<string, GeminiMethod> = new Map(
  METHODS.map((method) => [method.name.toLowerCase(), method]),
);

/** Everything below one of these is Google's: no other API has such a version. */
const OWN_BASES = ["/v1beta", "/v1alpha"];
/** Its clients add a version to a base URL, which may have one already. */
const BASES = [
  ...OWN_BASES,
  ...OWN_BASES.map((base) => `/v1${base}`),
  ...OWN_BASES.map((base) => base + base),
  ...OWN_BASES.map((base) => `/gemini${base}`),
  "/gemini/v1",
  "/gemini",
  "/v1/v1",
  "/v1",
  "",
];

/** All bases with one of the operator's own. */
export function geminiBasesWith(own: string): readonly string[] {
  return [...new Set([own, ...BASES])];
}

/** Whether a base is of no other API. */
export function isOwnBase(base: string): boolean {
  return base.startsWith("/gemini") || OWN_BASES.some((own) => base.endsWith(own));
}

/** A call's model and method. */
export interface AddressedCall {
  readonly model: string;
  readonly method: GeminiMethod;
}

/**
 * What an endpoint calls; `undefined` where it is no call. Its spelling counts as other servers understand it: handed
 * through in another one, a call would pass every limit on calls.
 */
export function addressedCall(endpoint: string): AddressedCall | undefined {
  const [, model, name] = /^\/models\/(.+):([^:/]+)\/?$/i.exec(meant(endpoint)) ?? [];
  const method = name === undefined ? undefined : METHOD_BY_NAME.get(name.toLowerCase());
  return method && model !== undefined ? { model, method } : undefined;
}

/** Whether an endpoint is the list of models or below it. */
export function isOfModels(endpoint: string): boolean {
  return endpoint === MODELS || endpoint.startsWith(`${MODELS}/`);
}

function meant(endpoint: string): string {
  try {
    return joinSlashes(decodeURIComponent(endpoint));
  } catch {
    return endpoint; // An escape that is none means nothing.
  }
}
