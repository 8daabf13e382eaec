/** What policies and the relay need to know of a request: of chat, legacy completions and embeddings. */

import type { RequestFacts } from "../../../core/format.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { beginningOf, sessionText } from "../../conversation.ts";
import { wholeCountOf } from "../../counts.ts";

/** Members that hold what the model reads. */
const PROMPT_MEMBERS = [
  "messages",
  "prompt",
  "suffix",
  "input",
  "tools",
  "functions",
  "response_format",
] as const;

/** Judges nothing: the provider may see it otherwise. */
export function facts(body: JsonObject): RequestFacts {
  const { model, n, prompt, stream_options: options, usage, temperature, seed } = body;
  const includeUsage = isJsonObject(options) ? options["include_usage"] : undefined;
  // OpenRouter's way to ask.
  const isAskedElsewhere = isJsonObject(usage) && usage["include"] === true;
  const read: JsonValue[] = [];
  for (const name of PROMPT_MEMBERS) {
    const value = body[name];
    if (value !== undefined) read.push(value);
  }
  return {
    model: typeof model === "string" ? model : "",
    wantsStream: body["stream"] === true,
    choices: (typeof n === "number" && n >= 1 ? n : 1) * promptsOf(prompt),
    maxOutputTokens: boundOf(body),
    includeUsage: isAskedElsewhere ||
      (typeof includeUsage === "boolean" ? includeUsage : undefined),
    isDeterministic: temperature === 0 || typeof seed === "number",
    // Of a completion it is a number.
    wantsLogprobs: body["logprobs"] === true || typeof body["logprobs"] === "number",
    prompt: read,
    session: sessionText(body["prompt_cache_key"]),
    beginning: beginningOf(body["messages"] ?? prompt ?? body["input"]),
  };
}

/** Asks for the usage of a stream, unless the body says itself whether it is wanted (T31). */
export function askForUsage(body: JsonObject): JsonObject {
  const options = isJsonObject(body["stream_options"]) ? body["stream_options"] : {};
  return typeof options["include_usage"] === "boolean"
    ? body
    : { ...body, stream_options: { ...options, include_usage: true } };
}

/** The larger where there are two: providers heed one of them, and not all the same one. */
function boundOf(body: JsonObject): number | undefined {
  const bound = wholeCountOf(body["max_completion_tokens"]);
  const olderBound = wholeCountOf(body["max_tokens"]);
  if (bound === undefined && olderBound === undefined) return undefined;
  const { n, best_of: tried } = body;
  // Of a legacy completion more may be made, and charged, than are answered.
  const made = typeof tried === "number" && tried > 1 ? tried : 1;
  const asked = typeof n === "number" && n >= 1 ? n : 1;
  return Math.max(bound ?? 0, olderBound ?? 0) * Math.ceil(Math.max(1, made / asked));
}

/** A legacy completion may have several, texts or lists of tokens, and answers each. */
function promptsOf(prompt: JsonValue | undefined): number {
  return Array.isArray(prompt) && typeof prompt[0] !== "number" ? Math.max(1, prompt.length) : 1;
}
