/** What is known of a stream that passes is the same as if each of its events were read. */

import { assertEquals } from "@std/assert";
import { EventProgress } from "../../../../src/core/chat/stream_progress.ts";
import type { StreamTranslation } from "../../../../src/core/format.ts";
import { parseAnswerObject } from "../../../../src/core/text/json.ts";
import { gemini } from "../../../../src/formats/gemini/mod.ts";
import { AnswerReader } from "../../../../src/formats/gemini/stream/answer_reader.ts";
import { PlainEvents } from "../../../../src/formats/gemini/stream/plain_events.ts";
import { redactor } from "../../../support/redactor.ts";
import { ENCODE_OPTIONS, seededRandom } from "../../stream_cases.ts";

const utf8 = new TextEncoder();

const RATINGS = `,"safetyRatings":[{"category":"HARM_CATEGORY_HARASSMENT","probability":"LOW"}]`;
const DETAILS = `,"promptTokensDetails":[{"modality":"TEXT","tokenCount":7}]`;

function data(parts: string, counts: string, more = ""): string {
  return `{"candidates":[{"content":{"parts":[${parts}],"role":"model"}${more},"index":0}],` +
    `"usageMetadata":{${counts}},"modelVersion":"gemini-2.5-flash","responseId":"r1"}`;
}

function counts(candidates: number | string, more = ""): string {
  return `"promptTokenCount":7,"candidatesTokenCount":${candidates},"totalTokenCount":99${more}`;
}

const PLAIN = data(`{"text":"Cats"}`, counts(3));

/** Events that follow one another in any order. */
const EVENTS: readonly string[] = [
  PLAIN,
  data(`{"text":" sleep."}`, counts(12)),
  data(`{"text":" \\"all\\" d\\u00e4y 猫\\n"}`, counts(20)),
  data(`{"text":"safe"}`, counts(21), RATINGS),
  data(`{"text":"found"}`, counts(21), `,"groundingMetadata":{}`),
  data(`{"text":"more"}`, counts(22, DETAILS)),
  data(`{"text":"hm","thought":true}`, counts(23, `,"thoughtsTokenCount":5`)),
  data(`{"text":"so","thought":true}`, counts(24, `,"thoughtsTokenCount":61`)),
  data(`{"text":""}`, counts(25)),
  data(`{"text":"sealed","thoughtSignature":"QQ=="}`, counts(26)),
  data(`{"functionCall":{"name":"f","args":{"text":"no"}}}`, counts(27)),
  data(`{"text":"two"},{"text":"parts"}`, counts(28)),
  PLAIN.replace(`"index":0`, `"index":1`),
  PLAIN.replaceAll(`":`, `": `),
  `{"usageMetadata":{"promptTokenCount":7,"cachedContentTokenCount":4}}`,
  // Of the form of a plain one, and no JSON.
  data(`{"text":"a\\q"}`, counts(30)),
  data(`{"text":"a\\u00g0"}`, counts(31)),
  data(`{"text":"a\tb"}`, counts(32)),
  data(`{"text":"a"}`, counts("033")),
  data(`{"text":"a"}`, counts("")),
  data(`{"text":"a"}`, counts(34)).slice(0, -1),
  // Ends of an answer, behind which it may go on.
  data(`{"text":"."}`, counts(35), `,"finishReason":"STOP"`),
  data(`{"text":"."}`, counts(36), `,"finishReason":"SOMETHING_NEW"`),
];

function observerOf(choices: number): StreamTranslation {
  return gemini.answer.streamObserver({
    choices,
    maxEventBytes: 65_536,
    dropUsageEvent: false,
    dropNullUsage: false,
    redact: redactor.forClient,
    encode: ENCODE_OPTIONS,
  });
}

/** The same by reading every event. */
class EveryEvent {
  readonly progress: EventProgress;
  readonly #reader: AnswerReader;
  passed = "";

  constructor(choices: number) {
    this.progress = new EventProgress(choices);
    this.#reader = new AnswerReader(choices, true);
  }

  push(frame: string): void {
    const body = parseAnswerObject(frame.slice("data: ".length));
    if (body === undefined) {
      this.progress.malformedEvents++;
      return;
    }
    for (const event of this.#reader.read(body)) this.progress.note(event);
    this.passed += frame;
  }
}

function known(progress: StreamTranslation["progress"]): unknown {
  const { hasOutput, model, finishReason, isFinished, isFinishedByEnd, usage, fault } = progress;
  const { malformedEvents } = progress;
  return {
    ...{ hasOutput, model, finishReason, isFinished, isFinishedByEnd, usage, fault },
    malformedEvents,
  };
}

Deno.test("what is known of a stream is what reading each of its events tells", () => {
  const random = seededRandom(7);
  const below = (limit: number) => Math.floor(random() * limit);
  for (let stream = 0; stream < 400; stream++) {
    const choices = 1 + stream % 2;
    const observer = observerOf(choices);
    const everyEvent = new EveryEvent(choices);
    const lineEnd = stream % 3 === 0 ? "\r\n" : "\n";
    // Most follow one of their own form.
    let data = PLAIN;
    let passed = "";
    for (let reads = 0; reads < 8; reads++) {
      let read = "";
      for (let events = below(6); events >= 0; events--) {
        if (below(2) === 0) data = EVENTS[below(EVENTS.length)] ?? PLAIN;
        const frame = `data: ${data}${lineEnd}${lineEnd}`;
        everyEvent.push(frame);
        read += frame;
      }
      passed += new TextDecoder().decode(observer.push(utf8.encode(read)));
      if (below(3) > 0) continue;
      assertEquals(known(observer.progress), known(everyEvent.progress));
    }
    assertEquals(passed, everyEvent.passed);
    assertEquals(known(observer.progress), known(everyEvent.progress));
  }
});

Deno.test("an event of a stream as Google sends it is plain behind one of its form", () => {
  const plainEvents = new PlainEvents();
  const learned = data(`{"text":"Cats"}`, counts(3, DETAILS), RATINGS).replaceAll(`":`, `": `);
  const first = utf8.encode(`data: ${learned}\r\n\r\n`);
  plainEvents.learn(first, 0, first.length, parseAnswerObject(learned)!);
  const next = learned.replace("Cats", ` "sleep" 猫`.replaceAll(`"`, `\\"`))
    .replace(`nt": 3,`, `nt": 1234,`);
  const isPlain = (text: string) => {
    const bytes = utf8.encode(text);
    return plainEvents.find(bytes, 0, bytes.length) !== -1;
  };
  assertEquals(isPlain(`data: ${next}\r\n\r\n`), true);
  assertEquals(isPlain(`data: ${next}\r\n\r`), true, "cut in its last line end");
  assertEquals(isPlain(`event: error\ndata: ${next}\r\n\r\n`), false);
  assertEquals(isPlain(`data: ${next}\nevent: error\n\n`), false);
  assertEquals(isPlain(`data: ${next.replace("LOW", "HIGH")}\r\n\r\n`), false);
});

Deno.test("events of two forms by turns are plain, until something else is said", () => {
  const plainEvents = new PlainEvents();
  const [bare, thoughtful, last] = [
    PLAIN,
    data(`{"text":"Dogs"}`, counts(3, `,"thoughtsTokenCount":4`)),
    data(`{"text":"!"}`, counts(3), `,"finishReason":"STOP"`),
  ].map((event) => utf8.encode(`data: ${event}\r\n\r\n`));
  const learn = (bytes = new Uint8Array(0)): void => {
    const text = new TextDecoder().decode(bytes.subarray("data: ".length));
    plainEvents.learn(bytes, 0, bytes.length, parseAnswerObject(text)!);
  };
  const find = (bytes = new Uint8Array(0)): number => plainEvents.find(bytes, 0, bytes.length);
  learn(bare);
  learn(thoughtful);
  assertEquals([find(bare), find(thoughtful), find(bare)], [0, 1, 0]);
  learn(last);
  assertEquals([find(bare), find(thoughtful), find(last)], [-1, -1, -1]);
});
