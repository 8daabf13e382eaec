/** Writes streamed tool calls as the entries of `tool_calls` that a delta holds. */

import type { ChatEvent } from "../../../core/chat_event.ts";
import type { JsonObject } from "../../../core/json.ts";
import { makeToolCallId } from "./tool_call_id.ts";

/** One per answer. */
export class ToolCallDeltas {
  /** Names calls that their upstream gave no id. */
  readonly #answerId: string;
  readonly #customCalls = new Set<string>();

  constructor(answerId: string) {
    this.#answerId = answerId;
  }

  begin(event: Extract<ChatEvent, { readonly type: "tool_call" }>): JsonObject {
    const { choice, index, kind, name } = event;
    const id = event.id === "" ? makeToolCallId(this.#answerId, choice, index) : event.id;
    if (kind === "function") {
      return { index, id, type: "function", function: { name, arguments: "" } };
    }
    this.#customCalls.add(`${choice}/${index}`);
    return { index, id, type: "custom", custom: { name, input: "" } };
  }

  input(event: Extract<ChatEvent, { readonly type: "tool_input" }>): JsonObject {
    const { choice, index, text } = event;
    return this.#customCalls.has(`${choice}/${index}`)
      ? { index, custom: { input: text } }
      : { index, function: { arguments: text } };
  }
}
