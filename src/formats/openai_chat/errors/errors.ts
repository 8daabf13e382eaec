/**
 * Errors in OpenAI's form, and in the forms of those who speak almost like it.
 *
 * @module
 */

import type { ProviderFault } from "../../../core/chat/chat.ts";
import { type GatewayError, toldOf } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { isTooLong, statusByName, statusByWords } from "./fault_status.ts";
import { findReason, membersOf, statementsOf } from "./reason.ts";
import { decodeUsage } from "../answer/usage.ts";

const NAMELESS_MESSAGE = "The upstream reported an error without a message";

/** Fields of answers and of what comes along with them. A body with any of them is no mere sentence. */
const ANSWER_FIELDS: readonly string[] = ["choices", "data", "id", "object", "usage", "model"];
/** Names of codes, by `plainName`; what is a status is told apart by its value. */
const CODE_NAMES: readonly string[] = [
  "code",
  "errorcode",
  "errcode",
  "statuscode",
  "status",
  "errortype",
];
/** Names of further words that may stand for a status (Google). */
const WORD_NAMES: readonly string[] = ["reason"];
const SUCCESS = /^(0|2\d\d|20000|ok|success(ful)?|succeeded|completed?)$/i;

/** The error body that OpenAI clients expect. */
export function encodeError(error: GatewayError): JsonObject {
  const { type, param, code } = error;
  return { error: { message: toldOf(error), type, param: param ?? null, code } };
}

/**
 * The fault that a whole body states, `undefined` where it states none.
 *
 * Seen: `error` as an object, a list or a text (Venice), also beside choices and usage (OpenRouter);
 * `{"object":"error"}` (vLLM); a choice that finished with `error` (OpenRouter); and without the word
 * `error`, with a code and a sentence of their own (DashScope, Baidu), or within `base_resp` (MiniMax).
 */
export function faultOf(body: JsonObject): ProviderFault | undefined {
  const fault = faultOfChunk(body);
  if (fault !== undefined) {
    const isPaid = (decodeUsage(body["usage"])?.outputTokens ?? 0) > 0;
    return isPaid ? { ...fault, mayBePaid: true } : fault;
  }
  if (ANSWER_FIELDS.some((name) => Object.hasOwn(body, name))) return undefined;
  // A sentence where an answer is due is why there is none; whether it was paid for, nobody says.
  const isSentence = ["message", "msg", "detail"].some((name) => isFilled(body[name]));
  return isSentence ? { ...toFault(body), mayBePaid: true } : undefined;
}

/** The same for a chunk of a stream, in which a mere sentence may be a sign of life. */
export function faultOfChunk(body: JsonObject): ProviderFault | undefined {
  const { error, choices } = body;
  if (error) return toFault(body);
  if (Array.isArray(choices) && choices.length > 0) {
    const failed = choices.find((choice) =>
      isJsonObject(choice) && choice["finish_reason"] === "error"
    );
    return failed === undefined ? undefined : faultOfChoice(failed);
  }
  return statesFault(body) ? toFault(body) : undefined;
}

/** Whether OpenAI's SDKs raise an error at this chunk: they look for a truthy `error`. */
export function isErrorForClients(body: JsonObject): boolean {
  return Boolean(body["error"]);
}

/** The fault that an error body states; every field of it may be missing. */
export function toFault(body: JsonObject): ProviderFault {
  const statements = statementsOf(body).map(membersOf);
  const message = findReason(body);
  const codes = valuesOf(CODE_NAMES, statements);
  const names = [...codes, ...valuesOf(WORD_NAMES, statements)].filter((code) =>
    typeof code === "string"
  );
  const issues = statements.filter((members) => Array.isArray(members.get("loc")));
  const types = valuesOf(["type"], statements.filter((members) => !issues.includes(members)))
    .filter(isText).filter((type) => type !== "error");
  const words = [...names, message ?? ""].join(" ");
  const nameStatus = isTooLong(words) ? 400 : firstOf(names, statusByName);
  const wordsStatus = nameStatus ?? statusByWords(words) ?? firstOf(types, statusByName) ??
    (issues.length > 0 ? 422 : undefined);
  const status = firstOf(codes, httpStatus) ?? wordsStatus;
  const code = codes.find((value) => httpStatus(value) === undefined);
  return {
    message: message ?? NAMELESS_MESSAGE,
    ...(types[0] !== undefined && { type: types[0] }),
    ...(code !== undefined && { code: String(code) }),
    ...(status !== undefined && { status }),
    // Of what is not the request's or the account's own, the code says enough.
    ...(wordsStatus !== undefined && wordsStatus < 500 && wordsStatus !== status &&
      { wordsStatus }),
  };
}

/** The values under any of the names, name by name; without those that tell of success. */
function valuesOf(
  names: readonly string[],
  statements: readonly ReadonlyMap<string, JsonValue>[],
): readonly (string | number)[] {
  return names.flatMap((name) => statements.map((members) => members.get(name)))
    .filter(isName).filter((value) => !SUCCESS.test(String(value)));
}

/** Whether a body without choices says in words or numbers of its own that it failed. */
function statesFault(body: JsonObject): boolean {
  // Embeddings, whatever code comes along.
  if (Array.isArray(body["data"]) && body["data"].length > 0) return false;
  if (body["object"] === "error" || body["type"] === "error") return true;
  const members = membersOf(body);
  const base = members.get("baseresp");
  if (isJsonObject(base)) return isFailure(membersOf(base).get("statuscode"));
  if (members.get("success") === false || Array.isArray(members.get("detail"))) return true;
  const hasError = ["errors", "errormsg", "errormessage", "errmsg"].some((name) =>
    isFilled(members.get(name))
  );
  if (hasError || hasErrorWithin(members.get("response"))) return true;
  if (findReason(body) === undefined) return false;
  const { status } = body;
  const isFailedStatus = httpStatus(status) !== undefined ||
    (typeof status === "string" && /^(error|fail(ed|ure)?)$/i.test(status));
  return isFailedStatus ||
    ["code", "errorcode", "errcode", "statuscode"].some((name) => isFailure(members.get(name)));
}

/** Tencent puts answers and errors into an object of their own. */
function hasErrorWithin(response: JsonValue | undefined): boolean {
  return isJsonObject(response) && isFilled(membersOf(response).get("error"));
}

function isFailure(code: JsonValue | undefined): boolean {
  return isName(code) && !SUCCESS.test(String(code));
}

function isFilled(value: JsonValue | undefined): boolean {
  if (typeof value !== "object" || value === null) return isText(value);
  return Object.keys(value).length > 0;
}

/** The fault of a choice that failed, in part of the answer that may hold some text already. */
function faultOfChoice(choice: JsonValue): ProviderFault {
  const { error, message } = isJsonObject(choice) ? choice : {};
  const fault = toFault({ error: error ?? {} });
  const hasText = isJsonObject(message) && isText(message["content"]);
  return hasText ? { ...fault, mayBePaid: true } : fault;
}

function firstOf<Item, Found>(
  items: readonly Item[],
  find: (item: Item) => Found | undefined,
): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A number, or its text (LiteLLM). */
function httpStatus(value: JsonValue | undefined): number | undefined {
  return /^[45]\d\d$/.test(String(value)) ? Number(value) : undefined;
}

function isName(value: JsonValue | undefined): value is string | number {
  return typeof value === "number" || isText(value);
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === "string" && value !== "";
}
