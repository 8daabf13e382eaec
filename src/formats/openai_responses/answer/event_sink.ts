/** Where the events go with which items are told as they grow; a whole answer has none. */

import type { JsonObject } from "../../../core/text/json.ts";

/** All that is the same in the deltas of one text. */
export interface DeltaForm {
  readonly type: string;
  /** Where the text stands: its item, its index. */
  readonly place: JsonObject;
  /** Members behind the text. */
  readonly rest?: JsonObject;
}

export interface EventSink {
  /** Writes an event, with the next number. */
  write(type: string, fields: JsonObject): void;
  /** The same for a piece of text, the commonest event by far. */
  delta(form: DeltaForm, text: string): void;
}

export const NO_EVENTS: EventSink = { write: () => {}, delta: () => {} };

/** An item of the output while it grows. */
export interface GrowingItem {
  /** More of the text of a block. */
  add(block: number, text: string): void;
  /** Ends what is open of it, tells that it is done and returns it. */
  close(status: "completed" | "incomplete"): JsonObject;
}

/** What an item is told under. */
export interface ItemPlace {
  readonly id: string;
  readonly index: number;
  readonly sink: EventSink;
}

export function tellAdded({ index, sink }: ItemPlace, item: JsonObject): void {
  sink.write("response.output_item.added", { output_index: index, item });
}

/** Returns the item. */
export function tellDone({ index, sink }: ItemPlace, item: JsonObject): JsonObject {
  sink.write("response.output_item.done", { output_index: index, item });
  return item;
}
