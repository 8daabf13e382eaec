/** Reads requests of Anthropic's API, and refuses them in its words. */

import * as z from "zod";
import { GatewayError } from "../../core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../../core/text/json.ts";
import { parseJson } from "../read_body.ts";

const MAX_STOP_SEQUENCES = 64;

const block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  /** Of `tool_use`. */
  id: z.string().optional(),
  input: z.unknown().optional(),
  /** Of `tool_result`. */
  tool_use_id: z.string().optional(),
  content: z.unknown().optional(),
});

const content = z.union([z.string(), z.array(block)]);

const message = z.looseObject({
  role: z.enum(["user", "assistant", "system"], "Input should be 'user' or 'assistant'"),
  content,
});

const format = z.looseObject({
  type: z.string(),
  schema: z.custom<JsonObject>(isJsonObject, "Input should be a valid dictionary"),
});

/** What tokens are counted of. */
export const countRequest = z.looseObject({
  model: z.string().min(1),
  messages: z.array(message).min(1, "at least one message is required"),
  system: content.nullish(),
  tools: z.array(z.looseObject({ name: z.string().min(1) })).nullish(),
});

export const messageRequest = z.looseObject({
  ...countRequest.shape,
  max_tokens: z.int().min(0),
  stream: z.boolean().nullish(),
  stop_sequences: z.array(
    z.string().regex(/\S/, "each stop sequence must contain non-whitespace"),
  ).max(MAX_STOP_SEQUENCES).nullish(),
  output_config: z.looseObject({ format: format.nullish() }).nullish(),
  /** The same as `output_config.format`, in a beta that older clients use. */
  output_format: format.nullish(),
  thinking: z.looseObject({ type: z.string(), budget_tokens: z.int().min(1024).optional() })
    .nullish(),
});

export type MessageRequest = z.infer<typeof messageRequest>;
export type CountRequest = z.infer<typeof countRequest>;
export type Message = z.infer<typeof message>;
export type Content = z.infer<typeof content>;
export type Block = z.infer<typeof block>;

/** Reads JSON of a form. Throws `GatewayError` `invalid_request` that names the field. */
export function parseRequest<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
): z.infer<Schema> {
  const body = parseJson(text);
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const { path, message: problem } = result.error.issues[0] ?? { path: [], message: "" };
  if (path.length === 0) throw refusal("The body must be a JSON object");
  throw refusal(`${path.join(".")}: ${isMissing(body, path) ? "Field required" : problem}`);
}

/** An error whose message is all that its client gets to read. */
export function refusal(message: string): GatewayError {
  return new GatewayError("invalid_request", message);
}

/** The blocks of a content; a text stands for one. */
export function blocksOf(content: Content | null | undefined): readonly Block[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content ?? [];
}

function isMissing(body: unknown, path: readonly PropertyKey[]): boolean {
  let value = body;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  return value === undefined;
}
