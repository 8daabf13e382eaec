/** Whether the checker of Responses streams finds what it must, and nothing in faultless ones. */

import { assert, assertEquals } from "@std/assert";
import { endingWith, type Event, FAULTLESS } from "./faultless_stream.ts";
import { FAULTS } from "./planted_faults.ts";
import { checkResponsesStream } from "./stream_checker.ts";

function streamOf(events: readonly Event[]): string {
  return events.map(frameOf).join("");
}

function frameOf(event: Event): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

Deno.test("the checker has nothing to say of a faultless stream", () => {
  assertEquals(checkResponsesStream(streamOf(FAULTLESS)), []);
});

Deno.test("comments may stand anywhere", () => {
  for (let at = 0; at <= FAULTLESS.length; at++) {
    const frames = FAULTLESS.map(frameOf).toSpliced(at, 0, ": comment\n\n");
    assertEquals(checkResponsesStream(frames.join("")), [], `before event ${at}`);
  }
});

Deno.test("a response may fail at any time once it is in progress", () => {
  for (let at = 2; at < FAULTLESS.length; at++) {
    const told = FAULTLESS.slice(0, at);
    const done = told.filter(({ type }) => type === "response.output_item.done")
      .map(({ item }) => item!);
    const failed = endingWith("failed", { error: { code: "server_error", message: "Boom" } }, done);
    const events = [...told, { ...failed, sequence_number: at }];
    assertEquals(checkResponsesStream(streamOf(events)), [], `before event ${at}`);
  }
});

Deno.test("an incomplete response says why", () => {
  const details = { incomplete_details: { reason: "max_output_tokens" } };
  const right = FAULTLESS.with(-1, endingWith("incomplete", details));
  assertEquals(checkResponsesStream(streamOf(right)), []);
  const wrong = FAULTLESS.with(-1, endingWith("incomplete", {}));
  assertEquals(checkResponsesStream(streamOf(wrong)), [
    "event 27 (response.incomplete): its incomplete_details are null",
  ]);
});

for (const [fault, [events, says]] of Object.entries(FAULTS)) {
  Deno.test(`the checker finds ${fault}`, () => {
    const [first = ""] = checkResponsesStream(streamOf(events));
    assert(first.startsWith(says), `It says "${first}" and not "${says}"`);
  });
}

Deno.test("the checker finds what is wrong with frames", () => {
  const frames = FAULTLESS.map(frameOf);
  const says = (stream: string) => checkResponsesStream(stream)[0];
  assertEquals(
    says(frames.with(1, frames[1]!.replace(/^event: \S+/, "event: message")).join("")),
    'event 1 (response.in_progress): its frame is named "message"',
  );
  assertEquals(
    says([...frames, "data: [DONE]\n\n"].join("")),
    "event 28: its data is no JSON: [DONE]",
  );
  assertEquals(says(frames.join("").slice(0, -1)), "the stream ends within a frame");
});

Deno.test("the checker finds bytes that are no UTF-8", () => {
  const bytes = new TextEncoder().encode(streamOf(FAULTLESS));
  const cut = bytes.findIndex((byte) => byte === 0xc3);
  assertEquals(checkResponsesStream(Uint8Array.from([...bytes].toSpliced(cut, 1))), [
    "the stream is no UTF-8",
  ]);
});
