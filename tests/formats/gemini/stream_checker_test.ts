/** Whether the checker of Gemini streams finds what it must, and nothing in real streams. */

import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { checkGeminiArray, checkGeminiStream } from "./stream_checker.ts";

const RECORDED = new URL("../../../../shared/streams/gemini/", import.meta.url);

/** Recordings that break a rule, and what the checker says of them first. */
const KNOWN_ODD: Readonly<Record<string, string>> = {};

const NAMES = { modelVersion: "m", responseId: "r" };
const USAGE = { promptTokenCount: 3, candidatesTokenCount: 4, totalTokenCount: 9 };

function said(parts: readonly JsonObject[], rest: JsonObject = {}): JsonObject {
  return { candidates: [{ content: { parts, role: "model" }, index: 0, ...rest }], ...NAMES };
}

/** A thought, a text, a call. */
const FAULTLESS: readonly JsonObject[] = [
  said([{ text: "Hm.", thought: true }]),
  said([{ text: "Grüße" }]),
  said([{ functionCall: { name: "f", args: {} }, thoughtSignature: "c2ln" }]),
  { ...said([{ text: "" }], { finishReason: "STOP" }), usageMetadata: USAGE },
];

function frameOf(event: JsonObject): string {
  return `data: ${JSON.stringify(event)}\r\n\r\n`;
}

function replaced(at: number, event: JsonObject): string {
  return FAULTLESS.with(at, event).map(frameOf).join("");
}

const LAST = FAULTLESS.length - 1;
const FRAMES = FAULTLESS.map(frameOf);
const last = FAULTLESS[LAST] ?? {};

/** Streams with one fault each, and what is said of it first. */
const FAULTS: Readonly<Record<string, readonly [stream: string, says: string]>> = {
  "an end without a reason": [
    replaced(LAST, { ...said([]), usageMetadata: USAGE }),
    "candidate 0 has no reason to end",
  ],
  "an end without counts": [
    replaced(LAST, said([], { finishReason: "STOP" })),
    "the last event has no counts",
  ],
  "a stream that is cut": [FRAMES.join("").slice(0, -9), "the stream ends within an event"],
  "a comment before an event": [
    FRAMES.with(1, `: alive\n${FRAMES[1]}`).join(""),
    `event 2 does not begin with its data: : alive\ndata: {"candidates":[{"content":`,
  ],
  "an end mark of another API": [
    [...FRAMES, "data: [DONE]\n\n"].join(""),
    "event 5 is no JSON: [DONE]",
  ],
  "an event that is a list": [
    [...FRAMES, "data: []\n\n"].join(""),
    "event 5 is no object",
  ],
  "something behind an error": [
    frameOf({ error: { code: 500, message: "Oh", status: "INTERNAL" } }) + FRAMES[0],
    "event 2 stands behind an error",
  ],
  "an error without a status": [
    frameOf({ error: { code: 500, message: "Oh" } }),
    "event 1 has an error without a status",
  ],
  "an error in another API's words": [
    frameOf({ error: { code: "oh", message: "Oh", status: "INTERNAL" } }),
    "event 1 has an error without a number",
  ],
  "another name of the model": [
    replaced(1, { ...said([{ text: "a" }]), modelVersion: "n" }),
    "event 2 changes its modelVersion",
  ],
  "a chunk of a chat": [
    replaced(1, said([{ delta: "a" }])),
    "event 2 has a part of no kind: delta",
  ],
  "two kinds in one part": [
    replaced(1, said([{ text: "a", functionCall: { name: "f" } }])),
    "event 2 has a part of no kind: text, functionCall",
  ],
  "arguments as a text": [
    replaced(1, said([{ functionCall: { name: "f", args: "{}" } }])),
    "event 2 has arguments that are no object",
  ],
  "a call without a name": [
    replaced(1, said([{ functionCall: { name: "", args: {} } }])),
    "event 2 has a call without a name",
  ],
  "an empty signature": [
    replaced(1, said([{ text: "a", thoughtSignature: "" }])),
    "event 2 has an empty signature",
  ],
  "a role of another API": [
    replaced(1, { candidates: [{ content: { role: "assistant", parts: [] } }] }),
    `event 2 has a content of the role "assistant"`,
  ],
  "a reason of another API": [
    replaced(LAST, { ...said([], { finishReason: "stop" }), usageMetadata: USAGE }),
    `event 4 ends for "stop", which nobody knows`,
  ],
  "text after the end": [
    [...FRAMES, frameOf({ ...said([{ text: "more" }]), usageMetadata: USAGE })].join(""),
    "event 5 goes on after its end",
  ],
  "counts that do not add up": [
    replaced(LAST, { ...last, usageMetadata: { ...USAGE, totalTokenCount: 6 } }),
    "event 4 counts fewer tokens in all than in its parts",
  ],
  "a count that is none": [
    replaced(LAST, { ...last, usageMetadata: { ...USAGE, promptTokenCount: null } }),
    "event 4 has a promptTokenCount that is no count",
  ],
  "no candidate at all": [frameOf({ usageMetadata: USAGE }), "there is no candidate"],
};

Deno.test("the checker has nothing to say of faultless streams", () => {
  assertEquals(checkGeminiStream(FRAMES.join("")), []);
  assertEquals(checkGeminiArray(JSON.stringify(FAULTLESS)), []);
  const blocked = { promptFeedback: { blockReason: "SAFETY" }, usageMetadata: USAGE };
  assertEquals(checkGeminiStream(frameOf(blocked)), []);
  const error = frameOf({ error: { code: 503, message: "Oh", status: "UNAVAILABLE" } });
  for (let at = 0; at < FRAMES.length; at++) {
    assertEquals(checkGeminiStream([...FRAMES.slice(0, at), error].join("")), []);
  }
});

for (const [fault, [stream, says]] of Object.entries(FAULTS)) {
  Deno.test(`the checker finds ${fault}`, () => {
    assertEquals(checkGeminiStream(stream)[0], says);
  });
}

Deno.test("the checker finds bytes that are no UTF-8, and what is no array", () => {
  assertEquals(checkGeminiStream(Uint8Array.of(0xc3)), ["the stream is no UTF-8"]);
  assertEquals(checkGeminiArray("[{}"), ["the stream is no JSON"]);
  assertEquals(checkGeminiArray("{}"), ["the stream is no array"]);
});

Deno.test({
  name: "recorded streams break no rule but those that are known to",
  ignore: !await exists(RECORDED),
  fn: async () => {
    const problems: Record<string, string> = {};
    for await (const { name } of Deno.readDir(RECORDED)) {
      const text = await Deno.readTextFile(new URL(name, RECORDED));
      const isLines = name.endsWith(".jsonl");
      const [first] = isLines
        ? checkGeminiArray(`[${text.trim().split("\n").join(",")}]`)
        : checkGeminiStream(text);
      if (first !== undefined) problems[name] = first;
    }
    assertEquals(problems, KNOWN_ODD);
  },
});

async function exists(url: URL): Promise<boolean> {
  try {
    await Deno.stat(url);
    return true;
  } catch {
    return false;
  }
}
