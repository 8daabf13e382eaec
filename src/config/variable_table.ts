/** The environment variables with their defaults and meanings, as the schema states them. */

import { z } from "zod";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import { configSchema } from "./schema.ts";
import { type VariableForm, VARIABLES } from "./variables.ts";

export interface VariableRow {
  readonly name: string;
  /** The default as text; empty where there is none. */
  readonly defaultText: string;
  /** The values it takes, where they are few, or its bounds. */
  readonly values: string;
  readonly meaning: string;
}

/** One row for each variable, in the order of `VARIABLES`. */
export function variableTable(): readonly VariableRow[] {
  const root = z.toJSONSchema(configSchema, { io: "input" }) as JsonObject;
  return VARIABLES.map(({ name, path, form }) => {
    const option = path.reduce<JsonObject>(
      (schema, key) =>
        key === "*"
          ? member(schema, "additionalProperties")
          : member(member(schema, "properties"), key),
      root,
    );
    return {
      name,
      defaultText: defaultOf(option, form),
      values: valuesOf(option, form),
      meaning: String(option.description ?? ""),
    };
  });
}

function member(schema: JsonObject, key: string): JsonObject {
  const value = schema[key];
  return isJsonObject(value) ? value : {};
}

function defaultOf({ default: value }: JsonObject, form: VariableForm): string {
  if (Array.isArray(value)) return value.join(",");
  if (value === undefined || typeof value === "object") return "";
  return form === "seconds" ? String(Number(value) / 1000) : String(value);
}

function valuesOf(option: JsonObject, form: VariableForm): string {
  if (Array.isArray(option.enum)) return option.enum.join(", ");
  if (option.type !== "integer" && option.type !== "number") return "";
  const smallest = Number(option.minimum ?? Number(option.exclusiveMinimum) + 1);
  const largest = Number(option.maximum);
  return form === "seconds"
    ? `${smallest / 1000} to ${largest / 1000} seconds`
    : `${smallest} to ${largest}`;
}
