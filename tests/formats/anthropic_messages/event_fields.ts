/**
 * The fields that each event of a Messages stream must have.
 *
 * They are those of the official client's types that every version of the API has sent. What a
 * newer one added (`container`, `stop_details`) may be absent, but not of another kind.
 *
 * @module
 */

import { z } from "zod";

const tokens = z.int().nonnegative();
const tokensOrNone = tokens.nullish();

const cacheTokens = {
  cache_creation_input_tokens: tokensOrNone,
  cache_read_input_tokens: tokensOrNone,
};

/** The reasons of both kinds of version, and `compaction` of a beta. */
const stopReason = z.enum([
  "compaction",
  "end_turn",
  "max_tokens",
  "model_context_window_exceeded",
  "pause_turn",
  "refusal",
  "stop_sequence",
  "tool_use",
]);

const stopDetails = z.looseObject({ type: z.string() }).nullish();

const messageStart = z.looseObject({
  message: z.looseObject({
    id: z.string().min(1),
    type: z.literal("message"),
    role: z.literal("assistant"),
    model: z.string().min(1),
    content: z.array(z.unknown()),
    stop_reason: z.null(),
    stop_sequence: z.null(),
    stop_details: stopDetails,
    usage: z.looseObject({ input_tokens: tokens, output_tokens: tokens, ...cacheTokens }),
  }),
});

const toolUse = {
  id: z.string().min(1),
  name: z.string().min(1),
  input: z.record(z.string(), z.unknown()),
};

/** Blocks by type; of any other only the type is known. */
const BLOCKS: Readonly<Record<string, z.ZodType>> = {
  text: z.looseObject({ text: z.string() }),
  thinking: z.looseObject({ thinking: z.string(), signature: z.string() }),
  redacted_thinking: z.looseObject({ data: z.string().min(1) }),
  tool_use: z.looseObject(toolUse),
  server_tool_use: z.looseObject(toolUse),
  mcp_tool_use: z.looseObject(toolUse),
};

const DELTAS: Readonly<Record<string, z.ZodType>> = {
  text_delta: z.looseObject({ text: z.string() }),
  thinking_delta: z.looseObject({ thinking: z.string() }),
  signature_delta: z.looseObject({ signature: z.string() }),
  input_json_delta: z.looseObject({ partial_json: z.string() }),
  citations_delta: z.looseObject({ citation: z.looseObject({ type: z.string() }) }),
  compaction_delta: z.looseObject({ content: z.string().nullable() }),
};

/** Deltas by the type of the block that they add to; what comes whole has none. */
export const DELTAS_OF_BLOCK: Readonly<Record<string, readonly string[]>> = {
  text: ["text_delta", "citations_delta"],
  thinking: ["thinking_delta", "signature_delta"],
  tool_use: ["input_json_delta"],
  server_tool_use: ["input_json_delta"],
  mcp_tool_use: ["input_json_delta"],
  compaction: ["compaction_delta"],
};

const EVENTS: Readonly<Record<string, z.ZodType>> = {
  message_start: messageStart,
  content_block_start: z.looseObject({
    index: z.int().nonnegative(),
    content_block: z.looseObject({ type: z.string().min(1) }),
  }),
  content_block_delta: z.looseObject({
    index: z.int().nonnegative(),
    delta: z.looseObject({ type: z.string().min(1) }),
  }),
  content_block_stop: z.looseObject({ index: z.int().nonnegative() }),
  message_delta: z.looseObject({
    delta: z.looseObject({
      stop_reason: stopReason,
      stop_sequence: z.string().nullable(),
      stop_details: stopDetails,
    }),
    usage: z.looseObject({ output_tokens: tokens, input_tokens: tokensOrNone, ...cacheTokens }),
  }),
  message_stop: z.looseObject({}),
  ping: z.looseObject({}),
  error: z.looseObject({
    error: z.looseObject({ type: z.string().min(1), message: z.string().min(1) }),
  }),
};

/** An event whose fields have been looked at, as far as the checker reads them. */
export interface StreamEvent {
  readonly type: string;
  readonly index: number;
  readonly message: { readonly usage: Usage; readonly content: readonly unknown[] };
  readonly content_block: Block;
  readonly delta: Delta;
  readonly usage: Usage;
}

export interface Block {
  readonly type: string;
  readonly id: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface Delta {
  readonly type: string;
  readonly partial_json: string;
  readonly stop_reason: string;
  readonly stop_sequence: string | null;
}

export type Usage = Readonly<Record<string, unknown>>;

/** What is wrong with an event's fields, in a sentence. */
export function fieldProblem(type: string, event: unknown): string | undefined {
  const schema = EVENTS[type];
  if (schema === undefined) return `there is no event "${type}"`;
  return firstIssue(schema, event, []) ?? partProblem(type, event as StreamEvent);
}

function partProblem(type: string, event: StreamEvent): string | undefined {
  if (type === "content_block_start") {
    const { content_block: block } = event;
    return firstIssue(BLOCKS[block.type] ?? z.unknown(), block, ["content_block"]);
  }
  if (type !== "content_block_delta") return undefined;
  const schema = DELTAS[event.delta.type];
  if (schema === undefined) return `there is no delta "${event.delta.type}"`;
  return firstIssue(schema, event.delta, ["delta"]);
}

function firstIssue(
  schema: z.ZodType,
  value: unknown,
  above: readonly string[],
): string | undefined {
  const [issue] = schema.safeParse(value).error?.issues ?? [];
  return issue && `its field ${[...above, ...issue.path].join(".")} is wrong: ${issue.message}`;
}
