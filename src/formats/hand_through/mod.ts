/**
 * What Weir reads of requests and answers that are handed through. Their bytes pass unchanged: this is for the
 * log, for limits, and to tell a whole stream from one that was cut off.
 *
 * @module
 */

import type { ProviderFault } from "../../core/chat/chat.ts";
import type { HandedFacts, HandedFormat, RequestFacts, RequestFormat } from "../../core/format.ts";
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJsonObject,
} from "../../core/text/json.ts";
import { faultOf } from "../openai_chat/errors/errors.ts";
import { facts } from "../openai_chat/request/facts.ts";
import { decodeHandedUsage } from "./usage.ts";

/** Events that end the streams of a path, by their type. */
const END_EVENTS: readonly (readonly [path: RegExp, types: RegExp])[] = [
  [/^\/responses\b/, /^response\.(completed|incomplete|failed)$/],
  [/^\/messages\b/, /^message_stop$/],
  [/^\/threads\b/, /^done$/],
  [/^\/images\b/, /^image_(generation|edit)\.completed$/],
  [/^\/audio\/speech\b/, /^speech\.audio\.done$/],
  [/^\/audio\/(transcriptions|translations)\b/, /^transcript\.text\.done$/],
  [/^\/(chat\/)?completions\b/, /^$/],
];
/** The end of a stream on any path; the only one of chats and completions. */
const DONE = "[DONE]";
/** Types of events that say that the answer has failed. */
const FAILURES = /^(error|response\.failed|thread\.run\.failed)$/;
/** What a model reads, beside what it reads of a chat. */
const PROMPT_MEMBERS = ["instructions", "system", "text"];

/** How answers of a path, below the base of its API, are read along. */
export function handedFormat(path: string): HandedFormat {
  const endTypes = END_EVENTS.find(([pattern]) => pattern.test(path))?.[1];
  return {
    hasEndEvent: endTypes !== undefined,
    factsOfEvent: (name, data) => {
      if (data.trim() === DONE) return { isEnd: true };
      const json = parseJsonObject(data);
      if (json === undefined) return {};
      const type = typeof json["type"] === "string" ? json["type"] : name;
      const fault = faultOfEvent(type, json);
      return {
        ...factsOf(isJsonObject(json["response"]) ? json["response"] : json),
        ...(fault !== undefined && { fault }),
        ...(endTypes?.test(type) === true && { isEnd: true }),
      };
    },
    factsOfWhole: (answer) => {
      const fault = isStated(answer["error"]) ? faultOf(answer) : undefined;
      return { ...factsOf(answer), ...(fault !== undefined && { fault }) };
    },
  };
}

/**
 * The requests, as far as they were read, in the name of the client's own format. Nothing is assumed for an
 * answer whose request does not bound it: it may be a picture.
 */
export function handedRequests({ name }: Pick<RequestFormat, "name">): RequestFormat {
  return {
    name,
    facts: (body): RequestFacts => {
      const { prompt, ...known } = facts(body);
      const bound = body["max_output_tokens"];
      return {
        ...known,
        choices: 1,
        maxOutputTokens: known.maxOutputTokens ?? (isCount(bound) ? bound : 0),
        isDeterministic: false,
        prompt: [...prompt, ...PROMPT_MEMBERS.flatMap((member) => body[member] ?? [])],
      };
    },
    decode: () => {
      throw new Error("What is handed through is not translated");
    },
  };
}

function factsOf(json: JsonObject): HandedFacts {
  const usage = decodeHandedUsage(json["usage"]);
  const { model } = json;
  return {
    ...(usage !== undefined && { usage }),
    ...(typeof model === "string" && { model }),
  };
}

function faultOfEvent(type: string, json: JsonObject): ProviderFault | undefined {
  if (isStated(json["error"])) return faultOf(json);
  if (!FAILURES.test(type)) return undefined;
  const { response, last_error: lastError } = json;
  const stated = (isJsonObject(response) ? response["error"] : lastError) ?? json;
  return faultOf({ error: stated }) ?? { message: "The upstream's stream ended with an error" };
}

/** Jobs have an empty `error` where there is none. */
function isStated(error: JsonValue | undefined): boolean {
  if (!isJsonObject(error)) return typeof error === "string" && error !== "";
  return [error["message"], error["code"], error["type"]].some((word) =>
    typeof word === "string" && word !== ""
  );
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
