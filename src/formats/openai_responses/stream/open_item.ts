/**
 * An item of a stream as it is read: which of its blocks are open, and what of it was told.
 *
 * What was told in pieces is not told again by the events that repeat it whole; what was not, is.
 *
 * @module
 */

import type { ChatEvent, Part } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import {
  decodeAnswerPart,
  decodeCall,
  decodeCitation,
  decodeItem,
  type ItemKind,
  kindOf,
  reasoningSeal,
  reasoningText,
} from "../answer/decode_item.ts";
import { calledTool } from "../tools/client_tools.ts";

/** Numbers the blocks of an answer. */
export type NextBlock = () => number;

interface OpenText {
  readonly block: number;
  hasText: boolean;
  isEnded: boolean;
  /** Citations told so far. */
  citations: number;
}

/** One item; parts of it are known by the index that their events name. */
export class OpenItem {
  readonly kind: ItemKind;
  readonly isCall: boolean;
  readonly #nextBlock: NextBlock;
  readonly #texts = new Map<number, OpenText>();
  /** Parts of a reasoning that have told something. */
  readonly #told = new Set<string>();
  #call: OpenText | undefined;

  constructor(item: JsonObject, nextBlock: NextBlock, events: ChatEvent[]) {
    this.kind = kindOf(item);
    this.isCall = this.kind === "call" || calledTool(item) !== undefined;
    this.#nextBlock = nextBlock;
    if (this.kind !== "call") return;
    const part = decodeCall(item);
    this.#call = this.#begin({ ...part, input: "" }, events);
    this.#add(this.#call, part.input, events);
  }

  /** A part of a message begins. */
  beginPart(index: number, value: JsonValue | undefined, events: ChatEvent[]): void {
    if (this.kind !== "message" || !isJsonObject(value) || this.#texts.has(index)) return;
    const part = decodeAnswerPart(value);
    if (part === undefined) return;
    for (const text of this.#texts.values()) this.#end(text, events);
    const text = this.#begin(part, events);
    text.hasText = "text" in part && part.text !== "";
    text.citations = part.type === "text" ? part.citations?.length ?? 0 : 0;
    this.#texts.set(index, text);
  }

  /** More of a message's part. */
  addText(index: number, type: "output_text" | "refusal", text: string, events: ChatEvent[]): void {
    if (this.kind !== "message") return;
    this.beginPart(index, { type, text: "", refusal: "" }, events);
    this.#add(this.#texts.get(index), text, events);
  }

  /** A part of a message as it is in the end. */
  endText(
    index: number,
    type: "output_text" | "refusal",
    text: string,
    events: ChatEvent[],
  ): void {
    if (this.#texts.get(index)?.hasText !== true) this.addText(index, type, text, events);
  }

  /** More of a reasoning; `part` is what its events call the text that grows. */
  addReasoning(part: string, text: string, events: ChatEvent[]): void {
    if (this.kind !== "reasoning" || text === "") return;
    const isNext = this.#told.size > 0 && !this.#told.has(part);
    this.#told.add(part);
    const open = this.#texts.get(0) ?? this.#begin({ type: "reasoning", text: "" }, events);
    this.#texts.set(0, open);
    this.#add(open, isNext ? `\n\n${text}` : text, events);
  }

  endReasoning(part: string, text: string, events: ChatEvent[]): void {
    if (!this.#told.has(part)) this.addReasoning(part, text, events);
  }

  /** More of the input of a call. */
  addInput(text: string, events: ChatEvent[]): void {
    this.#add(this.#call, text, events);
  }

  endInput(text: string, events: ChatEvent[]): void {
    if (this.#call?.hasText === false) this.#add(this.#call, text, events);
  }

  cite(index: number, annotation: JsonValue | undefined, events: ChatEvent[]): void {
    const text = this.#texts.get(index);
    if (text === undefined || text.isEnded || !isJsonObject(annotation)) return;
    text.citations++;
    const citation = decodeCitation(annotation);
    events.push({ type: "block_citation", block: text.block, citation });
  }

  /** The item as it is in the end. */
  end(item: JsonObject, events: ChatEvent[]): void {
    switch (this.kind) {
      case "message":
        this.#endMessage(item["content"], events);
        break;
      case "reasoning":
        this.#endReasoning(item, events);
        break;
      case "call":
        this.endInput(decodeCall(item).input, events);
        break;
      case "other":
        for (const part of decodeItem(item)) {
          if (part.type === "native" && part.name === "") continue;
          this.#end(this.#begin(part, events), events);
        }
    }
    this.endAll(events);
  }

  /** Ends what is open. */
  endAll(events: ChatEvent[]): void {
    for (const text of this.#texts.values()) this.#end(text, events);
    if (this.#call !== undefined) this.#end(this.#call, events);
  }

  #endMessage(content: JsonValue | undefined, events: ChatEvent[]): void {
    if (!Array.isArray(content)) return;
    content.filter(isJsonObject).forEach((value, index) => {
      const part = decodeAnswerPart(value);
      if (part?.type !== "text" && part?.type !== "refusal") return;
      const known = this.#texts.get(index);
      if (known === undefined) this.beginPart(index, value, events);
      else if (!known.hasText) this.#add(known, part.text, events);
      const citations = part.type === "text" ? part.citations ?? [] : [];
      const text = this.#texts.get(index);
      if (text === undefined || text.isEnded) return;
      for (const citation of citations.slice(text.citations)) {
        text.citations++;
        events.push({ type: "block_citation", block: text.block, citation });
      }
    });
  }

  #endReasoning(item: JsonObject, events: ChatEvent[]): void {
    const seal = reasoningSeal(item);
    if (this.#told.size === 0) this.addReasoning("item", reasoningText(item), events);
    const open = this.#texts.get(0);
    if (seal === undefined) return;
    if (open !== undefined) events.push({ type: "block_seal", block: open.block, seal });
    else {
      const { id } = item;
      const named = typeof id === "string" ? { id } : {};
      this.#end(this.#begin({ ...named, type: "sealed", seal }, events), events);
    }
  }

  #begin(part: Part, events: ChatEvent[]): OpenText {
    const block = this.#nextBlock();
    events.push({ type: "block_start", choice: 0, block, part });
    return { block, hasText: false, isEnded: false, citations: 0 };
  }

  #add(open: OpenText | undefined, text: string, events: ChatEvent[]): void {
    if (open === undefined || open.isEnded || text === "") return;
    open.hasText = true;
    events.push({ type: "block_delta", block: open.block, text });
  }

  #end(open: OpenText, events: ChatEvent[]): void {
    if (open.isEnded) return;
    open.isEnded = true;
    events.push({ type: "block_end", block: open.block });
  }
}
