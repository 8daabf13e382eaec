/** Looks through the texts of an answer: each of its parts is a text of its own. */

import type { ChatEvent, Citation, Part } from "../core/chat/chat.ts";
import type { EventGuard } from "../core/guard.ts";
import { isJsonObject, type JsonValue } from "../core/text/json.ts";
import type { TextFilter } from "./text_filter.ts";

export class FilteringGuard implements EventGuard {
  readonly #createFilter: () => TextFilter;
  /** Of each block that is open. */
  readonly #filters = new Map<number, TextFilter>();

  constructor(createFilter: () => TextFilter) {
    this.#createFilter = createFilter;
  }

  read(events: readonly ChatEvent[]): readonly ChatEvent[] {
    return events.flatMap((event) => this.#filtered(event));
  }

  end(): readonly ChatEvent[] {
    return [...this.#filters.keys()].flatMap((block) => this.#close(block));
  }

  #filtered(event: ChatEvent): readonly ChatEvent[] {
    switch (event.type) {
      case "block_start": {
        const filter = this.#createFilter();
        this.#filters.set(event.block, filter);
        return [{ ...event, part: this.#partThrough(event.part, filter) }];
      }
      case "block_delta": {
        const text = this.#filterOf(event.block).push(event.text);
        return text === "" ? [] : [{ ...event, text }];
      }
      // What a seal is for has to stand before it.
      case "block_seal":
        return [...this.#rest(event.block), event];
      case "block_end":
        return [...this.#close(event.block), event];
      // A finish ends what its provider left open.
      case "finish": {
        const { explanation } = event;
        const finish = explanation === undefined
          ? event
          : { ...event, explanation: this.#textThrough(explanation) };
        return [...this.end(), finish];
      }
      case "end":
        return [...this.end(), event];
      case "block_citation":
        return [{ ...event, citation: this.#citationThrough(event.citation) }];
      case "native":
        return [{ ...event, value: this.#jsonThrough(event.value) }];
      // Tokens one by one would show what the text does not.
      case "logprobs":
        return [];
      default:
        return [event];
    }
  }

  #close(block: number): readonly ChatEvent[] {
    const rest = this.#rest(block);
    this.#filters.delete(block);
    return rest;
  }

  #rest(block: number): readonly ChatEvent[] {
    const text = this.#filters.get(block)?.end() ?? "";
    return text === "" ? [] : [{ type: "block_delta", block, text }];
  }

  /** Of a block that nobody has begun as well: what says something is looked through. */
  #filterOf(block: number): TextFilter {
    const known = this.#filters.get(block);
    if (known !== undefined) return known;
    const filter = this.#createFilter();
    this.#filters.set(block, filter);
    return filter;
  }

  /** What of a part is known at its beginning goes through as well; what is never said in pieces is whole. */
  #partThrough(part: Part, filter: TextFilter): Part {
    switch (part.type) {
      case "text": {
        const { citations } = part;
        const text = filter.push(part.text);
        if (citations === undefined) return { ...part, text };
        return { ...part, text, citations: citations.map((cited) => this.#citationThrough(cited)) };
      }
      case "reasoning":
      case "refusal":
        return { ...part, text: filter.push(part.text) };
      case "tool_call":
        return { ...part, input: filter.push(part.input) };
      case "tool_result":
        return { ...part, parts: part.parts.map((inner) => this.#wholePart(inner)) };
      case "native":
        return { ...part, value: this.#jsonThrough(part.value) };
      case "media": {
        const { source } = part;
        if (source.type !== "text") return part;
        return { ...part, source: { ...source, text: this.#textThrough(source.text) } };
      }
      case "sealed":
        return part;
    }
  }

  /** A part of which nothing follows. */
  #wholePart(part: Part): Part {
    const filter = this.#createFilter();
    const begun = this.#partThrough(part, filter);
    const rest = filter.end();
    if ("text" in begun) return { ...begun, text: begun.text + rest };
    return "input" in begun ? { ...begun, input: begun.input + rest } : begun;
  }

  /** It repeats what it cites, which may be a text that is to be shown nowhere. */
  #citationThrough(citation: Citation): Citation {
    const { title, quote, url, native } = citation;
    return {
      ...(url !== undefined && { url: this.#textThrough(url) }),
      ...(title !== undefined && { title: this.#textThrough(title) }),
      ...(quote !== undefined && { quote: this.#textThrough(quote) }),
      native: { ...native, value: this.#jsonThrough(native.value) },
    };
  }

  #jsonThrough(value: JsonValue): JsonValue {
    return mapTexts(value, (text) => this.#textThrough(text));
  }

  #textThrough(text: string): string {
    const filter = this.#createFilter();
    return filter.push(text) + filter.end();
  }
}

/** The same value with each of its texts mapped; the value itself where none changes. */
function mapTexts(value: JsonValue, map: (text: string) => string): JsonValue {
  if (typeof value === "string") return map(value);
  if (Array.isArray(value)) {
    const items = value.map((item: JsonValue) => mapTexts(item, map));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value);
  const mapped = entries.map(([key, member = null]): [string, JsonValue] => [
    key,
    mapTexts(member, map),
  ]);
  const isSame = mapped.every(([, member], index) => member === (entries[index]?.[1] ?? null));
  return isSame ? value : Object.fromEntries(mapped);
}
