/**
 * What chats and `/api/generate` ask for alike: how the model is to choose, think and answer.
 *
 * @module
 */

import type {
  ChatRequest,
  NativeField,
  OutputFormat,
  ReasoningWish,
} from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { NAME as OPENAI_NAME } from "../../openai_chat/name.ts";
import {
  given,
  isGiven,
  itemsAt,
  optionalFlag,
  optionalNumber,
  optionalObject,
  refusal,
  textAt,
} from "../../request_fields.ts";
import { NAME } from "../name.ts";

/** Fields that are read here. */
const SETTING_FIELDS: readonly string[] = [
  "model",
  "stream",
  "options",
  "think",
  "format",
  "logprobs",
  "top_logprobs",
];

const NEUTRAL_OPTIONS: ReadonlySet<string> = new Set([
  "temperature",
  "top_p",
  "top_k",
  "seed",
  "stop",
  "num_predict",
]);
/** Options that OpenAI's chats have by the same names, and that have no neutral word. */
const OPENAI_OPTIONS: ReadonlySet<string> = new Set(["frequency_penalty", "presence_penalty"]);

type Settings = Omit<ChatRequest, "messages" | "tools">;

/**
 * Reads the settings. Throws `GatewayError` `invalid_request` naming the field at fault.
 *
 * @param known Fields that are read elsewhere; all others have no neutral word.
 */
export function decodeSettings(body: JsonObject, known: readonly string[]): Settings {
  const model = textAt(body["model"], "model");
  if (model === "") throw refusal("model", "must not be empty: name a model");
  const options = optionalObject(body["options"], "options") ?? {};
  const read = [...SETTING_FIELDS, ...known];
  return {
    model,
    stream: optionalFlag(body["stream"], "stream") ?? true,
    ...given({
      temperature: optionalNumber(options["temperature"], "options.temperature", { min: 0 }),
      topP: optionalNumber(options["top_p"], "options.top_p", { min: 0, max: 1 }),
      topK: optionalNumber(options["top_k"], "options.top_k", { min: 0, isWhole: true }),
      seed: optionalNumber(options["seed"], "options.seed", { min: -Infinity, isWhole: true }),
      stop: readStop(options["stop"]),
      maxOutputTokens: readBound(options["num_predict"]),
      outputFormat: readFormat(body["format"]),
      reasoning: readThink(body["think"]),
      logprobs: optionalFlag(body["logprobs"], "logprobs"),
      topLogprobs: optionalNumber(body["top_logprobs"], "top_logprobs", { min: 0, isWhole: true }),
    }),
    natives: [
      ...fieldsBeyond(read, body, ""),
      ...fieldsBeyond([...NEUTRAL_OPTIONS], options, "options."),
    ],
  };
}

/** -1 is no bound, and -2 what the context still holds. */
function readBound(value: JsonValue | undefined): number | undefined {
  const bound = optionalNumber(value, "options.num_predict", { min: -2, isWhole: true });
  return bound === undefined || bound < 0 ? undefined : bound;
}

function readStop(value: JsonValue | undefined): readonly string[] | undefined {
  if (typeof value === "string") return [value];
  const stop = itemsAt(value, "options.stop", textAt);
  return stop === undefined || stop.length === 0 ? undefined : stop;
}

function readFormat(value: JsonValue | undefined): OutputFormat | undefined {
  if (!isGiven(value) || value === "") return undefined;
  if (value === "json") return { type: "json_object" };
  if (isJsonObject(value)) return { type: "json_schema", schema: value };
  throw refusal("format", 'must be "json" or a JSON schema');
}

function readThink(value: JsonValue | undefined): ReasoningWish | undefined {
  if (!isGiven(value) || value === "") return undefined;
  if (typeof value === "boolean") return { mode: value ? "on" : "off" };
  if (typeof value === "string") return { effort: value };
  throw refusal("think", 'must be true, false, "low", "medium" or "high"');
}

function fieldsBeyond(
  known: readonly string[],
  object: JsonObject,
  prefix: string,
): readonly NativeField[] {
  return Object.entries(object).flatMap(([name, value]): readonly NativeField[] => {
    if (known.includes(name) || !isGiven(value)) return [];
    return prefix !== "" && OPENAI_OPTIONS.has(name)
      ? [{ format: OPENAI_NAME, name, value }]
      : [{ format: NAME, name: prefix + name, value }];
  });
}
