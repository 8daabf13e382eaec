/**
 * What is said of a candidate beside its parts: why it ended, what it was found by, how likely its tokens were.
 *
 * @module
 */

import type { ChatEvent, Citation, Part } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";
import { encodeFinishReason, type Finish } from "./finish_reason.ts";

/** More than a candidate has members, or an answer cites. */
const MAX_NATIVES = 64;
const MAX_CITATIONS = 1_000;

/** One for each candidate. */
export class CandidateNotes {
  #finish: Finish | undefined;
  #hasRefusal = false;
  /** By address, so that what is cited twice is named once. */
  readonly #citations = new Map<string, JsonObject>();
  readonly #natives = new Map<string, JsonValue>();

  /** Takes note of an event, whatever it is. */
  note(event: ChatEvent): void {
    switch (event.type) {
      case "block_start":
        this.#notePart(event.part);
        break;
      case "block_citation":
        this.#cite(event.citation);
        break;
      case "finish":
        this.#finish = event;
        break;
      case "native":
        if (event.format === NAME && this.#natives.size < MAX_NATIVES) {
          this.#natives.set(event.name, event.value);
        }
        break;
    }
  }

  /** The members that stand beside the content of a candidate that has ended. */
  end(index: number): JsonObject {
    const explanation = this.#finish?.explanation;
    const chunks = [...this.#citations.values()];
    return {
      finishReason: encodeFinishReason(this.#finish, { hasRefusal: this.#hasRefusal }),
      ...(explanation !== undefined && { finishMessage: explanation }),
      index,
      ...(chunks.length > 0 && { groundingMetadata: { groundingChunks: chunks } }),
      ...Object.fromEntries(this.#natives),
    };
  }

  #notePart(part: Part): void {
    this.#hasRefusal ||= part.type === "refusal";
    if (part.type === "text") { for (const citation of part.citations ?? []) this.#cite(citation); }
  }

  #cite({ url, title, native }: Citation): void {
    if (url === undefined || this.#citations.size >= MAX_CITATIONS) return;
    const isOwn = native.format === NAME && isJsonObject(native.value);
    this.#citations.set(
      url,
      isOwn && isJsonObject(native.value)
        ? native.value
        : { web: { uri: url, ...(title !== undefined && { title }) } },
    );
  }
}

/** The entries of tokens in Google's form; nothing where there are none. */
export function encodeLogprobs(entries: readonly JsonValue[]): JsonObject {
  if (entries.length === 0) return {};
  const tokens = entries.filter(isJsonObject);
  return {
    logprobsResult: {
      chosenCandidates: tokens.map(tokenOf),
      topCandidates: tokens.map(({ top_logprobs: top }) => ({
        candidates: Array.isArray(top) ? top.filter(isJsonObject).map(tokenOf) : [],
      })),
    },
  };
}

function tokenOf({ token, logprob }: JsonObject): JsonObject {
  return { token: token ?? "", logProbability: logprob ?? 0 };
}
