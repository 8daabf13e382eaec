/**
 * Writes one answer, event by event: a stream tells each step, a whole answer is what stands in the end.
 *
 * @module
 */

import type { ChatEvent } from "../../../core/chat/chat.ts";
import type { Envelopes } from "../../../core/envelope.ts";
import type { EncodeOptions } from "../../../core/format.ts";
import type { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";
import { failureOf } from "../errors.ts";
import { encryptReasoning } from "../reasoning_envelope.ts";
import { toolsByFlatName } from "../tools/declared_tools.ts";
import type { EventSink } from "./event_sink.ts";
import { encodeFinish, type Finish } from "./finish.ts";
import { OutputItems } from "./output_items.ts";
import { ResponseObject } from "./response_object.ts";
import { encodeUsage } from "./usage.ts";

const CONTEXT_IS_FULL = {
  code: "context_length_exceeded",
  message: "The conversation is longer than the context window of the model",
} as const;

type Usage = Extract<ChatEvent, { readonly type: "usage" }>["usage"];

export class AnswerWriter {
  readonly #kept: EncodeOptions["kept"];
  readonly #sink: EventSink;
  readonly #response: ResponseObject;
  readonly #items: OutputItems;
  #finish: Finish | undefined;
  #usage: Usage | undefined;
  #hasStarted = false;

  constructor(options: EncodeOptions, envelopes: Envelopes | undefined, sink: EventSink) {
    const { request = {}, servedBy, kept } = options;
    this.#kept = kept;
    this.#sink = sink;
    this.#response = new ResponseObject(options);
    this.#items = new OutputItems({
      answerId: this.#response.id.replace(/^resp_/, ""),
      tools: toolsByFlatName(request),
      showsText: wantsSummary(request),
      encrypt: (reasoning) => encryptReasoning(reasoning, envelopes, servedBy),
    }, sink);
  }

  take(event: ChatEvent): void {
    // A client of this format asks for one choice, so that others have nowhere to go.
    if ("choice" in event && event.choice !== 0) return;
    switch (event.type) {
      case "start":
        this.#noteStart(event);
        break;
      case "block_start":
        this.#start();
        this.#items.begin(event.block, event.part);
        break;
      case "block_delta":
        this.#items.add(event.block, event.text);
        break;
      case "block_seal":
        this.#items.seal(event.block, event.seal);
        break;
      case "block_citation":
        this.#items.cite(event.block, event.citation);
        break;
      case "block_end":
        this.#items.end(event.block);
        break;
      case "logprobs":
        this.#items.addLogprobs(event.content);
        break;
      case "finish":
        this.#finish = event;
        break;
      case "usage":
        this.#usage = event.usage;
        break;
      case "native": // Nothing of a response beside its items is a provider's to say.
      case "fault": // How the answer ends is for `complete` and `fail` to write.
      case "end":
        break;
    }
  }

  /** The answer is whole, or as long as it may be. Returns the response. */
  complete(): JsonObject {
    this.#start();
    const end = encodeFinish(this.#finish);
    if (end === undefined) return this.#end("failed", { error: CONTEXT_IS_FULL });
    this.#explainRefusal();
    this.#items.endAll(end.status);
    const { incompleteReason } = end;
    return this.#end(end.status, incompleteReason === undefined ? {} : { incompleteReason });
  }

  /** What was not told to be done by then is no part of it. Returns the response. */
  fail(error: GatewayError): JsonObject {
    this.#start();
    return this.#end("failed", { error: failureOf(error) });
  }

  /** What was told of the response stays. */
  #noteStart({ model, createdSeconds }: Extract<ChatEvent, { readonly type: "start" }>): void {
    if (this.#hasStarted) return;
    this.#response.model = model ?? this.#response.model;
    this.#response.createdSeconds = createdSeconds ?? this.#response.createdSeconds;
  }

  #start(): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    const response = this.#response.write({ status: "in_progress", output: [] });
    this.#sink.write("response.created", { response });
    this.#sink.write("response.in_progress", { response });
  }

  /** Why a model refused, where it said so beside its answer. */
  #explainRefusal(): void {
    const explanation = this.#finish?.explanation;
    if (explanation === undefined || this.#items.hasRefusal) return;
    this.#items.begin(-1, { type: "refusal", text: explanation });
  }

  #end(
    status: "completed" | "incomplete" | "failed",
    details: { readonly error?: JsonObject; readonly incompleteReason?: string },
  ): JsonObject {
    const response = this.#response.write({
      status,
      output: this.#items.done,
      usage: encodeUsage(this.#usage),
      ...details,
    });
    this.#sink.write(`response.${status}`, { response });
    this.#kept?.keep(response);
    return response;
  }
}

/** Whether an answer is to show the reasoning. */
function wantsSummary({ reasoning }: JsonObject): boolean {
  if (!isJsonObject(reasoning)) return false;
  const { summary = null, generate_summary: old = null } = reasoning;
  const wish = summary ?? old;
  return typeof wish === "string" && wish !== "none";
}
