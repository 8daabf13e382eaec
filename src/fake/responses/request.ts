/** Reads requests of Responses: what the fake server needs of them. */

import * as z from "zod";
import { GatewayError } from "../../core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../../core/text/json.ts";

const part = z.looseObject({ type: z.string(), text: z.string().optional() });

const item = z.looseObject({
  type: z.string().nullish(),
  role: z.enum(["user", "assistant", "system", "developer"]).optional(),
  content: z.union([z.string(), z.array(part)]).nullish(),
  output: z.unknown().optional(),
  call_id: z.string().nullish(),
  tools: z.array(z.unknown()).nullish(),
});

const format = z.looseObject({
  type: z.string(),
  schema: z.custom<JsonObject>(isJsonObject, "must be a JSON Schema").nullish(),
});

/** What tokens are counted of. */
export const countRequest = z.looseObject({
  model: z.string().nullish(),
  instructions: z.string().nullish(),
  input: z.union([z.string(), z.array(item).min(1)]),
  tools: z.array(z.looseObject({ type: z.string() })).nullish(),
});

export const responseRequest = z.looseObject({
  ...countRequest.shape,
  stream: z.boolean().nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  text: z.looseObject({ format: format.nullish() }).nullish(),
  previous_response_id: z.string().nullish(),
});

export type ResponseRequest = z.infer<typeof responseRequest>;
export type CountRequest = z.infer<typeof countRequest>;
export type Item = z.infer<typeof item>;

const CALLS = /_call$/;
const RESULTS = /_output$/;

/**
 * Throws `GatewayError` for a request that refers to what nobody keeps, or whose calls and results do not fit
 * together, in the words of the API.
 */
export function checkItems({ input, previous_response_id: previous }: ResponseRequest): void {
  if (previous) {
    throw new GatewayError(
      "invalid_request",
      `Previous response with id '${previous}' not found.`,
      {
        param: "previous_response_id",
        code: "previous_response_not_found",
      },
    );
  }
  const items = itemsOf(input);
  const called = new Set(idsOf(items, CALLS));
  for (const id of idsOf(items, RESULTS)) {
    if (called.has(id)) continue;
    throw badInput(`No tool call found for function call output with call_id ${id}.`);
  }
  const answered = new Set(idsOf(items, RESULTS));
  const left = [...called].find((id) => !answered.has(id));
  if (left !== undefined) throw badInput(`No tool output found for function call ${left}.`);
}

/** A text stands for one message of the user's. */
export function itemsOf(input: CountRequest["input"]): readonly Item[] {
  return typeof input === "string" ? [{ role: "user", content: input }] : input;
}

function idsOf(items: readonly Item[], type: RegExp): readonly string[] {
  return items.filter((item) => type.test(item.type ?? ""))
    .map((item) => item.call_id).filter((id) => typeof id === "string");
}

function badInput(message: string): GatewayError {
  return new GatewayError("invalid_request", message, { param: "input" });
}
