/**
 * Follows a stream that passes unchanged: what is known of it so far.
 *
 * It judges less than the decoder: what items there are and whether they are in order is the client's to see.
 *
 * @module
 */

import type { ProviderFault, Usage } from "../../../core/chat/chat.ts";
import type { StreamProgress } from "../../../core/format.ts";
import { HeardText } from "../../../core/chat/heard_text.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { decodeEnd } from "../answer/finish.ts";
import { decodeUsage } from "../answer/usage.ts";
import { faultOf, faultOfResponse } from "../errors.ts";

/** Items that are nothing before their first part. */
const EMPTY_AT_FIRST: readonly JsonValue[] = ["message", "reasoning"];

/** What is kept of the items that are done; a failure tells of no more. */
const MAX_KEPT_ITEMS = 256;

/** Watches one stream; create one per response. */
export class ResponseWatch implements StreamProgress {
  hasOutput = false;
  model: string | undefined;
  answerId: string | undefined;
  finishReason: string | undefined;
  isFinished = false;
  hasEnded = false;
  usage: Usage | undefined;
  readonly heardText = new HeardText();
  fault: ProviderFault | undefined;
  malformedEvents = 0;
  /** The response as it was announced. */
  response: JsonObject | undefined;
  /** Items that were told to be done, in order. */
  readonly doneItems: JsonValue[] = [];
  /** Of the last event that was read. */
  lastNumber = -1;
  /** An `error`, behind which the response that failed is to come. */
  #announcedFault: ProviderFault | undefined;

  get isFinishedByEnd(): boolean {
    return this.isFinished;
  }

  /** Whether the end or a fault was seen, so that nothing counts any more. */
  get isOver(): boolean {
    return this.hasEnded || this.fault !== undefined;
  }

  /** Takes one event into account. */
  note(body: JsonObject): void {
    const { type, response, sequence_number: number, item } = body;
    if (typeof number === "number") this.lastNumber = number;
    if (isJsonObject(response)) return this.#noteResponse(String(type), response);
    if (type === "response.output_item.done") {
      this.hasOutput = true;
      if (isJsonObject(item) && this.doneItems.length < MAX_KEPT_ITEMS) this.doneItems.push(item);
    } else if (type === "response.output_item.added") {
      this.hasOutput ||= isJsonObject(item) && !EMPTY_AT_FIRST.includes(item["type"] ?? null);
    } else if (typeof type === "string" && type.startsWith("response.")) {
      this.hasOutput ||= type.endsWith(".delta") && body["delta"] !== "";
    } else this.#announcedFault ??= faultOf(body);
  }

  /** A last event that was too long to be read has passed: what it has counted is not known. */
  noteUnread(status: string): void {
    this.#noteResponse(`response.${status}`, { status });
  }

  /** The stream has ended without saying more of an error that it has announced. */
  noteEnd(): void {
    if (!this.hasEnded) this.fault ??= this.#announcedFault;
  }

  #noteResponse(type: string, response: JsonObject): void {
    const { id, model } = response;
    if (typeof model === "string" && model !== "") this.model ??= model;
    if (typeof id === "string" && id !== "") this.answerId ??= id;
    this.response ??= response;
    switch (type) {
      case "response.completed":
      case "response.incomplete":
        this.usage = decodeUsage(response["usage"]);
        this.finishReason = decodeEnd(type, response, false)?.raw;
        this.isFinished = this.finishReason !== undefined;
        this.hasEnded = true;
        break;
      case "response.failed":
      case "response.cancelled":
        this.usage = decodeUsage(response["usage"]);
        this.fault = faultOfResponse(response);
    }
  }
}
