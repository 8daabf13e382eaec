/**
 * What tests of handing through share: a request, and a gateway's part over a transport and a clock in their hands.
 *
 * @module
 */

import { BegunBody } from "../../src/bytes/begun_body.ts";
import { ClientBody } from "../../src/bytes/client_body.ts";
import type { Call, HandThrough } from "../../src/core/call.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { ANONYMOUS } from "../../src/core/principal.ts";
import type { ByteSource, ProviderRequest, Transport } from "../../src/core/provider/transport.ts";
import { ParsedBody } from "../../src/core/http/parsed_body.ts";
import { handedFormat, handedRequests } from "../../src/formats/hand_through/mod.ts";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { ActiveCalls } from "../../src/gateway/active_calls.ts";
import { createAnswer } from "../../src/gateway/exchange.ts";
import { ProviderKeys } from "../../src/gateway/tries/keys/provider_keys.ts";
import { UnspokenFormats } from "../../src/gateway/tries/sending/unspoken_formats.ts";
import { relayOptions } from "../../src/gateway/options.ts";
import { retryOptions } from "../../src/gateway/tries/retry.ts";
import { openaiStyle } from "../../src/providers/openai_style.ts";
import { sourceOf } from "../support/http.ts";
import { redactor } from "../support/redactor.ts";
import { ManualClock } from "../transport/manual_clock.ts";

const BASE_URL = "https://api.example/v1";
const provider = openaiStyle({ name: "up", baseUrl: BASE_URL, reason: "test" });
const NOTHING = new Uint8Array(0);
const NO_BODY = new BegunBody({
  held: NOTHING,
  rest: undefined,
  lengthBytes: undefined,
  named: undefined,
});

export function request(changes: Partial<HandThrough> = {}): Call {
  const pathAndQuery = changes.pathAndQuery ?? "/files";
  return {
    id: "r",
    operation: "hand_through",
    principal: ANONYMOUS,
    account: "203.0.113.7",
    surface: "passthrough",
    formats: { ...openaiChat, request: handedRequests(openaiChat.request) },
    model: "",
    wantsStream: false,
    body: new ParsedBody({}),
    bytes: NOTHING,
    headers: [],
    signal: new AbortController().signal,
    arrivedMs: 0,
    trace: { upstream: undefined, attempts: 0, warnings: [] },
    handThrough: {
      method: "GET",
      path: `/v1${pathAndQuery}`,
      pathAndQuery,
      isAtOrigin: false,
      clientBase: "/v1",
      body: NO_BODY,
      defaultProvider: provider,
      warnings: [],
      answer: handedFormat(pathAndQuery),
      ...changes,
    },
  };
}

/** What the transport does with one request. */
export type Answer = GatewayError | { readonly status?: number; readonly type?: string };

/** An upstream's body that is sent by hand, and the gateway's part before it. */
export class Fixture {
  readonly clock = new ManualClock();
  readonly active = new ActiveCalls();
  readonly sent: ProviderRequest[] = [];
  isCancelled = false;
  reads = 0;
  /** Called when the upstream has its request, and before it answers. */
  whenSent = (): Promise<void> | void => {};
  /** One for each request; then 200 of no type. */
  answers: Answer[] = [];
  #pending = Promise.withResolvers<Uint8Array<ArrayBuffer> | null>();

  readonly #source: ByteSource = {
    read: () => {
      this.reads++;
      return this.#pending.promise;
    },
    cancel: () => void (this.isCancelled = true),
  };

  readonly #transport: Transport = async (sent, signal) => {
    this.sent.push(sent);
    signal.addEventListener("abort", () => this.#pending.reject(signal.reason));
    this.#pending.promise.catch(() => {});
    await this.whenSent();
    const answer = this.answers.shift() ?? {};
    if (answer instanceof GatewayError) throw answer;
    const { status = 200, type } = answer;
    const headers = new Headers(type === undefined ? {} : { "content-type": type });
    const empty = { read: () => Promise.resolve(null), cancel: () => {} };
    return { status, headers, body: status < 400 ? this.#source : empty };
  };

  readonly forward = createAnswer({
    transport: this.#transport,
    route: ({ model }) => [() => ({ provider, model })],
    relay: relayOptions.parse({
      idleTimeoutMs: 100,
      clientStallTimeoutMs: 700,
      totalTimeoutMs: 2_000,
    }),
    retry: retryOptions.parse({}),
    cooldown: undefined,
    hedge: undefined,
    redactor,
    watchAttempt: undefined,
    spending: undefined,
    keys: new ProviderKeys({ durationMs: 30_000 }, new Map()),
    unspoken: new UnspokenFormats(this.clock),
    pacing: undefined,
    clock: this.clock,
    random: () => 0,
    active: this.active,
  });

  /** Once the read that was asked for has begun. */
  async send(text: string | null): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    const pending = this.#pending;
    this.#pending = Promise.withResolvers();
    this.#pending.promise.catch(() => {}); // It may never be read.
    pending.resolve(text === null ? null : new TextEncoder().encode(text));
  }

  /** A body that comes in pieces of these sizes, with what was held of it. */
  bodyOf(heldBytes: number, sizes: readonly number[], maxBodyBytes = 10): BegunBody {
    const bounds = { maxBodyBytes, bodyTimeoutMs: 500, bodyIdleTimeoutMs: 200, clock: this.clock };
    const stream = ReadableStream.from(sizes.map((size) => new Uint8Array(size)));
    return new BegunBody({
      held: new Uint8Array(heldBytes),
      rest: new ClientBody(sourceOf(stream), bounds),
      lengthBytes: undefined,
      named: undefined,
    });
  }
}
