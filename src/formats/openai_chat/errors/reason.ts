/**
 * Finds what the error of an upstream says, in whichever of the usual places it says it.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";

/** Deeper, and further down a list, nobody has been seen to explain anything. */
const MAX_DEPTH = 8;
const MAX_ITEMS = 5;
const MAX_CHARACTERS = 4_000;
const MAX_PARSED_CHARACTERS = 65_536;

/**
 * Names of a sentence, the more telling first, as `plainName` writes them. Seen: `msg` (Zhipu, FastAPI),
 * `error_msg` (Baidu), `status_msg` (MiniMax), `error_description` (OAuth), `title` (RFC 9457).
 */
const SENTENCES: readonly string[] = [
  "message",
  "msg",
  "errormessage",
  "errormsg",
  "errmsg",
  "statusmessage",
  "statusmsg",
  "errordescription",
  "detail",
  "description",
  "reason",
  "title",
];

/** Names of objects that hold the statement instead: MiniMax, Tencent, Volcano, Apigee. */
const HOLDERS: readonly string[] = [
  "baseresp",
  "response",
  "responsemetadata",
  "fault",
  "err",
  "details",
];

/** Members by the plain form of their names; of two of one form the first counts. */
type Members = ReadonlyMap<string, JsonValue>;

/** A name without what differs between APIs: capitals, `_` and `-`. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, "");
}

/** The members of an object, by their plain names. */
export function membersOf(body: JsonObject): Members {
  const members = new Map<string, JsonValue>();
  for (const [name, value] of Object.entries(body)) {
    const plain = plainName(name);
    if (value !== undefined && value !== null && !members.has(plain)) members.set(plain, value);
  }
  return members;
}

/** Its reason as one sentence; `undefined` where it gives none. */
export function findReason(body: JsonObject): string | undefined {
  const text = joinTexts(textsOf(body, 0), "; ");
  return text === "" ? undefined : text.slice(0, MAX_CHARACTERS);
}

/** The objects that state the error, the innermost first and the body itself last. */
export function statementsOf(body: JsonObject, depth = 0): readonly JsonObject[] {
  if (depth > MAX_DEPTH) return [body];
  const members = membersOf(body);
  const names = ["error", "errors", "message", "detail", "metadata", "raw", ...HOLDERS];
  const nested = names.flatMap((name) => {
    const object = objectIn(members.get(name));
    return object === undefined ? [] : statementsOf(object, depth + 1);
  });
  return [...nested, body];
}

/** Dotted path of the field at fault, as FastAPI's `loc` and OpenAI's `param` name it. */
export function findParam(body: JsonObject): string | undefined {
  for (const { loc, param } of statementsOf(body)) {
    if (typeof param === "string" && param !== "") return param;
    const path = pathOf(loc);
    if (path !== "") return path;
  }
  return undefined;
}

function textsOf(value: JsonValue | undefined, depth: number): readonly string[] {
  if (depth > MAX_DEPTH) return [];
  if (typeof value === "string") {
    const text = value.trim();
    // The error of the provider behind this one, as text (OpenRouter's `raw`, LiteLLM).
    const inner = textsOf(parseWithin(text), depth + 1);
    if (inner.length > 0) return inner;
    return text === "" ? [] : [text];
  }
  if (Array.isArray(value)) {
    return value.slice(0, MAX_ITEMS).flatMap((item) => textsOf(item, depth + 1));
  }
  return isJsonObject(value) ? textsOfObject(value, depth) : [];
}

function textsOfObject(body: JsonObject, depth: number): readonly string[] {
  const members = membersOf(body);
  const textsUnder = (name: string): readonly string[] => textsOf(members.get(name), depth + 1);
  const error = members.get("error");
  const said = typeof error === "object" ? textsUnder("error") : [];
  const texts = said.length > 0 ? said : [
    ...(typeof error === "string" ? textsUnder("error") : []),
    ...firstSentence(members, depth),
    joinTexts(allOf(members.get("errors"), depth), "; "),
  ];
  const found = texts.some((text) => text !== "")
    ? texts
    : HOLDERS.map(textsUnder).find(({ length }) => length > 0) ?? [];
  const metadata = members.get("metadata");
  const raw = isJsonObject(metadata) ? textsOf(metadata.raw, depth + 1) : [];
  const path = pathOf(members.get("loc"));
  const text = joinTexts([...found, ...raw], ": ");
  if (text === "") return [];
  return [path === "" ? text : `${path}: ${text}`];
}

function firstSentence(members: Members, depth: number): readonly string[] {
  // `{"error":"Bad Request"}` says enough by itself to do without the vaguer names.
  const names = typeof members.get("error") === "string" ? SENTENCES.slice(0, -3) : SENTENCES;
  for (const name of names) {
    const texts = allOf(members.get(name), depth);
    if (texts.length > 0) return [joinTexts(texts, "; ")];
  }
  return [];
}

/** What a value says; one in a form of its own is shown as it is, so that nothing is lost. */
function allOf(value: JsonValue | undefined, depth: number): readonly string[] {
  const texts = textsOf(value, depth + 1);
  if (texts.length > 0 || typeof value !== "object" || value === null) return texts;
  return Object.keys(value).length === 0 ? [] : [JSON.stringify(value)];
}

/** Without what another one of them says already. */
function joinTexts(texts: readonly string[], separator: string): string {
  const kept = texts.filter((text, index) =>
    text !== "" &&
    !texts.some((other, place) =>
      place !== index && other.includes(text) && (other !== text || place < index)
    )
  );
  return kept.join(separator);
}

function objectIn(value: JsonValue | undefined): JsonObject | undefined {
  if (typeof value === "string") return objectIn(parseWithin(value.trim()));
  if (isJsonObject(value)) return value;
  return Array.isArray(value) ? value.find(isJsonObject) : undefined;
}

/** The JSON object or list that a text is; `undefined` where it is none. */
function parseWithin(text: string): JsonValue | undefined {
  if (!/^[[{]/.test(text) || text.length > MAX_PARSED_CHARACTERS) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `["body","messages",0,"role"]` is `messages.0.role`. */
function pathOf(loc: JsonValue | undefined): string {
  if (!Array.isArray(loc)) return "";
  return loc.filter((key, index) => index > 0 || key !== "body").slice(0, 16).join(".");
}
