/** What is said where a request asks for JSON. */

import * as z from "zod";
import { GatewayError } from "../../core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../../core/text/json.ts";
import { SchemaFault } from "./schema_fault.ts";
import { valueOfSchema } from "./schema_value.ts";

/** Forms of other types are answered with text. */
export const responseFormat = z.looseObject({
  type: z.string(),
  json_schema: z.looseObject({
    name: z.string().nullish(),
    schema: z.custom<JsonObject>(isJsonObject, "must be a JSON Schema").nullish(),
  }).nullish(),
});

/** Fits every schema that is none. */
const ANY_OBJECT = `{"hello":"world"}`;

/**
 * The JSON text to answer with; `undefined` where any text will do.
 *
 * Throws `GatewayError` `invalid_request` for a schema that no value is made of.
 */
export function structuredText(
  format: z.infer<typeof responseFormat> | null | undefined,
): string | undefined {
  if (format?.type === "json_object") return ANY_OBJECT;
  if (format?.type !== "json_schema") return undefined;
  const { json_schema: described } = format;
  if (described === null || described === undefined) {
    const param = "response_format.json_schema";
    throw new GatewayError("invalid_request", `Missing required parameter: '${param}'.`, {
      code: "missing_required_parameter",
      param,
    });
  }
  const { name, schema } = described;
  if (schema === null || schema === undefined) return ANY_OBJECT;
  return textOfSchema(schema, (problem) => {
    const text = `Invalid schema for response_format '${name ?? ""}': ${problem}`;
    return new GatewayError("invalid_request", `${text}; change the schema.`, {
      code: "invalid_json_schema",
      param: "response_format",
    });
  });
}

/** The JSON text of a value that fits; throws what `refuse` makes of a schema that none fits. */
export function textOfSchema(schema: JsonObject, refuse: (problem: string) => Error): string {
  try {
    return JSON.stringify(valueOfSchema(schema));
  } catch (thrown) {
    throw thrown instanceof SchemaFault ? refuse(thrown.message) : thrown;
  }
}
