/**
 * Requests, read, for providers of another format: between equal formats a request is forwarded as it came.
 *
 * By then whatever is kept here was put in its place. What a request still refers to is known to nobody but
 * the provider that keeps it, and leaving it out would make another question of it.
 *
 * @module
 */

import type {
  ChatRequest,
  NativeField,
  OutputFormat,
  ReasoningWish,
} from "../../../core/chat/chat.ts";
import type { Envelopes } from "../../../core/envelope.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
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
  refusal,
  textAt,
} from "../../request_fields.ts";
import { NAME } from "../name.ts";
import { decodeInput } from "./decode_items.ts";
import { decodeTools } from "./decode_tools.ts";

/** Fields that are read below. */
const NEUTRAL_FIELDS: readonly string[] = [
  "model",
  "input",
  "instructions",
  "stream",
  "max_output_tokens",
  "temperature",
  "top_p",
  "top_logprobs",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "reasoning",
  "text",
  "user",
  "safety_identifier",
];

/** Fields that change nothing of the answer, or that are the surface's. */
const SILENT_FIELDS: readonly string[] = [
  "background",
  "client_metadata",
  "include",
  "metadata",
  "store",
  "stream_options",
];

const KNOWN_FIELDS: ReadonlySet<string> = new Set([...NEUTRAL_FIELDS, ...SILENT_FIELDS]);

/** Values that ask for what is done anyway. */
const DEFAULTS: ReadonlyMap<string, readonly JsonValue[]> = new Map(
  Object.entries<readonly JsonValue[]>({
    truncation: ["disabled"],
    service_tier: ["auto", "default"],
  }),
);

const LOGPROBS = "message.output_text.logprobs";

/** Reads a request. Throws `GatewayError` `invalid_request` naming the field at fault. */
export function decodeRequest(body: JsonObject, envelopes: Envelopes | undefined): ChatRequest {
  refuseReferences(body);
  const model = textAt(body["model"], "model");
  if (model === "") throw refusal("model", "must not be empty: name a model");
  const instructions = optionalText(body["instructions"], "instructions") ?? "";
  const text = optionalObject(body["text"], "text") ?? {};
  const include = itemsAt(body["include"], "include", textAt) ?? [];
  const topLogprobs = optionalNumber(body["top_logprobs"], "top_logprobs", {
    min: 0,
    max: 20,
    isWhole: true,
  });
  const hasLogprobs = include.includes(LOGPROBS) || (topLogprobs ?? 0) > 0;
  const { fields: tools, natives } = decodeTools(body);
  const input = decodeInput(body["input"], envelopes);
  return {
    model,
    messages: [
      ...(instructions === ""
        ? []
        : [{ role: "system", parts: [{ type: "text" as const, text: instructions }] }]),
      ...input.messages,
    ],
    stream: optionalFlag(body["stream"], "stream") ?? false,
    ...given({
      maxOutputTokens: optionalNumber(body["max_output_tokens"], "max_output_tokens", {
        min: 1,
        isWhole: true,
      }),
      temperature: optionalNumber(body["temperature"], "temperature", { min: 0, max: 2 }),
      topP: optionalNumber(body["top_p"], "top_p", { min: 0, max: 1 }),
      ...tools,
      parallelToolCalls: optionalFlag(body["parallel_tool_calls"], "parallel_tool_calls"),
      outputFormat: readOutputFormat(text["format"]),
      reasoning: readReasoning(body["reasoning"]),
      logprobs: hasLogprobs ? true : undefined,
      topLogprobs: hasLogprobs ? topLogprobs : undefined,
      endUser: optionalText(body["safety_identifier"], "safety_identifier") ??
        optionalText(body["user"], "user"),
    }),
    natives: [
      ...Object.entries(body).flatMap(([name, value]) =>
        KNOWN_FIELDS.has(name) || !isGiven(value) || isDefault(name, value)
          ? []
          : [native(name, value)]
      ),
      ...Object.entries(text).flatMap(([name, value]) =>
        name === "format" || !isGiven(value) ? [] : [native(`text.${name}`, value)]
      ),
      ...natives,
      ...input.natives,
    ],
  };
}

/** What only the provider that keeps it knows. */
function refuseReferences(body: JsonObject): void {
  const { previous_response_id: previous } = body;
  if (isGiven(previous)) {
    throw new GatewayError(
      "invalid_request",
      `Previous response with id ${JSON.stringify(previous)} not found here; ` +
        'send the conversation itself in "input"',
      { param: "previous_response_id", code: "previous_response_not_found" },
    );
  }
  if (body["background"] === true) throw noBackground();
  for (const name of ["conversation", "prompt"]) {
    if (!isGiven(body[name])) continue;
    throw new GatewayError(
      "invalid_request",
      `${name}: the model is served by a provider that keeps none; send what it stands for`,
      { param: name, code: "unsupported_parameter" },
    );
  }
}

function readOutputFormat(value: JsonValue | undefined): OutputFormat | undefined {
  const format = optionalObject(value, "text.format");
  if (format === undefined) return undefined;
  const { type, name, description, schema, strict } = format;
  if (type === "text") return undefined;
  if (type === "json_object") return { type };
  if (type !== "json_schema") {
    throw refusal("text.format.type", `must be "text", "json_object" or "json_schema"`);
  }
  return {
    type,
    schema: objectAt(schema, "text.format.schema"),
    ...given({
      name: optionalText(name, "text.format.name"),
      description: optionalText(description, "text.format.description"),
      strict: optionalFlag(strict, "text.format.strict"),
    }),
  };
}

/** A summary says what the client wants to see, not how the model is to think. */
function readReasoning(value: JsonValue | undefined): ReasoningWish | undefined {
  const reasoning = optionalObject(value, "reasoning");
  const effort = optionalText(reasoning?.["effort"], "reasoning.effort");
  if (effort === undefined) return undefined;
  return effort === "none" ? { mode: "off" } : { effort };
}

function isDefault(name: string, value: JsonValue): boolean {
  return DEFAULTS.get(name)?.includes(value) ?? false;
}

function native(name: string, value: JsonValue): NativeField {
  return { format: NAME, name, value };
}

/** What runs on without its client is seen to before a request is translated. */
function noBackground(): GatewayError {
  return new GatewayError(
    "invalid_request",
    "The upstream of this model runs nothing in the background; send the request without it",
    { param: "background", code: "unsupported_parameter" },
  );
}
