/** What policies need to know of a request. Answers are streams unless it says otherwise. */

import type { RequestFacts } from "../../../core/format.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { beginningOf } from "../../conversation.ts";
import { isGiven } from "../../request_fields.ts";

export function chatFacts(body: JsonObject): RequestFacts {
  return factsOf(
    body,
    [body["messages"], body["tools"], body["format"]],
    beginningOf(body["messages"]),
  );
}

export function generateFacts(body: JsonObject): RequestFacts {
  const { system, prompt, suffix, images, format } = body;
  return factsOf(body, [system, prompt, suffix, images, format], [system ?? null, prompt ?? null]);
}

export function embedFacts(body: JsonObject): RequestFacts {
  return { ...embeddingFacts(body), prompt: [body["input"]].filter(isGiven) };
}

export function embeddingsFacts(body: JsonObject): RequestFacts {
  return { ...embeddingFacts(body), prompt: [body["prompt"]].filter(isGiven) };
}

/** They have no output, and the same text always gives the same. */
function embeddingFacts(body: JsonObject): RequestFacts {
  return {
    ...factsOf(body, []),
    wantsStream: false,
    maxOutputTokens: 0,
    includeUsage: true,
    isDeterministic: true,
  };
}

function factsOf(
  { model, stream, options }: JsonObject,
  prompt: readonly (JsonValue | undefined)[],
  beginning: readonly JsonValue[] = [],
): RequestFacts {
  const { num_predict: bound, temperature, seed } = isJsonObject(options) ? options : {};
  return {
    model: typeof model === "string" ? model : "",
    wantsStream: stream !== false,
    choices: 1,
    maxOutputTokens: typeof bound === "number" && bound > 0 ? bound : undefined,
    includeUsage: true,
    isDeterministic: temperature === 0 || isGiven(seed),
    prompt: prompt.filter(isGiven),
    session: undefined,
    beginning,
  };
}
