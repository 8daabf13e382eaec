/**
 * Finds the borders between the parts of a choice, which the format does not mark.
 *
 * A text, reasoning or refusal goes on until another kind begins. Tool calls may grow in turns, so that they
 * are open until the answer has ended.
 *
 * @module
 */

import type { ChatEvent, Citation, Part, Seal, ToolCallPart } from "../../../core/chat/chat.ts";
import type { ReasoningDetail } from "./reasoning_details.ts";

/** Counts the blocks of all choices of an answer. */
export class BlockCount {
  #next = 0;

  take(): number {
    return this.#next++;
  }
}

interface OpenBlock {
  readonly block: number;
  readonly kind: "text" | "reasoning" | "refusal";
  /** Number of its details, where they have one. */
  readonly detail: number | undefined;
}

/** Numbers the parts of one choice. */
export class ChoiceBlocks {
  readonly choice: number;
  readonly #count: BlockCount;
  #open: OpenBlock | undefined;
  /** The last text, for citations, which may come when it has ended. */
  #textBlock: number | undefined;
  readonly #calls: number[] = [];

  constructor(choice: number, count: BlockCount) {
    this.choice = choice;
    this.#count = count;
  }

  /** Adds to the open block of a kind, or begins one. */
  addText(
    kind: OpenBlock["kind"],
    text: string,
    events: ChatEvent[],
    detail?: number,
  ): void {
    const open = this.#open;
    if (open !== undefined && continues(open, kind, detail)) {
      events.push({ type: "block_delta", block: open.block, text });
      return;
    }
    const block = this.#add({ type: kind, text }, events);
    this.#open = { block, kind, detail };
    if (kind === "text") this.#textBlock = block;
  }

  /** Adds a piece of reasoning, which may be a text, a signature or both. */
  addDetail({ kind, text, seal, index, id }: ReasoningDetail, events: ChatEvent[]): void {
    if (kind === "sealed") {
      this.addWhole({ type: "sealed", seal: seal!, ...(id !== undefined && { id }) }, events);
      return;
    }
    const isOpen = this.#open !== undefined && continues(this.#open, "reasoning", index);
    // A signature alone begins a block where its reasoning was kept from the client.
    if (text !== "" || (seal !== undefined && !isOpen)) {
      this.addText("reasoning", text, events, index);
    }
    if (seal !== undefined) this.#seal(seal, events);
  }

  /** Begins a call, which stays open beside whatever follows. */
  addCall(part: ToolCallPart, events: ChatEvent[]): number {
    const block = this.#add(part, events);
    this.#calls.push(block);
    return block;
  }

  /** Adds a part that does not grow. */
  addWhole(part: Part, events: ChatEvent[]): void {
    events.push({ type: "block_end", block: this.#add(part, events) });
  }

  /** Whether there was a text that the citation can belong to. */
  addCitation(citation: Citation, events: ChatEvent[]): boolean {
    if (this.#textBlock === undefined) return false;
    events.push({ type: "block_citation", block: this.#textBlock, citation });
    return true;
  }

  /** The choice has finished, but for fragments of calls that may be late. */
  finish(events: ChatEvent[]): void {
    if (this.#open !== undefined) events.push({ type: "block_end", block: this.#open.block });
    this.#open = undefined;
  }

  /** The answer has ended. */
  end(events: ChatEvent[]): void {
    this.finish(events);
    for (const block of this.#calls.splice(0)) events.push({ type: "block_end", block });
  }

  #seal(seal: Seal, events: ChatEvent[]): void {
    if (this.#open !== undefined) {
      events.push({ type: "block_seal", block: this.#open.block, seal });
    }
  }

  #add(part: Part, events: ChatEvent[]): number {
    this.finish(events);
    const block = this.#count.take();
    events.push({ type: "block_start", choice: this.choice, block, part });
    return block;
  }
}

function continues(open: OpenBlock, kind: string, detail: number | undefined): boolean {
  return open.kind === kind &&
    (detail === undefined || open.detail === undefined || open.detail === detail);
}
