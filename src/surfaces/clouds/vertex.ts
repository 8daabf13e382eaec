/**
 * Claude as Google's Vertex serves it, for Anthropic's clients and agents in their mode for it.
 *
 * @module
 */

import type { Exchange } from "../../core/call.ts";
import type { ClientFormats } from "../../core/format.ts";
import type { LimitClass } from "../../core/principal.ts";
import { messagesErrorAnswer, withRequestId } from "../anthropic/anthropic.ts";
import type { PathRow } from "../path_table.ts";
import { refuseMethod } from "../refuse_method.ts";
import { decodeSegment } from "../request/decode_segment.ts";
import type { BodyLimits } from "../request/read_json_body.ts";
import type { Surface } from "../surface.ts";
import { type CloudAddress, readCloudCall } from "./cloud_messages.ts";

export interface VertexSurfaceParts {
  readonly exchange: Exchange;
  readonly formats: ClientFormats;
  readonly bodyLimits: BodyLimits;
}

const LIMITS: readonly LimitClass[] = ["v1"];
const SURFACE = "vertex";
const BASES = ["/vertex/v1", "/vertex", "/v1", ""];
/** Project and location are the gateway's own affair. */
const ENDPOINT =
  /^\/projects\/[^/]+\/locations\/[^/]+\/publishers\/anthropic\/models\/([^/]+):(rawPredict|streamRawPredict)$/;
/** In place of a model's name; the body has that. */
const COUNT_TOKENS = "count-tokens";

export function vertexSurface(parts: VertexSurfaceParts): Surface {
  return {
    limitsOf: () => LIMITS,
    answer: withRequestId(async (request, context, { endpoint }) => {
      if (request.method !== "POST") refuseMethod("POST");
      const address = addressOf(endpoint);
      const call = await readCloudCall(request, context, address, { ...parts, surface: SURFACE });
      context.call = call;
      return (await parts.exchange(call)).answer;
    }),
    errorAnswer: (error, requestId) => messagesErrorAnswer(error, parts.formats.error, requestId),
  };
}

export function vertexRow(surface: Surface): PathRow {
  return {
    surface,
    bases: BASES,
    takes: (endpoint) => ENDPOINT.test(decodedColon(endpoint)),
  };
}

function addressOf(endpoint: string): CloudAddress {
  const [, name = "", method] = ENDPOINT.exec(decodedColon(endpoint)) ?? [];
  const model = decodeSegment(name, "model");
  if (model === COUNT_TOKENS) {
    return { operation: "count_tokens", model: undefined, wantsStream: false };
  }
  return { operation: "chat", model, wantsStream: method === "streamRawPredict" };
}

/** Some clients encode the colon of the method. */
function decodedColon(endpoint: string): string {
  return endpoint.replace(/%3A(?=\w+$)/i, ":");
}
