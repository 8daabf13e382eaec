/**
 * Streams in Gemini's form, and what they say. Recorded ones, where they are at hand, say more of what the real
 * API does; these hold what matters of it and what it was seen to do only once.
 *
 * @module
 */

import type { FinishReason } from "../../../../src/core/chat/chat.ts";
import type { JsonObject, JsonValue } from "../../../../src/core/text/json.ts";

/** What a stream says of one candidate; what is left out is empty. */
export interface Said {
  readonly text?: string;
  readonly thoughts?: string;
  /** Name, arguments and whether it is signed. */
  readonly calls?: readonly (readonly [name: string, args: JsonValue, isSigned: boolean])[];
  readonly finish?: readonly [reason: FinishReason, raw: string];
  /** Tokens read and written. */
  readonly usage?: readonly [input: number, output: number];
  /** Begins the message of its fault. */
  readonly fault?: string;
  /** `complete` by default. */
  readonly ending?: "truncated" | "fault";
  /** A client of Gemini's gets these bytes, where they are not all of them. */
  readonly passesOn?: string;
  readonly urls?: readonly string[];
}

export interface GeminiStream {
  readonly name: string;
  readonly text: string;
  readonly said: Said;
}

export const SIGNATURE = "EpwICpkIAXLI2nxlU6gs+Zah/A==";

const NAMES = { modelVersion: "gemini-3-pro-preview", responseId: "QUVVadTSNJ6_qtsPvN7J8Q0" };

function event(candidate: JsonObject | undefined, more: JsonObject = {}): JsonObject {
  return { ...(candidate !== undefined && { candidates: [candidate] }), ...more, ...NAMES };
}

function parts(...list: readonly JsonObject[]): JsonObject {
  return { content: { parts: list, role: "model" }, index: 0 };
}

function usage(prompt: number, candidates?: number, thoughts?: number): JsonObject {
  return {
    usageMetadata: {
      promptTokenCount: prompt,
      ...(candidates !== undefined && { candidatesTokenCount: candidates }),
      ...(thoughts !== undefined && { thoughtsTokenCount: thoughts }),
      totalTokenCount: prompt + (candidates ?? 0) + (thoughts ?? 0),
    },
  };
}

function framesOf(...events: readonly JsonObject[]): string {
  return events.map((one) => `data: ${JSON.stringify(one)}\r\n\r\n`).join("");
}

const DONE = { ...parts({ text: "" }), finishReason: "STOP" };
const PARTIAL = (pieces: readonly JsonObject[], willContinue = true): JsonObject =>
  event(parts({
    functionCall: { partialArgs: pieces, ...(willContinue && { willContinue }) },
  }));

const TEXT_EVENTS = [
  event(parts({ text: "Grüße, ", thought: true }), usage(9)),
  event(parts({ text: "世界", thought: true }), usage(9)),
  event(parts({ text: 'There are **3** "r"s' }), usage(9, 5, 40)),
  event(parts({ text: "\n🍓." }), usage(9, 7, 40)),
  event(
    { ...parts({ text: "", thoughtSignature: SIGNATURE }), finishReason: "STOP" },
    usage(9, 8, 40),
  ),
  event(undefined, { usageMetadata: null }),
];

const TEXT_SAID: Said = {
  thoughts: "Grüße, 世界",
  text: 'There are **3** "r"s\n🍓.',
  finish: ["stop", "STOP"],
  usage: [9, 48],
};

export const STREAMS: readonly GeminiStream[] = [
  {
    name: "thoughts, text, a signature of its own and counts that are null",
    text: framesOf(...TEXT_EVENTS),
    said: TEXT_SAID,
  },
  {
    name: "parallel calls of which the first is signed",
    text: framesOf(
      event(
        parts(
          {
            functionCall: { name: "get_weather", args: { city: "Zürich" } },
            thoughtSignature: SIGNATURE,
          },
          { functionCall: { name: "get_time", args: {} } },
        ),
        usage(29, 10, 202),
      ),
      event(DONE, usage(29, 12, 202)),
    ),
    said: {
      calls: [["get_weather", { city: "Zürich" }, true], ["get_time", {}, false]],
      finish: ["tool_calls", "STOP"],
      usage: [29, 214],
    },
  },
  {
    name: "calls whose arguments come value by value",
    text: framesOf(
      event(parts({
        functionCall: { name: "write", willContinue: true },
        thoughtSignature: SIGNATURE,
      })),
      PARTIAL([{ jsonPath: "$.items[0].name", stringValue: "app", willContinue: true }]),
      PARTIAL([{ jsonPath: "$.items[0].name", stringValue: "le" }]),
      PARTIAL([{ jsonPath: "$.items[0].price", numberValue: 0.5 }, {
        jsonPath: "$['a.b']",
        boolValue: true,
      }]),
      PARTIAL([{ jsonPath: "$.items[1].name", stringValue: "b" }, {
        jsonPath: "$.none",
        nullValue: null,
      }], false),
      event(parts({ functionCall: {} })),
      event(parts({ functionCall: { name: "read", willContinue: true } })),
      event(DONE, usage(54, 74, 121)),
    ),
    said: {
      calls: [
        ["write", {
          items: [{ name: "apple", price: 0.5 }, { name: "b" }],
          "a.b": true,
          none: null,
        }, true],
        ["read", {}, false],
      ],
      finish: ["tool_calls", "STOP"],
      usage: [54, 195],
    },
  },
  {
    name: "a prompt that was blocked",
    text: framesOf(
      event(undefined, { promptFeedback: { blockReason: "PROHIBITED_CONTENT" }, ...usage(5) }),
    ),
    said: { finish: ["content_filter", "PROHIBITED_CONTENT"], usage: [5, 0] },
  },
  {
    name: "an answer that was blocked, without content",
    text: framesOf(
      event(parts({ text: "So" }), usage(5)),
      event({ finishReason: "SAFETY", index: 0, safetyRatings: [] }, usage(5, 1)),
    ),
    said: { text: "So", finish: ["content_filter", "SAFETY"], usage: [5, 1] },
  },
  {
    name: "an answer that was cut at its bound",
    text: framesOf(event({ ...parts({ text: "So" }), finishReason: "MAX_TOKENS" }, usage(5, 1))),
    said: { text: "So", finish: ["length", "MAX_TOKENS"], usage: [5, 1] },
  },
  {
    name: "text between other parts, and pages that were found",
    text: framesOf(
      event(parts({ executableCode: { language: "PYTHON", code: "1" } })),
      event(parts({ codeExecutionResult: { outcome: "OUTCOME_OK", output: "1" } })),
      event(parts({ text: "One" }, { text: "." }), usage(5, 1)),
      event({
        ...parts({ text: "!" }),
        finishReason: "STOP",
        groundingMetadata: { groundingChunks: [{ web: { uri: "https://a.b/c", title: "A" } }] },
      }, usage(5, 2)),
    ),
    said: { text: "One.!", finish: ["stop", "STOP"], usage: [5, 2], urls: ["https://a.b/c"] },
  },
  {
    name: "comments, line feeds, a sign of life and the last event without its blank line",
    text: `: hello\n\ndata: ${JSON.stringify(event(parts({ text: "Hi" })))}\n\n: x\n\n` +
      `data: ${JSON.stringify(event(DONE, usage(1, 1)))}`,
    said: {
      text: "Hi",
      finish: ["stop", "STOP"],
      usage: [1, 1],
      passesOn: `: hello\n\ndata: ${JSON.stringify(event(parts({ text: "Hi" })))}\n\n: x\n\n` +
        `data: ${JSON.stringify(event(DONE, usage(1, 1)))}\r\n\r\n`,
    },
  },
  {
    name: "an error in the middle",
    text: framesOf(
      event(parts({ text: "So" }), usage(5)),
      { error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } },
    ),
    said: { text: "So", usage: [5, 0], fault: "The model is overloaded.", ending: "fault" },
  },
  {
    name: "a break in the middle",
    text: framesOf(
      event(parts({ text: "So" }), usage(5)),
      event(parts({ text: " it" }), usage(5, 2)),
    ),
    said: { text: "So it", usage: [5, 2], ending: "truncated" },
  },
  {
    name: "a list in place of a stream",
    text: JSON.stringify(TEXT_EVENTS, null, 1),
    said: { ...TEXT_SAID, passesOn: framesOf(...TEXT_EVENTS.slice(0, -1)) },
  },
  {
    name: "a whole answer in place of a stream",
    text: JSON.stringify(event({ ...parts({ text: "Hi" }), finishReason: "STOP" }, usage(1, 1))),
    said: {
      text: "Hi",
      finish: ["stop", "STOP"],
      usage: [1, 1],
      passesOn: framesOf(event({ ...parts({ text: "Hi" }), finishReason: "STOP" }, usage(1, 1))),
    },
  },
];
