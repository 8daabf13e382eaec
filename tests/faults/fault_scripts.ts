/** What a failing provider does, fault by fault. */

import { LYING_ANSWERS } from "./lying_answers.ts";
import {
  type AnswerPieces,
  COMPLETION,
  CONTENT,
  DONE,
  errorAnswer,
  errorBody,
  event,
  FINISH,
  head,
  jsonHead,
  LAST_CHUNK,
  piecesOf,
} from "./answer_pieces.ts";
import { STATED_FAULTS } from "./stated_faults.ts";

/** One step of a script: text is written. */
export type Step =
  | string
  /** Nothing more until the other side closes. */
  | { readonly stall: true }
  /** The sending side is closed, the other is read on until it closes as well. */
  | { readonly halfClose: true }
  /** Nothing for so long. */
  | { readonly pauseMs: number }
  /** The connection is closed, or reset. */
  | { readonly close: "fin" | "rst" }
  /** The text is written a few characters at a time. */
  | { readonly drip: string };

export interface FaultScript {
  /** @param tries How often this call has come, this one included. */
  readonly steps: (answer: AnswerPieces, wantsStream: boolean, tries: number) => readonly Step[];
  /** When the client leaves: once the upstream has the request, or has sent its opening or content. */
  readonly leaves?: "at_headers" | "before_content" | "after_content";
  /** The client reads, but late. */
  readonly isSlowClient?: boolean;
  /** Choices that the client asks for, where its surface has more than one. */
  readonly choices?: number;
}

const STALL: Step = { stall: true };
const FIN: Step = { close: "fin" };
const RST: Step = { close: "rst" };
/** Over the gateway's bound for one event; see `SETTINGS` of the matrix. */
const OVERSIZED_CHARACTERS = 70_000;

function always(...steps: readonly Step[]): FaultScript {
  return { steps: () => steps };
}

/** After the head, before and after the content. */
function atEachPlace(name: string, step: Step): [string, FaultScript][] {
  return [
    [`${name}_at_headers`, always(step)],
    [`${name}_before_content`, { steps: (answer) => [answer.head + answer.opening, step] }],
    [`${name}_after_content`, {
      steps: ({ head, opening, content }) => [head + opening + content, step],
    }],
  ];
}

/** The same for a stream and for JSON, each in its own words. */
function either(stream: readonly Step[], json: readonly Step[]): FaultScript {
  return { steps: (_, wantsStream) => wantsStream ? stream : json };
}

const { head: SSE_HEAD, opening: OPENING } = piecesOf(true);
const ERROR = errorBody("upstream_broke");
const ERROR_JSON: readonly Step[] = [jsonHead(200, ERROR.length) + ERROR];
const HALF_JSON = COMPLETION.slice(0, 100);
const HTML = "<!doctype html><title>Bad gateway</title><p>nginx at 10.0.0.7";

function rateLimited(headers: Readonly<Record<string, string>>): FaultScript {
  return always(errorAnswer(429, "rate_limit_exceeded", headers));
}

function leaving(leaves: NonNullable<FaultScript["leaves"]>, pieces: number): FaultScript {
  return {
    leaves,
    steps: ({ head, opening, content }) => [
      [head, opening, content].slice(0, pieces).join(""),
      STALL,
    ],
  };
}

const malformed = event('{"id":"broken","choices":[{"index":0,"delta":{"content":');
const oversized = event(`{"id":"${"x".repeat(OVERSIZED_CHARACTERS)}","choices":[]}`);
const duplicateFinish = SSE_HEAD + OPENING + CONTENT + FINISH + FINISH + DONE + LAST_CHUNK;

/** By name, in the order of the table. */
export const FAULT_SCRIPTS: Readonly<Record<string, FaultScript>> = Object.fromEntries([
  ["none", { steps: ({ head, opening, content, ending }) => [head + opening + content + ending] }],
  ...atEachPlace("rst", RST),
  ...atEachPlace("fin", FIN),
  ...atEachPlace("half_close", { halfClose: true }),
  ...atEachPlace("stall", STALL),
  ["slow_drip", {
    steps: ({ head, opening, content, ending }) => [{ drip: head + opening + content + ending }],
  }],
  [
    "malformed_event",
    either(
      [SSE_HEAD + OPENING + malformed + CONTENT + FINISH + DONE + LAST_CHUNK],
      [jsonHead(200, HALF_JSON.length) + HALF_JSON],
    ),
  ],
  [
    "oversized_event",
    either(
      [SSE_HEAD + OPENING + CONTENT + oversized + FINISH + DONE + LAST_CHUNK],
      [jsonHead(200, 3_000_000), "[" + "1,".repeat(1_499_999) + "1"],
    ),
  ],
  [
    "wrong_content_type",
    either(
      [
        SSE_HEAD.replace("text/event-stream", "text/plain") + OPENING + CONTENT + FINISH + DONE +
        LAST_CHUNK,
      ],
      [jsonHead(200, COMPLETION.length, { "content-type": "text/plain" }) + COMPLETION],
    ),
  ],
  ["error_body", always(...ERROR_JSON)],
  [
    "html_body",
    always(
      head(200, { "content-type": "text/html", "content-length": String(HTML.length) }) + HTML,
    ),
  ],
  [
    "empty_body",
    either(
      [head(200, { "content-type": "text/event-stream", "content-length": "0" })],
      [jsonHead(200, 0)],
    ),
  ],
  ["error_first", either([SSE_HEAD + event(ERROR) + LAST_CHUNK], ERROR_JSON)],
  ["error_after_preamble", either([SSE_HEAD + OPENING + event(ERROR) + LAST_CHUNK], ERROR_JSON)],
  [
    "error_after_content",
    either(
      [SSE_HEAD + OPENING + CONTENT + event(ERROR) + LAST_CHUNK],
      ERROR_JSON,
    ),
  ],
  [
    "no_done",
    either(
      [SSE_HEAD + OPENING + CONTENT + FINISH + LAST_CHUNK],
      [jsonHead(200, COMPLETION.length) + COMPLETION],
    ),
  ],
  ["duplicate_finish", either([duplicateFinish], [jsonHead(200, COMPLETION.length) + COMPLETION])],
  ["gzip_mislabelled", {
    steps: ({ head, opening, content, ending }) => [
      head.replace("\r\n\r\n", "\r\ncontent-encoding: gzip\r\n\r\n") + opening + content + ending,
    ],
  }],
  [
    "length_too_long",
    either(
      [
        head(200, { "content-type": "text/event-stream", "content-length": "9999" }) +
        bodyOf(OPENING + CONTENT + FINISH + DONE),
        FIN,
      ],
      [jsonHead(200, COMPLETION.length + 99) + COMPLETION, FIN],
    ),
  ],
  [
    "length_too_short",
    either(
      [
        head(200, {
          "content-type": "text/event-stream",
          "content-length": String(bodyOf(OPENING + CONTENT).length),
        }) + bodyOf(OPENING + CONTENT + FINISH + DONE),
        FIN,
      ],
      [jsonHead(200, COMPLETION.length - 9) + COMPLETION, FIN],
    ),
  ],
  ["status_400", always(errorAnswer(400, "context_length_exceeded"))],
  ["status_401", always(errorAnswer(401, "invalid_api_key"))],
  ["status_404", always(errorAnswer(404, "model_not_found"))],
  ["status_429", rateLimited({})],
  ["status_429_retry_after", rateLimited({ "retry-after": "7" })],
  ["status_429_retry_date", rateLimited({ "retry-after": "Fri, 31 Dec 2100 23:59:59 GMT" })],
  ["status_429_retry_ms", rateLimited({ "retry-after-ms": "6500" })],
  ["status_429_once", {
    steps: ({ head, opening, content, ending }, _, tries) =>
      tries === 1 ? [errorAnswer(429, "rate_limit_exceeded")] : [head + opening + content + ending],
  }],
  ["status_503_once", {
    steps: ({ head, opening, content, ending }, _, tries) =>
      tries === 1
        ? [errorAnswer(503, "server_is_overloaded")]
        : [head + opening + content + ending],
  }],
  ["status_503", always(errorAnswer(503, "server_is_overloaded"))],
  ...STATED_FAULTS,
  ["client_gone_at_headers", leaving("at_headers", 0)],
  ["client_gone_before_content", leaving("before_content", 2)],
  ["client_gone_after_content", leaving("after_content", 3)],
  ...LYING_ANSWERS,
  ["slow_client", {
    isSlowClient: true,
    steps: ({ head, opening, content, ending }) => [head + opening + content + ending],
  }],
]);

/** The payload of chunked text. */
function bodyOf(chunks: string): string {
  return chunks.replace(/[0-9a-f]+\r\n([\s\S]*?)\r\n/g, "$1");
}
