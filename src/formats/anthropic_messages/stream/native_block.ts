/**
 * A block that no other format has a word for, put together from its deltas: a tool that the provider runs,
 * its result, what a later version of the API brings.
 *
 * @module
 */

import type { NativePart } from "../../../core/chat/chat.ts";
import { type JsonObject, type JsonValue, parseJsonObject } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";

/** What the deltas of one block may add up to, which is kept until the block ends. */
const MAX_CHARACTERS = 8 << 20;

/** Collects one block. */
export class NativeBlock {
  readonly #value: { [name: string]: JsonValue | undefined };
  #input = "";
  #characters = 0;

  constructor(start: JsonObject) {
    this.#value = { ...start };
  }

  /**
   * Adds a delta: input becomes JSON at the end, text goes on, and any other value replaces the last.
   * False where it is too much.
   */
  add(delta: JsonObject): boolean {
    for (const [name, value] of Object.entries(delta)) {
      if (name === "type" || value === undefined) continue;
      if (typeof value === "string") {
        this.#characters += value.length;
        if (this.#characters > MAX_CHARACTERS) return false;
      }
      const known = this.#value[name];
      if (name === "partial_json") this.#input += String(value);
      else if (typeof value === "string" && typeof known === "string") {
        this.#value[name] = known + value;
      } else this.#value[name] = value;
    }
    return true;
  }

  get part(): NativePart {
    const input = this.#input === "" ? undefined : parseJsonObject(this.#input) ?? this.#input;
    const value: JsonObject = { ...this.#value, ...(input !== undefined && { input }) };
    return { type: "native", format: NAME, name: String(value["type"] ?? ""), value };
  }
}
