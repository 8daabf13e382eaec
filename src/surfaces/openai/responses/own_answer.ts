/** An answer that Weir writes itself, and keeps where that is wanted. */

import type { OwnedIds } from "../../../core/envelope.ts";
import type { KeptAnswer } from "../../../core/format.ts";
import type { JsonObject, JsonValue } from "../../../core/text/json.ts";
import type { KeptResponse, ResponseStore } from "../../../core/response_store.ts";

export interface OwnAnswerParts {
  readonly ids: OwnedIds;
  readonly store: ResponseStore;
  readonly owner: string;
  /** The client's own words, which the answer echoes. */
  readonly request: JsonObject;
  /** See `ResolvedRequest`. */
  readonly items: readonly JsonValue[];
  readonly previous: string | undefined;
  readonly isKept: boolean;
  readonly isBackground: boolean;
}

export class OwnAnswer implements KeptAnswer {
  readonly echo: JsonObject;
  readonly #own: OwnAnswerParts;
  readonly #store: ResponseStore;
  #id: string | undefined;
  /** The last that was told of it. */
  #answer: JsonObject | undefined;

  constructor(own: OwnAnswerParts) {
    const { request, isKept, isBackground, store } = own;
    this.#own = own;
    this.#store = store;
    this.echo = {
      store: isKept,
      background: isBackground,
      previous_response_id: request["previous_response_id"] ?? null,
    };
  }

  get isKept(): boolean {
    return this.#own.isKept;
  }

  get id(): string {
    const { ids, owner } = this.#own;
    return this.#id ??= `resp_${ids.make(owner)}`;
  }

  /** The last that was told of it. */
  get answer(): JsonObject | undefined {
    return this.#answer;
  }

  /** One in the background is kept when its last event is. */
  keep(answer: JsonObject): void {
    this.#answer = answer;
    const { isKept, isBackground } = this.#own;
    if (isKept && !isBackground) void this.#store.keep(this.toKeep(answer));
  }

  /** What the store takes. */
  toKeep(answer: JsonObject): KeptResponse {
    const { owner, previous, items, isBackground } = this.#own;
    return {
      id: this.id,
      owner,
      previous,
      input: encode(items),
      answer: encode(answer),
      isBackground,
    };
  }
}

function encode(value: JsonValue): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}
