/** What answers are made of. */

import type { Answer } from "./api.ts";

/** Pieces of text in an answer that is streamed. */
export const PIECES = 200;
/** Characters of each; so an event of a chat has 250 bytes. */
export const PIECE_CHARACTERS = 59;
/** Where the upstream writes when it sends. */
const STAMP = `@${"0".repeat(16)}`;

const ANSWER_TEXT = "Cats sleep. ".repeat(20).trim();
const EVENT_STREAM = "text/event-stream";

/** A response with a body of JSON. */
export function jsonWire(value: unknown): string {
  const body = JSON.stringify(value);
  return `${headOf(["content-type: application/json", `content-length: ${body.length}`])}${body}`;
}

/** Makes an answer of the text that clients are told. */
export function wholeAnswer(
  bodyWith: (text: string) => unknown,
  textIn: (body: string) => unknown,
): Answer {
  return {
    wire: jsonWire(bodyWith(ANSWER_TEXT)),
    check(text) {
      if (textIn(text) !== ANSWER_TEXT) throw new Error("The text is another");
    },
  };
}

/** A stream as an API has it: one piece of text, and what stands before and after all of them. */
export interface Streamed {
  readonly opening?: readonly string[];
  pieceWith(text: string): string;
  readonly ending: readonly string[];
  readonly contentType?: string;
}

export interface StreamReading {
  /** Text of one event, or line, of the stream; `undefined` where it has none. */
  textIn(event: string): unknown;
  /** The end that a client waits for. */
  readonly end: RegExp;
}

/** Each event an HTTP chunk of its own. */
export function burstWire(
  { opening = [], pieceWith, ending, contentType = EVENT_STREAM }: Streamed,
): string {
  const piece = pieceWith("x".repeat(PIECE_CHARACTERS));
  const chunks = [...opening, ...Array.from({ length: PIECES }, () => piece), ...ending, ""];
  return [streamHead(contentType), ...chunks.map(httpChunk)].join("");
}

export function burstAnswer(streamed: Streamed, { textIn, end }: StreamReading): Answer {
  return {
    wire: burstWire(streamed),
    check(text) {
      const all = text.split("\n").map((line) => textIn(line) ?? "").join("");
      if (all !== "x".repeat(PIECES * PIECE_CHARACTERS)) {
        throw new Error(`There are ${all.length} characters of text`);
      }
      if (!end.test(text)) throw new Error("The end is not there");
    },
  };
}

/** For the upstream's paced form: the head, one piece with the place of a time, and the ending. */
export function pacedAnswer({ pieceWith, ending, contentType = EVENT_STREAM }: Streamed): string {
  const piece = httpChunk(pieceWith(STAMP.padEnd(PIECE_CHARACTERS, "x")));
  return `${streamHead(contentType)}${piece}--- end\n${[...ending, ""].map(httpChunk).join("")}`;
}

function streamHead(contentType: string): string {
  return headOf([`content-type: ${contentType}`, "transfer-encoding: chunked"]);
}

/** ASCII only, so that characters are bytes. */
function httpChunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

function headOf(lines: readonly string[]): string {
  return ["HTTP/1.1 200 OK", ...lines, "", ""].join("\r\n");
}

/** A server-sent event without a name. */
export function dataEvent(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

/** One whose name is its type. */
export function namedEvent(
  value: { readonly type: string; readonly [name: string]: unknown },
): string {
  return `event: ${value.type}\n${dataEvent(value)}`;
}

/** What a line of a stream of events holds, where it is JSON. */
// deno-lint-ignore no-explicit-any -- A check that looks into it fails where it is something else.
export function dataIn(line: string): any {
  return line.startsWith("data: {") ? JSON.parse(line.slice("data: ".length)) : undefined;
}

export function promptOf(bytes: number): string {
  return "Tell me of cats. ".repeat(Math.ceil(bytes / 17)).slice(0, bytes);
}

/** Throws where the ending of the path or one of the members is not there. */
export function expectRequest(
  path: string,
  body: string,
  ending: RegExp,
  members: readonly string[],
): void {
  const missing = members.filter((name) => !Object.hasOwn(JSON.parse(body), name));
  if (!ending.test(path) || missing.length > 0) {
    throw new Error(`The provider got ${path}, without ${missing.join(", ")}: ${body}`);
  }
}
