/** Answers that seem to be what they are not: whole, over, an error, a stream. */

import {
  event,
  type FinishReason,
  head,
  httpChunk,
  jsonAnswer,
  LAST_CHUNK,
  type ProviderWords,
  SSE_HEAD,
} from "./words/pieces.ts";
import { chunk, completion, wholeChoice } from "./words/chat.ts";
import { either, type FaultScript, type Step, streamOf } from "./fault_script.ts";

const COMMENT = ": OPENROUTER PROCESSING\n\n";
/** Well below the wait for the end of an answer that has finished; see `SETTINGS` of the matrix. */
const PAUSE: Step = { pauseMs: 200 };
const STALL: Step = { stall: true };
const FIN: Step = { close: "fin" };
const RST: Step = { close: "rst" };
/** Over the gateway's bound for one event. */
const LONG_TEXT = "x".repeat(70_000);

/** The same JSON for whoever wants a stream, and for whoever does not. */
function always(body: (words: ProviderWords) => string): FaultScript {
  return { steps: ({ words }) => [jsonAnswer(body(words))] };
}

/** The content ends with that reason; what follows ends the answer. */
function finishing(reason: FinishReason, ...end: readonly Step[]): FaultScript {
  return endingAs(reason, () => end);
}

function endingAs(
  reason: FinishReason,
  end: (words: ProviderWords) => readonly Step[],
): FaultScript {
  return either(
    (
      words,
    ) => [words.stream.head + words.stream.opening + words.contentFinishing(reason), ...end(words)],
    (words) => [jsonAnswer(words.wholeFinishing(reason))],
  );
}

/** All of the content, and then these. */
function ending(events: (words: ProviderWords) => readonly string[]): FaultScript {
  return either((
    words,
  ) => [streamOf(words, words.stream.opening, words.stream.content, ...events(words))]);
}

/** All of the content, and then the error behind these. */
function failing(
  error: (words: ProviderWords) => string,
  before: (words: ProviderWords) => string = () => "",
): FaultScript {
  return {
    steps: ({ words, opening, content, wantsStream }) => [
      wantsStream
        ? streamOf(words, opening, content, before(words), words.errorEvent(error(words)))
        : jsonAnswer(error(words)),
    ],
  };
}

function brokenJson(words: ProviderWords): string {
  return words.errorBody("upstream_broke");
}

function brokenEvent(words: ProviderWords): string {
  return words.errorEvent(brokenJson(words));
}

function longJson(words: ProviderWords): string {
  return brokenJson(words).replace("It failed", LONG_TEXT);
}

function escapedJson(words: ProviderWords): string {
  return brokenJson(words).replace(`"error":`, String.raw`"\u0065rror":`);
}

const OTHER_CHOICE = event(chunk({ content: "unfinished" }, null, { index: 1 }));
const TWO_CHOICES = completion([wholeChoice(), wholeChoice({ index: 1, finish_reason: null })]);

const CREATED = "HTTP/1.1 201 Created";
const CHUNKED_TWICE = "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n";

/** By name, in the order of the table. */
export const LYING_ANSWERS: readonly (readonly [string, FaultScript])[] = [
  ["finish_null_text", endingAs("null", ({ stream: { ending } }) => [ending])],
  ["finish_null_text_fin", finishing("null", FIN)],
  ["finish_null_text_rst", finishing("null", RST)],
  ["finish_empty_text_end", finishing("", LAST_CHUNK)],
  ["finish_unknown", endingAs("eos", ({ endMark }) => [endMark + LAST_CHUNK])],
  ["finish_unknown_end", finishing("eos", LAST_CHUNK)],
  ["finish_unknown_rst", finishing("eos", RST)],
  ["finish_number_end", finishing(1, LAST_CHUNK)],
  [
    "text_after_finish",
    either(({ stream: { head, opening }, hello, world, finish, endMark }) => [
      head + opening + hello + finish,
      PAUSE,
      world + endMark + LAST_CHUNK,
    ]),
  ],
  [
    "text_after_finish_rst",
    either(({ stream: { head, opening }, hello, world, finish }) => [
      head + opening + hello + finish,
      PAUSE,
      world,
      PAUSE,
      RST,
    ]),
  ],
  [
    "silence_after_finish",
    either(({ stream: { head, opening, content }, finish }) => [
      head + opening + content + finish,
      STALL,
    ]),
  ],
  [
    "rst_after_finish",
    either(({ stream: { head, opening, content }, finish }) => [
      head + opening + content + finish,
      PAUSE,
      RST,
    ]),
  ],
  [
    "no_numbers",
    either(
      ({ stream: { head, opening, ending }, noNumbers }) => [
        head + opening + noNumbers.stream + ending,
      ],
      ({ noNumbers }) => [jsonAnswer(noNumbers.whole)],
    ),
  ],
  ...[128, -1, 0.5].map((index): [string, FaultScript] => [
    `json_choice_${String(index).replace("-", "minus_").replace(".", "_")}`,
    { onlyIn: "chat", ...always(() => completion([wholeChoice({ index })])) },
  ]),
  ["json_no_choices", always(({ wholeOfNothing }) => wholeOfNothing)],
  ["json_finish_null", always((words) => words.wholeFinishing(null))],
  ["json_finish_missing", always((words) => words.wholeFinishing())],
  ["json_finish_unknown", always((words) => words.wholeFinishing("eos"))],
  [
    "choice_unfinished",
    {
      onlyIn: "chat",
      choices: 2,
      ...either(
        ({ stream: { opening, content, ending } }) => [
          SSE_HEAD + opening + content + OTHER_CHOICE + ending,
        ],
        () => [jsonAnswer(TWO_CHOICES)],
      ),
    },
  ],
  ["choice_unheard", {
    onlyIn: "chat",
    choices: 2,
    ...ending(({ finish, endMark }) => [finish, endMark]),
  }],
  ["error_long", failing(longJson)],
  ["error_escaped", failing(escapedJson)],
  ["error_after_finish", failing(brokenJson, ({ finish }) => finish)],
  ["error_twice", failing(brokenJson, brokenEvent)],
  [
    "events_after_done",
    ending((words) => [
      words.finish,
      words.endMark,
      brokenEvent(words),
      words.hello,
      words.endMark,
    ]),
  ],
  [
    "stream_labelled_json",
    {
      isOfEvents: true,
      ...either(
        ({ stream: { opening, content, ending } }) => [
          SSE_HEAD.replace("text/event-stream", "application/json") + httpChunk(COMMENT),
          PAUSE,
          opening + content + ending,
        ],
        ({ whole }) => [jsonAnswer(COMMENT + whole)],
      ),
    },
  ],
  [
    "json_behind_comments",
    {
      isOfEvents: true,
      ...either(
        ({ whole }) => [SSE_HEAD + httpChunk(COMMENT), PAUSE, httpChunk(whole) + LAST_CHUNK],
        ({ whole }) => [jsonAnswer(COMMENT + whole)],
      ),
    },
  ],
  ["status_201", {
    steps: ({ head, opening, content, ending }) => [
      head.replace("HTTP/1.1 200 Status", CREATED) + opening + content + ending,
    ],
  }],
  [
    "chunked_twice",
    either(
      ({ stream }) => [
        stream.head.replace("transfer-encoding: chunked\r\n\r\n", CHUNKED_TWICE) + stream.opening +
        stream.content + stream.ending,
      ],
      ({ whole }) => [
        head(200, { "content-type": "application/json" }).replace(/\r\n$/, CHUNKED_TWICE) +
        httpChunk(whole) + LAST_CHUNK,
      ],
    ),
  ],
];
