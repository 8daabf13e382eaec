/** Looks through the texts of an answer: each of its parts is a text of its own. */

import type { ChatEvent, Part } from "../core/chat.ts";
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
        return [{ ...event, part: partThrough(event.part, filter) }];
      }
      case "block_delta": {
        const text = this.#filters.get(event.block)?.push(event.text) ?? event.text;
        return text === "" ? [] : [{ ...event, text }];
      }
      // What a seal is for has to stand before it.
      case "block_seal":
        return [...this.#rest(event.block), event];
      case "block_end":
        return [...this.#close(event.block), event];
      // A finish ends what its provider left open.
      case "finish":
      case "end":
        return [...this.end(), event];
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

  #jsonThrough(value: JsonValue): JsonValue {
    return mapTexts(value, (text) => {
      const filter = this.#createFilter();
      return filter.push(text) + filter.end();
    });
  }
}

/** What of a part is known at its beginning goes through as well. */
function partThrough(part: Part, filter: TextFilter): Part {
  if ("text" in part && typeof part.text === "string") {
    return { ...part, text: filter.push(part.text) };
  }
  if ("input" in part && typeof part.input === "string") {
    return { ...part, input: filter.push(part.input) };
  }
  return part;
}

/** The same value with each of its texts mapped; the value itself where none changes. */
export function mapTexts(
  value: JsonValue,
  map: (text: string, name: string) => string,
  name = "",
): JsonValue {
  if (typeof value === "string") return map(value, name);
  if (Array.isArray(value)) {
    const items = value.map((item: JsonValue) => mapTexts(item, map, name));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value);
  const mapped = entries.map(([key, member = null]): [string, JsonValue] => [
    key,
    mapTexts(member, map, key),
  ]);
  const isSame = mapped.every(([, member], index) => member === (entries[index]?.[1] ?? null));
  return isSame ? value : Object.fromEntries(mapped);
}
