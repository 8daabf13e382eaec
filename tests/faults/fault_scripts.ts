/** What a failing provider does, fault by fault. */

import {
  type AnswerPieces,
  head,
  jsonAnswer,
  jsonHead,
  LAST_CHUNK,
  type ProviderWords,
} from "./words/pieces.ts";
import { either, type FaultScript, type Step, streamOf } from "./fault_script.ts";
import { LYING_ANSWERS } from "./lying_answers.ts";
import { STATED_FAULTS } from "./stated_faults.ts";

const STALL: Step = { stall: true };
const FIN: Step = { close: "fin" };
const RST: Step = { close: "rst" };
/** Over the gateway's bound for one event; see `SETTINGS` of the matrix. */
const OVERSIZED_CHARACTERS = 70_000;

/** After the head, before and after the content. */
function atEachPlace(name: string, step: Step): [string, FaultScript][] {
  return [
    [`${name}_at_headers`, { steps: () => [step] }],
    [`${name}_before_content`, { steps: (answer) => [answer.head + answer.opening, step] }],
    [`${name}_after_content`, {
      steps: ({ head, opening, content }) => [head + opening + content, step],
    }],
  ];
}

const HTML = "<!doctype html><title>Bad gateway</title><p>nginx at 10.0.0.7";

/** With that status, and the error in the provider's words. */
function refusal(
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
): FaultScript {
  return { steps: ({ words }) => [jsonAnswer(words.errorBody(code), status, headers)] };
}

function refusalOnce(status: number, code: string): FaultScript {
  return {
    steps: (answer) => answer.tries === 1 ? refusal(status, code).steps(answer) : [wholeOf(answer)],
  };
}

function wholeOf({ head, opening, content, ending }: AnswerPieces): string {
  return head + opening + content + ending;
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

function brokenJson(words: ProviderWords): string {
  return words.errorBody("upstream_broke");
}

/** The error comes in a stream behind these events, or as JSON in place of the answer. */
function failing(before: (words: ProviderWords) => string): FaultScript {
  return either(
    (words) => [streamOf(words, before(words), words.errorEvent(brokenJson(words)))],
    (words) => [jsonAnswer(brokenJson(words))],
  );
}

/** By name, in the order of the table. */
export const FAULT_SCRIPTS: Readonly<Record<string, FaultScript>> = Object.fromEntries([
  ["none", { steps: (answer) => [wholeOf(answer)] }],
  ...atEachPlace("rst", RST),
  ...atEachPlace("fin", FIN),
  ...atEachPlace("half_close", { halfClose: true }),
  ...atEachPlace("stall", STALL),
  ["slow_drip", { steps: (answer) => [{ drip: wholeOf(answer) }] }],
  [
    "malformed_event",
    either(
      ({ stream: { head, opening, content, ending }, malformedEvent }) => [
        head + opening + malformedEvent + content + ending,
      ],
      ({ whole }) => [jsonAnswer(whole.slice(0, 100))],
    ),
  ],
  [
    "oversized_event",
    either(
      ({ stream: { head, opening, content, ending }, longEvent }) => [
        head + opening + content + longEvent(OVERSIZED_CHARACTERS) + ending,
      ],
      () => [jsonHead(200, 2_200_000), "[" + "1,".repeat(1_099_999) + "1"],
    ),
  ],
  [
    "end_after_content",
    either(({ stream: { head, opening, content } }) => [head + opening + content + LAST_CHUNK]),
  ],
  ["wrong_content_type", {
    steps: (answer) => [
      wholeOf({
        ...answer,
        head: answer.head.replace(/text\/event-stream|application\/(?:x-nd)?json/, "text/plain"),
      }),
    ],
  }],
  ["error_body", { steps: ({ words }) => [jsonAnswer(brokenJson(words))] }],
  ["html_body", {
    steps: () => [
      head(200, { "content-type": "text/html", "content-length": String(HTML.length) }) + HTML,
    ],
  }],
  [
    "empty_body",
    either(
      () => [head(200, { "content-type": "text/event-stream", "content-length": "0" })],
      () => [jsonHead(200, 0)],
    ),
  ],
  ["error_first", failing(() => "")],
  ["error_after_preamble", failing(({ stream }) => stream.opening)],
  ["error_after_content", failing(({ stream: { opening, content } }) => opening + content)],
  [
    "no_done",
    either((words) => [
      streamOf(words, words.stream.opening, words.stream.content, words.finish),
    ]),
  ],
  [
    "duplicate_finish",
    either(({ stream: { head, opening, content, ending }, finish }) => [
      head + opening + content + finish + ending,
    ]),
  ],
  ["gzip_mislabelled", {
    steps: ({ head, opening, content, ending }) => [
      head.replace("\r\n\r\n", "\r\ncontent-encoding: gzip\r\n\r\n") + opening + content + ending,
    ],
  }],
  [
    "length_too_long",
    either(
      ({ stream }) => [
        head(200, { "content-type": "text/event-stream", "content-length": "9999" }) +
        bodyOf(stream.opening + stream.content + stream.ending),
        FIN,
      ],
      ({ whole }) => [jsonHead(200, whole.length + 99) + whole, FIN],
    ),
  ],
  [
    "length_too_short",
    either(
      ({ stream }) => [
        head(200, {
          "content-type": "text/event-stream",
          "content-length": String(bodyOf(stream.opening + stream.content).length),
        }) + bodyOf(stream.opening + stream.content + stream.ending),
        FIN,
      ],
      ({ whole }) => [jsonHead(200, whole.length - 9) + whole, FIN],
    ),
  ],
  ["status_400", refusal(400, "context_length_exceeded")],
  ["status_401", refusal(401, "invalid_api_key")],
  ["status_404", refusal(404, "model_not_found")],
  ["status_429", refusal(429, "rate_limit_exceeded")],
  ["status_429_retry_after", refusal(429, "rate_limit_exceeded", { "retry-after": "7" })],
  [
    "status_429_retry_date",
    refusal(429, "rate_limit_exceeded", { "retry-after": "Fri, 31 Dec 2100 23:59:59 GMT" }),
  ],
  ["status_429_retry_ms", refusal(429, "rate_limit_exceeded", { "retry-after-ms": "6500" })],
  ["status_429_once", refusalOnce(429, "rate_limit_exceeded")],
  ["status_503_once", refusalOnce(503, "server_is_overloaded")],
  ["status_503", refusal(503, "server_is_overloaded")],
  ["status_529", refusal(529, "server_is_overloaded")],
  ...STATED_FAULTS,
  ["client_gone_at_headers", leaving("at_headers", 0)],
  ["client_gone_before_content", leaving("before_content", 2)],
  ["client_gone_after_content", leaving("after_content", 3)],
  ...LYING_ANSWERS,
  ["slow_client", { isSlowClient: true, steps: (answer) => [wholeOf(answer)] }],
]);

/** The payload of chunked text. */
function bodyOf(chunks: string): string {
  return chunks.replace(/0\r\n\r\n$/, "").replace(/[0-9a-f]+\r\n([\s\S]*?)\r\n/g, "$1");
}
