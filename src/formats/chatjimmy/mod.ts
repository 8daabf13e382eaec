/**
 * What chatjimmy.ai speaks: JSON in, and text out with statistics at its end.
 *
 * Unofficial and from observation; no client speaks it, so it is a provider's format only.
 *
 * @module
 */

import type { ProviderFault } from "../../core/chat/chat.ts";
import type { ProviderFormat } from "../../core/format.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { JsonObject } from "../../core/text/json.ts";
import { encodeRequest } from "./request.ts";
import { ChatjimmyStreamDecoder } from "./stream_decoder.ts";

/** The format of one upstream. */
export const chatjimmy: ProviderFormat = {
  name: "chatjimmy",
  alwaysStreams: true,
  encodeRequest,
  decodeWhole: refuseWhole,
  faultOf,
  streamDecoder: (options) => new ChatjimmyStreamDecoder(options),
};

/** `{"success":false,"error":"text"}`; which status it came with is all that tells more. */
function faultOf(body: JsonObject): ProviderFault | undefined {
  const { success, error } = body;
  if (typeof error === "string" && error !== "") return { message: error };
  return success === false ? { message: "The upstream failed and gave no reason" } : undefined;
}

/** Its answers are text, whether streamed or not. */
function refuseWhole(): never {
  throw new GatewayError(
    "upstream_invalid_response",
    "The upstream answered with JSON where it should answer with text",
  );
}
