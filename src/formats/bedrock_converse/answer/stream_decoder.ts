/**
 * Reads a stream of Converse: messages of AWS's event stream, each with a JSON object.
 *
 * @module
 */

import type { ChatEvent, Part } from "../../../core/chat/chat.ts";
import type { StreamDecoder, StreamOptions } from "../../../core/format.ts";
import { isJsonObject, type JsonObject, parseJsonObject } from "../../../core/text/json.ts";
import { AwsEventStreamDecoder, type AwsMessage } from "../../../framing/aws_event_stream.ts";
import { faultOfMessage } from "../errors.ts";
import { NAME } from "../name.ts";
import { decodeCall, decodeCitation, decodeImage, textOf } from "./answer_block.ts";
import { decodeStopReason } from "./stop_reason.ts";
import { decodeUsage } from "./usage.ts";

/** More than any model writes; an endless stream of new blocks would otherwise fill memory. */
const MAX_BLOCKS = 4_096;

const utf8 = new TextDecoder();

interface OpenBlock {
  readonly block: number;
  readonly kind: "text" | "reasoning" | "sealed" | "tool_call" | "media";
}

/** Decodes one answer; create one per response. */
export class ConverseStreamDecoder implements StreamDecoder {
  malformedEvents = 0;
  readonly #frames: AwsEventStreamDecoder;
  /** By the provider's number. */
  readonly #open = new Map<number, OpenBlock>();
  /** Formats of the images that have begun: their bytes come in one piece behind. */
  readonly #imageFormats = new Map<number, string>();
  #blocks = 0;
  #hasToolCalls = false;
  #isOver = false;

  constructor({ maxEventBytes }: StreamOptions) {
    this.#frames = new AwsEventStreamDecoder({ maxMessageBytes: maxEventBytes });
  }

  push(chunk: Uint8Array<ArrayBuffer>): readonly ChatEvent[] {
    if (this.#isOver) return [];
    const events: ChatEvent[] = [];
    for (const message of this.#frames.push(chunk)) {
      if (this.#isOver) break;
      this.#read(message, events);
      const last = events.at(-1)?.type;
      this.#isOver = last === "fault" || last === "end";
    }
    return events;
  }

  flush(): readonly ChatEvent[] {
    if (!this.#isOver) this.#frames.flush();
    return [];
  }

  #read(message: AwsMessage, events: ChatEvent[]): void {
    const fault = faultOfMessage(message);
    if (fault !== undefined) {
      events.push({ type: "fault", fault });
      return;
    }
    const body = parseJsonObject(utf8.decode(message.payload));
    if (body === undefined) {
      this.malformedEvents++;
      return;
    }
    switch (message.headers.get(":event-type")) {
      case "messageStart":
        events.push({ type: "start" });
        break;
      case "contentBlockStart":
        this.#startBlock(body, events);
        break;
      case "contentBlockDelta":
        this.#addToBlock(body, events);
        break;
      case "contentBlockStop":
        this.#endBlock(indexOf(body), events);
        break;
      case "messageStop":
        this.#finish(body, events);
        break;
      case "metadata": {
        const usage = decodeUsage(body["usage"]);
        if (usage !== undefined) events.push({ type: "usage", usage });
        // It comes behind the end of the message, and nothing behind it.
        events.push({ type: "end" });
      }
    }
  }

  /** Of tool calls and images: of a text, its first piece is the start. */
  #startBlock(body: JsonObject, events: ChatEvent[]): void {
    const { toolUse, image } = isJsonObject(body["start"]) ? body["start"] : {};
    if (isJsonObject(image)) this.#imageFormats.set(indexOf(body), textOf(image["format"]));
    if (!isJsonObject(toolUse)) return;
    this.#hasToolCalls = true;
    this.#begin(indexOf(body), "tool_call", decodeCall(toolUse), events);
  }

  #addToBlock(body: JsonObject, events: ChatEvent[]): void {
    const index = indexOf(body);
    const { delta } = body;
    if (!isJsonObject(delta)) {
      this.malformedEvents++;
      return;
    }
    const { text, toolUse, reasoningContent, citation, image } = delta;
    if (typeof text === "string") this.#addText(index, "text", text, events);
    else if (isJsonObject(toolUse)) this.#addInput(index, textOf(toolUse["input"]), events);
    else if (isJsonObject(reasoningContent)) this.#addReasoning(index, reasoningContent, events);
    else if (isJsonObject(citation)) {
      const { block } = this.#openAs(index, "text", events);
      events.push({ type: "block_citation", block, citation: decodeCitation(citation) });
    } else if (isJsonObject(image)) {
      const format = this.#imageFormats.get(index) ?? "";
      this.#begin(index, "media", decodeImage({ ...image, format }), events);
    } else this.malformedEvents++;
  }

  #addText(
    index: number,
    kind: "text" | "reasoning",
    text: string,
    events: ChatEvent[],
  ): void {
    const { block } = this.#openAs(index, kind, events);
    if (text !== "") events.push({ type: "block_delta", block, text });
  }

  #addInput(index: number, input: string, events: ChatEvent[]): void {
    const open = this.#open.get(index);
    if (open?.kind !== "tool_call") {
      events.push(broken("sent the input of a tool call that it had not begun"));
    } else if (input !== "") events.push({ type: "block_delta", block: open.block, text: input });
  }

  #addReasoning(index: number, reasoning: JsonObject, events: ChatEvent[]): void {
    const { text, signature, redactedContent } = reasoning;
    if (typeof text === "string") this.#addText(index, "reasoning", text, events);
    if (typeof signature === "string" && signature !== "") {
      const { block } = this.#openAs(index, "reasoning", events);
      events.push({ type: "block_seal", block, seal: { value: signature, issuer: NAME } });
    }
    if (typeof redactedContent === "string") {
      this.#endBlock(index, events);
      const seal = { value: redactedContent, issuer: NAME };
      this.#begin(index, "sealed", { type: "sealed", seal }, events);
    }
  }

  /** The block of that number, begun where it is not. */
  #openAs(index: number, kind: "text" | "reasoning", events: ChatEvent[]): OpenBlock {
    const open = this.#open.get(index);
    if (open?.kind === kind) return open;
    if (open !== undefined) this.#endBlock(index, events);
    return this.#begin(index, kind, { type: kind, text: "" }, events);
  }

  #begin(index: number, kind: OpenBlock["kind"], part: Part, events: ChatEvent[]): OpenBlock {
    if (this.#blocks === MAX_BLOCKS) events.push(broken(`has more than ${MAX_BLOCKS} blocks`));
    const open = { block: this.#blocks++, kind };
    this.#open.set(index, open);
    events.push({ type: "block_start", choice: 0, block: open.block, part });
    return open;
  }

  #endBlock(index: number, events: ChatEvent[]): void {
    const open = this.#open.get(index);
    if (open === undefined) return;
    this.#open.delete(index);
    events.push({ type: "block_end", block: open.block });
  }

  #finish({ stopReason }: JsonObject, events: ChatEvent[]): void {
    for (const index of [...this.#open.keys()]) this.#endBlock(index, events);
    const finish = decodeStopReason(stopReason, this.#hasToolCalls);
    if (finish !== undefined) events.push(finish);
  }
}

function broken(what: string): ChatEvent {
  const message = `The provider's answer breaks its protocol: it ${what}`;
  return { type: "fault", fault: { message, status: 502 } };
}

function indexOf({ contentBlockIndex: index }: JsonObject): number {
  return typeof index === "number" ? index : 0;
}
