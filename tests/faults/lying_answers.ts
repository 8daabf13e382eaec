/** Answers that seem to be what they are not: whole, over, an error, a stream. */

import {
  ANSWER,
  chunk,
  COMPLETION,
  completion,
  CONTENT,
  DONE,
  errorBody,
  event,
  FINISH,
  type FinishReason,
  head,
  httpChunk,
  jsonHead,
  LAST_CHUNK,
  piecesOf,
  wholeChoice,
} from "./answer_pieces.ts";
import type { FaultScript, Step } from "./fault_scripts.ts";

const { head: SSE_HEAD, opening: OPENING } = piecesOf(true);
const [HELLO, WORLD] = ["hello", " world"].map((content) => event(chunk({ content })));
const ERROR = errorBody("upstream_broke");
const COMMENT = ": OPENROUTER PROCESSING\n\n";
/** Well below the wait for the end of an answer that has finished; see `SETTINGS` of the matrix. */
const PAUSE: Step = { pauseMs: 200 };
/** Over the gateway's bound for one event. */
const LONG_TEXT = "x".repeat(70_000);

const WHOLE: readonly Step[] = [jsonAnswer(COMPLETION)];

function jsonAnswer(body: string): string {
  return jsonHead(200, body.length) + body;
}

function either(stream: readonly Step[], json: readonly Step[] = WHOLE): FaultScript {
  return { steps: (_, wantsStream) => wantsStream ? stream : json };
}

/** The same JSON for whoever wants a stream, and for whoever does not. */
function always(body: string): FaultScript {
  return either([jsonAnswer(body)], [jsonAnswer(body)]);
}

/** Each chunk has that finish reason; what follows ends the answer. */
function finishing(word: FinishReason, ...end: readonly Step[]): FaultScript {
  const content = ["hello", " world"].map((content) => event(chunk({ content }, word))).join("");
  const whole = completion([wholeChoice({ finish_reason: word })]);
  return either([SSE_HEAD + OPENING + content, ...end], [jsonAnswer(whole)]);
}

function ending(...events: readonly string[]): FaultScript {
  return either([SSE_HEAD + OPENING + CONTENT + events.join("") + LAST_CHUNK]);
}

function failing(error: string, ...before: readonly string[]): FaultScript {
  const events = [...before, event(error)].join("");
  return either([SSE_HEAD + OPENING + CONTENT + events + LAST_CHUNK], [jsonAnswer(error)]);
}

/** Python's words for numbers that JSON does not have. */
function withNoNumbers(json: string): string {
  return json.replaceAll(`"nan"`, "NaN").replaceAll(`"inf"`, "-Infinity");
}

const LOGPROBS = { logprobs: { content: [{ token: "NaN", logprob: "inf", p: "nan" }] } };
const NO_NUMBERS = ["hello", " world"].map((content) =>
  event(withNoNumbers(chunk({ content }, null, LOGPROBS)))
).join("");

const OTHER_CHOICE = event(chunk({ content: "unfinished" }, null, { index: 1 }));
const TWO_CHOICES = completion([wholeChoice(), wholeChoice({ index: 1, finish_reason: null })]);

const CREATED = "HTTP/1.1 201 Created";
const CHUNKED_TWICE = "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n";

/** By name, in the order of the table. */
export const LYING_ANSWERS: readonly (readonly [string, FaultScript])[] = [
  ["finish_null_text", finishing("null", FINISH + DONE + LAST_CHUNK)],
  ["finish_null_text_fin", finishing("null", { close: "fin" })],
  ["finish_null_text_rst", finishing("null", { close: "rst" })],
  ["finish_empty_text_end", finishing("", LAST_CHUNK)],
  ["finish_unknown", finishing("eos", DONE + LAST_CHUNK)],
  ["finish_unknown_end", finishing("eos", LAST_CHUNK)],
  ["finish_unknown_rst", finishing("eos", { close: "rst" })],
  ["finish_number_end", finishing(1, LAST_CHUNK)],
  [
    "text_after_finish",
    either([SSE_HEAD + OPENING + HELLO + FINISH, PAUSE, WORLD + DONE + LAST_CHUNK]),
  ],
  [
    "text_after_finish_rst",
    either([SSE_HEAD + OPENING + HELLO + FINISH, PAUSE, `${WORLD}`, PAUSE, { close: "rst" }]),
  ],
  ["silence_after_finish", either([SSE_HEAD + OPENING + CONTENT + FINISH, { stall: true }])],
  ["rst_after_finish", either([SSE_HEAD + OPENING + CONTENT + FINISH, PAUSE, { close: "rst" }])],
  [
    "no_numbers",
    either(
      [SSE_HEAD + OPENING + NO_NUMBERS + FINISH + DONE + LAST_CHUNK],
      [jsonAnswer(withNoNumbers(completion([wholeChoice(LOGPROBS)])))],
    ),
  ],
  ...[128, -1, 0.5].map((index): [string, FaultScript] => [
    `json_choice_${String(index).replace("-", "minus_").replace(".", "_")}`,
    always(completion([wholeChoice({ index })])),
  ]),
  ["json_no_choices", always(completion([]))],
  ["json_finish_null", always(completion([wholeChoice({ finish_reason: null })]))],
  ["json_finish_missing", always(completion([{ message: { content: ANSWER } }]))],
  ["json_finish_unknown", always(completion([wholeChoice({ finish_reason: "eos" })]))],
  [
    "choice_unfinished",
    {
      choices: 2,
      ...either(
        [SSE_HEAD + OPENING + CONTENT + OTHER_CHOICE + FINISH + DONE + LAST_CHUNK],
        [jsonAnswer(TWO_CHOICES)],
      ),
    },
  ],
  [
    "choice_unheard",
    {
      choices: 2,
      ...either([SSE_HEAD + OPENING + CONTENT + FINISH + DONE + LAST_CHUNK]),
    },
  ],
  ["error_long", failing(errorBody("upstream_broke").replace("It failed", LONG_TEXT))],
  ["error_escaped", failing(ERROR.replace(`"error"`, String.raw`"\u0065rror"`))],
  ["error_after_finish", failing(ERROR, FINISH)],
  ["error_twice", failing(ERROR, event(ERROR))],
  ["events_after_done", ending(FINISH, DONE, event(ERROR), event(chunk({ content: "!" })), DONE)],
  [
    "stream_labelled_json",
    either(
      [
        SSE_HEAD.replace("text/event-stream", "application/json") + httpChunk(COMMENT),
        PAUSE,
        OPENING + CONTENT + FINISH + DONE + LAST_CHUNK,
      ],
      [jsonAnswer(COMMENT + COMPLETION)],
    ),
  ],
  [
    "json_behind_comments",
    either([SSE_HEAD + httpChunk(COMMENT), PAUSE, httpChunk(COMPLETION) + LAST_CHUNK], [
      jsonAnswer(COMMENT + COMPLETION),
    ]),
  ],
  ["status_201", {
    steps: ({ head, opening, content, ending }) => [
      head.replace("HTTP/1.1 200 Status", CREATED) + opening + content + ending,
    ],
  }],
  [
    "chunked_twice",
    either(
      [
        SSE_HEAD.replace("transfer-encoding: chunked\r\n\r\n", CHUNKED_TWICE) + OPENING + CONTENT +
        FINISH + DONE + LAST_CHUNK,
      ],
      [
        head(200, { "content-type": "application/json" }).replace(/\r\n$/, CHUNKED_TWICE) +
        httpChunk(COMPLETION) + LAST_CHUNK,
      ],
    ),
  ],
];
