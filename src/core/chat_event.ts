/**
 * The neutral events between dialects: what a chat answer says, whatever the wire format.
 *
 * A whole JSON answer is the same list of events as a stream, so that each dialect needs one
 * decoder and one encoder for either form. Checked against OpenAI chat and Responses, Anthropic,
 * Gemini, Ollama and chatjimmy (src/README.md, D2): block borders of Anthropic and items of
 * Responses follow from a change of `type` or `index`, so they have no event of their own.
 *
 * @module
 */

import type { JsonObject, JsonValue } from "./json.ts";

/** Why a choice ended, in OpenAI's words; `error` is OpenRouter's, `other` has no word there. */
export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "error" | "other";

/** Token counts of one call. Cached counts are part of `inputTokens`, reasoning of `outputTokens`. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  readonly cachedInputTokens?: number;
  readonly cacheWriteInputTokens?: number;
  readonly reasoningOutputTokens?: number;
  /** Price of the call where the upstream states one: US dollars at OpenRouter. */
  readonly cost?: number;
  /** The upstream's own object, where it speaks the OpenAI form; details beyond the above. */
  readonly raw?: JsonObject;
}

/** An error that an upstream reported inside an answer it had begun with status 200. */
export interface UpstreamFault {
  readonly message: string;
  readonly type?: string;
  readonly code?: string;
  /** HTTP status the fault stands for, 400 to 599, where the upstream's code, words or type tell. */
  readonly status?: number;
  /** Status that its words stand for, where that is another one than its code says. */
  readonly wordsStatus?: number;
  /** Output was counted or sent beside it, or nothing says that there was none. */
  readonly mayBePaid?: true;
  /** The upstream did not report it: its answer cannot be read. */
  readonly isUnreadable?: true;
}

/**
 * One thing an answer says. `choice` is the answer's index where `n` is above 1, `index` a tool
 * call's position within its choice.
 */
export type ChatEvent =
  | {
    readonly type: "start";
    readonly id?: string;
    readonly model?: string;
    readonly createdSeconds?: number;
  }
  | { readonly type: "text"; readonly choice: number; readonly text: string }
  | { readonly type: "reasoning"; readonly choice: number; readonly text: string }
  | { readonly type: "refusal"; readonly choice: number; readonly text: string }
  | {
    readonly type: "tool_call";
    readonly choice: number;
    readonly index: number;
    /** Empty where the upstream gave none; an encoder then makes one. */
    readonly id: string;
    readonly name: string;
    readonly kind: "function" | "custom";
  }
  | {
    readonly type: "tool_input";
    readonly choice: number;
    readonly index: number;
    /** A fragment of the arguments' JSON text, or of a custom tool's input. */
    readonly text: string;
  }
  | {
    readonly type: "logprobs";
    readonly choice: number;
    readonly content?: readonly JsonValue[];
    readonly refusal?: readonly JsonValue[];
  }
  /**
   * Proof that must be sent back with what it signs, the last such part before it: Anthropic's
   * and Gemini's signatures.
   */
  | {
    readonly type: "signature";
    readonly choice: number;
    readonly of: "text" | "reasoning" | "tool_call";
    readonly value: string;
  }
  /** What a dialect says that has no neutral word, under that dialect's name for it. */
  | {
    readonly type: "extension";
    readonly choice: number;
    readonly name: string;
    readonly value: JsonValue;
  }
  | {
    readonly type: "finish";
    readonly choice: number;
    readonly reason: FinishReason;
    /** The upstream's own word. */
    readonly raw: string;
  }
  /** Totals so far; the last one counts. */
  | { readonly type: "usage"; readonly usage: Usage }
  | { readonly type: "fault"; readonly fault: UpstreamFault }
  /** The upstream's own end mark: `[DONE]`, `message_stop`, the stats of chatjimmy. */
  | { readonly type: "end" };
