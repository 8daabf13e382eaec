/** `POST /responses`: a response to be made. */

import type { Call, Reply } from "../../../core/call.ts";
import { patchToMatch } from "../../../bytes/patch.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { HttpAnswer, HttpRequest } from "../../../core/http.ts";
import type { Outcome } from "../../../core/outcome.ts";
import { ownerOf } from "../../../core/principal.ts";
import type { Target } from "../../../core/provider.ts";
import { jsonAnswer } from "../../json_answer.ts";
import { readJsonRequest } from "../../request/read_json_body.ts";
import type { RequestContext } from "../../request/request_context.ts";
import { OwnAnswer } from "./own_answer.ts";
import { resolveRequest } from "./resolve_request.ts";
import { responseCall } from "./response_call.ts";
import type { ResponsesParts } from "./responses_parts.ts";
import { resumeStream } from "./resume_stream.ts";

export async function createResponse(
  parts: ResponsesParts,
  request: HttpRequest,
  context: RequestContext,
): Promise<HttpAnswer> {
  const { formats, store } = parts;
  const body = await readJsonRequest(request, parts.bodyLimits);
  const asked = responseCall(request, context, "chat", formats, body);
  const owner = ownerOf(context.principal);
  const resolved = await resolveRequest(parts, owner, body.json, body.bytes);
  const { json, bytes, items, previous, refusalOf } = resolved;
  const isKept = parts.isKeeping && body.json["store"] !== false;
  const isBackground = body.json["background"] === true &&
    (refusalOf === undefined && await parts.keeperOf(asked) !== "providers");
  const { ids } = parts;
  const ofRequest = { ids, store, owner, request: body.json, items, previous, isKept };
  const own = new OwnAnswer({ ...ofRequest, isBackground });
  const call: Call = {
    ...asked,
    body: json,
    bytes,
    kept: own,
    ...(refusalOf !== undefined && { refusalOf }),
  };
  if (isBackground) {
    const alone = { ...call, refusalOf: refuseKeepers(parts) };
    return await runInBackground(parts, alone, own, context, isKept);
  }
  context.call = call;
  let reply: Reply;
  try {
    reply = await parts.exchange(call);
  } catch (thrown) {
    // A server was asked that was believed to keep responses, and has no address for them.
    if (refusalOf !== undefined || !refusesBackground(thrown)) throw thrown;
    const other = new OwnAnswer({ ...ofRequest, isBackground: true });
    return await runInBackground(parts, { ...call, kept: other }, other, context, isKept);
  }
  void reply.outcome.then(({ answerId }: Outcome) => {
    const { upstream } = call.trace;
    const isTheirs = own.answer === undefined && upstream !== undefined && parts.isKeptBy(upstream);
    if (isTheirs && answerId !== undefined) void store.remember({ id: answerId, owner, upstream });
  });
  return reply.answer;
}

function refusesBackground(thrown: unknown): boolean {
  return thrown instanceof GatewayError && thrown.code === "unsupported_parameter" &&
    thrown.param === "background";
}

/** The provider keeps nothing, so that Weir runs it. */
async function runInBackground(
  parts: ResponsesParts,
  call: Call,
  own: OwnAnswer,
  context: RequestContext,
  isKept: boolean,
): Promise<HttpAnswer> {
  if (!isKept) throw unkept(parts.isKeeping);
  const { background: _, ...rest } = call.body;
  const wanted = { ...rest, stream: true };
  const bytes = patchToMatch(call.bytes, call.body, wanted);
  const running = {
    ...call,
    body: wanted,
    bytes,
    wantsStream: true,
  };
  context.call = running;
  const begun = parts.beginning(running);
  const { exchange } = parts;
  const encodeOptions = parts.encodeOptions(running);
  await parts.background.start({ call: running, own, begun, exchange, encodeOptions });
  if (!call.wantsStream) return jsonAnswer(begun);
  return resumeStream(parts, { id: own.id, owner: ownerOf(call.principal) }, -1);
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
