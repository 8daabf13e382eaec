/**
 * The streams of `golden`, cut in many ways, and in `deno task fuzz` at every place: decoded, observed and
 * written anew.
 *
 * `provider.sse` is what a provider sends, `expected.json` what it says, `client.sse` what a client gets of
 * it where the provider spoke another format.
 */

import { assertEquals } from "@std/assert";
import type { Part, ProviderFault } from "../../../../src/core/chat/chat.ts";
import { GatewayError } from "../../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../../src/core/text/json.ts";
import { anthropicMessages } from "../../../../src/formats/anthropic_messages/mod.ts";
import { placesToCut } from "../../../support/fuzzing.ts";
import { concat, cutsOf } from "../../stream_cases.ts";
import {
  type Bytes,
  decodeAll,
  decoderOf,
  ENCODE_OPTIONS,
  observerOf,
  readFrames,
  relayAll,
  tell,
} from "./stream_cases.ts";

const GOLDEN = new URL("golden/", import.meta.url);
const CUTS = { seed: 5, maxTwoWay: placesToCut(100), random: 50 };

interface Expected {
  readonly parts: readonly Part[];
  readonly finish?: string;
  readonly reason?: string;
  readonly stopSequence?: string;
  readonly usage?: JsonObject;
  readonly fault?: ProviderFault;
  readonly ending: "complete" | "truncated" | "fault";
  /** True by default. */
  readonly hasOutput?: boolean;
  /** Events that are no JSON; none by default. */
  readonly malformedEvents?: number;
  /** Events that make no sense where they stand, which only the decoder sees; none by default. */
  readonly malformedWhenDecoded?: number;
  /** Reason in a stream that is written anew, where it is another than the provider's. */
  readonly clientFinish?: string;
  /** How many events an observed stream passes on, by default all before `message_stop`. */
  readonly observed?: number;
  /** Events that do not pass, by their place. */
  readonly leftOut?: readonly number[];
  /** There was no stream to be passed on. */
  readonly isWrittenAnew?: boolean;
}

const utf8 = new TextDecoder();
const encoder = new TextEncoder();

const names: string[] = [];
for await (const { name, isDirectory } of Deno.readDir(GOLDEN)) if (isDirectory) names.push(name);

for (const name of names.sort()) {
  const folder = new URL(`${name}/`, GOLDEN);
  const bytes = await Deno.readFile(new URL("provider.sse", folder));
  const expected: Expected = JSON.parse(
    await Deno.readTextFile(new URL("expected.json", folder)),
  );
  const told = {
    parts: expected.parts,
    finish: expected.finish,
    reason: expected.reason,
    stopSequence: expected.stopSequence,
    usage: expected.usage,
    fault: expected.fault,
  };

  Deno.test(`golden ${name}: decoding gives the answer however the stream is cut`, () => {
    for (const pieces of cutsOf(bytes, CUTS)) {
      const decoder = decoderOf();
      assertEquals(tell(decodeAll(pieces, decoder)), told);
      const malformed = (expected.malformedEvents ?? 0) + (expected.malformedWhenDecoded ?? 0);
      assertEquals(decoder.malformedEvents, malformed);
    }
  });

  Deno.test(`golden ${name}: observing passes the bytes on however the stream is cut`, () => {
    for (const pieces of cutsOf(bytes, CUTS)) {
      const { body, last, progress } = relayAll(observerOf(), pieces);
      assertEquals(progress.hasOutput, expected.hasOutput ?? true);
      assertEquals(progress.malformedEvents, expected.malformedEvents ?? 0);
      assertEquals(progress.finishReason, expected.finish);
      assertEquals(progress.fault, expected.fault);
      assertEquals(progress.isFinished, expected.ending === "complete");
      assertEquals(progress.usage?.native?.value, expected.usage);
      if (expected.isWrittenAnew === true) continue;
      assertEquals(body, passedOn(bytes, expected));
      assertLastWord(last, expected, body);
    }
  });

  Deno.test(`golden ${name}: it is written anew, event by event or at once`, async () => {
    const file = new URL("client.sse", folder);
    const events = decodeAll([bytes]);
    const written = [1, events.length || 1].map((perCall) => writeAll(events, perCall, expected));
    assertEquals(written[0], written[1]);
    assertEquals(written[0], await Deno.readTextFile(file));
    for (const { name, body } of readFrames(written[0]!)) assertEquals(name, body["type"]);
    const again = tell(decodeAll([encoder.encode(written[0]!)]));
    assertEquals(again.parts, expected.ending === "complete" ? told.parts : again.parts);
    if (expected.ending !== "complete") return;
    assertEquals(again.finish, expected.clientFinish ?? expected.finish);
    assertEquals(again.stopSequence, expected.stopSequence);
    assertEquals(again.usage, expected.usage);
  });
}

function passedOn(bytes: Bytes, { observed, leftOut = [] }: Expected): string {
  const blocks = utf8.decode(bytes).match(/[^]*?(\r?\n){2}/g) ?? [];
  const endAt = blocks.findIndex((block) => block.startsWith("event: message_stop"));
  const all = blocks.slice(0, observed ?? (endAt === -1 ? blocks.length : endAt));
  return all.filter((_, index) => !leftOut.includes(index)).join("");
}

/** The end mark on a complete stream, an error on a broken one, nothing where the error has passed. */
function assertLastWord(last: string, { ending }: Expected, body: string): void {
  const passed = body.includes("event: error");
  const name = ending === "complete" ? "message_stop" : "error";
  assertEquals(/^event: (\S+)/.exec(last)?.[1], passed ? undefined : name, last);
}

function writeAll(
  events: ReturnType<typeof decodeAll>,
  perCall: number,
  { ending }: Expected,
): string {
  const stream = anthropicMessages.answer.streamEncoder(ENCODE_OPTIONS);
  const parts: Bytes[] = [];
  for (let at = 0; at < events.length; at += perCall) {
    parts.push(stream.encode(events.slice(at, at + perCall)));
  }
  const error = new GatewayError("upstream_truncated", "The answer ended before it was whole");
  parts.push(
    stream.close(ending === "complete" ? { kind: "complete" } : { kind: "failed", error }),
  );
  return utf8.decode(concat(parts));
}
