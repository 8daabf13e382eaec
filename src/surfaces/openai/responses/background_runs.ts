/**
 * Responses that run whether their clients are there or not.
 *
 * Each is a call like any other, whose stream goes to the store of responses instead of to a client. Whoever
 * wants its events reads them there.
 *
 * @module
 */

import type { Call, Exchange } from "../../../core/call.ts";
import { GatewayError, toGatewayError } from "../../../core/gateway_error.ts";
import { isStreamed } from "../../../core/http/http.ts";
import type { EncodeOptions } from "../../../core/format.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import type { ResponseStore } from "../../../core/response_store.ts";
import { cancelledEvent, splitEvents } from "./event_bytes.ts";
import type { OwnAnswer } from "./own_answer.ts";

const encoder = new TextEncoder();

/** A call that is to run. */
export interface BackgroundCall {
  readonly call: Call;
  readonly own: OwnAnswer;
  /** The response as it begins. */
  readonly begun: JsonObject;
  readonly exchange: Exchange;
  readonly encodeOptions: EncodeOptions;
}

/** Where the events of a call go. */
type Append = (bytes: Uint8Array<ArrayBuffer>) => Promise<void>;

export class BackgroundRuns {
  readonly #store: ResponseStore;
  readonly #thread: number;
  readonly #running = new Set<Promise<void>>();

  /** @param thread Number of this thread. */
  constructor(store: ResponseStore, thread: number) {
    this.#store = store;
    this.#thread = thread;
  }

  /** Throws `overloaded` where as many run as may. */
  async start(given: BackgroundCall): Promise<void> {
    const { own, begun } = given;
    if (!await this.#store.begin(own.toKeep(begun), this.#thread)) {
      throw new GatewayError(
        "overloaded",
        "As many responses run in the background as may (RESPONSES_MAX_BACKGROUND); " +
          "send the request again later, or without background",
      );
    }
    const client = new AbortController();
    void this.#store.untilCancelled(own.id).then((isCancelled) => {
      if (isCancelled) client.abort();
    });
    const call = { ...given.call, signal: client.signal };
    const running: Promise<void> = this.#run({ ...given, call })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when none runs. */
  async whenNone(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  async #run({ call, own, begun, exchange, encodeOptions }: BackgroundCall): Promise<void> {
    let sent = 0;
    const append: Append = async (bytes) => {
      const events = splitEvents(bytes);
      sent += events.ends.length;
      if (events.ends.length > 0) await this.#store.append({ id: own.id, ...events });
    };
    try {
      await relay(call, exchange, append);
    } catch (thrown) {
      // What failed before it began has no stream of its own; what is kept of it is told on the way.
      const encoder = call.formats.answer.streamEncoder(encodeOptions);
      const error = toGatewayError(thrown);
      if (!call.signal.aborted) await append(encoder.close({ kind: "failed", error }));
    }
    let answer = own.answer;
    if (answer === undefined) {
      answer = { ...begun, status: "cancelled" };
      await append(cancelledEvent(answer, sent));
    }
    await this.#store.keep(own.toKeep(answer));
  }
}

/** Resolves when the answer has ended, or its call was cancelled. Throws what it failed with before it began. */
async function relay(call: Call, exchange: Exchange, append: Append): Promise<void> {
  const { answer: { body } } = await exchange(call);
  if (!isStreamed(body)) {
    if (body !== null) await append(typeof body === "string" ? encoder.encode(body) : body);
    return;
  }
  const ended = Promise.withResolvers<void>();
  let appended: Promise<void> = Promise.resolve();
  const leave = (): void => {
    body.cancel();
    ended.resolve();
  };
  call.signal.addEventListener("abort", leave);
  if (call.signal.aborted) return leave();
  body.start({
    write: (bytes) => appended = append(bytes),
    end: ended.resolve,
    abort: ended.resolve,
  });
  await ended.promise;
  call.signal.removeEventListener("abort", leave);
  await appended;
}
