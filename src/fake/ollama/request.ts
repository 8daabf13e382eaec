/** Reads requests of Ollama's API, as strictly as Ollama does, and refuses them in its words. */

import * as z from "zod";
import { GatewayError } from "../../core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../../core/text/json.ts";
import { parseJson } from "../read_body.ts";

const jsonObject = z.custom<JsonObject>(isJsonObject, "must be an object");
/** Neither an address nor a `data:` address. */
const image = z.string().regex(/^[A-Za-z0-9+/]+=*$/, "illegal base64 data at input byte 0");

const call = z.looseObject({
  function: z.looseObject({ name: z.string().min(1), arguments: jsonObject }),
});

const message = z.looseObject({
  role: z.enum(["system", "user", "assistant", "tool"], "invalid role"),
  content: z.string().nullish(),
  thinking: z.string().nullish(),
  images: z.array(image).nullish(),
  tool_calls: z.array(call).nullish(),
});

const tool = z.looseObject({
  type: z.literal("function"),
  function: z.looseObject({ name: z.string().min(1), parameters: jsonObject }),
});

const wishes = {
  model: z.string().min(1, "model is required"),
  stream: z.boolean().nullish(),
  format: z.union([z.enum(["", "json"]), jsonObject]).nullish(),
  think: z.union([z.boolean(), z.enum(["low", "medium", "high"])]).nullish(),
  keep_alive: z.union([z.number(), z.string().regex(/^-?[\d.]+[a-z]+$/)]).nullish(),
  options: z.looseObject({
    num_predict: z.int().nullish(),
    num_ctx: z.int().nullish(),
    seed: z.int().nullish(),
    stop: z.array(z.string()).nullish(),
  }).nullish(),
};

export const chatRequest = z.looseObject({
  ...wishes,
  messages: z.array(message).nullish(),
  tools: z.array(tool).nullish(),
});

export const textRequest = z.looseObject({
  ...wishes,
  prompt: z.string().nullish(),
  system: z.string().nullish(),
  images: z.array(image).nullish(),
});

export const embedRequest = z.looseObject({
  model: wishes.model,
  input: z.union([z.string(), z.array(z.string())]),
  dimensions: z.int().min(0).nullish(),
});

export const oldEmbedRequest = z.looseObject({ model: wishes.model, prompt: z.string() });

export const namedRequest = z.looseObject({
  model: z.string().nullish(),
  name: z.string().nullish(),
});

export type Message = z.infer<typeof message>;
export type Wishes = Pick<z.infer<typeof textRequest>, keyof typeof wishes>;

/** Reads JSON of a form. Throws `GatewayError` `invalid_request` that names the field. */
export function parseRequest<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
): z.infer<Schema> {
  const result = schema.safeParse(parseJson(text));
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0] ?? { path: [], message: "" };
  throw new GatewayError("invalid_request", `invalid request: ${path.join(".")}: ${message}`);
}
