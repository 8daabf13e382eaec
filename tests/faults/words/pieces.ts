/**
 * A provider's answer cut into the pieces between which things go wrong, as bytes of HTTP/1.1.
 *
 * @module
 */

export interface AnswerPieces {
  readonly head: string;
  /** What comes before any content: comments and how a stream begins; nothing of a JSON body. */
  readonly opening: string;
  readonly content: string;
  readonly ending: string;
}

/** What every answer says when it is whole. */
export const ANSWER = "hello world";

/** With words that no API has. */
export type FinishReason = string | number | null;

/** What a provider says, in the words of its API. What is part of a stream is in HTTP chunks of its own. */
export interface ProviderWords {
  readonly stream: AnswerPieces;
  readonly json: AnswerPieces;
  /** A whole answer as JSON. */
  readonly whole: string;
  /** One with that reason to end; without any where it is left out. */
  wholeFinishing(reason?: FinishReason): string;
  /** One that is over and says nothing. */
  readonly wholeOfNothing: string;
  /** The text of the answer in two parts of its own, of which each may be missing. */
  readonly hello: string;
  readonly world: string;
  /** The content, and that it ended with this reason. */
  contentFinishing(reason: FinishReason): string;
  readonly finish: string;
  readonly endMark: string;
  /** An event that is cut off within its JSON. */
  readonly malformedEvent: string;
  longEvent(characters: number): string;
  /** Content whose events have numbers that only Python writes, and a whole answer with them. */
  readonly noNumbers: { readonly stream: string; readonly whole: string };
  /** An error as JSON; by the code that OpenAI has for it. */
  errorBody(code: string): string;
  errorEvent(body: string): string;
  /** What nobody has a name for, in the frame of an event. */
  plainEvent(body: string): string;
}

/** How a stream begins. */
export const SSE_HEAD = head(200, {
  "content-type": "text/event-stream",
  "transfer-encoding": "chunked",
});

/** One event of a stream in its own HTTP chunk. */
export function event(data: string, name?: string): string {
  return httpChunk(`${name === undefined ? "" : `event: ${name}\n`}data: ${data}\n\n`);
}

export function httpChunk(text: string): string {
  return `${new TextEncoder().encode(text).length.toString(16)}\r\n${text}\r\n`;
}

export const LAST_CHUNK = "0\r\n\r\n";

/** A whole answer, cut in the middle of its body. */
export function jsonPieces(body: string): AnswerPieces {
  const half = Math.floor(body.length / 2);
  return {
    head: jsonHead(200, body.length),
    opening: "",
    content: body.slice(0, half),
    ending: body.slice(half),
  };
}

export function head(status: number, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Status\r\n${lines.join("")}\r\n`;
}

export function jsonHead(
  status: number,
  length: number,
  headers: Readonly<Record<string, string>> = {},
): string {
  return head(status, {
    "content-type": "application/json",
    "content-length": String(length),
    ...headers,
  });
}

/** A whole answer of JSON. */
export function jsonAnswer(
  body: string,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): string {
  return jsonHead(status, body.length, headers) + body;
}

/** Python's words for numbers that JSON does not have. */
export function withNoNumbers(json: string): string {
  return json.replaceAll(`"nan"`, "NaN").replaceAll(`"inf"`, "-Infinity");
}
