/**
 * Bedrock's InvokeModel for Claude, as Anthropic's and AWS's clients call it, and agents in their mode for it.
 *
 * @module
 */

import type { Exchange } from "../../core/call.ts";
import type { ClientFormats } from "../../core/format.ts";
import type { GatewayError } from "../../core/gateway_error.ts";
import type { LimitClass } from "../../core/principal.ts";
import { errorAnswer } from "../error_answer.ts";
import type { PathRow } from "../path_table.ts";
import { refuseMethod } from "../refuse_method.ts";
import { decodeSegment } from "../request/decode_segment.ts";
import type { BodyLimits } from "../request/read_json_body.ts";
import type { Surface } from "../surface.ts";
import { type CloudAddress, readCloudCall } from "./cloud_messages.ts";

export interface BedrockSurfaceParts {
  readonly exchange: Exchange;
  readonly formats: ClientFormats;
  /** What AWS's clients know a failed call by. */
  readonly exceptionOf: (error: GatewayError) => string;
  readonly bodyLimits: BodyLimits;
}

const LIMITS: readonly LimitClass[] = ["v1"];
const SURFACE = "bedrock";
const BASES = ["/bedrock", ""];
/** A model may be an ARN, whose slash is sent as it is by some. */
const ENDPOINT = /^\/model\/(.+)\/(invoke|invoke-with-response-stream)$/;

export function bedrockSurface(parts: BedrockSurfaceParts): Surface {
  const { exchange, formats, exceptionOf } = parts;
  return {
    limitsOf: () => LIMITS,
    answer: async (request, context, { endpoint }) => {
      if (request.method !== "POST") refuseMethod("POST");
      const address = addressOf(endpoint);
      const call = await readCloudCall(request, context, address, { ...parts, surface: SURFACE });
      context.call = call;
      return (await exchange(call)).answer;
    },
    errorAnswer: (error, requestId) => {
      const answered = errorAnswer(error, formats.error, requestId);
      answered.headers.set("x-amzn-errortype", exceptionOf(error));
      answered.headers.set("x-amzn-requestid", requestId);
      return answered;
    },
  };
}

export function bedrockRow(surface: Surface): PathRow {
  return { surface, bases: BASES, takes: (endpoint) => ENDPOINT.test(endpoint) };
}

function addressOf(endpoint: string): CloudAddress {
  const [, model = "", action] = ENDPOINT.exec(endpoint) ?? [];
  return {
    operation: "chat",
    model: decodeSegment(model, "model"),
    wantsStream: action === "invoke-with-response-stream",
  };
}
