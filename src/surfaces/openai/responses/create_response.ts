/** `POST /responses`: a response to be made. */

import type { Reply } from "../../../core/call.ts";
import { patchedBody } from "../../../bytes/json/patch.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { HttpAnswer, HttpRequest } from "../../../core/http/http.ts";
import type { Target } from "../../../core/provider/provider.ts";
import { jsonAnswer } from "../../json_answer.ts";
import { readJsonRequest } from "../../request/read_json_body.ts";
import type { RequestContext } from "../../request/request_context.ts";
import { type MadeCall, makeCall, rememberIssuer } from "./make_call.ts";
import { OwnAnswer } from "./own_answer.ts";
import type { ResponsesParts } from "./responses_parts.ts";
import { resumeStream } from "./resume_stream.ts";

export async function createResponse(
  parts: ResponsesParts,
  request: HttpRequest,
  context: RequestContext,
): Promise<HttpAnswer> {
  const body = await readJsonRequest(request, parts.bodyLimits);
  const made = await makeCall(parts, request, context, body);
  const { call } = made;
  const { refusalOf } = made.resolved;
  const wantsBackground = body.json["background"] === true && refusalOf === undefined;
  if (wantsBackground && await parts.keeperOf(call) !== "providers") {
    const alone = { ...call, refusalOf: refuseKeepers(parts) };
    return await runInBackground(parts, { ...made, call: alone }, context);
  }
  context.call = call;
  let reply: Reply;
  try {
    reply = await parts.exchange(call);
  } catch (thrown) {
    // A server was asked that was believed to keep responses, and has no address for them.
    if (!wantsBackground || !refusesBackground(thrown)) throw thrown;
    return await runInBackground(parts, made, context);
  }
  rememberIssuer(parts, made, reply);
  return reply.answer;
}

function refusesBackground(thrown: unknown): boolean {
  return thrown instanceof GatewayError && thrown.code === "unsupported_parameter" &&
    thrown.param === "background";
}

/** The provider keeps nothing, so that Weir runs it. */
async function runInBackground(
  parts: ResponsesParts,
  { call, ofAnswer }: MadeCall,
  context: RequestContext,
): Promise<HttpAnswer> {
  if (!ofAnswer.isKept) throw unkept(parts.isKeeping);
  const own = new OwnAnswer({ ...ofAnswer, isBackground: true });
  const before = call.body.json;
  const { background: _, ...rest } = before;
  const streamed = patchedBody(call.bytes, before, { ...rest, stream: true });
  const running = { ...call, ...streamed, wantsStream: true, kept: own };
  context.call = running;
  const begun = parts.beginning(running);
  const { exchange } = parts;
  const encodeOptions = parts.encodeOptions(running);
  await parts.background.start({ call: running, own, begun, exchange, encodeOptions });
  if (!call.wantsStream) return jsonAnswer(begun);
  return resumeStream(parts, { id: own.id, owner: ofAnswer.owner }, -1);
}

/** Of providers that keep responses and others that do not, the others answer: their responses are Weir's. */
function refuseKeepers({ isKeptBy }: ResponsesParts): (target: Target) => GatewayError | undefined {
  return ({ provider: { name } }) =>
    isKeptBy(name)
      ? new GatewayError(
        "not_found",
        `The upstream "${name}" keeps its own responses; choose a model of it alone`,
        { code: "unsupported_operation", param: "background" },
      )
      : undefined;
}

function unkept(isKeeping: boolean): GatewayError {
  const message = isKeeping
    ? "A response in the background has to be kept; send it without store: false"
    : "A response in the background has to be kept, and this gateway keeps none " +
      "(RESPONSES_STORE is off); send it without background";
  return new GatewayError("invalid_request", message, {
    code: "unsupported_parameter",
    param: "background",
  });
}
