/**
 * Streams recorded from OpenAI and OpenRouter, where they are at hand: `../shared/streams`.
 *
 * What each of them says was computed apart from this project and stands in their manifest. Most places
 * are for `deno task fuzz`; the suite takes some.
 */

import { assert, assertEquals } from "@std/assert";
import type { ChatEvent } from "../../../../src/core/chat/chat.ts";
import { isJsonObject, type JsonObject } from "../../../../src/core/text/json.ts";
import { anthropicMessages } from "../../../../src/formats/anthropic_messages/mod.ts";
import { collectAnswer, type CollectedChoice } from "../../../../src/formats/collect_answer.ts";
import { openaiChat } from "../../../../src/formats/openai_chat/mod.ts";
import { openaiResponses } from "../../../../src/formats/openai_responses/mod.ts";
import { placesToCut } from "../../../support/fuzzing.ts";
import { checkMessagesStream } from "../../anthropic_messages/stream_checker.ts";
import { callsOf, textOf } from "../../expected_answer.ts";
import { concat, cutsOf } from "../../stream_cases.ts";
import { checkResponsesStream } from "../stream_checker.ts";
import {
  type Bytes,
  decodeAll,
  ENCODE_OPTIONS,
  encodeAll,
  observerOf,
  relayAll,
} from "./stream_cases.ts";

const RECORDED = new URL("../../../../../shared/streams/", import.meta.url);
const CUTS = { seed: 29, maxTwoWay: placesToCut(12), random: 4 };
const STREAM = { choices: 1, maxEventBytes: 1_048_576 };

interface Expected {
  readonly output_text_len: number;
  readonly output_text_sha16: string;
  readonly terminal: string;
  readonly usage: JsonObject | null;
}

interface Entry {
  readonly file: string;
  readonly expect: Expected;
}

const utf8 = new TextEncoder();
const text = new TextDecoder();

async function readManifest(): Promise<readonly Entry[] | undefined> {
  try {
    const entries: unknown[] = JSON.parse(
      await Deno.readTextFile(new URL("manifest.json", RECORDED)),
    );
    return entries.filter((entry): entry is Entry =>
      isJsonObject(entry) && isJsonObject(entry["expect"]) &&
      entry["expect"]["shape"] === "openai.responses"
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Payloads are kept one a line and get the frame that they were taken out of; of two streams in one, the last. */
async function readStream(file: string): Promise<Bytes> {
  const bytes = await Deno.readFile(new URL(file, RECORDED));
  if (!file.endsWith(".jsonl")) return bytes;
  const lines = text.decode(bytes).split("\n").filter((line) => line !== "");
  const start = lines.findLastIndex((line) => line.includes(`"type":"response.created"`));
  return utf8.encode(
    lines.slice(start).map((line) => `event: ${JSON.parse(line).type}\ndata: ${line}\n\n`).join(""),
  );
}

/** What passes: all up to the last event, and no end mark of chats. */
function passedOn(bytes: Bytes): string {
  const frames = text.decode(bytes).split(/(?<=\n\n)/);
  const last = frames.findIndex((frame) =>
    /"type":"response\.(completed|incomplete|failed)"/.test(frame)
  );
  return frames.slice(0, last + 1).join("");
}

async function sha16(value: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", utf8.encode(value));
  return Array.from(new Uint8Array(hash, 0, 8), (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

/** What every reader is to be told. */
function saidBy(choice: CollectedChoice | undefined) {
  if (choice === undefined) return { text: "", calls: [] };
  const calls = callsOf(choice).map(({ id, name, input }) => ({
    id,
    name,
    input: JSON.parse(input || "{}"),
  }));
  return { text: textOf(choice, "text"), calls };
}

/** The same answer as a client of another format reads it. */
function reread(format: typeof openaiChat, events: readonly ChatEvent[]): CollectedChoice {
  const encoder = format.answer.streamEncoder(ENCODE_OPTIONS);
  const counted = events.filter(({ type }) => type !== "end");
  const stream = concat([encoder.encode(counted), encoder.close({ kind: "complete" })]);
  if (format === anthropicMessages) assertEquals(checkMessagesStream(stream), []);
  const decoder = format.streamDecoder(STREAM);
  return collectAnswer([...decoder.push(stream), ...decoder.flush()]).choices[0]!;
}

const entries = await readManifest();

Deno.test({
  name: entries === undefined
    ? "recorded Responses streams are not at hand: not checked"
    : `recorded Responses streams are at hand: ${entries.length}`,
  ignore: entries === undefined,
  fn: () => {
    assert(entries!.length > 0);
  },
});

for (const { file, expect } of entries ?? []) {
  Deno.test(`recorded ${file}: passes as it came and is read the same in every cut`, async () => {
    const bytes = await readStream(file);
    const events = decodeAll([bytes]);
    for (const pieces of cutsOf(bytes, CUTS)) {
      const { body, last, progress } = relayAll(observerOf(), pieces);
      assertEquals(body + last, passedOn(bytes));
      assertEquals(progress.malformedEvents, 0);
      assertEquals(progress.usage?.native?.value ?? null, expect.usage);
      assertEquals(progress.fault !== undefined, expect.terminal === "response.failed");
      assertEquals(decodeAll(pieces), events);
    }
  });

  Deno.test(`recorded ${file}: says the same to clients of every format`, async () => {
    const events = decodeAll([await readStream(file)]);
    const { choices, usage, fault } = collectAnswer(events);
    const said = saidBy(choices[0]);
    assertEquals([...said.text].length, expect.output_text_len);
    assertEquals(await sha16(said.text), expect.output_text_sha16);
    assertEquals(usage?.native?.value ?? null, expect.usage);
    if (fault !== undefined) return assertEquals(expect.terminal, "response.failed");
    assertEquals(saidBy(reread(openaiChat, events)), said);
    assertEquals(saidBy(reread(anthropicMessages, events)), said);
    for (const perCall of [1, 7, events.length]) {
      const stream = encodeAll(events, {}, { kind: "complete" }, perCall);
      assertEquals(checkResponsesStream(stream), []);
      const again = collectAnswer(decodeAll([utf8.encode(stream)]));
      assertEquals(saidBy(again.choices[0]), said);
      assertEquals(again.usage?.totalTokens, usage?.totalTokens);
    }
    const whole = openaiResponses.answer.encodeWhole(events, ENCODE_OPTIONS);
    assertEquals(saidBy(collectAnswer(openaiResponses.decodeWhole(whole)).choices[0]), said);
  });
}
