/**
 * Reads the events of a stream, one after the other.
 *
 * Items are known by their index: some relays give an item another id in each event. What an event says of
 * one that was not announced is still said; its item is what the event's name tells.
 *
 * @module
 */

import type { ChatEvent } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { decodeOutput, startOf } from "../answer/answer.ts";
import { decodeEnd } from "../answer/finish.ts";
import { decodeUsage } from "../answer/usage.ts";
import { faultOf, faultOfResponse } from "../errors.ts";
import { OpenItem } from "./open_item.ts";

/** More than any model writes; an endless stream of new items would otherwise fill memory. */
const MAX_ITEMS = 4_096;

/** Reads one stream; create one per response. */
export class ResponseReader {
  /** Events that are of the format but make no sense where they stand. */
  misplacedEvents = 0;
  readonly #open = new Map<number, OpenItem>();
  #items = 0;
  #blocks = 0;
  #hasToolCalls = false;
  #hasStarted = false;

  /** Reads one event. Unknown ones say nothing. */
  read(body: JsonObject): readonly ChatEvent[] {
    const events: ChatEvent[] = [];
    const type = String(body["type"] ?? "");
    if (isJsonObject(body["response"])) this.#readResponse(type, body["response"], events);
    else if (type === "response.output_item.added") this.#add(body, events);
    else if (type === "response.output_item.done") this.#end(body, events);
    else if (Object.hasOwn(PIECES, type)) this.#readPiece(type, body, events);
    else {
      const fault = type.startsWith("response.") ? undefined : faultOf(body);
      if (fault !== undefined) events.push({ type: "fault", fault });
    }
    return events;
  }

  #readResponse(type: string, response: JsonObject, events: ChatEvent[]): void {
    if (!this.#hasStarted) {
      this.#hasStarted = true;
      events.push(startOf(response));
    }
    const isEnd = type === "response.completed" || type === "response.incomplete";
    if (!isEnd && type !== "response.failed" && type !== "response.cancelled") return;
    for (const item of this.#open.values()) item.endAll(events);
    if (this.#items === 0) this.#readOutput(response["output"], events);
    const usage = decodeUsage(response["usage"]);
    const finish = decodeEnd(type, response, this.#hasToolCalls);
    if (finish !== undefined && isEnd) events.push(finish);
    if (usage !== undefined) events.push({ type: "usage", usage });
    events.push(isEnd ? { type: "end" } : { type: "fault", fault: faultOfResponse(response) });
  }

  /** An answer that is told at its end alone. */
  #readOutput(output: JsonValue | undefined, events: ChatEvent[]): void {
    for (const part of Array.isArray(output) ? decodeOutput(output) : []) {
      const block = this.#blocks++;
      this.#hasToolCalls ||= part.type === "tool_call";
      events.push({ type: "block_start", choice: 0, block, part }, { type: "block_end", block });
    }
  }

  #add(body: JsonObject, events: ChatEvent[]): void {
    const { item } = body;
    const index = numberAt(body, "output_index");
    if (!isJsonObject(item)) {
      this.misplacedEvents++;
      return;
    }
    this.#open.get(index)?.endAll(events);
    this.#begin(index, item, events);
  }

  #begin(index: number, item: JsonObject, events: ChatEvent[]): OpenItem {
    if (this.#items++ === MAX_ITEMS) events.push(broken(`has more than ${MAX_ITEMS} items`));
    const open = new OpenItem(item, () => this.#blocks++, events);
    this.#hasToolCalls ||= open.isCall;
    this.#open.set(index, open);
    return open;
  }

  #end(body: JsonObject, events: ChatEvent[]): void {
    const { item } = body;
    if (!isJsonObject(item)) {
      this.misplacedEvents++;
      return;
    }
    const index = numberAt(body, "output_index");
    const open = this.#open.get(index) ?? this.#begin(index, item, events);
    this.#open.delete(index);
    open.end(item, events);
  }

  #readPiece(type: string, body: JsonObject, events: ChatEvent[]): void {
    const { itemType, read } = PIECES[type]!;
    const index = numberAt(body, "output_index");
    const open = this.#open.get(index) ??
      (itemType === "function_call" ? undefined : this.#begin(index, { type: itemType }, events));
    // A call without its name is none.
    if (open === undefined) {
      if (textAt(body, "delta") !== "") {
        events.push(broken("sent the input of a tool call that it had not begun"));
      }
      return;
    }
    read(open, body, events);
  }
}

interface Piece {
  /** What the item is where it was not announced. */
  readonly itemType: "message" | "reasoning" | "function_call";
  readonly read: (item: OpenItem, body: JsonObject, events: ChatEvent[]) => void;
}

function message(read: Piece["read"]): Piece {
  return { itemType: "message", read };
}

function reasoning(read: Piece["read"]): Piece {
  return { itemType: "reasoning", read };
}

function call(read: Piece["read"]): Piece {
  return { itemType: "function_call", read };
}

const PIECES: Readonly<Record<string, Piece>> = {
  "response.content_part.added": message((item, body, events) => {
    item.beginPart(numberAt(body, "content_index"), body["part"], events);
  }),
  "response.output_text.delta": message((item, body, events) => {
    const index = numberAt(body, "content_index");
    item.addText(index, "output_text", textAt(body, "delta"), events);
    const { logprobs: content } = body;
    if (Array.isArray(content) && content.length > 0) {
      events.push({ type: "logprobs", choice: 0, content });
    }
  }),
  "response.output_text.done": message((item, body, events) => {
    item.endText(numberAt(body, "content_index"), "output_text", textAt(body, "text"), events);
  }),
  "response.output_text.annotation.added": message((item, body, events) => {
    item.cite(numberAt(body, "content_index"), body["annotation"], events);
  }),
  "response.refusal.delta": message((item, body, events) => {
    item.addText(numberAt(body, "content_index"), "refusal", textAt(body, "delta"), events);
  }),
  "response.refusal.done": message((item, body, events) => {
    item.endText(numberAt(body, "content_index"), "refusal", textAt(body, "refusal"), events);
  }),
  "response.reasoning_summary_text.delta": reasoning((item, body, events) => {
    item.addReasoning(`s${numberAt(body, "summary_index")}`, textAt(body, "delta"), events);
  }),
  "response.reasoning_summary_text.done": reasoning((item, body, events) => {
    item.endReasoning(`s${numberAt(body, "summary_index")}`, textAt(body, "text"), events);
  }),
  "response.reasoning_text.delta": reasoning((item, body, events) => {
    item.addReasoning(`c${numberAt(body, "content_index")}`, textAt(body, "delta"), events);
  }),
  "response.reasoning_text.done": reasoning((item, body, events) => {
    item.endReasoning(`c${numberAt(body, "content_index")}`, textAt(body, "text"), events);
  }),
  "response.function_call_arguments.delta": call((item, body, events) => {
    item.addInput(textAt(body, "delta"), events);
  }),
  "response.function_call_arguments.done": call((item, body, events) => {
    item.endInput(textAt(body, "arguments"), events);
  }),
  "response.custom_tool_call_input.delta": call((item, body, events) => {
    item.addInput(textAt(body, "delta"), events);
  }),
  "response.custom_tool_call_input.done": call((item, body, events) => {
    item.endInput(textAt(body, "input"), events);
  }),
};

function broken(what: string): ChatEvent {
  const message = `The provider's answer breaks its protocol: it ${what}`;
  return { type: "fault", fault: { message, status: 502 } };
}

/** An index that is missing is the first: there is but one where a relay leaves it out. */
function numberAt(body: JsonObject, name: string): number {
  const value = body[name];
  return typeof value === "number" ? value : 0;
}

function textAt(body: JsonObject, name: string): string {
  const value = body[name];
  return typeof value === "string" ? value : "";
}
