/**
 * The fields that each event of a Responses stream must have, by the official client's types.
 *
 * @module
 */

import type { ResponseStreamEvent } from "openai/resources/responses/responses";
import { z } from "zod";
import {
  annotation,
  count,
  id,
  ITEMS,
  logprobs,
  part,
  response,
  type Shape,
  summary,
  text,
} from "./item_fields.ts";

type EventOf<Type> = Extract<ResponseStreamEvent, { readonly type: Type }>;

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
