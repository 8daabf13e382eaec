/** A relay on a clock and a source in the test's hands. */

import type { Call } from "../../src/core/call.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";
import type { Signal } from "../../src/core/http/signal.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import type { ByteSource } from "../../src/core/provider/transport.ts";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { ActiveCalls } from "../../src/gateway/active_calls.ts";
import { Attempt } from "../../src/gateway/tries/attempt.ts";
import { CallHold } from "../../src/gateway/tries/call_hold.ts";
import { type RelayOptions, relayOptions } from "../../src/gateway/options.ts";
import { StreamRelay } from "../../src/gateway/relay/stream_relay.ts";
import { streamOf } from "../support/http.ts";
import { redactor } from "../support/redactor.ts";
import { ManualClock } from "../transport/manual_clock.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

export const ROLE =
  `data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n`;
export const text = (content: string): string =>
  `data: {"id":"c","choices":[{"index":0,"delta":{"content":"${content}"},"finish_reason":null}]}\n\n`;
export const FINISH =
  `data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n`;
export const DONE = "data: [DONE]\n\n";

/** A body whose reads the test answers one by one. */
export class HandSource implements ByteSource {
  isCancelled = false;
  reads = 0;
  #pending: PromiseWithResolvers<Bytes | null> | undefined;

  read(): Promise<Bytes | null> {
    this.reads++;
    this.#pending = Promise.withResolvers();
    return this.#pending.promise;
  }

  cancel(): void {
    this.isCancelled = true;
    this.fail(new GatewayError("client_closed", "Cancelled"));
  }

  get isRead(): boolean {
    return this.#pending !== undefined;
  }

  give(chunk: string | null): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.resolve(chunk === null ? null : new TextEncoder().encode(chunk));
  }

  fail(error: GatewayError): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.reject(error);
  }
}

export interface StartedRelay {
  readonly clock: ManualClock;
  readonly source: HandSource;
  readonly relay: StreamRelay;
  readonly attempt: Attempt;
  readonly outcome: Promise<Outcome>;
}

/** @param timeoutMs `Call.timeoutMs`. */
export function startRelay(
  options: Partial<RelayOptions> = {},
  timeoutMs?: number,
): StartedRelay {
  const clock = new ManualClock();
  const source = new HandSource();
  const outcome = Promise.withResolvers<Outcome>();
  const client = new AbortController();
  const call = { signal: client.signal as Signal, arrivedMs: 0, timeoutMs } as Call;
  const relayed = { ...relayOptions.parse({ keepAlive: "off" }), ...options };
  const hold = new CallHold(call, clock, relayed.totalTimeoutMs, new ActiveCalls());
  const attempt = new Attempt(hold);
  attempt.signal.addEventListener(
    "abort",
    () => source.fail(attempt.signal.reason as GatewayError),
  );
  const relay = new StreamRelay({
    source,
    translation: openaiChat.answer.streamObserver({
      choices: 1,
      maxEventBytes: 65_536,
      dropUsageEvent: false,
      dropNullUsage: false,
      redact: redactor.forClient,
      encode: { id: "x", model: "m", createdSeconds: 1, includeUsage: false },
    }),
    attempt,
    clock,
    redact: redactor.forClient,
    options: relayed,
    arrivedMs: 0,
    sentMs: 0,
    settle: outcome.resolve,
  });
  return { clock, source, relay, attempt, outcome: outcome.promise };
}

/** Lets everything that is ready run; no clock is read. */
export const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

export async function readAll(stream: ReadableStream<Bytes>): Promise<string> {
  return await new Response(stream).text();
}

/** What the client reads, once its answer has begun. */
export async function begun(
  opening: Promise<void>,
  relay: StreamRelay,
): Promise<ReadableStream<Bytes>> {
  await opening;
  return streamOf(relay);
}
