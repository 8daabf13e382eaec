/** One response on a connection: its events as messages, from the request to the last of them. */

import type { Call } from "../../../../core/call.ts";
import { GatewayError, toGatewayError } from "../../../../core/gateway_error.ts";
import { type AnswerSink, isStreamed, type StreamedAnswer } from "../../../../core/http/http.ts";
import { isJsonObject, type JsonObject, parseJsonObject } from "../../../../core/text/json.ts";
import { EventTexts } from "../../../../formats/openai_responses/stream/event_texts.ts";
import type { Outbox } from "../../../openrouter/socket/outbox.ts";
import type { RequestContext } from "../../../request/request_context.ts";
import { makeCall, rememberIssuer } from "../make_call.ts";
import type { ResponsesParts } from "../responses_parts.ts";
import type { AskedResponse } from "./read_create.ts";
import type { Opening } from "./response_socket_parts.ts";

export interface SocketAnswerParts {
  readonly parts: ResponsesParts;
  readonly opening: Opening;
  readonly outbox: Outbox;
  readonly maxEventBytes: number;
  /** Throws what keeps the request out. */
  readonly admit: () => void | Promise<void>;
  /** Told of a request that no call was made of. */
  readonly onRefused: (error: GatewayError) => void;
  /** Told of a call that failed before it was answered, or broke off. */
  readonly onFailed: (error: GatewayError) => void;
  /** Told once, at last, with the response as its last event has it. */
  readonly onEnd: (response: JsonObject | undefined) => void;
}

/** Of the last event of a response; of others, a text may have it. */
const LAST_EVENT = /"response\.(completed|incomplete|failed)"/;

/** It concerns the connection. */
const HOP_HEADER = "openai-beta";

export class SocketAnswer implements AnswerSink {
  readonly #given: SocketAnswerParts;
  readonly #controller = new AbortController();
  readonly #texts: EventTexts;
  #streamed: StreamedAnswer | undefined;
  #response: JsonObject | undefined;
  #isEnded = false;

  constructor(given: SocketAnswerParts) {
    this.#given = given;
    this.#texts = new EventTexts(given.maxEventBytes);
  }

  run(asked: AskedResponse, context: RequestContext): void {
    this.#run(asked, context).catch((thrown) => this.#fail(toGatewayError(thrown)));
  }

  write(bytes: Uint8Array<ArrayBuffer>): Promise<void> | undefined {
    if (this.#isEnded) return undefined;
    let texts: readonly string[];
    try {
      texts = this.#texts.push(bytes);
    } catch (thrown) {
      // By HTTP an event of any length passes; a message has to be held whole.
      this.#fail(toGatewayError(thrown));
      return undefined;
    }
    for (const text of texts) this.#send(text);
    return this.#given.outbox.whenReady();
  }

  end(): void {
    if (this.#response === undefined) return this.abort();
    this.#finish();
  }

  abort(): void {
    if (this.#isEnded) return;
    if (this.#response !== undefined) return this.#finish();
    this.#fail(
      new GatewayError("upstream_truncated", "The answer ended before it was whole; send it again"),
    );
  }

  /** Ends it with its connection. */
  cancel(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#controller.abort();
    this.#streamed?.cancel();
  }

  async #run(asked: AskedResponse, context: RequestContext): Promise<void> {
    const { parts, opening, admit, onRefused } = this.#given;
    const { signal } = this.#controller;
    let made: Awaited<ReturnType<typeof makeCall>>;
    try {
      const admitted = admit();
      if (admitted !== undefined) await admitted;
      const body = { json: asked.json, bytes: asked.bytes, readMs: parts.clock.nowMs() };
      const request = { headers: opening.headers, signal };
      made = await makeCall(parts, request, context, body, asked.said);
    } catch (thrown) {
      if (this.#isEnded) return;
      onRefused(toGatewayError(thrown));
      return this.#finish();
    }
    const headers = made.call.headers.filter(([name]) => name !== HOP_HEADER);
    const call = { ...made.call, headers };
    if (asked.isPrelude) return this.#answerPrelude(call);
    const reply = await parts.exchange(call);
    rememberIssuer(parts, { ...made, call }, reply);
    const { body } = reply.answer;
    if (isStreamed(body)) {
      this.#streamed = body;
      // The connection was closed in the moment in which the answer began.
      if (this.#isEnded) body.cancel();
      else body.start(this);
      return;
    }
    this.write(typeof body === "string" ? new TextEncoder().encode(body) : body ?? NOTHING);
    this.end();
  }

  /** A response of Weir's own without any output, from which the next can go on. */
  #answerPrelude(call: Call): void {
    const { parts } = this.#given;
    const encoder = call.formats.answer.streamEncoder(parts.encodeOptions(call));
    this.write(encoder.encode([{ type: "start" }]));
    this.write(encoder.close({ kind: "complete" }));
    this.end();
  }

  #send(text: string): void {
    if (LAST_EVENT.test(text)) {
      const event = parseJsonObject(text) ?? {};
      const { type, response } = event;
      if (LAST_EVENT.test(`"${type}"`) && isJsonObject(response)) this.#response = response;
    }
    this.#given.outbox.send(text);
  }

  #fail(error: GatewayError): void {
    if (this.#isEnded) return;
    this.#given.onFailed(error);
    this.#finish();
    this.#streamed?.cancel(error);
  }

  #finish(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#given.onEnd(this.#response);
  }
}

const NOTHING = new Uint8Array(0);
