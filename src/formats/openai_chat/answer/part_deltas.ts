/**
 * The parts of an answer, written piece by piece as the deltas of a stream.
 *
 * @module
 */

import type { ChatEvent, Citation, MediaPart, Seal, TextPart } from "../../../core/chat/chat.ts";
import type { JsonObject, JsonValue } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";
import { dataUrl } from "../media_source.ts";
import { writeCallSeal } from "./call_seal.ts";
import { writeSealedDetail, writeSignature, writeTextDetail } from "./reasoning_details.ts";
import { makeToolCallId, NO_ARGUMENTS } from "./tool_call_id.ts";

/** What a piece adds to a choice. */
export interface PartDelta {
  readonly choice: number;
  readonly delta: JsonObject;
}

type BlockStart = Extract<ChatEvent, { readonly type: "block_start" }>;

/** A part that may grow. */
interface OpenPart {
  readonly choice: number;
  readonly kind: "text" | "reasoning" | "refusal" | "function" | "custom";
  /** Of a call among the calls of its choice, or of a reasoning among its details. */
  readonly index: number;
  readonly callId: string;
  /** What is still to be said of it when it ends. */
  atEnd?: JsonObject | undefined;
}

/** One per answer. */
export class PartDeltas {
  /** Names calls that their provider gave no id. */
  readonly #answerId: string;
  readonly #open = new Map<number, OpenPart>();
  /** By choice. */
  readonly #calls = new Map<number, number>();
  readonly #details = new Map<number, number>();
  /** The last text of each choice, whose citations may come when it has ended. */
  readonly #lastTexts = new Map<number, number>();

  constructor(answerId: string) {
    this.#answerId = answerId;
  }

  /** What is known of a part where it begins; `undefined` where that is nothing, or has no place. */
  begin({ choice, block, part }: BlockStart): PartDelta | undefined {
    switch (part.type) {
      case "text":
      case "refusal":
        this.#open.set(block, {
          choice,
          kind: part.type,
          index: 0,
          callId: "",
          atEnd: part.type === "text" ? this.#sayAtEnd(part, choice) : undefined,
        });
        if (part.type === "text") this.#lastTexts.set(choice, block);
        return this.#known(block, part.text);
      case "reasoning": {
        const index = countUp(this.#details, choice);
        this.#open.set(block, { choice, kind: "reasoning", index, callId: "" });
        const text = part.text === "" ? {} : reasoningDelta(part.text, index);
        if (part.seal === undefined) return part.text === "" ? undefined : { choice, delta: text };
        const details = [writeTextDetail(part.text, index, part.seal)];
        return { choice, delta: { ...text, reasoning_details: details } };
      }
      case "sealed": {
        const index = countUp(this.#details, choice);
        const detail = writeSealedDetail(part.seal, index, part.id);
        return { choice, delta: { reasoning_details: [detail] } };
      }
      case "tool_call": {
        const { kind, name, input } = part;
        const index = countUp(this.#calls, choice);
        const callId = part.callId || makeToolCallId(this.#answerId, choice, index);
        const lacksInput = kind === "function" && input === "";
        const atEnd = lacksInput
          ? { tool_calls: [{ index, function: { arguments: NO_ARGUMENTS } }] }
          : undefined;
        this.#open.set(block, { choice, kind, index, callId, atEnd });
        // Clients look for it where the call begins.
        const call = {
          ...encodeCall(callId, kind, name, input, index),
          ...writeCallSeal(part.seal),
        };
        return {
          choice,
          delta: { tool_calls: [call], ...this.#detailOf(part.seal, choice, callId) },
        };
      }
      case "media": {
        const image = encodeImage(part);
        return image === undefined ? undefined : { choice, delta: { images: [image] } };
      }
      case "native":
        return part.format === NAME ? { choice, delta: { [part.name]: part.value } } : undefined;
      case "tool_result": // No answer of the format holds one.
        return undefined;
    }
  }

  /** More of a part. */
  add(block: number, text: string): PartDelta | undefined {
    const open = this.#open.get(block);
    if (open === undefined) return undefined;
    const { choice, kind, index } = open;
    switch (kind) {
      case "text":
        return { choice, delta: { content: text } };
      case "refusal":
        return { choice, delta: { refusal: text } };
      case "reasoning":
        return { choice, delta: reasoningDelta(text, index) };
      case "function":
        open.atEnd = undefined;
        return { choice, delta: { tool_calls: [{ index, function: { arguments: text } }] } };
      case "custom":
        return { choice, delta: { tool_calls: [{ index, custom: { input: text } }] } };
    }
  }

  /** The signature of a reasoning; one of anything else is a detail of its own. */
  seal(block: number, seal: Seal): PartDelta | undefined {
    const open = this.#open.get(block);
    if (open === undefined) return undefined;
    const { choice, kind, index, callId } = open;
    if (kind === "reasoning") {
      return { choice, delta: { reasoning_details: [writeSignature(seal, index)] } };
    }
    const onCall = kind === "function" ? writeCallSeal(seal) : {};
    const call = Object.keys(onCall).length > 0 ? { tool_calls: [{ index, ...onCall }] } : {};
    return { choice, delta: { ...call, ...this.#detailOf(seal, choice, callId) } };
  }

  cite(block: number, citation: Citation): PartDelta | undefined {
    const annotation = encodeCitation(citation);
    const choice = this.#open.get(block)?.choice ??
      [...this.#lastTexts].find(([, text]) => text === block)?.[0];
    if (choice === undefined || annotation === undefined) return undefined;
    return { choice, delta: { annotations: [annotation] } };
  }

  /** What was still to be said of a part. */
  end(block: number): PartDelta | undefined {
    const open = this.#open.get(block);
    this.#open.delete(block);
    return open?.atEnd === undefined ? undefined : { choice: open.choice, delta: open.atEnd };
  }

  #detailOf(seal: Seal | undefined, choice: number, callId: string): JsonObject {
    if (seal === undefined) return {};
    const index = countUp(this.#details, choice);
    return { reasoning_details: [writeSealedDetail(seal, index, callId || undefined)] };
  }

  #sayAtEnd(part: TextPart, choice: number): JsonObject | undefined {
    const said = { ...annotationsOf(part), ...this.#detailOf(part.seal, choice, "") };
    return Object.keys(said).length > 0 ? said : undefined;
  }

  #known(block: number, text: string): PartDelta | undefined {
    return text === "" ? undefined : this.add(block, text);
  }
}

/** Clients know one name or the other (T37), or the details, which they send back. */
function reasoningDelta(text: string, index: number): JsonObject {
  return {
    reasoning_content: text,
    reasoning: text,
    reasoning_details: [writeTextDetail(text, index)],
  };
}

/** The citations of a text that came whole. */
function annotationsOf({ citations = [] }: TextPart): JsonObject | undefined {
  const annotations = citations.map(encodeCitation).filter((value) => value !== undefined);
  return annotations.length === 0 ? undefined : { annotations };
}

function encodeCall(
  id: string,
  kind: "function" | "custom",
  name: string,
  input: string,
  index: number,
): JsonObject {
  return kind === "function"
    ? { index, id, type: "function", function: { name, arguments: input } }
    : { index, id, type: "custom", custom: { name, input } };
}

/** An image as OpenRouter's answers have it. Sound and files have no place in an answer. */
export function encodeImage({ kind, source }: MediaPart): JsonObject | undefined {
  if (kind !== "image") return undefined;
  if (source.type === "url") return { type: "image_url", image_url: { url: source.url } };
  if (source.type !== "inline") return undefined;
  return { type: "image_url", image_url: { url: dataUrl(source.mediaType, source.data) } };
}

/** The provider's own annotation, or one of a page. Where in the text it belongs, others do not say. */
export function encodeCitation({ url, title, quote, native }: Citation): JsonValue | undefined {
  if (native.format === NAME) return native.value;
  if (url === undefined) return undefined;
  return {
    type: "url_citation",
    url_citation: {
      start_index: 0,
      end_index: 0,
      url,
      title: title ?? "",
      ...(quote !== undefined && { content: quote }),
    },
  };
}

function countUp(counts: Map<number, number>, choice: number): number {
  const index = counts.get(choice) ?? 0;
  counts.set(choice, index + 1);
  return index;
}
