/**
 * A provider's answer cut into the pieces between which things go wrong, as bytes of HTTP/1.1.
 *
 * @module
 */

export interface AnswerPieces {
  readonly head: string;
  /** What comes before any content: comments and the role of a stream; nothing of a JSON body. */
  readonly opening: string;
  readonly content: string;
  readonly ending: string;
}

const ID = "chatcmpl-fault";
/** What every answer says when it is whole. */
export const ANSWER = "hello world";

export type FinishReason = string | number | null;

export function chunk(delta: object, finishReason: FinishReason = null, more: object = {}): string {
  return JSON.stringify({
    id: ID,
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason: finishReason, ...more }],
  });
}

/** One event of a stream in its own HTTP chunk. */
export function event(data: string, name?: string): string {
  return httpChunk(`${name === undefined ? "" : `event: ${name}\n`}data: ${data}\n\n`);
}

export function httpChunk(text: string): string {
  return `${new TextEncoder().encode(text).length.toString(16)}\r\n${text}\r\n`;
}

export const LAST_CHUNK = "0\r\n\r\n";
export const CONTENT = event(chunk({ content: "hello" })) + event(chunk({ content: " world" }));
export const FINISH = event(chunk({}, "stop"));
export const DONE = event("[DONE]");

const STREAM: AnswerPieces = {
  head: head(200, { "content-type": "text/event-stream", "transfer-encoding": "chunked" }),
  opening: httpChunk(": starting\n\n") + event(chunk({ role: "assistant", content: "" })),
  content: CONTENT,
  ending: FINISH + DONE + LAST_CHUNK,
};

/** A choice of a whole answer. */
export function wholeChoice(members: object = {}): object {
  const message = { role: "assistant", content: ANSWER };
  return { index: 0, message, finish_reason: "stop", ...members };
}

export function completion(choices: readonly object[]): string {
  return JSON.stringify({
    id: ID,
    object: "chat.completion",
    created: 1,
    model: "m",
    choices,
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  });
}

export const COMPLETION = completion([wholeChoice()]);

const HALF = Math.floor(COMPLETION.length / 2);
const JSON_ANSWER: AnswerPieces = {
  head: jsonHead(200, COMPLETION.length),
  opening: "",
  content: COMPLETION.slice(0, HALF),
  ending: COMPLETION.slice(HALF),
};

export function piecesOf(wantsStream: boolean): AnswerPieces {
  return wantsStream ? STREAM : JSON_ANSWER;
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

/** A whole error answer in OpenAI's form. */
export function errorAnswer(
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
): string {
  const body = errorBody(code);
  return jsonHead(status, body.length, headers) + body;
}

export function errorBody(code: string): string {
  return JSON.stringify({ error: { message: "It failed", type: "server_error", code } });
}
