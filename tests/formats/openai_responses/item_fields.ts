/**
 * The fields that each item of an answer, and the response itself, must have.
 *
 * They are those of the official client's types: a shape that lacks a field which its type requires does not
 * compile. Null stands for a field that may be absent, as the API itself writes it.
 *
 * @module
 */

import type {
  Response,
  ResponseOutputItem,
  ResponseOutputRefusal,
  ResponseOutputText,
  ResponseUsage,
} from "openai/resources/responses/responses";
import { z } from "zod";

type RequiredKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];

/** A schema for each field that a type requires, and for others of its fields. */
export type Shape<T> =
  & { readonly [K in RequiredKeys<T>]: z.ZodType }
  & { readonly [K in keyof T]?: z.ZodType };

/** What the client adds to what it is sent, and what the API does not send to everybody. */
type Added = "output_text" | "access_programs";

type ItemOf<Type> = Extract<ResponseOutputItem, { readonly type: Type }>;

export const count = z.int().nonnegative();
export const text = z.string();
export const id = z.string().min(1);
const status = z.enum(["in_progress", "completed", "incomplete"]);

const usage = z.looseObject(
  {
    input_tokens: count,
    input_tokens_details: z.looseObject({ cached_tokens: count, cache_write_tokens: count }),
    output_tokens: count,
    output_tokens_details: z.looseObject({ reasoning_tokens: count }),
    total_tokens: count,
  } satisfies Shape<ResponseUsage>,
);

export const response = z.looseObject(
  {
    id: z.string().regex(/^resp_./),
    object: z.literal("response"),
    created_at: z.number(),
    status: z.enum(["completed", "failed", "in_progress", "cancelled", "queued", "incomplete"]),
    error: z.looseObject({ code: id, message: id }).nullable(),
    incomplete_details: z.looseObject({ reason: z.enum(["max_output_tokens", "content_filter"]) })
      .nullable(),
    instructions: z.union([z.string(), z.array(z.unknown())]).nullable(),
    metadata: z.record(z.string(), z.string()).nullable(),
    model: id,
    output: z.array(z.looseObject({ type: id })),
    parallel_tool_calls: z.boolean(),
    temperature: z.number().nullable(),
    tool_choice: z.union([z.string(), z.looseObject({ type: id })]),
    tools: z.array(z.looseObject({ type: id })),
    top_p: z.number().nullable(),
    background: z.boolean().nullish(),
    max_output_tokens: count.nullish(),
    previous_response_id: id.nullish(),
    reasoning: z.looseObject({}).nullish(),
    text: z.looseObject({ format: z.looseObject({ type: id }) }).optional(),
    truncation: z.enum(["auto", "disabled"]).nullish(),
    usage: usage.nullish(),
  } satisfies Shape<Omit<Response, Added>>,
);

export const logprobs = z.array(z.looseObject({ token: text, logprob: z.number() }));
export const annotation = z.looseObject({ type: id });

const PARTS = {
  output_text: z.looseObject(
    {
      type: z.literal("output_text"),
      annotations: z.array(annotation),
      text,
      logprobs,
    } satisfies Shape<ResponseOutputText>,
  ),
  refusal: z.looseObject(
    { type: z.literal("refusal"), refusal: text } satisfies Shape<ResponseOutputRefusal>,
  ),
};

export const part = z.discriminatedUnion("type", [PARTS.output_text, PARTS.refusal]);
export const summary = z.looseObject({ type: z.literal("summary_text"), text });

/** Items by type; of any other only the id is known. */
export const ITEMS: Readonly<Record<string, z.ZodType>> = {
  message: z.looseObject(
    {
      id,
      type: z.literal("message"),
      role: z.literal("assistant"),
      status,
      content: z.array(part),
    } satisfies Shape<ItemOf<"message">>,
  ),
  reasoning: z.looseObject(
    {
      id,
      type: z.literal("reasoning"),
      summary: z.array(summary),
      encrypted_content: id.nullish(),
    } satisfies Shape<ItemOf<"reasoning">>,
  ),
  function_call: z.looseObject(
    {
      id,
      type: z.literal("function_call"),
      status,
      call_id: id,
      name: id,
      arguments: text,
      namespace: id.optional(),
    } satisfies Shape<ItemOf<"function_call">>,
  ),
  custom_tool_call: z.looseObject(
    {
      id,
      type: z.literal("custom_tool_call"),
      call_id: id,
      name: id,
      input: text,
      namespace: id.optional(),
    } satisfies Shape<ItemOf<"custom_tool_call">>,
  ),
  tool_search_call: z.looseObject(
    {
      id,
      type: z.literal("tool_search_call"),
      status,
      call_id: id.nullable(),
      execution: z.enum(["server", "client"]),
      arguments: z.looseObject({}),
    } satisfies Shape<ItemOf<"tool_search_call">>,
  ),
  local_shell_call: z.looseObject(
    {
      id,
      type: z.literal("local_shell_call"),
      status,
      call_id: id,
      action: z.looseObject({
        type: z.literal("exec"),
        command: z.array(text),
        env: z.record(z.string(), text),
      }),
    } satisfies Shape<ItemOf<"local_shell_call">>,
  ),
  shell_call: z.looseObject(
    {
      id,
      type: z.literal("shell_call"),
      status,
      call_id: id,
      action: z.looseObject({
        commands: z.array(text),
        max_output_length: count.nullable(),
        timeout_ms: count.nullable(),
      }),
      environment: z.looseObject({ type: id }).nullable(),
    } satisfies Shape<ItemOf<"shell_call">>,
  ),
  apply_patch_call: z.looseObject(
    {
      id,
      type: z.literal("apply_patch_call"),
      status,
      call_id: id,
      operation: z.looseObject({}),
    } satisfies Shape<ItemOf<"apply_patch_call">>,
  ),
  image_generation_call: z.looseObject(
    {
      id,
      type: z.literal("image_generation_call"),
      status: z.enum(["in_progress", "completed", "generating", "failed"]),
      result: text.nullable(),
    } satisfies Shape<ItemOf<"image_generation_call">>,
  ),
};
