/** Takes from a tool call the id that an earlier call of the answer has: clients answer each by its id. */

import type { ChatEvent, ToolCallPart } from "../../core/chat/chat.ts";
import type { EventReader } from "./read_decoder.ts";

type CallStart = Extract<ChatEvent, { readonly type: "block_start" }> & {
  readonly part: ToolCallPart;
};

/** What is kept of an answer that does not end; calls beyond it keep none of their provider's ids. */
const MAX_IDS = 1_024;

/** A call without an id is given one by the encoder, as where its provider gave it none (T114). */
export class DistinctCalls implements EventReader {
  readonly #ids = new Set<string>();

  read(events: readonly ChatEvent[]): readonly ChatEvent[] {
    // Nearly all events are more of something.
    if (!events.some(isCallStart)) return events;
    return events.map((event) =>
      !isCallStart(event) || this.#take(event.part.callId)
        ? event
        : { ...event, part: { ...event.part, callId: "" } }
    );
  }

  end(): readonly ChatEvent[] {
    return [];
  }

  /** Whether the call may keep its id. */
  #take(id: string): boolean {
    if (id === "") return true;
    if (this.#ids.has(id) || this.#ids.size === MAX_IDS) return false;
    this.#ids.add(id);
    return true;
  }
}

function isCallStart(event: ChatEvent): event is CallStart {
  return event.type === "block_start" && event.part.type === "tool_call";
}
