/** The forms of base URLs that Anthropic's clients are given, and what is asked for below them. */

import type { Operation } from "../../core/provider.ts";
import { findPrefix, meantEndpoint } from "../openai/openai_path.ts";

/** Endpoints that calls are made of. */
export const MESSAGES_CALLS: ReadonlyMap<string, Operation> = new Map([
  ["/messages", "chat"],
  ["/messages/count_tokens", "count_tokens"],
]);

/** Its own clients add `/v1` to a base URL, others expect it there. */
const PREFIXES = ["/anthropic/v1/v1", "/anthropic/v1", "/anthropic", "/api/v1", "/v1/v1", "/v1"];

/** All prefixes with one of the operator's own, longest first. */
export function messagesPrefixes(own: string): readonly string[] {
  return [...new Set([own, ...PREFIXES])].sort((left, right) => right.length - left.length);
}

/** The endpoint that a path names, whatever prefix it lies below. */
export function messagesEndpointOf(path: string, prefixes: readonly string[]): string {
  const rest = path.slice(findPrefix(path, prefixes).length);
  return rest.startsWith("/models/")
    ? rest.replace(/\/$/, "")
    : meantEndpoint(rest, MESSAGES_CALLS);
}
