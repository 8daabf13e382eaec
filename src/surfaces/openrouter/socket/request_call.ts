/** Makes a call of the data of a request on a socket. */

import type { Signal } from "../../../core/http/signal.ts";
import type { Call } from "../../../core/call.ts";
import type { ClientFormats } from "../../../core/format.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { patchedBody } from "../../../bytes/json/patch.ts";
import type { RequestContext } from "../../request/request_context.ts";
import { readInferenceEnvelope } from "../rest/inference.ts";
import type { RequestData } from "./messages.ts";

export interface CallParts {
  readonly context: RequestContext;
  readonly formats: ClientFormats;
  readonly signal: Signal;
  readonly timeoutMs: number;
}

/** Streamed, unless the data says `"stream": false`. Throws `invalid_request` naming the field. */
export function callOf(data: RequestData, parts: CallParts): Call {
  const { context, formats, signal, timeoutMs } = parts;
  const { model, stream } = readInferenceEnvelope(data.json);
  if (formats.request.facts(data.json).choices !== 1) {
    throw new GatewayError(
      "invalid_request",
      "The number of choices must be 1 here; send a request for each answer",
      { param: "n", code: "invalid_value" },
    );
  }
  const wantsStream = stream ?? true;
  return {
    id: context.id,
    operation: "chat",
    principal: context.principal,
    account: context.account,
    surface: "websocket",
    formats,
    model,
    wantsStream,
    ...patchedBody(data.bytes, data.json, { ...data.json, stream: wantsStream }),
    headers: [],
    signal,
    arrivedMs: context.arrivedMs,
    timeoutMs,
    trace: { upstream: undefined, attempts: 0, warnings: [] },
  };
}
