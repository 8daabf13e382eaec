/**
 * A chat request in neutral form, for where client and upstream speak different dialects.
 *
 * Where both speak the same, the request is forwarded as it came and this is never built.
 *
 * @module
 */

import type { JsonObject, JsonValue } from "./json.ts";

export type ContentPart =
  | { readonly type: "text"; readonly text: string }
  /** An image by address; `data:` addresses carry it inline. */
  | { readonly type: "image"; readonly url: string; readonly detail?: string }
  /** A part with no neutral word, as it came. */
  | { readonly type: "extension"; readonly name: string; readonly value: JsonValue };

export interface ToolCall {
  readonly id: string;
  readonly kind: "function" | "custom";
  readonly name: string;
  /** The arguments' JSON text, or a custom tool's input; may be empty or not JSON at all. */
  readonly input: string;
}

export interface ChatMessage {
  /** `developer` is read as `system`; a role of the client's own is kept as it is. */
  readonly role: string;
  readonly content: readonly ContentPart[];
  readonly name?: string;
  readonly toolCalls?: readonly ToolCall[];
  /** Which call a `tool` message answers. */
  readonly toolCallId?: string;
}

export interface ChatTool {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments. */
  readonly parameters?: JsonObject;
  readonly strict?: boolean;
}

export type ToolChoice = "none" | "auto" | "required" | { readonly name: string };

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly stream: boolean;
  readonly choices?: number;
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly tools?: readonly ChatTool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly responseFormat?: JsonObject;
  readonly reasoningEffort?: string;
  readonly logprobs?: boolean;
  readonly topLogprobs?: number;
  /** Fields with no neutral word, under the client's name for them. */
  readonly extensions: JsonObject;
}
