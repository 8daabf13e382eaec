/**
 * What OpenAI demands of a chat request: a closed schema, and the order of calls and results.
 *
 * @module
 */

import { z } from "zod";

const name = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/);
const text = z.strictObject({ type: z.literal("text"), text: z.string() });
const textContent = z.union([z.string(), z.array(text).min(1)]);

const userPart = z.discriminatedUnion("type", [
  text,
  z.strictObject({
    type: z.literal("image_url"),
    image_url: z.strictObject({ url: z.string(), detail: z.string().optional() }),
  }),
  z.strictObject({
    type: z.literal("file"),
    file: z.strictObject({
      file_data: z.string().optional(),
      file_id: z.string().optional(),
      filename: z.string().optional(),
    }),
  }),
]);

const assistantPart = z.discriminatedUnion("type", [
  text,
  z.strictObject({ type: z.literal("refusal"), refusal: z.string() }),
]);

const toolCall = z.strictObject({
  id: z.string().min(1).max(64),
  type: z.literal("function"),
  function: z.strictObject({ name, arguments: z.string() }),
});

const message = z.discriminatedUnion("role", [
  z.strictObject({ role: z.literal("developer"), content: textContent, name: name.optional() }),
  z.strictObject({ role: z.literal("system"), content: textContent, name: name.optional() }),
  z.strictObject({
    role: z.literal("user"),
    content: z.union([z.string(), z.array(userPart).min(1)]),
    name: name.optional(),
  }),
  z.strictObject({
    role: z.literal("assistant"),
    content: z.union([z.string(), z.array(assistantPart).min(1)]).nullish(),
    refusal: z.string().nullish(),
    tool_calls: z.array(toolCall).min(1).optional(),
    name: name.optional(),
  }),
  z.strictObject({ role: z.literal("tool"), content: textContent, tool_call_id: z.string() }),
]);

const tool = z.strictObject({
  type: z.literal("function"),
  function: z.strictObject({
    name,
    description: z.string().optional(),
    parameters: z.looseObject({ type: z.literal("object") }).optional(),
    strict: z.boolean().nullish(),
  }),
});

const toolChoice = z.union([
  z.enum(["none", "auto", "required"]),
  z.strictObject({ type: z.literal("function"), function: z.strictObject({ name }) }),
]);

const responseFormat = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text") }),
  z.strictObject({ type: z.literal("json_object") }),
  z.strictObject({
    type: z.literal("json_schema"),
    json_schema: z.strictObject({
      name,
      schema: z.looseObject({}).optional(),
      strict: z.boolean().nullish(),
      description: z.string().optional(),
    }),
  }),
]);

const chatRequest = z.strictObject({
  model: z.string().min(1),
  messages: z.array(message).min(1),
  frequency_penalty: z.number().nullish(),
  logit_bias: z.record(z.string(), z.number()).nullish(),
  logprobs: z.boolean().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
  max_tokens: z.int().positive().nullish(),
  metadata: z.record(z.string().max(64), z.string().max(512)).nullish(),
  n: z.int().positive().nullish(),
  parallel_tool_calls: z.boolean().optional(),
  presence_penalty: z.number().nullish(),
  prompt_cache_key: z.string().optional(),
  reasoning_effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"]).nullish(),
  response_format: responseFormat.optional(),
  safety_identifier: z.string().max(64).optional(),
  seed: z.int().nullish(),
  service_tier: z.enum(["auto", "default", "flex", "scale", "priority"]).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({
    include_usage: z.boolean().optional(),
    include_obfuscation: z.boolean().optional(),
  }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  tool_choice: toolChoice.optional(),
  tools: z.array(tool).min(1).optional(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  user: z.string().optional(),
  verbosity: z.enum(["low", "medium", "high"]).nullish(),
});

export type ChatRequest = z.infer<typeof chatRequest>;

export type Read =
  | { readonly request: ChatRequest; readonly problem?: never }
  | { readonly request?: never; readonly problem: string };

/** The request, or why it is refused. */
export function readChatRequest(body: unknown): Read {
  const { data: request, error } = chatRequest.safeParse(body);
  if (request === undefined) return { problem: z.prettifyError(error) };
  const problem = optionsProblem(request) ?? orderProblem(request);
  return problem === undefined ? { request } : { problem };
}

function optionsProblem(request: ChatRequest): string | undefined {
  const { tools, tool_choice: choice, parallel_tool_calls: parallel } = request;
  if (tools === undefined && choice !== undefined) {
    return "'tool_choice' is only allowed when 'tools' are specified.";
  }
  if (tools === undefined && parallel !== undefined) {
    return "'parallel_tool_calls' is only allowed when 'tools' are specified.";
  }
  if (isSet(request.stream_options) && request.stream !== true) {
    return "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
  }
  if (isSet(request.max_tokens) && isSet(request.max_completion_tokens)) {
    return "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.";
  }
  return undefined;
}

/** `null` stands for a field that is left out. */
function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Results follow the calls that they answer, all of them, before anything else is said. */
function orderProblem({ messages }: ChatRequest): string | undefined {
  let open = new Set<string>();
  for (const [at, message] of messages.entries()) {
    if (message.role === "tool") {
      if (open.delete(message.tool_call_id)) continue;
      return `messages.[${at}]: messages with role 'tool' must be a response to a preceding ` +
        "message with 'tool_calls'.";
    }
    if (open.size > 0) return unanswered(open);
    const calls = message.role === "assistant" ? message.tool_calls : undefined;
    open = new Set(calls?.map(({ id }) => id));
    const hasContent = message.content !== undefined && message.content !== null;
    if (!hasContent && calls === undefined && !hasRefusal(message)) {
      return `messages.[${at}].content: expected a string, got null.`;
    }
  }
  return open.size > 0 ? unanswered(open) : undefined;
}

function hasRefusal(message: ChatRequest["messages"][number]): boolean {
  return message.role === "assistant" && typeof message.refusal === "string";
}

function unanswered(open: ReadonlySet<string>): string {
  return "An assistant message with 'tool_calls' must be followed by tool messages responding to " +
    `each 'tool_call_id'. The following tool_call_ids did not have response messages: ${
      [...open].join(", ")
    }`;
}
