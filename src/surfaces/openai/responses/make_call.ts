/** Makes a call of a request for a response, with what it refers to in its place. */

import type { Call, Reply } from "../../../core/call.ts";
import { ParsedBody } from "../../../core/http/parsed_body.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import type { Outcome } from "../../../core/outcome.ts";
import { ownerOf } from "../../../core/principal.ts";
import type { JsonRequestBody } from "../../request/read_json_body.ts";
import type { RequestContext } from "../../request/request_context.ts";
import { OwnAnswer, type OwnAnswerParts } from "./own_answer.ts";
import { type ResolvedRequest, resolveRequest } from "./resolve_request.ts";
import type { AskedRequest } from "../../request/call_of_request.ts";
import { responseCall } from "./response_call.ts";
import type { ResponsesParts } from "./responses_parts.ts";

export interface MadeCall {
  /** With the answer as Weir keeps it where it writes it itself. */
  readonly call: Call;
  readonly own: OwnAnswer;
  /** What its answer is made of, for another one in its place. */
  readonly ofAnswer: Omit<OwnAnswerParts, "isBackground">;
  readonly resolved: ResolvedRequest;
}

/**
 * @param said What the answer echoes, where that is not the body.
 *
 * Throws `invalid_request` where it lacks what routing needs, or refers to what is not there.
 */
export async function makeCall(
  parts: ResponsesParts,
  request: AskedRequest,
  context: RequestContext,
  body: JsonRequestBody,
  said: JsonObject = body.json,
): Promise<MadeCall> {
  const { formats, ids, store } = parts;
  const asked = responseCall(request, context, "chat", formats, body);
  const owner = ownerOf(context.principal);
  const resolved = await resolveRequest(parts, owner, body.json, body.bytes);
  const { json, bytes, items, previous, refusalOf } = resolved;
  const isKept = parts.isKeeping && body.json["store"] !== false;
  const ofAnswer = { ids, store, owner, request: said, items, previous, isKept };
  const own = new OwnAnswer({ ...ofAnswer, isBackground: false });
  const refused = refusalOf === undefined ? {} : { refusalOf };
  const call = { ...asked, body: new ParsedBody(json, bytes), bytes, kept: own, ...refused };
  return { call, own, ofAnswer, resolved };
}

/** Notes who made a response that the provider keeps, once its id is known. */
export function rememberIssuer(
  { store, isKeptBy }: ResponsesParts,
  { call: { principal, trace }, own }: Pick<MadeCall, "call" | "own">,
  reply: Reply,
): void {
  void reply.outcome.then(({ answerId }: Outcome) => {
    const { upstream } = trace;
    const isTheirs = own.answer === undefined && upstream !== undefined && isKeptBy(upstream);
    if (!isTheirs || answerId === undefined) return;
    void store.remember({ id: answerId, owner: ownerOf(principal), upstream });
  });
}
