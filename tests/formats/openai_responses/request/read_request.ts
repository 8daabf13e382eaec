/** Reads requests for tests. */

import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import type { ChatRequest } from "../../../../src/core/chat/chat.ts";
import { GatewayError } from "../../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../../src/core/text/json.ts";
import { createOpenaiResponses } from "../../../../src/formats/openai_responses/mod.ts";
import { plainEnvelopes } from "./plain_envelopes.ts";

const format = createOpenaiResponses({ envelopes: plainEnvelopes });

export function decode(fields: JsonObject): ChatRequest {
  return format.request.decode({ model: "m", input: "Hi", ...fields });
}

export function messagesOf(...input: readonly JsonObject[]): ChatRequest["messages"] {
  return decode({ input }).messages;
}

/** Why a request is refused. */
export function refusalOf(fields: JsonObject): GatewayError {
  const error = assertThrows(() => decode(fields));
  assertInstanceOf(error, GatewayError);
  assertEquals(error.status, 400);
  return error;
}
