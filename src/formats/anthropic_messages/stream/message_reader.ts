/**
 * Reads the events of a stream, one after the other.
 *
 * The provider numbers its blocks; here they get numbers of their own, because proxies that stitch answers
 * together use one twice. What no format can say is not passed on as if it was whole: input of a call that
 * never began and a second message inside the first are faults.
 *
 * @module
 */

import type { ChatEvent } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { decodeAnswerBlock, decodeCitation } from "../answer/answer_block.ts";
import { faultOf } from "../errors.ts";
import { NAME } from "../name.ts";
import { NativeBlock } from "./native_block.ts";
import { decodeStopReason } from "../answer/stop_reason.ts";
import { UsageTotals } from "../../counts.ts";
import { decodeUsage } from "../answer/usage.ts";

/** More than any model writes; an endless stream of new blocks would otherwise fill memory. */
const MAX_BLOCKS = 4_096;

/** What is said beside the blocks of a message: the keys of `message_delta` and its `delta`. */
const NEUTRAL_FIELDS: ReadonlySet<string> = new Set([
  "type",
  "delta",
  "usage",
  "stop_reason",
  "stop_sequence",
  "stop_details",
]);

interface OpenBlock {
  readonly block: number;
  readonly kind: "text" | "reasoning" | "tool_call" | "sealed" | "native";
  /** Input that came with the block's start; deltas, where any follow, say it again. */
  givenInput: string;
  readonly native?: NativeBlock;
}

/** Reads one stream; create one per response. */
export class MessageReader {
  /** Events that are of the format but make no sense where they stand, such as a second end of a block. */
  misplacedEvents = 0;
  readonly #usage = new UsageTotals(decodeUsage);
  readonly #open = new Map<number, OpenBlock>();
  #messageId: JsonValue | undefined;
  #hasStarted = false;
  /** Blocks that have begun, and those of them that have a number. */
  #begun = 0;
  #blocks = 0;
  #hasToolCalls = false;

  /** Reads one event. Unknown ones say nothing, and so does `ping`. */
  read(body: JsonObject): readonly ChatEvent[] {
    const events: ChatEvent[] = [];
    switch (body["type"]) {
      case "message_start":
        this.#startMessage(isJsonObject(body["message"]) ? body["message"] : {}, events);
        break;
      case "content_block_start":
        this.#startBlock(indexOf(body), body["content_block"], events);
        break;
      case "content_block_delta":
        this.#addToBlock(indexOf(body), body["delta"], events);
        break;
      case "content_block_stop":
        if (!this.#endBlock(indexOf(body), events)) this.misplacedEvents++;
        break;
      case "message_delta":
        this.#noteEnd(body, events);
        break;
      case "message_stop":
        this.#endBlocks(events);
        events.push({ type: "end" });
        break;
      default: {
        const fault = faultOf(body);
        if (fault !== undefined) events.push({ type: "fault", fault });
      }
    }
    return events;
  }

  #startMessage(message: JsonObject, events: ChatEvent[]): void {
    const { id, model } = message;
    if (this.#hasStarted && id !== this.#messageId && this.#begun > 0) {
      events.push(broken("began a second message inside its answer"));
      return;
    }
    this.#usage.add(message["usage"]);
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    this.#messageId = id;
    events.push({
      type: "start",
      ...(typeof id === "string" && id !== "" && { id }),
      ...(typeof model === "string" && model !== "" && { model }),
    });
  }

  #startBlock(index: number, content: JsonValue | undefined, events: ChatEvent[]): void {
    if (!isJsonObject(content)) {
      this.misplacedEvents++;
      return;
    }
    if (this.#endBlock(index, events)) this.misplacedEvents++;
    if (this.#begun++ === MAX_BLOCKS) events.push(broken(`has more than ${MAX_BLOCKS} blocks`));
    const part = decodeAnswerBlock(content);
    if (part.type === "native") {
      const native = new NativeBlock(content);
      this.#open.set(index, { block: -1, kind: "native", givenInput: "", native });
      return;
    }
    const block = this.#blocks++;
    if (part.type === "tool_call") {
      this.#hasToolCalls = true;
      this.#open.set(index, { block, kind: "tool_call", givenInput: part.input });
      events.push({ type: "block_start", choice: 0, block, part: { ...part, input: "" } });
      return;
    }
    const kind = part.type === "text" || part.type === "reasoning" ? part.type : "sealed";
    this.#open.set(index, { block, kind, givenInput: "" });
    events.push({ type: "block_start", choice: 0, block, part });
  }

  #addToBlock(index: number, delta: JsonValue | undefined, events: ChatEvent[]): void {
    if (!isJsonObject(delta)) {
      this.misplacedEvents++;
      return;
    }
    const open = this.#open.get(index) ?? this.#openUnannounced(index, delta, events);
    if (open === undefined) return;
    if (open.native !== undefined) {
      if (!open.native.add(delta)) events.push(broken("has a block that is too long"));
      return;
    }
    const { block, kind } = open;
    const { type, text, thinking, partial_json: input, signature, citation } = delta;
    const isSignature = type === "signature_delta" && typeof signature === "string";
    if (type === "text_delta" && kind === "text" && typeof text === "string") {
      if (text !== "") events.push({ type: "block_delta", block, text });
    } else if (type === "thinking_delta" && kind === "reasoning" && typeof thinking === "string") {
      if (thinking !== "") events.push({ type: "block_delta", block, text: thinking });
    } else if (type === "input_json_delta" && kind === "tool_call" && typeof input === "string") {
      if (input === "") return;
      open.givenInput = "";
      events.push({ type: "block_delta", block, text: input });
    } else if (isSignature && kind === "reasoning") {
      if (signature === "") return;
      events.push({ type: "block_seal", block, seal: { value: signature, issuer: NAME } });
    } else if (type === "citations_delta" && kind === "text" && isJsonObject(citation)) {
      events.push({ type: "block_citation", block, citation: decodeCitation(citation) });
    } else this.misplacedEvents++;
  }

  /** Text may go without its announcement, as at Bedrock; a call without its name is none. */
  #openUnannounced(
    index: number,
    delta: JsonObject,
    events: ChatEvent[],
  ): OpenBlock | undefined {
    if (delta["type"] === "input_json_delta") {
      if (delta["partial_json"] === "") return undefined;
      events.push(broken("sent the input of a tool call that it had not begun"));
      return undefined;
    }
    if (delta["type"] === "text_delta") this.#startBlock(index, { type: "text" }, events);
    else if (delta["type"] === "thinking_delta") {
      this.#startBlock(index, { type: "thinking" }, events);
    } else this.misplacedEvents++;
    return this.#open.get(index);
  }

  #endBlock(index: number, events: ChatEvent[]): boolean {
    const open = this.#open.get(index);
    if (open === undefined) return false;
    this.#open.delete(index);
    if (open.native !== undefined) {
      const block = this.#blocks++;
      events.push({ type: "block_start", choice: 0, block, part: open.native.part });
      events.push({ type: "block_end", block });
      return true;
    }
    const { block, givenInput } = open;
    if (givenInput !== "") events.push({ type: "block_delta", block, text: givenInput });
    events.push({ type: "block_end", block });
    return true;
  }

  #endBlocks(events: ChatEvent[]): void {
    for (const index of [...this.#open.keys()]) this.#endBlock(index, events);
  }

  #noteEnd(body: JsonObject, events: ChatEvent[]): void {
    const delta = isJsonObject(body["delta"]) ? body["delta"] : {};
    this.#usage.add(body["usage"]);
    const finish = decodeStopReason(delta, this.#hasToolCalls);
    if (finish !== undefined) this.#endBlocks(events);
    for (const [name, value] of [...Object.entries(delta), ...Object.entries(body)]) {
      if (NEUTRAL_FIELDS.has(name) || value === undefined || value === null) continue;
      events.push({ type: "native", choice: 0, format: NAME, name, value });
    }
    if (finish !== undefined) events.push(finish);
    const { usage } = this.#usage;
    if (usage !== undefined) events.push({ type: "usage", usage });
  }
}

function broken(what: string): ChatEvent {
  const message = `The provider's answer breaks its protocol: it ${what}`;
  return { type: "fault", fault: { message, status: 502 } };
}

/** A number that is missing is the first block's: there is but one where a proxy leaves it out. */
function indexOf(body: JsonObject): number {
  return typeof body["index"] === "number" ? body["index"] : 0;
}
