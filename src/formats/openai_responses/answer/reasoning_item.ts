/**
 * A reasoning of an answer. Its text is shown as a summary where the client asked for one; what must come back
 * is in `encrypted_content` in any case.
 *
 * @module
 */

import type { Seal } from "../../../core/chat/chat.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import type { SealedReasoning } from "../reasoning_envelope.ts";
import {
  type DeltaForm,
  type GrowingItem,
  type ItemPlace,
  tellAdded,
  tellDone,
} from "./event_sink.ts";

export interface ReasoningOptions {
  readonly showsText: boolean;
  readonly encrypt: (reasoning: SealedReasoning) => string | undefined;
}

export class ReasoningItem implements GrowingItem {
  readonly #place: ItemPlace;
  readonly #options: ReasoningOptions;
  readonly #form: DeltaForm;
  #text = "";
  #seal: Seal | undefined;
  #isShown = false;

  constructor(place: ItemPlace, options: ReasoningOptions) {
    this.#place = place;
    this.#options = options;
    this.#form = {
      type: "response.reasoning_summary_text.delta",
      place: { item_id: place.id, output_index: place.index, summary_index: 0 },
    };
    tellAdded(place, { id: place.id, type: "reasoning", summary: [] });
  }

  add(_block: number, text: string): void {
    if (text === "") return;
    this.#text += text;
    if (!this.#options.showsText) return;
    const { sink } = this.#place;
    if (!this.#isShown) {
      this.#isShown = true;
      sink.write("response.reasoning_summary_part.added", {
        ...this.#form.place,
        part: summaryOf(""),
      });
    }
    sink.delta(this.#form, text);
  }

  seal(seal: Seal): void {
    this.#seal = seal;
  }

  /** @param of The call that the seal belongs to, where it is no reasoning's. */
  close(_status: "completed" | "incomplete", of?: string): JsonObject {
    const text = this.#text;
    const { sink, id } = this.#place;
    if (this.#isShown) {
      const { place } = this.#form;
      sink.write("response.reasoning_summary_text.done", { ...place, text });
      sink.write("response.reasoning_summary_part.done", { ...place, part: summaryOf(text) });
    }
    const encrypted = this.#options.encrypt({
      text,
      seal: this.#seal,
      ...(of !== undefined && { of }),
    });
    return tellDone(this.#place, {
      id,
      type: "reasoning",
      summary: this.#isShown ? [summaryOf(text)] : [],
      ...(encrypted !== undefined && { encrypted_content: encrypted }),
    });
  }
}

function summaryOf(text: string): JsonObject {
  return { type: "summary_text", text };
}
