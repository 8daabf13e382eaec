/** Makes a JSON object of a request's bytes. */

import { parseInSlices } from "../../bytes/json/sliced_json.ts";
import type { Clock } from "../../core/clock.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../../core/text/json.ts";
import { type JsonLimits, JsonMeasure, measureJson } from "./measure_json.ts";

/** One for all: each decodes a whole text at once, and nothing of it stays behind. */
const LENIENT = new TextDecoder("utf-8", { ignoreBOM: true });
const STRICT = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
/** Others wait for so long at the most, and a piece that has begun. */
const TURN_MS = 5;
/** Stands for whatever is no UTF-8, and for itself. */
const REPLACEMENT = "\ufffd";

/**
 * Parses a JSON object in UTF-8, within its limits. Throws `invalid_request`.
 *
 * Names that occur twice are refused: an upstream that takes the other one would serve a model that was
 * never routed to or allowed. Some of them do not tell `model` from `Model` either.
 */
export function parseJson(bytes: Uint8Array<ArrayBuffer>, limits: JsonLimits): JsonObject {
  const text = decode(bytes);
  const keyCount = measureJson(text, limits);
  return checked(parse(text), keyCount);
}

/** The same, with room for others in between: it takes 5 ms for each MB. */
export async function parseLargeJson(
  bytes: Uint8Array<ArrayBuffer>,
  limits: JsonLimits,
  clock: Clock,
): Promise<JsonObject> {
  const meter = new JsonMeasure(limits);
  let turnBeganMs = clock.nowMs();
  const rest = (): Promise<void> | undefined => {
    if (clock.nowMs() - turnBeganMs < TURN_MS) return undefined;
    return new Promise((resolve) => {
      clock.schedule(0, () => {
        turnBeganMs = clock.nowMs();
        resolve();
      });
    });
  };
  const json = await parseInSlices(bytes, { decode, rest, meter }).catch((thrown) => {
    throw thrown instanceof GatewayError ? thrown : notJson();
  });
  return checked(json, meter.outermostKeys);
}

function checked(json: unknown, keyCount: number): JsonObject {
  if (!isJsonObject(json)) throw invalidJson("The body must be a JSON object");
  const names = Object.keys(json);
  if (names.length !== keyCount || differInCaseAlone(names)) {
    throw new GatewayError(
      "invalid_request",
      "The body has a field twice, which may differ in case alone; send each field once",
      { code: "duplicate_field" },
    );
  }
  return json;
}

/** Whether any two do; hardly any name has capitals. */
function differInCaseAlone(names: readonly string[]): boolean {
  if (names.every((name) => name === name.toLowerCase())) return false;
  return new Set(names.map((name) => name.toLowerCase())).size < names.length;
}

/** A prompt of 50 KB takes 3 µs; to decode it strictly takes 20. */
function decode(bytes: Uint8Array<ArrayBuffer>): string {
  const text = LENIENT.decode(bytes);
  if (!text.includes(REPLACEMENT)) return text;
  try {
    return STRICT.decode(bytes);
  } catch {
    throw notJson();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notJson();
  }
}

function notJson(): GatewayError {
  return invalidJson(
    "The body is not valid JSON in UTF-8 without a byte order mark; send a JSON object",
  );
}

function invalidJson(message: string): GatewayError {
  return new GatewayError("invalid_request", message, { code: "invalid_json" });
}
