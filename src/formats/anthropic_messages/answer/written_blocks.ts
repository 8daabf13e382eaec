/**
 * The blocks of a whole answer, put together from events.
 *
 * @module
 */

import type { ChatEvent, Part, Seal } from "../../../core/chat/chat.ts";
import type { JsonObject, JsonValue } from "../../../core/text/json.ts";
import type { WrapSeal } from "../sealing.ts";
import { beginBlock, type NewBlock, sealBlock } from "./new_block.ts";
import { inputObject } from "../tool_call.ts";

/** A block while it grows. */
interface Draft {
  readonly part: Part;
  readonly number: number;
  /** What stands before it and belongs to it. */
  before: NewBlock | undefined;
  readonly begun: NewBlock;
  text: string;
  signature: string;
  readonly citations: JsonValue[];
}

/** One per answer. */
export class WrittenBlocks {
  hasToolCalls = false;
  hasRefusal = false;
  readonly #answerId: string;
  readonly #wrap: WrapSeal;
  readonly #drafts = new Map<number, Draft>();

  constructor(answerId: string, wrap: WrapSeal) {
    this.#answerId = answerId;
    this.#wrap = wrap;
  }

  add(event: ChatEvent): void {
    if (event.type === "block_start") {
      this.#begin(event.block, event.part);
      return;
    }
    const draft = "block" in event ? this.#drafts.get(event.block) : undefined;
    if (draft === undefined) return;
    if (event.type === "block_delta") draft.text += event.text;
    else if (event.type === "block_seal") this.#seal(draft, event.seal);
    else if (event.type === "block_citation" && draft.begun.takesCitation(event.citation)) {
      draft.citations.push(event.citation.native.value);
    }
  }

  /** In the order in which they began. */
  content(): readonly JsonValue[] {
    return [...this.#drafts.values()].flatMap((draft) => [
      ...(draft.before === undefined ? [] : [draft.before.block]),
      ...writeDraft(draft),
    ]);
  }

  #seal(draft: Draft, seal: Seal): void {
    draft.signature = draft.begun.signatureOf(seal) ?? draft.signature;
    if (draft.part.type !== "tool_call") return;
    draft.before = sealBlock({ ...draft.part, seal }, this.#answerId, draft.number, this.#wrap);
  }

  #begin(block: number, part: Part): void {
    const begun = beginBlock(part, this.#answerId, block, this.#wrap);
    if (begun === undefined) return;
    this.hasToolCalls ||= begun.delta === "input";
    this.hasRefusal ||= part.type === "refusal";
    this.#drafts.set(block, {
      part,
      number: block,
      before: sealBlock(part, this.#answerId, block, this.#wrap),
      begun,
      text: begun.text,
      signature: begun.signature,
      citations: [...begun.citations],
    });
  }
}

function writeDraft({ begun, text, signature, citations }: Draft): readonly JsonObject[] {
  switch (begun.delta) {
    case "text":
      if (text === "") return []; // Clients send it back, and the API refuses empty texts.
      return [{ ...begun.block, text, ...(citations.length > 0 && { citations }) }];
    case "thinking":
      return text === "" && signature === "" ? [] : [{ ...begun.block, thinking: text, signature }];
    case "input": {
      const kind = begun.isCustom ? "custom" : "function";
      return [{ ...begun.block, input: inputObject(text, kind) }];
    }
    case "none":
      return [begun.block];
  }
}
