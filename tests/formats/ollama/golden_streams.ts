/** Streams of Ollama's as they come, and what each of them says, by hand. */

import type { JsonObject } from "../../../src/core/text/json.ts";
import type { Ending, ExpectedChoice } from "../expected_answer.ts";

export interface GoldenStream {
  readonly shape: "chat" | "generate";
  readonly text: string;
  readonly choice: Omit<ExpectedChoice, "index" | "finish">;
  /** The provider's word, and what it stands for. */
  readonly finish?: readonly [raw: string, reason: string];
  readonly usage?: readonly [input: number, output: number];
  readonly ending: Ending;
  readonly faultMessage?: string;
  readonly malformed?: number;
  /** True by default. */
  readonly hasOutput?: boolean;
  /** What an observed stream passes on: all lines but the last by default. */
  readonly observed?: (lines: readonly string[]) => readonly string[];
  /** What follows that: the last line as it came by default. */
  readonly last?: (lines: readonly string[]) => string;
}

const HEAD = { model: "m:1b", created_at: "2025-08-20T13:48:23.241046Z" };
const COUNTS = {
  total_duration: 246778792,
  load_duration: 39831125,
  prompt_eval_count: 25,
  prompt_eval_duration: 18102375,
  eval_count: 9,
  eval_duration: 104431583,
};
const END = { done_reason: "stop", done: true, ...COUNTS };

/** Moments differ from line to line. */
function at(index: number): string {
  return `2025-08-20T13:48:23.${String(241046 + 5 * index).replace(/0+$/, "")}Z`;
}

function lines(...objects: readonly JsonObject[]): string {
  return objects.map((object, index) =>
    `${JSON.stringify({ ...HEAD, created_at: at(index), ...object })}\n`
  ).join("");
}

function say(said: JsonObject, more: JsonObject = { done: false }): JsonObject {
  return { message: { role: "assistant", content: "", ...said }, ...more };
}

function respond(response: string, more: JsonObject = { done: false }): JsonObject {
  return { response, ...more };
}

const TEXT = ["Hel", "lo", ",", " wor", "ld"].map((content) => say({ content }));
const CALLS = [
  { function: { name: "get_weather", arguments: { city: "Paris" } } },
  { id: "call_x", function: { index: 1, name: "get_time", arguments: {} } },
];

export const GOLDEN_STREAMS: Readonly<Record<string, GoldenStream>> = {
  text: {
    shape: "chat",
    text: lines(...TEXT, say({}, END)),
    choice: { text: "Hello, world" },
    finish: ["stop", "stop"],
    usage: [25, 9],
    ending: "complete",
  },
  text_in_the_last_line: {
    shape: "chat",
    text: lines(...TEXT, say({ content: "!" }, END)),
    choice: { text: "Hello, world!" },
    finish: ["stop", "stop"],
    usage: [25, 9],
    ending: "complete",
  },
  thinking: {
    shape: "chat",
    text: lines(
      say({ thinking: "Let" }),
      say({ thinking: " me" }),
      say({ thinking: " see" }),
      ...TEXT,
      say({}, END),
    ),
    choice: { text: "Hello, world", reasoning: "Let me see" },
    finish: ["stop", "stop"],
    usage: [25, 9],
    ending: "complete",
  },
  tool_calls: {
    shape: "chat",
    text: lines(
      say({ content: "Let me look." }),
      say({ tool_calls: [CALLS[0]!] }),
      say({ tool_calls: [CALLS[1]!] }),
      say({}, END),
    ),
    choice: {
      text: "Let me look.",
      toolCalls: [
        { id: "", kind: "function", name: "get_weather", input: '{"city":"Paris"}' },
        { id: "call_x", kind: "function", name: "get_time", input: "{}" },
      ],
    },
    finish: ["stop", "tool_calls"],
    usage: [25, 9],
    ending: "complete",
  },
  tool_calls_in_one_line_with_text_as_arguments: {
    shape: "chat",
    text: lines(
      say({ tool_calls: [CALLS[1]!, { function: { name: "f", arguments: '{"a":1}' } }] }),
      say({}, END),
    ),
    choice: {
      toolCalls: [
        { id: "call_x", kind: "function", name: "get_time", input: "{}" },
        { id: "", kind: "function", name: "f", input: '{"a":1}' },
      ],
    },
    finish: ["stop", "tool_calls"],
    usage: [25, 9],
    ending: "complete",
  },
  length: {
    shape: "chat",
    text: lines(...TEXT, say({}, { ...END, done_reason: "length" })),
    choice: { text: "Hello, world" },
    finish: ["length", "length"],
    usage: [25, 9],
    ending: "complete",
  },
  // A prompt that was cached whole is not counted, and older servers give no reason.
  older_server: {
    shape: "chat",
    text: lines(...TEXT, say({}, { done: true, total_duration: 1, eval_count: 9 })),
    choice: { text: "Hello, world" },
    finish: ["stop", "stop"],
    usage: [0, 9],
    ending: "complete",
  },
  unknown_reason: {
    shape: "chat",
    text: lines(...TEXT, say({}, { ...END, done_reason: "bored" })),
    choice: { text: "Hello, world" },
    finish: ["bored", "other"],
    usage: [25, 9],
    ending: "truncated",
  },
  loaded: {
    shape: "chat",
    text: lines(say({}, { done_reason: "load", done: true })),
    choice: {},
    finish: ["load", "stop"],
    ending: "complete",
    hasOutput: false,
  },
  characters: {
    shape: "chat",
    text: lines(
      ...["Grü", "ße", "\u2028", '"', "\\", "\n", "👩‍🚀", '{"a":"b"}', '"content":"x"'].map((
        content,
      ) => say({ content })),
      say({}, END),
    ),
    choice: { text: 'Grüße\u2028"\\\n👩‍🚀{"a":"b"}"content":"x"' },
    finish: ["stop", "stop"],
    usage: [25, 9],
    ending: "complete",
  },
  logprobs: {
    shape: "chat",
    text: lines(
      { ...say({ content: "a" }), logprobs: [{ token: "a", logprob: -0.5, bytes: [97] }] },
      { ...say({ content: "b" }), logprobs: [{ token: "b", logprob: -1, bytes: [98] }] },
      say({}, END),
    ),
    choice: {
      text: "ab",
      logprobs: [
        { token: "a", logprob: -0.5, bytes: [97] },
        { token: "b", logprob: -1, bytes: [98] },
      ],
    },
    finish: ["stop", "stop"],
    usage: [25, 9],
    ending: "complete",
  },
  crlf_and_blank_lines: {
    shape: "chat",
    text: `${lines(...TEXT).replaceAll("\n", "\r\n")}\r\n\n${lines(say({}, END))}`,
    choice: { text: "Hello, world" },
    finish: ["stop", "stop"],
    usage: [25, 9],
    ending: "complete",
    observed: (all) => all.slice(0, 5),
  },
  no_last_line_end: {
    shape: "chat",
    text: lines(...TEXT, say({}, END)).trimEnd(),
    choice: { text: "Hello, world" },
    finish: ["stop", "stop"],
    usage: [25, 9],
    ending: "complete",
    last: (all) => `${all.at(-1)}\n`,
  },
  malformed_line: {
    shape: "chat",
    text: `${lines(TEXT[0]!)}{"model":"m:1b","message":{"role":\n[1]\n${lines(...TEXT.slice(1))}${
      lines(say({}, END))
    }`,
    choice: { text: "Hello, world" },
    finish: ["stop", "stop"],
    usage: [25, 9],
    ending: "complete",
    malformed: 2,
    observed: (all) => [all[0]!, ...all.slice(3, -1)],
  },
  after_the_end: {
    shape: "chat",
    text: lines(...TEXT, say({}, END), say({ content: "more" }), say({}, END)),
    choice: { text: "Hello, world" },
    finish: ["stop", "stop"],
    usage: [25, 9],
    ending: "complete",
    observed: (all) => all.slice(0, 5),
    last: (all) => all[5]!,
  },
  cut_off: {
    shape: "chat",
    text: lines(...TEXT),
    choice: { text: "Hello, world" },
    ending: "truncated",
    observed: (all) => all,
  },
  cut_within_a_line: {
    shape: "chat",
    text: lines(...TEXT).slice(0, -20),
    choice: { text: "Hello, wor" },
    ending: "truncated",
    malformed: 1,
    observed: (all) => all.slice(0, 4),
  },
  error_first: {
    shape: "chat",
    text: '{"error":"model requires more system memory"}\n',
    choice: {},
    ending: "fault",
    faultMessage: "model requires more system memory",
    hasOutput: false,
    observed: (all) => all,
    last: () => "",
  },
  error_after_text: {
    shape: "chat",
    text: `${lines(...TEXT)}{"error":"an error was encountered while running the model"}\n${
      lines(say({}, END))
    }`,
    choice: { text: "Hello, world" },
    ending: "fault",
    faultMessage: "an error was encountered while running the model",
    observed: (all) => all.slice(0, 6),
    last: () => "",
  },
  error_of_another_api: {
    shape: "chat",
    text: `${lines(...TEXT)}{"error":{"message":"It failed","code":"broken"}}\n`,
    choice: { text: "Hello, world" },
    ending: "fault",
    faultMessage: "It failed",
    observed: (all) => all.slice(0, 5),
    last: () => '{"error":"It failed"}\n',
  },
  empty: {
    shape: "chat",
    text: "",
    choice: {},
    ending: "truncated",
    hasOutput: false,
    observed: () => [],
  },
  generate: {
    shape: "generate",
    text: lines(
      respond("", { thinking: "Hm", done: false }),
      respond("Hel"),
      respond("lo"),
      respond("!"),
      respond("", { ...END, context: [1, 2, 3] }),
    ),
    choice: { text: "Hello!", reasoning: "Hm" },
    finish: ["stop", "stop"],
    usage: [25, 9],
    ending: "complete",
  },
};
