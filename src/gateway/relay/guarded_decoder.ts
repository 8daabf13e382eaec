/** Reads a stream of which a guard sees every event first. */

import type { ChatEvent } from "../../core/chat.ts";
import type { StreamDecoder } from "../../core/format.ts";
import type { EventGuard } from "../../core/guard.ts";

export class GuardedDecoder implements StreamDecoder {
  readonly #decoder: StreamDecoder;
  readonly #guard: EventGuard;

  constructor(decoder: StreamDecoder, guard: EventGuard) {
    this.#decoder = decoder;
    this.#guard = guard;
  }

  get malformedEvents(): number {
    return this.#decoder.malformedEvents;
  }

  push(chunk: Uint8Array<ArrayBuffer>): readonly ChatEvent[] {
    return this.#guard.read(this.#decoder.push(chunk));
  }

  flush(): readonly ChatEvent[] {
    return [...this.#guard.read(this.#decoder.flush()), ...this.#guard.end()];
  }
}
