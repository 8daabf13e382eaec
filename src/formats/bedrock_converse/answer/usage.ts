/** Token counts in Bedrock's form, whose `inputTokens` leave out what a cache gave or took. */

import type { Usage } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonValue } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";
import { countOf } from "../../counts.ts";

/** `undefined` where nothing is counted. */
export function decodeUsage(raw: JsonValue | undefined): Usage | undefined {
  if (!isJsonObject(raw)) return undefined;
  const input = countOf(raw["inputTokens"]);
  const output = countOf(raw["outputTokens"]);
  if (input === undefined && output === undefined) return undefined;
  const cached = countOf(raw["cacheReadInputTokens"]);
  const written = countOf(raw["cacheWriteInputTokens"]);
  const hour = hourCount(raw["cacheDetails"]);
  const inputTokens = (input ?? 0) + (cached ?? 0) + (written ?? 0);
  const outputTokens = output ?? 0;
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    ...(cached !== undefined && { cachedInputTokens: cached }),
    ...(written !== undefined && { cacheWriteInputTokens: written }),
    ...(hour !== undefined && { cacheWriteHourInputTokens: Math.min(hour, written ?? hour) }),
    native: { format: NAME, value: raw },
  };
}

/** `[{"ttl":"1h","inputTokens":7}]` */
function hourCount(details: JsonValue | undefined): number | undefined {
  if (!Array.isArray(details)) return undefined;
  const hour = details.filter(isJsonObject).find(({ ttl }) => ttl === "1h");
  return countOf(hour?.["inputTokens"]);
}
