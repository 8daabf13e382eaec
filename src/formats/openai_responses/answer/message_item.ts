/**
 * A message of an answer: texts and refusals, each a part of its content.
 *
 * Citations may come when their text has ended, so that a part is done only when another begins or the message
 * is closed.
 *
 * @module
 */

import type { Citation, RefusalPart, TextPart } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";
import {
  type DeltaForm,
  type GrowingItem,
  type ItemPlace,
  tellAdded,
  tellDone,
} from "./event_sink.ts";

type PartType = "output_text" | "refusal";

/** One part while it grows. */
interface PartDraft {
  readonly type: PartType;
  readonly index: number;
  readonly form: DeltaForm;
  text: string;
  readonly annotations: JsonValue[];
  readonly logprobs: JsonValue[];
  hasEnded: boolean;
  isDone: boolean;
}

export class MessageItem implements GrowingItem {
  readonly #place: ItemPlace;
  readonly #parts: PartDraft[] = [];
  readonly #byBlock = new Map<number, PartDraft>();

  constructor(place: ItemPlace) {
    this.#place = place;
    tellAdded(place, this.#write("in_progress"));
  }

  /** Whether all of it that has begun has ended. */
  get hasEnded(): boolean {
    return this.#parts.every((part) => part.hasEnded);
  }

  begin(block: number, part: TextPart | RefusalPart): void {
    for (const draft of this.#parts) if (draft.hasEnded) this.#finishPart(draft);
    const draft = this.#newPart(part.type === "text" ? "output_text" : "refusal");
    this.#parts.push(draft);
    this.#byBlock.set(block, draft);
    this.#place.sink.write("response.content_part.added", {
      ...draft.form.place,
      part: writePart(draft),
    });
    this.add(block, part.text);
    for (const citation of part.type === "text" ? part.citations ?? [] : []) {
      this.cite(block, citation);
    }
  }

  add(block: number, text: string): void {
    const draft = this.#byBlock.get(block);
    if (draft === undefined || text === "") return;
    draft.text += text;
    this.#place.sink.delta(draft.form, text);
  }

  cite(block: number, citation: Citation): void {
    const draft = this.#byBlock.get(block);
    if (draft === undefined || draft.isDone || draft.type !== "output_text") return;
    const annotation = encodeCitation(citation, draft.text.length);
    if (annotation === undefined) return;
    this.#place.sink.write("response.output_text.annotation.added", {
      ...draft.form.place,
      annotation_index: draft.annotations.length,
      annotation,
    });
    draft.annotations.push(annotation);
  }

  /** How likely the words of its last text were. One without a number, as Python's NaN comes, tells nothing. */
  addLogprobs(entries: readonly JsonValue[]): void {
    const draft = this.#parts.findLast(({ type }) => type === "output_text");
    for (const entry of entries) if (hasLogprob(entry)) draft?.logprobs.push(entry);
  }

  endBlock(block: number): void {
    const draft = this.#byBlock.get(block);
    if (draft !== undefined) draft.hasEnded = true;
  }

  close(status: "completed" | "incomplete"): JsonObject {
    for (const draft of this.#parts) this.#finishPart(draft);
    return tellDone(this.#place, this.#write(status));
  }

  #newPart(type: PartType): PartDraft {
    const index = this.#parts.length;
    const place = {
      item_id: this.#place.id,
      output_index: this.#place.index,
      content_index: index,
    };
    const isText = type === "output_text";
    return {
      type,
      index,
      form: {
        type: isText ? "response.output_text.delta" : "response.refusal.delta",
        place,
        ...(isText && { rest: { logprobs: [] } }),
      },
      text: "",
      annotations: [],
      logprobs: [],
      hasEnded: false,
      isDone: false,
    };
  }

  #finishPart(draft: PartDraft): void {
    if (draft.isDone) return;
    draft.isDone = true;
    const { type, text, form: { place }, logprobs } = draft;
    const { sink } = this.#place;
    if (type === "refusal") sink.write("response.refusal.done", { ...place, refusal: text });
    else sink.write("response.output_text.done", { ...place, text, logprobs });
    sink.write("response.content_part.done", { ...place, part: writePart(draft) });
  }

  #write(status: string): JsonObject {
    return {
      id: this.#place.id,
      type: "message",
      status,
      role: "assistant",
      content: this.#parts.map(writePart),
    };
  }
}

function writePart({ type, text, annotations, logprobs }: PartDraft): JsonObject {
  return type === "refusal"
    ? { type, refusal: text }
    : { type, annotations: [...annotations], logprobs: [...logprobs], text };
}

/** The provider's own annotation, or one of a page. Where in the text it belongs, others hardly say. */
function encodeCitation(
  { url, title, native }: Citation,
  length: number,
): JsonObject | undefined {
  if (native.format === NAME && isJsonObject(native.value)) {
    const { type } = native.value;
    // One without a kind, which is damaged, is written by what else is known of it.
    if (typeof type === "string") return native.value;
  }
  if (url === undefined) return undefined;
  const { url_citation: cited } = isJsonObject(native.value) ? native.value : {};
  const { start_index: start, end_index: end } = isJsonObject(cited) ? cited : {};
  return {
    type: "url_citation",
    start_index: typeof start === "number" ? start : 0,
    end_index: typeof end === "number" ? end : length,
    url,
    title: title ?? "",
  };
}

function hasLogprob(entry: JsonValue): boolean {
  return isJsonObject(entry) && typeof entry["logprob"] === "number";
}
