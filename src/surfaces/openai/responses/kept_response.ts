/** A response that is asked for by its id: retrieved, resumed, listed, cancelled, deleted. */

import { GatewayError } from "../../../core/gateway_error.ts";
import type { HttpAnswer, HttpRequest } from "../../../core/http/http.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { ownerOf } from "../../../core/principal.ts";
import type { FoundResponse, ResponseKey } from "../../../core/response_store.ts";
import { jsonAnswer } from "../../json_answer.ts";
import { refuseMethod } from "../../refuse_method.ts";
import { rawQuery } from "../../request/raw_path.ts";
import type { RequestContext } from "../../request/request_context.ts";
import type { Place } from "../../surface.ts";
import { forwardToIssuer } from "./issued_response.ts";
import { itemPage } from "./item_page.ts";
import { responseNotFound } from "./not_found.ts";
import { isOwnId, itemsOf, parse } from "./resolve_request.ts";
import type { ResponseAction, ResponsePath } from "./response_path.ts";
import type { ResponsesParts } from "./responses_parts.ts";
import { resumeStream } from "./resume_stream.ts";

type Kept = Extract<FoundResponse, { kind: "kept" }>;

const METHODS: Readonly<Record<ResponseAction, readonly string[]>> = {
  response: ["GET", "DELETE"],
  cancel: ["POST"],
  input_items: ["GET"],
};

/** Where the id is a provider's, it answers. Throws `not_found` for one that is nobody's, or somebody else's. */
export async function answerForResponse(
  parts: ResponsesParts,
  request: HttpRequest,
  context: RequestContext,
  place: Place,
  { id, action }: ResponsePath,
): Promise<HttpAnswer> {
  const methods = METHODS[action];
  if (!methods.includes(request.method)) refuseMethod(...methods);
  const key = { id, owner: ownerOf(context.principal) };
  const found = await parts.store.find(key);
  if (found.kind === "kept") return await answerKept(parts, request, key, action, found);
  const upstream = found.kind === "issued"
    ? found.upstream
    : found.kind === "unknown" && !isOwnId(parts, key)
    ? parts.lonelyKeeper
    : undefined;
  if (upstream === undefined) throw responseNotFound(id);
  return await forwardToIssuer(parts, request, context, place, { key, upstream });
}

async function answerKept(
  parts: ResponsesParts,
  { method, target }: HttpRequest,
  key: ResponseKey,
  action: ResponseAction,
  found: Kept,
): Promise<HttpAnswer> {
  const { store } = parts;
  const query = new URLSearchParams(rawQuery(target));
  const answer = parse(found.response.answer) as JsonObject;
  if (method === "DELETE") {
    await store.remove(key);
    return jsonAnswer({ id: key.id, object: "response", deleted: true });
  }
  if (action === "cancel") return jsonAnswer(await cancel(parts, key, found, answer));
  if (action === "input_items") {
    const history = await store.history(key) ?? [found.response];
    const items = history.flatMap((response, index) => {
      const input = itemsOf(parse(response.input)).map(withId(response.id));
      const isLast = index === history.length - 1;
      const { output } = parse(response.answer) as JsonObject;
      return isLast || !Array.isArray(output) ? input : [...input, ...output];
    });
    return jsonAnswer(itemPage(items.map(shownItem(query)), query));
  }
  if (query.get("stream") !== "true") return jsonAnswer(shownAnswer(answer, query));
  return resume(parts, key, found, query);
}

/** Throws `invalid_request` where its events are not kept. */
function resume(
  parts: ResponsesParts,
  key: ResponseKey,
  { response, hasEvents }: Kept,
  query: URLSearchParams,
): HttpAnswer {
  const after = query.get("starting_after");
  if (after !== null && !/^\d{1,9}$/.test(after)) {
    throw new GatewayError(
      "invalid_request",
      "starting_after must be the sequence number of an event, a whole number",
      { param: "starting_after", code: "invalid_value" },
    );
  }
  if (!hasEvents) {
    const message = response.isBackground
      ? "The events of this response are not kept any more; retrieve it without stream"
      : "Only the stream of a response that was made with background: true can be resumed; " +
        "retrieve it without stream";
    throw new GatewayError("invalid_request", message, {
      code: "stream_not_kept",
      param: "stream",
    });
  }
  return resumeStream(parts, key, after === null ? -1 : Number(after));
}

/** Cancelling what is over changes nothing. */
async function cancel(
  { store }: ResponsesParts,
  key: ResponseKey,
  { response, isRunning }: Kept,
  answer: JsonObject,
): Promise<JsonObject> {
  if (!response.isBackground) {
    throw new GatewayError(
      "invalid_request",
      "Only a response that was made with background: true can be cancelled; close the " +
        "connection of any other",
      { param: "response_id" },
    );
  }
  if (!isRunning || !await store.cancel(key)) return answer;
  return { ...answer, status: "cancelled" };
}

/** What only its issuer can read is told to those who ask for it. */
function shownAnswer(answer: JsonObject, query: URLSearchParams): JsonObject {
  const { output } = answer;
  return Array.isArray(output) ? { ...answer, output: output.map(shownItem(query)) } : answer;
}

function shownItem(query: URLSearchParams): (item: JsonValue) => JsonValue {
  const include = [...query.getAll("include"), ...query.getAll("include[]")];
  if (include.includes("reasoning.encrypted_content")) return (item) => item;
  return (item) => {
    if (!isJsonObject(item) || item["type"] !== "reasoning") return item;
    const { encrypted_content: _, ...shown } = item;
    return shown;
  };
}

/** Items that came without one get an id that is always the same. */
function withId(responseId: string): (item: JsonValue, index: number) => JsonValue {
  return (item, index) => {
    if (!isJsonObject(item) || typeof item["id"] === "string") return item;
    const { type = "message" } = item;
    const id = `${type === "message" ? "msg" : "item"}_${
      responseId.replace(/^resp_/, "")
    }_i${index}`;
    return { ...item, type, id };
  };
}
