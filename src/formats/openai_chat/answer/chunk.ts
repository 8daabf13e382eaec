/**
 * Reads the chunks of a stream, and whole answers, which differ in little but a name.
 *
 * @module
 */

import type { ChatEvent, Citation, MediaPart } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { faultOf, faultOfChunk, toFault } from "../errors/errors.ts";
import { NAME } from "../name.ts";
import { BlockCount, ChoiceBlocks } from "./choice_blocks.ts";
import { decodeFinish } from "./finish_reason.ts";
import { readReasoningDetails } from "./reasoning_details.ts";
import { sourceOfUrl } from "../media_source.ts";
import { ToolCallReader } from "./tool_calls.ts";
import { decodeUsage } from "./usage.ts";

/** As many as OpenAI allows. */
const MAX_CHOICES = 128;
/** A legacy completion has as many for each of its prompts. */
const MAX_TEXT_CHOICES = 262_144;

/** What has a neutral word; anything else in a delta or message is native. */
const NEUTRAL_FIELDS: ReadonlySet<string> = new Set([
  "role",
  "content",
  "reasoning_content",
  "reasoning",
  "reasoning_details",
  "annotations",
  "images",
  "refusal",
  "tool_calls",
  "function_call",
]);

/** Parts go on from chunk to chunk, in each choice by themselves. */
interface OpenChoice {
  readonly blocks: ChoiceBlocks;
  readonly toolCalls: ToolCallReader;
}

/** Decodes the chunks of one stream, or one whole answer; create one per response. */
export class ChunkDecoder {
  #hasStarted = false;
  readonly #count = new BlockCount();
  readonly #choices = new Map<number, OpenChoice>();

  /**
   * Reads a chunk, whose choices hold a `delta` each, or an answer, whose choices hold a
   * `message`. Events after a fault do not count.
   */
  decode(body: JsonObject, part: "delta" | "message", isError = false): ChatEvent[] {
    const events: ChatEvent[] = [];
    const stated = part === "message" ? faultOf(body) : faultOfChunk(body);
    const fault = stated ?? (isError ? toFault(body) : undefined);
    if (fault === undefined) {
      const choices = Array.isArray(body["choices"]) ? body["choices"] : [];
      this.#start(body, choices.length > 0, events);
      choices.forEach((choice, position) => {
        if (!isJsonObject(choice)) return;
        // In a whole answer each entry is a choice of its own, numbered or not.
        this.#decodeChoice(choice, part, part === "message" ? position : 0, events);
      });
    }
    const usage = decodeUsage(statedUsage(body));
    if (usage !== undefined) events.push({ type: "usage", usage });
    // Last, because nothing counts after it, and OpenRouter counts tokens in the same chunk.
    if (fault !== undefined) events.push({ type: "fault", fault });
    return events;
  }

  /** The answer has ended: so have its parts. */
  end(): ChatEvent[] {
    const events: ChatEvent[] = [];
    for (const { blocks } of this.#choices.values()) blocks.end(events);
    return events;
  }

  #start(body: JsonObject, hasChoices: boolean, events: ChatEvent[]): void {
    const { id, model, created } = body;
    // Azure's first chunk carries filter results and neither id nor choices.
    if (this.#hasStarted || (!hasChoices && !isText(id))) return;
    this.#hasStarted = true;
    events.push({
      type: "start",
      ...(isText(id) && { id }),
      ...(isText(model) && { model }),
      ...(Number.isFinite(created) && { createdSeconds: Number(created) }),
    });
  }

  #decodeChoice(
    body: JsonObject,
    part: "delta" | "message",
    position: number,
    events: ChatEvent[],
  ): void {
    const choice = typeof body["index"] === "number" ? body["index"] : position;
    const maxChoices = typeof body["text"] === "string" ? MAX_TEXT_CHOICES : MAX_CHOICES;
    if (!Number.isInteger(choice) || choice < 0 || choice >= maxChoices) {
      const message = `The upstream's answer has choice ${choice}; at most ${maxChoices} can be`;
      events.push({ type: "fault", fault: { message, isUnreadable: true } });
      return;
    }
    const { blocks, toolCalls } = this.#choiceOf(choice);
    const delta = isJsonObject(body[part]) ? body[part] : {};
    decodeReasoning(delta, blocks, events);
    decodeContent(delta["content"], blocks, events);
    // Legacy completions have their text in the choice itself, streamed or not.
    decodeContent(body["text"], blocks, events);
    const refusal = delta["refusal"];
    if (isText(refusal)) blocks.addText("refusal", refusal, events);
    decodeToolCalls(delta, part, toolCalls, events);
    decodeLogprobs(body["logprobs"], choice, events);
    decodeAnnotations(delta["annotations"], blocks, events);
    decodeImages(delta["images"], blocks, events);
    decodeNatives(delta, choice, events);
    const finish = decodeFinish(body, choice, toolCalls.hasCalls);
    if (finish === undefined) return;
    blocks.finish(events);
    events.push(finish);
  }

  #choiceOf(choice: number): OpenChoice {
    let open = this.#choices.get(choice);
    if (open === undefined) {
      const blocks = new ChoiceBlocks(choice, this.#count);
      open = { blocks, toolCalls: new ToolCallReader(blocks) };
      this.#choices.set(choice, open);
    }
    return open;
  }
}

/** Gateways send reasoning under both names for clients that know one of them (T37), and with its details. */
function decodeReasoning(delta: JsonObject, blocks: ChoiceBlocks, events: ChatEvent[]): void {
  const details = readReasoningDetails(delta["reasoning_details"]);
  if (!details.some(({ text }) => text !== "")) {
    const text = isText(delta["reasoning_content"])
      ? delta["reasoning_content"]
      : delta["reasoning"];
    if (isText(text)) blocks.addText("reasoning", text, events, details[0]?.index);
  }
  for (const detail of details) {
    if (detail.kind !== "other") blocks.addDetail(detail, events);
    else addNative(blocks.choice, "reasoning_details", [detail.value], events);
  }
}

function decodeToolCalls(
  delta: JsonObject,
  part: "delta" | "message",
  reader: ToolCallReader,
  events: ChatEvent[],
): void {
  const { tool_calls: calls, function_call: legacyCall } = delta;
  if (Array.isArray(calls)) {
    calls.forEach((call, position) => {
      if (!isJsonObject(call)) return;
      // In a whole message each entry is a call of its own and has no number.
      reader.read(part === "message" ? { ...call, index: position } : call, events);
    });
  }
  if (isJsonObject(legacyCall)) reader.read({ function: legacyCall }, events);
}

/** Content is a text, or Mistral's list of parts, where thinking is a list of parts itself. */
function decodeContent(
  content: JsonValue | undefined,
  blocks: ChoiceBlocks,
  events: ChatEvent[],
): void {
  if (isText(content)) {
    blocks.addText("text", content, events);
  } else if (Array.isArray(content)) {
    for (const part of content) {
      if (isJsonObject(part)) decodeContentPart(part, blocks, events);
    }
  }
}

function decodeContentPart(part: JsonObject, blocks: ChoiceBlocks, events: ChatEvent[]): void {
  const { type: name, text } = part;
  const image = imageOf(part);
  if (name === "text") {
    if (isText(text)) blocks.addText("text", text, events);
  } else if (name === "thinking") {
    const thinking = textOfParts(part["thinking"]);
    if (thinking !== "") blocks.addText("reasoning", thinking, events);
  } else if (image !== undefined) {
    blocks.addWhole(image, events);
  } else if (isText(name) && !NEUTRAL_FIELDS.has(name)) {
    addNative(blocks.choice, name, part, events);
  }
}

/** OpenRouter's images, each as it is sent in requests. */
function decodeImages(
  value: JsonValue | undefined,
  blocks: ChoiceBlocks,
  events: ChatEvent[],
): void {
  if (!Array.isArray(value)) return;
  for (const item of value) {
    const image = imageOf(item);
    if (image !== undefined) blocks.addWhole(image, events);
    else addNative(blocks.choice, "images", [item], events);
  }
}

function imageOf(item: JsonValue): MediaPart | undefined {
  const image = isJsonObject(item) ? item["image_url"] : undefined;
  const url = isJsonObject(image) ? image["url"] : undefined;
  return isText(url) ? { type: "media", kind: "image", source: sourceOfUrl(url) } : undefined;
}

/** Citations of the text; one that comes before there is any is native. */
function decodeAnnotations(
  value: JsonValue | undefined,
  blocks: ChoiceBlocks,
  events: ChatEvent[],
): void {
  if (!Array.isArray(value)) return;
  for (const item of value) {
    const citation = citationOf(item);
    if (citation !== undefined && blocks.addCitation(citation, events)) continue;
    addNative(blocks.choice, "annotations", [item], events);
  }
}

function citationOf(annotation: JsonValue): Citation | undefined {
  const cited = isJsonObject(annotation) ? annotation["url_citation"] : undefined;
  if (!isJsonObject(cited)) return undefined;
  const { url, title, content } = cited;
  return {
    ...(isText(url) && { url }),
    ...(isText(title) && { title }),
    ...(isText(content) && { quote: content }),
    native: { format: NAME, value: annotation },
  };
}

function textOfParts(parts: JsonValue | undefined): string {
  if (!Array.isArray(parts)) return isText(parts) ? parts : "";
  const texts = parts.map((part) => isJsonObject(part) ? part["text"] : undefined);
  return texts.filter(isText).join("");
}

function decodeLogprobs(value: JsonValue | undefined, choice: number, events: ChatEvent[]): void {
  if (!isJsonObject(value)) return;
  const content = nonEmptyList(value["content"]);
  const refusal = nonEmptyList(value["refusal"]);
  if (content === undefined && refusal === undefined) return;
  events.push({
    type: "logprobs",
    choice,
    ...(content !== undefined && { content }),
    ...(refusal !== undefined && { refusal }),
  });
}

function decodeNatives(delta: JsonObject, choice: number, events: ChatEvent[]): void {
  for (const name in delta) { // Not `Object.entries`, which makes a list for each chunk.
    const value = delta[name];
    if (NEUTRAL_FIELDS.has(name) || value === undefined || isEmpty(value)) continue;
    addNative(choice, name, value, events);
  }
}

function addNative(choice: number, name: string, value: JsonValue, events: ChatEvent[]): void {
  events.push({ type: "native", choice, format: NAME, name, value });
}

function nonEmptyList(value: JsonValue | undefined): readonly JsonValue[] | undefined {
  return Array.isArray(value) && value.length > 0 ? value : undefined;
}

function isEmpty(value: JsonValue): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === "string" && value !== "";
}

/** Groq says it in a place of its own, Moonshot within the last choice. */
function statedUsage({ usage, x_groq: ofGroq, choices }: JsonObject): JsonValue | undefined {
  if (isJsonObject(usage)) return usage;
  if (isJsonObject(ofGroq) && isJsonObject(ofGroq.usage)) return ofGroq.usage;
  const last = Array.isArray(choices) ? choices.at(-1) : undefined;
  return isJsonObject(last) ? last.usage : undefined;
}
