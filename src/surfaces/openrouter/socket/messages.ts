/**
 * The messages that clients send.
 *
 * @module
 */

import { GatewayError, toGatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { countMembers, memberBytes } from "../../../bytes/json/json_text.ts";
import { type JsonLimits, measureJson } from "../../request/measure_json.ts";
import { CLOSE_CODES } from "./close_codes.ts";

/** What a request asks for. */
export interface RequestData {
  readonly json: JsonObject;
  /** The same as it came. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type ClientMessage =
  | { readonly type: "inference_request"; readonly id: string; readonly data: RequestData }
  | { readonly type: "cancel"; readonly id: string }
  | { readonly type: "heartbeat"; readonly id: string | number | undefined }
  | { readonly type: "close"; readonly code: number; readonly reason: string }
  /** Not understood; `id` is the one it came with, `null` where that cannot be used. */
  | { readonly type: "invalid"; readonly id: string | null; readonly error: GatewayError };

type MessageType = Exclude<ClientMessage["type"], "invalid">;

const MAX_ID_CHARACTERS = 200;
/** Longest reason that fits in a close frame, which holds 123 bytes of it. */
const MAX_REASON_CHARACTERS = 41;

const FIELDS: Readonly<Record<MessageType, readonly string[]>> = {
  inference_request: ["id", "data"],
  cancel: ["id"],
  heartbeat: ["id", "timestamp"],
  close: ["code", "reason"],
};

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Reads a message of a client. Never throws. */
export function readMessage(
  bytes: Uint8Array<ArrayBuffer>,
  isText: boolean,
  limits: JsonLimits,
): ClientMessage {
  try {
    if (!isText) {
      throw invalid("Binary messages are not taken; send JSON as text", "binary_message");
    }
    const text = utf8.decode(bytes);
    measureJson(text, limits);
    const message = parse(text);
    try {
      return readFields(message, bytes);
    } catch (thrown) {
      // What is said about a request by another message must not be taken for its end.
      const id = message.type === "cancel" || !isId(message.id) ? null : message.id;
      return { type: "invalid", id, error: toGatewayError(thrown) };
    }
  } catch (thrown) {
    return { type: "invalid", id: null, error: toGatewayError(thrown) };
  }
}

/** What is said of a message that was not kept. */
export function tooLarge(maxMessageBytes: number): GatewayError {
  return new GatewayError(
    "body_too_large",
    `The message is larger than ${maxMessageBytes} bytes; send less`,
    { code: "message_too_large" },
  );
}

function parse(text: string): JsonObject {
  const json = parseJson(text);
  if (!isJsonObject(json)) throw invalid("The message must be a JSON object", "invalid_json");
  return json;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("The message is not valid JSON", "invalid_json");
  }
}

function readFields(message: JsonObject, sent: Uint8Array<ArrayBuffer>): ClientMessage {
  const type = readType(message);
  const fields = FIELDS[type];
  const unknown = Object.keys(message).find((name) => name !== "type" && !fields.includes(name));
  if (unknown !== undefined) {
    throw invalidField(
      unknown.slice(0, MAX_ID_CHARACTERS),
      `A message of type ${type} has no such field; it may have ${fields.join(" and ")}`,
    );
  }
  switch (type) {
    case "inference_request":
      return { type, id: readId(message), data: readData(message, sent) };
    case "cancel":
      return { type, id: readId(message) };
    case "heartbeat":
      return { type, id: readHeartbeatId(message.id) };
    case "close":
      return { type, code: readCloseCode(message.code), reason: readReason(message.reason) };
  }
}

function readType({ type }: JsonObject): MessageType {
  if (typeof type === "string" && Object.hasOwn(FIELDS, type)) return type as MessageType;
  const types = Object.keys(FIELDS).join(", ");
  throw invalidField("type", `The type of a message must be one of ${types}`);
}

function readId({ id }: JsonObject): string {
  if (isId(id)) return id;
  throw invalidField(
    "id",
    `The id is missing or cannot be used; it must be a text of 1 to ${MAX_ID_CHARACTERS} characters, ` +
      "another one for each request",
  );
}

function isId(id: JsonValue | undefined): id is string {
  return typeof id === "string" && id.length > 0 && id.length <= MAX_ID_CHARACTERS;
}

function readData({ data: json }: JsonObject, sent: Uint8Array<ArrayBuffer>): RequestData {
  const bytes = memberBytes(sent, "data");
  if (bytes === undefined || !isJsonObject(json)) {
    throw invalidField("data", "The data must be an object with the model and the messages");
  }
  const names = new Set(Object.keys(json).map((name) => name.toLowerCase()));
  // An upstream that takes the other one would serve a model that was never routed to; some do not tell
  // `model` from `Model` either.
  if (names.size === countMembers(bytes)) return { json, bytes };
  throw invalidField(
    "data",
    "The data has a field twice, which may differ in case alone; send each field once",
  );
}

function readHeartbeatId(id: JsonValue | undefined): string | number | undefined {
  if (id === undefined || id === null) return undefined;
  if (isId(id) || typeof id === "number") return id;
  throw invalidField("id", "The id of a heartbeat must be a short text or a number, or left out");
}

/** Those that a client may send as well; any other, such as 1006, says nothing on the wire. */
function readCloseCode(code: JsonValue | undefined): number {
  const isUsable = typeof code === "number" && Number.isInteger(code) &&
    (code === CLOSE_CODES.goingAway || (code >= 3_000 && code <= 4_999));
  return isUsable ? code : CLOSE_CODES.normal;
}

function readReason(reason: JsonValue | undefined): string {
  return typeof reason === "string" && reason !== ""
    ? reason.slice(0, MAX_REASON_CHARACTERS).toWellFormed()
    : "Client requested close";
}

function invalid(message: string, code: string): GatewayError {
  return new GatewayError("invalid_request", message, { code });
}

function invalidField(param: string, message: string): GatewayError {
  return new GatewayError("invalid_request", message, { param, code: "invalid_value" });
}
