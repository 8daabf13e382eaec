/**
 * The messages of a request, written as contents.
 *
 * The calls of one answer stand in one content, and their results in the next one, alone and one for each
 * call, whatever messages they came in (T92, T93).
 *
 * @module
 */

import type { Message, Part, ToolResultPart } from "../../../core/chat/chat.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { attachSeals } from "../../call_seals.ts";
import { NAME } from "../name.ts";
import { reminderOf, unknownRole } from "../../turns.ts";
import { encodePart, encodeResult, NO_MARKS, type PartEncoding } from "./encode_part.ts";
import { encodeMedia } from "./encode_media.ts";
import type { ModelTraits } from "./model_traits.ts";

/** Gemini takes it for a signature where there can be none, because somebody else made the call. */
const NO_SIGNATURE = "skip_thought_signature_validator";

interface Content {
  readonly role: "user" | "model";
  readonly parts: JsonObject[];
}

/** A content that holds results of tools, and nothing else. */
class Results implements Content {
  readonly role = "user";
  readonly parts: JsonObject[] = [];
  readonly #places: number[] = [];

  /** @param place Of its call among all calls. */
  insert(result: JsonObject, place: number): void {
    const later = this.#places.findIndex((other) => other > place);
    const index = later === -1 ? this.#places.length : later;
    this.#places.splice(index, 0, place);
    this.parts.splice(index, 0, result);
  }
}

export interface EncodedContents {
  readonly system: readonly JsonObject[];
  readonly contents: readonly JsonObject[];
}

/** Writes one conversation. */
export class ContentsWriter {
  readonly #traits: ModelTraits;
  readonly #warnings: Set<string>;
  readonly #system: JsonObject[] = [];
  readonly #contents: Content[] = [];
  /** Names of the functions that were called. */
  readonly #names = new Map<string, string>();

  constructor(traits: ModelTraits, warnings: Set<string>) {
    this.#traits = traits;
    this.#warnings = warnings;
  }

  write(messages: readonly Message[]): EncodedContents {
    const firstOther = messages.findIndex(({ role }) => role !== "system");
    const leading = firstOther === -1 ? messages.length : firstOther;
    messages.forEach((message, index) => this.#add(message, index, index < leading));
    if (this.#traits.checksSignatures) this.#signTurn();
    return {
      system: this.#system,
      contents: this.#contents.map(({ role, parts }) => ({ role, parts })),
    };
  }

  #add({ role, parts, name }: Message, index: number, isLeading: boolean): void {
    const encoding = { place: `messages.${index}`, warnings: this.#warnings };
    if (name !== undefined) {
      this.#warnings.add(`"name" of a message is left out: ${NAME} has no word for it`);
    }
    const results = parts.filter((part) => part.type === "tool_result");
    if (results.length > 0) this.#addResults(results, encoding);
    const others = parts.filter(({ type }) => type !== "tool_result");
    if (isLeading) this.#system.push(...encodeAll(others, encoding));
    // Later ones stay where they are, because what stands before them is cached.
    else if (role === "system") this.#push("user", others.flatMap(toReminder));
    else if (role === "assistant") this.#addSaid(others, encoding);
    else if (role === "user" || role === "tool") this.#push("user", encodeAll(others, encoding));
    else throw unknownRole(role, `messages.${index}`);
  }

  #addSaid(parts: readonly Part[], encoding: PartEncoding): void {
    for (const part of parts) {
      if (part.type === "tool_call") this.#names.set(part.callId, part.name);
    }
    this.#push("model", encodeAll(onTexts(attachSeals(parts)), encoding));
  }

  /** Results follow their calls at once and in their order, whatever the user says between them. */
  #addResults(results: readonly ToolResultPart[], encoding: PartEncoding): void {
    const lastSaid = this.#contents.findLastIndex(({ role }) => role === "model");
    const place = this.#resultsAt(lastSaid + 1);
    const later: JsonObject[] = [];
    for (const result of results) {
      const { callId, cache, parts: said } = result;
      if (cache !== undefined || said.some((part) => part.cache)) this.#warnings.add(NO_MARKS);
      const media = said.filter((part) => part.type === "media");
      const parts = media.map((part) => encodeMedia(part, encoding.place, this.#warnings));
      const isTaken = this.#traits.hasMediaInResults && parts.every((part) => part["inlineData"]);
      const written = encodeResult(result, this.#nameOf(callId), isTaken ? parts : []);
      place.insert(written, [...this.#names.keys()].indexOf(callId));
      if (isTaken || parts.length === 0) continue;
      later.push({ text: `What else the tool call ${callId} has resulted in:` }, ...parts);
    }
    this.#push("user", later);
  }

  #resultsAt(index: number): Results {
    const known = this.#contents[index];
    if (known instanceof Results) return known;
    const results = new Results();
    this.#contents.splice(index, 0, results);
    return results;
  }

  #nameOf(callId: string): string {
    const name = this.#names.get(callId);
    if (name !== undefined) return name;
    this.#warnings.add(`A tool's result has no call before it and is sent as one of "${callId}"`);
    return callId || "unknown";
  }

  /** Adds to the last content where it is of the same role. */
  #push(role: Content["role"], parts: readonly JsonObject[]): void {
    if (parts.length === 0) return;
    const last = this.#contents.at(-1);
    if (last?.role === role && !(last instanceof Results)) last.parts.push(...parts);
    else this.#contents.push({ role, parts: [...parts] });
  }

  /** The first call of each step since the user spoke last must have a signature, or say that there is none. */
  #signTurn(): void {
    const spoke = this.#contents.findLastIndex((content) =>
      content.role === "user" && !(content instanceof Results)
    );
    for (const { role, parts } of this.#contents.slice(spoke + 1)) {
      const first = parts.findIndex((part) => part["functionCall"] !== undefined);
      if (role !== "model" || first === -1) continue;
      parts[first] = { thoughtSignature: NO_SIGNATURE, ...parts[first] };
    }
  }
}

/** A seal that names no call is a text's, which some formats do not tell beside it: it goes on the last one. */
function onTexts(parts: readonly Part[]): readonly Part[] {
  const seal = parts.findLast((part) => part.type === "sealed")?.seal;
  const at = parts.findLastIndex(({ type }) => type === "text");
  const text = parts[at];
  if (seal?.issuer !== NAME || text?.type !== "text" || text.seal !== undefined) return parts;
  return parts.with(at, { ...text, seal }).filter((part) =>
    part.type !== "sealed" || part.seal !== seal
  );
}

function encodeAll(parts: readonly Part[], encoding: PartEncoding): readonly JsonObject[] {
  return parts.flatMap((part) => encodePart(part, encoding));
}

function toReminder(part: Part): readonly JsonObject[] {
  if (part.type !== "text" || part.text.trim() === "") return [];
  return [{ text: reminderOf(part.text) }];
}
