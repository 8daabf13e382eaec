/**
 * The streams of `tests/golden`, cut in many ways, and in `deno task fuzz` at every place: decoded, observed
 * and transcoded.
 */

import { assert, assertEquals } from "@std/assert";
import type { StreamProgress } from "../../src/core/format.ts";
import { placesToCut } from "../support/fuzzing.ts";
import { answerOf, nativeUsage } from "./expected_answer.ts";
import {
  concat,
  cutsOf,
  decodeAll,
  decoderOf,
  endingOf,
  loadGoldenCases,
  observedBytes,
  observerOf,
  relayAll,
  type StreamCase,
  transcoderOf,
} from "./stream_cases.ts";

const GOLDEN = new URL("../golden/", import.meta.url);
const CUTS = { seed: 7, maxTwoWay: placesToCut(100), random: 50 };

const utf8 = new TextEncoder();

function assertProgress(progress: Readonly<StreamProgress>, { expected }: StreamCase): void {
  assertEquals(endingOf(progress), expected.ending);
  assertEquals(progress.hasOutput, expected.hasOutput ?? true);
  assertEquals(progress.malformedEvents, expected.malformedEvents ?? 0);
  assertEquals(progress.fault, expected.fault);
}

/** The end mark on a complete stream, an error and no end mark on any other. */
function assertLastWord(last: string, { expected }: StreamCase): void {
  const isComplete = expected.ending === "complete";
  assertEquals(last.endsWith("data: [DONE]\n\n"), isComplete, last);
  assertEquals(last.includes(`data: {"error":{`), !isComplete, last);
}

const cases = await loadGoldenCases(GOLDEN);

Deno.test("tests/golden holds streams of each dialect", () => {
  const dialects = new Set(cases.map(({ dialect }) => dialect));
  assertEquals([...dialects].sort(), ["chatjimmy", "openai_chat"]);
});

for (const streamCase of cases) {
  const { name, bytes, expected } = streamCase;
  const run = { choices: expected.asked };
  const answer = {
    choices: expected.choices,
    ...(expected.usage !== undefined && { usage: expected.usage }),
    ...(expected.fault !== undefined && { fault: expected.fault }),
  };

  Deno.test(`golden ${name}: decoding gives the answer however the stream is cut`, () => {
    for (const pieces of cutsOf(bytes, CUTS)) {
      const decoder = decoderOf(streamCase);
      assertEquals(answerOf(decodeAll(decoder, pieces)), answer);
    }
  });

  Deno.test(`golden ${name}: transcoding gives the answer however the stream is cut`, async () => {
    const file = new URL(`${name}/client.openai_chat.sse`, GOLDEN);
    const client = await Deno.readTextFile(file);
    for (const pieces of cutsOf(bytes, CUTS)) {
      const { body, last, progress } = relayAll(transcoderOf(streamCase, run), pieces);
      assertProgress(progress, streamCase);
      assertLastWord(last, streamCase);
      // Text that is not framed leaves in the pieces it came in, so only whole it is one event.
      const isFramed = streamCase.dialect === "openai_chat";
      if (isFramed || pieces.length === 1) assertEquals(body + last, client);
      const again = decodeAll(decoderOf({ dialect: "openai_chat" }), [utf8.encode(body + last)]);
      assertSameForClient(answerOf(again), answer);
    }
  });

  if (streamCase.dialect !== "openai_chat") continue;
  Deno.test(`golden ${name}: observing passes the bytes on however the stream is cut`, () => {
    const passedOn = observedBytes(streamCase);
    for (const pieces of cutsOf(bytes, CUTS)) {
      const { body, last, progress } = relayAll(observerOf(run), pieces);
      assertProgress(progress, streamCase);
      assertEquals(body, passedOn);
      assertEquals(nativeUsage(progress.usage), expected.usage);
      const words = expected.choices.map(({ finish }) => finish?.raw);
      assert(words.length === 0 || words.includes(progress.finishReason));
      if (expected.ending === "fault" && last === "") assert(body.includes(`"error":`));
      else assertLastWord(last, streamCase);
    }
  });
}

/** A failed answer is not finished, and its fault is told in the gateway's words. */
function assertSameForClient(
  { choices, usage, fault }: ReturnType<typeof answerOf>,
  expected: ReturnType<typeof answerOf>,
): void {
  const isWhole = fault === undefined;
  const withoutRaw = (choice: StreamCase["expected"]["choices"][number]) => {
    const { finish, ...rest } = choice;
    return isWhole ? { ...rest, reason: finish?.reason } : rest;
  };
  assertEquals(choices.map(withoutRaw), expected.choices.map(withoutRaw));
  if (isWhole) assertEquals(usage, expected.usage);
  if (expected.fault !== undefined) assertEquals(fault?.message, expected.fault.message);
}

Deno.test("cutsOf() cuts and loses nothing", () => {
  const bytes = utf8.encode("a stream of bytes");
  for (const pieces of cutsOf(bytes, CUTS)) assertEquals(concat(pieces), bytes);
});
