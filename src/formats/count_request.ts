/** A count of a prompt's tokens, as Anthropic's API and OpenAI's Responses are asked for it and tell it. */

import type { EncodedRequest } from "../core/format.ts";
import type { JsonObject } from "../core/text/json.ts";

/** A request with those members alone that are counted. */
export function countRequestOf(
  { body, warnings }: EncodedRequest,
  counted: readonly string[],
): EncodedRequest {
  const members = Object.entries(body).filter(([name]) => counted.includes(name));
  return { body: Object.fromEntries(members), warnings };
}

/** `undefined` where there is none. */
export function decodeCount({ input_tokens: tokens }: JsonObject): number | undefined {
  return typeof tokens === "number" && Number.isSafeInteger(tokens) && tokens >= 0
    ? tokens
    : undefined;
}
