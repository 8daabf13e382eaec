/** Makes a JSON object of a request's bytes. */

import { GatewayError } from "../core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import { type JsonLimits, measureJson } from "./measure_json.ts";

/** One for all: each decodes a whole text at once, and nothing of it stays behind. */
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses a JSON object in UTF-8, within its limits. Throws `invalid_request`.
 *
 * Names that occur twice are refused: an upstream that takes the other one would serve a model that was
 * never routed to or allowed. Some of them do not tell `model` from `Model` either.
 */
export function parseJson(bytes: Uint8Array<ArrayBuffer>, limits: JsonLimits): JsonObject {
  const keyCount = measureJson(bytes, limits);
  const json = parse(bytes);
  if (!isJsonObject(json)) throw invalidJson("The body must be a JSON object");
  const names = new Set(Object.keys(json).map((name) => name.toLowerCase()));
  if (names.size !== keyCount) {
    throw new GatewayError(
      "invalid_request",
      "The body has a field twice, which may differ in case alone; send each field once",
      { code: "duplicate_field" },
    );
  }
  return json;
}

function parse(bytes: Uint8Array<ArrayBuffer>): unknown {
  try {
    return JSON.parse(DECODER.decode(bytes));
  } catch {
    throw invalidJson("The body is not valid JSON in UTF-8 without a byte order mark");
  }
}

function invalidJson(message: string): GatewayError {
  return new GatewayError("invalid_request", message, { code: "invalid_json" });
}
