/** Streams of other formats for Gemini's clients: what they say is the same, however they are cut. */

import { assert, assertEquals } from "@std/assert";
import type { ChatEvent } from "../../../src/core/chat/chat.ts";
import type { AnswerFormat, StreamEnding } from "../../../src/core/format.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import { collectAnswer } from "../../../src/formats/collect_answer.ts";
import { gemini, geminiArray } from "../../../src/formats/gemini/mod.ts";
import { ArrayFraming } from "../../../src/formats/gemini/stream/array_framing.ts";
import { callsOf, textOf } from "../expected_answer.ts";
import {
  concat,
  cutsOf,
  decodeAll,
  decoderOf,
  ENCODE_OPTIONS,
  loadGoldenCases,
} from "../stream_cases.ts";
import { checkGeminiArray, checkGeminiStream } from "./stream_checker.ts";

const CUTS = { seed: 17, maxTwoWay: 40, random: 10 };
const STREAM = { choices: 1, maxEventBytes: 1_048_576 };
const REQUEST = { generationConfig: { thinkingConfig: { includeThoughts: true } } };
const CUT: StreamEnding = {
  kind: "failed",
  error: new GatewayError("upstream_truncated", "The answer ended before it was whole"),
};

function write(
  answer: AnswerFormat,
  pushes: readonly (readonly ChatEvent[])[],
  ending: StreamEnding,
): Uint8Array<ArrayBuffer> {
  const encoder = answer.streamEncoder({ ...ENCODE_OPTIONS, request: REQUEST });
  return concat([...pushes.map((events) => encoder.encode(events)), encoder.close(ending)]);
}

for (const streamCase of await loadGoldenCases(new URL("../../golden/", import.meta.url))) {
  const { name, bytes, expected } = streamCase;
  Deno.test(`golden ${name}: a Gemini client reads the same, however it is cut`, () => {
    const isWhole = expected.ending === "complete";
    const ending: StreamEnding = isWhole ? { kind: "complete" } : CUT;
    for (const pieces of cutsOf(bytes, CUTS)) {
      const decoder = decoderOf(streamCase);
      const pushes = [...pieces.map((piece) => decoder.push(piece)), decoder.flush()];
      const stream = write(gemini.answer, pushes, ending);
      assertEquals(checkGeminiStream(stream), []);
      const array = new TextDecoder().decode(write(geminiArray, pushes, ending));
      assertEquals(checkGeminiArray(array), []);
      const events = new TextDecoder().decode(stream).trim().split(/\r\n\r\n/);
      assertEquals(
        JSON.parse(array),
        events.map((event) => JSON.parse(event.slice("data: ".length))),
      );
      if (!isWhole || expected.asked !== undefined) continue;
      const whole = gemini.answer.encodeWhole(pushes.flat(), {
        ...ENCODE_OPTIONS,
        request: REQUEST,
      });
      const read = [decodeAll(gemini.streamDecoder(STREAM), [stream]), gemini.decodeWhole(whole)];
      const [said] = expected.choices;
      assert(said !== undefined);
      for (const again of read) {
        const [told] = collectAnswer(again).choices;
        assert(told !== undefined);
        assertEquals(textOf(told, "reasoning"), said.reasoning ?? "");
        // A refusal is a text there.
        assertEquals(textOf(told, "text"), (said.text ?? "") + (said.refusal ?? ""));
        assertEquals(
          callsOf(told).map(({ name, input }) => [name, JSON.parse(input || "{}")]),
          (said.toolCalls ?? []).map(({ name, input }) => [name, JSON.parse(input || "{}")]),
        );
      }
    }
  });
}

Deno.test("a stream becomes the same array, however it is cut and its lines end", () => {
  const items = [`{"a": "data: \\n"}`, `{"b":1}`, `{"error":{}}`];
  for (const end of ["\r\n", "\n", "\r"]) {
    const stream = [
      `: comment${end}`,
      `event: x${end}data: ${items[0]}${end}${end}`,
      `data:${items[1]}${end}id: 1${end}${end}`,
      `data:  ${items[2]?.slice(0, 9)}${end}data: ${items[2]?.slice(9)}${end}${end}`,
    ].join("");
    for (const pieces of cutsOf(new TextEncoder().encode(stream), CUTS)) {
      const framing = new ArrayFraming();
      const array = concat([...pieces.map((piece) => framing.push(piece)), framing.end()]);
      assertEquals(
        new TextDecoder().decode(array),
        `[${items[0]},\r\n${items[1]},\r\n ${items[2]?.slice(0, 9)}\n${items[2]?.slice(9)}]\n`,
      );
    }
  }
  assertEquals(new TextDecoder().decode(new ArrayFraming().end()), "[]\n");
});

const RECORDED = new URL("../../../../shared/streams/gemini/", import.meta.url);

Deno.test({
  name: "recorded streams of Gemini's become arrays of the same events, however they are cut",
  ignore: !await exists(RECORDED),
  fn: async () => {
    for await (const { name } of Deno.readDir(RECORDED)) {
      if (!name.endsWith(".sse")) continue;
      const bytes = await Deno.readFile(new URL(name, RECORDED));
      const events = new TextDecoder().decode(bytes).trim().split(/\r?\n\r?\n/);
      const items = events.map((event) => event.slice("data: ".length));
      for (const pieces of cutsOf(bytes, CUTS)) {
        const observer = geminiArray.streamObserver({
          ...STREAM,
          dropUsageEvent: false,
          dropNullUsage: false,
          redact: (text) => text,
          encode: ENCODE_OPTIONS,
        });
        const array = concat([
          ...pieces.map((piece) => observer.push(piece)),
          observer.flush(),
          observer.close({ kind: "complete" }),
        ]);
        assertEquals(new TextDecoder().decode(array), `[${items.join(",\r\n")}]\n`, name);
      }
    }
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
