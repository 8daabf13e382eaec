/**
 * Streams recorded from Anthropic, where they are at hand: `../shared/streams`.
 *
 * What each of them says was computed apart from this project and stands in their manifest.
 */

import { assert, assertEquals } from "@std/assert";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../../src/core/text/json.ts";
import { anthropicMessages } from "../../../../src/formats/anthropic_messages/mod.ts";
import { placesToCut } from "../../../support/fuzzing.ts";
import { cutsOf } from "../../stream_cases.ts";
import {
  decodeAll,
  ENCODE_OPTIONS,
  encodeAll,
  observerOf,
  relayAll,
  tell,
  textOf,
  toolsOf,
} from "./stream_cases.ts";

const RECORDED = new URL("../../../../../shared/streams/", import.meta.url);

/** In `deno task fuzz` every place of a short stream; some of a long one. */
function cutsOfStream(bytes: Uint8Array<ArrayBuffer>): ReturnType<typeof cutsOf> {
  const maxTwoWay = bytes.length <= 4_096 ? placesToCut(60) : 60;
  return cutsOf(bytes, { seed: 17, maxTwoWay, random: 10 });
}

/** A second message within the first: as a list of blocks it would be an answer that nobody gave. */
const SPLICED = "anthropic/vercel.spliced-message-start.chunks.jsonl";

interface Expected {
  readonly text_len: number;
  readonly text_sha16: string;
  readonly thinking_len: number;
  readonly tool_use: readonly { id: string; name: string; input_json: string }[];
  readonly stop_reason: string | null;
  readonly stop_sequence: string | null;
  readonly usage: JsonObject | null;
}

interface Entry {
  readonly file: string;
  readonly expect: Expected;
}

const utf8 = new TextEncoder();

async function readManifest(): Promise<readonly Entry[] | undefined> {
  try {
    const entries: unknown[] = JSON.parse(
      await Deno.readTextFile(new URL("manifest.json", RECORDED)),
    );
    return entries.filter((entry): entry is Entry =>
      isJsonObject(entry) && isJsonObject(entry["expect"]) &&
      entry["expect"]["shape"] === "anthropic.messages"
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Payloads are kept one a line and get the frame that they were taken out of. */
async function readStream(file: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await Deno.readFile(new URL(file, RECORDED));
  if (!file.endsWith(".jsonl")) return bytes;
  const lines = new TextDecoder().decode(bytes).split("\n").filter((line) => line !== "");
  return utf8.encode(
    lines.map((line) => `event: ${JSON.parse(line).type}\ndata: ${line}\n\n`).join(""),
  );
}

async function sha16(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", utf8.encode(text));
  return Array.from(new Uint8Array(hash, 0, 8), (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

const entries = await readManifest();

Deno.test({
  name: entries === undefined
    ? "recorded Messages streams are not at hand: not checked"
    : `recorded Messages streams are at hand: ${entries.length}`,
  ignore: entries === undefined,
  fn: () => {
    assert(entries!.some(({ file }) => file === SPLICED));
  },
});

for (const { file, expect } of entries ?? []) {
  Deno.test(`recorded ${file}: observed byte for byte in every cut`, async () => {
    const bytes = await readStream(file);
    const original = new TextDecoder().decode(bytes);
    for (const pieces of cutsOfStream(bytes)) {
      const { body, last, progress } = relayAll(observerOf(), pieces);
      assertEquals(body + last, original);
      assert(last.startsWith("event: message_stop\n"), last);
      assertEquals(progress.finishReason ?? null, expect.stop_reason);
      assertEquals(progress.usage?.native?.value ?? null, expect.usage);
      assertEquals(progress.fault, undefined);
      assertEquals(progress.malformedEvents, 0);
      assertEquals(progress.hasEnded, true);
    }
  });

  if (file === SPLICED) continue;
  Deno.test(`recorded ${file}: decoded and written anew in every cut`, async () => {
    const bytes = await readStream(file);
    const events = decodeAll([bytes]);
    const told = tell(events);
    const text = textOf(told.parts, "text");
    assertEquals([...text].length, expect.text_len);
    assertEquals(await sha16(text), expect.text_sha16);
    assertEquals([...textOf(told.parts, "reasoning")].length, expect.thinking_len);
    assertEquals(
      toolsOf(told.parts),
      expect.tool_use.map(({ id, name, input_json: input }): JsonValue => (
        { id, name, input: JSON.parse(input || "{}") }
      )),
    );
    assertEquals(told.finish ?? null, expect.stop_reason);
    assertEquals(told.stopSequence ?? null, expect.stop_sequence);
    assertEquals(told.usage ?? null, expect.usage);
    assertEquals(told.fault, undefined);

    for (const pieces of cutsOfStream(bytes)) assertEquals(decodeAll(pieces), events);

    for (const perCall of [1, 7, events.length]) {
      const again = tell(decodeAll([utf8.encode(encodeAll(events, perCall))]));
      const parts = told.parts.filter((part) => part.type !== "text" || part.text !== "");
      assertEquals(
        again.parts,
        parts.filter((part) =>
          part.type !== "reasoning" || part.text !== "" || part.seal !== undefined
        ),
      );
      assertEquals(again.reason, told.reason);
      assertEquals(again.stopSequence, told.stopSequence);
      assertEquals(again.usage, told.usage);
    }
  });

  Deno.test(`recorded ${file}: whole and streamed say the same`, async () => {
    const events = decodeAll([await readStream(file)]);
    const whole = anthropicMessages.answer.encodeWhole(events, ENCODE_OPTIONS);
    const streamed = tell(decodeAll([utf8.encode(encodeAll(events))]));
    const told = tell(anthropicMessages.decodeWhole(whole));
    const inputs = (parts: typeof told.parts) =>
      parts.map((part) =>
        part.type === "tool_call" ? { ...part, input: JSON.parse(part.input || "{}") } : part
      );
    assertEquals(inputs(told.parts), inputs(streamed.parts));
    assertEquals({ ...told, parts: [] }, { ...streamed, parts: [] });
  });
}

if (entries !== undefined) {
  Deno.test("a second message inside an answer is a fault", async () => {
    const { fault } = tell(decodeAll([await readStream(SPLICED)]));
    assertEquals(fault?.status, 502);
  });
}
