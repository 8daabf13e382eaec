/**
 * Follows a stream that passes unchanged: what is known of it so far.
 *
 * It judges less than the decoder: what blocks there are and whether they are in order is the client's to see.
 *
 * @module
 */

import type { ProviderFault, Usage } from "../../../core/chat/chat.ts";
import type { StreamProgress } from "../../../core/format.ts";
import { HeardText } from "../../../core/chat/heard_text.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { faultOf } from "../errors.ts";
import { decodeStopReason } from "../answer/stop_reason.ts";
import { UsageTotals } from "../../counts.ts";
import { decodeUsage } from "../answer/usage.ts";

/** What an empty block of these holds, and what its deltas bring. */
const GROWING_FIELDS: readonly string[] = ["text", "thinking", "partial_json"];

/** Watches one stream; create one per response. */
export class MessageWatch implements StreamProgress {
  hasOutput = false;
  model: string | undefined;
  finishReason: string | undefined;
  isFinished = false;
  hasEnded = false;
  usage: Usage | undefined;
  readonly heardText = new HeardText();
  fault: ProviderFault | undefined;
  malformedEvents = 0;
  readonly #totals = new UsageTotals(decodeUsage);

  /** A reason whose word is unknown, or that more of the answer followed, is to be believed then. */
  get isFinishedByEnd(): boolean {
    return this.finishReason !== undefined;
  }

  /** Whether the end or a fault was seen, so that nothing counts any more. */
  get isOver(): boolean {
    return this.hasEnded || this.fault !== undefined;
  }

  /** Takes one event into account. */
  note(body: JsonObject): void {
    switch (body["type"]) {
      case "message_start":
        this.#noteStart(body["message"]);
        break;
      case "content_block_start":
        if (beginsWithOutput(body["content_block"])) this.#noteOutput();
        break;
      case "content_block_delta":
        if (carriesOutput(body["delta"])) this.#noteOutput();
        break;
      case "message_delta":
        this.#noteEnd(body);
        break;
      case "message_stop":
        this.hasEnded = true;
        break;
      default:
        this.fault = faultOf(body);
    }
  }

  #noteOutput(): void {
    this.hasOutput = true;
    this.isFinished = false;
  }

  #noteStart(message: JsonValue | undefined): void {
    if (!isJsonObject(message)) return;
    const { model, usage } = message;
    if (typeof model === "string" && model !== "") this.model ??= model;
    this.#totals.add(usage);
  }

  #noteEnd(body: JsonObject): void {
    const finish = isJsonObject(body["delta"]) ? decodeStopReason(body["delta"], false) : undefined;
    this.#totals.add(body["usage"]);
    this.usage = this.#totals.usage;
    if (finish === undefined) return;
    this.finishReason = finish.raw;
    this.isFinished = finish.reason !== "other";
  }
}

function beginsWithOutput(block: JsonValue | undefined): boolean {
  if (!isJsonObject(block)) return false;
  const { type, text, thinking } = block;
  if (type === "text") return isText(text);
  return type === "thinking" ? isText(thinking) : true;
}

function carriesOutput(delta: JsonValue | undefined): boolean {
  return isJsonObject(delta) && GROWING_FIELDS.some((name) => isText(delta[name]));
}

function isText(value: JsonValue | undefined): boolean {
  return typeof value === "string" && value !== "";
}
