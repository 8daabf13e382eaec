/** What policies and the relay need to know of a request. The model and the stream are in its address. */

import type { RequestFacts } from "../../../core/format.ts";
import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";
import { beginningOf } from "../../conversation.ts";
import { memberOf } from "./spelt.ts";
import { wholeCountOf } from "../../counts.ts";

/** Judges nothing: the provider may see it otherwise. Every stream tells its usage. */
export function facts(request: JsonObject): RequestFacts {
  const body = countedRequest(request);
  const config = memberOf(body, "generationConfig") ?? {};
  const settings = isJsonObject(config) ? config : {};
  const candidates = wholeCountOf(memberOf(settings, "candidateCount"));
  return {
    model: "",
    wantsStream: false,
    choices: Math.max(1, candidates ?? 1),
    maxOutputTokens: wholeCountOf(memberOf(settings, "maxOutputTokens")),
    includeUsage: true,
    isDeterministic: settings["temperature"] === 0 || typeof settings["seed"] === "number",
    wantsLogprobs: memberOf(settings, "responseLogprobs") === true,
    prompt: ["systemInstruction", "contents", "tools"]
      .map((name) => memberOf(body, name))
      .filter((value) => value !== undefined),
    session: undefined,
    beginning: [
      memberOf(body, "systemInstruction") ?? null,
      ...beginningOf(memberOf(body, "contents")),
    ],
  };
}

/**
 * What is to be counted, as the request that it would be a part of: `countTokens` takes its contents alone, or all of
 * a request in one member.
 */
export function countedRequest(body: JsonObject): JsonObject {
  const whole = memberOf(body, "generateContentRequest");
  return isJsonObject(whole) ? whole : body;
}

/** The request of a count with another name for its model. */
export function renamed(body: JsonObject, model: string): JsonObject {
  const named = withName(body, model);
  const name = ["generateContentRequest", "generate_content_request"].find((member) =>
    isJsonObject(body[member])
  );
  const whole = name === undefined ? undefined : body[name];
  if (name === undefined || !isJsonObject(whole)) return named;
  const within = withName(whole, model);
  return within === whole ? named : { ...named, [name]: within };
}

/** The object with another name for its model, where it has one. */
export function withName(object: JsonObject, model: string): JsonObject {
  return typeof object["model"] === "string" ? { ...object, model: `models/${model}` } : object;
}
