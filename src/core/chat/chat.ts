/**
 * The vocabulary of chat: what requests ask and answers say, whatever the wire format.
 *
 * Requests and answers are made of the same parts. An answer is a list of events, in which every part is a
 * block with a number of its own, so that borders, order and what belongs to which part survive; a whole
 * answer is the same list as a stream. What has no neutral word carries the name of its format
 * (`NativePart`, `NativeField`, `native`), and no other format ever writes it.
 *
 * @module
 */

import type { JsonObject, JsonValue } from "../text/json.ts";
import type { Usage } from "./usage.ts";
import type { FormatName, NativeValue } from "./native_value.ts";
import type { ProviderFault } from "../provider/provider_fault.ts";

export type { FormatName, NativeValue, ProviderFault, Usage };

/** What only its issuer can read or check, to be sent back to it and to nobody else (T60 to T64). */
export interface Seal {
  readonly value: string;
  /** The format of whoever made it. */
  readonly issuer: FormatName;
  /** Who made it, where that is known: others of the same format cannot check it either. */
  readonly provider?: string;
  /** Its model, by the provider's name. */
  readonly model?: string;
}

/** The prompt up to here may be kept by the provider; without `ttl` for its default time. */
export interface CacheMark {
  readonly ttl?: "5m" | "1h";
}

/** Where a text comes from. */
export interface Citation {
  readonly url?: string;
  readonly title?: string;
  readonly quote?: string;
  /** As its format has it, with what has no neutral word. */
  readonly native: NativeValue;
}

interface PartBase {
  /** Name that the provider gave the part. */
  readonly id?: string;
  readonly cache?: CacheMark;
}

export interface TextPart extends PartBase {
  readonly type: "text";
  readonly text: string;
  readonly citations?: readonly Citation[];
  readonly seal?: Seal;
}

export type MediaSource =
  | { readonly type: "url"; readonly url: string }
  /** `data` is base64. */
  | { readonly type: "inline"; readonly mediaType: string; readonly data: string }
  /** A document that is plain text. */
  | { readonly type: "text"; readonly text: string }
  /** A file that the provider of that format holds. */
  | { readonly type: "file"; readonly id: string; readonly issuer: FormatName };

export interface MediaPart extends PartBase {
  readonly type: "media";
  readonly kind: "image" | "audio" | "video" | "document";
  readonly source: MediaSource;
  /** Name of a file, or title of a document. */
  readonly name?: string;
  /** OpenAI's `low`, `high` or `auto`. */
  readonly detail?: string;
}

export interface ReasoningPart extends PartBase {
  readonly type: "reasoning";
  readonly text: string;
  readonly seal?: Seal;
}

/** Reasoning that only its issuer can read. Where its `id` is a call's, it is the seal of that call. */
export interface SealedPart extends PartBase {
  readonly type: "sealed";
  readonly seal: Seal;
}

export interface ToolCallPart extends PartBase {
  readonly type: "tool_call";
  /** Which call it is, for its result; empty where the provider gave none: an encoder then makes one. */
  readonly callId: string;
  readonly kind: "function" | "custom";
  readonly name: string;
  /** The arguments' JSON text, or a custom tool's input; may be empty or not JSON at all. */
  readonly input: string;
  readonly seal?: Seal;
}

export interface ToolResultPart extends PartBase {
  readonly type: "tool_result";
  readonly callId: string;
  readonly parts: readonly Part[];
  readonly isError: boolean;
}

export interface RefusalPart extends PartBase {
  readonly type: "refusal";
  readonly text: string;
}

/** A part with no neutral word, as it came. */
export interface NativePart extends PartBase {
  readonly type: "native";
  readonly format: FormatName;
  readonly name: string;
  readonly value: JsonValue;
}

export type Part =
  | TextPart
  | MediaPart
  | ReasoningPart
  | SealedPart
  | ToolCallPart
  | ToolResultPart
  | RefusalPart
  | NativePart;

export interface Message {
  /**
   * `system` (OpenAI's `developer` is read as it, and it may stand anywhere), `user`, `assistant`, `tool`
   * (whose parts are tool results alone), or a role of the client's own.
   */
  readonly role: string;
  readonly parts: readonly Part[];
  readonly name?: string;
}

/** How a text is built, in the words of `lark` or of `regex`. */
export interface Grammar {
  readonly syntax: string;
  readonly definition: string;
}

export interface Tool {
  readonly kind: "function" | "custom";
  readonly name: string;
  readonly description?: string;
  readonly parameters?: JsonObject;
  readonly strict?: boolean;
  /** What the input of a custom tool must follow, whatever its text. */
  readonly grammar?: Grammar;
  readonly cache?: CacheMark;
  /** What its format says of it beyond that. */
  readonly native?: NativeValue;
}

/** A tool that the provider runs itself, named as its format does: `web_search_20250305`. */
export interface NativeTool {
  readonly kind: "native";
  readonly name: string;
  readonly native: NativeValue;
}

export type ToolChoice = "none" | "auto" | "required" | { readonly name: string };

export type OutputFormat =
  | { readonly type: "json_object" }
  | {
    readonly type: "json_schema";
    readonly schema: JsonObject;
    readonly name?: string;
    readonly description?: string;
    readonly strict?: boolean;
  };

/** How much a model is to think before it answers; every field that is absent is the provider's to choose. */
export interface ReasoningWish {
  /** `adaptive`: the model chooses how much. */
  readonly mode?: "off" | "on" | "adaptive";
  /** `minimal`, `low`, `medium`, `high`, `xhigh`, `max`; a word of the client's own is kept. */
  readonly effort?: string;
  readonly maxTokens?: number;
  /** The client wants to see none of it. */
  readonly isHidden?: boolean;
}

/** A field of a request that has no neutral word. */
export interface NativeField {
  readonly format: FormatName;
  readonly name: string;
  readonly value: JsonValue;
}

/** A chat request in neutral form; between equal formats it is never built. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly stream: boolean;
  readonly choices?: number;
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly tools?: readonly (Tool | NativeTool)[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly outputFormat?: OutputFormat;
  readonly reasoning?: ReasoningWish;
  readonly logprobs?: boolean;
  readonly topLogprobs?: number;
  readonly endUser?: string;
  readonly natives: readonly NativeField[];
}

/** Why a choice ended, in OpenAI's words; `error` is OpenRouter's, `other` has no word there. */
export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "other";

/**
 * One thing an answer says. `choice` is the answer's index where several were asked for. `block` numbers the
 * parts of all choices of the answer, from 0, each once. Several blocks may be open at once.
 */
export type ChatEvent =
  | {
    readonly type: "start";
    readonly id?: string;
    readonly model?: string;
    readonly createdSeconds?: number;
  }
  /** A part begins; what of its `text` or `input` is known already stands in it, and the rest follows. */
  | {
    readonly type: "block_start";
    readonly choice: number;
    readonly block: number;
    readonly part: Part;
  }
  /** More of the `text` of a text, reasoning or refusal, or of the `input` of a tool call. */
  | { readonly type: "block_delta"; readonly block: number; readonly text: string }
  /** The seal of a reasoning, text or tool call. */
  | { readonly type: "block_seal"; readonly block: number; readonly seal: Seal }
  | { readonly type: "block_citation"; readonly block: number; readonly citation: Citation }
  | { readonly type: "block_end"; readonly block: number }
  | {
    readonly type: "logprobs";
    readonly choice: number;
    readonly content?: readonly JsonValue[];
    readonly refusal?: readonly JsonValue[];
  }
  /** What an answer says beside its parts that has no neutral word. */
  | {
    readonly type: "native";
    readonly choice: number;
    readonly format: FormatName;
    readonly name: string;
    readonly value: JsonValue;
  }
  | {
    readonly type: "finish";
    readonly choice: number;
    readonly reason: FinishReason;
    /** The provider's own word. */
    readonly raw: string;
    /** The stop sequence that matched. */
    readonly stopSequence?: string;
    /** Why the model refused, in the provider's words. */
    readonly explanation?: string;
  }
  /** Totals so far; the last one counts. */
  | { readonly type: "usage"; readonly usage: Usage }
  | { readonly type: "fault"; readonly fault: ProviderFault }
  /** The provider's own end mark: `[DONE]`, `message_stop`, the stats of chatjimmy. */
  | { readonly type: "end" };
