/**
 * Reads the chunks of a stream, and whole answers, which differ in little but a name.
 *
 * @module
 */

import type { ChatEvent } from "../../../core/chat_event.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/json.ts";
import { faultOf, faultOfChunk, toFault } from "../errors/errors.ts";
import { decodeFinishReason, finishWord } from "./finish_reason.ts";
import { ToolCallReader } from "./tool_calls.ts";
import { decodeUsage } from "./usage.ts";

/** As many as OpenAI allows. */
const MAX_CHOICES = 128;
/** A legacy completion has as many for each of its prompts. */
const MAX_TEXT_CHOICES = 262_144;

/** What has a neutral word; anything else in a delta or message becomes an extension. */
const NEUTRAL_FIELDS: ReadonlySet<string> = new Set([
  "role",
  "content",
  "reasoning_content",
  "reasoning",
  "refusal",
  "tool_calls",
  "function_call",
]);

/** Decodes the chunks of one stream, or one whole answer; create one per response. */
export class ChunkDecoder {
  #hasStarted = false;
  /** Calls go on from chunk to chunk, in each choice by themselves. */
  readonly #toolCalls = new Map<number, ToolCallReader>();

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
    const usage = decodeUsage(body["usage"]);
    if (usage !== undefined) events.push({ type: "usage", usage });
    // Last, because nothing counts after it, and OpenRouter counts tokens in the same chunk.
    if (fault !== undefined) events.push({ type: "fault", fault });
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
    const delta = isJsonObject(body[part]) ? body[part] : {};
    // Gateways send reasoning under both names for clients that know one of them (T37).
    const reasoning = [delta["reasoning_content"], delta["reasoning"]].find(isText);
    if (reasoning !== undefined) events.push({ type: "reasoning", choice, text: reasoning });
    decodeContent(delta["content"], choice, events);
    // Legacy completions have their text in the choice itself, streamed or not.
    decodeContent(body["text"], choice, events);
    const refusal = delta["refusal"];
    if (isText(refusal)) events.push({ type: "refusal", choice, text: refusal });
    this.#decodeToolCalls(delta, part, choice, events);
    decodeLogprobs(body["logprobs"], choice, events);
    decodeExtensions(delta, choice, events);
    const word = finishWord(body["finish_reason"]);
    if (word !== undefined) {
      const hasToolCalls = this.#toolCalls.get(choice)?.hasCalls ?? false;
      const reason = decodeFinishReason(word, hasToolCalls);
      events.push({ type: "finish", choice, reason, raw: word });
    }
  }

  #decodeToolCalls(
    delta: JsonObject,
    part: "delta" | "message",
    choice: number,
    events: ChatEvent[],
  ): void {
    const { tool_calls: calls, function_call: legacyCall } = delta;
    if (Array.isArray(calls)) {
      const reader = this.#toolCallsOf(choice);
      calls.forEach((call, position) => {
        if (!isJsonObject(call)) return;
        // In a whole message each entry is a call of its own and has no number.
        reader.read(part === "message" ? { ...call, index: position } : call, events);
      });
    }
    if (isJsonObject(legacyCall)) {
      this.#toolCallsOf(choice).read({ function: legacyCall }, events);
    }
  }

  #toolCallsOf(choice: number): ToolCallReader {
    let reader = this.#toolCalls.get(choice);
    if (reader === undefined) {
      reader = new ToolCallReader(choice);
      this.#toolCalls.set(choice, reader);
    }
    return reader;
  }
}

/** Content is a text, or Mistral's list of parts, where thinking is a list of parts itself. */
function decodeContent(content: JsonValue | undefined, choice: number, events: ChatEvent[]): void {
  if (isText(content)) {
    events.push({ type: "text", choice, text: content });
  } else if (Array.isArray(content)) {
    for (const part of content) {
      if (isJsonObject(part)) decodeContentPart(part, choice, events);
    }
  }
}

function decodeContentPart(part: JsonObject, choice: number, events: ChatEvent[]): void {
  const { type: name, text } = part;
  if (name === "text") {
    if (isText(text)) events.push({ type: "text", choice, text });
  } else if (name === "thinking") {
    const thinking = textOfParts(part["thinking"]);
    if (thinking !== "") events.push({ type: "reasoning", choice, text: thinking });
  } else if (isText(name) && !NEUTRAL_FIELDS.has(name)) {
    events.push({ type: "extension", choice, name, value: part });
  }
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

function decodeExtensions(delta: JsonObject, choice: number, events: ChatEvent[]): void {
  for (const name in delta) { // Not `Object.entries`, which makes a list for each chunk.
    const value = delta[name];
    if (NEUTRAL_FIELDS.has(name) || value === undefined || isEmpty(value)) continue;
    events.push({ type: "extension", choice, name, value });
  }
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
