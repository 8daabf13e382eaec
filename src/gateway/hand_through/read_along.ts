/** Reads an answer that is handed through along with its client, within bounds, and changes nothing of it. */

import { joinBytes } from "../../bytes/read_whole.ts";
import type { HandThrough } from "../../core/call.ts";
import type { ProviderFault, Usage } from "../../core/chat/chat.ts";
import type { HandedFacts, HandedFormat } from "../../core/format.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import { parseAnswerObject } from "../../core/text/json.ts";
import type { Redactor } from "../../core/text/redactor.ts";
import { SseDecoder } from "../../framing/sse_decoder.ts";
import type { RelayOptions } from "../options.ts";
import { faultToError, isJsonType } from "../relay/provider_answer.ts";

/** A JSON answer is read along up to here; pictures, which are longer, tell little of themselves. */
const MAX_JSON_BYTES = 1_048_576;

/** What has been read of one answer. */
export interface AnswerReadAlong {
  /** It comes as server-sent events. */
  readonly isStream: boolean;
  readonly usage: Usage | undefined;
  readonly model: string | undefined;
  push(chunk: Uint8Array<ArrayBuffer>): void;
  /**
   * How the answer ended, `null` where it is whole.
   *
   * @param error What its body broke off with; `null` where that ended by itself.
   */
  judge(error: GatewayError | null): GatewayError | null;
}

/** Only what a `POST` is answered with: what is fetched later tells of what was counted before. */
export function readAlong(
  { method, answer }: Pick<HandThrough, "method" | "answer">,
  contentType: string | null,
  { forClient }: Redactor,
  { maxEventBytes }: Pick<RelayOptions, "maxEventBytes">,
): AnswerReadAlong {
  const type = contentType ?? "";
  const toError = (fault: ProviderFault): GatewayError => faultToError(fault, forClient);
  if (/^\s*text\/event-stream\b/i.test(type)) {
    return new EventsReadAlong(answer, maxEventBytes, method === "POST", toError);
  }
  if (method === "POST" && isJsonType(type)) return new JsonReadAlong(answer, toError);
  return {
    isStream: false,
    usage: undefined,
    model: undefined,
    push: () => {},
    judge: (error) => error,
  };
}

class EventsReadAlong implements AnswerReadAlong {
  readonly isStream = true;
  readonly #answer: HandedFormat;
  readonly #decoder: SseDecoder;
  readonly #counts: boolean;
  readonly #toError: (fault: ProviderFault) => GatewayError;
  /** An event was too long to be read: whether the stream has ended is not known any more. */
  #isLost = false;
  #hasEnded = false;
  #fault: ProviderFault | undefined;
  usage: Usage | undefined;
  model: string | undefined;

  constructor(
    answer: HandedFormat,
    maxEventBytes: number,
    counts: boolean,
    toError: (fault: ProviderFault) => GatewayError,
  ) {
    this.#answer = answer;
    this.#decoder = new SseDecoder({ maxEventBytes });
    this.#counts = counts;
    this.#toError = toError;
  }

  push(chunk: Uint8Array<ArrayBuffer>): void {
    if (this.#isLost) return;
    try {
      for (const { event, data } of this.#decoder.push(chunk)) {
        this.#note(this.#answer.factsOfEvent(event, data));
      }
    } catch {
      this.#isLost = true;
    }
  }

  judge(error: GatewayError | null): GatewayError | null {
    if (this.#fault !== undefined) return this.#toError(this.#fault);
    const isLoss = error?.kind === "upstream_truncated" || error?.kind === "upstream_timeout";
    // All that can be missing is the end of the connection (T15).
    if (this.#hasEnded && (error === null || isLoss)) return null;
    if (error !== null || this.#isLost || !this.#answer.hasEndEvent) return error;
    return new GatewayError(
      "upstream_truncated",
      "The upstream's stream ended before its answer was finished",
    );
  }

  #note({ isEnd, fault, usage, model }: HandedFacts): void {
    if (!this.#hasEnded) this.#fault ??= fault;
    if (isEnd) this.#hasEnded = true;
    if (this.#counts) this.usage = usage ?? this.usage;
    this.model = model ?? this.model;
  }
}

class JsonReadAlong implements AnswerReadAlong {
  readonly isStream = false;
  readonly #answer: HandedFormat;
  readonly #toError: (fault: ProviderFault) => GatewayError;
  #chunks: Uint8Array<ArrayBuffer>[] = [];
  #length = 0;
  usage: Usage | undefined;
  model: string | undefined;

  constructor(answer: HandedFormat, toError: (fault: ProviderFault) => GatewayError) {
    this.#answer = answer;
    this.#toError = toError;
  }

  push(chunk: Uint8Array<ArrayBuffer>): void {
    this.#length += chunk.length;
    if (this.#length > MAX_JSON_BYTES) this.#chunks = [];
    else this.#chunks.push(chunk);
  }

  judge(error: GatewayError | null): GatewayError | null {
    if (error !== null || this.#length > MAX_JSON_BYTES) return error;
    const text = new TextDecoder().decode(joinBytes(this.#chunks, this.#length));
    this.#chunks = [];
    const json = parseAnswerObject(text);
    if (json === undefined) return null;
    const { usage, model, fault } = this.#answer.factsOfWhole(json);
    this.usage = usage;
    this.model = model;
    return fault === undefined ? null : this.#toError(fault);
  }
}
