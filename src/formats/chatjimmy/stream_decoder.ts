/**
 * Reads chatjimmy's answers: bare text, then `<|stats|>{...}<|/stats|>`.
 *
 * The statistics are the only sign that an answer is whole. An answer without them has no
 * finish, and so counts as cut off.
 *
 * @module
 */

import type { ChatEvent, ProviderFault, Usage } from "../../core/chat/chat.ts";
import type { StreamDecoder, StreamOptions } from "../../core/format.ts";
import { type JsonObject, parseJsonObject } from "../../core/text/json.ts";
import { SentinelTextDecoder } from "../../framing/sentinel_text.ts";
import { countOf } from "../counts.ts";

const CONTEXT_EXCEEDED: ProviderFault = {
  message: "Prompt and answer together exceed the model's context: shorten the messages",
  type: "invalid_request_error",
  code: "context_length_exceeded",
  status: 400,
};

const EMPTY_ANSWER: ProviderFault = {
  message: "The model gave an empty answer: try again",
  type: "upstream_error",
  code: "empty_answer",
  status: 502,
};

/** Number of the one block that an answer has. */
const BLOCK = 0;

/** Decodes one answer; create one per response. */
export class ChatjimmyStreamDecoder implements StreamDecoder {
  malformedEvents = 0;
  readonly #sentinel: SentinelTextDecoder;
  #hasBytes = false;
  /** More than the line end that may stand before the statistics. */
  #hasText = false;
  /** All its text is one block. */
  #hasBlock = false;
  #isOver = false;

  constructor({ maxEventBytes }: StreamOptions) {
    this.#sentinel = new SentinelTextDecoder({
      open: "<|stats|>",
      close: "<|/stats|>",
      maxTrailerBytes: maxEventBytes,
    });
  }

  push(chunk: Uint8Array<ArrayBuffer>): readonly ChatEvent[] {
    if (this.#isOver) return [];
    if (chunk.length > 0) this.#hasBytes = true;
    const events = this.#textEvents(this.#sentinel.push(chunk).text);
    const { trailer } = this.#sentinel;
    if (trailer === undefined) return events;
    this.#isOver = true;
    return [...events, ...this.#decodeStats(trailer)];
  }

  flush(): readonly ChatEvent[] {
    if (this.#isOver) return [];
    this.#isOver = true;
    // It answers 200 and nothing at all to what does not fit its context.
    if (!this.#hasBytes) return [{ type: "fault", fault: CONTEXT_EXCEEDED }];
    return this.#textEvents(this.#sentinel.flush());
  }

  #textEvents(text: string): readonly ChatEvent[] {
    if (text === "") return [];
    if (!this.#hasText) this.#hasText = text.trim() !== "";
    if (this.#hasBlock) return [{ type: "block_delta", block: BLOCK, text }];
    this.#hasBlock = true;
    return [{ type: "block_start", choice: 0, block: BLOCK, part: { type: "text", text } }];
  }

  #decodeStats(json: string): readonly ChatEvent[] {
    const stats = parseJsonObject(json);
    if (stats === undefined) this.malformedEvents++;
    const { reason, done_reason: doneReason } = stats ?? {};
    const isContextFull = typeof reason === "string" && /max context limit/i.test(reason);
    if (!this.#hasText) {
      return [{ type: "fault", fault: isContextFull ? CONTEXT_EXCEEDED : EMPTY_ANSWER }];
    }
    const raw = typeof doneReason === "string" ? doneReason : "stop";
    const isCutShort = raw === "length" || isContextFull;
    const usage = usageOf(stats ?? {});
    return [
      { type: "block_end", block: BLOCK },
      { type: "finish", choice: 0, reason: isCutShort ? "length" : "stop", raw },
      ...(usage === undefined ? [] : [{ type: "usage", usage } as const]),
      { type: "end" },
    ];
  }
}

/** All three counts or none: two of them would make a sum that is not one. */
function usageOf(stats: JsonObject): Usage | undefined {
  const input = countOf(stats["prefill_tokens"]);
  const output = countOf(stats["decode_tokens"]);
  const total = countOf(stats["total_tokens"]);
  if (input === undefined || output === undefined || total === undefined) return undefined;
  return { inputTokens: input, outputTokens: output, totalTokens: total };
}
