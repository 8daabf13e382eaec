/** However early a stream breaks off, it counts as complete only if its finish was seen. */

import { assert, assertEquals } from "@std/assert";
import {
  endingOf,
  loadGoldenCases,
  observerOf,
  type StreamCase,
  transcoderOf,
} from "./stream_cases.ts";

const cases = await loadGoldenCases(new URL("../golden/", import.meta.url));

/**
 * Bytes after which all choices have finished, found without the code under test: where the
 * JSON of each choice's first finish reason ends, or the closing marker. Infinity if not at all.
 */
function finishedAfter({ dialect, bytes, expected }: StreamCase): number {
  // One character a byte, so that offsets are the same.
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  if (dialect === "chatjimmy") {
    const marker = "<|/stats|>";
    return text.includes(marker) ? text.indexOf(marker) + marker.length : Infinity;
  }
  const offsets = new Map<string, number>();
  for (const { 0: line, index } of text.matchAll(/^data: \{.*"finish_reason":".*\}/gm)) {
    const choice = /"index":(\d+)/.exec(line)?.[1] ?? "0";
    if (!offsets.has(choice)) offsets.set(choice, index + line.length);
  }
  const asked = expected.asked ?? 1;
  return offsets.size < asked ? Infinity : Math.max(...offsets.values());
}

Deno.test("a stream cut at any byte is complete only after its finish reasons", () => {
  let completeCuts = 0;
  for (const streamCase of cases) {
    const { name, dialect, bytes, expected } = streamCase;
    const needed = finishedAfter(streamCase);
    const run = { choices: expected.asked };
    for (let length = 0; length <= bytes.length; length++) {
      const piece = bytes.slice(0, length);
      const translations = [transcoderOf(streamCase, run)];
      if (dialect === "openai_chat") translations.push(observerOf(run));
      for (const translation of translations) {
        translation.push(piece);
        const isCompleteUnclosed = endingOf(translation.progress) === "complete";
        translation.flush();
        const isCompleteClosed = endingOf(translation.progress) === "complete";
        const context = `${name} cut after ${length} bytes, finished after ${needed}`;
        assert(!isCompleteUnclosed || length >= needed, context);
        assert(!isCompleteClosed || length >= needed, `${context}, closed`);
        if (isCompleteClosed) completeCuts++;
      }
    }
  }
  // Had nothing ever been complete, the property would hold for no good reason.
  assert(completeCuts > 1_000);
});

Deno.test("each whole golden stream ends as it says", () => {
  for (const streamCase of cases) {
    const translation = transcoderOf(streamCase, { choices: streamCase.expected.asked });
    translation.push(streamCase.bytes);
    translation.flush();
    assertEquals(endingOf(translation.progress), streamCase.expected.ending, streamCase.name);
  }
});

Deno.test("a chat stream whose first line begins with a bracket is no list, and its events are passed on at once", () => {
  const event =
    'data: {"choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":"stop"}]}\n\n';
  const bytes = new TextEncoder().encode(`[oops\n\n${event}data: [DONE]\n\n`);
  for (const make of [observerOf, () => transcoderOf({ dialect: "openai_chat" })]) {
    const translation = make({ maxEventBytes: 100 });
    assert(new TextDecoder().decode(translation.push(bytes)).includes('"content":"hi"'));
    translation.flush();
    assertEquals(endingOf(translation.progress), "complete");
  }
});
