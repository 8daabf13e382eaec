/**
 * Puts the blocks of an answer into items, and tells of each as it grows.
 *
 * Items may be open side by side, each with an index of its own, but a message and a reasoning end where
 * something else begins. What an answer holds in the end is what was told to be done.
 *
 * @module
 */

import type {
  ChatEvent,
  MediaPart,
  Part,
  RefusalPart,
  Seal,
  TextPart,
} from "../../../core/chat/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";
import type { DeclaredTool } from "../tools/declared_tools.ts";
import { beginCall, kindOfCall } from "./call_item.ts";
import {
  type EventSink,
  type GrowingItem,
  type ItemPlace,
  tellAdded,
  tellDone,
} from "./event_sink.ts";
import { MessageItem } from "./message_item.ts";
import { ReasoningItem, type ReasoningOptions } from "./reasoning_item.ts";

/** What an answer may hold, which is told again at its end. */
const MAX_CHARACTERS = 32 << 20;

export interface OutputOptions extends ReasoningOptions {
  /** Makes the ids of items: the response's, without its prefix. */
  readonly answerId: string;
  readonly tools: ReadonlyMap<string, DeclaredTool>;
}

type Status = "completed" | "incomplete";

interface OpenItem {
  readonly item: GrowingItem;
  readonly index: number;
}

/** One per answer. */
export class OutputItems {
  readonly #options: OutputOptions;
  readonly #sink: EventSink;
  readonly #done = new Map<number, JsonObject>();
  /** By the block that grows; several blocks of one message are one item. */
  readonly #open = new Map<number, OpenItem>();
  /** Texts and reasoning that have no word yet: empty ones are no items. */
  readonly #silent = new Map<number, Part>();
  /** Seals of texts and calls, which are told behind them, and whose calls they are. */
  readonly #seals = new Map<number, Seal>();
  readonly #callIds = new Map<number, string>();
  #message: (OpenItem & { readonly item: MessageItem }) | undefined;
  /** Calls that have ended. Whether they are whole is known when something follows. */
  #ended: OpenItem[] = [];
  readonly #earlyLogprobs: JsonValue[] = [];
  /** Ids that the provider gave. */
  readonly #ids = new Set<string>();
  #count = 0;
  #characters = 0;
  hasRefusal = false;

  constructor(options: OutputOptions, sink: EventSink) {
    this.#options = options;
    this.#sink = sink;
  }

  /** What is done so far, in the order of its indexes. */
  get done(): readonly JsonObject[] {
    return [...this.#done].sort(([one], [other]) => one - other).map(([, item]) => item);
  }

  begin(block: number, part: Part): void {
    const isGrowing = part.type === "text" || part.type === "refusal" || part.type === "reasoning";
    if (isGrowing && part.text === "" && !hasMore(part)) this.#silent.set(block, part);
    else this.#begin(block, part);
  }

  add(block: number, text: string): void {
    this.#characters += text.length;
    if (this.#characters > MAX_CHARACTERS) throw tooLong();
    this.#wake(block)?.add(block, text);
  }

  seal(block: number, seal: Seal): void {
    const silent = this.#silent.get(block);
    const item = silent?.type === "reasoning" ? this.#wake(block) : this.#open.get(block)?.item;
    if (item instanceof ReasoningItem) item.seal(seal);
    else this.#seals.set(block, seal);
  }

  cite(block: number, citation: Extract<ChatEvent, { type: "block_citation" }>["citation"]): void {
    const item = this.#wake(block) ?? this.#message?.item;
    if (item instanceof MessageItem) item.cite(block, citation);
  }

  /** They may come before the text that they are of. */
  addLogprobs(entries: Extract<ChatEvent, { type: "logprobs" }>["content"] = []): void {
    if (this.#message !== undefined) this.#message.item.addLogprobs(entries);
    else for (const entry of entries) this.#earlyLogprobs.push(entry);
  }

  end(block: number): void {
    this.#silent.delete(block);
    const open = this.#open.get(block);
    this.#open.delete(block);
    if (open?.item instanceof MessageItem) {
      open.item.endBlock(block);
      // Nothing is added to a message behind which something else stands.
      if (open !== this.#message && open.item.hasEnded) this.#close(open, "completed");
    } else if (open?.item instanceof ReasoningItem) this.#close(open, "completed");
    else if (open !== undefined) this.#ended.push(open);
    this.#tellSeal(block);
  }

  /** Ends whatever is open. */
  endAll(status: Status): void {
    const last = [...this.#ended, ...this.#open.values()];
    const open = new Map(last.map((one) => [one.index, one]));
    if (this.#message !== undefined) open.set(this.#message.index, this.#message);
    this.#message = undefined;
    this.#ended = [];
    this.#open.clear();
    for (const [, one] of [...open].sort(([one], [other]) => one - other)) this.#close(one, status);
    if (status === "completed") {
      for (const block of [...this.#seals.keys()]) {
        this.#tellSeal(block);
      }
    }
  }

  #begin(block: number, part: Part): void {
    switch (part.type) {
      case "text":
      case "refusal":
        return this.#beginText(block, part);
      case "reasoning":
      case "sealed": {
        const item = this.#beginItem(
          block,
          "rs",
          (place) => new ReasoningItem(place, this.#options),
        );
        if (part.seal !== undefined) item.seal(part.seal);
        if (part.type === "reasoning") item.add(block, part.text);
        return;
      }
      case "tool_call": {
        if (part.seal !== undefined) this.#seals.set(block, part.seal);
        const declared = this.#options.tools.get(part.name);
        const callId = this.#unused(part.callId);
        this.#callIds.set(block, callId);
        const kind = kindOfCall(part, declared);
        const prefix = declared?.client?.idPrefix ?? (kind === "custom" ? "ctc" : "fc");
        this.#beginItem(block, prefix, (place) => beginCall({ ...part, callId }, declared, place));
        return;
      }
      case "media":
        return this.#addImage(part);
      case "native":
        if (part.format === NAME && isJsonObject(part.value)) this.#addWhole("item", part.value);
        return;
      case "tool_result": // No answer of the format holds one.
        return;
    }
  }

  #beginText(block: number, part: TextPart | RefusalPart): void {
    this.hasRefusal ||= part.type === "refusal";
    this.#closeEnded();
    if (this.#message?.item.hasEnded !== true) {
      const place = this.#nextPlace("msg");
      this.#message = { item: new MessageItem(place), index: place.index };
    }
    this.#open.set(block, this.#message);
    if (part.type === "text" && part.seal !== undefined) this.#seals.set(block, part.seal);
    this.#message.item.begin(block, part);
    this.#message.item.addLogprobs(this.#earlyLogprobs.splice(0));
  }

  #beginItem<Item extends GrowingItem>(
    block: number,
    prefix: string,
    begin: (place: ItemPlace) => Item,
  ): Item {
    this.#leaveLast();
    const place = this.#nextPlace(prefix);
    const item = begin(place);
    this.#open.set(block, { item, index: place.index });
    return item;
  }

  /** Pictures are what a tool of OpenAI's draws; other media have no place in an answer. */
  #addImage({ kind, source }: MediaPart): void {
    if (kind !== "image" || source.type !== "inline") return;
    const { data: result } = source;
    this.#addWhole("ig", { type: "image_generation_call", status: "completed", result });
  }

  #addWhole(prefix: string, value: JsonObject): void {
    this.#leaveLast();
    const place = this.#nextPlace(prefix);
    const { id: own } = value;
    const id = typeof own === "string" ? this.#unused(own) : "";
    const item = { ...value, id: id || place.id };
    tellAdded(place, item);
    this.#done.set(place.index, tellDone(place, item));
  }

  /** The item of a block, which begins with its first word. */
  #wake(block: number): GrowingItem | undefined {
    const silent = this.#silent.get(block);
    if (silent !== undefined) {
      this.#silent.delete(block);
      this.#begin(block, silent);
    }
    return this.#open.get(block)?.item;
  }

  /** Something else begins, so that what has ended is whole. */
  #leaveLast(): void {
    const message = this.#message;
    this.#message = undefined;
    if (message?.item.hasEnded === true) this.#close(message, "completed");
    this.#closeEnded();
  }

  #closeEnded(): void {
    for (const ended of this.#ended.splice(0)) this.#close(ended, "completed");
  }

  #tellSeal(block: number): void {
    const seal = this.#seals.get(block);
    const of = this.#callIds.get(block);
    this.#callIds.delete(block);
    if (seal === undefined) return;
    this.#seals.delete(block);
    this.#leaveLast();
    const place = this.#nextPlace("rs");
    const item = new ReasoningItem(place, this.#options);
    item.seal(seal);
    this.#done.set(place.index, item.close("completed", of));
  }

  /** The id that a provider gave; none where it has given it to something else as well. */
  #unused(id: string): string {
    if (this.#ids.has(id)) return "";
    this.#ids.add(id);
    return id;
  }

  #close({ item, index }: OpenItem, status: Status): void {
    this.#done.set(index, item.close(status));
  }

  #nextPlace(prefix: string): ItemPlace {
    const index = this.#count++;
    return { id: `${prefix}_${this.#options.answerId}_${index}`, index, sink: this.#sink };
  }
}

/** Whether a part without a word has something to tell. */
function hasMore(part: TextPart | RefusalPart | Extract<Part, { type: "reasoning" }>): boolean {
  if (part.type === "reasoning") return part.seal !== undefined;
  return part.type === "text" && (part.citations?.length ?? 0) > 0;
}

function tooLong(): GatewayError {
  return new GatewayError(
    "upstream_invalid_response",
    `The provider's answer is longer than ${MAX_CHARACTERS} characters, all of which its end repeats`,
    { code: "response_too_large" },
  );
}
