/** The forms of base URLs that OpenAI clients are given, and what is asked for below them. */

import type { Operation } from "../../core/provider/provider.ts";

/** What of calls OpenAI's API has. */
export type OpenaiOperation = Exclude<Operation, "count_tokens" | "compact" | "hand_through">;

/** Endpoints that calls are made of. */
export const CALLS: ReadonlyMap<string, OpenaiOperation> = new Map([
  ["/chat/completions", "chat"],
  ["/completions", "completions"],
  ["/embeddings", "embeddings"],
]);

export const MODELS = "/models";

/** What clients of OpenAI's own address write; a base URL that ends in `/v1` may get another. */
const BASES = ["/openai/v1", "/openai", "/v1/v1", "/v1", ""];

/** All bases with one of the operator's own. */
export function basesWith(own: string): readonly string[] {
  return [...new Set([own, ...BASES])];
}

/** Whether an endpoint is the list of models or below it. */
export function isOfModels(endpoint: string): boolean {
  return endpoint === MODELS || endpoint.startsWith(`${MODELS}/`);
}
