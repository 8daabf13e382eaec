// deno-lint-ignore-file require-await -- Other threads ask it as well, and to them every answer is a promise.

/** The store of responses, in the thread that has it. */

import type { Clock } from "../../core/clock.ts";
import type { JsonObject } from "../../core/text/json.ts";
import type {
  EventPage,
  FoundResponse,
  IssuedResponse,
  KeptResponse,
  NewEvents,
  ResponseKey,
  ResponseStore,
} from "../../core/response_store.ts";
import type { ResponsesOptions } from "./options.ts";
import type { ResponseShelf } from "./response_shelf.ts";
import { RunningResponses } from "./running_responses.ts";

/** Longest conversation that is put together again. */
const MAX_HISTORY = 10_000;

export class LocalResponseStore implements ResponseStore {
  readonly #shelf: ResponseShelf;
  readonly #running: RunningResponses;

  constructor(shelf: ResponseShelf, options: ResponsesOptions, clock: Clock) {
    this.#shelf = shelf;
    this.#running = new RunningResponses(options, clock);
  }

  async keep(response: KeptResponse): Promise<void> {
    // One that was deleted while it ran stays away.
    const { id } = response;
    const isUnwanted = response.isBackground && !this.#running.isRunning(id);
    if (!isUnwanted) this.#shelf.put(response, false);
    this.#running.end(id);
  }

  async remember(issued: IssuedResponse): Promise<void> {
    this.#shelf.remember(issued);
  }

  async find(key: ResponseKey): Promise<FoundResponse> {
    const response = this.#get(key);
    if (response !== undefined) {
      const { id } = key;
      const isRunning = this.#running.isRunning(id);
      return { kind: "kept", response, isRunning, hasEvents: this.#running.hasEvents(id) };
    }
    const issued = this.#shelf.issuedAs(key.id);
    if (issued === undefined) return { kind: "unknown" };
    return issued.owner === key.owner
      ? { kind: "issued", upstream: issued.upstream }
      : { kind: "foreign" };
  }

  async history({ id, owner }: ResponseKey): Promise<readonly KeptResponse[] | undefined> {
    const found: KeptResponse[] = [];
    for (let next: string | undefined = id; next !== undefined;) {
      const response = this.#get({ id: next, owner });
      if (response === undefined || found.length === MAX_HISTORY) return undefined;
      found.push(response);
      next = response.previous;
    }
    return found.reverse();
  }

  async remove(key: ResponseKey): Promise<boolean> {
    if (this.#get(key) === undefined) return false;
    this.#running.cancel(key.id);
    this.#running.end(key.id);
    this.#running.drop(key.id);
    this.#shelf.delete(key.id);
    return true;
  }

  async forget({ id, owner }: ResponseKey): Promise<void> {
    if (this.#shelf.issuedAs(id)?.owner === owner) this.#shelf.forget(id);
  }

  async begin(response: KeptResponse, thread: number): Promise<boolean> {
    if (!this.#running.begin(response.id, thread)) return false;
    this.#shelf.put(response, true);
    return true;
  }

  async append(events: NewEvents): Promise<void> {
    this.#running.append(events);
  }

  untilCancelled(id: string): Promise<boolean> {
    return this.#running.untilCancelled(id);
  }

  async cancel(key: ResponseKey): Promise<boolean> {
    return this.#get(key) !== undefined && this.#running.cancel(key.id);
  }

  async read(key: ResponseKey, after: number): Promise<EventPage | undefined> {
    return this.#get(key) === undefined ? undefined : await this.#running.read(key.id, after);
  }

  /** What a thread that has ended was running has failed. */
  threadLost(thread: number): void {
    for (const id of this.#running.ofThread(thread)) {
      const response = this.#shelf.get(id);
      if (response !== undefined) {
        const answer = failedAnswer(response.answer);
        this.#running.append(failedEvent(id, answer, this.#running.countOf(id)));
        this.#shelf.put({ ...response, answer: encode(answer) }, false);
      }
      this.#running.end(id);
    }
  }

  close(): void {
    this.#shelf.close();
  }

  #get({ id, owner }: ResponseKey): KeptResponse | undefined {
    const response = this.#shelf.get(id);
    return response?.owner === owner ? response : undefined;
  }
}

/** What becomes of a response whose thread or process has ended before it did. */
export function failedAnswer(answer: Uint8Array): JsonObject {
  const begun = JSON.parse(new TextDecoder().decode(answer)) as JsonObject;
  const message = "What was running this response has ended; ask again";
  return { ...begun, status: "failed", error: { code: "server_error", message } };
}

function failedEvent(id: string, response: JsonObject, sequence_number: number): NewEvents {
  const data = { type: "response.failed", sequence_number, response };
  const bytes = new TextEncoder().encode(
    `event: response.failed\ndata: ${JSON.stringify(data)}\n\n`,
  );
  return { id, bytes, ends: [bytes.length] };
}

function encode(json: JsonObject): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(json));
}
