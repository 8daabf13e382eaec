/** Reads requests of OpenAI's API: what the fake server needs of them. */

import * as z from "zod";
import { GatewayError } from "../../core/gateway_error.ts";
import { parseJson } from "../read_body.ts";
import { responseFormat } from "../structured/structured_text.ts";

/** Choices of one answer, as in the real API. */
const MAX_CHOICES = 128;

const wishes = {
  model: z.string().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.int().min(1).max(MAX_CHOICES).nullish(),
  seed: z.int().nullish(),
};

const message = z.looseObject({
  role: z.string(),
  content: z.union([
    z.string(),
    z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
  ]).nullish(),
});

/** A chat completion's request. `model` may be absent: every answer is by the same model. */
export const chatRequest = z.looseObject({
  messages: z.array(message).min(1),
  response_format: responseFormat.nullish(),
  ...wishes,
});

/** One message of a chat. */
export type ChatMessage = z.infer<typeof message>;

const tokenIds = z.array(z.int());

/** A text, several texts, a text as token ids, or several of those. */
const texts = z.union([
  z.string(),
  z.array(z.string()).min(1).max(2048),
  tokenIds.min(1),
  z.array(tokenIds).min(1).max(2048),
]);

/** A legacy text completion's request. */
export const completionRequest = z.looseObject({ prompt: texts.nullish(), ...wishes });

/** A request for embeddings. */
export const embeddingRequest = z.looseObject({
  input: texts,
  dimensions: z.int().min(1).max(3072).nullish(),
  encoding_format: z.enum(["float", "base64"]).nullish(),
});

/** The texts of a prompt or input; token ids stand for the text of their JSON. */
export function textsOf(value: z.infer<typeof texts>): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value[0] === "number") return [JSON.stringify(value)];
  return value.map((item) => typeof item === "string" ? item : JSON.stringify(item));
}

/** Reads JSON of a form. Throws `GatewayError` `invalid_request` that names the field. */
export function parseRequest<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
): z.infer<Schema> {
  const body = parseJson(text);
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const { path, message: problem } = result.error.issues[0] ?? { path: [], message: "" };
  const field = path.join(".");
  if (field === "") {
    throw new GatewayError("invalid_request", "The body must be a JSON object", {
      code: "invalid_type",
    });
  }
  // An issue that has a path is one of an object's fields.
  if (path.length === 1 && !Object.hasOwn(body as object, field)) {
    throw new GatewayError("invalid_request", `Missing required parameter: '${field}'.`, {
      code: "missing_required_parameter",
      param: field,
    });
  }
  throw new GatewayError("invalid_request", `Invalid value for '${field}': ${problem}.`, {
    code: "invalid_value",
    param: field,
  });
}
