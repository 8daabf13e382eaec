/**
 * Streams of Gemini's, ours and recorded ones, cut in many ways, and in `deno task fuzz` at every place:
 * untouched byte for byte, and for clients of every other format with what they say.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { ChatEvent } from "../../../../src/core/chat/chat.ts";
import type { WireFormat } from "../../../../src/core/format.ts";
import { isJsonObject, type JsonObject } from "../../../../src/core/text/json.ts";
import { createAnthropicMessages } from "../../../../src/formats/anthropic_messages/mod.ts";
import { collectAnswer, type CollectedChoice } from "../../../../src/formats/collect_answer.ts";
import { gemini } from "../../../../src/formats/gemini/mod.ts";
import { openaiChat } from "../../../../src/formats/openai_chat/mod.ts";
import { createOpenaiResponses } from "../../../../src/formats/openai_responses/mod.ts";
import { createTranscoder } from "../../../../src/gateway/relay/transcode.ts";
import { createEnvelopes } from "../../../../src/state/envelopes.ts";
import { placesToCut } from "../../../support/fuzzing.ts";
import { redactor } from "../../../support/redactor.ts";
import { checkMessagesStream } from "../../anthropic_messages/stream_checker.ts";
import { checkResponsesStream } from "../../openai_responses/stream_checker.ts";
import { textOf } from "../../expected_answer.ts";
import { cutsOf, decodeAll, ENCODE_OPTIONS, relayAll } from "../../stream_cases.ts";
import { checkGeminiStream } from "../stream_checker.ts";
import { type GeminiStream, type Said, STREAMS } from "./streams.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const RECORDED = new URL("../../../../../shared/streams/", import.meta.url);
const CUTS = { seed: 31, maxTwoWay: placesToCut(60), random: 12 };
const STREAM = { choices: 1, maxEventBytes: 1_048_576 };
const envelopes = createEnvelopes(new Uint8Array(32));
const utf8 = new TextEncoder();

const CLIENTS: readonly {
  readonly format: WireFormat;
  readonly check: (stream: Bytes) => readonly string[];
}[] = [
  { format: openaiChat, check: () => [] },
  { format: createAnthropicMessages({ envelopes }), check: checkMessagesStream },
  { format: createOpenaiResponses({ envelopes }), check: checkResponsesStream },
  { format: gemini, check: checkGeminiStream },
];

/** What is known of an answer in whatever format, in the words of the cases. */
function saidBy(events: readonly ChatEvent[]): Said {
  const { choices: [choice], usage, fault } = collectAnswer(events);
  const finish = choice?.finish;
  return {
    ...(choice !== undefined && textsOf(choice)),
    ...(finish !== undefined && { finish: [finish.reason, finish.raw] as const }),
    ...(usage !== undefined && { usage: [usage.inputTokens, usage.outputTokens] as const }),
    ...(fault !== undefined && { fault: fault.message }),
  };
}

function textsOf(choice: CollectedChoice): Said {
  const calls = choice.parts.filter((part) => part.type === "tool_call");
  const text = textOf(choice, "text");
  const thoughts = textOf(choice, "reasoning");
  const urls = choice.parts.flatMap((part) => part.type === "text" ? part.citations ?? [] : []);
  return {
    ...(text !== "" && { text }),
    ...(thoughts !== "" && { thoughts }),
    ...(calls.length > 0 && {
      calls: calls.map(({ name, input, seal }) =>
        [name, JSON.parse(input), seal !== undefined] as const
      ),
    }),
    ...(urls.length > 0 && { urls: urls.map(({ url }) => url ?? "") }),
  };
}

function withoutHow({ ending: _, passesOn: __, ...said }: Said): Said {
  return said;
}

/** What a client of another format reads of it: its own finish, and what its format has words for. */
function assertHeard(heard: Said, said: Said, format: WireFormat): void {
  const what = format.name;
  assertEquals(heard.text ?? "", said.text ?? "", what);
  assertEquals(heard.thoughts ?? "", said.thoughts ?? "", what);
  assertEquals(
    heard.calls?.map(([name, args]) => [name, args]),
    said.calls?.map(([name, args]) => [name, args]),
    what,
  );
  if (said.ending !== undefined) return;
  assertEquals(heard.finish?.[0], said.finish?.[0], what);
  assertEquals(heard.usage, said.usage, what);
}

function transcode(format: WireFormat, pieces: readonly Bytes[]) {
  const request = {
    reasoning: { summary: "auto" },
    generationConfig: { thinkingConfig: { includeThoughts: true } },
  };
  const encode = { ...ENCODE_OPTIONS, request };
  const translation = createTranscoder(
    gemini.streamDecoder(STREAM),
    format.answer.streamEncoder(encode),
    1,
  );
  const { body, last, progress } = relayAll(translation, pieces);
  return { stream: utf8.encode(body + last), progress };
}

function observe(pieces: readonly Bytes[]) {
  const observer = gemini.answer.streamObserver({
    ...STREAM,
    dropUsageEvent: false,
    dropNullUsage: false,
    redact: redactor.forClient,
    encode: ENCODE_OPTIONS,
  });
  return relayAll(observer, pieces);
}

function assertObserved({ text, said }: GeminiStream, pieces: readonly Bytes[]): void {
  const { body, last, progress } = observe(pieces);
  assertEquals(body, said.passesOn ?? text);
  assertEquals(progress.finishReason, said.finish?.[1]);
  const { usage } = progress;
  assertEquals(usage && [usage.inputTokens, usage.outputTokens], said.usage?.slice());
  assertEquals(progress.fault?.message, said.fault);
  assertEquals(progress.isFinishedByEnd && progress.hasEnded, said.ending === undefined);
  // The provider's own error has passed; a break is told by ours.
  assertEquals(last === "", said.ending !== "truncated", last);
}

for (const stream of STREAMS) {
  const bytes = utf8.encode(stream.text);
  Deno.test(`${stream.name}: it is read, passed on and rewritten however it is cut`, () => {
    for (const pieces of cutsOf(bytes, CUTS)) {
      const events = decodeAll(gemini.streamDecoder(STREAM), pieces);
      assertEquals(saidBy(events), withoutHow(stream.said));
      assertObserved(stream, pieces);
      for (const { format, check } of CLIENTS) {
        const { stream: written } = transcode(format, pieces);
        assertEquals(check(written), [], format.name);
        const again = decodeAll(format.streamDecoder(STREAM), [written]);
        assertHeard(saidBy(again), stream.said, format);
      }
    }
  });
}

Deno.test("a failed call of which nothing is left is a failure, but for clients that know the word", () => {
  const candidate = { finishReason: "MALFORMED_FUNCTION_CALL", finishMessage: "Malformed: f(" };
  const text = `data: ${JSON.stringify({ candidates: [candidate] })}\r\n\r\n`;
  const pieces = [utf8.encode(text)];
  const { progress } = transcode(openaiChat, pieces);
  assertEquals([progress.fault?.message, progress.fault?.status], ["Malformed: f(", 502]);
  const observed = observe(pieces);
  assertEquals(observed.body, text);
  assertEquals(observed.progress.hasEnded && observed.progress.fault === undefined, true);
});

Deno.test("several candidates are told apart", () => {
  const candidate = (index: number, text: string, finishReason?: string) => ({
    content: { parts: [{ text }] },
    index,
    finishReason,
  });
  const text = [
    { candidates: [candidate(0, "a"), candidate(1, "b")] },
    { candidates: [candidate(1, "B", "STOP")] },
    { candidates: [candidate(0, "A", "MAX_TOKENS")] },
  ].map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`).join("");
  const events = decodeAll(gemini.streamDecoder({ ...STREAM, choices: 2 }), [utf8.encode(text)]);
  assertEquals(
    collectAnswer(events).choices.map((choice) => [textOf(choice, "text"), choice.finish?.reason]),
    [["aA", "length"], ["bB", "stop"]],
  );
});

/** What the manifest says of a recorded stream. */
interface Recorded {
  readonly text_len: number;
  readonly thought_len: number;
  readonly finish: readonly string[];
  readonly function_calls: readonly JsonObject[];
  readonly usageMetadata: JsonObject;
}

async function recordedStreams(): Promise<readonly { file: string; expect: Recorded }[]> {
  try {
    const text = await Deno.readTextFile(new URL("manifest.json", RECORDED));
    const entries = JSON.parse(text) as { file: string; kind: string; expect: JsonObject }[];
    // The shape says which fields an expectation has.
    return entries.filter(({ file, expect, kind }) =>
      isJsonObject(expect) && expect["shape"] === "gemini.generateContent" &&
      kind.startsWith("stream") && /\.(?:sse|jsonl)$/.test(file)
    ) as unknown as { file: string; expect: Recorded }[];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Payloads are kept one a line and get the frame that they were taken out of. */
async function readRecorded(file: string): Promise<string> {
  const text = await Deno.readTextFile(new URL(file, RECORDED));
  if (!file.endsWith(".jsonl")) return text;
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => `data: ${line}\r\n\r\n`).join("");
}

for (const { file, expect } of await recordedStreams()) {
  Deno.test(`recorded ${file}: it is read, passed on and rewritten however it is cut`, async () => {
    const text = await readRecorded(file);
    const bytes = utf8.encode(text);
    const said = saidBy(decodeAll(gemini.streamDecoder(STREAM), [bytes]));
    assertEquals([...said.text ?? ""].length, expect.text_len);
    assertEquals([...said.thoughts ?? ""].length, expect.thought_len);
    assertEquals(said.finish?.[1], expect.finish.at(-1));
    const named = expect.function_calls.filter(({ name }) => name !== undefined);
    assertEquals(said.calls?.map(([name]) => name) ?? [], named.map(({ name }) => name));
    for (const [index, { args }] of named.entries()) {
      if (args !== undefined) assertEquals(said.calls?.[index]?.[1], args);
    }
    const places = placesToCut(12);
    for (const pieces of cutsOf(bytes, { ...CUTS, maxTwoWay: places, random: 4 })) {
      const observed = observe(pieces);
      assertEquals(observed.body + observed.last, text);
      assert(observed.progress.isFinished && observed.progress.hasEnded);
      assertEquals(observed.progress.usage?.native?.value, expect.usageMetadata);
      assertEquals(saidBy(decodeAll(gemini.streamDecoder(STREAM), pieces)), said);
    }
    // What is read is the same at every place: so what is written of it is looked at for fewer.
    const fewer = Math.min(places, 500);
    for (const pieces of cutsOf(bytes, { ...CUTS, maxTwoWay: fewer, random: 4 })) {
      for (const { format, check } of CLIENTS) {
        const { stream } = transcode(format, pieces);
        assertEquals(check(stream), [], format.name);
        assertHeard(saidBy(decodeAll(format.streamDecoder(STREAM), [stream])), said, format);
      }
    }
  });
}

Deno.test("an event that is too long to hold passes unread, and an error in one is told", () => {
  const options = { ...STREAM, maxEventBytes: 64 };
  const observer = gemini.answer.streamObserver({
    ...options,
    dropUsageEvent: false,
    dropNullUsage: false,
    redact: redactor.forClient,
    encode: ENCODE_OPTIONS,
  });
  const error = `data: {"error":{"code":500,"message":"${"x".repeat(200)}"}}\r\n\r\n`;
  const { body, last, progress } = relayAll(observer, [utf8.encode(error)]);
  assertEquals(body, "");
  assertStringIncludes(last, `{"error":`);
  assertStringIncludes(progress.fault?.message ?? "", "more than 64 bytes");
});
