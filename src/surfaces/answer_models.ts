/** Answers for models, one or a page of them, in the shape of one API. */

import type { HttpAnswer, HttpRequest } from "../core/http/http.ts";
import type { Principal } from "../core/principal.ts";
import type { VisibleModel } from "../core/provider/provider.ts";
import type { JsonObject } from "../core/text/json.ts";
import { jsonAnswer } from "./json_answer.ts";
import { refuseMethod } from "./refuse_method.ts";
import { decodeSegment } from "./request/decode_segment.ts";
import { rawQuery } from "./request/raw_path.ts";
import type { RequestContext } from "./request/request_context.ts";
import { type ListWarnings, warnOfLists } from "./warn_of_lists.ts";

export interface ModelLists {
  /** Those that the caller may call. */
  readonly listModels: (callId: string, principal: Principal) => Promise<readonly VisibleModel[]>;
  /** Throws `not_found`. */
  readonly findModel: (id: string, callId: string, principal: Principal) => Promise<VisibleModel>;
  readonly listWarnings: ListWarnings;
}

/** How an API writes models. */
export interface ModelShape {
  readonly modelOf: (model: VisibleModel) => JsonObject;
  /** The page that a query asks for. Throws `invalid_request` naming the parameter. */
  readonly modelPage: (models: readonly VisibleModel[], query: URLSearchParams) => JsonObject;
}

/** @param encodedId As it stands in the path; empty for the list. */
export async function answerModels(
  { listModels, findModel, listWarnings }: ModelLists,
  { method, target }: HttpRequest,
  context: RequestContext,
  encodedId: string,
  { modelOf, modelPage }: ModelShape,
): Promise<HttpAnswer> {
  if (method !== "GET" && method !== "HEAD") refuseMethod("GET", "HEAD");
  const { id: callId, principal } = context;
  if (encodedId !== "") {
    const id = decodeSegment(encodedId, "model");
    return jsonAnswer(modelOf(await findModel(id, callId, principal)));
  }
  const models = await listModels(callId, principal);
  warnOfLists(context, listWarnings);
  return jsonAnswer(modelPage(models, new URLSearchParams(rawQuery(target))));
}
