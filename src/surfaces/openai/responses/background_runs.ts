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
import type { EncodeOptions } from "../../../core/format.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { ResponseStore } from "../../../core/response_store.ts";
import { cancelledEvent, splitEvents } from "./event_bytes.ts";
import type { OwnAnswer } from "./own_answer.ts";

export interface BackgroundParts {
  readonly exchange: Exchange;
  readonly store: ResponseStore;
  /** Number of this thread. */
  readonly thread: number;
  readonly encodeOptions: (call: Call) => EncodeOptions;
}

/** A call that is to run. */
export interface BackgroundCall {
  readonly call: Call;
  readonly own: OwnAnswer;
  /** The response as it begins. */
  readonly begun: JsonObject;
}

export class BackgroundRuns {
  readonly #parts: BackgroundParts;
  readonly #running = new Set<Promise<void>>();

  constructor(parts: BackgroundParts) {
    this.#parts = parts;
  }

  /** Throws `overloaded` where as many run as may. */
  async start({ call, own, begun }: BackgroundCall): Promise<void> {
    const { store, thread } = this.#parts;
    if (!await store.begin(own.toKeep(begun), thread)) {
      throw new GatewayError(
        "overloaded",
        "As many responses run in the background as may (RESPONSES_MAX_BACKGROUND); " +
          "send the request again later, or without background",
      );
    }
    const client = new AbortController();
    void store.untilCancelled(own.id).then((isCancelled) => {
      if (isCancelled) client.abort();
    });
    const running: Promise<void> = this.#run({ ...call, signal: client.signal }, own, begun, client)
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when none runs. */
  async whenNone(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  async #run(
    call: Call,
    own: OwnAnswer,
    begun: JsonObject,
    client: AbortController,
  ): Promise<void> {
    const { store } = this.#parts;
    let sent = 0;
    const append = async (bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
      const events = splitEvents(bytes);
      sent += events.ends.length;
      if (events.ends.length > 0) await store.append({ id: own.id, ...events });
    };
    try {
      await this.#relay(call, client.signal, append);
    } catch (thrown) {
      // What failed before it began has no stream of its own.
      if (!client.signal.aborted) await append(this.#failed(call, toGatewayError(thrown)));
    }
    let answer = own.answer;
    if (answer === undefined) {
      answer = { ...begun, status: "cancelled" };
      await append(cancelledEvent(answer, sent));
    }
    await store.keep(own.toKeep(answer));
  }

  /** Throws what the call failed with before its answer began. */
  async #relay(
    call: Call,
    signal: AbortSignal,
    append: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
  ): Promise<void> {
    const reply = await this.#parts.exchange(call);
    const reader = reply.response.body?.getReader();
    if (reader === undefined) return;
    const leave = (): void => void reader.cancel();
    signal.addEventListener("abort", leave);
    if (signal.aborted) leave();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      await append(read.value as Uint8Array<ArrayBuffer>);
    }
  }

  /** The whole stream of an answer that failed before it began; what is kept of it is told on the way. */
  #failed(call: Call, error: GatewayError): Uint8Array<ArrayBuffer> {
    const encoder = call.formats.answer.streamEncoder(this.#parts.encodeOptions(call));
    return encoder.close({ kind: "failed", error });
  }
}
