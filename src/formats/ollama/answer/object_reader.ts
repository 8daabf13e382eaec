/**
 * The objects of an answer as events: each adds to it, and a whole answer is a single one.
 *
 * @module
 */

import type { ChatEvent, Part } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { faultOf } from "../errors.ts";
import type { AnswerShape } from "./answer_shape.ts";
import { decodeFinish, decodeUsage } from "./finish.ts";
import { sniffImage } from "../image_type.ts";

/** Reads one answer; create one per response. */
export class ObjectReader {
  readonly #shape: AnswerShape;
  #hasStarted = false;
  #hasToolCalls = false;
  /** Number of the next block. */
  #next = 0;
  /** The text or reasoning that is being written. */
  #open: { readonly type: "text" | "reasoning"; readonly block: number } | undefined;

  constructor(shape: AnswerShape) {
    this.#shape = shape;
  }

  read(body: JsonObject): readonly ChatEvent[] {
    const fault = faultOf(body);
    if (fault !== undefined) return [{ type: "fault", fault }];
    const events: ChatEvent[] = [];
    if (!this.#hasStarted) events.push(this.#start(body));
    const { content, thinking, tool_calls: calls, images } = this.#shape.read(body);
    this.#addText("reasoning", thinking, events);
    this.#addText("text", content, events);
    for (const image of listOf(images)) this.#addWhole(imageOf(image), events);
    for (const call of listOf(calls)) this.#addWhole(callOf(call), events);
    const { logprobs } = body;
    if (Array.isArray(logprobs) && logprobs.length > 0) {
      events.push({ type: "logprobs", choice: 0, content: logprobs });
    }
    if (body["done"] !== true) return events;
    this.#endBlock(events);
    events.push(decodeFinish(body, this.#hasToolCalls));
    const usage = decodeUsage(body);
    if (usage !== undefined) events.push({ type: "usage", usage });
    events.push({ type: "end" });
    return events;
  }

  #start({ model, created_at: createdAt }: JsonObject): ChatEvent {
    this.#hasStarted = true;
    const createdMs = typeof createdAt === "string" ? Date.parse(createdAt) : NaN;
    return {
      type: "start",
      ...(typeof model === "string" && model !== "" && { model }),
      ...(!Number.isNaN(createdMs) && { createdSeconds: Math.floor(createdMs / 1_000) }),
    };
  }

  #addText(type: "text" | "reasoning", text: JsonValue | undefined, events: ChatEvent[]): void {
    if (typeof text !== "string" || text === "") return;
    if (this.#open?.type === type) {
      events.push({ type: "block_delta", block: this.#open.block, text });
      return;
    }
    this.#endBlock(events);
    const block = this.#next++;
    this.#open = { type, block };
    events.push({ type: "block_start", choice: 0, block, part: { type, text } });
  }

  #addWhole(part: Part | undefined, events: ChatEvent[]): void {
    if (part === undefined) return;
    this.#endBlock(events);
    const block = this.#next++;
    this.#hasToolCalls ||= part.type === "tool_call";
    events.push({ type: "block_start", choice: 0, block, part }, { type: "block_end", block });
  }

  #endBlock(events: ChatEvent[]): void {
    if (this.#open !== undefined) events.push({ type: "block_end", block: this.#open.block });
    this.#open = undefined;
  }
}

/** Arguments are an object; some servers send its text (T104). */
function callOf(call: JsonValue): Part | undefined {
  const described = isJsonObject(call) ? call["function"] : undefined;
  if (!isJsonObject(call) || !isJsonObject(described)) return undefined;
  const { name, arguments: input } = described;
  return {
    type: "tool_call",
    callId: typeof call["id"] === "string" ? call["id"] : "",
    kind: "function",
    name: typeof name === "string" ? name : "",
    input: typeof input === "string" ? input : JSON.stringify(input ?? {}),
  };
}

function imageOf(data: JsonValue): Part | undefined {
  if (typeof data !== "string") return undefined;
  // Of a type that is not known here the client may know more.
  const mediaType = sniffImage(data) ?? "application/octet-stream";
  return { type: "media", kind: "image", source: { type: "inline", mediaType, data } };
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
