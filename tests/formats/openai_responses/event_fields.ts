/**
 * The fields that each event and item of a Responses stream must have.
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
  ResponseStreamEvent,
  ResponseUsage,
} from "openai/resources/responses/responses";
import { z } from "zod";

type RequiredKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];

/** A schema for each field that a type requires, and for others of its fields. */
type Shape<T> =
  & { readonly [K in RequiredKeys<T>]: z.ZodType }
  & { readonly [K in keyof T]?: z.ZodType };

/** What the client adds to what it is sent, and what the API does not send to everybody. */
type Added = "output_text" | "access_programs";

type ItemOf<Type> = Extract<ResponseOutputItem, { readonly type: Type }>;
type EventOf<Type> = Extract<ResponseStreamEvent, { readonly type: Type }>;

const count = z.int().nonnegative();
const text = z.string();
const id = z.string().min(1);
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

const response = z.looseObject(
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

const logprobs = z.array(z.looseObject({ token: text, logprob: z.number() }));
const annotation = z.looseObject({ type: id });

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

const part = z.discriminatedUnion("type", [PARTS.output_text, PARTS.refusal]);
const summary = z.looseObject({ type: z.literal("summary_text"), text });

/** Items by type; of any other only the id is known. */
const ITEMS: Readonly<Record<string, z.ZodType>> = {
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

const item = z.looseObject({ id, type: id });
const place = { sequence_number: count, item_id: id, output_index: count };
const inPart = { ...place, content_index: count };
const inSummary = { ...place, summary_index: count };
const ofResponse = { sequence_number: count, response };

/** What Weir writes; every one of them in the client's own words. */
const EVENTS = {
  "response.created": ofResponse,
  "response.queued": ofResponse,
  "response.in_progress": ofResponse,
  "response.completed": ofResponse,
  "response.incomplete": ofResponse,
  "response.failed": ofResponse,
  "response.output_item.added": { sequence_number: count, output_index: count, item },
  "response.output_item.done": { sequence_number: count, output_index: count, item },
  "response.content_part.added": { ...inPart, part },
  "response.content_part.done": { ...inPart, part },
  "response.output_text.delta": { ...inPart, delta: text, logprobs },
  "response.output_text.done": { ...inPart, text, logprobs },
  "response.output_text.annotation.added": { ...inPart, annotation_index: count, annotation },
  "response.refusal.delta": { ...inPart, delta: text },
  "response.refusal.done": { ...inPart, refusal: text },
  "response.reasoning_summary_part.added": { ...inSummary, part: summary },
  "response.reasoning_summary_part.done": { ...inSummary, part: summary },
  "response.reasoning_summary_text.delta": { ...inSummary, delta: text },
  "response.reasoning_summary_text.done": { ...inSummary, text },
  "response.function_call_arguments.delta": { ...place, delta: text },
  "response.function_call_arguments.done": { ...place, arguments: text, name: id.optional() },
  "response.custom_tool_call_input.delta": { ...place, delta: text },
  "response.custom_tool_call_input.done": { ...place, input: text },
  "error": { sequence_number: count, code: text.nullable(), message: text, param: text.nullable() },
} satisfies { readonly [Type in ResponseStreamEvent["type"]]?: EventShape<Type> };

type EventShape<Type> =
  & Shape<Omit<EventOf<Type>, "type">>
  & Readonly<Record<string, z.ZodType>>;

const SCHEMAS: ReadonlyMap<string, z.ZodType> = new Map(
  Object.entries(EVENTS).map(([type, shape]) => [type, z.looseObject(shape)]),
);

export type Fields = Readonly<Record<string, unknown>>;

/** An event whose fields have been looked at, as far as the checker reads them. */
export interface StreamEvent {
  readonly type: string;
  readonly sequence_number: number;
  readonly item_id: string;
  readonly output_index: number;
  readonly content_index: number;
  readonly summary_index: number;
  readonly annotation_index: number;
  readonly response: ResponseFields;
  readonly item: ItemFields;
  readonly part: PartFields;
  readonly annotation: Fields;
  readonly delta: string;
  readonly text: string;
  readonly refusal: string;
  readonly arguments: string;
  readonly input: string;
  readonly logprobs: readonly unknown[];
}

export interface ResponseFields {
  readonly id: string;
  readonly created_at: number;
  readonly model: string;
  readonly status: string;
  readonly error: Fields | null;
  readonly incomplete_details: Fields | null;
  readonly output: readonly Fields[];
}

export interface ItemFields {
  readonly id: string;
  readonly type: string;
  readonly status?: string;
  readonly call_id?: string;
  readonly arguments?: unknown;
  readonly input?: string;
  readonly content?: readonly PartFields[];
  readonly summary?: readonly PartFields[];
}

export interface PartFields {
  readonly type: string;
  readonly text?: string;
  readonly refusal?: string;
  readonly annotations?: readonly unknown[];
}

/** What is wrong with an event's fields, in a sentence. */
export function fieldProblem(type: string, event: unknown): string | undefined {
  const schema = SCHEMAS.get(type);
  if (schema === undefined) return `there is no event "${type}"`;
  const problem = firstIssue(schema, event, []);
  if (problem !== undefined) return problem;
  const { item, response } = event as StreamEvent;
  if (item !== undefined) return itemProblem(item, ["item"]);
  for (const [index, one] of response?.output.entries() ?? []) {
    const wrong = itemProblem(one, ["response", "output", String(index)]);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function itemProblem(item: ItemFields | Fields, above: readonly string[]): string | undefined {
  return firstIssue(ITEMS[String(item.type)] ?? z.unknown(), item, above);
}

function firstIssue(
  schema: z.ZodType,
  value: unknown,
  above: readonly string[],
): string | undefined {
  const [issue] = schema.safeParse(value).error?.issues ?? [];
  return issue && `its field ${[...above, ...issue.path].join(".")} is wrong: ${issue.message}`;
}
