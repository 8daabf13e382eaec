/** Reads the one message that clients send: a response to be made. */

import { patchToMatch } from "../../../../bytes/json/patch.ts";
import { GatewayError } from "../../../../core/gateway_error.ts";
import type { JsonObject, JsonValue } from "../../../../core/text/json.ts";
import { itemsOf } from "../resolve_request.ts";

/** What a request may go on from. */
export interface LastResponse {
  readonly id: string;
  /** All that was said, its output included. */
  readonly items: readonly JsonValue[];
}

export interface AskedResponse {
  /** As a body that asks for a stream. */
  readonly json: JsonObject;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the answer echoes. */
  readonly said: JsonObject;
  /** Nothing is to be answered yet: what it holds is for the next one. */
  readonly isPrelude: boolean;
  readonly input: JsonValue | undefined;
  /** The input is all that was said so far. */
  readonly isWhole: boolean;
}

const CREATE = "response.create";

/** @param last What it may go on from without asking anybody. Throws `invalid_request`. */
export function readCreate(
  message: JsonObject,
  bytes: Uint8Array<ArrayBuffer>,
  last: LastResponse | undefined,
): AskedResponse {
  const { type, generate, background, ...said } = message;
  if (type !== CREATE) {
    throw new GatewayError(
      "invalid_request",
      `The type of a message must be "${CREATE}"`,
      { param: "type", code: "invalid_value" },
    );
  }
  if (background === true) {
    throw new GatewayError(
      "invalid_request",
      "A response over a WebSocket cannot run in the background; ask for it by HTTP",
      { param: "background", code: "unsupported_parameter" },
    );
  }
  const { previous_response_id: previous, ...alone } = said;
  const goesOn = last !== undefined && previous === last.id;
  const input = goesOn ? [...last.items, ...itemsOf(said["input"])] : said["input"];
  const json: JsonObject = {
    ...(goesOn ? alone : said),
    ...(input !== undefined && { input }),
    stream: true,
  };
  return {
    json,
    bytes: patchToMatch(bytes, message, json),
    said,
    isPrelude: generate === false,
    input,
    isWhole: json["previous_response_id"] === undefined || json["previous_response_id"] === null,
  };
}
