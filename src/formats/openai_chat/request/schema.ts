/**
 * The chat request as far as it has a neutral form; fields beyond it are let through.
 *
 * Each message of this schema follows the name of its field: `"model" must be ...`. Optional
 * fields may be null, which OpenAI reads as absent.
 *
 * @module
 */

import * as z from "zod";
import { once } from "../../../core/once.ts";
import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";

const jsonObject = z.custom<JsonObject>(isJsonObject, { error: "must be an object" });
const flag = z.boolean({ error: "must be true or false" });

const text = z.string({ error: "must be a string" });

/** OpenRouter's spelling of Anthropic's marks. */
const cacheControl = once(() =>
  z.looseObject({
    ttl: z.string({ error: "must be a string" }).nullish(),
  }, { error: `must be an object such as {"type":"ephemeral"}` }).nullish()
);

const contentPart = once(() =>
  z.looseObject({
    type: z.string({ error: `must be a string such as "text"` }),
    text: text.optional(),
    refusal: text.optional(),
    cache_control: cacheControl(),
    prompt_cache_breakpoint: z.looseObject({}, {
      error: `must be an object such as {"mode":"explicit"}`,
    }).nullish(),
    video_url: z.looseObject({ url: text }, { error: `must be an object such as {"url":"..."}` })
      .optional(),
    input_audio: z.looseObject({ data: text, format: text }, {
      error: `must be an object such as {"data":"...","format":"wav"}`,
    }).optional(),
    file: z.looseObject({
      file_data: text.nullish(),
      file_id: text.nullish(),
      filename: text.nullish(),
    }, { error: `must be an object such as {"file_data":"data:application/pdf;base64,..."}` })
      .optional(),
    image_url: z.looseObject({
      url: z.string({ error: "must be a string: an address or a data: URL" }),
      detail: z.string({ error: "must be a string" }).nullish(),
    }, { error: `must be an object such as {"url":"https://..."}` }).optional(),
  }, { error: `must be an object such as {"type":"text","text":"..."}` })
    .refine(({ type, text }) => type !== "text" || text !== undefined, {
      path: ["text"],
      error: "must be a string",
    })
    .refine(({ type, image_url }) => type !== "image_url" || image_url !== undefined, {
      path: ["image_url"],
      error: `must be an object such as {"url":"https://..."}`,
    })
    .refine(({ type, input_audio }) => type !== "input_audio" || input_audio !== undefined, {
      path: ["input_audio"],
      error: `must be an object such as {"data":"...","format":"wav"}`,
    })
    .refine(
      ({ type, file }) => type !== "file" || (file?.file_data ?? file?.file_id ?? "") !== "",
      {
        path: ["file"],
        error: `must be an object with "file_data" or "file_id"`,
      },
    )
);

/** A text is read as a list of one part, and nothing as none. */
const content = once(() =>
  z.preprocess(
    (value) => typeof value === "string" ? [{ type: "text", text: value }] : value ?? [],
    z.array(contentPart(), { error: "must be a string or a list of parts" }),
  )
);

const toolCall = once(() =>
  z.looseObject({
    id: z.string({ error: "must be a string" }),
    function: z.looseObject({
      name: z.string({ error: "must be a string" }),
      arguments: z.string({ error: "must be a string of JSON" }),
    }).optional(),
    custom: z.looseObject({
      name: z.string({ error: "must be a string" }),
      input: z.string({ error: "must be a string" }),
    }).optional(),
  }, { error: "must be an object" })
    .refine((call) => call.function !== undefined || call.custom !== undefined, {
      path: ["function"],
      error: `must be an object such as {"name":"...","arguments":"{}"}`,
    })
);

const message = once(() =>
  z.looseObject({
    role: z.string({ error: `must be a string such as "user"` }).min(1, {
      error: "must not be empty",
    }),
    content: content(),
    name: z.string({ error: "must be a string" }).nullish(),
    tool_calls: z.array(toolCall(), { error: "must be a list of tool calls" }).nullish(),
    tool_call_id: z.string({ error: "must be a string" }).nullish(),
    reasoning_content: text.nullish(),
    reasoning: text.nullish(),
    reasoning_details: z.array(jsonObject, { error: "must be a list of objects" }).nullish(),
    refusal: text.nullish(),
    cache_control: cacheControl(),
    function_call: z.null({ error: `is deprecated: send "tool_calls"` }).optional(),
  }, { error: `must be an object such as {"role":"user","content":"..."}` })
);

const tool = once(() =>
  z.looseObject({
    type: z.string({ error: `must be a string such as "function"` }),
    function: z.looseObject({
      name: text.min(1, { error: "must not be empty" }),
      description: text.nullish(),
      parameters: jsonObject.nullish(),
      strict: flag.nullish(),
    }, { error: `must be an object such as {"name":"...","parameters":{}}` }).optional(),
    custom: z.looseObject({
      name: text.min(1, { error: "must not be empty" }),
      description: text.nullish(),
    }, { error: `must be an object such as {"name":"..."}` }).optional(),
    cache_control: cacheControl(),
  }, { error: `must be an object such as {"type":"function","function":{}}` })
    .refine((tool) => tool.type !== "function" || tool.function !== undefined, {
      path: ["function"],
      error: `must be an object such as {"name":"...","parameters":{}}`,
    })
    .refine((tool) => tool.type !== "custom" || tool.custom !== undefined, {
      path: ["custom"],
      error: `must be an object such as {"name":"..."}`,
    })
);

const named = once(() => z.looseObject({ name: z.string() }));

const toolChoice = once(() =>
  z.union([
    z.enum(["none", "auto", "required"]),
    z.looseObject({ type: z.literal("function"), function: named() }),
    z.looseObject({ type: z.literal("custom"), custom: named() }),
    z.looseObject({
      type: z.literal("allowed_tools"),
      allowed_tools: z.looseObject({
        mode: z.enum(["auto", "required"]),
        tools: z.array(z.looseObject({ function: named().optional(), custom: named().optional() })),
      }),
    }),
  ], {
    error: `must be "none", "auto", "required" or {"type":"function","function":{"name":"..."}}`,
  })
);

const responseFormat = once(() =>
  z.looseObject({
    type: z.string({ error: `must be a string such as "json_schema"` }),
    json_schema: z.looseObject({
      name: text.nullish(),
      description: text.nullish(),
      schema: jsonObject.nullish(),
      strict: flag.nullish(),
    }, { error: `must be an object such as {"name":"...","schema":{}}` }).optional(),
  }, { error: "must be an object" })
    .refine(({ type, json_schema }) => type !== "json_schema" || json_schema !== undefined, {
      path: ["json_schema"],
      error: `must be an object such as {"name":"...","schema":{}}`,
    })
);

/** OpenRouter's. */
const reasoning = once(() =>
  z.looseObject({
    effort: text.nullish(),
    max_tokens: z.int({ error: "must be a whole number" }).nullish(),
    exclude: flag.nullish(),
    enabled: flag.nullish(),
  }, { error: `must be an object such as {"effort":"high"}` })
);

const maxTokens = once(() =>
  z.int({ error: "must be a whole number from 1" })
    .min(1, { error: "must be a whole number from 1" })
);

/** @see {@link https://platform.openai.com/docs/api-reference/chat/create} */
export const requestSchema = once(() =>
  z.looseObject({
    model: z.string({ error: "must be a string, the name of a model" })
      .min(1, { error: "must not be empty: name a model" }),
    messages: z.array(message(), { error: "must be a list of messages" })
      .min(1, { error: "must hold at least one message" }),
    stream: flag.nullish(),
    n: numberFrom(1, 128, "whole").nullish(),
    max_completion_tokens: maxTokens().nullish(),
    max_tokens: maxTokens().nullish(),
    temperature: numberFrom(0, 2).nullish(),
    top_p: numberFrom(0, 1).nullish(),
    top_k: z.int({ error: "must be a whole number" }).nullish(),
    seed: z.int({ error: "must be a whole number" }).nullish(),
    stop: z.preprocess(
      (value) => typeof value === "string" ? [value] : value,
      z.array(z.string({ error: "must be a string" }), {
        error: "must be a string or a list of strings",
      }).nullish(),
    ),
    tools: z.array(tool(), { error: "must be a list of tools" }).nullish(),
    tool_choice: toolChoice().nullish(),
    parallel_tool_calls: flag.nullish(),
    response_format: responseFormat().nullish(),
    reasoning_effort: z.string({ error: "must be a string" }).nullish(),
    reasoning: reasoning().nullish(),
    user: text.nullish(),
    safety_identifier: text.nullish(),
    logprobs: flag.nullish(),
    top_logprobs: numberFrom(0, 20, "whole").nullish(),
    functions: z.null({ error: `is deprecated: send "tools"` }).optional(),
    function_call: z.null({ error: `is deprecated: send "tool_choice"` }).optional(),
  })
);

/** A message that the schema has read. */
export type ParsedMessage = z.infer<ReturnType<typeof message>>;

/** A part of a message that the schema has read. */
export type ParsedPart = ParsedMessage["content"][number];

/** A mark that the schema has read. */
export type ParsedCacheControl = z.infer<ReturnType<typeof cacheControl>>;

/** A request that the schema has read. */
export type ParsedRequest = z.infer<ReturnType<typeof requestSchema>>;

/** A tool that the schema has read. */
export type ParsedTool = z.infer<ReturnType<typeof tool>>;

function numberFrom(min: number, max: number, kind: "any" | "whole" = "any"): z.ZodNumber {
  const error = `must be a ${kind === "whole" ? "whole " : ""}number from ${min} to ${max}`;
  const number = kind === "whole" ? z.int({ error }) : z.number({ error });
  return number.min(min, { error }).max(max, { error });
}
