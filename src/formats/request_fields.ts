/**
 * Reads fields of a request and names the one at fault as Anthropic does: `messages.0.content: ...`.
 *
 * Null stands for a field that is absent.
 *
 * @module
 */

import { GatewayError } from "../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../core/text/json.ts";

/** A request that the provider would refuse as well. */
export function refusal(path: string, problem: string): GatewayError {
  return new GatewayError("invalid_request", `${path}: ${problem}`, { param: path });
}

/** A value that must be there and be a text. */
export function textAt(value: JsonValue | undefined, path: string): string {
  if (typeof value === "string") return value;
  throw refusal(path, isGiven(value) ? "must be a string" : "field required");
}

/** A value that must be there and be an object. */
export function objectAt(value: JsonValue | undefined, path: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw refusal(path, isGiven(value) ? "must be an object" : "field required");
}

export function optionalText(value: JsonValue | undefined, path: string): string | undefined {
  return isGiven(value) ? textAt(value, path) : undefined;
}

export function optionalObject(
  value: JsonValue | undefined,
  path: string,
): JsonObject | undefined {
  return isGiven(value) ? objectAt(value, path) : undefined;
}

export function optionalFlag(value: JsonValue | undefined, path: string): boolean | undefined {
  if (!isGiven(value)) return undefined;
  if (typeof value === "boolean") return value;
  throw refusal(path, "must be true or false");
}

export function optionalNumber(
  value: JsonValue | undefined,
  path: string,
  { min, max, isWhole = false }: { min: number; max?: number; isWhole?: boolean },
): number | undefined {
  if (!isGiven(value)) return undefined;
  const isNumber = typeof value === "number" && value >= min && (max === undefined || value <= max);
  if (isNumber && (!isWhole || Number.isInteger(value))) return value;
  const range = max === undefined ? `from ${min}` : `from ${min} to ${max}`;
  throw refusal(path, `must be a ${isWhole ? "whole " : ""}number ${range}`);
}

/** The items of a list, which may be absent, each with its own path. */
export function itemsAt<T>(
  value: JsonValue | undefined,
  path: string,
  read: (item: JsonValue, path: string) => T,
): T[] | undefined {
  if (!isGiven(value)) return undefined;
  if (!Array.isArray(value)) throw refusal(path, "must be a list");
  return value.map((item, index) => read(item, `${path}.${index}`));
}

/** The fields that are not `undefined`. */
export function given<T extends object>(
  fields: T,
): { readonly [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> }; // Filtered above.
}

export function isGiven(value: JsonValue | undefined): value is NonNullable<JsonValue> {
  return value !== undefined && value !== null;
}
