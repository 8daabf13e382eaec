/**
 * Runs Messages streams through the format in every cut, and says what the answer was.
 *
 * @module
 */

import type { ChatEvent, Part, ProviderFault } from "../../../../src/core/chat/chat.ts";
import type {
  EncodeOptions,
  StreamDecoder,
  StreamEnding,
  StreamProgress,
  StreamTranslation,
} from "../../../../src/core/format.ts";
import { GatewayError } from "../../../../src/core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../../src/core/text/json.ts";
import { anthropicMessages } from "../../../../src/formats/anthropic_messages/mod.ts";
import { concat } from "../../stream_cases.ts";
import { redactor } from "../../../support/redactor.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

const utf8 = new TextDecoder();
const encoder = new TextEncoder();

/** What the encoders of all tests are told. */
export const ENCODE_OPTIONS: EncodeOptions = {
  id: "weir",
  model: "asked-model",
  createdSeconds: 1_700_000_000,
  includeUsage: true,
};

export const STREAM_OPTIONS = { choices: 1, maxEventBytes: 1_048_576 };

export function decoderOf(maxEventBytes = STREAM_OPTIONS.maxEventBytes): StreamDecoder {
  return anthropicMessages.streamDecoder({ choices: 1, maxEventBytes });
}

export function observerOf(maxEventBytes = STREAM_OPTIONS.maxEventBytes): StreamTranslation {
  return anthropicMessages.answer.streamObserver({
    choices: 1,
    maxEventBytes,
    dropUsageEvent: false,
    dropNullUsage: false,
    redact: redactor.forClient,
    encode: ENCODE_OPTIONS,
  });
}

/** All events of a stream. */
export function decodeAll(pieces: readonly Bytes[], decoder = decoderOf()): readonly ChatEvent[] {
  return [...pieces.flatMap((piece) => decoder.push(piece)), ...decoder.flush()];
}

/** A stream of events, each in its frame. */
export function framesOf(...events: readonly JsonObject[]): Bytes {
  return encoder.encode(
    events.map((event) => `event: ${event["type"]}\ndata: ${JSON.stringify(event)}\n\n`).join(""),
  );
}

/** The events of a stream as it was written, by the plainest of readers. */
export function readFrames(stream: string): { readonly name: string; readonly body: JsonObject }[] {
  return stream.split("\n\n").filter((frame) => frame !== "").map((frame) => {
    const [, name, data] = /^event: (\S+)\ndata: (.*)$/.exec(frame) ?? [];
    if (name === undefined || data === undefined) throw new Error(`no frame: ${frame}`);
    return { name, body: JSON.parse(data) as JsonObject }; // Written a moment ago.
  });
}

/** What a client gets of a stream, and of it what the last word is. */
export interface Relayed {
  readonly body: string;
  readonly last: string;
  readonly progress: Readonly<StreamProgress>;
}

/** Relays a stream to its end, as the gateway does. */
export function relayAll(translation: StreamTranslation, pieces: readonly Bytes[]): Relayed {
  const parts = pieces.map((piece) => translation.push(piece));
  parts.push(translation.flush());
  const { progress } = translation;
  return {
    body: utf8.decode(concat(parts)),
    last: utf8.decode(translation.close(endingOf(progress))),
    progress,
  };
}

function endingOf({ fault, isFinished }: Readonly<StreamProgress>): StreamEnding {
  if (fault !== undefined) {
    const status = fault.status === undefined ? {} : { status: fault.status };
    return { kind: "failed", error: new GatewayError("upstream_error", fault.message, status) };
  }
  if (isFinished) return { kind: "complete" };
  const message = "The provider's answer ended before it was whole";
  return { kind: "failed", error: new GatewayError("upstream_truncated", message) };
}

/** Writes events as a stream that ends well. */
export function encodeAll(events: readonly ChatEvent[], perCall = events.length): string {
  const stream = anthropicMessages.answer.streamEncoder(ENCODE_OPTIONS);
  const parts: Bytes[] = [];
  for (let at = 0; at < events.length; at += perCall) {
    parts.push(stream.encode(events.slice(at, at + perCall)));
  }
  return utf8.decode(concat([...parts, stream.close({ kind: "complete" })]));
}

/** An answer as its events tell it. */
export interface Told {
  readonly parts: readonly Part[];
  readonly finish: string | undefined;
  readonly reason: string | undefined;
  readonly stopSequence: string | undefined;
  readonly usage: JsonValue | undefined;
  readonly fault: ProviderFault | undefined;
}

/** Puts blocks together, in the order in which they began. */
export function tell(events: readonly ChatEvent[]): Told {
  const parts = new Map<number, { part: Part; isOpen: boolean }>();
  const told: { -readonly [K in keyof Told]: Told[K] } = {
    parts: [],
    finish: undefined,
    reason: undefined,
    stopSequence: undefined,
    usage: undefined,
    fault: undefined,
  };
  for (const event of events) {
    if (event.type === "block_start") {
      if (parts.has(event.block)) throw new Error(`block ${event.block} began twice`);
      parts.set(event.block, { part: event.part, isOpen: true });
    } else if ("block" in event) {
      const entry = parts.get(event.block);
      if (entry === undefined || !entry.isOpen) throw new Error(`${event.type} without a block`);
      if (event.type === "block_end") entry.isOpen = false;
      else entry.part = grow(entry.part, event);
    } else if (event.type === "finish") {
      told.finish = event.raw;
      told.reason = event.reason;
      told.stopSequence = event.stopSequence;
    } else if (event.type === "usage") told.usage = event.usage.native?.value;
    else if (event.type === "fault") told.fault = event.fault;
  }
  return { ...told, parts: [...parts.values()].map(({ part }) => part) };
}

type Growth = Extract<ChatEvent, { readonly block: number }>;

function grow(part: Part, event: Growth): Part {
  if (event.type === "block_delta" && part.type === "tool_call") {
    return { ...part, input: part.input + event.text };
  }
  if (event.type === "block_delta" && "text" in part) {
    return { ...part, text: part.text + event.text };
  }
  if (event.type === "block_seal" && part.type === "reasoning") {
    return { ...part, seal: event.seal };
  }
  if (event.type === "block_citation" && part.type === "text") {
    return { ...part, citations: [...part.citations ?? [], event.citation] };
  }
  throw new Error(`${event.type} in a ${part.type}`);
}

/** Calls of tools, those that the provider runs included, as recordings list them. */
export function toolsOf(parts: readonly Part[]): JsonValue {
  return parts.flatMap((part): JsonValue[] => {
    if (part.type === "tool_call") {
      return [{ id: part.callId, name: part.name, input: JSON.parse(part.input || "{}") }];
    }
    const value = part.type === "native" && isJsonObject(part.value) ? part.value : {};
    if (!String(value["type"]).endsWith("tool_use")) return [];
    return [{ id: value["id"]!, name: value["name"]!, input: value["input"]! }];
  });
}

/** The text of parts of one type. */
export function textOf(parts: readonly Part[], type: "text" | "reasoning"): string {
  return parts.map((part) => part.type === type && "text" in part ? part.text : "").join("");
}
