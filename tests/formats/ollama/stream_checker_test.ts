/** The checker of streams finds what is planted, and nothing where all is right. */

import { assertEquals } from "@std/assert";
import { checkOllamaStream } from "./stream_checker.ts";

const HEAD = { model: "m", created_at: "2025-08-20T13:48:23.241046Z" };

function say(message: object, more: object = { done: false }): object {
  return { ...HEAD, message: { role: "assistant", content: "", ...message }, ...more };
}

const END = { done_reason: "stop", done: true, total_duration: 3, eval_duration: 2, eval_count: 1 };
const CALL = { function: { index: 0, name: "f", arguments: { a: 1 } } };

const FAULTLESS: readonly object[] = [
  say({ thinking: "Hm." }),
  say({ content: "Grüße" }),
  say({ tool_calls: [CALL] }),
  say({}, END),
];

function replaced(at: number, line: object): readonly object[] {
  return FAULTLESS.toSpliced(at, 1, line);
}

/** Lines by fault, with what the checker says first. */
const FAULTS: Readonly<Record<string, readonly [lines: readonly object[], says: string]>> = {
  "no end": [
    FAULTLESS.slice(0, -1),
    "the stream ends without being done and without an error",
  ],
  "a line after the end": [
    [...FAULTLESS, say({ content: "more" })],
    "line 5: it comes after the end",
  ],
  "a line after an error": [
    [{ error: "It failed" }, say({}, END)],
    "line 2: it comes after the error",
  ],
  "an error in OpenAI's form": [
    [{ error: { message: "It failed" } }],
    "line 1: its error is no text",
  ],
  "no model": [
    replaced(1, { ...say({ content: "x" }), model: undefined }),
    "line 2: it has no model",
  ],
  "another model": [
    replaced(1, { ...say({ content: "x" }), model: "n" }),
    "line 2: its model is n and not m",
  ],
  "a moment without a fraction": [
    replaced(1, { ...say({ content: "x" }), created_at: "2025-08-20T13:48:23Z" }),
    "line 2: its moment is 2025-08-20T13:48:23Z",
  ],
  "arguments as a text": [
    replaced(2, say({ tool_calls: [{ function: { name: "f", arguments: "{}" } }] })),
    "line 3: the arguments of its call are no object",
  ],
  "a call without a name": [
    replaced(2, say({ tool_calls: [{ function: { name: "", arguments: {} } }] })),
    "line 3: its call names no tool",
  ],
  "a call with a wrong index": [
    replaced(2, say({ tool_calls: [{ function: { ...CALL.function, index: 1 } }] })),
    "line 3: its call has the index 1 and not 0",
  ],
  "content that is null": [
    replaced(1, say({ content: null })),
    "line 2: its content is no text",
  ],
  "no role": [
    replaced(1, { ...HEAD, message: { content: "x" }, done: false }),
    "line 2: its message is none of the assistant",
  ],
  "a reason before the end": [
    replaced(1, say({ content: "x" }, { done: false, done_reason: "stop" })),
    "line 2: it is not done and has a reason",
  ],
  "a reason of another API": [
    replaced(3, say({}, { ...END, done_reason: "tool_calls" })),
    "line 4: its reason is tool_calls",
  ],
  "a duration in seconds": [
    replaced(3, say({}, { ...END, total_duration: 0.25 })),
    "line 4: total_duration is 0.25 and no whole number",
  ],
  "no duration": [
    replaced(3, say({}, { ...END, total_duration: undefined })),
    "line 4: it lacks total_duration",
  ],
  "an answer of the other endpoint": [
    [{ ...HEAD, response: "x", done: false }, { ...HEAD, response: "", ...END }],
    "line 1: its message is none of the assistant",
  ],
};

function streamOf(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

Deno.test("checkOllamaStream() finds nothing in a faultless stream", () => {
  assertEquals(checkOllamaStream(streamOf(FAULTLESS)), []);
  const texts = [{ ...HEAD, response: "x", done: false }, { ...HEAD, response: "", ...END }];
  assertEquals(checkOllamaStream(streamOf(texts), "generate"), []);
});

for (const [fault, [lines, says]] of Object.entries(FAULTS)) {
  Deno.test(`checkOllamaStream() finds ${fault}`, () => {
    assertEquals(checkOllamaStream(streamOf(lines))[0], says);
  });
}

Deno.test("checkOllamaStream() finds broken lines and bytes", () => {
  const stream = streamOf(FAULTLESS);
  const cases: readonly (readonly [string | Uint8Array, string])[] = [
    [stream.slice(0, -1), "the stream ends within a line"],
    [stream.replace("\n", "\n\n"), "line 2: it is empty"],
    [stream.replace("\n", "\r\n"), "line 1: a character in it ends lines elsewhere"],
    [stream.replace("Grüße", "\u2028"), "line 2: a character in it ends lines elsewhere"],
    [stream.replace("{", "data: {"), "line 1: it is no JSON object"],
    [new Uint8Array([0xff]), "the stream is no UTF-8"],
  ];
  for (const [broken, says] of cases) assertEquals(checkOllamaStream(broken)[0], says);
});
