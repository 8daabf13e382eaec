/** What policies and the relay need to know of a request. */

import type { RequestFacts } from "../../../core/format.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { beginningOf, sessionText } from "../../conversation.ts";
import { isGiven } from "../../request_fields.ts";

/** What a request includes that wants them. */
const LOGPROBS = "message.output_text.logprobs";

/** Judges nothing. Counts are part of every stream of this format. */
export function facts(body: JsonObject): RequestFacts {
  const { model, stream, max_output_tokens: bound, temperature } = body;
  return {
    model: typeof model === "string" ? model : "",
    wantsStream: stream === true,
    choices: 1,
    maxOutputTokens: typeof bound === "number" && bound > 0 ? bound : undefined,
    includeUsage: true,
    isDeterministic: temperature === 0,
    wantsLogprobs: typeof body["top_logprobs"] === "number" ||
      (Array.isArray(body["include"]) && body["include"].includes(LOGPROBS)),
    prompt: [body["instructions"], body["input"], body["tools"], body["text"]].filter(isGiven),
    session: sessionText(body["prompt_cache_key"]),
    beginning: [body["instructions"] ?? null, ...beginningOf(body["input"])],
  };
}
