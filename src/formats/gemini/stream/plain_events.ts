/**
 * Tells the events that only carry a text on from all others, without parsing them.
 *
 * Parsing an event costs many times what this does, and all but a few events of a stream say what one shortly
 * before them said, but for a text and for counts. The form of such an event is learned when it is parsed.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";

const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const ZERO = 48;
const NINE = 57;
const BACKSLASH = 92;
const LOWER_U = 117;

/** What stands in a form for any text and for any count; JSON has no such byte. */
const ANY_TEXT = 0;
const ANY_COUNT = 1;

/** Some servers tell with every other event what those between them leave out. */
const MAX_FORMS = 2;

/** Longer events are parsed, each of them. */
const MAX_FORM_BYTES = 4_096;

/** An event of one line: all up to its text, the text, and all behind it. */
const EVENT = /^(data: ?\{[^\n\r]*?"text": ?")(?:[^"\\]|\\.)+("[^\n\r]*\})[\r\n]+$/;
const TEXT_KEY = /"text"\s*:/g;
const COUNT = /(?<=okenCount": ?)(?:0|[1-9]\d*)(?=[,}\]\s])/g;
/** With an escaped letter, a key may be any, and a quote no end of a string. */
// deno-lint-ignore no-control-regex -- Those are not in JSON, and stand for something in a form.
const NOT_PLAIN = /[\\\x00-\x1f]/;
const ESCAPE = new Set(Array.from(`"\\/bfnrt`, (letter) => letter.charCodeAt(0)));

/** What an event may have that says nothing new where it is said again: nothing that ends the answer or a call. */
const BODY_FIELDS = new Set([
  "candidates",
  "usageMetadata",
  "modelVersion",
  "responseId",
  "createTime",
]);
const CANDIDATE_FIELDS = new Set(["content", "index", "safetyRatings", "groundingMetadata"]);
const CONTENT_FIELDS = new Set(["parts", "role"]);
const PART_FIELDS = new Set(["text", "thought"]);

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** The plain events of one stream; create one per response. */
export class PlainEvents {
  /** `data: {"candidates":[{...,"text":"` and so on to the last brace. */
  readonly #forms: Uint8Array[] = [];
  /** Place of the form that is learned next. */
  #next = 0;

  /**
   * Which of the learned events the one in `bytes` repeats, but for a text, which is not empty, and for counts; -1
   * where it is none of them. It is valid JSON then.
   */
  find(bytes: Uint8Array, start: number, end: number): number {
    for (let place = 0; place < this.#forms.length; place++) {
      if (hasForm(this.#forms[place]!, bytes, start, end)) return place;
    }
    return -1;
  }

  /** Takes the form of an event that was parsed, if it only carries a text on; else there is none any more. */
  learn(bytes: Uint8Array, start: number, end: number, body: JsonObject): void {
    const isLearned = end - start <= MAX_FORM_BYTES && onlySaysText(body);
    const form = isLearned ? formOf(utf8.decode(bytes.subarray(start, end))) : "";
    if (form === "") {
      this.#forms.length = 0;
      this.#next = 0;
      return;
    }
    this.#forms[this.#next] = encoder.encode(form);
    this.#next = (this.#next + 1) % MAX_FORMS;
  }
}

function hasForm(form: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  for (let index = 0; index < form.length; index++) {
    const expected = form[index]!;
    if (expected > ANY_COUNT) {
      if (bytes[at] !== expected) return false;
      at++;
      continue;
    }
    const from = at;
    at = expected === ANY_TEXT ? endOfText(bytes, from, end) : endOfCount(bytes, from);
    if (at === from) return false;
  }
  while (at < end && (bytes[at] === LF || bytes[at] === CR)) at++;
  return at === end;
}

/** Whether an event has one text and nothing else to say. */
function onlySaysText(body: JsonObject): boolean {
  const candidate = onlyOne(body["candidates"]);
  const content = candidate?.["content"];
  if (candidate === undefined || !isJsonObject(content)) return false;
  const part = onlyOne(content["parts"]);
  return part !== undefined && typeof part["text"] === "string" &&
    hasOnly(body, BODY_FIELDS) && hasOnly(candidate, CANDIDATE_FIELDS) &&
    hasOnly(content, CONTENT_FIELDS) && hasOnly(part, PART_FIELDS);
}

function onlyOne(list: JsonValue | undefined): JsonObject | undefined {
  const item = Array.isArray(list) && list.length === 1 ? list[0] : undefined;
  return isJsonObject(item) ? item : undefined;
}

function hasOnly(object: JsonObject, names: ReadonlySet<string>): boolean {
  return Object.keys(object).every((name) => names.has(name));
}

/** Empty where it is not sure which of its texts is the model's. */
function formOf(event: string): string {
  const [, head = "", tail = ""] = EVENT.exec(event) ?? [];
  const around = head + tail;
  if (NOT_PLAIN.test(around) || around.match(TEXT_KEY)?.length !== 1) return "";
  const marked = `${head}${String.fromCharCode(ANY_TEXT)}${tail}`;
  return marked.replaceAll(COUNT, String.fromCharCode(ANY_COUNT));
}

/** Where the quote is that ends a text; `from` where it has none, is empty, or is not valid in JSON. */
function endOfText(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return at;
    if (byte < SPACE) return from;
    if (byte !== BACKSLASH) continue;
    at++;
    if (bytes[at] === LOWER_U && areHexDigits(bytes, at + 1)) at += 4;
    else if (!ESCAPE.has(bytes[at]!)) return from;
  }
  return from;
}

function areHexDigits(bytes: Uint8Array, from: number): boolean {
  return /^[\da-f]{4}$/i.test(String.fromCharCode(...bytes.subarray(from, from + 4)));
}

/** Where a whole number ends; `from` where there is none. */
function endOfCount(bytes: Uint8Array, from: number): number {
  if (bytes[from] === ZERO) return from + 1;
  let at = from;
  while (bytes[at]! >= ZERO && bytes[at]! <= NINE) at++;
  return at;
}
