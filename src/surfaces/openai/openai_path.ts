/** The forms of base URLs that OpenAI clients are given, and what is asked for below them. */

import type { Operation } from "../../core/provider.ts";
import { joinSlashes } from "../request/raw_path.ts";

/** What of calls OpenAI's API has. */
export type OpenaiOperation = Exclude<Operation, "count_tokens">;

/** Endpoints that calls are made of. */
export const CALLS: ReadonlyMap<string, OpenaiOperation> = new Map([
  ["/chat/completions", "chat"],
  ["/completions", "completions"],
  ["/embeddings", "embeddings"],
]);

/** What clients of OpenAI's own address write; a base URL that ends in `/v1` may get another. */
const PREFIXES = ["/openai/v1", "/v1/v1", "/v1"];

/** All prefixes with one of the operator's own, longest first. */
export function prefixesWith(own: string): readonly string[] {
  return [...new Set([own, ...PREFIXES])].sort((left, right) => right.length - left.length);
}

/** The prefix that a path lies below; empty for base URLs without any path. */
export function findPrefix(path: string, prefixes: readonly string[]): string {
  return prefixes.find((candidate) =>
    path.startsWith(candidate) &&
    (path.length === candidate.length || path[candidate.length] === "/")
  ) ?? "";
}

/**
 * The endpoint that a path names, whatever prefix it lies below; the prefix alone names the models,
 * which some clients ask for to see whether the address is right.
 *
 * The path stays as it was sent: an encoded slash in a model's id must not become a separator.
 */
export function endpointOf(path: string, prefixes: readonly string[]): string {
  const prefix = findPrefix(path, prefixes);
  const rest = path.slice(prefix.length);
  if (prefix !== "" && (rest === "" || rest === "/")) return "/models";
  return rest.startsWith("/models/") ? rest.replace(/\/$/, "") : meantEndpoint(rest, CALLS);
}

/** Whether Weir answers an endpoint by itself, whatever its prefix, instead of handing it through. */
export function isInterpreted(method: string, endpoint: string): boolean {
  if (method === "POST") return CALLS.has(meantEndpoint(endpoint, CALLS));
  return (method === "GET" || method === "HEAD") && /^\/models(\/|$)/.test(endpoint);
}

/**
 * The endpoint as other servers understand it: many take a slash at its end, and `%73` for `s`. Handed
 * through in such a spelling, a call would pass every limit on calls.
 */
export function meantEndpoint(
  endpoint: string,
  calls: ReadonlyMap<string, Operation>,
): string {
  if (calls.has(endpoint)) return endpoint;
  let meant = endpoint;
  try {
    meant = joinSlashes(decodeURIComponent(endpoint)).replace(/\/$/, "").toLowerCase();
  } catch {
    // An escape that is none means nothing.
  }
  return calls.has(meant) ? meant : endpoint;
}
