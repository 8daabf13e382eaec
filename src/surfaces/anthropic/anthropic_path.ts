/** The forms of base URLs that Anthropic's clients are given, and what is asked for below them. */

import type { Operation } from "../../core/provider/provider.ts";

/** Endpoints that calls are made of. */
export const MESSAGES_CALLS: ReadonlyMap<string, Operation> = new Map([
  ["/messages", "chat"],
  ["/messages/count_tokens", "count_tokens"],
]);

export const MODELS = "/models";

/** What tells its clients from those of other APIs, which have some of the same paths. */
export const VERSION_HEADER = "anthropic-version";

/** Its own clients add `/v1` to a base URL, others expect it there. */
const BASES = ["/anthropic/v1", "/anthropic", "/api/v1", "/v1/v1", "/v1", ""];

/** All bases with one of the operator's own. */
export function messagesBasesWith(own: string): readonly string[] {
  return [...new Set([own, ...BASES])];
}
