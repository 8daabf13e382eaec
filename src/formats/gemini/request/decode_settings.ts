/** How an answer is to be, read: the members of `generationConfig`. */

import type {
  ChatRequest,
  NativeField,
  OutputFormat,
  ReasoningWish,
} from "../../../core/chat/chat.ts";
import type { JsonObject, JsonValue } from "../../../core/text/json.ts";
import {
  given,
  isGiven,
  itemsAt,
  objectAt,
  optionalFlag,
  optionalNumber,
  optionalObject,
  optionalText,
  textAt,
} from "../../request_fields.ts";
import { NAME as CHAT } from "../../openai_chat/name.ts";
import { NAME } from "../name.ts";
import { decodeSchema } from "./decode_schema.ts";
import { camelCase, memberOf } from "./spelt.ts";

/** Members that are read below. */
const NEUTRAL_FIELDS: ReadonlySet<string> = new Set([
  "temperature",
  "topP",
  "topK",
  "maxOutputTokens",
  "stopSequences",
  "candidateCount",
  "seed",
  "responseMimeType",
  "responseSchema",
  "responseJsonSchema",
  "responseLogprobs",
  "logprobs",
  "thinkingConfig",
]);

/** What a request that says nothing of them means as well. */
const TEXT_ALONE = JSON.stringify(["TEXT"]);

const JSON_TYPE = "application/json";

export interface ReadSettings {
  readonly fields: Partial<ChatRequest>;
  readonly natives: readonly NativeField[];
}

export function readSettings(config: JsonObject): ReadSettings {
  const number = (name: string, range: { min: number; max?: number; isWhole?: boolean }) =>
    optionalNumber(memberOf(config, name), `generationConfig.${name}`, range);
  const stop = itemsAt(
    memberOf(config, "stopSequences"),
    "generationConfig.stopSequences",
    textAt,
  );
  return {
    fields: given({
      temperature: number("temperature", { min: 0 }),
      topP: number("topP", { min: 0, max: 1 }),
      topK: number("topK", { min: 0 }),
      maxOutputTokens: number("maxOutputTokens", { min: 1, isWhole: true }),
      choices: number("candidateCount", { min: 1, isWhole: true }),
      seed: number("seed", { min: Number.MIN_SAFE_INTEGER, isWhole: true }),
      stop: stop?.length === 0 ? undefined : stop,
      outputFormat: readOutputFormat(config),
      logprobs: optionalFlag(
        memberOf(config, "responseLogprobs"),
        "generationConfig.responseLogprobs",
      ),
      topLogprobs: number("logprobs", { min: 0, isWhole: true }),
      reasoning: readReasoning(memberOf(config, "thinkingConfig")),
    }),
    natives: Object.entries(config).flatMap(([name, value]) =>
      !isGiven(value) || isUnderstood(camelCase(name), value) ? [] : [nativeField(name, value)]
    ),
  };
}

/** OpenAI's chat has the same numbers, of the same range. */
const PENALTIES: ReadonlyMap<string, string> = new Map([
  ["presencePenalty", "presence_penalty"],
  ["frequencyPenalty", "frequency_penalty"],
]);

function nativeField(name: string, value: JsonValue): NativeField {
  const penalty = PENALTIES.get(camelCase(name));
  return penalty === undefined
    ? { format: NAME, name: `generationConfig.${name}`, value }
    : { format: CHAT, name: penalty, value };
}

function isUnderstood(name: string, value: JsonValue): boolean {
  if (name === "responseMimeType") return value === JSON_TYPE || value === "text/plain";
  return NEUTRAL_FIELDS.has(name) ||
    (name === "responseModalities" && JSON.stringify(value) === TEXT_ALONE);
}

function readOutputFormat(config: JsonObject): OutputFormat | undefined {
  const path = "generationConfig.responseSchema";
  const full = optionalObject(memberOf(config, "responseJsonSchema"), path);
  const short = memberOf(config, "responseSchema");
  const schema = full ?? (short === undefined ? undefined : decodeSchema(objectAt(short, path)));
  if (schema !== undefined) return { type: "json_schema", schema };
  const type = optionalText(
    memberOf(config, "responseMimeType"),
    "generationConfig.responseMimeType",
  );
  return type === JSON_TYPE ? { type: "json_object" } : undefined;
}

/** A budget of -1 leaves it to the model, and one of 0 is none. */
function readReasoning(value: JsonValue | undefined): ReasoningWish | undefined {
  const path = "generationConfig.thinkingConfig";
  const config = optionalObject(value, path);
  if (config === undefined) return undefined;
  const budget = optionalNumber(memberOf(config, "thinkingBudget"), `${path}.thinkingBudget`, {
    min: -1,
    isWhole: true,
  });
  const level = optionalText(memberOf(config, "thinkingLevel"), `${path}.thinkingLevel`);
  const effort = level === undefined || level === "THINKING_LEVEL_UNSPECIFIED"
    ? undefined
    : level.toLowerCase();
  const wish = given({
    mode: budget === undefined ? undefined : modeOf(budget),
    effort,
    maxTokens: budget !== undefined && budget > 0 ? budget : undefined,
  });
  return Object.keys(wish).length === 0 ? undefined : wish;
}

function modeOf(budget: number): ReasoningWish["mode"] {
  if (budget === 0) return "off";
  return budget < 0 ? "adaptive" : "on";
}
